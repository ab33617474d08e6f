//! The AI's work on customers' messages, from the widget's door to the thread
//! that agents read, by the shipped pipeline.

mod language_model;
mod order_cards;
mod orders;
mod person;

use crate::common::{
    Owner, Shop, Shopper, TestServer, database,
    people::{HERE, start_request},
};
use crate::forms::{call, fields, page};
use backend::{
    ai::trial, auth, conversations, demo, jobs::worker::Worker, stores, testing::TestCtx,
};
use domain::{
    conversation::Status,
    message::{AiTrace, AnswerKind, Message, Sender},
    settings::WithoutModel,
    store::{Availability, ServiceStatus},
};
use serde_json::{Value, json};

/// The demo's answer to how things are sent back.
const RETURN_ANSWER: &str = "Open the returns page, enter your order number and email, choose what you are sending back and print the label. Drop the parcel at any Northway Post counter.";
const RETURN_ITEM: &str = "How do I return an item?";
/// A question that item answers, as good as in its own words.
const RETURN_QUESTION: &str = "how do i send something back??";
/// Another one, in words that aren't the FAQ's: a language model is asked
/// if there is one.
const LABEL_QUESTION: &str =
    "Could you please tell me where I can print the label to return an item?";
/// A question that nothing in the demo's FAQ answers.
const OUTSIDE: &str = "What is the capital of Australia?";

/// The demo shop on `server`.
async fn demo_shop(server: &TestServer) -> (Owner, Shop) {
    let owner = server.demo_owner().await;
    let shop = server.shop(&owner, owner.first_store).await;
    (owner, shop)
}

/// Sends `text`, waits until the AI is done with it, and returns what the
/// shopper sees after it.
async fn ask(server: &TestServer, shopper: &Shopper, text: &str) -> Vec<Message> {
    let sent = shopper.send(text).await;
    server.idle().await;
    shopper.history(sent.seq).await.messages
}

/// The AI's one answer to `text`.
async fn answer(server: &TestServer, shopper: &Shopper, text: &str) -> Message {
    let mut messages = ask(server, shopper, text).await;
    assert_eq!(messages.len(), 1, "{text}: {messages:#?}");
    let message = messages.remove(0);
    assert_eq!(message.sender, Sender::Ai, "{text}: {message:#?}");
    assert_eq!(message.ai, None, "shoppers aren't shown how it came about");
    message
}

async fn assert_silent(server: &TestServer, shopper: &Shopper, text: &str) {
    assert_eq!(ask(server, shopper, text).await, [], "{text}");
}

/// How the newest answer came about, as agents see it.
async fn trace(server: &TestServer, shop: &Shop, shopper: &Shopper) -> AiTrace {
    let thread = conversations::thread(&server.ctx, &shop.member, shopper.conversation, None).await;
    let messages = thread.expect("a thread").messages;
    messages
        .into_iter()
        .rev()
        .find_map(|message| message.ai)
        .expect("an answer")
}

/// Questions that were logged as unanswered.
async fn unanswered(server: &TestServer) -> i64 {
    database::rows(&server.ctx, "unanswered_questions").await
}

/// Calls a server function about the shopper's conversation.
async fn on_conversation(
    server: &TestServer,
    owner: &Owner,
    shopper: &Shopper,
    path: &str,
    more: &[(&str, &str)],
) {
    let store = owner.first_store.to_string();
    let conversation = shopper.conversation.to_string();
    let form = [
        &[("store", store.as_str()), ("conversation", &conversation)],
        more,
    ]
    .concat();
    let reply = call(server, &owner.cookie, path, &form).await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
}

async fn agent_replies(server: &TestServer, owner: &Owner, shopper: &Shopper) {
    let id = domain::ids::MessageId::generate().to_string();
    on_conversation(
        server,
        owner,
        shopper,
        "inbox/reply",
        &[("id", &id), ("body", "I'm here now.")],
    )
    .await;
}

/// What the services are said to be, in data and on the overview's page.
async fn services(server: &TestServer, owner: &Owner) -> (ServiceStatus, String) {
    let store = owner.first_store.to_string();
    let reply = call(
        server,
        &owner.cookie,
        "stores/services",
        &fields([("store", store.as_str())]),
    )
    .await;
    let overview = page(server, &owner.cookie, &format!("/stores/{store}")).await;
    (reply.json(200), overview.body)
}

#[tokio::test]
async fn a_question_of_the_faq_gets_the_merchants_own_words() {
    let server = TestServer::with().demo().embeddings().start().await;
    let (_, shop) = demo_shop(&server).await;
    let shopper = server.shopper(&shop).await;
    let message = answer(&server, &shopper, RETURN_QUESTION).await;
    assert_eq!(
        (message.body.as_str(), message.answer_kind),
        (RETURN_ANSWER, Some(AnswerKind::Faq))
    );
    let trace = trace(&server, &shop, &shopper).await;
    assert_eq!(
        (trace.model.as_str(), trace.sources[0].question.as_str()),
        ("quote", RETURN_ITEM)
    );
    assert_eq!(
        (trace.tokens, trace.fallback, trace.orders.len()),
        (None, None, 0)
    );

    assert_silent(&server, &shopper, OUTSIDE).await;
    assert_eq!(shopper.conversation().await.status, Status::Open);
    assert_eq!(unanswered(&server).await, 1);
    // A policy is no order's whereabouts.
    let policy = answer(&server, &shopper, "How long does delivery take?").await;
    assert_eq!(policy.answer_kind, Some(AnswerKind::Faq));
    assert!(policy.body.contains("2–4 working days"), "{}", policy.body);
    server.finish().await;
}

#[tokio::test]
async fn with_the_ai_off_orders_are_still_found_and_the_faq_is_silent() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    server
        .set_up(&shop, |settings| settings.ai.enabled = false)
        .await;
    let shopper = server.shopper(&shop).await;
    let message = answer(&server, &shopper, "Where is my order #1001?").await;
    assert_eq!(message.answer_kind, Some(AnswerKind::OrderStatus));
    assert_silent(&server, &shopper, RETURN_QUESTION).await;
    assert_eq!(
        unanswered(&server).await,
        0,
        "nobody expected an answer of the AI"
    );
    server.finish().await;
}

#[tokio::test]
async fn the_ai_is_quiet_once_a_person_has_replied_until_it_is_called_back() {
    let server = TestServer::with().demo().start().await;
    let (owner, shop) = demo_shop(&server).await;
    let shopper = server.shopper(&shop).await;
    answer(&server, &shopper, RETURN_QUESTION).await;
    agent_replies(&server, &owner, &shopper).await;
    for text in [RETURN_QUESTION, "Where is my order #1001?"] {
        assert_silent(&server, &shopper, text).await;
    }
    on_conversation(
        &server,
        &owner,
        &shopper,
        "inbox/act",
        &[("action", "ai_on")],
    )
    .await;
    answer(&server, &shopper, RETURN_QUESTION).await;
    on_conversation(
        &server,
        &owner,
        &shopper,
        "inbox/act",
        &[("action", "ai_off")],
    )
    .await;
    assert_silent(&server, &shopper, RETURN_QUESTION).await;
    on_conversation(
        &server,
        &owner,
        &shopper,
        "inbox/act",
        &[("action", "resolve")],
    )
    .await;
    assert_eq!(shopper.conversation().await.status, Status::Resolved);
    answer(&server, &shopper, RETURN_QUESTION).await;
    assert_eq!(
        shopper.conversation().await.status,
        Status::Open,
        "a customer's message opens it again"
    );
    server.finish().await;
}

#[tokio::test]
async fn who_asked_for_a_person_is_not_read_the_faq() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let shopper = server.shopper(&shop).await;
    shopper.post("/human", &json!({})).await.json::<Value>(200);
    assert_silent(&server, &shopper, RETURN_QUESTION).await;
    assert_eq!(unanswered(&server).await, 0);
    // Their order is still looked up at once.
    answer(&server, &shopper, "Where is my order #1001?").await;
    assert!(shopper.conversation().await.needs_human);
    server.finish().await;
}

#[tokio::test]
async fn without_a_language_model_the_merchant_may_prefer_silence() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    server
        .set_up(&shop, |settings| {
            settings.ai.without_model = WithoutModel::Silent
        })
        .await;
    let shopper = server.shopper(&shop).await;
    assert_silent(&server, &shopper, LABEL_QUESTION).await;
    assert_eq!(unanswered(&server).await, 1);
    // Word for word, it is the merchant's own question and answer.
    answer(&server, &shopper, RETURN_QUESTION).await;
    server.finish().await;
}

#[tokio::test]
async fn without_an_embedding_model_keywords_answer_and_the_overview_says_so() {
    let server = TestServer::with().demo().start().await;
    let (owner, shop) = demo_shop(&server).await;
    let shopper = server.shopper(&shop).await;
    assert_eq!(
        answer(&server, &shopper, RETURN_QUESTION).await.body,
        RETURN_ANSWER
    );
    assert_silent(&server, &shopper, OUTSIDE).await;
    assert_eq!(database::rows(&server.ctx, "faq_embeddings").await, 0);
    let (services, overview) = services(&server, &owner).await;
    assert!(
        matches!(services.embeddings, Availability::Unavailable(_)),
        "{services:?}"
    );
    assert!(
        matches!(services.language_model, Availability::Unavailable(_)),
        "{services:?}"
    );
    assert_eq!(services.dead_jobs, 0);
    assert!(
        overview.contains("Finds answers by their words only: no embedding model is configured"),
        "{overview}"
    );
    server.finish().await;
}

#[tokio::test]
async fn a_broken_onnx_runtime_is_named_and_keywords_answer() {
    let folder = tempfile::TempDir::new().expect("a folder");
    for name in [
        "model.onnx",
        "tokenizer.json",
        "config.json",
        "special_tokens_map.json",
        "tokenizer_config.json",
    ] {
        std::fs::write(folder.path().join(name), r#"{"not":"a library"}"#)
            .expect("a writable folder");
    }
    let no_library = folder.path().join("config.json");
    let test = TestCtx::with(|config| {
        config.embedding_model_dir = Some(folder.path().to_owned());
        config.onnx_runtime = Some(no_library.clone());
        config.demo = true;
    });
    let test = test.await.expect("it connects all the same");
    let ctx = test.ctx.clone();
    demo::seed(&ctx).await.expect("demo data");
    let worker = Worker::start(ctx.clone());
    database::queue_drained(&ctx).await;
    assert_eq!(database::dead_jobs(&ctx).await, 0);
    let user = auth::sign_in(&ctx, demo::EMAIL, demo::PASSWORD, HERE)
        .await
        .expect("signed in")
        .session()
        .expect("no second factor");
    let user = auth::user_of_session(&ctx, &user.token)
        .await
        .expect("a database")
        .expect("a session");
    let store = stores::account(&ctx, &user)
        .await
        .expect("an account")
        .stores
        .remove(0);
    let member = stores::member(&ctx, &user, store.id)
        .await
        .expect("a member");
    let services = stores::services(&ctx, &member).await.expect("services");
    let Availability::Unavailable(why) = services.embeddings else {
        panic!("{services:?}")
    };
    // The operator's log names the file, members of stores aren't told of it.
    assert!(!why.contains(".json"), "{why}");
    let logged = ctx.embedder().probe().expect_err("no library").to_string();
    assert!(
        logged.contains("config.json is not a shared library (set ORT_DYLIB_PATH"),
        "{logged}"
    );
    let trial = trial::try_question(&ctx, &member, RETURN_QUESTION)
        .await
        .expect("tried");
    assert_eq!(trial.answer.as_deref(), Some(RETURN_ANSWER));
    worker.stop().await;
}

#[tokio::test]
async fn a_first_message_is_answered_and_a_retry_is_not_answered_twice() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let mut request = start_request();
    request.message = Some(crate::common::people::new_message(
        "Where is my order #1001?",
    ));
    let mut tokens = Vec::new();
    for status in [201, 200] {
        let started: domain::widget_api::ConversationStarted = server
            .start_conversation(&shop.key, &request)
            .await
            .json(status);
        tokens.push(started.token);
    }
    server.idle().await;
    let shopper = Shopper {
        token: tokens.remove(0),
        conversation: request.id,
        ..server.shopper(&shop).await
    };
    let senders: Vec<_> = shopper
        .history(0)
        .await
        .messages
        .iter()
        .map(|message| message.sender)
        .collect();
    assert_eq!(senders, [Sender::Customer, Sender::Ai]);
    server.finish().await;
}
