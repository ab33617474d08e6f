//! Background work that failed for good, in the overview's Services card: what
//! it was, why, and a button that tries again. Works without scripts.

use super::api;
use crate::ui::{Ago, Button, FormError, Glyph, Look};
use domain::{
    ids::{JobId, StoreId},
    job::{DeadLetter, DeadLetters, Failure},
};
use leptos::prelude::*;

/// The store's dead letters; nothing if there are none.
#[component]
pub fn DeadLetterList(
    store: StoreId,
    found: DeadLetters,
    /// One was tried again or dismissed.
    on_change: Callback<()>,
) -> impl IntoView {
    let retry = ServerAction::<api::RetryJob>::new();
    let discard = ServerAction::<api::DiscardJob>::new();
    Effect::new(move |earlier: Option<usize>| {
        let ended = retry.version().get() + discard.version().get();
        if earlier.is_some_and(|earlier| earlier != ended) {
            on_change.run(());
        }
        ended
    });
    let error = Signal::derive(move || {
        let failed = |value: Option<Result<(), _>>| value.and_then(Result::err);
        failed(retry.value().get()).or_else(|| failed(discard.value().get()))
    });
    let may_retry = found.may_retry;
    view! {
        <ul class="dead-letters">
            {found
                .letters
                .into_iter()
                .map(|letter| view! { <Letter store letter may_retry retry discard/> })
                .collect_view()}
        </ul>
        <FormError error/>
    }
    .into_any()
}

#[component]
fn Letter(
    store: StoreId,
    letter: DeadLetter,
    may_retry: bool,
    retry: ServerAction<api::RetryJob>,
    discard: ServerAction<api::DiscardJob>,
) -> impl IntoView {
    let job = letter.id;
    let title = letter
        .title
        .unwrap_or_else(|| "Work of another version".to_owned());
    let tries = match letter.attempts {
        1 => "1 try".to_owned(),
        n => format!("{n} tries"),
    };
    let (retries, discards) = (
        Signal::derive(move || {
            let input = retry.input().get();
            input.is_some_and(|input| input.job == job)
        }),
        Signal::derive(move || {
            let input = discard.input().get();
            input.is_some_and(|input| input.job == job)
        }),
    );
    view! {
        <li class="dead-letter">
            <div class="dead-letter-text">
                <strong>{title}</strong>
                <span class="muted">{reason(letter.failure)}</span>
                <span class="muted">{tries} ", given up " <Ago at=letter.failed_at/></span>
            </div>
            {may_retry
                .then(|| {
                    view! {
                        <div class="dead-letter-actions">
                            <ActionForm action=retry>
                                <Subject store job/>
                                <Button glyph=Glyph::Retry submit=true busy=retries>
                                    "Try again"
                                </Button>
                            </ActionForm>
                            <ActionForm action=discard>
                                <Subject store job/>
                                <Button look=Look::Quiet submit=true busy=discards>
                                    "Dismiss"
                                </Button>
                            </ActionForm>
                        </div>
                    }
                })}
        </li>
    }
    .into_any()
}

/// What a form is about.
#[component]
fn Subject(store: StoreId, job: JobId) -> impl IntoView {
    view! {
        <input type="hidden" name="store" value=store.to_string()/>
        <input type="hidden" name="job" value=job.to_string()/>
    }
    .into_any()
}

fn reason(failure: Failure) -> &'static str {
    match failure {
        Failure::Error => "It failed each time. The server's log says why.",
        Failure::Panic => "It stopped unexpectedly. The server's log says where.",
        Failure::Timeout => "It took too long.",
        Failure::ProcessEnded => "The server stopped each time while this ran.",
        Failure::Unreadable => "This version can't read what it was about.",
    }
}
