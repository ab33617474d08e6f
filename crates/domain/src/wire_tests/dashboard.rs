//! What the dashboard's pages are sent and send.

use super::{AT, each_variant, full_message, id, inbox_row, pin, plain_message, source};
use crate::{
    Invalid,
    account::{Account, EmailAddress, Session},
    api_key::{ApiKey, CreatedApiKey, NewApiKey, Scope},
    canned::{CannedDraft, CannedList, CannedResponse},
    conversation::Status,
    faq::{FaqCategory, FaqDraft, FaqItem, FaqItemState, FaqTrial},
    identity::{IdentitySecret, NewIdentitySecret},
    inbox::{
        ConversationSummary, Desk, Drafts, InboxCounts, InboxCursor, InboxPage, InboxView,
        SavedView, Sort, Tab, Thread, Triage, TriageDone, TriageOf, Visitor, Who,
    },
    job::{DeadLetter, DeadLetters, Failure},
    notifications::{Notifications, QuietHours},
    order::{Order, OrderItem, OrderPage, OrderStatus, ParcelStatus, PaymentStatus, Shipment},
    order_source::{
        ConnectShop, ConnectedShop, OrderSourceKind, OrderSourceList, OrderSourceState,
        ShopperOrders, SourceFound, SourceTest, SourceTrouble,
    },
    presence::Presence,
    push::{PushMessage, PushTarget, Tried, WAITING_TAG},
    role::Role,
    search::{
        Author, FoundIn, FoundMessage, FoundName, Indexing, Part, Search, SearchHit, SearchPage,
    },
    store::{Availability, ServiceStatus, StoreOverview, StoreProfile, StoreSummary, TeamMember},
    tag::{Tag, TagColour},
    team::{
        CreatedInvitation, Guest, INVITATION_LIFE, Invitation, Member, NewInvitation, Offer,
        OfferState, Team,
    },
    waiting::Late,
    webhook::{
        CreatedWebhook, DeliveryState, DeliveryTrouble, NewWebhook, Webhook, WebhookBody,
        WebhookDelivery, WebhookEvent,
    },
};
use std::collections::HashMap;

#[test]
fn accounts() {
    let account = Account {
        id: id(7),
        name: "Maya".into(),
        email: EmailAddress::parse("maya@example.com").expect("an address"),
        signature: "Maya, Lamps".into(),
        hold_replies: true,
        two_factor: true,
        stores: vec![StoreSummary {
            id: id(6),
            name: "Lamps".into(),
            role: Role::Owner,
        }],
        away: true,
        pushed_here: true,
        notifications: Notifications {
            quiet: Some(QuietHours {
                from: 1_320,
                until: 420,
                time_zone: "Europe/Berlin".into(),
            }),
            ..Notifications::default()
        },
    };
    pin("account", &[account]);
}

#[test]
fn the_overview_of_a_store() {
    let overview = StoreOverview {
        id: id(6),
        name: "Lamps".into(),
        role: Role::Owner,
        public_key: "a-key".into(),
        widget_enabled: true,
        ai_enabled: false,
        open_conversations: 1,
        unread_conversations: 2,
        faq_items: 3,
        orders: 4,
        shop_orders: 16,
        shops: 1,
        shops_in_trouble: vec!["Medusa".into()],
        webhooks_off: 1,
        created_at: AT,
    };
    pin("store_overview", &[overview]);
}

#[test]
fn a_store_as_programs_see_it() {
    let profile = StoreProfile {
        id: id(6),
        name: "Lamps".into(),
        public_key: "a-key".into(),
        created_at: AT,
        team: vec![TeamMember {
            id: id(7),
            name: "Maya".into(),
            role: Role::Owner,
            presence: Presence::Away,
        }],
    };
    pin("store_profile", &[profile]);
}

#[test]
fn the_status_of_the_services() {
    let [available, unavailable] = each_variant!(Availability {
        Available => Availability::Available("gpt".into()),
        Unavailable => Availability::Unavailable("No model is configured.".into()),
    })
    .try_into()
    .expect("two");
    let status = ServiceStatus {
        database: "SQLite (embedded)".into(),
        files: "A folder".into(),
        mail: "Files".into(),
        orders: available,
        bus: "Memory".into(),
        embeddings: unavailable.clone(),
        language_model: unavailable,
        dead_jobs: 1,
    };
    pin("service_status", &[status]);
}

#[test]
fn secrets_of_identities() {
    let current = IdentitySecret {
        id: id(8),
        made_at: AT,
        ends_at: None,
    };
    let replaced = IdentitySecret {
        ends_at: Some(AT + 1),
        ..current
    };
    let made = NewIdentitySecret {
        secret: "identity_secret".into(),
        secrets: vec![current, replaced],
    };
    pin("new_identity_secret", &[made]);
}

#[test]
fn the_inbox() {
    let nameless = ConversationSummary {
        visitor: Visitor {
            id: id(5),
            name: None,
            email: None,
            locale: None,
            customer_id: None,
            blocked: false,
        },
        page_url: None,
        verified: false,
        snoozed_until: None,
        assignee_id: None,
        tags: Vec::new(),
        ..inbox_row()
    };
    let desk = Desk {
        views: vec![SavedView {
            name: "Late".into(),
            view: InboxView::default(),
        }],
        me: id(7),
        team: vec![TeamMember {
            id: id(7),
            name: "Maya".into(),
            role: Role::Owner,
            presence: Presence::Away,
        }],
        tags: each_variant!(TagColour {
            Slate,
            Indigo,
            Green,
            Amber,
            Red,
            Violet
        })
        .into_iter()
        .map(|colour| Tag {
            id: id(13),
            name: "Refund".into(),
            colour,
        })
        .collect(),
    };
    let page = InboxPage {
        own_unread: HashMap::from([(id(2), 3)]),
        rows: vec![inbox_row(), nameless],
        next: Some(InboxCursor {
            place: -AT,
            id: id(2),
        }),
        desk: desk.clone(),
    };
    let last_page = InboxPage {
        own_unread: HashMap::new(),
        rows: Vec::new(),
        next: None,
        desk,
    };
    pin("inbox_page", &[page, last_page]);
}

#[test]
fn what_the_inbox_shows() {
    let view = InboxView {
        tab: Tab::Snoozed,
        who: Some(Who::Me),
        tag: Some(id(13)),
        unread: true,
        needs_human: true,
        ai_handled: true,
        has_orders: true,
        negative: true,
        sort: Sort::Waiting,
    };
    pin("inbox_view", &[view, InboxView::default()]);
}

#[test]
fn how_many_conversations_there_are() {
    let counts = InboxCounts {
        unread: 1,
        open: 2,
        snoozed: 3,
        resolved: 4,
        mentions: 5,
        promise_minutes: Some(30),
        late: vec![Late {
            conversation: id(1),
            since: AT,
            name: "Jane".into(),
        }],
        newest_late: Some(Late {
            conversation: id(3),
            since: AT,
            name: "Ida".into(),
        }),
    };
    pin("inbox_counts", &[counts]);
}

#[test]
fn what_is_done_to_a_conversation() {
    let all = each_variant!(Triage {
        Resolve => Triage::Resolve,
        Reopen => Triage::Reopen,
        AiOn => Triage::AiOn,
        AiOff => Triage::AiOff,
        Snooze => Triage::Snooze(AT),
        Assign => Triage::Assign(id(7)),
        Unassign => Triage::Unassign,
        Tag => Triage::Tag(id(13)),
        Untag => Triage::Untag(id(13)),
        Read => Triage::Read,
        Spam => Triage::Spam,
        NotSpam => Triage::NotSpam,
        Block => Triage::Block,
        Unblock => Triage::Unblock,
        Merge => Triage::Merge(id(3)),
        Unmerge => Triage::Unmerge(id(3)),
    });
    pin("triage", &all);
    let of = TriageOf {
        conversation: id(2),
        action: Triage::Tag(id(13)),
    };
    pin("triage_of", &[of]);
    let done = TriageDone {
        done: vec![inbox_row()],
        failed: vec![id(3)],
    };
    pin("triage_done", &[done]);
}

#[test]
fn a_thread() {
    let thread = Thread {
        unread_seq: 3,
        mentioned_seq: 3,
        conversation: inbox_row(),
        messages: vec![plain_message(), full_message()],
        has_earlier: true,
        drafts: Drafts {
            reply: "We do".into(),
            note: "Ask Tom".into(),
        },
    };
    pin("thread", &[thread]);
}

#[test]
fn the_faq() {
    let item = FaqItem {
        id: id(4),
        category_id: id(8),
        question: "When is it sent?".into(),
        answer: "The same day.".into(),
        state: FaqItemState::Ready,
        error: None,
        updated_at: AT,
    };
    let failed = FaqItem {
        state: FaqItemState::Failed,
        error: Some("The model could not read it.".into()),
        ..item.clone()
    };
    let category = FaqCategory {
        id: id(8),
        name: "Shipping".into(),
        items: vec![item, failed],
    };
    pin("faq_category", &[category]);
}

#[test]
fn a_question_to_be_saved() {
    let draft = FaqDraft {
        category_id: id(8),
        question: "When is it sent?".into(),
        answer: "The same day.".into(),
    };
    pin("faq_draft", &[draft]);
}

#[test]
fn a_question_that_is_tried() {
    let answered = FaqTrial {
        answer: Some("The same day.".into()),
        explanation: "This item fits well.".into(),
        sources: vec![source()],
    };
    let silent = FaqTrial {
        answer: None,
        explanation: "Nothing fits.".into(),
        sources: Vec::new(),
    };
    pin("faq_trial", &[answered, silent]);
}

#[test]
fn canned_responses() {
    let shared = CannedResponse {
        id: id(13),
        keyword: "refund".into(),
        title: "Refund on its way".into(),
        text: "Hi {{customer.name|there}}, it takes five days.".into(),
        category: Some("Returns".into()),
        mine: false,
        uses: 3,
        last_used_at: Some(AT + 1),
        updated_at: AT,
    };
    let mine = CannedResponse {
        category: None,
        mine: true,
        uses: 0,
        last_used_at: None,
        ..shared.clone()
    };
    pin("canned_draft", &[shared.draft(), mine.draft()]);
    let list = CannedList {
        responses: vec![shared, mine],
        may_share: true,
    };
    pin("canned_list", &[list]);
}

#[test]
fn a_canned_response_may_be_sent_without_a_category() {
    let sent = r#"{"keyword":"refund","title":"Refund","text":"It takes five days."}"#;
    let draft: CannedDraft = serde_json::from_str(sent).expect("a draft");
    assert_eq!((draft.category, draft.mine), (None, false));
}

#[test]
fn orders() {
    let full = Order {
        number: "1001".into(),
        email: "jane@example.com".into(),
        customer_name: Some("Jane".into()),
        status: OrderStatus::Shipped,
        payment_status: PaymentStatus::Paid,
        currency: "USD".into(),
        total_minor: 11_850,
        placed_at: AT,
        changed_at: Some(AT),
        items: vec![
            OrderItem {
                name: "Lamp".into(),
                quantity: 2,
                image_url: Some("https://shop.example.com/lamp.webp".into()),
            },
            OrderItem {
                name: "Bulb".into(),
                quantity: 1,
                image_url: None,
            },
        ],
        shipments: vec![Shipment {
            carrier: Some("DHL".into()),
            tracking_number: Some("0034".into()),
            tracking_url: Some("https://track.example.com/0034".into()),
            status: Some(ParcelStatus::InTransit),
            changed_at: Some(AT),
        }],
    };
    let bare = Order {
        customer_name: None,
        items: Vec::new(),
        shipments: vec![Shipment {
            carrier: None,
            tracking_number: None,
            tracking_url: None,
            status: None,
            changed_at: None,
        }],
        ..full.clone()
    };
    let page = OrderPage {
        orders: vec![full, bare],
        total: 2,
    };
    pin("order_page", &[page]);
    let built_in = OrderSourceState {
        position: 2,
        id: None,
        kind: None,
        name: "Built in".into(),
        address: None,
        is_available: true,
        last_error: None,
        failing_since: None,
        last_success_at: None,
        connected_at: None,
        orders: Some(4),
        number_forms: Vec::new(),
    };
    let source = OrderSourceState {
        position: 1,
        id: Some(id(8)),
        kind: Some(OrderSourceKind::Medusa),
        name: "Medusa".into(),
        address: Some("https://api.example.com".into()),
        is_available: false,
        last_error: Some(SourceTrouble::WrongKey),
        failing_since: Some(AT),
        last_success_at: Some(AT - 1),
        connected_at: Some(AT - 2),
        orders: Some(16),
        number_forms: vec!["SD-1001".into()],
    };
    pin("order_source", &[source, built_in]);
}

#[test]
fn api_keys() {
    let key = ApiKey {
        id: id(10),
        name: "Shop".into(),
        scopes: Scope::ALL.to_vec(),
        start: "sd_AbC12x".into(),
        created_by: Some("Maya".into()),
        created_at: AT,
        last_used_at: Some(AT + 1),
    };
    let unused = ApiKey {
        scopes: vec![Scope::FaqRead],
        created_by: None,
        last_used_at: None,
        ..key.clone()
    };
    pin("api_keys", &[key.clone(), unused]);
    let created = CreatedApiKey {
        key,
        token: "sd_AbC12xyz".into(),
    };
    pin("created_api_key", &[created]);
    let new = NewApiKey {
        name: "Shop".into(),
        scopes: vec![Scope::FaqRead],
    };
    pin("new_api_key", &[new]);
}

#[test]
fn webhooks() {
    let webhook = Webhook {
        id: id(11),
        address: "https://hooks.example.com/shopdesk".into(),
        events: WebhookEvent::ALL.to_vec(),
        created_at: AT,
        failing_since: Some(AT + 1),
        switched_off_at: Some(AT + 2),
    };
    let well = Webhook {
        failing_since: None,
        switched_off_at: None,
        ..webhook.clone()
    };
    pin("webhooks", &[webhook.clone(), well]);
    let created = CreatedWebhook {
        webhook: webhook.clone(),
        secret: Some("whsec_AbC12xyz".into()),
    };
    let again = CreatedWebhook {
        webhook,
        secret: None,
    };
    pin("created_webhook", &[created, again]);
    let new = NewWebhook {
        id: id(11),
        address: "https://hooks.example.com/shopdesk".into(),
        events: vec![WebhookEvent::MessageCreated],
    };
    pin("new_webhook", &[new]);
}

#[test]
fn what_webhooks_are_told() {
    let body = WebhookBody {
        id: id(12),
        event: WebhookEvent::MessageCreated,
        created_at: AT,
        conversation: inbox_row(),
        message: Some(plain_message()),
    };
    let bare = WebhookBody {
        event: WebhookEvent::ConversationCreated,
        message: None,
        ..body.clone()
    };
    pin("webhook_body", &[body, bare]);
    let states = each_variant!(DeliveryState {
        Waiting,
        Delivered,
        Failed,
    });
    let troubles = each_variant!(DeliveryTrouble {
        NoConnection,
        UnknownHost,
        TimedOut,
        PrivateAddress,
    });
    let delivery = WebhookDelivery {
        id: id(12),
        event: WebhookEvent::MessageCreated,
        conversation_id: id(2),
        state: DeliveryState::Waiting,
        tries: 0,
        created_at: AT,
        tried_at: None,
        status: None,
        trouble: None,
        answer: String::new(),
    };
    let mut deliveries = vec![WebhookDelivery {
        tries: 1,
        tried_at: Some(AT + 1),
        status: Some(500),
        answer: "Oops".into(),
        ..delivery.clone()
    }];
    deliveries.extend(states.into_iter().map(|state| WebhookDelivery {
        state,
        ..delivery.clone()
    }));
    deliveries.extend(troubles.into_iter().map(|trouble| WebhookDelivery {
        trouble: Some(trouble),
        ..delivery.clone()
    }));
    pin("webhook_deliveries", &deliveries);
}

#[test]
fn the_team() {
    let address = |text: &str| EmailAddress::parse(text).expect("an address");
    let member = Member {
        id: id(7),
        name: "Maya".into(),
        email: address("maya@example.com"),
        role: Role::Owner,
        since: AT,
        last_seen_at: Some(AT + 1),
        two_factor: true,
        presence: Presence::Available,
    };
    let others = each_variant!(Presence {
        Available,
        Away,
        Offline
    });
    let unseen = others.into_iter().map(|presence| Member {
        last_seen_at: None,
        presence,
        ..member.clone()
    });
    let invitation = Invitation {
        id: id(14),
        role: Role::Agent,
        email: Some(address("tom@example.com")),
        invited_by: Some("Maya".into()),
        created_at: AT,
        expires_at: AT + INVITATION_LIFE,
    };
    let for_anybody = Invitation {
        email: None,
        invited_by: None,
        ..invitation.clone()
    };
    let created = CreatedInvitation {
        invitation: invitation.clone(),
        link: Some("https://support.example.com/join/a-token".into()),
        is_mailed: true,
    };
    pin("created_invitation", &[created]);
    let new = NewInvitation {
        id: id(14),
        role: Role::Agent,
        email: Some("tom@example.com".into()),
    };
    pin("new_invitation", &[new]);
    let team = Team {
        me: id(7),
        role: Role::Owner,
        members: [member.clone()].into_iter().chain(unseen).collect(),
        invitations: vec![invitation, for_anybody],
        mails_are_read: true,
        requires_two_factor: true,
    };
    pin("team", &[team]);
    let states = each_variant!(OfferState {
        Open,
        Used,
        Revoked,
        Expired
    });
    let offers: Vec<_> = states
        .into_iter()
        .map(|state| Offer {
            store_name: "Lamps".into(),
            role: Role::Agent,
            invited_by: Some("Maya".into()),
            email: Some(address("tom@example.com")),
            expires_at: AT,
            state,
            you: Some(Guest {
                name: "Tom".into(),
                email: address("tom@example.com"),
                member_of: Some(id(6)),
            }),
        })
        .collect();
    pin("offers", &offers);
}

#[test]
fn sessions() {
    let session = Session {
        id: "a-hash".into(),
        device: "Firefox on Linux".into(),
        address: Some("192.0.2.7".into()),
        created_at: AT,
        last_seen_at: Some(AT + 1),
        is_this: true,
    };
    let of_before = Session {
        address: None,
        last_seen_at: None,
        is_this: false,
        ..session.clone()
    };
    pin("sessions", &[session, of_before]);
}

#[test]
fn push_messages() {
    pin(
        "push_message",
        &[PushMessage {
            title: "Jane has waited longer than promised".into(),
            body: "Lamps".into(),
            url: "/stores/7/inbox/8".into(),
            tag: WAITING_TAG.into(),
        }],
    );
    pin(
        "push_target",
        &[PushTarget {
            endpoint: "https://push.example.com/1".into(),
            p256dh: "BCVx".into(),
            auth: "BTBZ".into(),
        }],
    );
    let each = [
        Tried::Taken,
        Tried::Gone,
        Tried::Unreachable,
        Tried::Refused,
    ];
    pin("push_tried", &each);
}

#[test]
fn dead_letters() {
    let letter = DeadLetter {
        id: id(9),
        title: Some("Answer a message".into()),
        attempts: 5,
        failure: Failure::Timeout,
        failed_at: AT,
    };
    let unknown = DeadLetter {
        title: None,
        ..letter.clone()
    };
    let letters = DeadLetters {
        letters: vec![letter, unknown],
        may_retry: true,
    };
    pin("dead_letters", &[letters]);
}

#[test]
fn what_a_form_is_refused_for() {
    pin("invalid", &[Invalid::new("name", "This can't be empty.")]);
}

#[test]
fn connected_shops() {
    let shop = ConnectedShop {
        id: id(8),
        kind: OrderSourceKind::Medusa,
        address: "https://api.example.com".into(),
        publishable_key: Some("pk_1".into()),
        trouble: Some(SourceTrouble::WrongKey),
        trouble_since: Some(AT),
        asked_at: AT + 1,
        connected_at: AT - 2,
        worked_at: Some(AT - 1),
        orders: Some(16),
    };
    let unasked = ShopperOrders {
        orders: Vec::new(),
        trouble: vec![shop.unasked(SourceTrouble::TimedOut)],
    };
    pin("shopper_orders", &[unasked]);
    let list = OrderSourceList {
        shops: vec![shop],
        built_in_at: 1,
        built_in_orders: 4,
        may_change: true,
    };
    pin("order_sources", &[list]);
    let found = SourceFound {
        orders: 16,
        newest_at: Some(AT),
    };
    let tests = each_variant!(SourceTest {
        Found => SourceTest::Found(found),
        Trouble => SourceTest::Trouble(SourceTrouble::TimedOut),
    });
    pin("source_tests", &tests);
    let connect = ConnectShop {
        kind: OrderSourceKind::Medusa,
        address: "https://api.example.com".into(),
        key: "sk_1".into(),
        publishable_key: Some("pk_1".into()),
    };
    pin("connect_shop", &[connect]);
}

#[test]
fn searches_and_what_they_find() {
    let authors = each_variant!(Author {
        Shopper => Author::Shopper,
        Team => Author::Team,
        Ai => Author::Ai,
    });
    let searches = authors.into_iter().map(|author| Search {
        q: "lamp".into(),
        status: Some(Status::Open),
        author: Some(author),
        since: Some(AT),
    });
    let searches: Vec<_> = searches.chain([Search::default()]).collect();
    pin("search", &searches);
    let names = each_variant!(FoundIn {
        Name => FoundIn::Name,
        Email => FoundIn::Email,
        Order => FoundIn::Order,
        Tag => FoundIn::Tag,
    });
    let parts = vec![
        Part {
            text: "Blue ".into(),
            mark: false,
        },
        Part {
            text: "lamp".into(),
            mark: true,
        },
    ];
    let message = plain_message();
    let found = FoundMessage {
        id: message.id,
        seq: message.seq,
        sender: message.sender,
        agent_name: Some("Maya".into()),
        created_at: AT,
        extract: parts.clone(),
    };
    let hit = SearchHit {
        conversation: inbox_row(),
        names: names
            .into_iter()
            .map(|found_in| FoundName {
                found_in,
                parts: parts.clone(),
            })
            .collect(),
        messages: vec![found],
        more: 2,
    };
    let page = SearchPage {
        items: vec![hit],
        next: Some("1-30".into()),
        indexing: Some(Indexing {
            waiting: 3,
            older_percent: 43,
        }),
    };
    let end = SearchPage {
        items: Vec::new(),
        next: None,
        indexing: None,
    };
    pin("search_page", &[page, end]);
}
