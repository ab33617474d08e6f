//! The rows of the inbox: those that stand in the page, and a space in the place of the others.

use super::{
    row::RowLink,
    shown::{shown, spaces},
    state::{InboxState, Row, use_inbox},
    window::{Sight, Window},
};
use crate::{
    browser,
    rooms::WIDGET,
    session::ForAdmins,
    ui::{Button, Each, EmptyState, FormError, Look, Picture},
};
use domain::{ids::ConversationId, inbox::Tab};
use leptos::{html, prelude::*};

/// All that the list shows.
#[component]
pub fn Rows() -> impl IntoView {
    let inbox = use_inbox();
    let is_empty = Memo::new(move |_| inbox.rows.with(Vec::is_empty));
    let shown = Memo::new(move |_| shown(inbox));
    let size = Memo::new(move |_| {
        let count = inbox.rows.with(Vec::len);
        let is_whole = inbox.next.with(Option::is_none);
        // As ARIA says that nobody knows.
        if is_whole {
            count.to_string()
        } else {
            "-1".to_owned()
        }
    });
    let (above, below) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    Effect::new(move |_| {
        let ends = [above.get(), below.get()];
        let spaces = spaces(inbox);
        for (end, height) in ends.into_iter().zip(spaces) {
            if let Some(end) = end {
                browser::set_properties(&end, &[("height", &format!("{height}px"))]);
            }
        }
    });
    Effect::new(move |_| {
        if let Some(id) = inbox.selected.get_untracked() {
            request_animation_frame(move || browser::reveal(&format!("row-{id}")));
        }
    });
    view! {
        <Show when=move || !is_empty.get() fallback=NoRows>
            <div class="rows-space" node_ref=above></div>
            <ul class="rows" on:focusout=move |_| put_back(inbox)>
                <Each each=move || shown.get() key=|shown| shown.row.id let:item>
                    <RowLink row=item.row shown size/>
                </Each>
            </ul>
            <div class="rows-space" node_ref=below></div>
            <FormError error=inbox.error/>
            <Show when=move || inbox.next.with(Option::is_some)>
                <div class="rows-more">
                    <Button
                        look=Look::Quiet
                        busy=inbox.loading_more
                        on_press=move |()| inbox.load_more()
                    >
                        "Earlier conversations"
                    </Button>
                </div>
            </Show>
        </Show>
    }
    .into_any()
}

/// Brings rows into the page where the list is looked at, and fetches more near its end. To be
/// called when it was scrolled, and when something else is in sight than before.
pub fn look(inbox: InboxState, list: &web_sys::HtmlElement) {
    let Some(drawn) = browser::within(list, ".rows") else {
        return;
    };
    let (top, height) = (list.scroll_top(), list.client_height());
    // On a phone the thread may hide it.
    if height == 0 {
        return;
    }
    inbox.scrolled_to(top, list.scroll_height() - top - height);
    let start = drawn.offset_top();
    let sight = Sight {
        top,
        height,
        drawn: (start, start + drawn.offset_height()),
    };
    let window = inbox.window.get_untracked();
    let suffices = inbox
        .rows
        .with_untracked(|rows| window.suffices(rows.len(), sight));
    if suffices && !inbox.is_unmeasured() {
        return;
    }
    let rows = browser::heights(&drawn, ":scope > :not(.is-apart)");
    let heights = rows
        .iter()
        .filter_map(|(row, height)| Some((id_of(row)?, *height)));
    inbox.measured(&heights.collect::<Vec<_>>());
    if suffices {
        return;
    }
    let focused = browser::focused_within(".row-item");
    let around = inbox
        .rows
        .with_untracked(|rows| Window::around(rows.iter().map(Row::height), sight));
    inbox.window.set(Window {
        apart: focused.as_ref().and_then(|(_, row)| id_of(row)),
        ..around
    });
    // Rows in sight stay where they are, whatever those above turn out to be high. By hand: while
    // rows are put in, the browser would scroll after each of them.
    let anchor = rows.into_iter().find_map(|(row, _)| {
        let at = row.offset_top();
        (at >= top).then_some((row, at))
    });
    let list = list.clone();
    browser::set_properties(&list, &[("overflow-anchor", "none")]);
    request_animation_frame(move || {
        if let Some((row, at)) = anchor.filter(|(row, _)| row.is_connected()) {
            let by = row.offset_top() - at;
            if by != 0 {
                list.set_scroll_top(list.scroll_top() + by);
            }
        }
        browser::set_properties(&list, &[("overflow-anchor", "")]);
        // What is moved within the page loses the focus.
        if let Some((focused, _)) = focused {
            browser::focus_again(&focused);
        }
    });
}

/// Takes the row out of the page that stood there since it had the focus, if it has it no more.
fn put_back(inbox: InboxState) {
    if inbox.window.get_untracked().apart.is_none() {
        return;
    }
    // Once the focus is elsewhere, or has been given back.
    request_animation_frame(move || {
        if browser::focused_within(".is-apart").is_none() {
            let window = inbox.window.try_get_untracked();
            if let Some(window) = window.filter(|window| window.apart.is_some()) {
                inbox.window.set(Window {
                    apart: None,
                    ..window
                });
            }
        }
    });
}

/// Which conversation a row of the page is.
fn id_of(row: &web_sys::Element) -> Option<ConversationId> {
    let link = row.query_selector(".row").ok()??;
    link.id().strip_prefix("row-")?.parse().ok()
}

/// Puts the focus on a row, wherever the list is scrolled.
pub fn focus_row(inbox: InboxState, id: ConversationId) {
    let row = format!("#row-{id}");
    let at = inbox.rows.with_untracked(|rows| {
        let at = rows.iter().position(|row| row.id == id)?;
        let is_drawn = inbox.window.get_untracked().of(rows.len()).contains(&at);
        Some((at, is_drawn))
    });
    match at {
        Some((at, false)) => {
            inbox.window.set(Window::with(at));
            request_animation_frame(move || browser::focus(&row));
        }
        _ => browser::focus(&row),
    }
}

#[component]
fn NoRows() -> impl IntoView {
    let inbox = use_inbox();
    move || {
        let view = inbox.view.get();
        let (title, text) = match view.tab {
            _ if view.is_filtered() => (
                "Nothing here",
                "No conversation of this list fits the filter.",
            ),
            Tab::Open => (
                "No open conversations",
                "When a shopper writes, the conversation appears here at once.",
            ),
            Tab::Snoozed => (
                "Nothing snoozed",
                "Snoozed conversations wait here until their time comes or the shopper writes.",
            ),
            Tab::Resolved => (
                "Nothing resolved yet",
                "Resolved conversations rest here. A new message opens them again.",
            ),
            Tab::Spam => (
                "No spam",
                "What somebody of the team marks as spam rests here, and what blocked visitors write.",
            ),
            Tab::All => (
                "No conversations yet",
                "When a shopper writes, the conversation appears here at once.",
            ),
        };
        let is_new = !view.is_filtered() && matches!(view.tab, Tab::Open | Tab::All);
        view! {
            <EmptyState picture=Picture::Conversations title text>
                {is_new
                    .then(|| {
                        let store = inbox.store.get();
                        view! {
                            <ForAdmins store>
                                <a class="button" href=WIDGET.address(store)>
                                    {WIDGET.name}
                                </a>
                            </ForAdmins>
                        }
                    })}
            </EmptyState>
        }
    }
}
