//! A real Medusa, seeded, whose folder `SHOPDESK_MEDUSA_DIR` names. `./dev test-medusa`
//! starts one, and these tests one after the other.

use super::{answer, make_due, numbers, said};
use crate::common::{Reply, Shop, TestServer, client};
use backend::orders::connect;
use domain::{
    message::Sender,
    order_source::{ConnectShop, OrderSourceKind, SourceFound, SourceTest, SourceTrouble},
    problem::Problem,
    shop_customer::ShopCustomer,
    texts,
    widget_api::Identified,
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::{env, fs, path::PathBuf};

struct Medusa {
    folder: PathBuf,
    seed: Value,
}

impl Medusa {
    fn running() -> Self {
        let folder = env::var_os("SHOPDESK_MEDUSA_DIR").expect("./dev test-medusa sets it");
        let folder = PathBuf::from(folder);
        let seed = fs::read_to_string(folder.join("seed.json")).expect("a seeded Medusa");
        let seed = serde_json::from_str(&seed).expect("JSON");
        Self { folder, seed }
    }

    fn text(&self, path: &str) -> &str {
        let value = self.seed.pointer(path).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("{path} in seed.json"))
    }

    /// As its merchant connects it, with this key.
    fn shop(&self, key: &str) -> ConnectShop {
        ConnectShop {
            kind: OrderSourceKind::Medusa,
            address: self.text("/base").to_owned(),
            key: key.to_owned(),
            publishable_key: None,
        }
    }

    /// The same with its publishable key.
    fn shop_with_customers(&self) -> ConnectShop {
        ConnectShop {
            publishable_key: Some(self.text("/publishable_key").to_owned()),
            ..self.shop(self.text("/secret_key"))
        }
    }

    /// The token of a customer who signs in to the storefront.
    async fn signed_in(&self, name: &str) -> String {
        let url = format!("{}/auth/customer/emailpass", self.text("/base"));
        let who = json!({
            "email": self.text(&format!("/customers/{name}/email")),
            "password": self.text(&format!("/customers/{name}/password")),
        });
        let signed_in: Value = Reply::to(client().post(url).json(&who)).await.json(200);
        signed_in["token"].as_str().expect("a token").to_owned()
    }

    /// What the merchant does in its admin.
    async fn admin(&self, path: &str, body: Value) -> Value {
        let url = |path: &str| format!("{}{path}", self.text("/base"));
        let who = json!({
            "email": self.text("/admin/email"),
            "password": self.text("/admin/password"),
        });
        let signed_in = client().post(url("/auth/user/emailpass")).json(&who);
        let token: Value = Reply::to(signed_in).await.json(200);
        let token = token["token"].as_str().expect("a token");
        let request = client().post(url(path)).bearer_auth(token).json(&body);
        Reply::to(request).await.json(200)
    }

    /// A key of one's own, and its id.
    async fn new_key(&self) -> (String, String) {
        let new = json!({"title": "Shopdesk", "type": "secret"});
        let made = self.admin("/admin/api-keys", new).await;
        let part = |name: &str| made["api_key"][name].as_str().expect("text").to_owned();
        (part("token"), part("id"))
    }

    fn signal(&self, signal: Signal) {
        let pid = fs::read_to_string(self.folder.join("server.pid")).expect("a process");
        let pid = pid.trim().parse().ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a process"), signal).expect("signalled");
    }
}

/// Goes on whatever becomes of the test.
struct Stopped<'a>(&'a Medusa);

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        self.0.signal(Signal::CONT);
    }
}

async fn connected(server: &TestServer, shop: ConnectShop) -> (Shop, SourceFound) {
    let (_, store) = server.owner_with_shop().await;
    let connected = connect::connect(&server.ctx, &store.member, shop).await;
    let (_, found) = connected.expect("a shop that answers");
    (store, found)
}

async fn test(server: &TestServer, shop: &Shop) -> SourceTest {
    let sources = connect::sources(&server.ctx, &shop.member).await;
    let id = sources.expect("a list").shops[0].id;
    let tested = connect::test(&server.ctx, &shop.member, id).await;
    tested.expect("a source")
}

#[tokio::test]
async fn each_order_is_found_by_its_number() {
    let (server, medusa) = (TestServer::start().await, Medusa::running());
    let (shop, found) = connected(&server, medusa.shop(medusa.text("/secret_key"))).await;
    // All but the draft.
    assert_eq!(found.orders, 15);
    for (number, parts) in [
        (1, &["Shipped", "Payment: Paid", "https://"][..]),
        (2, &["Received", "Payment authorized"]),
        (3, &["Cancelled", "Not charged"]),
        (4, &["Partly shipped", "253.50", "Tracking:"]),
        (5, &["Delivered"]),
        (6, &["Shipped", "without a tracking link"]),
        (7, &["Cancelled", "Refunded", "56.00"]),
        (9, &["Received", "Payment pending"]),
        (10, &["Received"]),
        (11, &["Received"]),
        (12, &["Delivered"]),
        (13, &["Shipped", "Tracking number:"]),
        (14, &["Received"]),
        (16, &["Received"]),
    ] {
        let body = answer(&server, &shop, &format!("Where is my order #{number}?")).await;
        assert_eq!(numbers(&body), [number.to_string()], "{body}");
        for part in parts {
            assert!(body.contains(part), "#{number}: {part} is missing: {body}");
        }
    }
    let draft = answer(&server, &shop, "Where is my order #8?").await;
    assert_eq!(draft, texts::of("en").answers.no_match());
    server.finish().await;
}

#[tokio::test]
async fn a_customer_s_orders_are_found_by_email_and_nobody_else_s() {
    let (server, medusa) = (TestServer::start().await, Medusa::running());
    let (shop, _) = connected(&server, medusa.shop(medusa.text("/secret_key"))).await;
    for (email, expected) in [
        // One of them was placed as a guest, with capitals.
        ("anna@example.com", &["9", "6", "2"][..]),
        ("ANNA@example.com", &["9", "6", "2"]),
        ("ben@example.com", &["16", "15", "14"]),
        // As a guest, and with an account of the same address.
        ("cara@example.com", &["11", "10"]),
        ("nobody@example.com", &[]),
    ] {
        let body = answer(&server, &shop, &format!("where is my order? {email}")).await;
        assert_eq!(numbers(&body), expected, "{email}: {body}");
    }
    let mine = answer(&server, &shop, "where is order #1? anna@example.com").await;
    assert_eq!(numbers(&mine), ["1"]);
    let foreign = answer(&server, &shop, "where is order #1? ben@example.com").await;
    assert_eq!(foreign, texts::of("en").answers.no_match());
    server.finish().await;
}

#[tokio::test]
async fn a_key_that_is_revoked_is_told_apart_and_shoppers_are_told_honestly() {
    let (server, medusa) = (TestServer::start().await, Medusa::running());
    let (key, id) = medusa.new_key().await;
    let (shop, _) = connected(&server, medusa.shop(&key)).await;
    assert!(matches!(test(&server, &shop).await, SourceTest::Found(_)));
    let revoke = format!("/admin/api-keys/{id}/revoke");
    medusa.admin(&revoke, json!({})).await;
    let tested = test(&server, &shop).await;
    assert_eq!(tested, SourceTest::Trouble(SourceTrouble::WrongKey));
    let body = answer(&server, &shop, "Where is my order #1?").await;
    assert_eq!(body, texts::of("en").answers.unavailable());
    server.finish().await;
}

#[tokio::test]
async fn a_customer_s_own_token_says_who_they_are() {
    let (server, medusa) = (TestServer::start().await, Medusa::running());
    let (shop, _) = connected(&server, medusa.shop_with_customers()).await;
    let token = medusa.signed_in("anna").await;
    let guest = server.shopper(&shop).await;
    // Its last letter is half of a byte: the one before is changed.
    let at = token.len() - 2;
    let other = if &token[at..=at] == "A" { "B" } else { "A" };
    let forged = format!("{}{other}{}", &token[..at], &token[at + 1..]);
    let refused = guest.post("/identify", &json!({"token": forged})).await;
    refused.problem(401);
    let known = guest.post("/identify", &json!({"token": token})).await;
    let known: Identified = known.json(200);
    assert!(known.conversation.verified);
    let thread =
        backend::conversations::thread(&server.ctx, &shop.member, known.conversation.id, None);
    let anna = thread.await.expect("a thread").conversation.visitor;
    let customer_id = anna.customer_id.expect("an id");
    let customer = ShopCustomer::parse(&customer_id).expect("a shop's");
    assert_eq!(customer.id, medusa.text("/customers/anna/id"));
    assert_eq!(anna.email, None, "anybody can name any address there");
    server.finish().await;
}

#[tokio::test]
async fn a_publishable_key_that_it_does_not_know_is_refused() {
    let (server, medusa) = (TestServer::start().await, Medusa::running());
    let (_, store) = server.owner_with_shop().await;
    let shop = ConnectShop {
        publishable_key: Some("pk_made_up".to_owned()),
        ..medusa.shop_with_customers()
    };
    let refused = connect::connect(&server.ctx, &store.member, shop).await;
    let refused = Problem::from(refused.expect_err("a wrong key").cause());
    assert_eq!(refused.field.as_deref(), Some("publishable_key"));
    server.finish().await;
}

#[tokio::test]
async fn while_the_shop_hangs_shoppers_are_told_and_they_are_answered_later() {
    let (server, medusa) = (TestServer::start().await, Medusa::running());
    let (shop, _) = connected(&server, medusa.shop(medusa.text("/secret_key"))).await;
    medusa.signal(Signal::STOP);
    let stopped = Stopped(&medusa);
    let shopper = server.shopper(&shop).await;
    let told = said(&server, &shopper, "Where is my order #5?").await;
    assert_eq!(told[0].body, texts::of("en").answers.unavailable());
    assert!(shopper.conversation().await.needs_human);
    drop(stopped);
    make_due(&server).await;
    let later = shopper.history(told[0].seq).await.messages;
    let [late] = later.as_slice() else {
        panic!("{later:#?}")
    };
    assert_eq!((late.sender, numbers(&late.body)), (Sender::Ai, vec!["5"]));
    server.finish().await;
}
