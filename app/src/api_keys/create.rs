//! The form for a new key, and the key, which is shown once.

use super::api;
use crate::{
    browser,
    session::use_store,
    ui::{
        Button, FormError, Glyph, Look, ScriptForm, Submit, TextField, by_script, field::FieldNote,
        use_toasts,
    },
};
use domain::api_key::{NAME_MAX, NewApiKey, Scope};
use leptos::{html, prelude::*, task::spawn_local};

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
        Some(token) => view! { <Made token open/> }.into_any(),
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
    let chosen = RwSignal::new(Vec::<Scope>::new());
    let submit = by_script(move || {
        let new = NewApiKey {
            name: name.get_untracked(),
            scopes: chosen.get_untracked(),
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
            <fieldset class="scope-choice" aria-describedby="scopes-note">
                <legend>"What it may do"</legend>
                {Scope::ALL
                    .iter()
                    .map(|scope| view! { <ScopeBox scope=*scope chosen/> })
                    .collect_view()}
                <FieldNote
                    name="scopes"
                    help=Some("Only what the program needs.".to_owned())
                    error=form.about("scopes")
                />
            </fieldset>
            <footer class="dialog-foot">
                <Submit form=*form>"Make key"</Submit>
            </footer>
        </form>
    }
    .into_any()
}

#[component]
fn ScopeBox(scope: Scope, chosen: RwSignal<Vec<Scope>>) -> impl IntoView {
    let choose = move |event| {
        let wanted = event_target_checked(&event);
        chosen.update(|chosen| {
            chosen.retain(|other| *other != scope);
            if wanted {
                chosen.push(scope);
            }
        });
    };
    view! {
        <label class="scope-box">
            <input type="checkbox" autocomplete="off" on:change=choose/>
            <span>{scope.about()}</span>
            <code class="muted">{scope.as_str()}</code>
        </label>
    }
    .into_any()
}

#[component]
fn Made(token: String, open: RwSignal<bool>) -> impl IntoView {
    let toasts = use_toasts();
    let field = NodeRef::<html::Input>::new();
    let shown = token.clone();
    let copy = move |()| {
        let token = token.clone();
        spawn_local(async move {
            if browser::copy(&token).await {
                toasts.say("Key copied.");
            } else if let Some(field) = field.get_untracked() {
                field.select();
                toasts.say("Press Ctrl+C to copy the selected key.");
            }
        });
    };
    view! {
        <p class="dialog-text">
            "This is the key. Copy it now and keep it like a password: it is never shown again."
        </p>
        <div class="snippet">
            <input
                class="input snippet-code"
                type="text"
                readonly=true
                spellcheck="false"
                autocomplete="off"
                aria-label="API key"
                node_ref=field
                value=shown
            />
            <Button glyph=Glyph::Copy on_press=copy>
                "Copy"
            </Button>
        </div>
        <footer class="dialog-foot">
            <Button look=Look::Primary on_press=move |()| open.set(false)>
                "I have kept it"
            </Button>
        </footer>
    }
    .into_any()
}
