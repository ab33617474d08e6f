//! A visitor turns out to be a customer of the storefront.

use super::{
    announce, place,
    queries::{self, Stored},
};
use crate::{
    Ctx,
    db::Tx,
    error::{Conflict, Error, Noun, Result},
    identity::{self, Customer},
    limits::Client,
    realtime::hub::{Outgoing, Topic},
    settings,
    stores::{self, PublicStore},
    tokens, visitors,
};
use domain::{
    UnixMillis,
    account::EmailAddress,
    events::ServerEvent,
    ids::{ConversationId, StoreId, VisitorId},
    widget_api::Identified,
};

/// Conversations of one visitor of which the inbox is told at once.
const TOLD_MAX: i64 = 50;

/// Takes the storefront's word for who writes in a conversation.
///
/// A customer is one visitor, on all their devices: what this one wrote becomes that
/// visitor's. Whoever had a copy of the token from before would then read what the
/// customer wrote elsewhere, so all tokens from before end, and a new one is given. If
/// that reply is lost, the old token no longer opens anything; but it still says which
/// store the conversation belongs to, and the identity says whose it is.
///
/// # Errors
/// [`Error::Unauthorized`] for an unknown token and for an identity that can't be believed;
/// [`Error::NotFound`] for conversations of others; [`Error::Conflict`] if the visitor is
/// another customer, or has proven another address; [`Error::RateLimited`] for too many
/// from `client` or of one customer.
pub async fn identify(
    ctx: &Ctx,
    token: &str,
    origin: Option<&str>,
    id: ConversationId,
    identity: &str,
    client: Client,
) -> Result<Identified> {
    ctx.limits().identify.check(client.to_string()).await?;
    let (now, held_token, held_hash) = (ctx.now(), token.to_owned(), tokens::hash(token));
    let (store_id, holder, stored) = {
        let mut connection = ctx.db().read().await?;
        let held = visitors::queries::by_token(&mut connection, &held_hash)
            .await?
            .ok_or(visitors::UNKNOWN_TOKEN)?;
        let holder = held.is_valid(now).then_some(held.visitor_id);
        let at = place::place(&mut connection, held.store_id, id).await?.at;
        let stored = queries::stored(&mut connection, held.store_id, at).await?;
        (held.store_id, holder, stored)
    };
    let settings = settings::load(ctx, store_id).await?;
    stores::admit(&settings, origin)?;
    // Whose it can't be, whatever the identity says.
    stored
        .filter(|stored| holder == Some(stored.visitor_id) || stored.customer_id.is_some())
        .ok_or_else(|| stranger(holder))?;
    let customer = counted_customer(ctx, store_id, identity).await?;
    let new_token = tokens::generate()?;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let place = place::lock(tx, store_id, id).await?;
                let id = place.at;
                lock_customer(tx, store_id, &customer).await?;
                let stored = stored_and_locked(tx, store_id, id)
                    .await?
                    .ok_or(Error::NotFound(Noun::Conversation))?;
                let owner = stored.visitor_id;
                // It may have ended meanwhile.
                let holder = visitors::queries::by_token(tx.connection, &held_hash)
                    .await?
                    .filter(|held| held.is_valid(now))
                    .map(|held| held.visitor_id);
                let is_held = holder == Some(owner);
                let is_theirs = stored.customer_id.as_ref() == Some(&customer.id);
                if !is_held && !is_theirs {
                    return Err(stranger(holder));
                }
                let visitor_id = if is_theirs {
                    visitors::queries::set_customer(tx.connection, store_id, owner, &customer, now)
                        .await?;
                    owner
                } else if is_free_for(tx, store_id, owner, &customer).await? {
                    become_customer(tx, store_id, owner, &customer, now).await?
                } else {
                    return Err(Error::Conflict(Conflict::OtherCustomer));
                };
                let token = if is_held && is_theirs {
                    held_token
                } else {
                    give_token(tx, store_id, visitor_id, &new_token, now).await?;
                    new_token
                };
                let conversation = queries::stored(tx.connection, store_id, id)
                    .await?
                    .ok_or(Error::NotFound(Noun::Conversation))?
                    .for_visitor();
                tx.effects.publish(Outgoing {
                    topic: Topic::ConversationForVisitor(store_id, id),
                    event: ServerEvent::Status(conversation.clone()),
                });
                tell_inbox(tx, store_id, visitor_id).await?;
                Ok(Identified {
                    conversation: place.conversation(conversation),
                    token,
                })
            })
        })
        .await
}

/// The conversation that a customer wrote in last, on whichever device, and a token for it;
/// `None` if they haven't written yet.
///
/// # Errors
/// [`Error::Unauthorized`] for an identity that can't be believed; [`Error::RateLimited`] for
/// too many from `client` or of one customer.
pub async fn of_customer(
    ctx: &Ctx,
    store: &PublicStore,
    identity: &str,
    client: Client,
) -> Result<Option<Identified>> {
    ctx.limits().identify.check(client.to_string()).await?;
    let (store_id, now) = (store.id, ctx.now());
    let customer = counted_customer(ctx, store_id, identity).await?;
    let token = tokens::generate()?;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                lock_customer(tx, store_id, &customer).await?;
                let known =
                    visitors::queries::of_customer(tx.connection, store_id, &customer.id).await?;
                let Some(visitor_id) = known else {
                    return Ok(None);
                };
                let newest =
                    queries::newest_of_visitor(tx.connection, store_id, visitor_id).await?;
                let Some(newest) = newest else {
                    return Ok(None);
                };
                // Their address may be another than when they came last.
                visitors::queries::set_customer(
                    tx.connection,
                    store_id,
                    visitor_id,
                    &customer,
                    now,
                )
                .await?;
                give_token(tx, store_id, visitor_id, &token, now).await?;
                tell_inbox(tx, store_id, visitor_id).await?;
                Ok(Some(Identified {
                    conversation: newest.for_visitor(),
                    token,
                }))
            })
        })
        .await
}

/// The customer whom `identity` names, unless it was shown too often.
async fn counted_customer(ctx: &Ctx, store_id: StoreId, identity: &str) -> Result<Customer> {
    let customer = identity::customer(ctx, store_id, identity).await?;
    let key = format!("{store_id} {}", customer.id);
    ctx.limits().identify_customer.check(key).await?;
    Ok(customer)
}

/// What somebody is told to whom the conversation doesn't belong.
fn stranger(holder: Option<VisitorId>) -> Error {
    match holder {
        Some(_) => Error::NotFound(Noun::Conversation),
        None => visitors::UNKNOWN_TOKEN,
    }
}

/// Two writes about one customer wait for each other. After the conversation's lock, as
/// everybody who takes both.
pub(super) async fn lock_customer(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    customer: &Customer,
) -> Result<()> {
    tx.lock(format!("customer {store_id} {}", customer.id))
        .await
}

/// Nothing begins in a visitor's name while they become a part of another: it would go with
/// them. After the customer's lock, as everybody who takes both; nobody takes two visitors'.
pub(super) async fn lock_visitor(tx: &mut Tx<'_>, visitor_id: VisitorId) -> Result<()> {
    tx.lock(format!("visitor {visitor_id}")).await
}

/// A conversation as it is once its visitor is locked. Whose it has become meanwhile needs no
/// lock: a customer's visitor stays.
pub(super) async fn stored_and_locked(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Option<Stored>> {
    let Some(stored) = queries::stored(tx.connection, store_id, id).await? else {
        return Ok(None);
    };
    lock_visitor(tx, stored.visitor_id).await?;
    queries::stored(tx.connection, store_id, id).await
}

/// Whether what a visitor wrote may become the customer's: not if it is another customer's,
/// nor if somebody has proven another address by a code.
pub(super) async fn is_free_for(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    visitor_id: VisitorId,
    customer: &Customer,
) -> Result<bool> {
    let proven = visitors::queries::proven(tx.connection, store_id, visitor_id).await?;
    let own_email = customer.email.as_ref().map(EmailAddress::as_str);
    Ok(proven.customer_id.is_none()
        && (proven.email.is_none() || proven.email.as_deref() == own_email))
}

/// Makes a visitor who was nobody in particular the customer, or a part of the visitor
/// who is that customer already. All tokens of theirs end; a block stays. The customer's visitor.
/// With the visitor's lock.
pub(super) async fn become_customer(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    visitor_id: VisitorId,
    customer: &Customer,
    now: UnixMillis,
) -> Result<VisitorId> {
    visitors::end_tokens(tx, store_id, visitor_id, now).await?;
    let known = visitors::queries::of_customer(tx.connection, store_id, &customer.id).await?;
    let was_blocked = visitors::queries::is_blocked(tx.connection, store_id, visitor_id).await?;
    let mut is_blocked = was_blocked;
    if let Some(known) = known {
        is_blocked = visitors::queries::is_blocked(tx.connection, store_id, known).await?;
        if is_blocked && !was_blocked {
            // What the team has taken out of the known one's spam stays out.
            queries::set_all_spam(tx.connection, store_id, visitor_id, now).await?;
        }
        // Conversations before their messages, as everybody who holds both.
        queries::hold_all(tx, store_id, visitor_id).await?;
        queries::move_all(tx.connection, store_id, visitor_id, known).await?;
        visitors::queries::move_tokens(tx.connection, store_id, visitor_id, known).await?;
        visitors::queries::delete(tx.connection, store_id, visitor_id).await?;
    }
    let visitor_id = known.unwrap_or(visitor_id);
    visitors::queries::set_customer(tx.connection, store_id, visitor_id, customer, now).await?;
    // Who is blocked as one of the two is blocked as both.
    if was_blocked && !is_blocked {
        visitors::queries::set_blocked(tx.connection, store_id, visitor_id, Some(now)).await?;
        queries::set_all_spam(tx.connection, store_id, visitor_id, now).await?;
    }
    Ok(visitor_id)
}

/// Who the visitor is, in the rows of their conversations.
pub(super) async fn tell_inbox(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    visitor_id: VisitorId,
) -> Result<()> {
    for id in queries::ids_of_visitor(tx.connection, store_id, visitor_id, TOLD_MAX).await? {
        announce::summary(tx, store_id, id).await?;
    }
    Ok(())
}

pub(super) async fn give_token(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    visitor_id: VisitorId,
    token: &str,
    now: UnixMillis,
) -> Result<()> {
    let (hash, end) = (tokens::hash(token), visitors::token_end(now));
    visitors::queries::insert_token(tx.connection, &hash, store_id, visitor_id, now, end).await
}
