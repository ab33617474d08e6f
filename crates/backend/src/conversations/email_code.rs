//! A shopper who isn't signed in proves that an address is theirs.

use super::{
    announce,
    identify::{give_token, stored_and_locked},
    messages, place, queries,
};
use crate::{
    Ctx,
    db::Tx,
    error::{Error, Noun, Result, Unauthorized},
    identity::{code, queries as codes},
    jobs::{
        self,
        kinds::{ai_reply::AiReply, email_code::EmailCode},
    },
    limits::Client,
    realtime::hub::{Outgoing, Topic},
    tokens, visitors,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Invalid, UnixMillis,
    account::EmailAddress,
    conversation::Conversation,
    events::ServerEvent,
    ids::{ConversationId, StoreId},
    widget_api::Identified,
};

/// How long a code counts, in milliseconds.
const CODE_LIFE: UnixMillis = 10 * 60 * 1000;
/// Wrong codes after which the right one doesn't count any more.
const MISSES_MAX: i64 = 3;

/// Sends a code to `email`. It proves the address in this conversation and in no other; one
/// that was sent before counts no more.
///
/// # Errors
/// [`Error::Invalid`] for the address, and where it is known already who it is;
/// [`Error::NotFound`] for conversations of others; [`Error::RateLimited`].
pub async fn send_code(
    ctx: &Ctx,
    session: &visitors::Session,
    id: ConversationId,
    email: &str,
    client: Client,
) -> Result<()> {
    let email = EmailAddress::parse(email)?;
    let (store_id, visitor_id, now) = (session.store_id, session.visitor_id, ctx.now());
    let stored = {
        let mut connection = ctx.db().read().await?;
        place::of_visitor(&mut connection, store_id, id, visitor_id)
            .await?
            .0
    };
    if stored.customer_id.is_some() {
        let known = "You are signed in, so it is known who you are.";
        return Err(Invalid::new("email", known).into());
    }
    let limits = ctx.limits();
    limits.code_client.check(client.to_string()).await?;
    // Of all stores together: it is one person's inbox.
    let address = ctx
        .secret()
        .keyed_hash("code address", email.as_str().as_bytes());
    limits
        .code_address
        .check(URL_SAFE_NO_PAD.encode(address))
        .await?;
    let sealed = code::seal(ctx.secret(), store_id, &code::generate()?)?;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(id).await?;
                let ends_at = now + CODE_LIFE;
                codes::delete_ended_codes(tx.connection, store_id, now).await?;
                codes::put_code(tx.connection, store_id, id, &email, &sealed, ends_at).await?;
                let job = EmailCode {
                    conversation_id: id,
                    ends_at,
                };
                jobs::enqueue(tx, vec![jobs::prepare(store_id, job)?]).await
            })
        })
        .await
}

/// Takes the code that was sent. The visitor's email is proven then.
///
/// Whoever had a copy of the token from before would then be taken for them, so all tokens
/// from before end, and a new one is given. If that reply is lost, so is the conversation
/// for its shopper: nothing else says that they are who proved it.
///
/// A question that waited for it is answered then.
///
/// # Errors
/// [`Unauthorized::Code`], the same for a wrong code, an old one and none;
/// [`Error::NotFound`] for conversations of others; [`Error::RateLimited`].
pub async fn verify_code(
    ctx: &Ctx,
    session: &visitors::Session,
    id: ConversationId,
    given: &str,
    client: Client,
) -> Result<Identified> {
    ctx.limits().code_try.check(client.to_string()).await?;
    let (store_id, visitor_id, now) = (session.store_id, session.visitor_id, ctx.now());
    let (secret, given) = (ctx.secret().clone(), given.to_owned());
    let token = tokens::generate()?;
    let verified = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                let place = place::lock(tx, store_id, id).await?;
                let stored = stored_and_locked(tx, store_id, place.at)
                    .await?
                    .filter(|stored| stored.visitor_id == visitor_id)
                    .ok_or(Error::NotFound(Noun::Conversation))?;
                if stored.customer_id.is_some() {
                    // They have signed in since.
                    return Ok(None);
                }
                let sent = codes::code(tx.connection, store_id, id).await?;
                let sent = sent.filter(|sent| sent.ends_at > now && sent.misses < MISSES_MAX);
                let Some(sent) = sent else { return Ok(None) };
                let code = code::open(&secret, store_id, &sent.sealed)?;
                if !code::is_same(&secret, &given, &code) {
                    // Counted, so this has to be committed.
                    codes::count_miss(tx.connection, store_id, id).await?;
                    return Ok(None);
                }
                codes::delete_code(tx.connection, store_id, id).await?;
                visitors::queries::set_verified_email(
                    tx.connection,
                    store_id,
                    visitor_id,
                    &sent.email,
                    now,
                )
                .await?;
                visitors::end_tokens(tx, store_id, visitor_id, now).await?;
                give_token(tx, store_id, visitor_id, &token, now).await?;
                let conversation = place.conversation(told(tx, store_id, place.at).await?);
                let waiting = messages::waits_for_proof(tx.connection, store_id, place.at).await?;
                if let Some(message_id) = waiting {
                    // As if it had been asked now: whatever comes of it, the shopper is told.
                    let job = AiReply {
                        conversation_id: place.at,
                        message_id,
                        client: Some(client),
                    };
                    jobs::enqueue(tx, vec![jobs::prepare(store_id, job)?]).await?;
                }
                Ok(Some(Identified {
                    conversation,
                    token,
                }))
            })
        })
        .await?;
    verified.ok_or(Error::Unauthorized(Unauthorized::Code))
}

/// Tells both sides that the conversation's visitor is verified.
async fn told(tx: &mut Tx<'_>, store_id: StoreId, id: ConversationId) -> Result<Conversation> {
    let conversation = queries::stored(tx.connection, store_id, id)
        .await?
        .ok_or(Error::NotFound(Noun::Conversation))?
        .for_visitor();
    tx.effects.publish(Outgoing {
        topic: Topic::ConversationForVisitor(store_id, id),
        event: ServerEvent::Status(conversation.clone()),
    });
    announce::summary(tx, store_id, id).await?;
    Ok(conversation)
}
