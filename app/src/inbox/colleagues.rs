//! Who else of the team is in the open conversation, and what they do there.

use super::state::InboxState;
use crate::{
    browser,
    live::Connection,
    ui::{Each, initials},
};
use domain::{
    UnixMillis,
    events::{Colleague, Doing, HERE_SECONDS, ServerEvent, TYPING_SECONDS},
    ids::{ConversationId, UserId},
};
use leptos::prelude::*;
use std::time::Duration;

/// Somebody who is there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Present {
    user: UserId,
    name: String,
    /// When they last said so.
    at: UnixMillis,
    /// When they last typed, and whether a note.
    typing: Option<(UnixMillis, bool)>,
}

/// The others in the open conversation.
#[derive(Debug, Clone, Copy)]
pub struct Colleagues {
    inbox: InboxState,
    present: RwSignal<Vec<Present>>,
}

impl Colleagues {
    /// Says that I am there as long as the component is, and listens to the others.
    #[must_use]
    pub fn follow(id: ConversationId, inbox: InboxState, connection: Connection) -> Self {
        let colleagues = Self {
            inbox,
            present: RwSignal::new(Vec::new()),
        };
        connection.on_event(move |event| match event {
            ServerEvent::Colleague(colleague) if colleague.conversation_id == id => {
                let asks = colleagues.hear(colleague);
                if asks {
                    connection.here(id, Doing::Looking);
                }
            }
            // Who has said it types it no more.
            ServerEvent::Message(message) if message.conversation_id == id => {
                if let Some(name) = message.agent_name {
                    colleagues.change(|other| {
                        if other.name == name {
                            other.typing = None;
                        }
                    });
                }
            }
            _ => {}
        });
        Effect::new(move |_| {
            // After each reconnect: others may have come meanwhile.
            if !connection.is_live() {
                colleagues.present.set(Vec::new());
                return;
            }
            connection.here(id, Doing::Arriving);
            let saying = set_interval_with_handle(
                move || connection.here(id, Doing::Looking),
                Duration::from_secs(HERE_SECONDS / 3),
            );
            let looking = set_interval_with_handle(
                move || colleagues.forget_silent(),
                Duration::from_secs(1),
            );
            on_cleanup(move || {
                connection.here(id, Doing::Leaving);
                for timer in [saying, looking].into_iter().flatten() {
                    timer.clear();
                }
            });
        });
        colleagues
    }

    /// Notes what somebody does; `true` if they want to know who is there.
    fn hear(self, colleague: Colleague) -> bool {
        let me = self
            .inbox
            .desk
            .try_with_untracked(|desk| desk.as_ref().map(|desk| desk.me));
        // My other windows are me.
        if me.flatten().is_none_or(|me| me == colleague.user) {
            return false;
        }
        let (user, doing, now) = (colleague.user, colleague.doing, browser::now());
        self.present.update(|present| {
            if doing == Doing::Leaving {
                present.retain(|other| other.user != user);
                return;
            }
            let typing = match doing {
                Doing::Replying => Some((now, false)),
                Doing::Noting => Some((now, true)),
                _ => None,
            };
            match present.iter_mut().find(|other| other.user == user) {
                Some(other) => {
                    other.at = now;
                    other.typing = typing.or(other.typing);
                }
                None => present.push(Present {
                    user,
                    name: colleague.name,
                    at: now,
                    typing,
                }),
            }
        });
        doing == Doing::Arriving
    }

    fn forget_silent(self) {
        let now = browser::now();
        let is_over = |at: UnixMillis, seconds: u64| {
            now - at > UnixMillis::try_from(seconds * 1_000).unwrap_or(UnixMillis::MAX)
        };
        self.change(|other| {
            if other
                .typing
                .is_some_and(|(at, _)| is_over(at, TYPING_SECONDS))
            {
                other.typing = None;
            }
        });
        let gone = |other: &Present| is_over(other.at, HERE_SECONDS);
        if self
            .present
            .try_with_untracked(|present| present.iter().any(gone))
            == Some(true)
        {
            self.present
                .update(|present| present.retain(|other| !gone(other)));
        }
    }

    /// Changes them, and says so if that changed anything.
    fn change(self, change: impl Fn(&mut Present)) {
        let Some(mut present) = self.present.try_get_untracked() else {
            return;
        };
        let before = present.clone();
        present.iter_mut().for_each(change);
        if present != before {
            self.present.set(present);
        }
    }

    /// What those who type are doing, in words; tracked.
    #[must_use]
    pub fn typing(self) -> Vec<String> {
        self.present.with(|present| {
            let typing = present
                .iter()
                .filter_map(|other| Some((&other.name, other.typing?.1)));
            typing
                .map(|(name, is_note)| {
                    let what = if is_note { "note" } else { "reply" };
                    format!("{name} is typing a {what}")
                })
                .collect()
        })
    }
}

/// The faces of those who have the conversation open, too.
#[component]
pub fn Faces(
    /// Of whom they are.
    colleagues: Colleagues,
) -> impl IntoView {
    let present = colleagues.present;
    view! {
        <ul class="faces" aria-label="Also in this conversation">
            <Each each=move || present.get() key=|other| other.user let:other>
                <li class="avatar" title=format!("{} is here too", other.name)>
                    <span aria-hidden="true">{initials(&other.name)}</span>
                    <span class="sr-only">{other.name.clone()}</span>
                </li>
            </Each>
        </ul>
    }
    .into_any()
}
