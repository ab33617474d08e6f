//! One conversation in the list.

use super::{
    picked::use_picks,
    shown::Shown,
    standing::Standing,
    state::{Row, use_inbox},
};
use crate::{
    addresses,
    ui::{Ago, Count, initials, time::use_clock},
};
use domain::{inbox::Tab, message::Sender};
use leptos::prelude::*;

/// A row that opens its conversation.
#[component]
pub fn RowLink(
    /// The row.
    row: Row,
    /// The rows that stand in the page.
    shown: Memo<Vec<Shown>>,
    /// How many there are in all.
    size: Memo<String>,
) -> impl IntoView {
    let (inbox, picks, clock) = (use_inbox(), use_picks(), use_clock());
    let id = row.id;
    let summary = RwSignal::from(row.summary);
    let label = move || summary.with(|s| s.visitor.label());
    let excerpt = move || {
        summary.with(|s| {
            let said = &s.last_excerpt;
            match s.last_sender {
                Sender::Agent => {
                    let name = s.last_author_id.map(|id| inbox.name_of(id));
                    let name = name.filter(|name| !name.is_empty());
                    format!("{}: {said}", name.as_deref().unwrap_or("Team"))
                }
                Sender::Ai => format!("AI: {said}"),
                Sender::Note => format!("Note: {said}"),
                Sender::Customer | Sender::System => said.clone(),
            }
        })
    };
    let unread = Signal::derive(move || summary.with(|s| s.unread));
    let at = Signal::derive(move || summary.with(|s| s.last_message_at));
    let place = move || {
        shown.with(|shown| {
            let own = shown.iter().find(|shown| shown.row.id == id);
            own.map(|own| (own.at, own.is_apart))
        })
    };
    let is_known = Signal::derive(move || inbox.view.get().tab != Tab::All);
    view! {
        <li
            class="row-item"
            class:is-apart=move || place().is_some_and(|(_, is_apart)| is_apart)
            aria-posinset=move || place().map(|(at, _)| (at + 1).to_string())
            aria-setsize=size
        >
            <input
                class="row-pick"
                type="checkbox"
                aria-label=move || format!("Select {}", label())
                tabindex=move || if picks.is_picking() { "0" } else { "-1" }
                hidden=move || !clock.is_live()
                prop:checked=move || picks.has(id)
                on:click=move |event| picks.toggle(id, event.shift_key())
            />
            <a
                id=format!("row-{id}")
                class="row"
                class:is-unread=move || { unread.get() > 0 }
                href=move || addresses::conversation(inbox.store.get(), id, inbox.view.get())
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
                        <Count count=unread what="unread message"/>
                    </span>
                    <Standing conversation=summary is_known in_list=true/>
                </span>
            </a>
        </li>
    }
    .into_any()
}
