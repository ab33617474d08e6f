//! What becomes of a shop after it was connected, and of questions that wait for it.

use super::{
    answer, connected, make_due, medusa::Medusa, said, scripted::Mode, shopify::server::Shopify,
    woocommerce::server::WooCommerce,
};
use crate::common::{TestServer, database};
use crate::forms::{call, fields, page};
use backend::orders::connect;
use domain::{
    UnixMillis,
    order_source::{OrderSourceList, SourceTrouble},
    texts,
};

const DAY: UnixMillis = 24 * 60 * 60 * 1_000;
const MINUTE: UnixMillis = 60 * 1_000;

#[tokio::test]
async fn what_a_connected_shop_answers_wrongly_is_told_to_shoppers_and_shown_to_the_team() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    // Somebody in the operator's own network, who must not be asked.
    let inside = Medusa::start().await;
    for (mode, trouble) in [
        (Mode::Storefront, SourceTrouble::NotThisShop),
        (Mode::Endless, SourceTrouble::TooLarge),
        (Mode::Slow, SourceTrouble::TimedOut),
        (Mode::Redirects(inside.address()), SourceTrouble::Redirected),
        (
            Mode::Redirects("http://169.254.169.254/latest/meta-data".to_owned()),
            SourceTrouble::Redirected,
        ),
    ] {
        let shop = server.open_shop(&owner, "Lamps", |_| {}).await;
        let medusa = Medusa::start().await;
        let made = connect::connect(&server.ctx, &shop.member, medusa.shop()).await;
        made.expect("a shop that answers");
        medusa.does(mode.clone());
        let shopper = server.shopper(&shop).await;
        let told = said(&server, &shopper, "Where is my order #1?").await;
        let unavailable = texts::of("en").answers.unavailable();
        assert_eq!(told[0].body, unavailable, "{mode:?}");
        assert!(shopper.conversation().await.needs_human, "{mode:?}");
        let of_store = fields([("store", shop.id.to_string().as_str())]);
        let listed = call(&server, &owner.cookie, "orders/sources", &of_store).await;
        let listed: OrderSourceList = listed.json(200);
        assert_eq!(listed.shops[0].trouble, Some(trouble), "{mode:?}");
        assert!(listed.shops[0].trouble_since.is_some(), "{mode:?}");
        let address = format!("/stores/{}/orders", shop.id);
        let shown = page(&server, &owner.cookie, &address).await;
        assert!(shown.body.contains("Needs a look"), "{mode:?}");
        assert!(shown.body.contains(trouble.sentence()), "{mode:?}");
        // Once it does well again, so does what waits.
        medusa.does(Mode::Well);
        make_due(&server).await;
        assert_eq!(shopper.history(told[0].seq).await.messages.len(), 1);
    }
    assert_eq!(inside.calls(), Vec::<String>::new(), "it was followed");
    server.finish().await;
}

#[tokio::test]
async fn after_a_day_nobody_is_answered_any_more_and_the_team_keeps_the_question() {
    let server = TestServer::start().await;
    let (_, shop, medusa) = connected(&server).await;
    medusa.does(Mode::Failing);
    let shopper = server.shopper(&shop).await;
    let told = said(&server, &shopper, "Where is my order #1?").await;
    server.ctx.clock().advance(DAY - MINUTE);
    make_due(&server).await;
    assert_eq!(database::rows(&server.ctx, "jobs").await, 1, "it waits yet");
    server.ctx.clock().advance(MINUTE);
    medusa.does(Mode::Well);
    let before = medusa.calls().len();
    make_due(&server).await;
    assert_eq!(shopper.history(told[0].seq).await.messages, []);
    assert_eq!(medusa.calls().len(), before, "nobody waits for it");
    assert_eq!(database::rows(&server.ctx, "jobs").await, 0);
    assert!(shopper.conversation().await.needs_human);
    server.finish().await;
}

#[tokio::test]
async fn a_number_that_is_not_there_and_somebody_elses_are_told_in_the_same_words() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let (medusa, shopify) = (Medusa::start().await, Shopify::start().await);
    let woocommerce = WooCommerce::start().await;
    for (connecting, nowhere, anothers) in [
        (medusa.shop(), "99", "3"),
        (shopify.shop(), "9999", "1003"),
        (woocommerce.shop(), "999", "103"),
    ] {
        let shop = server.open_shop(&owner, "Lamps", |_| {}).await;
        let kind = connecting.kind;
        let made = connect::connect(&server.ctx, &shop.member, connecting).await;
        made.expect("a shop that answers");
        let ask = |number: &str| format!("where is order #{number}? anna@example.com");
        let nowhere = answer(&server, &shop, &ask(nowhere)).await;
        let anothers = answer(&server, &shop, &ask(anothers)).await;
        assert_eq!(nowhere, anothers, "{kind:?}");
        assert_eq!(nowhere, texts::of("en").answers.no_match(), "{kind:?}");
    }
    server.finish().await;
}
