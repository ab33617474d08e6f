//! A shop is asked with care: again if it fails, not while it is down, a few calls at a time.

use super::{answer, connected, medusa::Medusa, numbers, scripted::Mode};
use crate::common::{Shop, TestServer};
use backend::orders::connect;
use domain::{
    UnixMillis,
    order_source::{SourceTest, SourceTrouble},
    texts,
};
use futures::future::join_all;

/// Questions that fail in a row after which a shop is left alone, and for how long then.
const FAILURES: usize = 3;
const PAUSE: UnixMillis = 10 * 1_000;

#[tokio::test]
async fn a_call_that_fails_is_tried_three_times() {
    let server = TestServer::start().await;
    let (_, shop, medusa) = connected(&server).await;
    let before = medusa.calls().len();
    medusa.does(Mode::FailingFor(2));
    let found = answer(&server, &shop, "Where is my order #1?").await;
    assert_eq!(numbers(&found), ["1"]);
    let calls = medusa.calls().split_off(before);
    assert_eq!(calls[0], calls[1]);
    assert_eq!(calls[1], calls[2]);
    // How many it has, which it said at the third try, the list, and the order.
    assert_eq!(calls.len(), 5, "{calls:#?}");
    medusa.does(Mode::Failing);
    let before = medusa.calls().len();
    let refused = answer(&server, &shop, "Where is my order #2?").await;
    assert_eq!(refused, texts::of("en").answers.unavailable());
    assert_eq!(medusa.calls().len() - before, 3);
    server.finish().await;
}

#[tokio::test]
async fn what_another_try_would_not_change_is_not_tried_again() {
    let server = TestServer::start().await;
    let (_, shop, medusa) = connected(&server).await;
    for mode in [Mode::Revoked, Mode::Throttled, Mode::Storefront] {
        medusa.does(mode.clone());
        let before = medusa.calls().len();
        let sources = connect::sources(&server.ctx, &shop.member).await;
        let id = sources.expect("a list").shops[0].id;
        connect::test(&server.ctx, &shop.member, id)
            .await
            .expect("a source");
        assert_eq!(medusa.calls().len() - before, 1, "{mode:?}");
    }
    server.finish().await;
}

#[tokio::test]
async fn a_shop_is_not_asked_again_before_the_time_that_it_says() {
    let server = TestServer::start().await;
    let (_, shop, medusa) = connected(&server).await;
    let unavailable = texts::of("en").answers.unavailable();
    medusa.does(Mode::AsksToWait(90));
    let before = medusa.calls().len();
    let told = answer(&server, &shop, "Where is my order #1?").await;
    assert_eq!(
        (told.as_str(), medusa.calls().len()),
        (unavailable, before + 1)
    );
    medusa.does(Mode::Well);
    server.ctx.clock().advance(80 * 1_000);
    let told = answer(&server, &shop, "Where is my order #1?").await;
    assert_eq!(
        (told.as_str(), medusa.calls().len()),
        (unavailable, before + 1)
    );
    server.ctx.clock().advance(11 * 1_000);
    let found = answer(&server, &shop, "Where is my order #1?").await;
    assert_eq!(numbers(&found), ["1"]);
    server.finish().await;
}

#[tokio::test]
async fn a_shop_that_wants_to_wait_is_asked_by_hand_and_then_by_all() {
    let server = TestServer::start().await;
    let (_, shop, medusa) = connected(&server).await;
    medusa.does(Mode::AsksToWait(90));
    answer(&server, &shop, "Where is my order #1?").await;
    medusa.does(Mode::Well);
    let sources = connect::sources(&server.ctx, &shop.member).await;
    let id = sources.expect("a list").shops[0].id;
    let tested = connect::test(&server.ctx, &shop.member, id).await;
    assert!(matches!(tested, Ok(SourceTest::Found(_))), "{tested:?}");
    let found = answer(&server, &shop, "Where is my order #1?").await;
    assert_eq!(numbers(&found), ["1"]);
    server.finish().await;
}

#[tokio::test]
async fn a_shop_that_wants_to_wait_for_a_moment_is_waited_for() {
    let server = TestServer::start().await;
    let (_, shop, medusa) = connected(&server).await;
    medusa.does(Mode::AsksToWaitOnce(1));
    let found = answer(&server, &shop, "Where is my order #1?").await;
    assert_eq!(numbers(&found), ["1"]);
    server.finish().await;
}

/// Asks until the shop is left alone.
async fn leave_alone(server: &TestServer, shop: &Shop, medusa: &Medusa) {
    medusa.does(Mode::Failing);
    for _ in 0..FAILURES {
        answer(server, shop, "Where is my order #1?").await;
    }
    let before = medusa.calls().len();
    let told = answer(server, shop, "Where is my order #1?").await;
    assert_eq!(told, texts::of("en").answers.unavailable());
    assert_eq!(medusa.calls().len(), before, "it is left alone");
}

#[tokio::test]
async fn a_shop_that_is_left_alone_is_tried_once_after_a_pause() {
    let server = TestServer::start().await;
    let (_, shop, medusa) = connected(&server).await;
    let unavailable = texts::of("en").answers.unavailable();
    leave_alone(&server, &shop, &medusa).await;
    // Still down: of those who ask now one call gets through, with its tries, and the pause
    // is twice as long.
    server.ctx.clock().advance(PAUSE + 1);
    let before = medusa.calls().len();
    for _ in 0..2 {
        let told = answer(&server, &shop, "Where is my order #1?").await;
        assert_eq!(told, unavailable);
    }
    assert_eq!(medusa.calls().len() - before, 3);
    medusa.does(Mode::Well);
    server.ctx.clock().advance(PAUSE + 1);
    let told = answer(&server, &shop, "Where is my order #1?").await;
    assert_eq!(told, unavailable, "the pause is longer now");
    server.ctx.clock().advance(PAUSE);
    for number in ["1", "2"] {
        let found = answer(&server, &shop, &format!("Where is my order #{number}?")).await;
        assert_eq!(numbers(&found), [number]);
    }
    let sources = connect::sources(&server.ctx, &shop.member).await;
    assert_eq!(sources.expect("a list").shops[0].trouble, None);
    server.finish().await;
}

#[tokio::test]
async fn a_shop_that_is_tested_by_hand_is_not_left_alone_any_more() {
    let server = TestServer::start().await;
    let (_, shop, medusa) = connected(&server).await;
    leave_alone(&server, &shop, &medusa).await;
    let listed = connect::sources(&server.ctx, &shop.member).await;
    let listed = listed.expect("a list").shops.remove(0);
    assert_eq!(listed.trouble, Some(SourceTrouble::Failing));
    medusa.does(Mode::Well);
    let tested = connect::test(&server.ctx, &shop.member, listed.id).await;
    tested.expect("a source");
    let found = answer(&server, &shop, "Where is my order #1?").await;
    assert_eq!(numbers(&found), ["1"]);
    server.finish().await;
}

#[tokio::test]
async fn a_shop_has_a_few_calls_at_a_time_however_many_ask() {
    let server = TestServer::start().await;
    let (_, shop, medusa) = connected(&server).await;
    medusa.does(Mode::Leisurely);
    let texts = [
        "where is my order? anna@example.com",
        "where is my order? ben@example.com",
        "where is my order? cara@example.com",
    ];
    let by_number = (1..=7).map(|number| format!("Where is my order #{number}?"));
    let asked: Vec<_> = texts
        .map(str::to_owned)
        .into_iter()
        .chain(by_number)
        .collect();
    let shoppers = join_all(asked.iter().map(|_| server.shopper(&shop))).await;
    let sent = shoppers.iter().zip(&asked);
    let sent = join_all(sent.map(|(shopper, text)| shopper.send(text))).await;
    server.idle().await;
    for ((shopper, sent), text) in shoppers.iter().zip(sent).zip(&asked) {
        let said = shopper.history(sent.seq).await.messages;
        assert!(!numbers(&said[0].body).is_empty(), "{text}: {said:#?}");
    }
    let most = medusa.most_at_once();
    assert!((2..=4).contains(&most), "{most} at once");
    server.finish().await;
}

#[tokio::test]
async fn an_answer_is_kept_for_a_minute() {
    let server = TestServer::start().await;
    let (_, shop, medusa) = connected(&server).await;
    let ask = async || {
        let found = answer(&server, &shop, "Where is my order #1?").await;
        assert_eq!(numbers(&found), ["1"]);
        medusa.calls().len()
    };
    let first = ask().await;
    server.ctx.clock().advance(50 * 1_000);
    assert_eq!(ask().await, first);
    server.ctx.clock().advance(11 * 1_000);
    assert!(ask().await > first);
    server.finish().await;
}

#[tokio::test]
async fn how_many_orders_a_shop_takes_is_not_asked_for_each_question() {
    let server = TestServer::start().await;
    let (_, shop, medusa) = connected(&server).await;
    for number in ["1", "2", "3"] {
        answer(&server, &shop, &format!("Where is my order #{number}?")).await;
    }
    let asked = medusa.calls().into_iter();
    let counted = asked.filter(|call| call.contains("created_at%5B%24gt%5D"));
    assert_eq!(counted.count(), 1);
    server.finish().await;
}
