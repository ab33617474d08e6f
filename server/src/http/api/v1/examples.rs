//! What the document shows as examples: values of the types themselves, so that they are
//! never of another form.

use super::{
    canned::{CannedTexts, NewCannedResponse},
    conversations::{Assign, BlockVisitor, ConversationState, MarkSpam, MergeWith, Snooze},
    faq::{Category, CategoryName, CategoryPlace, ItemPlace, NewItem, TriedQuestion},
    list::List,
    messages::NewReply,
    tags::{TagLook, TagOfConversation},
};
use domain::{
    UnixMillis,
    account::EmailAddress,
    canned::CannedResponse,
    conversation::Status,
    faq::{FaqDraft, FaqItem, FaqItemState, FaqTrial},
    inbox::{ConversationSummary, Visitor, VisitorProfile},
    message::{AiSource, Message, MessageKind, Sender},
    order::{Order, OrderItem, OrderStatus, ParcelStatus, PaymentStatus, Shipment},
    order_source::{BUILT_IN, OrderSourceKind, OrderSourceState, SourceTrouble},
    presence::Presence,
    role::Role,
    search::{FoundMessage, Part, SearchHit, SearchPage},
    sentiment::Sentiment,
    settings::Look,
    store::{StoreProfile, TeamMember},
    tag::{Tag, TagColour},
    team::{CreatedInvitation, INVITATION_LIFE, Invitation, Member, NewInvitation},
    webhook::{CreatedWebhook, DeliveryState, NewWebhook, Webhook, WebhookDelivery, WebhookEvent},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// 29 November 2026, noon.
const AT: UnixMillis = 1_795_953_600_000;

/// An example of the schema `name`.
pub fn of(name: &str) -> Option<Value> {
    Some(match name {
        "StoreProfile" => json!(store()),
        "AnySection" => json!(Look::default()),
        "Conversation" => json!(conversation()),
        "ConversationState" => json!(ConversationState::from(conversation())),
        "MarkSpam" => json!(MarkSpam { spam: true }),
        "BlockVisitor" => json!(BlockVisitor { blocked: true }),
        "MergeWith" => json!(MergeWith { from: id(2) }),
        "Snooze" => json!(Snooze { until: AT }),
        "Tag" => json!(tag()),
        "List_Tag" => json!(List {
            items: vec![tag()],
            next: None,
        }),
        "TagLook" => json!(TagLook {
            name: tag().name,
            colour: tag().colour,
        }),
        "TagOfConversation" => json!(TagOfConversation { tag_id: tag().id }),
        "Assign" => json!(Assign {
            assignee_id: Some(id(2))
        }),
        "SearchPage" => json!(found()),
        "List_Conversation" => page(conversation(), conversation().id.to_string()),
        "Message" => json!(message()),
        "List_Message" => page(message(), message().seq.to_string()),
        "NewReply" => json!(reply()),
        "VisitorProfile" => json!(profile()),
        "List_VisitorProfile" => page(profile(), visitor().id.to_string()),
        "Category" => json!(category()),
        "List_Category" => json!(List {
            items: vec![category()],
            next: None,
        }),
        "CategoryName" => json!(CategoryName {
            name: category().name
        }),
        "FaqItem" => json!(item()),
        "List_FaqItem" => page(item(), item().id.to_string()),
        "NewItem" => json!(new_item()),
        "FaqDraft" => json!(draft()),
        "CategoryPlace" => json!(CategoryPlace { position: 0 }),
        "ItemPlace" => json!(ItemPlace {
            category_id: category().id,
            position: 0,
        }),
        "TriedQuestion" => json!(TriedQuestion {
            question: "Do you ship to Norway?".to_owned(),
        }),
        "FaqTrial" => json!(trial()),
        "CannedResponse" => json!(canned_response()),
        "List_CannedResponse" => page(canned_response(), canned_response().id.to_string()),
        "CannedTexts" => json!(canned_texts()),
        "NewCannedResponse" => json!(NewCannedResponse {
            id: canned_response().id,
            texts: canned_texts(),
        }),
        "Order" => json!(order()),
        "List_OrderSourceState" => json!(List {
            items: order_sources(),
            next: None,
        }),
        "List_Order" => page(order(), order().number),
        "List_Member" => json!(List {
            items: vec![member()],
            next: None,
        }),
        "List_Invitation" => json!(List {
            items: vec![invitation()],
            next: None,
        }),
        "NewInvitation" => json!(NewInvitation {
            id: invitation().id,
            role: Role::Agent,
            email: Some("tom@example.com".to_owned()),
        }),
        "CreatedInvitation" => json!(CreatedInvitation {
            invitation: invitation(),
            link: Some("https://support.example.com/join/3q2-7w".to_owned()),
            is_mailed: true,
        }),
        "List_Webhook" => json!(List {
            items: vec![webhook()],
            next: None,
        }),
        "NewWebhook" => json!(NewWebhook {
            id: webhook().id,
            address: webhook().address,
            events: webhook().events,
        }),
        "CreatedWebhook" => json!(CreatedWebhook {
            webhook: webhook(),
            secret: Some("whsec_3q2-7w".to_owned()),
        }),
        "WebhookDelivery" => json!(delivery()),
        "List_WebhookDelivery" => page(delivery(), delivery().id.to_string()),
        _ => return None,
    })
}

fn page<T: Serialize>(item: T, next: String) -> Value {
    json!(List {
        items: vec![item],
        next: Some(next),
    })
}

/// An id that is the same in every document.
fn id<T: DeserializeOwned>(number: u8) -> T {
    let id = json!(format!("01a20000-0000-7000-8000-0000000000{number:02}"));
    serde_json::from_value(id).unwrap_or_else(|_| unreachable!("it is a UUID"))
}

fn member() -> Member {
    Member {
        id: id(2),
        name: "Maya".to_owned(),
        email: address("maya@example.com"),
        role: Role::Owner,
        since: AT,
        last_seen_at: Some(AT),
        two_factor: true,
        presence: Presence::Available,
    }
}

fn invitation() -> Invitation {
    Invitation {
        id: id(50),
        role: Role::Agent,
        email: Some(address("tom@example.com")),
        invited_by: Some("Maya".to_owned()),
        created_at: AT,
        expires_at: AT + INVITATION_LIFE,
    }
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap_or_else(|_| unreachable!("it is an address"))
}

fn webhook() -> Webhook {
    Webhook {
        id: id(30),
        address: "https://hooks.example.com/shopdesk".to_owned(),
        events: vec![WebhookEvent::MessageCreated],
        created_at: AT,
        failing_since: None,
        switched_off_at: None,
    }
}

fn delivery() -> WebhookDelivery {
    WebhookDelivery {
        id: id(31),
        event: WebhookEvent::MessageCreated,
        conversation_id: conversation().id,
        state: DeliveryState::Delivered,
        tries: 1,
        created_at: AT,
        tried_at: Some(AT),
        status: Some(200),
        trouble: None,
        answer: "ok".to_owned(),
    }
}

fn store() -> StoreProfile {
    StoreProfile {
        id: id(1),
        name: "Lamps & Light".to_owned(),
        public_key: "Yx0fJ8mQ2bVd".to_owned(),
        created_at: AT,
        team: vec![TeamMember {
            id: id(2),
            name: "Maya".to_owned(),
            role: Role::Owner,
            presence: Presence::Available,
        }],
    }
}

fn profile() -> VisitorProfile {
    VisitorProfile {
        visitor: visitor(),
        created_at: AT,
        last_seen_at: AT,
    }
}

fn visitor() -> Visitor {
    Visitor {
        id: id(3),
        name: Some("Jane".to_owned()),
        email: Some("jane@example.com".to_owned()),
        locale: Some("en-GB".to_owned()),
        customer_id: Some("cus_1001".to_owned()),
        blocked: false,
    }
}

fn conversation() -> ConversationSummary {
    ConversationSummary {
        id: id(4),
        status: Status::Open,
        visitor: visitor(),
        verified: true,
        last_sender: Sender::Customer,
        last_author_id: None,
        last_excerpt: "Do you ship to Norway?".to_owned(),
        last_message_at: AT,
        last_seq: 1,
        unread: 1,
        needs_human: false,
        ai_handled: false,
        has_orders: false,
        ai_active: true,
        visitor_read_seq: 0,
        agent_read_seq: 0,
        created_at: AT,
        page_url: Some("https://shop.example.com/lamps".to_owned()),
        page_title: Some("Lamps".to_owned()),
        snoozed_until: None,
        assignee_id: Some(id(2)),
        tags: vec![tag().id],
        waiting_since: Some(AT),
        spam: false,
        sentiment: Some(Sentiment::Neutral),
    }
}

fn tag() -> Tag {
    Tag {
        id: id(40),
        name: "Refund".to_owned(),
        colour: TagColour::Amber,
    }
}

fn message() -> Message {
    Message {
        id: id(5),
        conversation_id: id(4),
        seq: 2,
        sender: Sender::Agent,
        kind: MessageKind::Text,
        data: None,
        body: "We do, within three days.".to_owned(),
        created_at: AT,
        read_at: None,
        attachments: Vec::new(),
        agent_name: Some("Maya".to_owned()),
        answer_kind: None,
        ai: None,
        sentiment: None,
    }
}

fn found() -> SearchPage {
    let part = |text: &str, mark| Part {
        text: text.to_owned(),
        mark,
    };
    let answer = message();
    let message = FoundMessage {
        id: answer.id,
        seq: answer.seq,
        sender: answer.sender,
        agent_name: answer.agent_name,
        created_at: answer.created_at,
        extract: vec![
            part("We do, within three ", false),
            part("days", true),
            part(".", false),
        ],
    };
    let hit = SearchHit {
        conversation: conversation(),
        names: Vec::new(),
        messages: vec![message],
        more: 0,
    };
    SearchPage {
        items: vec![hit],
        next: None,
        indexing: None,
    }
}

fn reply() -> NewReply {
    NewReply {
        id: id(5),
        body: message().body,
        note: false,
        agent: Some(id(2)),
    }
}

fn category() -> Category {
    Category {
        id: id(6),
        name: "Shipping & Delivery".to_owned(),
    }
}

fn draft() -> FaqDraft {
    FaqDraft {
        category_id: id(6),
        question: "Where do you ship to?".to_owned(),
        answer: "To all of Europe, within three days.".to_owned(),
    }
}

fn new_item() -> NewItem {
    let draft = draft();
    NewItem {
        id: id(7),
        category_id: draft.category_id,
        question: draft.question,
        answer: draft.answer,
    }
}

fn item() -> FaqItem {
    let draft = draft();
    FaqItem {
        id: id(7),
        category_id: draft.category_id,
        question: draft.question,
        answer: draft.answer,
        state: FaqItemState::Ready,
        error: None,
        updated_at: AT,
    }
}

fn trial() -> FaqTrial {
    let item = item();
    FaqTrial {
        answer: Some(item.answer),
        explanation: "The closest answer in the FAQ, word for word.".to_owned(),
        sources: vec![AiSource {
            item_id: item.id,
            question: item.question,
            score: 0.83,
        }],
    }
}

fn canned_texts() -> CannedTexts {
    let response = canned_response();
    CannedTexts {
        keyword: response.keyword,
        title: response.title,
        text: response.text,
        category: response.category,
    }
}

fn canned_response() -> CannedResponse {
    CannedResponse {
        id: id(8),
        keyword: "refund".to_owned(),
        title: "Refund on its way".to_owned(),
        text: "Hi {{customer.name|there}}, your refund for order #{{order.number}} is on its way."
            .to_owned(),
        category: Some("Returns & Refunds".to_owned()),
        mine: false,
        uses: 12,
        last_used_at: Some(AT),
        updated_at: AT,
    }
}

fn order_sources() -> Vec<OrderSourceState> {
    let built_in = OrderSourceState {
        position: 2,
        id: None,
        kind: None,
        name: BUILT_IN.to_owned(),
        address: None,
        is_available: true,
        last_error: None,
        failing_since: None,
        last_success_at: None,
        connected_at: None,
        orders: Some(12),
        number_forms: Vec::new(),
    };
    let shop = OrderSourceState {
        position: 1,
        id: Some(id(12)),
        kind: Some(OrderSourceKind::Medusa),
        name: "Medusa".to_owned(),
        address: Some("https://api.example.com".to_owned()),
        is_available: false,
        last_error: Some(SourceTrouble::TimedOut),
        failing_since: Some(AT),
        last_success_at: Some(AT),
        connected_at: Some(AT),
        orders: Some(16),
        number_forms: vec!["SD-1001".to_owned()],
    };
    vec![shop, built_in]
}

fn order() -> Order {
    Order {
        number: "1001".to_owned(),
        email: "jane@example.com".to_owned(),
        customer_name: Some("Jane Doe".to_owned()),
        status: OrderStatus::Shipped,
        payment_status: PaymentStatus::Paid,
        currency: "EUR".to_owned(),
        total_minor: 11_850,
        placed_at: AT,
        changed_at: Some(AT),
        items: vec![OrderItem {
            name: "Desk lamp".to_owned(),
            quantity: 1,
            image_url: Some("https://shop.example.com/pictures/desk-lamp.webp".to_owned()),
        }],
        shipments: vec![Shipment {
            carrier: Some("DHL".to_owned()),
            tracking_number: Some("00340434161094042557".to_owned()),
            tracking_url: Some("https://track.example.com/00340434161094042557".to_owned()),
            status: Some(ParcelStatus::InTransit),
            changed_at: Some(AT),
        }],
    }
}
