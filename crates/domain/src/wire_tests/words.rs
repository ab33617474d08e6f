//! Words that stand for one of a few things, on the wire and in the database.

use super::{each_variant, pin_written};
use crate::{
    conversation::Status,
    events::{AiState, Noun, Side},
    faq::FaqItemState,
    inbox::{Sort, Tab, Who},
    job::Failure,
    message::{AnswerKind, MessageKind, Sender},
    order::{OrderStatus, ParcelStatus, PaymentStatus},
    order_source::{OrderSourceKind, SourceTrouble},
    role::Role,
    settings::{AssignmentRule, OrderLookupCheck, Position, SectionName, WithoutModel},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::fmt::Debug;

/// The words of `all`, which are read back as what they stand for.
fn sent<T: Serialize + DeserializeOwned + PartialEq + Debug>(all: Vec<T>) -> Value {
    let words = serde_json::to_value(&all).expect("JSON");
    let read: Vec<T> = serde_json::from_value(words.clone()).expect("words");
    assert_eq!(read, all);
    words
}

/// As [`sent`], for words that are stored as well: they are the same there.
fn stored<T: Copy + Serialize + DeserializeOwned + PartialEq + Debug>(
    all: Vec<T>,
    as_str: fn(T) -> &'static str,
    from_word: fn(&str) -> Option<T>,
) -> Value {
    for &value in &all {
        let word = as_str(value);
        assert_eq!(json!(value), word);
        assert_eq!(from_word(word), Some(value));
        assert_eq!(from_word(&word.to_uppercase()), None);
    }
    sent(all)
}

#[test]
fn words_that_are_stored() {
    let mut kinds = each_variant!(MessageKind {
        Text,
        Attachments,
        OrderCard,
        ProveEmail,
        Resolved,
        Reopened,
        HumanRequested,
        AiOn,
        AiOff,
        AiFailed,
        Anger,
        Snoozed,
        Assigned,
        Tagged,
        Untagged,
        Unsnoozed,
        Spam,
        NotSpam,
        Blocked,
        Unblocked,
        Declined,
        Merged,
        Unmerged,
        Unknown,
    });
    // What a server doesn't know it doesn't store.
    kinds.retain(|kind| *kind != MessageKind::Unknown);
    let senders = each_variant!(Sender {
        Customer,
        Agent,
        Ai,
        System,
        Note,
    });
    let statuses = each_variant!(Status {
        Open,
        Snoozed,
        Resolved,
    });
    let item_states = each_variant!(FaqItemState {
        Indexing,
        Ready,
        Failed,
    });
    let failures = each_variant!(Failure {
        Error,
        Panic,
        Timeout,
        ProcessEnded,
        Unreadable,
    });
    let order_statuses = each_variant!(OrderStatus {
        Pending,
        Processing,
        OnHold,
        ReadyForPickup,
        PartlyShipped,
        Shipped,
        Delivered,
        Cancelled,
        Returned,
    });
    let payment_statuses = each_variant!(PaymentStatus {
        Pending,
        Authorized,
        Paid,
        PartlyRefunded,
        Refunded,
        Failed,
        Voided,
    });
    let source_kinds = each_variant!(OrderSourceKind {
        Medusa,
        Shopify,
        Woocommerce
    });
    let troubles = each_variant!(SourceTrouble {
        NoConnection,
        UnknownHost,
        TimedOut,
        PrivateAddress,
        Redirected,
        WrongKey,
        NotAllowed,
        TooManyCalls,
        Failing,
        NotThisShop,
        TooLarge,
        KeyLost,
        WrongPublishableKey,
        TooManyToSearch,
    });
    let roles = each_variant!(Role {
        Agent,
        Admin,
        Owner,
    });
    let sections = each_variant!(SectionName {
        Look,
        Chat,
        Ai,
        Orders,
        Assignment,
    });
    let words = json!({
        "sender": stored(senders, Sender::as_str, Sender::from_word),
        "message_kind": stored(kinds, MessageKind::as_str, MessageKind::from_word),
        "status": stored(statuses, Status::as_str, Status::from_word),
        "faq_item_state": stored(item_states, FaqItemState::as_str, FaqItemState::from_word),
        "failure": stored(failures, Failure::as_str, Failure::from_word),
        "order_status": stored(order_statuses, OrderStatus::as_str, OrderStatus::from_word),
        "payment_status": stored(payment_statuses, PaymentStatus::as_str, PaymentStatus::from_word),
        "order_source": stored(source_kinds, OrderSourceKind::as_str, OrderSourceKind::from_word),
        "source_trouble": stored(troubles, SourceTrouble::as_str, SourceTrouble::from_word),
        "role": stored(roles, Role::as_str, Role::from_word),
        "section": stored(sections, SectionName::as_str, SectionName::from_word),
    });
    pin_written("words_stored", &words);
}

#[test]
fn words_that_are_only_sent() {
    let words = json!({
        "answer_kind": sent(each_variant!(AnswerKind { OrderStatus, Faq })),
        "side": sent(each_variant!(Side { Visitor, Agent })),
        "ai_state": sent(each_variant!(AiState { Thinking, Done })),
        "parcel_status": sent(each_variant!(ParcelStatus {
            Preparing,
            InTransit,
            OutForDelivery,
            ReadyForPickup,
            Delivered,
            NotDelivered,
            Returned,
        })),
        "changed_noun": sent(each_variant!(Noun {
            Faq,
            Orders,
            OrderSources,
            CannedResponses,
            Tags,
            Team,
            Waits,
            Conversations,
        })),
        "who": sent(each_variant!(Who { Me, None, Mentioned })),
        "sort": sent(each_variant!(Sort { Newest, Waiting })),
        "tab": sent(each_variant!(Tab { Open, Snoozed, Resolved, All, Spam })),
        "position": sent(each_variant!(Position { BottomRight, BottomLeft })),
        "without_model": sent(each_variant!(WithoutModel { Quote, Silent })),
        "assignment_rule": sent(each_variant!(AssignmentRule { ByHand, RoundRobin })),
        "order_lookup_check": sent(each_variant!(OrderLookupCheck {
            NumberOrEmail,
            NumberAndEmail,
            VerifiedCustomerOnly,
        })),
    });
    pin_written("words_sent", &words);
}
