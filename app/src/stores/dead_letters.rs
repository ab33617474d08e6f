//! Background work that failed for good, in the overview's Services card: what
//! it was, why, and a button that tries again. Works without scripts.

use super::api;
use crate::{
    error::AppError,
    ui::{Ago, Button, FormError, Glyph, Look, PostForm, Posted},
};
use domain::{
    ids::{JobId, StoreId},
    job::{DeadLetter, DeadLetters, Failure},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The store's dead letters; nothing if there are none.
#[component]
pub fn DeadLetterList(
    store: StoreId,
    found: DeadLetters,
    /// One was tried again or dismissed.
    on_change: Callback<()>,
) -> impl IntoView {
    let posted =
        AppError::posted(api::RetryJob::PATH).or_else(|| AppError::posted(api::DiscardJob::PATH));
    let may_retry = found.may_retry;
    view! {
        <ul class="dead-letters">
            {found
                .letters
                .into_iter()
                .map(|letter| view! { <Letter store letter may_retry on_change/> })
                .collect_view()}
        </ul>
        <FormError error=Signal::stored(posted)/>
    }
    .into_any()
}

#[component]
fn Letter(
    store: StoreId,
    letter: DeadLetter,
    may_retry: bool,
    on_change: Callback<()>,
) -> impl IntoView {
    let job = letter.id;
    let title = letter
        .title
        .unwrap_or_else(|| "Work of another version".to_owned());
    let tries = match letter.attempts {
        1 => "1 try".to_owned(),
        n => format!("{n} tries"),
    };
    let retry = PostForm::one_of_several::<api::RetryJob>();
    let discard = PostForm::one_of_several::<api::DiscardJob>();
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
                            <Posted form=retry class="" on_done=on_change>
                                <Subject store job/>
                                <Button glyph=Glyph::Retry submit=true busy=retry.busy()>
                                    "Try again"
                                </Button>
                            </Posted>
                            <Posted form=discard class="" on_done=on_change>
                                <Subject store job/>
                                <Button look=Look::Quiet submit=true busy=discard.busy()>
                                    "Dismiss"
                                </Button>
                            </Posted>
                        </div>
                        <FormError error=retry.error()/>
                        <FormError error=discard.error()/>
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
