//! Customer identity in Widget Settings: the secrets, and what to put into the page.

use super::api;
use crate::ui::{
    Ago, Badge, Button, Card, CopyBox, FormError, Glyph, Look, Question, ScriptForm, Tone,
    time::use_clock, use_confirm, use_toasts,
};
use domain::{identity::IdentitySecret, ids::StoreId};
use leptos::prelude::*;

/// What tells the chat who is signed in; calls before the loader has come are kept.
const SNIPPET: &str = "<script>
  window.shopdesk = window.shopdesk || function () { (shopdesk.q = shopdesk.q || []).push(arguments); };
  shopdesk(\"identify\", \"TOKEN_FROM_YOUR_SERVER\");
</script>";

/// The store's secrets: make, replace, revoke.
#[component]
pub fn IdentityCard(
    /// Whose they are.
    store: StoreId,
    /// Those that count now.
    secrets: Vec<IdentitySecret>,
    /// Whether who reads this may make and revoke them.
    may_change: bool,
) -> impl IntoView {
    let secrets = RwSignal::new(secrets);
    let shown = RwSignal::new(String::new());
    let form = ScriptForm::new();
    let (confirm, toasts) = (use_confirm(), use_toasts());
    let make = move || {
        form.send(api::make_secret(store), move |made| {
            secrets.set(made.secrets);
            shown.set(made.secret);
        });
    };
    let is_set_up = Memo::new(move |_| secrets.with(|all| !all.is_empty()));
    let ask_to_make = move |()| {
        if !is_set_up.get_untracked() {
            return make();
        }
        let question = Question {
            title: "Make a new secret?".to_owned(),
            text: "The secret in use counts for 24 hours more. Put the new one on your server within that time.".to_owned(),
            action: "Make a new secret".to_owned(),
        };
        confirm.ask(question, make);
    };
    let revoke = Callback::new(move |secret: IdentitySecret| {
        let question = Question {
            title: "Revoke this secret?".to_owned(),
            text:
                "It ends at once. Customers whom your server signs with it count as not signed in."
                    .to_owned(),
            action: "Revoke".to_owned(),
        };
        confirm.ask(question, move || {
            form.send(api::revoke_secret(store, secret.id), move |left| {
                secrets.set(left);
                shown.set(String::new());
                toasts.say("Secret revoked.");
            });
        });
    });
    view! {
        <Card
            title="Customer identity"
            why="Your storefront's server signs who is logged in. The chat then knows this customer: they skip the pre-chat form, see their own orders, find their conversation on every device, and your inbox says Verified."
        >
            <FormError error=form.general()/>
            <ul class="secrets">
                {move || {
                    secrets
                        .get()
                        .into_iter()
                        .map(|secret| view! { <Secret secret revoke may_change/> })
                        .collect_view()
                }}
            </ul>
            <Show when=move || shown.with(|secret| !secret.is_empty())>
                <p role="status">
                    <strong>"Copy the secret now: it isn't shown again."</strong>
                    " Keep it on your server, never in a page or an app."
                </p>
                <CopyBox text=shown label="Identity secret" rows=2 copied="Secret copied."/>
            </Show>
            {may_change
                .then(|| {
                    view! {
                        <div>
                            <Button glyph=Glyph::Lock busy=form.busy() on_press=ask_to_make>
                                {move || {
                                    if is_set_up.get() { "Make a new secret" } else { "Make a secret" }
                                }}
                            </Button>
                        </div>
                    }
                })}
            <p class="help">
                "With the secret your server signs a token (JWT, HS256) with customer_id, email, name and exp, at most an hour ahead, and puts it into the page where a customer is signed in. Call shopdesk(\"identify\", null) where they sign out. docs/IDENTITY.md has examples for Node, Python, PHP, Ruby and Rust. Of a connected Medusa with a publishable key the customer's own token does as well, without any secret."
            </p>
            <CopyBox text=Signal::stored(SNIPPET.to_owned()) label="Identity code" rows=6 copied="Code copied."/>
        </Card>
    }
    .into_any()
}

#[component]
fn Secret(
    secret: IdentitySecret,
    revoke: Callback<IdentitySecret>,
    may_change: bool,
) -> impl IntoView {
    let clock = use_clock();
    let state = match secret.ends_at {
        None => {
            view! { <Badge tone=Tone::Good glyph=Glyph::CircleCheck text="In use"/> }.into_any()
        }
        Some(end) => view! {
            <Badge tone=Tone::Warning glyph=Glyph::Clock text="Replaced"/>
            <span class="muted">{move || format!("counts until {}", clock.civil(end).full())}</span>
        }
        .into_any(),
    };
    view! {
        <li>
            {state}
            <span class="muted">"made " <Ago at=secret.made_at/></span>
            {may_change
                .then(|| {
                    view! {
                        <Button look=Look::Quiet on_press=move |()| revoke.run(secret)>
                            "Revoke"
                        </Button>
                    }
                })}
        </li>
    }
    .into_any()
}
