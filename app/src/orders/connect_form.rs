//! The dialog that connects a shop: which kind, where it is, its key.

use super::api;
use crate::{
    session::use_store,
    ui::{FormError, ScriptForm, Submit, TextField, by_script},
};
use domain::order_source::{ConnectShop, ConnectedShop, OrderSourceKind, SourceFound};
use leptos::prelude::*;

/// What the dialog says of a kind of shop.
struct Wording {
    /// How to come by a key.
    steps: &'static str,
    address: &'static str,
    example: &'static str,
    key: &'static str,
    /// The second part of the key, where it has two.
    secret: Option<&'static str>,
}

fn wording(kind: OrderSourceKind) -> Wording {
    match kind {
        OrderSourceKind::Medusa => Wording {
            steps: "Medusa v2. In its admin, open Settings → Secret API Keys and create a key for Shopdesk. Shopdesk only reads orders and customers with it.",
            address: "Address of the backend",
            example: "https://api.example.com",
            key: "Secret API key",
            secret: None,
        },
        OrderSourceKind::Woocommerce => Wording {
            steps: "In WordPress, open WooCommerce → Settings → Advanced → REST API and add a key with the permission Read. Shopdesk only reads orders with it. The shop needs https:// and permalinks other than “Plain”.",
            address: "Address of the shop",
            example: "https://shop.example.com",
            key: "Consumer key",
            secret: Some("Consumer secret"),
        },
    }
}

/// The form. `connected` hears of the shop and what it has.
#[component]
pub fn ConnectForm(connected: Callback<(ConnectedShop, SourceFound)>) -> impl IntoView {
    let store = use_store();
    let form = ScriptForm::new();
    let kind = RwSignal::new(OrderSourceKind::Medusa);
    let (address, key) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let secret = RwSignal::new(String::new());
    let connect = by_script(move || {
        let mut key = key.get_untracked().trim().to_owned();
        if wording(kind.get_untracked()).secret.is_some() {
            key = format!("{key}:{}", secret.get_untracked().trim());
        }
        let shop = ConnectShop {
            kind: kind.get_untracked(),
            address: address.get_untracked(),
            key,
        };
        form.send(api::connect(store.id_now(), shop), move |made| {
            connected.run(made);
        });
    });
    let choose = move |event| {
        let chosen = OrderSourceKind::from_word(&event_target_value(&event));
        kind.set(chosen.unwrap_or(OrderSourceKind::Medusa));
    };
    let options = OrderSourceKind::ALL.map(|option| {
        view! {
            <option value=option.as_str() selected=option == kind.get_untracked()>
                {option.label()}
            </option>
        }
    });
    let fields = move || {
        let wording = wording(kind.get());
        view! {
            <p class="muted">{wording.steps}</p>
            <TextField
                label=wording.address
                name="address"
                kind="url"
                value=address
                placeholder=wording.example
                error=form.about("address")
                required=true
            />
            <TextField
                label=wording.key
                name="key"
                kind="password"
                value=key
                help="Kept sealed, and never shown again."
                error=form.about("key")
                required=true
            />
            {wording
                .secret
                .map(|label| {
                    view! {
                        <TextField
                            label=label
                            name="secret"
                            kind="password"
                            value=secret
                            required=true
                        />
                    }
                })}
        }
        .into_any()
    };
    view! {
        <form class="form" on:submit=connect>
            <FormError error=form.general()/>
            <div class="field">
                <label for="kind">"Shop system"</label>
                <select id="kind" class="input" autofocus=true on:change=choose>
                    {options.into_iter().collect_view()}
                </select>
            </div>
            {fields}
            <footer class="dialog-foot">
                <Submit form=*form>"Connect"</Submit>
            </footer>
        </form>
    }
    .into_any()
}
