//! The rail: where one is, and where one can go.

use crate::{
    addresses,
    inbox::{self, counts::use_counts},
    live::use_connection,
    resource::from_server,
    rooms::{OVERVIEW, Room, RoomKind, SECTIONS},
    session::AccountResource,
    ui::{Count, Glyph, Icon, initials, notice::leave_to_sign_in},
};
use domain::{account::Account, ids::StoreId};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Most stores listed in the rail; the page of all stores has the rest.
const STORES_SHOWN: usize = 8;

/// The navigation at the left, or at the bottom of a phone.
#[component]
pub fn Rail(
    /// The open store.
    store: Memo<Option<StoreId>>,
    /// Who is signed in.
    account: AccountResource,
) -> impl IntoView {
    Effect::new(move |_| {
        let signed_out =
            account.with(|result| matches!(result, Some(Err(error)) if error.is_signed_out()));
        if signed_out {
            leave_to_sign_in();
        }
    });
    view! {
        <nav class="rail" aria-label="Main">
            <Transition fallback=|| view! { <span class="skeleton rail-skeleton"></span> }>
                {move || {
                    let account = account.get()?.ok()?;
                    Some(view! { <Switcher store account/> })
                }}
            </Transition>
            {move || match store.get() {
                Some(store) => view! { <Rooms store/> }.into_any(),
                None => view! { <Stores account/> }.into_any(),
            }}
            <div class="rail-foot">
                <ConnectionState store/>
                <Transition>
                    {move || {
                        let account = account.get()?.ok()?;
                        Some(view! { <AccountLink account/> })
                    }}
                </Transition>
            </div>
        </nav>
    }
    .into_any()
}

/// The open store's name; opens the list of stores.
#[component]
fn Switcher(store: Memo<Option<StoreId>>, account: Account) -> impl IntoView {
    let stores = StoredValue::new(account.stores);
    let open = move || {
        stores.with_value(|stores| {
            stores
                .iter()
                .find(|summary| Some(summary.id) == store.get())
                .map(|summary| summary.name.clone())
        })
    };
    let name = move || open().unwrap_or_else(|| "All stores".to_owned());
    let location = use_location();
    let menu = NodeRef::<leptos::html::Details>::new();
    Effect::new(move |_| {
        location.pathname.track();
        if let Some(menu) = menu.get() {
            menu.set_open(false);
        }
    });
    view! {
        <details class="switcher" node_ref=menu>
            <summary class="switcher-button" title=name>
                <span class="store-mark" aria-hidden="true">
                    {move || match open() {
                        Some(name) => initials(&name).into_any(),
                        None => view! { <Icon glyph=Glyph::Store/> }.into_any(),
                    }}
                </span>
                <span class="switcher-name">{name}</span>
                <Icon glyph=Glyph::ChevronDown/>
            </summary>
            <div class="menu-list switcher-list">
                {stores
                    .get_value()
                    .into_iter()
                    .map(|summary| {
                        let id = summary.id;
                        view! {
                            <a
                                class="menu-item"
                                href=addresses::overview(id)
                                aria-current=move || (store.get() == Some(id)).then_some("true")
                            >
                                <span class="store-mark" aria-hidden="true">
                                    {initials(&summary.name)}
                                </span>
                                <span class="menu-item-text">{summary.name}</span>
                            </a>
                        }
                    })
                    .collect_view()}
                <a class="menu-item" href=addresses::STORES>
                    <Icon glyph=Glyph::Store/>
                    "All stores"
                </a>
            </div>
        </details>
    }
    .into_any()
}

/// The stores, while none is open.
#[component]
fn Stores(account: AccountResource) -> impl IntoView {
    view! {
        <ul class="rail-list">
            <RoomLink
                href=addresses::STORES.to_owned()
                exact=true
                glyph=Glyph::Store
                name="All stores"
                short="Stores"
            />
            <Transition>
                {move || {
                    let stores = account.get()?.map(|account| account.stores).unwrap_or_default();
                    let links = stores
                        .into_iter()
                        .take(STORES_SHOWN)
                        .map(|store| {
                            view! {
                                <li class="rail-store">
                                    <a class="rail-link" href=addresses::overview(store.id) title=store.name.clone()>
                                        <span class="store-mark" aria-hidden="true">
                                            {initials(&store.name)}
                                        </span>
                                        <span class="rail-name">{store.name.clone()}</span>
                                    </a>
                                </li>
                            }
                        })
                        .collect_view();
                    Some(links)
                }}
            </Transition>
        </ul>
    }
    .into_any()
}

/// The rooms of the open store.
#[component]
fn Rooms(store: StoreId) -> impl IntoView {
    let counts = use_counts();
    let counts_at_first = from_server(|| (), move |()| inbox::api::counts(store));
    let room_link = move |room: &Room| {
        let href = room.address(store);
        let Room {
            glyph, name, short, ..
        } = *room;
        if room.kind != RoomKind::Inbox {
            return view! { <RoomLink href glyph name short/> }.into_any();
        }
        view! {
            <RoomLink href glyph name short>
                <Transition>
                    {move || {
                        let at_first = counts_at_first.get()?.map_or(0, |counts| counts.unread);
                        let count = Signal::derive(move || counts.unread().unwrap_or(at_first));
                        Some(view! { <Count count what="unread conversations"/> })
                    }}
                </Transition>
            </RoomLink>
        }
        .into_any()
    };
    let sections = SECTIONS
        .iter()
        .map(|section| {
            view! {
                <li class="rail-section" aria-hidden="true">
                    {section.name}
                </li>
                {section.rooms.iter().map(room_link).collect_view()}
            }
        })
        .collect_view();
    view! {
        <ul class="rail-list">
            <RoomLink
                href=OVERVIEW.address(store)
                exact=true
                glyph=OVERVIEW.glyph
                name=OVERVIEW.name
                short=OVERVIEW.short
            />
            {sections}
        </ul>
    }
    .into_any()
}

#[component]
fn RoomLink(
    href: String,
    glyph: Glyph,
    name: &'static str,
    /// Its name where there is little room.
    short: &'static str,
    /// Marked on this very page only, not on those below it.
    #[prop(optional)]
    exact: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let location = use_location();
    let target = href.clone();
    let is_here = move || {
        location.pathname.with(|path| {
            let rest = path.strip_prefix(target.as_str());
            rest.is_some_and(|rest| rest.is_empty() || (!exact && rest.starts_with('/')))
        })
    };
    view! {
        <li>
            <a
                class="rail-link"
                href=href
                title=name
                aria-current=move || is_here().then_some("page")
            >
                <Icon glyph large=true/>
                <span class="rail-name">{name}</span>
                <span class="rail-short" aria-hidden="true">{short}</span>
                {children.map(|children| children())}
            </a>
        </li>
    }
    .into_any()
}

/// Says when events don't arrive, after having arrived.
#[component]
fn ConnectionState(store: Memo<Option<StoreId>>) -> impl IntoView {
    let connection = use_connection();
    let lost = move || store.get().is_some() && connection.was_live() && !connection.is_live();
    view! {
        <p class="connection" role="status" hidden=move || !lost()>
            <Icon glyph=Glyph::Offline/>
            <span class="rail-name">"Reconnecting…"</span>
        </p>
    }
    .into_any()
}

#[component]
fn AccountLink(account: Account) -> impl IntoView {
    let location = use_location();
    let name = account.name;
    view! {
        <a
            class="rail-link"
            href=addresses::ACCOUNT
            title="Your account"
            aria-current=move || {
                location.pathname.with(|path| path == addresses::ACCOUNT).then_some("page")
            }
        >
            <span class="avatar" aria-hidden="true">{initials(&name)}</span>
            <span class="rail-name">{name}</span>
            <span class="rail-short" aria-hidden="true">"Account"</span>
        </a>
    }
    .into_any()
}
