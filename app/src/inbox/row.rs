//! One conversation in the list.

use super::state::{Row, use_inbox};
use crate::{
    addresses,
    ui::{Ago, Badge, Count, Glyph, Tone, initials},
};
use domain::message::Sender;
use leptos::prelude::*;

/// A row that opens its conversation.
#[component]
pub fn RowLink(
    /// The row.
    row: Row,
) -> impl IntoView {
    let inbox = use_inbox();
    let id = row.id;
    let summary = RwSignal::from(row.summary);
    let label = move || summary.with(|s| s.visitor.label());
    let excerpt = move || {
        summary.with(|s| match s.last_sender {
            Sender::Agent => format!("You: {}", s.last_excerpt),
            Sender::Ai => format!("AI: {}", s.last_excerpt),
            Sender::Note => format!("Note: {}", s.last_excerpt),
            Sender::Customer | Sender::System => s.last_excerpt.clone(),
        })
    };
    let unread = Signal::derive(move || summary.with(|s| s.unread));
    let at = Signal::derive(move || summary.with(|s| s.last_message_at));
    let needs_human = Memo::new(move |_| summary.with(|s| s.needs_human));
    let ai_handled = Memo::new(move |_| summary.with(|s| s.ai_handled));
    view! {
        <li>
            <a
                class="row"
                class:is-unread=move || { unread.get() > 0 }
                href=move || addresses::conversation(inbox.store.get(), id, inbox.tab.get())
                aria-current=move || (inbox.selected.get() == Some(id)).then_some("true")
                data-noscroll="true"
            >
                <span class="avatar" aria-hidden="true">{move || initials(&label())}</span>
                <span class="row-text">
                    <span class="row-line">
                        <span class="row-name" dir="auto">{label}</span>
                        <Ago at/>
                    </span>
                    <span class="row-line">
                        <span class="row-excerpt" dir="auto">{excerpt}</span>
                        <Count count=unread what="unread messages"/>
                    </span>
                    <Show when=move || needs_human.get() || ai_handled.get()>
                        <span class="badges">
                            <Show when=move || needs_human.get()>
                                <Badge tone=Tone::Warning glyph=Glyph::Person text="Needs a human"/>
                            </Show>
                            <Show when=move || ai_handled.get()>
                                <Badge tone=Tone::Ai glyph=Glyph::Sparkles text="AI"/>
                            </Show>
                        </span>
                    </Show>
                </span>
            </a>
        </li>
    }
    .into_any()
}
