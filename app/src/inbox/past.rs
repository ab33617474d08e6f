//! The shopper's other conversations, beside the thread.

use super::{api, state::use_inbox, thread_state::use_thread};
use crate::{
    addresses,
    error::AppError,
    ui::{Ago, Badge, Button, Glyph, Tone},
};
use domain::{conversation::Status, inbox::ConversationSummary};
use leptos::{prelude::*, task::spawn_local};

/// The latest of them; nothing if this one is the first.
#[component]
pub fn PastConversations() -> impl IntoView {
    let thread = use_thread();
    let found = RwSignal::new(None::<Result<Vec<ConversationSummary>, AppError>>);
    let look_up = move || {
        found.set(None);
        spawn_local(async move {
            let past = api::past(thread.store, thread.id).await;
            let _ = found.try_set(Some(past));
        });
    };
    // Whoever has proven who they are may have written before on another device.
    let visitor = Memo::new(move |_| {
        // One of them may have become a part of this one, or be by itself again.
        let merges = thread.messages.with(|all| {
            let merged = all.iter().filter_map(|m| m.data.as_ref()?.merged);
            merged.count()
        });
        (thread.conversation.with(|c| c.visitor.id), merges)
    });
    Effect::new(move |_| {
        visitor.track();
        look_up();
    });
    move || match found.get() {
        None => ().into_any(),
        Some(Ok(past)) if past.is_empty() => ().into_any(),
        Some(Ok(past)) => view! {
            <section class="context-past" aria-label="Other conversations">
                <h3>"Other conversations"</h3>
                <ul>{past.into_iter().map(past_row).collect_view()}</ul>
            </section>
        }
        .into_any(),
        Some(Err(_)) => view! {
            <section class="context-past" aria-label="Other conversations">
                <h3>"Other conversations"</h3>
                <p class="muted">"They can't be loaded right now."</p>
                <Button glyph=Glyph::Retry on_press=move |()| look_up()>
                    "Try again"
                </Button>
            </section>
        }
        .into_any(),
    }
}

/// Where one of them stands.
pub fn past_state(past: &ConversationSummary) -> impl IntoView + use<> {
    let (tone, glyph, text) = match past.status {
        _ if past.spam => (Tone::Bad, Glyph::Warning, "Spam"),
        Status::Open => (Tone::Neutral, Glyph::Inbox, "Open"),
        Status::Snoozed => (Tone::Neutral, Glyph::Clock, "Snoozed"),
        Status::Resolved => (Tone::Good, Glyph::CircleCheck, "Resolved"),
    };
    view! { <Badge tone glyph text/> }
}

fn past_row(past: ConversationSummary) -> impl IntoView {
    let inbox = use_inbox();
    let state = past_state(&past);
    let id = past.id;
    view! {
        <li>
            <a
                class="past"
                href=move || addresses::conversation(inbox.store.get(), id, inbox.view.get())
            >
                <span class="row-line">
                    <span class="row-excerpt" dir="auto">{past.last_excerpt}</span>
                    <Ago at=past.last_message_at/>
                </span>
                {state}
            </a>
        </li>
    }
}
