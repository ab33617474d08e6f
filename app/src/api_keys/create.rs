//! The form for a new key, and the key, which is shown once.

use super::api;
use crate::{
    session::use_store,
    ui::{CheckList, FormError, ScriptForm, ShownOnce, Submit, TextField, by_script},
};
use domain::api_key::{NAME_MAX, NewApiKey, Scope};
use leptos::prelude::*;

const ABOUT: &str =
    "This is the key. Copy it now and keep it like a password: it is never shown again.";

/// What a dialog holds until it is closed.
#[component]
pub fn NewKey(
    /// The dialog.
    open: RwSignal<bool>,
    /// A key was made.
    on_change: Callback<()>,
) -> impl IntoView {
    let token = RwSignal::new(None::<String>);
    move || match token.get() {
        Some(secret) => {
            view! { <ShownOnce about=ABOUT secret label="API key" copied="Key copied." open/> }
                .into_any()
        }
        None => view! { <KeyForm token on_change/> }.into_any(),
    }
}

#[component]
fn KeyForm(
    /// The key, once it is made.
    token: RwSignal<Option<String>>,
    on_change: Callback<()>,
) -> impl IntoView {
    let store = use_store();
    let form = ScriptForm::new();
    let name = RwSignal::new(String::new());
    let chosen = RwSignal::new(Vec::<&'static str>::new());
    let submit = by_script(move || {
        let new = NewApiKey {
            name: name.get_untracked(),
            scopes: chosen.with_untracked(|words| {
                words
                    .iter()
                    .filter_map(|word| Scope::from_word(word))
                    .collect()
            }),
        };
        // The form would only say later what can be said now.
        if let Err(invalid) = new.clone().checked() {
            form.show(Some(invalid.into()));
            return;
        }
        form.send(api::create(store.id_now(), new), move |made| {
            token.set(Some(made.token));
            on_change.run(());
        });
    });
    view! {
        <form class="form" on:submit=submit>
            <FormError error=form.general()/>
            <TextField
                label="Name"
                name="name"
                value=name
                error=form.about("name")
                autofocus=true
                help=format!(
                    "What the key is for, such as “Warehouse”. Shoppers see it beside replies. At most {NAME_MAX} characters.",
                )
            />
            <CheckList
                legend="What it may do"
                name="scopes"
                options=Scope::ALL.iter().map(|scope| (scope.as_str(), scope.about())).collect()
                chosen
                help="Only what the program needs."
                error=form.about("scopes")
            />
            <footer class="dialog-foot">
                <Submit form=*form>"Make key"</Submit>
            </footer>
        </form>
    }
    .into_any()
}
