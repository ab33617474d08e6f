//! "Where is my order?"

use super::{answer, ask, assert_silent, demo_shop, trace, unanswered};
use crate::common::{Shop, Shopper, TestServer, people::start_request};
use backend::ai::trial;
use domain::{
    message::{AnswerKind, MessageKind},
    settings::{Chat, OrderLookupCheck},
    texts::{self, AnswerTexts},
    widget_api::{ConversationStarted, StartConversation, VisitorDetails},
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// What the AI says to shoppers of no particular language.
fn english() -> &'static AnswerTexts {
    &texts::of("en").answers
}

/// Every order number of a text, in its order, each once.
fn numbers(text: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("Order #"));
    lines
        .map(|line| line.chars().take_while(char::is_ascii_digit).collect())
        .collect()
}

#[tokio::test]
async fn an_order_number_brings_everything_about_the_order() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let shopper = server.shopper(&shop).await;
    let message = answer(&server, &shopper, "Where is my order #1001?").await;
    assert_eq!(message.answer_kind, Some(AnswerKind::OrderStatus));
    for promised in [
        "Order #1001: Shipped",
        "Payment: Paid",
        "1 × Linen duvet cover, king, sand",
        "2 × Pillowcase pair, sand",
        "Total: $227.00",
        "https://track.example.com/northway/NW482019375",
    ] {
        assert!(
            message.body.contains(promised),
            "{promised} is missing: {}",
            message.body
        );
    }
    let trace = trace(&server, &shop, &shopper).await;
    assert_eq!(
        (trace.model.as_str(), trace.orders, trace.sources.len()),
        ("rule", vec!["1001".to_owned()], 0)
    );
    assert_eq!((trace.tokens, trace.fallback), (None, None));

    for (text, expected) in [
        ("Check order #1002", vec!["1002"]),
        (
            "jane@example.com — where's my order?",
            vec!["1024", "1001", "1013"],
        ),
        ("where is order 1001? I'm JANE@example.com", vec!["1001"]),
        ("where is my last order? jane@example.com", vec!["1024"]),
        (
            "where is my parcel, tracking number NW482019375",
            vec!["1001"],
        ),
    ] {
        let message = answer(&server, &server.shopper(&shop).await, text).await;
        assert_eq!(numbers(&message.body), expected, "{text}: {}", message.body);
    }
    server.finish().await;
}

#[tokio::test]
async fn a_question_without_a_number_is_remembered_until_it_can_be_answered() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let shopper = server.shopper(&shop).await;
    let asks = answer(&server, &shopper, "Where is my order?").await;
    assert!(
        asks.body.contains("order number") && asks.body.contains("email"),
        "{}",
        asks.body
    );
    assert_eq!(
        (asks.answer_kind, numbers(&asks.body).len()),
        (Some(AnswerKind::OrderStatus), 0)
    );
    let orders = answer(&server, &shopper, "jane@example.com").await;
    assert_eq!(
        numbers(&orders.body),
        ["1024", "1001", "1013"],
        "her latest three, newest first"
    );
    assert_eq!(
        trace(&server, &shop, &shopper).await.orders,
        ["1024", "1001", "1013"]
    );
    // Answered: the address by itself is no question any more.
    assert_silent(&server, &shopper, "jane@example.com").await;

    let shopper = server.shopper(&shop).await;
    answer(&server, &shopper, "where's my stuff?").await;
    assert_eq!(
        numbers(&answer(&server, &shopper, "#1002").await.body),
        ["1002"]
    );

    // Who gave an address before the chat isn't asked for it.
    let mut request = start_request();
    request.visitor.email = Some("Jane@Example.com".to_owned());
    let started: ConversationStarted = server
        .start_conversation(&shop.key, &request)
        .await
        .json(201);
    let known = Shopper {
        token: started.token,
        conversation: request.id,
        ..shopper
    };
    assert_eq!(
        numbers(&answer(&server, &known, "Where is my order?").await.body).len(),
        3
    );
    server.finish().await;
}

#[tokio::test]
async fn a_delivered_order_that_is_not_here_calls_a_person() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    for (text, calls) in [
        ("#1005 says delivered but I don't have it", true),
        ("I never received order 1005", true),
        ("where is order #1005?", false),
        ("I never received order 1001", false),
    ] {
        let shopper = server.shopper(&shop).await;
        let message = answer(&server, &shopper, text).await;
        assert_eq!(
            message.body.starts_with(english().delivered_not_here()),
            calls,
            "{text}: {}",
            message.body
        );
        assert_eq!(numbers(&message.body).len(), 1, "{text}: {}", message.body);
        // A card doesn't say it, and the words are folded up.
        let lead = message.data.unwrap_or_default().lead;
        assert_eq!(
            lead == english().delivered_not_here(),
            calls,
            "{text}: {lead}"
        );
        assert_eq!(shopper.conversation().await.needs_human, calls, "{text}");
    }
    server.finish().await;
}

#[tokio::test]
async fn nobody_learns_whether_an_order_exists() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    for text in [
        "Where is my order #9999?",
        "Where is my order #1001? My email is omar.haddad@example.com",
        "Where is my order #9999? My email is omar.haddad@example.com",
        "Where is my order? My email is nobody@example.com",
    ] {
        let shopper = server.shopper(&shop).await;
        let message = answer(&server, &shopper, text).await;
        assert_eq!(message.body, english().no_match(), "{text}");
        assert_eq!(
            trace(&server, &shop, &shopper).await.orders,
            Vec::<String>::new(),
            "{text}"
        );
        assert!(!shopper.conversation().await.needs_human);
        // Both corrections are taken as the answer to the same question.
        let corrected = answer(&server, &shopper, "1001, jane@example.com").await;
        assert_eq!(numbers(&corrected.body), ["1001"]);
    }
    server.finish().await;
}

#[tokio::test]
async fn trying_out_order_numbers_ends_with_a_person() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let (guesser, other) = (server.shopper(&shop).await, server.shopper(&shop).await);
    let mut misses = 0;
    let refused = loop {
        let message = answer(
            &server,
            &guesser,
            &format!("Where is my order #{}?", 9_000 + misses),
        )
        .await;
        if message.body != english().no_match() {
            break message;
        }
        assert!(!guesser.conversation().await.needs_human);
        misses += 1;
        assert!(misses < 50, "there is a limit");
    };
    assert_eq!((misses, refused.body.as_str()), (8, english().too_many()));
    assert!(
        guesser.conversation().await.needs_human,
        "somebody should look"
    );
    // Not even an order that exists; and no other shopper suffers.
    let text = "Where is my order #1001?";
    assert_eq!(
        answer(&server, &guesser, text).await.body,
        english().too_many()
    );
    assert_eq!(numbers(&answer(&server, &other, text).await.body), ["1001"]);
    server.finish().await;
}

#[tokio::test]
async fn the_merchant_may_ask_for_number_and_email() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    with_check(&server, &shop, OrderLookupCheck::NumberAndEmail).await;
    for (texts, found) in [
        (["Where is my order #1001?", "jane@example.com"], true),
        (
            ["jane@example.com — where is my order?", "it's #1001"],
            true,
        ),
        (["Where is my order?", "#1001 jane@example.com"], true),
        (
            ["Where is my order #1001?", "omar.haddad@example.com"],
            false,
        ),
        (
            ["Where is my order #1013?", "#1001, omar.haddad@example.com"],
            false,
        ),
    ] {
        let shopper = server.shopper(&shop).await;
        let first = answer(&server, &shopper, texts[0]).await;
        assert!(
            numbers(&first.body).is_empty() && first.body.contains("protect your data"),
            "{}",
            first.body
        );
        let second = answer(&server, &shopper, texts[1]).await;
        if found {
            assert_eq!(numbers(&second.body), ["1001"], "{texts:?}");
        } else {
            assert_eq!(second.body, english().no_match(), "{texts:?}");
        }
    }
    let at_once = answer(
        &server,
        &server.shopper(&shop).await,
        "Where is order #1001? jane@example.com",
    )
    .await;
    assert_eq!(numbers(&at_once.body), ["1001"]);
    server.finish().await;
}

#[tokio::test]
async fn order_answers_are_in_the_shoppers_language() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let request = StartConversation {
        visitor: VisitorDetails {
            locale: Some("de-AT".to_owned()),
            ..VisitorDetails::default()
        },
        ..start_request()
    };
    let shopper = server.shopper_with(&shop, &request).await;
    let asked = answer(&server, &shopper, "Where is my order?").await;
    assert_eq!(asked.body, texts::of("de").answers.ask_either());
    let shown = answer(&server, &shopper, "#1001").await.body;
    for told in [
        "Bestellung #1001: Versandt (unterwegs seit dem ",
        ")\nZahlung: Bezahlt\n",
    ] {
        assert!(shown.contains(told), "{shown}");
    }
    server.finish().await;
}

#[tokio::test]
async fn orders_for_signed_in_customers_are_left_to_a_person() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    with_check(&server, &shop, OrderLookupCheck::VerifiedCustomerOnly).await;
    for text in [
        "Where is my order?",
        "Where is my order #1001?",
        "Where is order #1001? jane@example.com",
    ] {
        let shopper = server.shopper(&shop).await;
        let message = answer(&server, &shopper, text).await;
        assert_eq!(message.body, english().verified_only(), "{text}");
        assert!(shopper.conversation().await.needs_human, "{text}");
        let why = trace(&server, &shop, &shopper).await.fallback;
        assert!(why.is_some_and(|why| why.contains("proven")), "{text}");
        assert!(
            ask(&server, &shopper, "#1001 jane@example.com")
                .await
                .iter()
                .all(|message| numbers(&message.body).is_empty())
        );
    }
    assert!(unanswered(&server).await <= 3);
    server.finish().await;
}

#[tokio::test]
async fn a_store_without_orders_leaves_them_to_a_person() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    for text in [
        "Where is my order?",
        "Where is my order #1001?",
        "Where is my order? jane@example.com",
    ] {
        let shopper = server.shopper(&shop).await;
        let message = answer(&server, &shopper, text).await;
        assert_eq!(message.body, english().no_orders_here(), "{text}");
        assert!(shopper.conversation().await.needs_human, "{text}");
        let trace = trace(&server, &shop, &shopper).await;
        assert_eq!((trace.model.as_str(), trace.orders.len()), ("rule", 0));
        assert!(
            trace.fallback.is_some_and(|why| why.contains("no orders")),
            "{text}"
        );
        // No number is awaited.
        assert_silent(&server, &shopper, "1001").await;
    }
    server.finish().await;
}

#[tokio::test]
async fn a_store_without_orders_says_so_in_the_shoppers_language() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let request = StartConversation {
        visitor: VisitorDetails {
            locale: Some("de".to_owned()),
            ..VisitorDetails::default()
        },
        ..start_request()
    };
    let shopper = server.shopper_with(&shop, &request).await;
    let message = answer(&server, &shopper, "Where is my order?").await;
    assert_eq!(message.body, texts::of("de").answers.no_orders_here());
    server.finish().await;
}

#[tokio::test]
async fn what_is_tried_says_what_shoppers_are_told() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let tried = async |question| {
        let trial = trial::try_question(&server.ctx, &shop.member, question);
        trial.await.expect("a trial")
    };
    let order = tried("Where is my order #1001?").await;
    assert_eq!(order.answer.as_deref(), Some(english().no_orders_here()));
    assert!(order.explanation.contains("no orders"), "{order:?}");
    let person = tried("Can I talk to a person?").await;
    let promise = Chat::default().response_time;
    let told = texts::of("en").widget.human_requested(&promise);
    assert_eq!(person.answer, Some(told));
    with_check(&server, &shop, OrderLookupCheck::VerifiedCustomerOnly).await;
    let order = tried("Where is my order #1001?").await;
    assert_eq!(order.answer.as_deref(), Some(english().verified_only()));
    server.finish().await;
}

#[tokio::test]
async fn a_question_at_the_beginning_of_a_long_message_is_answered() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let shopper = server.shopper(&shop).await;
    let text = format!(
        "Where is my order #1001? {}",
        "I wait and wait. ".repeat(580)
    );
    let shown = answer(&server, &shopper, &text).await;
    assert_eq!(numbers(&shown.body), ["1001"]);
    server.finish().await;
}

async fn with_check(server: &TestServer, shop: &Shop, check: OrderLookupCheck) {
    server
        .set_up(shop, |settings| settings.orders.lookup_check = check)
        .await;
}

#[tokio::test]
async fn an_order_that_is_left_to_the_team_silences_neither_the_faq_nor_a_wish_for_a_person() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    with_check(&server, &shop, OrderLookupCheck::VerifiedCustomerOnly).await;
    let shopper = server.shopper(&shop).await;
    let message = answer(&server, &shopper, "Where is my order?").await;
    assert_eq!(message.body, english().verified_only());
    assert!(shopper.conversation().await.needs_human);
    let message = answer(&server, &shopper, "How do I return an item?").await;
    assert_eq!(message.answer_kind, Some(AnswerKind::Faq), "{message:?}");
    let told = ask(&server, &shopper, "Can I talk to a person?").await;
    let kinds: Vec<_> = told.iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [MessageKind::HumanRequested]);
    // Now the shopper waits for one.
    assert_silent(&server, &shopper, "How do I return an item?").await;
    server.finish().await;
}

#[tokio::test]
async fn order_numbers_are_not_to_be_tried_out_by_new_conversations() {
    let server = TestServer::with().demo().start().await;
    let (_, shop) = demo_shop(&server).await;
    let mut shown = 0;
    for number in 1001..1060 {
        let shopper = server.shopper(&shop).await;
        let question = format!("Where is my order #{number}?");
        let answer = answer(&server, &shopper, &question).await;
        if answer.body == english().too_many() {
            break;
        }
        shown += 1;
    }
    assert!(
        (8..=40).contains(&shown),
        "{shown} looked up from one address"
    );
    server.finish().await;
}

/// A new shopper whose messages come from `address`.
async fn shopper_from(server: &TestServer, shop: &Shop, address: String) -> Shopper {
    let forwarded = HeaderValue::from_str(&address).expect("an address");
    let http = reqwest::Client::builder()
        .no_proxy()
        .default_headers(HeaderMap::from_iter([(
            HeaderName::from_static("x-forwarded-for"),
            forwarded,
        )]))
        .build()
        .expect("an HTTP client");
    Shopper {
        http,
        ..server.shopper(shop).await
    }
}

#[tokio::test]
async fn numbers_counted_up_from_many_networks_need_the_email_in_the_end() {
    let server = TestServer::with().demo().trust_proxy().start().await;
    let (_, shop) = demo_shop(&server).await;
    let mut looked_up = 0;
    loop {
        // Each second one exists.
        let number = 1001 + looked_up % 24 + (looked_up % 2) * 5_000;
        let shopper = shopper_from(&server, &shop, format!("198.51.{looked_up}.1")).await;
        let question = format!("Where is my order #{number}?");
        let message = answer(&server, &shopper, &question).await;
        if message.body == english().ask_email_too() {
            break;
        }
        assert!(!shopper.conversation().await.needs_human);
        looked_up += 1;
        assert!(looked_up < 100, "there is a limit");
    }
    assert!(looked_up >= 30, "shoppers of a small shop stay below it");

    // Whether the number exists isn't told any more, and who knows the email is answered.
    let honest = shopper_from(&server, &shop, "203.0.113.7".to_owned()).await;
    for question in ["Where is my order #9999?", "Where is my order #1001?"] {
        let asked = answer(&server, &honest, question).await;
        assert_eq!(asked.body, english().ask_email_too());
    }
    let shown = answer(&server, &honest, "jane@example.com").await;
    assert!(numbers(&shown.body).contains(&"1001".to_owned()));
    assert!(!honest.conversation().await.needs_human);
    let both = "Where is order #1001? jane@example.com";
    let honest = shopper_from(&server, &shop, "203.0.114.7".to_owned()).await;
    assert_eq!(
        numbers(&answer(&server, &honest, both).await.body),
        ["1001"]
    );
    server.finish().await;
}
