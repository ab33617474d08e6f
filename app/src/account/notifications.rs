//! What somebody wants to be told of outside the page, on the account page.

use super::api;
use crate::{
    alarms::{Permission, ask_to_notify, chime, permission},
    browser,
    ui::{
        Button, Card, FormError, Look, PostForm, Posted, Submit, field::FieldNote,
        toggle::PlainToggle,
    },
};
use domain::notifications::{Notifications, time_of_day};
use leptos::{prelude::*, task::spawn_local};

/// All of it in one form, which works without any script.
#[component]
pub fn NotificationsCard(
    /// What is chosen.
    chosen: Notifications,
    /// Hears that something else is.
    on_done: Callback<()>,
) -> impl IntoView {
    let form = PostForm::to::<api::ChooseNotifications>();
    let quiet = chosen.quiet;
    let time = |minute: Option<u16>| minute.map(time_of_day).unwrap_or_default();
    let (from, until) = (
        time(quiet.as_ref().map(|quiet| quiet.from)),
        time(quiet.as_ref().map(|quiet| quiet.until)),
    );
    let zone = RwSignal::new(quiet.map(|quiet| quiet.time_zone).unwrap_or_default());
    Effect::new(move |_| zone.set(browser::time_zone().unwrap_or_default()));
    let wrong = Signal::derive(move || {
        ["quiet_from", "quiet_until", "time_zone"]
            .into_iter()
            .find_map(|field| form.about(field).get())
    });
    let field = move |label: &'static str, name: &'static str, value: String| {
        view! {
            <div class="field">
                <label for=name>{label}</label>
                <input
                    id=name
                    name=name
                    type="time"
                    class="input"
                    value=value
                    autocomplete="off"
                    aria-invalid=move || wrong.get().is_some().then_some("true")
                    aria-describedby="quiet-note"
                />
            </div>
        }
    };
    view! {
        <Card
            title="Notifications"
            why="How you hear that a shopper waits longer than your store has promised."
        >
            // What was chosen stays in the form, which is cleared once it was sent.
            <div on:reset=move |event| event.prevent_default()>
                <Posted form class="form" on_done>
                    <FormError error=form.general()/>
                    <PlainToggle
                        name="mail"
                        label="Email"
                        help="What is assigned to you, and what is nobody's; at most one mail in ten minutes. Only if this installation sends mails."
                        on=chosen.mail
                    />
                    <PlainToggle
                        name="sound"
                        label="Sound"
                        help="While the dashboard is open and you have used it."
                        on=chosen.sound
                    />
                    <PlainToggle
                        name="browser"
                        label="Browser notification"
                        help="While the dashboard is open in another tab or behind other windows."
                        on=chosen.browser
                    />
                    <div class="notification-tries">
                        <Button look=Look::Plain on_press=|()| chime()>
                            "Play the sound"
                        </Button>
                        <Allowed/>
                    </div>
                    <fieldset class="quiet-hours">
                        <legend>"Quiet hours"</legend>
                        <div class="quiet-times">
                            {field("From", "quiet_from", from)} {field("Until", "quiet_until", until)}
                        </div>
                        <input type="hidden" name="time_zone" prop:value=zone/>
                        <FieldNote
                            name="quiet"
                            help=Some(
                                "You hear nothing then, on every day. The mail about those who still wait comes afterwards. Leave both empty for none."
                                    .to_owned(),
                            )
                            error=wrong
                        />
                        <p class="help" hidden=move || zone.with(String::is_empty)>
                            {move || format!("Your time zone: {}", zone.get())}
                        </p>
                    </fieldset>
                    <div>
                        <Submit form=*form look=Look::Plain>
                            "Save notifications"
                        </Submit>
                    </div>
                </Posted>
            </div>
        </Card>
    }
    .into_any()
}

/// Whether this browser shows notifications, and the button by which it asks.
#[component]
fn Allowed() -> impl IntoView {
    let state = RwSignal::new(None);
    Effect::new(move |_| state.set(Some(permission())));
    let ask = move |()| {
        spawn_local(async move {
            let answer = ask_to_notify().await;
            state.try_set(Some(answer));
        });
    };
    move || match state.get() {
        Some(Permission::Unasked) => view! {
            <Button look=Look::Plain on_press=ask>
                "Allow notifications in this browser"
            </Button>
        }
        .into_any(),
        other => {
            let text = match other {
                Some(Permission::Granted) => "This browser shows notifications.",
                Some(Permission::Denied) => {
                    "This browser was told to show none: its settings for this site change that."
                }
                Some(Permission::Missing) => "This browser shows no notifications.",
                _ => "",
            };
            view! { <span class="help">{text}</span> }.into_any()
        }
    }
}
