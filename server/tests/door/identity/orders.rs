//! Orders of customers whom the storefront has signed in.

use super::{Signing, token};
use crate::common::{Shopper, TestServer, people::start_request};
use domain::{
    message::Sender,
    settings::OrderLookupCheck,
    texts::{self, AnswerTexts},
    widget_api::StartConversation,
};
use serde_json::json;

fn english() -> &'static AnswerTexts {
    &texts::of("en").answers
}

/// The demo shop, whose website knows who is signed in.
async fn demo(check: OrderLookupCheck) -> Signing {
    demo_on(TestServer::with().demo().start().await, check).await
}

/// The same on this server.
pub async fn demo_on(server: TestServer, check: OrderLookupCheck) -> Signing {
    let owner = server.demo_owner().await;
    let shop = server.shop(&owner, owner.first_store).await;
    server
        .set_up(&shop, |settings| settings.orders.lookup_check = check)
        .await;
    Signing::with(server, owner, shop).await
}

impl Signing {
    /// The AI's answer to `text`.
    pub async fn answer(&self, shopper: &Shopper, text: &str) -> String {
        let sent = shopper.send(text).await;
        self.server.idle().await;
        let messages = shopper.history(sent.seq).await.messages;
        let said: Vec<_> = messages
            .iter()
            .filter(|said| said.sender == Sender::Ai)
            .collect();
        assert_eq!(said.len(), 1, "{text}: {messages:#?}");
        said[0].body.clone()
    }

    /// A shopper with `identity`, in an empty conversation.
    pub async fn shopper(&self, identity: Option<String>) -> Shopper {
        let request = StartConversation {
            identity,
            ..start_request()
        };
        self.server.shopper_with(&self.shop, &request).await
    }
}

#[tokio::test]
async fn verified_customers_see_their_own_orders_and_no_others() {
    let signing = demo(OrderLookupCheck::VerifiedCustomerOnly).await;
    let jane = signing.shopper(Some(signing.jane())).await;
    let own = signing.answer(&jane, "Where is my order?").await;
    assert!(own.contains("Order #1001: Shipped"), "{own}");
    let own = signing.answer(&jane, "Where is my order #1001?").await;
    assert!(own.contains("Payment: Paid"), "{own}");
    // #1002 is somebody else's; #9999 is nobody's.
    for number in ["#1002", "#9999"] {
        let other = signing.shopper(Some(signing.jane())).await;
        let text = format!("Where is my order {number}?");
        assert_eq!(signing.answer(&other, &text).await, english().no_match());
    }
    signing.server.finish().await;
}

#[tokio::test]
async fn everybody_else_is_told_to_sign_in_whatever_they_name() {
    let signing = demo(OrderLookupCheck::VerifiedCustomerOnly).await;
    let mut typed = start_request();
    typed.visitor.email = Some("jane@example.com".to_owned());
    for text in [
        "Where is my order?",
        "Where is my order #1001?",
        "Where is order #9999? jane@example.com",
    ] {
        let request = StartConversation {
            id: start_request().id,
            ..typed.clone()
        };
        let guest = signing.server.shopper_with(&signing.shop, &request).await;
        assert_eq!(
            signing.answer(&guest, text).await,
            english().sign_in_first()
        );
        assert!(guest.conversation().await.needs_human, "{text}");
    }
    // Who is signed in without an address can't be helped by signing in.
    let nameless = token(&signing.secret, json!({"email": null}));
    let nameless = signing.shopper(Some(nameless)).await;
    let answer = signing.answer(&nameless, "Where is my order #1001?").await;
    assert_eq!(answer, english().verified_only());
    signing.server.finish().await;
}

#[tokio::test]
async fn signing_in_is_enough_for_the_next_question() {
    let signing = demo(OrderLookupCheck::VerifiedCustomerOnly).await;
    let guest = signing.shopper(None).await;
    signing.answer(&guest, "Where is my order?").await;
    let jane = guest.identified(&signing.jane()).await;
    let own = signing.answer(&jane, "Where is my order?").await;
    assert!(own.contains("Order #1001: Shipped"), "{own}");
    signing.server.finish().await;
}

#[tokio::test]
async fn a_code_by_email_shows_the_orders_of_that_email() {
    let signing = demo(OrderLookupCheck::VerifiedCustomerOnly).await;
    let guest = signing.shopper(None).await;
    let sent = guest
        .post("/code", &json!({"email": "jane@example.com"}))
        .await;
    assert_eq!(sent.status, 204, "{}", sent.body);
    let jane = guest.proven(&signing.mailed_code().await).await;
    let own = signing.answer(&jane, "Where is my order?").await;
    assert!(own.contains("Order #1001: Shipped"), "{own}");
    let other = signing.answer(&jane, "Where is my order #1002?").await;
    assert_eq!(other, english().no_match());
    signing.server.finish().await;
}

#[tokio::test]
async fn a_verified_email_counts_as_given() {
    let signing = demo(OrderLookupCheck::NumberAndEmail).await;
    let jane = signing.shopper(Some(signing.jane())).await;
    let own = signing.answer(&jane, "Where is my order #1001?").await;
    assert!(own.contains("Payment: Paid"), "{own}");
    let guest = signing.shopper(None).await;
    let asked = signing.answer(&guest, "Where is my order #1001?").await;
    assert_eq!(asked, english().ask_email_too());
    signing.server.finish().await;
}

#[tokio::test]
async fn a_number_alone_may_show_the_status_only() {
    let signing = demo(OrderLookupCheck::NumberOrEmail).await;
    signing
        .server
        .set_up(&signing.shop, |settings| {
            settings.orders.full_details_for_number_alone = false;
        })
        .await;
    let guest = signing.shopper(None).await;
    let brief = signing.answer(&guest, "Where is my order #1001?").await;
    assert!(brief.contains("Order #1001: Shipped"), "{brief}");
    assert!(brief.contains("https://track.example.com/"), "{brief}");
    for hidden in ["Linen", "Payment:", "Total:", "227"] {
        assert!(!brief.contains(hidden), "{brief}");
    }
    // The email brings the rest.
    let full = signing.answer(&guest, "jane@example.com").await;
    assert!(full.contains("Total:"), "{full}");
    // So does whoever is signed in with it, and nobody else.
    let jane = signing.shopper(Some(signing.jane())).await;
    let full = signing.answer(&jane, "Where is my order #1001?").await;
    assert!(full.contains("Payment: Paid"), "{full}");
    let omar = signing.shopper(Some(signing.omar())).await;
    assert_eq!(
        signing.answer(&omar, "Where is my order #1001?").await,
        brief
    );
    signing.server.finish().await;
}
