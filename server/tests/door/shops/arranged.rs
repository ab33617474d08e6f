//! The merchant says which source's word counts.

use super::{
    answer,
    medusa::{self, Its, Medusa},
    place,
};
use crate::common::{Shop, TestServer};
use crate::forms::{call, fields};
use backend::orders::connect;
use domain::{
    events::{Noun, ServerEvent},
    ids::OrderSourceId,
    order_source::{OrderSourceList, OrderSourceState},
    problem::Problem,
};
use serde_json::json;

/// A Medusa whose order #1 stands so.
async fn medusa(fulfillment: &str) -> Medusa {
    let order = medusa::order(1, "anna", "pending", "captured", fulfillment, json!([]));
    let its = Its {
        orders: vec![order],
        ..Its::default()
    };
    Medusa::start_with(its).await
}

async fn connect(server: &TestServer, shop: &Shop, medusa: &Medusa) -> OrderSourceId {
    let connected = connect::connect(&server.ctx, &shop.member, medusa.shop()).await;
    connected.expect("a shop that answers").0.id
}

/// What each source is called, in the order in which they are asked.
async fn order(server: &TestServer, shop: &Shop) -> Vec<Option<OrderSourceId>> {
    let states = connect::states(&server.ctx, &shop.member).await;
    let states = states.expect("a list");
    let counted: Vec<_> = states.iter().map(|state| state.position).collect();
    assert!(
        counted.iter().copied().eq(1..=counted.len() as u32),
        "{counted:?}"
    );
    states.into_iter().map(|state| state.id).collect()
}

#[tokio::test]
async fn of_two_sources_with_one_order_the_merchants_first_counts() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let (old, new) = (medusa("shipped").await, medusa("delivered").await);
    let (first, second) = (
        connect(&server, &shop, &old).await,
        connect(&server, &shop, &new).await,
    );
    place(&server, &shop, "1", "anna@example.com").await;
    assert_eq!(
        order(&server, &shop).await,
        [Some(first), Some(second), None]
    );
    let told = async |status: &str| {
        for text in [
            "Where is my order #1?",
            "where is my order? anna@example.com",
        ] {
            let body = answer(&server, &shop, text).await;
            assert!(
                body.contains(&format!("Order #1: {status}")),
                "{text}: {body}"
            );
        }
    };
    told("Shipped").await;
    let shift = async |which: Option<OrderSourceId>, up: bool| {
        let shifted = connect::shift(&server.ctx, &shop.member, which, up).await;
        shifted.expect("a source");
    };
    shift(Some(second), true).await;
    assert_eq!(
        order(&server, &shop).await,
        [Some(second), Some(first), None]
    );
    told("Delivered").await;
    shift(None, true).await;
    shift(None, true).await;
    assert_eq!(
        order(&server, &shop).await,
        [None, Some(second), Some(first)]
    );
    told("Being prepared").await;
    // Higher it can't get.
    shift(None, true).await;
    shift(Some(first), false).await;
    assert_eq!(
        order(&server, &shop).await,
        [None, Some(second), Some(first)]
    );
    shift(None, false).await;
    told("Delivered").await;
    server.finish().await;
}

#[tokio::test]
async fn a_shop_that_is_connected_later_comes_before_built_in_orders_that_are_last() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shops = [
        medusa("shipped").await,
        medusa("delivered").await,
        medusa("shipped").await,
    ];
    let a = connect(&server, &shop, &shops[0]).await;
    let b = connect(&server, &shop, &shops[1]).await;
    connect::shift(&server.ctx, &shop.member, Some(b), true)
        .await
        .expect("a source");
    let c = connect(&server, &shop, &shops[2]).await;
    assert_eq!(
        order(&server, &shop).await,
        [Some(b), Some(a), Some(c), None]
    );
    // What is arranged stays so without one of them.
    connect::disconnect(&server.ctx, &shop.member, a)
        .await
        .expect("a source");
    assert_eq!(order(&server, &shop).await, [Some(b), Some(c), None]);
    server.finish().await;
}

#[tokio::test]
async fn the_page_moves_a_source_and_is_told_of_it() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let one = medusa("shipped").await;
    let id = connect(&server, &shop, &one).await;
    let store = shop.id.to_string();
    let moved = async |source: Option<&str>, up: &str| {
        let mut form = fields([("store", store.as_str()), ("up", up)]);
        form.extend(source.map(|id| ("source".to_owned(), id.to_owned())));
        call(&server, &owner.cookie, "orders/move-source", &form).await
    };
    let list: OrderSourceList = moved(None, "true").await.json(200);
    assert_eq!((list.built_in_at, list.shops[0].id), (0, id));
    let list: OrderSourceList = moved(Some(&id.to_string()), "true").await.json(200);
    assert_eq!(list.built_in_at, 1);
    let unknown = OrderSourceId::generate().to_string();
    moved(Some(&unknown), "true").await.json::<Problem>(404);
    server.finish().await;
}

#[tokio::test]
async fn a_sources_state_says_all_that_is_known_of_it() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let one = medusa("shipped").await;
    let id = connect(&server, &shop, &one).await;
    place(&server, &shop, "SD-1001", "anna@example.com").await;
    let states = async || -> Vec<OrderSourceState> {
        let states = connect::states(&server.ctx, &shop.member).await;
        states.expect("a list")
    };
    let [medusa, built_in] = <[_; 2]>::try_from(states().await).expect("two");
    assert_eq!((medusa.id, medusa.name.as_str()), (Some(id), "Medusa"));
    assert_eq!(medusa.address, Some(one.address()));
    assert!(medusa.connected_at.is_some() && medusa.last_success_at == medusa.connected_at);
    assert_eq!((medusa.orders, medusa.last_error), (Some(1), None));
    assert_eq!(medusa.number_forms, ["1"]);
    assert_eq!(
        (built_in.orders, built_in.number_forms),
        (Some(1), vec!["SD-1001".to_owned()])
    );
    one.does(super::scripted::Mode::Revoked);
    let tested = connect::test(&server.ctx, &shop.member, id).await;
    tested.expect("a source");
    let failing = states().await.remove(0);
    let code = serde_json::to_value(failing.last_error).expect("a word");
    assert_eq!((code, failing.is_available), (json!("wrong_key"), false));
    assert!(failing.failing_since.is_some());
    assert_eq!(failing.last_success_at, medusa.last_success_at);
    let overview = backend::stores::overview(&server.ctx, &shop.member).await;
    let overview = overview.expect("a store");
    assert_eq!(
        (overview.orders, overview.shop_orders, overview.shops),
        (1, 1, 1)
    );
    assert_eq!(overview.shops_in_trouble, ["Medusa"]);
    let forms = connect::number_forms(&server.ctx, &shop.member).await;
    assert_eq!(forms.expect("forms"), ["1", "SD-1001"]);
    server.finish().await;
}

#[tokio::test]
async fn whoever_has_the_page_open_hears_how_a_source_does() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let one = medusa("shipped").await;
    let mut page = server.agent_socket(&owner, shop.id, &[]).await;
    page.until(|event| (event == ServerEvent::Ready {}).then_some(()))
        .await;
    let mut hears = async || {
        let is_it = |event: ServerEvent| event.is_change_of(Noun::OrderSources).then_some(());
        page.until(is_it).await;
    };
    let id = connect(&server, &shop, &one).await;
    hears().await;
    // A shopper's question shows that it is down.
    one.does(super::scripted::Mode::Failing);
    answer(&server, &shop, "Where is my order #1?").await;
    hears().await;
    one.does(super::scripted::Mode::Well);
    let tested = connect::test(&server.ctx, &shop.member, id).await;
    tested.expect("a source");
    hears().await;
    let shifted = connect::shift(&server.ctx, &shop.member, None, true).await;
    shifted.expect("the built-in orders");
    hears().await;
    connect::disconnect(&server.ctx, &shop.member, id)
        .await
        .expect("a source");
    hears().await;
    server.finish().await;
}
