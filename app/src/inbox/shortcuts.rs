//! Keys of the inbox: j and k walk the list, r replies, e resolves, s snoozes,
//! a assigns, t tags, / searches.

use super::{search, state::InboxState};
use crate::{addresses, browser};
use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Listens as long as the inbox is open.
pub fn listen(inbox: InboxState) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        let navigate = navigate.clone();
        let listener = window_event_listener(ev::keydown, move |event| {
            let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
            if modified || browser::is_typing() {
                return;
            }
            let walk = |by| {
                if let Some(id) = inbox.neighbour(by) {
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
                }
            };
            match event.key().as_str() {
                "j" => walk(1),
                "k" => walk(-1),
                "/" => {
                    event.prevent_default();
                    search::open();
                }
                "r" => {
                    // The key itself must not end up in the box.
                    event.prevent_default();
                    browser::focus(".composer textarea");
                }
                key @ ("s" | "a" | "t") => {
                    event.prevent_default();
                    browser::open_menu(key);
                }
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
