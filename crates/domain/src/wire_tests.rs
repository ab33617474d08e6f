//! The JSON of everything that travels or is stored, pinned as snapshots:
//! clients that are open during an upgrade, and what a database holds, go on
//! being read. A snapshot that changes is a change of the interface. With
//! `INSTA_UPDATE=always` the tests write what there is now.

mod dashboard;
mod live;
mod order_import;
mod problem;
mod settings;
mod widget;
mod words;

use crate::{
    UnixMillis,
    colour::Colour,
    conversation::{Conversation, Status},
    inbox::{ConversationSummary, Visitor},
    message::{
        AiSource, AiTrace, AnswerKind, Attachment, Merged, Message, MessageData, MessageKind,
        Sender,
    },
    order::{OrderItem, OrderStatus, ParcelStatus, PaymentStatus, Shipment},
    order_card::{OrderCard, OrderDetails},
    sentiment::Sentiment,
    settings::AssignmentRule,
};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;
use uuid::Uuid;

/// Values of an enum, at least one of each variant: without the new one's value
/// this doesn't compile.
macro_rules! each_variant {
    ($Enum:ident { $($Variant:ident),+ $(,)? }) => {
        each_variant!($Enum { $($Variant => $Enum::$Variant,)+ })
    };
    ($Enum:ident { $($Variant:ident => $value:expr,)+ }) => {{
        let _: fn($Enum) = |value| match value {
            $($Enum::$Variant { .. } => (),)+
        };
        let values = vec![$($value),+];
        let mut unseen = values.iter();
        $(assert!(matches!(unseen.next(), Some($Enum::$Variant { .. })));)+
        values
    }};
}
use each_variant;

const AT: UnixMillis = 1_700_000_000_000;
const INDIGO: Colour = Colour::new(0x4F, 0x46, 0xE5);

/// Holds the JSON of `values` against the snapshot, and checks that it is read
/// as what was written.
#[track_caller]
fn pin<T: Serialize + DeserializeOwned + PartialEq + Debug>(snapshot: &str, values: &[T]) {
    let json = serde_json::to_string(values).expect("JSON");
    let read: Vec<T> = serde_json::from_str(&json).expect("what was written can be read");
    assert_eq!(read, values);
    pin_written(snapshot, values);
}

/// As [`pin`], for what is only ever written.
#[track_caller]
fn pin_written(snapshot: &str, values: &(impl Serialize + ?Sized)) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("wire_tests/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_sort_maps(true);
    settings.bind(|| insta::assert_json_snapshot!(snapshot, values));
}

/// An id that is the same in every run.
fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(0x0189_0000_0000_7000_8000_0000_0000_0000 + number).into()
}

/// A message with everything that a message can have.
fn full_message() -> Message {
    Message {
        id: id(1),
        conversation_id: id(2),
        seq: 3,
        sender: Sender::Ai,
        kind: MessageKind::HumanRequested,
        data: Some(MessageData {
            response_time: Some("We reply within an hour".into()),
            orders: vec![order_card(Some(order_details())), order_card(None)],
            lead: "Please look in your letterbox.".into(),
            until: Some(AT + 2),
            assignee: Some("Tom".into()),
            rule: Some(AssignmentRule::RoundRobin),
            language: Some("de-CH".into()),
            tag: Some("Refund".into()),
            merged: Some(Merged {
                id: id(8),
                after_seq: 4,
                count: 2,
            }),
        }),
        body: "Your order #1001 has shipped.".into(),
        created_at: AT,
        read_at: Some(AT + 1),
        attachments: vec![Attachment {
            id: id(3),
            name: "lamp.png".into(),
            mime: "image/png".into(),
            size: 7,
        }],
        agent_name: Some("Maya".into()),
        answer_kind: Some(AnswerKind::Faq),
        ai: Some(AiTrace {
            model: "quote".into(),
            sources: vec![source()],
            orders: vec!["1001".into()],
            tokens: Some(120),
            latency_ms: 3,
            fallback: Some("The model took too long.".into()),
        }),
        sentiment: Some(Sentiment::Negative),
    }
}

fn order_card(details: Option<OrderDetails>) -> OrderCard {
    OrderCard {
        number: "1001".into(),
        status: OrderStatus::Shipped,
        changed_at: Some(AT),
        shipments: vec![Shipment {
            carrier: Some("DHL".into()),
            tracking_number: Some("0034".into()),
            tracking_url: Some("https://track.example.com/0034".into()),
            status: Some(ParcelStatus::InTransit),
            changed_at: Some(AT),
        }],
        more_shipments: u32::from(details.is_some()),
        details,
    }
}

fn order_details() -> OrderDetails {
    OrderDetails {
        payment_status: PaymentStatus::Paid,
        currency: "USD".into(),
        total_minor: 11_850,
        placed_at: AT,
        items: vec![OrderItem {
            name: "Lamp".into(),
            quantity: 2,
            image_url: Some("https://shop.example.com/lamp.webp".into()),
        }],
        more_items: 3,
    }
}

/// A message as most are.
fn plain_message() -> Message {
    Message {
        id: id(1),
        conversation_id: id(2),
        seq: 1,
        sender: Sender::Customer,
        kind: MessageKind::Text,
        data: None,
        body: "Where is my order?".into(),
        created_at: AT,
        read_at: None,
        attachments: Vec::new(),
        agent_name: None,
        answer_kind: None,
        ai: None,
        sentiment: None,
    }
}

fn source() -> AiSource {
    AiSource {
        item_id: id(4),
        question: "When is it sent?".into(),
        score: 0.75,
    }
}

fn conversation() -> Conversation {
    Conversation {
        id: id(2),
        status: Status::Open,
        created_at: AT,
        last_seq: 3,
        needs_human: true,
        agent_read_seq: 2,
        visitor_read_seq: 1,
        verified: true,
    }
}

fn inbox_row() -> ConversationSummary {
    ConversationSummary {
        id: id(2),
        status: Status::Open,
        visitor: Visitor {
            id: id(5),
            name: Some("Jane".into()),
            email: Some("jane@example.com".into()),
            locale: Some("en-GB".into()),
            customer_id: Some("cus_7".into()),
            blocked: false,
        },
        last_sender: Sender::Customer,
        last_author_id: None,
        last_excerpt: "Where is my order?".into(),
        last_message_at: AT,
        last_seq: 3,
        unread: 1,
        needs_human: true,
        ai_handled: true,
        has_orders: true,
        ai_active: false,
        visitor_read_seq: 1,
        agent_read_seq: 2,
        created_at: AT,
        page_url: Some("https://shop.example.com/lamps".into()),
        page_title: Some("Lamps".into()),
        verified: true,
        snoozed_until: Some(AT + 3),
        assignee_id: Some(id(7)),
        tags: vec![id(13)],
        waiting_since: Some(AT),
        spam: false,
        sentiment: Some(Sentiment::Negative),
    }
}
