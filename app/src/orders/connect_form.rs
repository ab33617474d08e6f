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
    /// Of its input: browsers want `https://` before a `url`.
    address_kind: &'static str,
    example: &'static str,
    key: &'static str,
    /// The second part of the key, where it has two, and whether it must be there.
    secret: Option<(&'static str, bool)>,
}

fn wording(kind: OrderSourceKind) -> Wording {
    match kind {
        OrderSourceKind::Medusa => Wording {
            steps: "Medusa v2. In its admin, open Settings → Secret API Keys and create a key for Shopdesk. Shopdesk only reads orders and customers with it.",
            address: "Address of the backend",
            address_kind: "url",
            example: "https://api.example.com",
            key: "Secret API key",
            secret: None,
        },
        OrderSourceKind::Shopify => Wording {
            steps: "In Shopify's Dev Dashboard, make an app with the scopes read_orders and read_all_orders, install it in your shop, and copy its client ID and secret. Without read_all_orders Shopify shows the orders of the last 60 days alone. The access token of an older app (shpat_…) goes into the first field by itself. Shopdesk only reads orders with it.",
            address: "Address of the shop",
            address_kind: "text",
            example: "your-shop.myshopify.com",
            key: "Client ID, or access token",
            secret: Some(("Client secret", false)),
        },
        OrderSourceKind::Woocommerce => Wording {
            steps: "In WordPress, open WooCommerce → Settings → Advanced → REST API and add a key with the permission Read. Shopdesk only reads orders with it. The shop needs https:// and permalinks other than “Plain”.",
            address: "Address of the shop",
            address_kind: "url",
            example: "https://shop.example.com",
            key: "Consumer key",
            secret: Some(("Consumer secret", true)),
        },
    }
}

/// What the publishable key of a Medusa is for.
const PUBLISHABLE_KEY_HELP: &str = "Begins with pk_. With it the chat takes the token of a customer who is signed in to your shop, as shopdesk(\"identify\", token), and asks this Medusa whose it is. Leave it empty to do without.";

/// The input of a Medusa's publishable key.
#[component]
fn PublishableKeyField(
    /// What is typed.
    value: RwSignal<String>,
    /// How it is sent.
    form: ScriptForm,
) -> impl IntoView {
    view! {
        <TextField
            label="Publishable API key (optional)"
            name="publishable_key"
            value=value
            help=PUBLISHABLE_KEY_HELP
            error=form.about("publishable_key")
        />
    }
    .into_any()
}

/// The form that gives a connected Medusa another publishable key.
#[component]
pub fn PublishableKeyForm(
    /// The Medusa.
    shop: ConnectedShop,
    /// Hears of it.
    saved: Callback<()>,
) -> impl IntoView {
    let store = use_store();
    let form = ScriptForm::new();
    let key = RwSignal::new(shop.publishable_key.unwrap_or_default());
    let save = by_script(move || {
        let set = api::set_publishable_key(store.id_now(), shop.id, key.get_untracked());
        form.send(set, move |()| saved.run(()));
    });
    view! {
        <form class="form" on:submit=save>
            <FormError error=form.general()/>
            <PublishableKeyField value=key form/>
            <footer class="dialog-foot">
                <Submit form=*form>"Save"</Submit>
            </footer>
        </form>
    }
    .into_any()
}

/// The form. `connected` hears of the shop and what it has.
#[component]
pub fn ConnectForm(connected: Callback<(ConnectedShop, SourceFound)>) -> impl IntoView {
    let store = use_store();
    let form = ScriptForm::new();
    let kind = RwSignal::new(OrderSourceKind::Medusa);
    let (address, key) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (secret, publishable_key) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let connect = by_script(move || {
        let mut both = key.get_untracked().trim().to_owned();
        let second = secret.get_untracked();
        if let Some((_, is_required)) = wording(kind.get_untracked()).secret
            && (is_required || !second.trim().is_empty())
        {
            both = format!("{both}:{}", second.trim());
        }
        let shop = ConnectShop {
            kind: kind.get_untracked(),
            address: address.get_untracked(),
            key: both,
            publishable_key: Some(publishable_key.get_untracked()),
        };
        form.send(api::connect(store.id_now(), shop), move |made| {
            for typed in [address, key, secret, publishable_key] {
                typed.set(String::new());
            }
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
        let is_medusa = kind.get() == OrderSourceKind::Medusa;
        let wording = wording(kind.get());
        view! {
            <p class="muted">{wording.steps}</p>
            <TextField
                label=wording.address
                name="address"
                kind=wording.address_kind
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
                .map(|(label, required)| {
                    view! {
                        <TextField
                            label=label
                            name="secret"
                            kind="password"
                            value=secret
                            required=required
                        />
                    }
                })}
            {is_medusa.then(|| view! { <PublishableKeyField value=publishable_key form/> })}
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
