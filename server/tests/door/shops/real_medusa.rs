//! A real Medusa, seeded, whose folder `SHOPDESK_MEDUSA_DIR` names. `./dev test-medusa`
//! starts one, and these tests one after the other.

use super::{answer, form, make_due, numbers, said};
use crate::{
    common::{Owner, Reply, Shop, Shopper, TestServer, client, people::start_request},
    forms::{call, fields, page},
};
use domain::{
    message::Sender,
    order_source::{
        ConnectedShop, OrderSourceList, SourceFound, SourceTest,
        SourceTrouble::{self, NoConnection, WrongKey},
    },
    problem::Problem,
    settings::{
        OrderLookupCheck::{self, NumberAndEmail, NumberOrEmail, VerifiedCustomerOnly},
        StoreSettings,
    },
    shop_customer::ShopCustomer,
    store::{Availability, ServiceStatus},
    texts::{self, AnswerTexts},
    widget_api::{Identified, StartConversation},
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::{env, fs, path::PathBuf, process::Command, thread::panicking, time::Duration};
use tokio::time::sleep;

/// The orders that its seed has placed: their numbers, whose they are, and what is said of
/// them. The eighth is a draft.
const SEEDED: [(u32, &str, &[&str]); 15] = [
    (1, ANNA, &["Shipped", "Payment: Paid", "https://"]),
    (2, ANNA, &["Received", "Payment authorized"]),
    (3, BEN, &["Cancelled", "Not charged"]),
    (4, BEN, &["Partly shipped", "253.50", "Tracking:"]),
    (5, BEN, &["Delivered"]),
    // As a guest, with capitals.
    (6, ANNA, &["Shipped", "without a tracking link"]),
    (7, BEN, &["Cancelled", "Refunded", "56.00"]),
    (9, ANNA, &["Received", "Payment pending"]),
    // As a guest, and then with an account of the same address.
    (10, CARA, &["Received"]),
    (11, CARA, &["Received"]),
    (12, BEN, &["Delivered"]),
    (13, BEN, &["Shipped", "Tracking number:"]),
    (14, BEN, &["Received"]),
    (15, BEN, &["Received"]),
    (16, BEN, &["Received"]),
];
const ANNA: &str = "anna@example.com";
const BEN: &str = "ben@example.com";
const CARA: &str = "cara@example.com";

fn english() -> &'static AnswerTexts {
    &texts::of("en").answers
}

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

    /// Ends the server.
    async fn end(&self) -> Ended<'_> {
        let health = format!("{}/health", self.text("/base"));
        self.signal(Signal::TERM);
        while client().get(&health).send().await.is_ok() {
            sleep(Duration::from_millis(100)).await;
        }
        Ended(self)
    }

    /// Starts the server again, as it was started first, and waits until it answers. Says if
    /// it does.
    fn start(&self) -> bool {
        let runner = env::var_os("SHOPDESK_MEDUSA_RUNNER").expect("./dev test-medusa sets it");
        let started = Command::new("bash")
            .arg(PathBuf::from(runner).join("run.sh"))
            .env("MEDUSA_DIR", &self.folder)
            .status();
        started.is_ok_and(|status| status.success())
    }
}

/// Goes on whatever becomes of the test.
struct Stopped<'a>(&'a Medusa);

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        self.0.signal(Signal::CONT);
    }
}

/// Runs again whatever becomes of the test.
struct Ended<'a>(&'a Medusa);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        let is_back = self.0.start();
        assert!(is_back || panicking(), "it can't be started again");
    }
}

/// A store whose owner has connected the Medusa.
struct Connected {
    server: TestServer,
    owner: Owner,
    shop: Shop,
    medusa: Medusa,
    found: SourceFound,
}

impl Connected {
    async fn new() -> Self {
        let medusa = Medusa::running();
        let key = medusa.text("/secret_key").to_owned();
        Self::by(medusa, &key, None).await
    }

    /// With its publishable key: it says who its customers are.
    async fn with_customers() -> Self {
        let medusa = Medusa::running();
        let [key, publishable] =
            ["/secret_key", "/publishable_key"].map(|key| medusa.text(key).to_owned());
        Self::by(medusa, &key, Some(&publishable)).await
    }

    async fn by(medusa: Medusa, key: &str, publishable_key: Option<&str>) -> Self {
        // More orders are asked for than anybody may.
        let server = TestServer::with().without_rate_limits().start().await;
        let (owner, shop) = server.owner_with_shop().await;
        let reply = connect(&server, &owner, &shop, &medusa, key, publishable_key).await;
        let (_, found): (ConnectedShop, SourceFound) = reply.json(200);
        Self {
            server,
            owner,
            shop,
            medusa,
            found,
        }
    }

    /// The connected shop, as the page has it.
    async fn listed(&self) -> ConnectedShop {
        let of_store = fields([("store", self.shop.id.to_string().as_str())]);
        let list: OrderSourceList = call(
            &self.server,
            &self.owner.cookie,
            "orders/sources",
            &of_store,
        )
        .await
        .json(200);
        let [shop] = <[_; 1]>::try_from(list.shops).expect("one shop");
        shop
    }

    /// What "Test connection" says.
    async fn test(&self) -> SourceTest {
        let of_source = fields([
            ("store", self.shop.id.to_string().as_str()),
            ("source", self.listed().await.id.to_string().as_str()),
        ]);
        call(
            &self.server,
            &self.owner.cookie,
            "orders/test-source",
            &of_source,
        )
        .await
        .json(200)
    }

    /// What the page Orders and the overview say is wrong.
    async fn assert_trouble(&self, trouble: SourceTrouble) {
        let listed = self.listed().await;
        assert_eq!(listed.trouble, Some(trouble));
        assert!(listed.trouble_since.is_some());
        let sentence = trouble.sentence();
        let address = format!("/stores/{}/orders", self.shop.id);
        let shown = page(&self.server, &self.owner.cookie, &address).await;
        assert!(shown.body.contains(sentence), "{sentence}: {}", shown.body);
        let of_store = fields([("store", self.shop.id.to_string().as_str())]);
        let services: ServiceStatus = call(
            &self.server,
            &self.owner.cookie,
            "stores/services",
            &of_store,
        )
        .await
        .json(200);
        assert!(
            matches!(services.orders, Availability::Unavailable(why) if why.contains(sentence))
        );
    }

    async fn check(&self, check: OrderLookupCheck) {
        let set_up = |settings: &mut StoreSettings| {
            settings.orders.lookup_check = check;
        };
        self.server.set_up(&self.shop, set_up).await;
    }

    async fn answer(&self, text: &str) -> String {
        answer(&self.server, &self.shop, text).await
    }

    /// A customer who is signed in to the storefront.
    async fn customer(&self, name: &str) -> Shopper {
        let request = StartConversation {
            identity: Some(self.medusa.signed_in(name).await),
            ..start_request()
        };
        self.server.shopper_with(&self.shop, &request).await
    }
}

async fn connect(
    server: &TestServer,
    owner: &Owner,
    shop: &Shop,
    medusa: &Medusa,
    key: &str,
    publishable_key: Option<&str>,
) -> Reply {
    let mut form = form(shop, medusa.text("/base"), key);
    let publishable =
        publishable_key.map(|key| ("shop[publishable_key]".to_owned(), key.to_owned()));
    form.extend(publishable);
    call(server, &owner.cookie, "orders/connect", &form).await
}

#[tokio::test]
async fn each_order_is_found_by_its_number() {
    let connected = Connected::new().await;
    // All but the draft.
    assert_eq!(connected.found.orders, 15);
    for (number, _, parts) in SEEDED {
        let body = connected
            .answer(&format!("Where is my order #{number}?"))
            .await;
        assert_eq!(numbers(&body), [number.to_string()], "{body}");
        for part in parts {
            assert!(body.contains(part), "#{number}: {part} is missing: {body}");
        }
    }
    let draft = connected.answer("Where is my order #8?").await;
    assert_eq!(draft, english().no_match());
    connected.server.finish().await;
}

#[tokio::test]
async fn each_order_is_found_by_its_number_with_its_email_and_with_no_other() {
    let connected = Connected::new().await;
    connected.check(NumberAndEmail).await;
    for (number, email, _) in SEEDED {
        let body = connected
            .answer(&format!("Where is order #{number}? {email}"))
            .await;
        assert_eq!(numbers(&body), [number.to_string()], "{email}: {body}");
        let other = if email == BEN { CARA } else { BEN };
        let foreign = connected
            .answer(&format!("Where is order #{number}? {other}"))
            .await;
        assert_eq!(foreign, english().no_match(), "#{number} {other}");
    }
    let draft = connected.answer(&format!("Where is order #8? {BEN}")).await;
    assert_eq!(draft, english().no_match());
    connected.server.finish().await;
}

#[tokio::test]
async fn a_customer_s_orders_are_found_by_email_and_nobody_else_s() {
    let connected = Connected::new().await;
    connected.check(NumberOrEmail).await;
    for (email, expected) in [
        // One of them was placed as a guest, with capitals.
        (ANNA, &["9", "6", "2"][..]),
        ("ANNA@example.com", &["9", "6", "2"]),
        (BEN, &["16", "15", "14"]),
        // As a guest, and with an account of the same address.
        (CARA, &["11", "10"]),
        ("nobody@example.com", &[]),
    ] {
        let body = connected
            .answer(&format!("where is my order? {email}"))
            .await;
        assert_eq!(numbers(&body), expected, "{email}: {body}");
    }
    connected.server.finish().await;
}

#[tokio::test]
async fn a_key_that_is_revoked_is_told_apart_and_shoppers_are_told_honestly() {
    let medusa = Medusa::running();
    let (key, id) = medusa.new_key().await;
    let connected = Connected::by(medusa, &key, None).await;
    assert!(matches!(connected.test().await, SourceTest::Found(_)));
    assert_eq!(connected.listed().await.trouble, None);
    let revoke = format!("/admin/api-keys/{id}/revoke");
    connected.medusa.admin(&revoke, json!({})).await;
    // Found out by a shopper's question, not by a test.
    let shopper = connected.server.shopper(&connected.shop).await;
    let told = said(&connected.server, &shopper, "Where is my order #1?").await;
    assert_eq!(told[0].body, english().unavailable());
    assert!(shopper.conversation().await.needs_human);
    connected.assert_trouble(WrongKey).await;
    assert_eq!(connected.test().await, SourceTest::Trouble(WrongKey));
    connected.server.finish().await;
}

#[tokio::test]
async fn a_customer_s_own_token_says_who_they_are() {
    let connected = Connected::with_customers().await;
    let token = connected.medusa.signed_in("anna").await;
    let guest = connected.server.shopper(&connected.shop).await;
    // Its last letter is half of a byte: the one before is changed.
    let at = token.len() - 2;
    let other = if &token[at..=at] == "A" { "B" } else { "A" };
    let forged = format!("{}{other}{}", &token[..at], &token[at + 1..]);
    let refused = guest.post("/identify", &json!({"token": forged})).await;
    refused.problem(401);
    let known = guest.post("/identify", &json!({"token": token})).await;
    let known: Identified = known.json(200);
    assert!(known.conversation.verified);
    let (ctx, member) = (&connected.server.ctx, &connected.shop.member);
    let thread = backend::conversations::thread(ctx, member, known.conversation.id, None);
    let anna = thread.await.expect("a thread").conversation.visitor;
    let customer_id = anna.customer_id.expect("an id");
    let customer = ShopCustomer::parse(&customer_id).expect("a shop's");
    assert_eq!(customer.id, connected.medusa.text("/customers/anna/id"));
    assert_eq!(anna.email, None, "anybody can name any address there");
    connected.server.finish().await;
}

#[tokio::test]
async fn signed_in_customers_are_shown_their_own_orders_by_their_id_alone() {
    let connected = Connected::with_customers().await;
    connected.check(VerifiedCustomerOnly).await;
    for (customer, text, expected) in [
        // What she ordered as a guest with her account's address is her account's, there too.
        ("anna", "Where is my order?", &["9", "6", "2"][..]),
        ("anna", "Where is my last order?", &["9"]),
        ("anna", "Where is my order #1?", &["1"]),
        ("anna", "Where is my order #4?", &[]),
        ("anna", "Where is my order #4? ben@example.com", &[]),
        // What she ordered before she had an account is the guest's.
        ("cara", "Where is my order?", &["11"]),
        ("cara", "Where is my order #10?", &[]),
        ("ben", "Where is my order?", &["16", "15", "14"]),
        // A draft of his own.
        ("ben", "Where is my order #8?", &[]),
    ] {
        let shopper = connected.customer(customer).await;
        let said = said(&connected.server, &shopper, text).await;
        let answer = said.iter().find(|said| said.sender == Sender::Ai);
        let answer = answer.expect("an answer");
        assert_eq!(numbers(&answer.body), expected, "{customer}: {text}");
        if expected.is_empty() {
            assert_eq!(answer.body, english().no_match(), "{customer}: {text}");
        }
    }
    let guest = connected
        .answer("Where is my order #1? anna@example.com")
        .await;
    assert!(numbers(&guest).is_empty(), "{guest}");
    connected.server.finish().await;
}

#[tokio::test]
async fn a_publishable_key_that_it_does_not_know_is_refused() {
    let (server, medusa) = (TestServer::start().await, Medusa::running());
    let (owner, shop) = server.owner_with_shop().await;
    let key = medusa.text("/secret_key");
    let refused = connect(&server, &owner, &shop, &medusa, key, Some("pk_made_up")).await;
    let refused: Problem = refused.json(422);
    assert_eq!(refused.field.as_deref(), Some("publishable_key"));
    server.finish().await;
}

#[tokio::test]
async fn while_the_shop_hangs_shoppers_are_told_and_they_are_answered_later() {
    let Connected {
        server,
        shop,
        medusa,
        ..
    } = Connected::new().await;
    medusa.signal(Signal::STOP);
    let stopped = Stopped(&medusa);
    let shopper = server.shopper(&shop).await;
    let told = said(&server, &shopper, "Where is my order #5?").await;
    assert_eq!(told[0].body, english().unavailable());
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

#[tokio::test]
async fn while_the_shop_is_down_shoppers_are_told_and_answered_by_itself_once_it_is_back() {
    let connected = Connected::new().await;
    let ended = connected.medusa.end().await;
    let shopper = connected.server.shopper(&connected.shop).await;
    let told = said(&connected.server, &shopper, "Where is my order #15?").await;
    assert_eq!(told[0].body, english().unavailable());
    assert!(shopper.conversation().await.needs_human);
    connected.assert_trouble(NoConnection).await;
    assert_eq!(connected.test().await, SourceTest::Trouble(NoConnection));
    assert_eq!(shopper.history(told[0].seq).await.messages, []);
    drop(ended);
    // The job's pauses are minutes: nobody makes it due.
    let late = loop {
        let later = shopper.history(told[0].seq).await.messages;
        match <[_; 1]>::try_from(later) {
            Ok([late]) => break late,
            Err(later) if later.is_empty() => sleep(Duration::from_secs(1)).await,
            Err(later) => panic!("{later:#?}"),
        }
    };
    assert_eq!((late.sender, numbers(&late.body)), (Sender::Ai, vec!["15"]));
    assert_eq!(connected.listed().await.trouble, None);
    connected.server.finish().await;
}
