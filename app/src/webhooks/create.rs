//! The form for a new webhook, and its secret, which is shown once.

use super::api;
use crate::{
    session::use_store,
    ui::{CheckList, FormError, ScriptForm, ShownOnce, Submit, TextField, by_script},
};
use domain::{
    ids::WebhookId,
    webhook::{NewWebhook, WebhookEvent},
};
use leptos::prelude::*;

const ABOUT: &str = "This is the webhook's secret: by it your program knows that a request comes from here. Copy it now and keep it like a password: it is never shown again.";

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
        Some(secret) => {
            view! { <ShownOnce about=ABOUT secret label="secret" copied="Secret copied." open/> }
                .into_any()
        }
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
    let chosen = RwSignal::new(Vec::<&'static str>::new());
    let submit = by_script(move || {
        let new = NewWebhook {
            id,
            address: address.get_untracked(),
            events: chosen.with_untracked(|words| {
                words
                    .iter()
                    .filter_map(|word| WebhookEvent::from_word(word))
                    .collect()
            }),
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
            <CheckList
                legend="What it is told"
                name="events"
                options=WebhookEvent::ALL.iter().map(|event| (event.as_str(), event.about())).collect()
                chosen
                help="Notes among the team are never told."
                error=form.about("events")
            />
            <footer class="dialog-foot">
                <Submit form=*form>"Make webhook"</Submit>
            </footer>
        </form>
    }
    .into_any()
}
