//! Orders of the customers of a connected Medusa: their own, by the id that it knows them by.

use super::{Signed, token as signed_token};
use crate::{
    common::{Shopper, people::start_request},
    forms::{call, fields},
    shops::{
        make_due,
        medusa::{self, Its, Medusa},
        numbers, said,
        scripted::Mode,
    },
};
use backend::orders::{self, connect};
use domain::{
    message::{Message, Sender},
    order::{Order, OrderStatus, PaymentStatus},
    order_source::{ShopperOrders, SourceTrouble},
    settings::OrderLookupCheck::{self, NumberAndEmail, NumberOrEmail, VerifiedCustomerOnly},
    texts::{self, AnswerTexts},
    widget_api::StartConversation,
};
use serde_json::json;

const CHECKS: [OrderLookupCheck; 3] = [NumberOrEmail, NumberAndEmail, VerifiedCustomerOnly];

fn english() -> &'static AnswerTexts {
    &texts::of("en").answers
}

impl Signed {
    async fn with_check(check: OrderLookupCheck) -> Self {
        let signed = Self::new().await;
        signed.check(check).await;
        signed
    }

    async fn check(&self, check: OrderLookupCheck) {
        let set_up = |settings: &mut domain::settings::StoreSettings| {
            settings.orders.lookup_check = check;
            settings.orders.full_details_for_number_alone = false;
        };
        self.server.set_up(&self.shop, set_up).await;
    }

    /// A shopper who has shown this token.
    async fn shopper(&self, token: String) -> Shopper {
        let request = StartConversation {
            identity: Some(token),
            ..start_request()
        };
        self.server.shopper_with(&self.shop, &request).await
    }

    async fn customer(&self, customer: &str) -> Shopper {
        self.shopper(medusa::token(customer)).await
    }

    /// The AI's answer to `text`.
    async fn answer(&self, shopper: &Shopper, text: &str) -> Message {
        let said = said(&self.server, shopper, text).await;
        let mut said = said.into_iter().filter(|said| said.sender == Sender::Ai);
        let (Some(answer), None) = (said.next(), said.next()) else {
            panic!("not one answer to {text}")
        };
        answer
    }

    /// The orders that a customer of the Medusa is shown after `text`, all of each.
    async fn own(&self, customer: &str, text: &str) -> Vec<String> {
        let shopper = self.customer(customer).await;
        let answer = self.answer(&shopper, text).await;
        let shown = numbers(&answer.body);
        let cards = answer.data.map(|data| data.orders).unwrap_or_default();
        assert!(cards.iter().all(|card| card.details.is_some()), "{text}");
        assert_eq!(cards.len(), shown.len(), "{text}: {}", answer.body);
        shown.into_iter().map(str::to_owned).collect()
    }

    /// What is beside the thread.
    async fn seen_beside(&self, shopper: &Shopper) -> (Vec<Order>, Vec<SourceTrouble>) {
        let form = fields([
            ("store", self.shop.id.to_string().as_str()),
            ("conversation", shopper.conversation.to_string().as_str()),
        ]);
        let cookie = &self.owner.cookie;
        let seen = call(&self.server, cookie, "inbox/orders", &form).await;
        let ShopperOrders { orders, trouble } = seen.json(200);
        let trouble = trouble.into_iter().map(|unasked| unasked.trouble);
        (orders, trouble.collect())
    }

    /// The numbers of the orders there.
    async fn beside(&self, shopper: &Shopper) -> Vec<String> {
        let (orders, trouble) = self.seen_beside(shopper).await;
        assert_eq!(trouble, []);
        orders.into_iter().map(|order| order.number).collect()
    }

    /// A built-in order of somebody.
    async fn place(&self, number: &str, email: &str) {
        let order = Order {
            number: number.to_owned(),
            email: email.to_owned(),
            customer_name: None,
            status: OrderStatus::Processing,
            payment_status: PaymentStatus::Paid,
            currency: "EUR".to_owned(),
            total_minor: 4_200,
            placed_at: 1_795_000_000_000,
            changed_at: None,
            items: Vec::new(),
            shipments: Vec::new(),
        };
        let put = orders::put(&self.server.ctx, &self.shop.member, order).await;
        put.expect("an order");
    }
}

/// What a shop was asked about orders.
fn asked_about_orders(medusa: &Medusa) -> Vec<String> {
    let calls = medusa.calls().into_iter();
    calls.filter(|call| call.contains("/orders")).collect()
}

#[tokio::test]
async fn a_customer_is_shown_all_of_their_own_orders_whatever_the_check() {
    for check in CHECKS {
        let signed = Signed::with_check(check).await;
        let latest = signed.own("cus_anna", "Where is my order?").await;
        assert_eq!(latest, ["6", "2", "1"], "{check:?}");
        for text in [
            "Where is my order #1?",
            "where is order #1? ben@example.com",
        ] {
            assert_eq!(signed.own("cus_anna", text).await, ["1"], "{check:?}");
        }
        let last = signed.own("cus_anna", "Where is my last order?").await;
        assert_eq!(last, ["6"], "{check:?}");
        signed.server.finish().await;
    }
}

#[tokio::test]
async fn a_customer_is_shown_nothing_of_others_nor_of_guests_with_their_address() {
    let signed = Signed::with_check(VerifiedCustomerOnly).await;
    // What she ordered before she had an account is the guest's.
    assert_eq!(signed.own("cus_cara", "Where is my order?").await, ["11"]);
    for (customer, text) in [
        ("cus_cara", "Where is my order #10?"),
        ("cus_anna", "Where is my order #4?"),
        ("cus_anna", "Where is my order #4? ben@example.com"),
        // A draft of his own, and one that isn't there.
        ("cus_ben", "Where is my order #8?"),
        ("cus_anna", "Where is my order #9999?"),
    ] {
        let shopper = signed.customer(customer).await;
        let answer = signed.answer(&shopper, text).await;
        assert_eq!(answer.body, english().no_match(), "{customer}: {text}");
    }
    signed.server.finish().await;
}

#[tokio::test]
async fn a_medusa_that_lists_all_orders_shows_nobody_those_of_others() {
    let signed = Signed::new().await;
    signed.check(VerifiedCustomerOnly).await;
    let other = Medusa::start_with(Its {
        jwt_secret: "another secret",
        filters: false,
        ..Its::default()
    })
    .await;
    let (ctx, member) = (&signed.server.ctx, &signed.shop.member);
    let connected = connect::connect(ctx, member, other.shop_with_customers()).await;
    connected.expect("a shop that answers");
    let token = |customer| medusa::signed_with("another secret", &medusa::claims(customer));
    let anna = signed.shopper(token("cus_anna")).await;
    for (text, expected) in [
        ("Where is my order?", &["6", "2", "1"][..]),
        ("Where is my order #2?", &["2"]),
        ("Where is my order #4?", &[]),
    ] {
        let answer = signed.answer(&anna, text).await;
        assert_eq!(numbers(&answer.body), expected, "{text}");
    }
    signed.server.finish().await;
}

#[tokio::test]
async fn an_order_that_became_somebody_elses_meanwhile_is_not_shown() {
    let order = |number| medusa::order(number, "anna", "pending", "captured", "shipped", json!([]));
    let its = Its {
        orders: vec![order(1), order(medusa::MOVED)],
        ..Its::default()
    };
    let signed = Signed::of(Medusa::start_with(its).await, Medusa::shop_with_customers).await;
    signed.check(VerifiedCustomerOnly).await;
    assert_eq!(signed.own("cus_anna", "Where is my order?").await, ["1"]);
    let anna = signed.customer("cus_anna").await;
    let text = format!("Where is my order #{}?", medusa::MOVED);
    let answer = signed.answer(&anna, &text).await;
    assert_eq!(answer.body, english().no_match());
    signed.server.finish().await;
}

#[tokio::test]
async fn the_customer_of_one_medusa_is_shown_nothing_of_another_nor_of_built_in_orders() {
    let signed = Signed::with_check(VerifiedCustomerOnly).await;
    let theirs = |number| {
        let order = medusa::order(
            number,
            "anna",
            "pending",
            "captured",
            "delivered",
            json!([]),
        );
        // One that is newer than hers.
        medusa::with(order, "created_at", json!("2026-11-23T14:00:00.000Z"))
    };
    let other = Medusa::start_with(Its {
        jwt_secret: "another secret",
        orders: vec![theirs(1), theirs(30)],
        ..Its::default()
    })
    .await;
    let (ctx, member) = (&signed.server.ctx, &signed.shop.member);
    let connected = connect::connect(ctx, member, other.shop_with_customers()).await;
    connected.expect("a shop that answers");
    signed.place("1", "anna@example.com").await;
    signed.place("40", "anna@example.com").await;
    let before = asked_about_orders(&other);

    // The same id and address there.
    let anna = signed.customer("cus_anna").await;
    let latest = signed.answer(&anna, "Where is my order?").await.body;
    assert_eq!(numbers(&latest), ["6", "2", "1"]);
    let first = signed.answer(&anna, "Where is my order #1?").await.body;
    assert!(first.contains("Order #1: Shipped"), "{first}");
    for number in [30, 40] {
        let text = format!("Where is my order #{number}?");
        let answer = signed.answer(&anna, &text).await;
        assert_eq!(answer.body, english().no_match(), "{number}");
    }
    assert_eq!(asked_about_orders(&other), before);

    let token = medusa::signed_with("another secret", &medusa::claims("cus_anna"));
    let second = signed.shopper(token).await;
    let latest = signed.answer(&second, "Where is my order?").await.body;
    assert_eq!(numbers(&latest), ["30", "1"]);
    let first = signed.answer(&second, "Where is my order #1?").await.body;
    assert!(first.contains("Order #1: Delivered"), "{first}");
    let shown = [signed.beside(&anna).await, signed.beside(&second).await];
    assert_eq!(shown, [vec!["6", "2", "1"], vec!["30", "1"]]);
    signed.server.finish().await;
}

#[tokio::test]
async fn a_customer_whom_the_store_has_signed_has_no_orders_of_the_medusa() {
    let signed = Signed::with_check(VerifiedCustomerOnly).await;
    let made = backend::identity::make_secret(&signed.server.ctx, &signed.shop.member).await;
    let secret = made.expect("a secret").secret;
    // An id of the Medusa's form is refused; see the token's own tests.
    let bare = signed_token(&secret, json!({"customer_id": "cus_anna", "email": null}));
    let bare = signed.shopper(bare).await;
    let before = asked_about_orders(&signed.medusa);
    for text in ["Where is my order?", "Where is my order #1?"] {
        let answer = signed.answer(&bare, text).await;
        assert_eq!(answer.body, english().verified_only(), "{text}");
    }
    assert!(signed.beside(&bare).await.is_empty());
    assert_eq!(asked_about_orders(&signed.medusa), before);
    signed.server.finish().await;
}

#[tokio::test]
async fn what_is_not_their_own_a_customer_may_ask_for_as_a_guest() {
    let signed = Signed::with_check(NumberOrEmail).await;
    let anna = signed.customer("cus_anna").await;
    let his = signed.answer(&anna, "Where is my order #4?").await;
    assert_eq!(numbers(&his.body), ["4"]);
    let cards = his.data.expect("the order as facts").orders;
    assert!(cards[0].details.is_none(), "a number alone shows little");
    let other = signed.customer("cus_anna").await;
    let text = "Where is my order? ben@example.com";
    let address = signed.answer(&other, text).await;
    assert_eq!(numbers(&address.body), ["21", "13"]);

    signed.check(NumberAndEmail).await;
    let guest = signed.customer("cus_anna").await;
    let asked = signed.answer(&guest, "Where is my order #4?").await;
    assert_eq!(asked.body, english().ask_email_too());
    signed.server.finish().await;
}

#[tokio::test]
async fn a_customer_without_orders_is_asked_as_a_guest() {
    let its = Its {
        orders: Vec::new(),
        ..Its::default()
    };
    let signed = Signed::of(Medusa::start_with(its).await, Medusa::shop_with_customers).await;
    for (check, expected) in [
        (NumberOrEmail, english().ask_either()),
        (NumberAndEmail, english().ask_both()),
        (VerifiedCustomerOnly, english().no_match()),
    ] {
        signed.check(check).await;
        let anna = signed.customer("cus_anna").await;
        let answer = signed.answer(&anna, "Where is my order?").await;
        assert_eq!(answer.body, expected, "{check:?}");
    }
    signed.server.finish().await;
}

#[tokio::test]
async fn once_the_publishable_key_is_taken_out_nobody_is_a_customer_of_the_shop() {
    let signed = Signed::with_check(VerifiedCustomerOnly).await;
    let anna = signed.customer("cus_anna").await;
    signed.answer(&anna, "Where is my order?").await;
    assert_eq!(signed.set_publishable_key("").await.status, 200);
    let before = asked_about_orders(&signed.medusa);
    let answer = signed.answer(&anna, "Where is my order?").await;
    assert_eq!(answer.body, english().verified_only());
    assert!(signed.beside(&anna).await.is_empty());
    assert_eq!(asked_about_orders(&signed.medusa), before);
    signed.server.finish().await;
}

#[tokio::test]
async fn own_orders_are_shown_when_the_shop_is_back() {
    let signed = Signed::with_check(VerifiedCustomerOnly).await;
    let anna = signed.customer("cus_anna").await;
    signed.medusa.does(Mode::Failing);
    let told = signed.answer(&anna, "Where is my order?").await;
    assert_eq!(told.body, english().unavailable());
    let (orders, trouble) = signed.seen_beside(&anna).await;
    assert_eq!((orders.len(), trouble), (0, vec![SourceTrouble::Failing]));
    signed.medusa.does(Mode::Well);
    make_due(&signed.server).await;
    let later = anna.history(told.seq).await.messages;
    let [late] = later.as_slice() else {
        panic!("{later:#?}")
    };
    assert_eq!(numbers(&late.body), ["6", "2", "1"]);
    signed.server.finish().await;
}

#[tokio::test]
async fn a_customers_own_orders_stand_beside_the_thread() {
    let signed = Signed::new().await;
    let guest = signed.guest().await;
    assert!(signed.beside(&guest).await.is_empty());
    let cara = guest.identified(&medusa::token("cus_cara")).await;
    assert_eq!(signed.beside(&cara).await, ["11"]);
    signed.server.finish().await;
}

#[tokio::test]
async fn who_asks_for_ever_more_numbers_is_stopped() {
    let signed = Signed::with_check(VerifiedCustomerOnly).await;
    let anna = signed.customer("cus_anna").await;
    for number in 1..=9 {
        let text = format!("Where is my order #{number}?");
        let answer = signed.answer(&anna, &text).await;
        let is_stopped = answer.body == english().too_many();
        assert_eq!(is_stopped, number == 9, "#{number}: {}", answer.body);
    }
    signed.server.finish().await;
}

#[tokio::test]
async fn what_is_nobodys_own_counts_once_as_for_a_guest() {
    let signed = Signed::with_check(NumberOrEmail).await;
    let anna = signed.customer("cus_anna").await;
    for number in 101..=109 {
        let text = format!("Where is my order #{number}?");
        let answer = signed.answer(&anna, &text).await;
        let is_stopped = answer.body == english().too_many();
        assert_eq!(is_stopped, number == 109, "#{number}: {}", answer.body);
    }
    signed.server.finish().await;
}

#[tokio::test]
async fn a_customer_may_write_their_number_otherwise_than_the_shop() {
    let order = medusa::order(1, "anna", "pending", "captured", "delivered", json!([]));
    let order = medusa::with(order, "custom_display_id", json!("SD-1001"));
    let its = Its {
        orders: vec![order],
        ..Its::default()
    };
    let signed = Signed::of(Medusa::start_with(its).await, Medusa::shop_with_customers).await;
    signed.check(VerifiedCustomerOnly).await;
    for (customer, expected) in [("cus_anna", &["SD-1001"][..]), ("cus_ben", &[])] {
        let shopper = signed.customer(customer).await;
        let answer = signed.answer(&shopper, "Where is my order #1001?").await;
        assert_eq!(numbers(&answer.body), expected, "{customer}");
    }
    signed.server.finish().await;
}
