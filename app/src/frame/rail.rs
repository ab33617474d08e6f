//! The rail: where one is, and where one can go.

use super::switcher::Switcher;
use crate::{
    account::presence::{PresenceButton, use_own_presence},
    addresses,
    inbox::{self, counts::use_counts},
    live::{Refused, use_connection},
    resource::from_server,
    rooms::{OVERVIEW, Room, RoomKind, SECTIONS},
    session::{AccountResource, ForAdmins},
    ui::{Button, Count, Glyph, Icon, initials, notice::leave_to_sign_in},
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
                        Some(
                            view! {
                                <PresenceButton account=account.clone()/>
                                <AccountLink account/>
                            },
                        )
                    }}
                </Transition>
            </div>
        </nav>
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
    let room_link = move |room: &Room, is_setting: bool| {
        let href = room.address(store);
        let Room {
            glyph,
            name,
            short,
            for_admins,
            ..
        } = *room;
        if for_admins {
            return view! {
                <ForAdmins store>
                    <RoomLink href=href.clone() glyph name short is_setting/>
                </ForAdmins>
            }
            .into_any();
        }
        if room.kind != RoomKind::Inbox {
            return view! { <RoomLink href glyph name short is_setting/> }.into_any();
        }
        view! {
            <RoomLink href glyph name short>
                <Transition>
                    {move || {
                        let at_first = counts_at_first.get()?.map_or(0, |counts| counts.unread);
                        let count = Signal::derive(move || counts.unread().unwrap_or(at_first));
                        Some(view! { <Count count what="unread conversation"/> })
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
                {section
                    .rooms
                    .iter()
                    .map(|room| room_link(room, section.is_settings))
                    .collect_view()}
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
    /// Left out where there is little room.
    #[prop(optional)]
    is_setting: bool,
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
        <li class:rail-setting=is_setting>
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
    let has_ended = move || connection.refused() == Some(Refused::SignedOut);
    let lost = move || {
        store.get().is_some() && connection.was_live() && !connection.is_live() && !has_ended()
    };
    view! {
        <p class="connection" role="status" hidden=move || !lost()>
            <Icon glyph=Glyph::Offline/>
            <span class="rail-name">"Reconnecting…"</span>
        </p>
        <Show when=has_ended>
            <div class="session-ended" role="alert">
                <p>"Your session has ended. What you see is of before."</p>
                <Button on_press=|()| leave_to_sign_in()>"Sign in"</Button>
            </div>
        </Show>
    }
    .into_any()
}

#[component]
fn AccountLink(account: Account) -> impl IntoView {
    let (location, own) = (use_location(), use_own_presence());
    let name = account.name.clone();
    // Where there is room for one word only, that one is said.
    let short = move || {
        if own.is_away(&account) {
            "Away"
        } else {
            "Account"
        }
    };
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
            <span class="rail-short" aria-hidden="true">{short}</span>
        </a>
    }
    .into_any()
}
