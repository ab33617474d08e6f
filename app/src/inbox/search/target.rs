//! The message that the address points at: in sight, and marked.

use crate::{
    browser,
    inbox::{api, thread_state::ThreadState},
};
use domain::ids::MessageId;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;

/// The message that the address points at, tracked.
#[derive(Debug, Clone, Copy)]
pub struct Target(pub Memo<Option<MessageId>>);

/// The message in the address.
#[must_use]
pub fn use_target() -> Target {
    let query = use_query_map();
    Target(Memo::new(move |_| {
        query.with(|query| query.get_str("message").and_then(|id| id.parse().ok()))
    }))
}

/// The id of a message's element.
#[must_use]
pub fn anchor(id: MessageId) -> String {
    format!("message-{id}")
}

/// Brings the message into the middle, whenever the address points at another one. If it isn't
/// there it is fetched, with those around it.
pub fn follow_target(state: ThreadState) {
    let Target(target) = use_target();
    provide_context(Target(target));
    Effect::new(move |before: Option<Option<MessageId>>| {
        let target = target.get();
        let Some(id) = target.filter(|_| before != Some(target)) else {
            return target;
        };
        if state.has(id) {
            show(id);
            return target;
        }
        spawn_local(async move {
            let thread = api::thread_at(state.store, state.id, id).await;
            // One of another conversation, or gone: there is nothing to show.
            if let Ok(thread) = thread
                && thread.messages.iter().any(|message| message.id == id)
                && state.open_at(thread)
            {
                show(id);
            }
        });
        target
    });
}

/// Once it is drawn.
fn show(id: MessageId) {
    request_animation_frame(move || browser::show_in_middle(&anchor(id)));
}
