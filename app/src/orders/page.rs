//! `/stores/:store/orders?q=…&from=…`

use super::{api, parts, sources::Sources};
use crate::{
    addresses,
    live::use_connection,
    resource::from_server,
    rooms::ORDERS,
    session::{ForAdmins, use_store},
    ui::{Ago, EmptyState, Glyph, Icon, Loaded, Look, PageHeader, Picture, RowSkeleton},
};
use domain::{
    events::Noun,
    ids::StoreId,
    order::{Order, OrderPage},
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use std::time::Duration;

/// The pause after a keystroke before the search runs.
const SEARCH_PAUSE: Duration = Duration::from_millis(200);

/// The list of orders, with a search.
#[component]
pub fn OrdersPage() -> impl IntoView {
    let store = use_store();
    let query = use_query_map();
    let search = Memo::new(move |_| query.with(|query| query.get("q").unwrap_or_default()));
    let offset = Memo::new(move |_| {
        query.with(|query| {
            let from = query.get("from").and_then(|from| from.parse::<i64>().ok());
            from.unwrap_or(0).max(0)
        })
    });
    let page = from_server(
        move || (store.id(), search.get(), offset.get()),
        |(store, search, offset)| api::list(store, search, offset),
    );
    use_connection().on_event(move |event| {
        if event.is_change_of(Noun::Orders) {
            page.refetch();
        }
    });
    view! {
        <div class="page page-wide">
            <PageHeader
                title=ORDERS.name
                help="The AI answers “where is my order?” from these, and from the shops that are connected."
            >
                {move || parts::page_actions(store.id())}
            </PageHeader>
            <Sources/>
            <SearchBox search/>
            <Loaded
                resource=page
                skeleton=|| {
                    view! {
                        <div class="card">
                            <RowSkeleton rows=8/>
                        </div>
                    }
                        .into_any()
                }
                view=move |page| {
                    let (search, offset) = (search.get_untracked(), offset.get_untracked());
                    view! { <OrderTable page search offset/> }
                }
            />
        </div>
    }
    .into_any()
}

/// Searches while one types; without any script, on Enter.
#[component]
fn SearchBox(search: Memo<String>) -> impl IntoView {
    let store = use_store();
    let navigate = use_navigate();
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let on_input = move |event| {
        let text: String = event_target_value(&event);
        let navigate = navigate.clone();
        if let Some(earlier) = waiting.get_value() {
            earlier.clear();
        }
        let go = move || {
            let options = NavigateOptions {
                replace: true,
                scroll: false,
                ..Default::default()
            };
            navigate(
                &addresses::orders_search(store.id_now(), text.trim(), 0),
                options,
            );
        };
        waiting.set_value(set_timeout_with_handle(go, SEARCH_PAUSE).ok());
    };
    view! {
        <form class="search" role="search" method="get">
            <Icon glyph=Glyph::Search/>
            <input
                class="input"
                type="search"
                name="q"
                aria-label="Search orders"
                placeholder="Search by number, name or email"
                autocomplete="off"
                value=search.get_untracked()
                on:input=on_input
            />
        </form>
    }
    .into_any()
}

#[component]
fn OrderTable(page: OrderPage, search: String, offset: i64) -> impl IntoView {
    let store = use_store().id_now();
    let shown = i64::try_from(page.orders.len()).unwrap_or(i64::MAX);
    if shown == 0 {
        return if search.is_empty() {
            view! {
                // The style sheet takes the search away: there is nothing to find.
                <div class="orders-none">
                    <EmptyState
                        picture=Picture::Orders
                        title="No orders yet"
                        text="Import the file that your shop exports. Shoppers who ask where their order is then get an answer at once."
                    >
                        <ForAdmins store>
                            <a class=Look::Primary.class() href=addresses::orders_import(store)>
                                "Import orders"
                            </a>
                        </ForAdmins>
                        <ForAdmins store>
                            <a class="button" href=addresses::new_order(store)>
                                "New order"
                            </a>
                        </ForAdmins>
                    </EmptyState>
                </div>
            }
            .into_any()
        } else {
            view! {
                <EmptyState
                    picture=Picture::Orders
                    title="No order fits"
                    text=format!("Nothing was found for “{search}”. Try the number without #, or the email address.")
                >
                    <a class="button" href=addresses::orders(store)>
                        "Show all orders"
                    </a>
                </EmptyState>
            }
            .into_any()
        };
    }
    let earlier =
        (offset > 0).then(|| addresses::orders_search(store, &search, (offset - PAGE).max(0)));
    let later = (offset + shown < page.total)
        .then(|| addresses::orders_search(store, &search, offset + shown));
    view! {
        <div class="card table-card">
            <table class="table orders-table">
                <thead>
                    <tr>
                        <th scope="col">"Order"</th>
                        <th scope="col">"Customer"</th>
                        <th scope="col">"Items"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Tracking"</th>
                        <th scope="col" class="number">
                            "Total"
                        </th>
                    </tr>
                </thead>
                <tbody>
                    {page
                        .orders
                        .into_iter()
                        .map(|order| order_row(store, order))
                        .collect_view()}
                </tbody>
            </table>
        </div>
        <nav class="pager" aria-label="Pages">
            <span class="muted">
                {format!("{}–{} of {}", offset + 1, offset + shown, page.total)}
            </span>
            {earlier.map(|href| view! { <a class="button" href=href>"Newer"</a> })}
            {later.map(|href| view! { <a class="button" href=href>"Older"</a> })}
        </nav>
    }
    .into_any()
}

/// Orders on a page, as the backend has it.
const PAGE: i64 = 50;

fn order_row(store: StoreId, order: Order) -> impl IntoView {
    let (items, badges) = (parts::items(&order), parts::badges(&order));
    let changed = parts::last_change(order.changed_at);
    let total = order.total();
    view! {
        <tr>
            <td data-label="Order">
                <a class="order-number" href=addresses::order(store, &order.number)>
                    {format!("#{}", order.number)}
                </a>
                <span class="muted cell-line">
                    <Ago at=order.placed_at/>
                </span>
            </td>
            <td data-label="Customer" class="order-customer">
                {order
                    .customer_name
                    .map(|name| {
                        view! {
                            <span class="cell-line" title=name.clone()>
                                {name.clone()}
                            </span>
                        }
                    })}
                <span class="muted cell-line" title=order.email.clone()>
                    {order.email.clone()}
                </span>
            </td>
            <td data-label="Items" class="order-items" title=items.clone()>
                {items.clone()}
            </td>
            <td data-label="Status">
                {badges} {changed}
            </td>
            <td data-label="Tracking">{order.shipments.into_iter().map(parts::parcel).collect_view()}</td>
            <td data-label="Total" class="number">
                {total}
            </td>
        </tr>
    }
}
