//! Whether whoever is at this page says that they are away.

use super::api;
use crate::{
    live::Connection,
    session::AccountResource,
    ui::{Card, Glyph, Icon, Toggle, post_fields, toast::Toasts},
};
use domain::{account::Account, events::ServerEvent, presence::Presence};
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};

/// What they say of themselves, the same on all their pages.
#[derive(Debug, Clone, Copy)]
pub struct OwnPresence {
    /// What was said since the account was asked for.
    told: RwSignal<Option<bool>>,
    toasts: Toasts,
}

/// The page's [`OwnPresence`].
#[must_use]
pub fn use_own_presence() -> OwnPresence {
    expect_context()
}

impl OwnPresence {
    /// Makes it available to all components below, and keeps it current.
    pub fn provide(account: AccountResource, connection: Connection, toasts: Toasts) -> Self {
        let own = Self {
            told: RwSignal::new(None),
            toasts,
        };
        provide_context(own);
        connection.on_event(move |event| {
            let ServerEvent::Presence(of) = event else {
                return;
            };
            let me = account.with_untracked(|answer| Some(answer.as_ref()?.as_ref().ok()?.id));
            // Offline is nothing that anybody says.
            if me == Some(of.user) && of.presence != Presence::Offline {
                own.told.set(Some(of.presence == Presence::Away));
            }
        });
        let was_connected = StoredValue::new(false);
        connection.on_connect(move || {
            let is_first = was_connected.try_update_value(|was| !std::mem::replace(was, true));
            // The page has just come with what the server knows.
            if is_first == Some(false) {
                own.ask_again();
            }
        });
        own
    }

    fn ask_again(self) {
        spawn_local(async move {
            if let Ok(account) = api::current().await {
                self.told.try_set(Some(account.away));
            }
        });
    }

    /// Whether they are away, tracked.
    #[must_use]
    pub fn is_away(self, account: &Account) -> bool {
        self.told.get().unwrap_or(account.away)
    }

    /// Says that they are away, or back.
    pub fn say(self, away: bool) {
        spawn_local(async move {
            let fields = vec![("away", away.to_string())];
            match post_fields(api::SetAway::PATH, fields).await {
                Ok(()) => {
                    self.told.try_set(Some(away));
                    self.toasts.say(match away {
                        true => "You are away. Your team sees it.",
                        false => "You are available.",
                    });
                }
                Err(error) => {
                    self.toasts.say(error.text());
                    // What is shown may be another one than what is so.
                    self.ask_again();
                }
            }
        });
    }
}

/// Says it in the rail, and changes it.
#[component]
pub fn PresenceButton(
    /// Who is signed in.
    account: Account,
) -> impl IntoView {
    let own = use_own_presence();
    let is_away = Memo::new(move |_| own.is_away(&account));
    view! {
        <button
            class="rail-link rail-presence"
            class:is-away=is_away
            type="button"
            title=move || if is_away.get() { "Away: become available" } else { "Available: go away" }
            on:click=move |_| own.say(!is_away.get_untracked())
        >
            {move || {
                let glyph = if is_away.get() { Glyph::Clock } else { Glyph::CircleCheck };
                view! { <Icon glyph large=true/> }
            }}
            <span class="rail-name">{move || word(is_away.get())}</span>
            <span class="sr-only">
                {move || if is_away.get() { "– become available" } else { "– go away" }}
            </span>
        </button>
    }
    .into_any()
}

/// What one who says so is called.
#[must_use]
pub fn word(away: bool) -> &'static str {
    match away {
        true => Presence::Away.name(),
        false => Presence::Available.name(),
    }
}

/// The same on the account page, where phones find it.
#[component]
pub fn PresenceCard(
    /// Who is signed in.
    account: Account,
) -> impl IntoView {
    let own = use_own_presence();
    let is_away = Memo::new(move |_| own.is_away(&account));
    view! {
        <Card title="Availability" why="In all your stores. Your teams see it.">
            <Toggle
                label="Available"
                help="Switched off, you are away: no conversation is given to you by turns. What you have stays yours."
                checked=Signal::derive(move || !is_away.get())
                on_change=move |available: bool| own.say(!available)
            />
        </Card>
    }
    .into_any()
}
