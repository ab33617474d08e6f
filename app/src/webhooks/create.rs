//! The form for a new webhook, and its secret, which is shown once.

use super::api;
use crate::{
    session::use_store,
    ui::{
        Button, CopyBox, FormError, Look, ScriptForm, Submit, TextField, by_script,
        field::FieldNote,
    },
};
use domain::{
    ids::WebhookId,
    webhook::{NewWebhook, WebhookEvent},
};
use leptos::prelude::*;

/// What a dialog holds until it is closed.
#[component]
pub fn NewWebhookForm(
    /// The dialog.
    open: RwSignal<bool>,
    /// A webhook was made.
    on_change: Callback<()>,
) -> impl IntoView {
    let secret = RwSignal::new(None::<String>);
    move || match secret.get() {
        Some(secret) => view! { <Made secret open/> }.into_any(),
        None => view! { <WebhookForm secret open on_change/> }.into_any(),
    }
}

#[component]
fn WebhookForm(
    /// The secret, once there is one.
    secret: RwSignal<Option<String>>,
    open: RwSignal<bool>,
    on_change: Callback<()>,
) -> impl IntoView {
    let store = use_store();
    let form = ScriptForm::new();
    let id = WebhookId::generate();
    let address = RwSignal::new(String::new());
    let chosen = RwSignal::new(Vec::<WebhookEvent>::new());
    let submit = by_script(move || {
        let new = NewWebhook {
            id,
            address: address.get_untracked(),
            events: chosen.get_untracked(),
        };
        // The form would only say later what can be said now.
        if let Err(invalid) = new.clone().checked() {
            form.show(Some(invalid.into()));
            return;
        }
        form.send(api::create(store.id_now(), new), move |made| {
            match made.secret {
                Some(made) => secret.set(Some(made)),
                // The first answer was lost, and the secret with it.
                None => open.set(false),
            }
            on_change.run(());
        });
    });
    view! {
        <form class="form" on:submit=submit>
            <FormError error=form.general()/>
            <TextField
                label="Address"
                name="address"
                value=address
                error=form.about("address")
                autofocus=true
                help="Where your program listens. It begins with https://."
            />
            <fieldset class="scope-choice" aria-describedby="events-note">
                <legend>"What it is told"</legend>
                {WebhookEvent::ALL
                    .iter()
                    .map(|event| view! { <EventBox event=*event chosen/> })
                    .collect_view()}
                <FieldNote
                    name="events"
                    help=Some("Notes among the team are never told.".to_owned())
                    error=form.about("events")
                />
            </fieldset>
            <footer class="dialog-foot">
                <Submit form=*form>"Make webhook"</Submit>
            </footer>
        </form>
    }
    .into_any()
}

#[component]
fn EventBox(event: WebhookEvent, chosen: RwSignal<Vec<WebhookEvent>>) -> impl IntoView {
    let choose = move |change| {
        let wanted = event_target_checked(&change);
        chosen.update(|chosen| {
            chosen.retain(|other| *other != event);
            if wanted {
                chosen.push(event);
            }
        });
    };
    view! {
        <label class="scope-box">
            <input type="checkbox" autocomplete="off" on:change=choose/>
            <span>{event.about()}</span>
            <code class="muted">{event.as_str()}</code>
        </label>
    }
    .into_any()
}

#[component]
fn Made(secret: String, open: RwSignal<bool>) -> impl IntoView {
    view! {
        <p class="dialog-text">
            "This is the webhook's secret: by it your program knows that a request comes from here. Copy it now and keep it like a password: it is never shown again."
        </p>
        <CopyBox text=secret label="secret" rows=2 copied="Secret copied."/>
        <footer class="dialog-foot">
            <Button look=Look::Primary on_press=move |()| open.set(false)>
                "I have kept it"
            </Button>
        </footer>
    }
    .into_any()
}
