//! Notes that speak to somebody: told on every page, and marked in the thread.

use super::state::use_inbox;
use crate::{
    browser,
    live::Connection,
    session::AccountResource,
    ui::{time::use_clock, toast::Toasts},
};
use domain::{
    events::{Mention, ServerEvent},
    ids::StoreId,
    mention::{mentions, path},
    text::{Segment, href, linked},
};
use leptos::prelude::*;

/// Tells whoever is signed in of notes that speak to them, unless they look at the thread.
pub fn tell_of_mentions(
    store: Signal<Option<StoreId>>,
    account: AccountResource,
    connection: Connection,
    toasts: Toasts,
) {
    connection.on_event(move |event| {
        let ServerEvent::Mention(mention) = event else {
            return;
        };
        let me = account.with_untracked(|answer| Some(answer.as_ref()?.as_ref().ok()?.id));
        let Some(store) = store.get_untracked().filter(|_| me == Some(mention.user)) else {
            return;
        };
        let Mention {
            conversation_id,
            message_id,
            by,
            excerpt,
            ..
        } = mention;
        let thread = format!("/{conversation_id}");
        let is_open = browser::current_path().contains(&thread) && browser::is_visible();
        if !is_open {
            let by = by.unwrap_or_else(|| "A program".to_owned());
            let href = path(store, conversation_id, message_id);
            toasts.say_with_link(format!("{by} mentioned you: {excerpt}"), "Open", href);
        }
    });
}

/// A note with its links, and with the names that it speaks to.
pub fn note_body(text: String) -> impl IntoView {
    let (inbox, clock) = (use_inbox(), use_clock());
    move || {
        // The server draws a thread without knowing who is in the team.
        let is_live = clock.is_live();
        let (names, me) = inbox.desk.with(|desk| match desk {
            Some(desk) if is_live => (mentions(&text, &desk.team), Some(desk.me)),
            _ => (Vec::new(), None),
        });
        let mut views = Vec::new();
        let mut from = 0;
        for (place, person) in names {
            // Of two people with one name the place comes twice.
            if place.start < from {
                continue;
            }
            views.push(with_links(&text[from..place.start]));
            let name = text[place.clone()].to_owned();
            let is_me = Some(person) == me;
            views.push(view! { <span class="mention" class:is-me=is_me>{name}</span> }.into_any());
            from = place.end;
        }
        views.push(with_links(&text[from..]));
        views
    }
}

/// Text with its links.
pub fn with_links(text: &str) -> AnyView {
    let parts = linked(text).into_iter().map(|segment| match segment {
        Segment::Text(text) => text.to_owned().into_any(),
        Segment::Link(link) => {
            let (href, link) = (href(link), link.to_owned());
            view! {
                <a href=href target="_blank" rel="noopener noreferrer nofollow">
                    {link}
                </a>
            }
            .into_any()
        }
    });
    parts.collect_view().into_any()
}
