//! Orders that wait for a proven email, where mails reach people.

use super::{Signing, orders::demo_on};
use crate::common::{Shopper, TestServer, people::new_message};
use domain::{
    message::{Message, MessageKind, Sender},
    settings::OrderLookupCheck,
    texts::{self, AnswerTexts},
};
use serde_json::json;

const JANE: &str = "jane@example.com";

fn english() -> &'static AnswerTexts {
    &texts::of("en").answers
}

/// The demo shop, which shows orders to verified customers only.
async fn demo() -> Signing {
    let server = TestServer::with().demo().mails_are_read().start().await;
    demo_on(server, OrderLookupCheck::VerifiedCustomerOnly).await
}

impl Signing {
    /// A guest who was told that an email has to be proven.
    async fn asked_for_proof(&self, question: &str) -> Shopper {
        let guest = self.shopper(None).await;
        let said = self.answer(&guest, question).await;
        assert_eq!(said, english().sign_in_or_prove());
        guest
    }

    /// They prove this address by the code that comes.
    async fn proves(&self, guest: &Shopper, email: &str) -> Shopper {
        let sent = guest.post("/code", &json!({"email": email})).await;
        assert_eq!(sent.status, 204, "{}", sent.body);
        let known = guest.proven(&self.mailed_code().await).await;
        self.server.idle().await;
        known
    }
}

impl Shopper {
    /// What the AI has said, the oldest first.
    async fn told(&self) -> Vec<Message> {
        let mut messages = self.history(0).await.messages;
        messages.retain(|message| message.sender == Sender::Ai);
        messages
    }
}

#[tokio::test]
async fn a_question_is_answered_once_its_author_has_proven_their_email() {
    let signing = demo().await;
    let guest = signing.asked_for_proof("Where is my order #1001?").await;
    // Nobody has to look: the shopper can help themselves.
    assert!(!guest.conversation().await.needs_human);
    let jane = signing.proves(&guest, JANE).await;
    let told = jane.told().await;
    let kinds: Vec<_> = told.iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [MessageKind::ProveEmail, MessageKind::OrderCard]);
    assert!(told[1].body.contains("Payment: Paid"), "{told:#?}");
    signing.server.finish().await;
}

#[tokio::test]
async fn what_was_asked_is_answered_though_more_was_written_since() {
    let signing = demo().await;
    let guest = signing.asked_for_proof("Where is my order?").await;
    guest.send("One moment").await;
    signing.server.idle().await;
    let jane = signing.proves(&guest, JANE).await;
    let told = jane.told().await;
    let last = told.last().expect("an answer");
    assert!(last.body.contains("Order #1001: Shipped"), "{told:#?}");
    signing.server.finish().await;
}

#[tokio::test]
async fn another_address_than_the_orders_shows_nothing_of_it() {
    let signing = demo().await;
    let guest = signing.asked_for_proof("Where is my order #1001?").await;
    let omar = signing.proves(&guest, "nobody@example.com").await;
    let told = omar.told().await;
    assert_eq!(told[1].body, english().no_match());
    signing.server.finish().await;
}

#[tokio::test]
async fn a_person_who_has_replied_keeps_the_word() {
    let signing = demo().await;
    let guest = signing.asked_for_proof("Where is my order?").await;
    let (ctx, member) = (&signing.server.ctx, &signing.shop.member);
    let reply = new_message("I have it here.");
    backend::conversations::reply(ctx, member, guest.conversation, reply, None)
        .await
        .expect("a reply");
    let jane = signing.proves(&guest, JANE).await;
    assert_eq!(jane.told().await.len(), 1);
    signing.server.finish().await;
}

#[tokio::test]
async fn a_code_that_nothing_waits_for_answers_nothing() {
    let signing = demo().await;
    let guest = signing.shopper(None).await;
    guest.send("Hello").await;
    let jane = signing.proves(&guest, JANE).await;
    assert_eq!(jane.told().await.len(), 0);
    signing.server.finish().await;
}

#[tokio::test]
async fn who_is_signed_in_without_an_address_is_offered_no_code() {
    let signing = demo().await;
    let nameless = super::token(&signing.secret, json!({"email": null}));
    let nameless = signing.shopper(Some(nameless)).await;
    let said = signing.answer(&nameless, "Where is my order?").await;
    assert_eq!(said, english().verified_only());
    signing.server.finish().await;
}

#[tokio::test]
async fn a_person_is_called_where_the_answer_after_the_proof_promises_one() {
    let signing = demo().await;
    let question = "#1005 says delivered but I don't have it";
    let guest = signing.asked_for_proof(question).await;
    assert!(!guest.conversation().await.needs_human);
    let known = signing.proves(&guest, "tom@example.com").await;
    let told = known.told().await;
    let lead = told[1].data.as_ref().map(|data| data.lead.as_str());
    assert_eq!(lead, Some(english().delivered_not_here()));
    assert!(known.conversation().await.needs_human);
    signing.server.finish().await;
}
