//! `serve --demo`: a shop with something in every room. Seeded once, by the
//! same functions that real data goes through.

pub(crate) mod account;
pub(crate) mod api_key;

pub use account::{EMAIL, PASSWORD};
pub use api_key::TOKEN as API_KEY;

use crate::{
    Ctx,
    access::{Actor, User},
    ai::need::Need,
    auth, canned,
    conversations::{
        self,
        append::append,
        change::{Change, Entry},
    },
    db::Tx,
    error::{Error, Result},
    faq, orders, settings, stores, visitors,
};
use domain::{
    UnixMillis,
    canned::CannedDraft,
    conversation::Status,
    events::Side,
    faq::FaqDraft,
    ids::{
        CannedResponseId, ConversationId, FaqCategoryId, FaqItemId, MessageId, StoreId, VisitorId,
    },
    message::{AiTrace, AnswerKind, MessageKind},
    order::{Order, OrderItem, OrderStatus, PaymentStatus, Shipment},
    settings::{Ai, Chat},
    widget_api::{Page, StartConversation, VisitorDetails},
};
use serde::{Deserialize, de::DeserializeOwned};

/// The demo store's public key.
pub const PUBLIC_KEY: &str = "demo";

const STORE_NAME: &str = "Demo Shop";
const OWNER_NAME: &str = "Maya Lindqvist";
const DAY: UnixMillis = 24 * 60 * 60 * 1000;
const MINUTE: UnixMillis = 60 * 1000;
/// How often each script is played over the fortnight, by another visitor.
const ROUNDS: usize = 4;

#[derive(Deserialize)]
struct FaqSeed {
    category: String,
    items: Vec<FaqItemSeed>,
}

#[derive(Deserialize)]
struct FaqItemSeed {
    question: String,
    answer: String,
    #[serde(default)]
    variants: Vec<String>,
}

#[derive(Deserialize)]
struct OrderSeed {
    number: String,
    email: String,
    customer_name: String,
    status: OrderStatus,
    payment_status: PaymentStatus,
    currency: String,
    total_minor: i64,
    placed_days_ago: i64,
    changed_days_ago: Option<i64>,
    items: Vec<OrderItem>,
    shipments: Vec<ShipmentSeed>,
}

#[derive(Deserialize)]
struct ShipmentSeed {
    #[serde(flatten)]
    shipment: Shipment,
    changed_days_ago: i64,
}

#[derive(Deserialize)]
struct ConversationSeeds {
    visitors: Vec<(Option<String>, Option<String>)>,
    scripts: Vec<Script>,
}

#[derive(Clone, Deserialize)]
struct Script {
    page: String,
    end: End,
    /// Who, minutes since the beginning, what.
    turns: Vec<(Who, i64, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum End {
    /// Waits for somebody to read it.
    Open,
    /// Open, and read.
    Read,
    Resolved,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Who {
    Customer,
    Agent,
    /// The AI about an order.
    Order,
}

/// Seeds the demo shop unless it is there. `true` if it was made now.
///
/// # Errors
/// If the database fails.
pub async fn seed(ctx: &Ctx) -> Result<bool> {
    match stores::by_public_key(ctx, PUBLIC_KEY).await {
        Ok(store) => {
            give_api_key(ctx, store.id).await?;
            return Ok(false);
        }
        Err(Error::NotFound(_)) => {}
        Err(error) => return Err(error),
    }
    let (owner, password_hash) = auth::new_user(ctx, OWNER_NAME, EMAIL, PASSWORD).await?;
    let now = ctx.now();
    // All of it or nothing: a server that is killed meanwhile starts anew.
    let store_id = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                auth::insert_user(tx, &owner, &password_hash, now).await?;
                seed_store(tx, &owner, now).await
            })
        })
        .await?;
    give_api_key(ctx, store_id).await?;
    Ok(true)
}

/// At every start: data of a demo that is older than API keys gets one, too.
async fn give_api_key(ctx: &Ctx, store_id: StoreId) -> Result<()> {
    if !ctx.config().demo_api_key {
        return Ok(());
    }
    let now = ctx.now();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move { api_key::insert(tx.connection, store_id, now).await })
        })
        .await
}

/// Whether somebody could sign in with the well-known password.
///
/// # Errors
/// If the database fails.
pub async fn is_exposed(ctx: &Ctx) -> Result<bool> {
    auth::has_password(ctx, EMAIL, PASSWORD).await
}

async fn seed_store(tx: &mut Tx<'_>, owner: &User, now: UnixMillis) -> Result<StoreId> {
    let store = stores::insert_with_key(tx, owner, STORE_NAME, PUBLIC_KEY, now - 20 * DAY).await?;
    let chat = Chat {
        enabled: true,
        ..Chat::default()
    };
    let ai = Ai {
        enabled: true,
        ..Ai::default()
    };
    let saver = Actor::User(owner.clone());
    for section in [chat.into(), ai.into()] {
        settings::queries::save(tx.connection, store.id, &section, 0, &saver, now).await?;
    }
    for seed in embedded::<Vec<FaqSeed>>(include_str!("demo/faq.json"))? {
        let category_id = FaqCategoryId::generate();
        faq::queries::insert_category(tx.connection, store.id, category_id, &seed.category).await?;
        for item in seed.items {
            let draft = FaqDraft {
                category_id,
                question: item.question,
                answer: item.answer,
            };
            let id = FaqItemId::generate();
            faq::insert_item(tx, store.id, id, &draft, &item.variants, now).await?;
        }
    }
    for seed in embedded::<Vec<OrderSeed>>(include_str!("demo/orders.json"))? {
        let shipments = seed.shipments.into_iter().map(|seed| Shipment {
            changed_at: Some(now - seed.changed_days_ago * DAY),
            ..seed.shipment
        });
        let order = Order {
            number: seed.number,
            email: seed.email.to_lowercase(),
            customer_name: Some(seed.customer_name),
            status: seed.status,
            payment_status: seed.payment_status,
            currency: seed.currency,
            total_minor: seed.total_minor,
            placed_at: now - seed.placed_days_ago * DAY,
            changed_at: seed.changed_days_ago.map(|days| now - days * DAY),
            items: seed.items,
            shipments: shipments.collect(),
        };
        orders::queries::insert(tx.connection, store.id, &order).await?;
    }
    for draft in embedded::<Vec<CannedDraft>>(include_str!("demo/canned.json"))? {
        let (id, draft) = (CannedResponseId::generate(), draft.checked()?);
        canned::insert(tx, store.id, id, None, &draft, now).await?;
    }
    seed_conversations(tx, store.id, owner, now).await?;
    Ok(store.id)
}

/// Plays every script a few times over the last fortnight, the oldest first.
/// Of the earlier rounds everything is resolved, as in a shop that answers.
async fn seed_conversations(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    owner: &User,
    now: UnixMillis,
) -> Result<()> {
    let seeds: ConversationSeeds = embedded(include_str!("demo/conversations.json"))?;
    let total = ROUNDS * seeds.scripts.len();
    for at in 0..total {
        let last_round = at >= total - seeds.scripts.len();
        let mut script = seeds.scripts[at % seeds.scripts.len()].clone();
        if !last_round {
            script.end = End::Resolved;
        }
        let (name, email) = seeds.visitors[at % seeds.visitors.len()].clone();
        let visitor = VisitorDetails {
            name,
            email,
            locale: Some("en".to_owned()),
        };
        // Uneven distances, so that days and hours differ as they do in life.
        let back = i64::try_from(total - at).unwrap_or(1);
        let started =
            now - back * (14 * DAY / i64::try_from(total).unwrap_or(1)) + (back * 37 % 61) * MINUTE;
        play(
            tx,
            store_id,
            owner,
            &script,
            visitor,
            started.min(now - 30 * MINUTE),
        )
        .await?;
    }
    Ok(())
}

async fn play(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    owner: &User,
    script: &Script,
    visitor: VisitorDetails,
    started: UnixMillis,
) -> Result<()> {
    let id = ConversationId::generate();
    let visitor_id = VisitorId::generate();
    visitors::queries::insert(tx.connection, visitor_id, store_id, &visitor, started).await?;
    let request = StartConversation {
        id,
        visitor,
        page: Page {
            url: Some(format!("https://demo.shop{}", script.page)),
            title: Some(STORE_NAME.to_owned()),
        },
        message: None,
        identity: None,
    };
    conversations::queries::insert(
        tx.connection,
        store_id,
        visitor_id,
        &request,
        "demo",
        started,
    )
    .await?;
    let mut now = started;
    let mut seq = 0;
    for (who, minutes, body) in &script.turns {
        now = started + minutes * MINUTE;
        let (entry, change) = match who {
            Who::Customer => (
                Entry::customer(MessageId::generate(), body.clone(), visitor_id),
                Change::customer_message(None, Need::Never),
            ),
            Who::Agent => (
                Entry::agent(
                    MessageId::generate(),
                    body.clone(),
                    Actor::User(owner.clone()),
                ),
                Change::agent_reply(),
            ),
            Who::Order => (
                Entry::ai(
                    MessageId::generate(),
                    body.clone(),
                    AnswerKind::OrderStatus,
                    rule_trace(),
                ),
                Change {
                    only_in_epoch: None,
                    ..Change::ai_reply(0, false)
                },
            ),
        };
        seq = append(tx, store_id, id, entry, change, now)
            .await?
            .stored
            .last_seq;
    }
    match script.end {
        End::Open => {}
        End::Read => conversations::mark_up_to(tx, store_id, id, Side::Agent, seq, now).await?,
        End::Resolved => {
            conversations::mark_up_to(tx, store_id, id, Side::Agent, seq, now).await?;
            let entry = Entry::event(MessageKind::Resolved, Actor::User(owner.clone()));
            append(
                tx,
                store_id,
                id,
                entry,
                Change::status(Status::Resolved),
                now + MINUTE,
            )
            .await?;
        }
    }
    Ok(())
}

fn rule_trace() -> AiTrace {
    AiTrace {
        model: "rule".to_owned(),
        sources: Vec::new(),
        orders: Vec::new(),
        tokens: None,
        latency_ms: 2,
        fallback: None,
    }
}

fn embedded<T: DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json)
        .map_err(|error| Error::Internal(format!("embedded demo data: {error}")))
}
