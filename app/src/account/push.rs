//! Whether this browser is told while the dashboard is closed, on the account page.

mod device;

use super::api;
use crate::{
    alarms::PUSHED_KEY,
    browser,
    error::AppError,
    ui::{Button, Glyph, Icon, Look, post_fields, use_toasts},
};
use device::Refusal;
use domain::{
    ids::UserId,
    push::{PushTarget, Tried},
};
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};

/// What is so in this browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It isn't known yet.
    Unknown,
    /// It can't be told.
    Missing,
    /// It could be.
    Off,
    /// It is.
    On,
}

/// What it does, and the buttons that change and try it.
#[component]
pub fn PushHere(
    /// Who is signed in.
    user: UserId,
    /// Whether the server tells this session's browser.
    pushed_here: bool,
) -> impl IntoView {
    let toasts = use_toasts();
    let state = RwSignal::new(State::Unknown);
    let (busy, trouble) = (RwSignal::new(false), RwSignal::new(""));
    Effect::new(move |_| {
        if !device::can() {
            state.set(State::Missing);
            return;
        }
        spawn_local(async move {
            let is_on = pushed_here && device::is_subscribed().await;
            state.try_set(if is_on { State::On } else { State::Off });
        });
    });
    let switch = move |()| {
        let on = state.get_untracked() != State::On;
        busy.set(true);
        trouble.set("");
        spawn_local(async move {
            let switched = if on {
                switch_on(user).await
            } else {
                switch_off().await
            };
            busy.try_set(false);
            match switched {
                Ok(()) => {
                    state.try_set(if on { State::On } else { State::Off });
                    toasts.say(match on {
                        true => "This browser is told, also when the dashboard is closed.",
                        false => "This browser is told only while the dashboard is open.",
                    });
                }
                Err(Trouble::Refused(refusal)) => {
                    trouble.try_set(refusal.words());
                }
                Err(Trouble::Server(error)) => toasts.say(error.text()),
            }
        });
    };
    let try_out = move |()| {
        busy.set(true);
        trouble.set("");
        spawn_local(async move {
            let tried = api::try_push().await;
            busy.try_set(false);
            match tried {
                Ok(Tried::Taken) => toasts.say("Sent. It should appear in a moment."),
                Ok(Tried::Gone) => {
                    state.try_set(State::Off);
                    trouble.try_set("Your browser has ended this. Turn it on again.");
                }
                Ok(Tried::Unreachable) => {
                    trouble.try_set(
                        "The server can't reach your browser's push service. Whoever runs Shopdesk can tell whether it may reach the internet.",
                    );
                }
                Ok(Tried::Refused) => {
                    trouble.try_set("Your browser's push service has refused the message.");
                }
                Err(error) => toasts.say(error.text()),
            }
        });
    };
    view! {
        <section class="push-here" aria-labelledby="push-here">
            <h3 id="push-here">"When the dashboard is closed"</h3>
            <p class="help">
                {move || match state.get() {
                    State::Unknown => "Needs a moment, or scripts.",
                    State::Missing => {
                        "This browser can only be told while the dashboard is open. On an iPhone or iPad, add Shopdesk to the home screen first; elsewhere the address must begin with https://."
                    }
                    State::Off => {
                        "This browser can also be told while no page of Shopdesk is open: who waits, and nothing of what they have written."
                    }
                    State::On => {
                        "This browser is told while no page of Shopdesk is open, until you sign out here. Not in your quiet hours."
                    }
                }}
            </p>
            <div class="notification-tries" hidden=move || matches!(state.get(), State::Unknown | State::Missing)>
                <Button look=Look::Plain busy on_press=switch>
                    {move || match state.get() {
                        State::On => "Turn off in this browser",
                        _ => "Turn on in this browser",
                    }}
                </Button>
                <span hidden=move || state.get() != State::On>
                    <Button look=Look::Quiet busy on_press=try_out>
                        "Send a test"
                    </Button>
                </span>
            </div>
            <div class="form-error-place" role="alert">
                {move || {
                    let trouble = trouble.get();
                    (!trouble.is_empty())
                        .then(|| {
                            view! {
                                <p class="form-error">
                                    <Icon glyph=Glyph::Warning/>
                                    {trouble}
                                </p>
                            }
                        })
                }}
            </div>
        </section>
    }
    .into_any()
}

/// Why it could not be switched.
enum Trouble {
    /// The browser won't.
    Refused(Refusal),
    /// The server can't.
    Server(AppError),
}

async fn switch_on(user: UserId) -> Result<(), Trouble> {
    let key = api::push_key().await.map_err(Trouble::Server)?;
    let PushTarget {
        endpoint,
        p256dh,
        auth,
    } = device::subscribe(&key).await.map_err(Trouble::Refused)?;
    let fields = vec![("endpoint", endpoint), ("p256dh", p256dh), ("auth", auth)];
    post_fields(api::SubscribePush::PATH, fields)
        .await
        .map_err(Trouble::Server)?;
    browser::store(PUSHED_KEY, &user.to_string());
    Ok(())
}

async fn switch_off() -> Result<(), Trouble> {
    post_fields(api::UnsubscribePush::PATH, Vec::new())
        .await
        .map_err(Trouble::Server)?;
    browser::store(PUSHED_KEY, "");
    device::unsubscribe().await;
    Ok(())
}
