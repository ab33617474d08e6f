//! The shops that orders are looked up in: connect, test, disconnect.

use super::{
    api,
    connect_form::{ConnectForm, PublishableKeyForm},
};
use crate::{
    error::AppError,
    resource::from_server,
    session::use_store,
    ui::{
        Ago, Badge, Button, CardSkeleton, Dialog, FormError, Glyph, Loaded, Look, Question, Tone,
        use_confirm, use_toasts,
    },
};
use domain::{
    ids::OrderSourceId,
    order_source::{ConnectedShop, OrderSourceKind, OrderSourceList, SourceFound, SourceTest},
};
use leptos::{prelude::*, task::spawn_local};

/// What the page does with its shops.
#[derive(Clone, Copy)]
struct Shops {
    /// Asks for the list again.
    reload: Callback<()>,
    /// Whether the dialog is open.
    connecting: RwSignal<bool>,
    /// Whether the dialog for the publishable key of [`Self::keyed`] is open.
    keying: RwSignal<bool>,
    /// The Medusa that is given another publishable key.
    keyed: RwSignal<Option<ConnectedShop>>,
    /// What came of the last test, and of which shop.
    tested: RwSignal<Option<(OrderSourceId, SourceTest)>>,
    /// Why the last test or the last disconnecting could not be done.
    error: RwSignal<Option<AppError>>,
}

/// The connected shops, as a card.
#[component]
pub fn Sources() -> impl IntoView {
    let store = use_store();
    let list = from_server(move || store.id(), api::sources);
    let shops = Shops {
        reload: Callback::new(move |()| list.refetch()),
        connecting: RwSignal::new(false),
        keying: RwSignal::new(false),
        keyed: RwSignal::new(None),
        tested: RwSignal::new(None),
        error: RwSignal::new(None),
    };
    let toasts = use_toasts();
    let connected = Callback::new(move |(shop, found): (ConnectedShop, SourceFound)| {
        shops.tested.set(Some((shop.id, SourceTest::Found(found))));
        shops.connecting.set(false);
        shops.reload.run(());
        toasts.say("Connected.");
    });
    let saved = Callback::new(move |()| {
        shops.keying.set(false);
        shops.reload.run(());
        toasts.say("Publishable key saved.");
    });
    view! {
        <Loaded
            resource=list
            skeleton=|| view! { <CardSkeleton/> }.into_any()
            view=move |list| view! { <SourcesCard list shops/> }
        />
        <Dialog open=shops.connecting title="Connect a shop">
            <ConnectForm connected/>
        </Dialog>
        <Dialog open=shops.keying title="Customers who are signed in">
            {move || shops.keyed.get().map(|shop| view! { <PublishableKeyForm shop saved/> })}
        </Dialog>
    }
    .into_any()
}

#[component]
fn SourcesCard(list: OrderSourceList, shops: Shops) -> impl IntoView {
    let is_empty = list.shops.is_empty();
    let may_change = list.may_change;
    view! {
        <section class="card sources" aria-labelledby="sources-title">
            <header class="sources-head">
                <h2 id="sources-title">"Connected shops"</h2>
                {may_change
                    .then(|| {
                        view! {
                            <Button
                                glyph=Glyph::Plus
                                on_press=move |()| shops.connecting.set(true)
                            >
                                "Connect"
                            </Button>
                        }
                    })}
            </header>
            {is_empty
                .then(|| {
                    view! {
                        <p class="muted">
                            "None yet. Connect your shop, and “where is my order?” is answered from its own orders."
                        </p>
                    }
                })}
            <ul class="sources-list">
                {list
                    .shops
                    .into_iter()
                    .map(|shop| view! { <SourceRow shop may_change shops/> })
                    .collect_view()}
            </ul>
            <FormError error=shops.error/>
        </section>
    }
    .into_any()
}

#[component]
fn SourceRow(shop: ConnectedShop, may_change: bool, shops: Shops) -> impl IntoView {
    let (store, id) = (use_store(), shop.id);
    let testing = RwSignal::new(false);
    let (confirm, toasts) = (use_confirm(), use_toasts());
    let test = move |()| {
        testing.set(true);
        spawn_local(async move {
            let tested = api::test_source(store.id_now(), id).await;
            let _ = testing.try_set(false);
            match tested {
                Ok(result) => {
                    shops.error.set(None);
                    shops.tested.set(Some((id, result)));
                    shops.reload.run(());
                }
                Err(error) => shops.error.set(Some(error)),
            }
        });
    };
    let address = shop.address.clone();
    let ask_to_disconnect = move |()| {
        let question = Question {
            title: "Disconnect this shop?".to_owned(),
            text: format!(
                "Orders of {address} are no longer looked up, and its key is deleted here. You can connect it again with a new key."
            ),
            action: "Disconnect".to_owned(),
        };
        confirm.ask(question, move || {
            spawn_local(async move {
                match api::disconnect(store.id_now(), id).await {
                    Ok(()) => {
                        shops.error.set(None);
                        toasts.say("Disconnected.");
                        shops.reload.run(());
                    }
                    Err(error) => shops.error.set(Some(error)),
                }
            });
        });
    };
    let medusa = (may_change && shop.kind == OrderSourceKind::Medusa).then(|| shop.clone());
    let takes_tokens = shop.publishable_key.is_some();
    let (tone, state) = match shop.trouble {
        None => (Tone::Good, "Working"),
        Some(_) => (Tone::Bad, "Needs a look"),
    };
    view! {
        <li class="source">
            <div class="source-text">
                <span class="source-name">
                    <strong>{shop.kind.label()}</strong>
                    <Badge tone text=state/>
                </span>
                <span class="muted source-address">{shop.address.clone()}</span>
                {takes_tokens
                    .then(|| {
                        view! {
                            <span class="muted">
                                "Customers are known by the shop's own token."
                            </span>
                        }
                    })}
                {shop
                    .trouble
                    .map(|trouble| {
                        view! {
                            <span class="source-trouble">
                                {trouble.sentence()}
                                {shop
                                    .trouble_since
                                    .map(|at| view! { " (since " <Ago at=at/> ")" })}
                            </span>
                        }
                    })}
                {move || {
                    let (_, result) = shops.tested.get().filter(|(tested, _)| *tested == id)?;
                    match result {
                        SourceTest::Found(found) => Some(view! { <Found found/> }),
                        SourceTest::Trouble(_) => None,
                    }
                }}
            </div>
            <div class="source-actions">
                <Button glyph=Glyph::Retry busy=testing on_press=test>
                    "Test connection"
                </Button>
                {medusa
                    .map(|shop| {
                        let open = move |()| {
                            shops.keyed.set(Some(shop.clone()));
                            shops.keying.set(true);
                        };
                        view! {
                            <Button look=Look::Quiet on_press=open>
                                "Publishable key"
                            </Button>
                        }
                    })}
                {may_change
                    .then(|| {
                        view! {
                            <Button look=Look::Quiet on_press=ask_to_disconnect>
                                "Disconnect"
                            </Button>
                        }
                    })}
            </div>
        </li>
    }
    .into_any()
}

/// "16 orders, newest 3 h".
#[component]
fn Found(found: SourceFound) -> impl IntoView {
    let orders = match found.orders {
        1 => "1 order".to_owned(),
        n => format!("{n} orders"),
    };
    view! {
        <span class="source-found" role="status">
            {orders}
            {found.newest_at.map(|at| view! { ", newest: " <Ago at=at/> })}
        </span>
    }
    .into_any()
}
