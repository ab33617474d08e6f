//! Webhooks: addresses of a store's own programs that are told what happens in it.
//!
//! What is told is written with what has happened, in one transaction ([`tell`]), and is
//! delivered by a job.

pub(crate) mod queries;
mod signature;

pub(crate) use signature::sign;

use crate::{
    Ctx,
    access::{Permission, Principal},
    cache::Forget,
    db::{Db, Tx, to_json},
    error::{Conflict, Error, Noun, Result},
    jobs::{self, kinds::webhook::DeliverWebhook},
    outgoing::BadAddress,
    page::Page,
    secret::Secret,
    tokens,
};
use domain::{
    Invalid, UnixMillis,
    ids::{StoreId, WebhookDeliveryId, WebhookId},
    inbox::ConversationSummary,
    message::Message,
    webhook::{
        CreatedWebhook, NewWebhook, WEBHOOKS_MAX, Webhook, WebhookBody, WebhookDelivery,
        WebhookEvent, WebhookEvents,
    },
};

/// What every secret begins with: it is known for one wherever it turns up.
const PREFIX: &str = "whsec_";
/// How long the log keeps what was told, in milliseconds: a week.
const KEPT: UnixMillis = 7 * 24 * 60 * 60 * 1_000;

/// Makes a webhook. Its secret is in the answer, and nowhere else; the same request again
/// changes nothing, and is answered without. `true` if it is new.
///
/// # Errors
/// [`Error::Invalid`] for the address or the events; [`Error::Conflict`] if the id is
/// another webhook's, or if there are too many.
pub async fn create(ctx: &Ctx, who: &Principal, new: NewWebhook) -> Result<(CreatedWebhook, bool)> {
    who.require(Permission::ManageWebhooks)?;
    let NewWebhook {
        id,
        address,
        events,
    } = new.checked()?;
    ctx.outgoing()
        .endpoint(&address)
        .map_err(|bad| Invalid::new("address", sentence(bad)))?;
    let secret = format!("{PREFIX}{}", tokens::generate()?);
    let store_id = who.store_id;
    let sealed = ctx.secret().seal(&purpose(store_id), secret.as_bytes())?;
    let webhook = Webhook {
        id,
        address,
        events,
        created_at: ctx.now(),
        failing_since: None,
        switched_off_at: None,
    };
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                let there = queries::list(tx.connection, store_id).await?;
                if let Some(first) = there.iter().find(|there| there.id == id) {
                    if first.address != webhook.address || first.events != webhook.events {
                        return Err(Error::Conflict(Conflict::IdTaken));
                    }
                    let first = CreatedWebhook {
                        webhook: first.clone(),
                        secret: None,
                    };
                    return Ok((first, false));
                }
                if there.len() >= WEBHOOKS_MAX {
                    return Err(Error::Conflict(Conflict::WebhookLimit));
                }
                queries::insert(tx.connection, store_id, &webhook, &sealed).await?;
                tx.effects.forget(Forget::Webhooks(store_id));
                let made = CreatedWebhook {
                    webhook,
                    secret: Some(secret),
                };
                Ok((made, true))
            })
        })
        .await
}

/// A store's webhooks, the newest first.
///
/// # Errors
/// If the database fails.
pub async fn list(ctx: &Ctx, who: &Principal) -> Result<Vec<Webhook>> {
    who.require(Permission::ManageWebhooks)?;
    let mut connection = ctx.db().read().await?;
    queries::list(&mut connection, who.store_id).await
}

/// Deletes a webhook, with what it was and is to be told.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(ctx: &Ctx, who: &Principal, id: WebhookId) -> Result<()> {
    who.require(Permission::ManageWebhooks)?;
    let store_id = who.store_id;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                if !queries::delete(tx.connection, store_id, id).await? {
                    return Err(Error::NotFound(Noun::Webhook));
                }
                tx.effects.forget(Forget::Webhooks(store_id));
                Ok(())
            })
        })
        .await
}

/// What a webhook was told, the newest first: at most `limit` of those before `before`.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn deliveries(
    ctx: &Ctx,
    who: &Principal,
    id: WebhookId,
    before: Option<WebhookDeliveryId>,
    limit: i64,
) -> Result<Page<WebhookDelivery>> {
    who.require(Permission::ManageWebhooks)?;
    let store_id = who.store_id;
    let mut connection = ctx.db().read().await?;
    if !queries::exists(&mut connection, store_id, id).await? {
        return Err(Error::NotFound(Noun::Webhook));
    }
    let rows = queries::deliveries(&mut connection, store_id, id, before, limit + 1).await?;
    Ok(Page::of(rows, limit))
}

/// Tells a webhook once more what it was told before, with the same id and body. One that
/// was switched off is tried once; if it takes it, it is switched on again.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn replay(ctx: &Ctx, who: &Principal, id: WebhookDeliveryId) -> Result<WebhookDelivery> {
    who.require(Permission::ManageWebhooks)?;
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let delivery = queries::wait_again(tx.connection, store_id, id)
                    .await?
                    .ok_or(Error::NotFound(Noun::Delivery))?;
                let job = DeliverWebhook {
                    delivery_id: id,
                    since: now,
                    tries: 0,
                    is_replay: true,
                };
                jobs::enqueue(tx, vec![jobs::prepare(store_id, job)?]).await?;
                Ok(delivery)
            })
        })
        .await
}

/// What somebody in the store is told, for a write that is about to begin.
///
/// # Errors
/// If the database fails.
pub(crate) async fn told(db: &Db, store_id: StoreId) -> Result<WebhookEvents> {
    let read = async {
        let mut connection = db.read().await?;
        queries::told(&mut connection, store_id).await.map(Some)
    };
    let told = db.caches().webhooks.get(&store_id, read).await?;
    Ok(told.unwrap_or_default())
}

/// As [`told`], within a write.
///
/// # Errors
/// If the database fails.
pub(crate) async fn told_in(tx: &mut Tx<'_>, store_id: StoreId) -> Result<WebhookEvents> {
    let caches = tx.caches();
    let read = async { queries::told(tx.connection, store_id).await.map(Some) };
    let told = caches.webhooks.get(&store_id, read).await?;
    Ok(told.unwrap_or_default())
}

/// Tells `event` to the webhooks that want it.
///
/// # Errors
/// If the database fails.
pub(crate) async fn tell(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    event: WebhookEvent,
    conversation: &ConversationSummary,
    message: Option<&Message>,
    now: UnixMillis,
) -> Result<()> {
    let webhooks = queries::of_event(tx.connection, store_id, event).await?;
    let mut jobs = Vec::with_capacity(webhooks.len());
    for webhook_id in webhooks {
        let delivery_id = WebhookDeliveryId::generate();
        let body = WebhookBody {
            id: delivery_id,
            event,
            created_at: now,
            conversation: conversation.clone(),
            message: message.cloned(),
        };
        queries::forget_before(tx.connection, store_id, webhook_id, now - KEPT).await?;
        queries::insert_delivery(tx.connection, store_id, webhook_id, &body, &to_json(&body)?)
            .await?;
        let job = DeliverWebhook {
            delivery_id,
            since: now,
            tries: 0,
            is_replay: false,
        };
        jobs.push(jobs::prepare(store_id, job)?);
    }
    jobs::enqueue(tx, jobs).await
}

/// The secret that a webhook's deliveries are signed with.
///
/// # Errors
/// If it was sealed by another installation.
pub(crate) fn open(secret: &Secret, store_id: StoreId, sealed: &str) -> Result<Vec<u8>> {
    secret.open(&purpose(store_id), sealed)
}

/// What a store's secrets are sealed for: one that stands in another store's row opens
/// nothing.
fn purpose(store_id: StoreId) -> String {
    format!("webhook of {store_id}")
}

fn sentence(bad: BadAddress) -> &'static str {
    match bad {
        BadAddress::MoreThanAnAddress => "Enter the address without a user name and “#”.",
        BadAddress::NotEncrypted => {
            "The address must begin with https://, or messages could be read on the way. Whoever runs Shopdesk can allow http:// for a host of their own network with SHOPDESK_PRIVATE_HOSTS."
        }
        BadAddress::Private => {
            "The address is in a private network. Whoever runs Shopdesk can allow it with SHOPDESK_PRIVATE_HOSTS."
        }
        BadAddress::Unreadable => bad.sentence(),
    }
}
