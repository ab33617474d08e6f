//! The sources that orders are looked up in: connect, test, arrange, disconnect.

use super::{
    api,
    connect_form::{ConnectForm, PublishableKeyForm},
};
use crate::{
    browser,
    error::AppError,
    live::Live,
    resource::from_server,
    session::{CurrentStore, use_store},
    ui::{
        Ago, Badge, Button, CardSkeleton, Dialog, Each, FormError, Glyph, IconButton, Loaded, Look,
        Question, Tone, use_confirm, use_toasts,
    },
};
use domain::{
    events::Noun,
    ids::OrderSourceId,
    order_source::{
        ConnectedShop, OrderSourceKind, OrderSourceList, SourceFound, SourceTest, SourceTrouble,
    },
};
use leptos::{prelude::*, task::spawn_local};

/// A source; `None` stands for the built-in orders.
type Which = Option<OrderSourceId>;

/// What the page does with its sources.
#[derive(Clone, Copy)]
struct Shops {
    /// As they are now.
    list: RwSignal<OrderSourceList>,
    /// Keeps that so.
    live: Live<OrderSourceList>,
    /// Whether the dialog is open.
    connecting: RwSignal<bool>,
    /// Whether the dialog for the publishable key of [`Self::keyed`] is open.
    keying: RwSignal<bool>,
    /// The Medusa that is given another publishable key.
    keyed: RwSignal<Option<ConnectedShop>>,
    /// What came of the last test, and of which shop.
    tested: RwSignal<Option<(OrderSourceId, SourceTest)>>,
    /// Why the last test or change could not be done.
    error: RwSignal<Option<AppError>>,
    /// Where a source is that was moved, for those who don't see it.
    moved: RwSignal<String>,
    /// A source is on its way.
    moving: RwSignal<bool>,
    store: CurrentStore,
}

impl Shops {
    fn new(list: OrderSourceList) -> Self {
        let store = use_store();
        let list = RwSignal::new(list);
        let live = Live::new(move || async move { api::sources(store.id_now()).await.ok() })
            .refetch_on(|event| {
                event.is_change_of(Noun::OrderSources) || event.is_change_of(Noun::Orders)
            });
        live.taken_by(move |now| list.set(now));
        Self {
            list,
            live,
            connecting: RwSignal::new(false),
            keying: RwSignal::new(false),
            keyed: RwSignal::new(None),
            tested: RwSignal::new(None),
            error: RwSignal::new(None),
            moved: RwSignal::new(String::new()),
            moving: RwSignal::new(false),
            store,
        }
    }

    /// The sources in the order in which they are asked, tracked.
    fn order(self) -> Vec<Which> {
        self.list.with(order)
    }

    /// Puts a source one place up or down. The focus stays with it.
    fn shift(self, which: Which, name: String, up: bool) {
        if self.moving.get_untracked() {
            return;
        }
        self.moving.set(true);
        let store = self.store.id_now();
        spawn_local(async move {
            let moved = api::move_source(store, which, up).await;
            let _ = self.moving.try_set(false);
            match moved {
                Ok(now) => {
                    let order = order(&now);
                    let at = order.iter().position(|source| *source == which);
                    let (at, last) = (at.unwrap_or_default(), order.len().saturating_sub(1));
                    // The page may be gone by now.
                    let _ = self.error.try_set(None);
                    let _ = self.list.try_set(now);
                    let said = format!("{name}: now {} of {}.", at + 1, last + 1);
                    let _ = self.moved.try_set(said);
                    // A button that can't be pressed any more keeps no focus.
                    let button = match (at, up) {
                        (0, _) => "down",
                        (at, _) if at == last => "up",
                        (_, true) => "up",
                        (_, false) => "down",
                    };
                    let selector = format!("#{} .source-{button} button", dom_id(which));
                    request_animation_frame(move || browser::focus(&selector));
                }
                Err(error) => {
                    let _ = self.error.try_set(Some(error));
                }
            }
        });
    }
}

fn order(list: &OrderSourceList) -> Vec<Which> {
    let mut order: Vec<_> = list.shops.iter().map(|shop| Some(shop.id)).collect();
    order.insert(list.built_in_at.min(order.len()), None);
    order
}

fn dom_id(which: Which) -> String {
    match which {
        Some(id) => format!("source-{id}"),
        None => "source-built-in".to_owned(),
    }
}

/// The sources, as a card.
#[component]
pub fn Sources() -> impl IntoView {
    let store = use_store();
    let list = from_server(move || store.id(), api::sources);
    view! {
        <Loaded
            resource=list
            skeleton=|| view! { <CardSkeleton/> }.into_any()
            view=move |list| view! { <SourcesCard list/> }
        />
    }
    .into_any()
}

#[component]
fn SourcesCard(list: OrderSourceList) -> impl IntoView {
    let may_change = list.may_change;
    let shops = Shops::new(list);
    let toasts = use_toasts();
    let connected = Callback::new(move |(shop, found): (ConnectedShop, SourceFound)| {
        shops.tested.set(Some((shop.id, SourceTest::Found(found))));
        shops.connecting.set(false);
        shops.live.refetch();
        toasts.say("Connected.");
    });
    let saved = Callback::new(move |()| {
        shops.keying.set(false);
        shops.live.refetch();
        toasts.say("Publishable key saved.");
    });
    let is_empty = Memo::new(move |_| shops.list.with(|list| list.shops.is_empty()));
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
            <p class="muted">
                {move || match is_empty.get() {
                    true => {
                        "None yet. Connect your shop, and “where is my order?” is answered from its own orders."
                    }
                    false => {
                        "Orders are looked up in all of these. Of two that have the same order, the upper one's word counts."
                    }
                }}
            </p>
            <ol class="sources-list" hidden=is_empty>
                <Each each=move || shops.order() key=|which| dom_id(*which) let:which>
                    <SourceRow which may_change shops/>
                </Each>
            </ol>
            <p class="sr-only" role="status">
                {move || shops.moved.get()}
            </p>
            <FormError error=shops.error/>
        </section>
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
fn SourceRow(which: Which, may_change: bool, shops: Shops) -> impl IntoView {
    let found = shops.list.with_untracked(|list| shop(list, which).cloned());
    let kind = found.as_ref().map(|shop| shop.kind);
    let name = StoredValue::new(
        found
            .as_ref()
            .map_or_else(|| "Built-in orders".to_owned(), named),
    );
    let at = Memo::new(move |_| {
        let order = shops.order();
        let at = order.iter().position(|source| *source == which);
        (at.unwrap_or_default(), order.len())
    });
    let at_top = Signal::derive(move || at.get().0 == 0);
    let at_bottom = Signal::derive(move || {
        let (at, all) = at.get();
        at + 1 == all
    });
    view! {
        <li class="source" id=dom_id(which)>
            {match which {
                Some(id) => view! { <ShopText id shops/> }.into_any(),
                None => view! { <BuiltInText shops/> }.into_any(),
            }}
            <div class="source-actions">
                {which
                    .zip(kind)
                    .map(|(id, kind)| view! { <ShopActions id kind may_change shops/> })}
                {may_change
                    .then(|| {
                        view! {
                            <span class="source-up">
                                <IconButton
                                    glyph=Glyph::ArrowUp
                                    label=name.with_value(|name| format!("Move {name} up"))
                                    disabled=at_top
                                    on_press=move |()| shops.shift(which, name.get_value(), true)
                                />
                            </span>
                            <span class="source-down">
                                <IconButton
                                    glyph=Glyph::ArrowDown
                                    label=name.with_value(|name| format!("Move {name} down"))
                                    disabled=at_bottom
                                    on_press=move |()| shops.shift(which, name.get_value(), false)
                                />
                            </span>
                        }
                    })}
            </div>
        </li>
    }
    .into_any()
}

/// A store may have two shops of one kind.
fn named(shop: &ConnectedShop) -> String {
    let host = shop.address.split("://").last().unwrap_or_default();
    format!("{} at {host}", shop.kind.label())
}

fn shop(list: &OrderSourceList, which: Which) -> Option<&ConnectedShop> {
    list.shops.iter().find(|shop| Some(shop.id) == which)
}

#[component]
fn BuiltInText(shops: Shops) -> impl IntoView {
    let orders = move || shops.list.with(|list| list.built_in_orders);
    view! {
        <div class="source-text">
            <strong>"Built-in orders"</strong>
            <span class="muted">
                {move || match orders() {
                    0 => "None: import a file, or let your shop send them.".to_owned(),
                    count => format!("{}, imported or sent.", counted(count)),
                }}
            </span>
        </div>
    }
    .into_any()
}

/// How a shop does, as it is known now.
#[component]
fn ShopText(id: OrderSourceId, shops: Shops) -> impl IntoView {
    let now = Memo::new(move |_| shops.list.with(|list| shop(list, Some(id)).cloned()));
    view! {
        <div class="source-text">
            {move || now.get().map(|shop| view! { <ShopFacts shop/> })}
            {move || {
                let (_, result) = shops.tested.get().filter(|(tested, _)| *tested == id)?;
                match result {
                    SourceTest::Found(found) => Some(view! { <Found found/> }),
                    SourceTest::Trouble(_) => None,
                }
            }}
        </div>
    }
    .into_any()
}

#[component]
fn ShopFacts(shop: ConnectedShop) -> impl IntoView {
    let takes_tokens = shop.publishable_key.is_some();
    let (tone, state) = match shop.trouble {
        None => (Tone::Good, "Working"),
        Some(_) => (Tone::Bad, "Needs a look"),
    };
    let orders = shop.orders.map(|count| format!("{} · ", counted(count)));
    view! {
        <span class="source-name">
            <strong>{shop.kind.label()}</strong>
            <Badge tone text=state/>
        </span>
        <span class="muted source-address">{shop.address.clone()}</span>
        {takes_tokens
            .then(|| {
                view! {
                    <span class="muted">"Customers are known by the shop's own token."</span>
                }
            })}
        {shop.trouble.map(|trouble| trouble_text(trouble, &shop))}
        {shop
            .worked_at
            .map(|at| view! { <span class="muted source-seen">{orders} "answered " <Ago at/></span> })}
    }
    .into_any()
}

fn trouble_text(trouble: SourceTrouble, shop: &ConnectedShop) -> impl IntoView + use<> {
    let since = shop.trouble_since;
    view! {
        <span class="source-trouble" role="status">
            {trouble.sentence()}
            {since.map(|at| view! { " (since " <Ago at=at/> ")" })}
        </span>
    }
}

#[component]
fn ShopActions(
    id: OrderSourceId,
    kind: OrderSourceKind,
    may_change: bool,
    shops: Shops,
) -> impl IntoView {
    let store = shops.store;
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
                    shops.live.refetch();
                }
                Err(error) => shops.error.set(Some(error)),
            }
        });
    };
    let stored = move || {
        shops
            .list
            .with_untracked(|list| shop(list, Some(id)).cloned())
    };
    let ask_to_disconnect = move |()| {
        let address = stored().map(|shop| shop.address).unwrap_or_default();
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
                        shops.live.refetch();
                    }
                    Err(error) => shops.error.set(Some(error)),
                }
            });
        });
    };
    let set_key = move |()| {
        shops.keyed.set(stored());
        shops.keying.set(true);
    };
    view! {
        <Button glyph=Glyph::Retry busy=testing on_press=test>
            "Test connection"
        </Button>
        {(may_change && kind == OrderSourceKind::Medusa)
            .then(|| {
                view! {
                    <Button look=Look::Quiet on_press=set_key>
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
    }
    .into_any()
}

fn counted(orders: i64) -> String {
    match orders {
        1 => "1 order".to_owned(),
        n => format!("{n} orders"),
    }
}

/// "16 orders, newest 3 h".
#[component]
fn Found(found: SourceFound) -> impl IntoView {
    let orders = counted(found.orders);
    view! {
        <span class="source-found" role="status">
            {orders}
            {found.newest_at.map(|at| view! { ", newest: " <Ago at=at/> })}
        </span>
    }
    .into_any()
}
