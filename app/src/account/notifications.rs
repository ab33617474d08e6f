//! What somebody wants to be told of outside the page, on the account page.

use super::{api, push::PushHere};
use crate::{
    alarms::{Permission, ask_to_notify, chime, permission},
    browser,
    ui::{
        Button, Card, FormError, Look, PlainField, PostForm, Posted, Submit, toggle::PlainToggle,
    },
};
use domain::{
    ids::UserId,
    notifications::{Notifications, time_of_day},
};
use leptos::prelude::*;

/// All of it in one form, which works without any script.
#[component]
pub fn NotificationsCard(
    /// Who is signed in.
    user: UserId,
    /// Whether the server tells this session's browser by push.
    pushed_here: bool,
    /// What is chosen.
    chosen: Notifications,
    /// Hears that something else is.
    on_done: Callback<()>,
) -> impl IntoView {
    let form = PostForm::to::<api::ChooseNotifications>().kept();
    let (from, until, stored_zone) = match chosen.quiet {
        Some(quiet) => (
            time_of_day(quiet.from),
            time_of_day(quiet.until),
            quiet.time_zone,
        ),
        // Until a script says which: without one it is that.
        None => (String::new(), String::new(), "UTC".to_owned()),
    };
    let zone = RwSignal::new(stored_zone.clone());
    Effect::new(move |_| zone.set(browser::time_zone().unwrap_or_default()));
    let toggles = [
        (
            "mail",
            "Email",
            "What is yours or nobody's, at most once in ten minutes. Only if this installation sends mails.",
            chosen.mail,
        ),
        (
            "sound",
            "Sound",
            "While the dashboard is open and you have used it.",
            chosen.sound,
        ),
        (
            "browser",
            "Browser notification",
            "While the dashboard is open and out of sight.",
            chosen.browser,
        ),
    ];
    let toggles = toggles
        .map(|(name, label, help, on)| view! { <PlainToggle name label help on/> })
        .collect_view();
    let times = [
        ("Quiet from", "quiet_from", from),
        ("Quiet until", "quiet_until", until),
    ];
    let times = times
        .map(|(label, name, value)| {
            view! {
                <PlainField
                    form=*form
                    label
                    name
                    kind="time"
                    autocomplete="off"
                    value
                    optional=true
                />
            }
        })
        .collect_view();
    view! {
        <Card
            title="Notifications"
            why="How you hear that a shopper waits longer than your store has promised."
        >
            <Posted form class="form" on_done>
                <FormError error=form.general()/>
                {toggles}
                <Tries/>
                <div class="quiet-times">{times}</div>
                <input type="hidden" name="time_zone" value=stored_zone prop:value=zone/>
                <p class="help">
                    "You hear nothing then. The mail comes afterwards. Your time zone is " {zone} "."
                </p>
                <div>
                    <Submit form=*form look=Look::Plain>
                        "Save notifications"
                    </Submit>
                </div>
            </Posted>
            <PushHere user pushed_here/>
        </Card>
    }
    .into_any()
}

/// How it sounds, whether this browser shows notifications, and the button by which it asks.
#[component]
fn Tries() -> impl IntoView {
    let state = RwSignal::new(Permission::Missing);
    Effect::new(move |_| state.set(permission()));
    let ask = move |()| {
        ask_to_notify(move |answer| {
            state.try_set(answer);
        });
    };
    view! {
        <div class="notification-tries">
            <Button look=Look::Plain on_press=|()| chime()>
                "Play the sound"
            </Button>
            <span hidden=move || state.get() != Permission::Unasked>
                <Button look=Look::Plain on_press=ask>
                    "Allow notifications here"
                </Button>
            </span>
            <span class="help">
                {move || match state.get() {
                    Permission::Granted => "This browser shows notifications.",
                    Permission::Unasked => "",
                    Permission::Denied | Permission::Missing => "This browser shows none.",
                }}
            </span>
        </div>
    }
    .into_any()
}
