//! Keys of the inbox: j and k walk the list, r replies, n notes, e resolves, s snoozes,
//! a assigns, t tags, x selects, / searches.

use super::{picked::Picks, rows::focus_row, search, state::InboxState};
use crate::{addresses, browser};
use domain::{
    ids::ConversationId,
    inbox::{Tab, Triage},
};
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Listens as long as the inbox is open.
pub fn listen(inbox: InboxState, picks: Picks) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        let navigate = navigate.clone();
        let listener = window_event_listener(ev::keydown, move |event| {
            let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
            if modified || browser::is_typing() {
                return;
            }
            let walk = |is_below| {
                if let Some(id) = inbox.neighbour(focused_row(), is_below) {
                    let path = addresses::conversation(
                        inbox.store.get_untracked(),
                        id,
                        inbox.view.get_untracked(),
                    );
                    navigate(
                        &path,
                        NavigateOptions {
                            scroll: false,
                            ..Default::default()
                        },
                    );
                    focus_row(inbox, id);
                }
            };
            match event.key().as_str() {
                "j" => walk(true),
                "k" => walk(false),
                "/" => {
                    event.prevent_default();
                    search::open();
                }
                key @ ("r" | "n") => {
                    // The key itself must not end up in the box.
                    event.prevent_default();
                    if let Some(write) = inbox.write.get_value() {
                        write.run(key == "n");
                    }
                }
                key @ ("s" | "a" | "t") => {
                    event.prevent_default();
                    browser::open_menu(key);
                }
                "x" => {
                    if let Some(id) = focused_row().or(inbox.selected.get_untracked()) {
                        picks.toggle(id, false);
                    }
                }
                "Escape" => picks.end(),
                "e" if picks.any() => picks.triage(match inbox.view.get_untracked().tab {
                    Tab::Resolved => Triage::Reopen,
                    _ => Triage::Resolve,
                }),
                "e" => {
                    if let Some(toggle) = inbox.toggle_resolved.get_value() {
                        toggle.run(());
                    }
                }
                _ => {}
            }
        });
        on_cleanup(move || listener.remove());
    });
}

/// The row that has the focus.
fn focused_row() -> Option<ConversationId> {
    browser::focused_id()?.strip_prefix("row-")?.parse().ok()
}
