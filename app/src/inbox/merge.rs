//! Which other conversation of the shopper is to be one with the open one.

use super::{api, past::past_state, thread_state::ThreadState};
use crate::{
    error::AppError,
    ui::{Ago, Button, Look},
};
use domain::{
    ids::ConversationId,
    inbox::{ConversationSummary, Triage},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};

/// Lists them, and says what happens.
#[component]
pub fn MergeForm(thread: ThreadState, merging: RwSignal<bool>) -> impl IntoView {
    let found = RwSignal::new(None::<Result<Vec<ConversationSummary>, AppError>>);
    let chosen = RwSignal::new(None::<ConversationId>);
    spawn_local(async move {
        let mut past = api::past(thread.store, thread.id).await;
        let spam = thread.conversation.try_with_untracked(|c| c.spam);
        if let Ok(past) = &mut past {
            past.retain(|other| Some(other.spam) == spam);
        }
        let _ = found.try_set(Some(past));
    });
    let merge = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(other) = chosen.get_untracked() {
            merging.set(false);
            thread.triage(Triage::Merge(other));
        }
    };
    let others = move |past: Vec<ConversationSummary>| {
        past.into_iter()
            .map(|other| {
                let id = other.id;
                view! {
                    <label class="choice">
                        <input
                            type="radio"
                            name="from"
                            required
                            autocomplete="off"
                            on:change=move |_| chosen.set(Some(id))
                        />
                        <span class="choice-text">
                            <span class="row-line">
                                <span class="row-excerpt" dir="auto">{other.last_excerpt.clone()}</span>
                                <Ago at=other.last_message_at/>
                            </span>
                            {past_state(&other)}
                        </span>
                    </label>
                }
            })
            .collect_view()
    };
    view! {
        <form class="form" on:submit=merge>
            {move || match found.get() {
                None => view! { <p class="muted">"Looking …"</p> }.into_any(),
                Some(Err(error)) => view! { <p role="alert">{error.text()}</p> }.into_any(),
                Some(Ok(past)) if past.is_empty() => {
                    view! { <p class="dialog-text">"This shopper has no other conversation."</p> }
                        .into_any()
                }
                Some(Ok(past)) => {
                    view! {
                        <p class="dialog-text">
                            "The older conversation takes the messages of the newer one, which is listed no more; links to it lead on. The shopper isn't told. You can undo this for ten minutes."
                        </p>
                        {others(past)}
                    }
                        .into_any()
                }
            }}
            <footer class="dialog-foot">
                <Button on_press=move |()| merging.set(false)>"Cancel"</Button>
                <Button look=Look::Primary submit=true disabled=Signal::derive(move || chosen.get().is_none())>
                    "Merge"
                </Button>
            </footer>
        </form>
    }
    .into_any()
}
