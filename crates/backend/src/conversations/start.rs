//! Starting a conversation.

use super::{
    append::append,
    change::{Change, Entry},
    history::HISTORY_MAX,
    identify::{
        become_customer, is_free_for, lock_customer, lock_visitor, stored_and_locked, tell_inbox,
    },
    messages, place,
    queries::{self, Stored},
    spam::decline,
    told,
};
use crate::{
    Ctx,
    ai::need::{Need, needs_look},
    db::{Tx, to_json},
    error::{Conflict, Error, Result},
    identity::{self, Customer},
    limits::Client,
    stores::PublicStore,
    tokens, visitors,
};
use domain::{
    Invalid, UnixMillis,
    ids::{StoreId, VisitorId},
    message::Message,
    text,
    widget_api::{ConversationStarted, StartConversation},
};

/// How long a start may be retried without a token, in milliseconds: a week,
/// since a phone may have slept in between.
const START_RETRY: UnixMillis = 7 * 24 * 60 * 60 * 1000;
/// The same for a start without a message, which is known by the conversation's
/// id alone, in milliseconds: ten minutes, and only until something was written.
const EMPTY_START_RETRY: UnixMillis = 10 * 60 * 1000;
/// Longest page address and title that are kept, in characters.
const PAGE_URL_MAX: usize = 2_000;
const PAGE_TITLE_MAX: usize = 300;

/// Starts a conversation for somebody at `client`, or returns the one that the same request has
/// started before. `true` if it is new.
///
/// Whoever holds the conversation's token may repeat the request whenever. A
/// retry whose first reply was lost has no token to show. Within a week it
/// is known by its ids and its message: the message's id is 74 random bits, and
/// neither it nor the text stands in any address. It gets a token of its own,
/// since only the hash of the first was kept. A customer's token opens all that they ever
/// wrote: a retry of theirs names them as well. Where an address was proven by a code, only
/// that token counts.
///
/// Whose shop can't say right now who they are begins as a guest: their message waits for no
/// shop. They may prove it later.
///
/// # Errors
/// [`Error::Invalid`] for a field; [`Error::Conflict`] if the id belongs to
/// somebody else's conversation; [`Error::Unauthorized`] for an identity that can't be
/// believed; [`Error::OrderSource`] or [`Error::RateLimited`] if it is a retry of what they
/// may have begun as a customer.
pub async fn start(
    ctx: &Ctx,
    store: &PublicStore,
    token: Option<&str>,
    request: StartConversation,
    client: Client,
) -> Result<(ConversationStarted, bool)> {
    let request = checked(request)?;
    if request.message.is_some() {
        ctx.limits()
            .address_message
            .check(client.to_string())
            .await?;
    }
    let mut not_asked = None;
    let customer = match &request.identity {
        Some(identity) => {
            ctx.limits().identify.check(client.to_string()).await?;
            match identity::customer(ctx, store.id, identity).await {
                Ok(customer) => Some(customer),
                Err(error @ (Error::OrderSource(_) | Error::RateLimited { .. })) => {
                    not_asked = Some(error);
                    None
                }
                Err(error) => return Err(error),
            }
        }
        None => None,
    };
    // Another customer's, perhaps, who used this browser before.
    let token = token.filter(|_| not_asked.is_none());
    let request_hash = tokens::hash(&to_json(&(request.id, &request.message))?);
    let (new_token, held_token) = (tokens::generate()?, token.map(str::to_owned));
    let (store_id, now) = (store.id, ctx.now());
    let look = request.message.as_ref().map_or(Need::Never, |message| {
        needs_look(store.settings.ai.enabled, &message.body)
    });
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                // It may have become a part of another one since.
                let place = place::lock(tx, store_id, request.id).await?;
                if let Some(customer) = &customer {
                    lock_customer(tx, store_id, customer).await?;
                }
                let stub = match place.is_itself() {
                    true => None,
                    false => place::queries::stub(tx.connection, store_id, request.id).await?,
                };
                let existing = stored_and_locked(tx, store_id, place.at).await?;
                let created = existing.is_none();
                let held_hash = held_token.as_deref().map(tokens::hash);
                let mut holder = holder_of(tx, store_id, held_hash.as_deref(), now).await?;
                if let Some(visitor_id) = holder.filter(|_| created) {
                    lock_visitor(tx, visitor_id).await?;
                    // It may have ended meanwhile.
                    holder = holder_of(tx, store_id, held_hash.as_deref(), now).await?;
                }
                let visitor_id = match existing {
                    None => {
                        let visitor_id = match &customer {
                            Some(customer) => {
                                let known =
                                    customers_visitor(tx, store_id, holder, customer, now).await?;
                                // What was held before is no proof of who they are.
                                holder = holder.filter(|_| known.is_held);
                                known.visitor_id
                            }
                            None => holder,
                        };
                        open(
                            tx,
                            store_id,
                            visitor_id,
                            customer.as_ref(),
                            (&request, &request_hash),
                            (client, look),
                            now,
                        )
                        .await?
                    }
                    Some(stored) => {
                        let stored = match stub {
                            Some(stub) => Stored {
                                request_hash: stub.request_hash,
                                created_at: stub.created_at,
                                ..stored
                            },
                            None => stored,
                        };
                        let age = now - stored.created_at;
                        let is_recent = match request.message {
                            Some(_) => age < START_RETRY,
                            None => age < EMPTY_START_RETRY && stored.last_seq == 0,
                        };
                        let is_same = stored.request_hash == request_hash;
                        let is_theirs = match &stored.customer_id {
                            Some(id) => {
                                customer.as_ref().is_some_and(|customer| customer.id == *id)
                            }
                            // Whoever proved an address has a token since.
                            None => !stored.verified,
                        };
                        let may_repeat = if holder == Some(stored.visitor_id) {
                            is_same || request.message.is_none()
                        } else {
                            is_same && is_recent && is_theirs
                        };
                        if !may_repeat {
                            let other = Error::Conflict(Conflict::StartedByOther);
                            return Err(not_asked.unwrap_or(other));
                        }
                        stored.visitor_id
                    }
                };
                let token = match held_token.filter(|_| holder == Some(visitor_id)) {
                    Some(token) => token,
                    None => {
                        let hash = tokens::hash(&new_token);
                        visitors::queries::insert_token(
                            tx.connection,
                            &hash,
                            store_id,
                            visitor_id,
                            now,
                            visitors::token_end(now),
                        )
                        .await?;
                        new_token
                    }
                };
                let stored = place::known(tx.connection, store_id, place.at).await?;
                let messages = messages::after(
                    tx.connection,
                    store_id,
                    place.at,
                    place.inner(0),
                    HISTORY_MAX,
                )
                .await?;
                let started = ConversationStarted {
                    conversation: place.conversation(stored.for_visitor()),
                    token,
                    messages: messages
                        .iter()
                        .filter_map(Message::for_visitor)
                        .map(|message| place.message(message))
                        .collect(),
                };
                Ok((started, created))
            })
        })
        .await
}

fn checked(request: StartConversation) -> Result<StartConversation> {
    let mut request = request;
    request.visitor = visitors::checked(request.visitor)?;
    // What the browser tells about its page is cut, never refused.
    let cut = |text: Option<String>, max: usize| {
        text.map(|text| text::excerpt(&text.replace(char::is_control, " "), max))
    };
    request.page.url = cut(request.page.url, PAGE_URL_MAX)
        .filter(|url| url.starts_with("https://") || url.starts_with("http://"));
    request.page.title = cut(request.page.title, PAGE_TITLE_MAX);
    if let Some(message) = request.message.take() {
        let message = message.checked()?;
        // Files are uploaded to a conversation that is there.
        if !message.attachment_ids.is_empty() {
            return Err(Invalid::new(
                "attachment_ids",
                "Files can be sent once the conversation has begun.",
            )
            .into());
        }
        request.message = Some(message);
    }
    Ok(request)
}

/// Who holds the token of this hash, if it opens anything.
async fn holder_of(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    token_hash: Option<&str>,
    now: UnixMillis,
) -> Result<Option<VisitorId>> {
    let Some(token_hash) = token_hash else {
        return Ok(None);
    };
    let held = visitors::queries::by_token(tx.connection, token_hash).await?;
    Ok(held
        .filter(|held| held.store_id == store_id && held.is_valid(now))
        .map(|held| held.visitor_id))
}

/// The visitor of a customer who starts a conversation.
struct CustomersVisitor {
    /// If there is one.
    visitor_id: Option<VisitorId>,
    /// Whether the token that came along is theirs already.
    is_held: bool,
}

/// What `holder` wrote before becomes the customer's, unless it is another one's.
async fn customers_visitor(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    holder: Option<VisitorId>,
    customer: &Customer,
    now: UnixMillis,
) -> Result<CustomersVisitor> {
    let known = visitors::queries::of_customer(tx.connection, store_id, &customer.id).await?;
    if let Some(holder) = holder.filter(|holder| known != Some(*holder))
        && is_free_for(tx, store_id, holder, customer).await?
    {
        let visitor_id = become_customer(tx, store_id, holder, customer, now).await?;
        tell_inbox(tx, store_id, visitor_id).await?;
        return Ok(CustomersVisitor {
            visitor_id: Some(visitor_id),
            is_held: false,
        });
    }
    Ok(CustomersVisitor {
        visitor_id: known,
        is_held: holder.is_some() && known == holder,
    })
}

/// Inserts the conversation, its visitor if they are new, and its first
/// message if it has one.
async fn open(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    visitor_id: Option<VisitorId>,
    customer: Option<&Customer>,
    (request, request_hash): (&StartConversation, &str),
    (client, look): (Client, Need),
    now: UnixMillis,
) -> Result<VisitorId> {
    let visitor_id = match visitor_id {
        Some(known) => {
            visitors::queries::update(tx.connection, known, store_id, &request.visitor, now)
                .await?;
            known
        }
        None => {
            let new = VisitorId::generate();
            visitors::queries::insert(tx.connection, new, store_id, &request.visitor, now).await?;
            new
        }
    };
    if let Some(customer) = customer {
        visitors::queries::set_customer(tx.connection, store_id, visitor_id, customer, now).await?;
    }
    queries::insert(
        tx.connection,
        store_id,
        visitor_id,
        request,
        request_hash,
        now,
    )
    .await?;
    told::tell_of_start(tx, store_id, request.id, now).await?;
    if let Some(message) = &request.message {
        if messages::by_id(tx.connection, store_id, message.id)
            .await?
            .is_some()
        {
            return Err(messages::ID_TAKEN);
        }
        let entry = Entry::customer(message.id, message.body.clone(), visitor_id);
        let stored = append(
            tx,
            store_id,
            request.id,
            entry,
            Change::customer_message(Some(client), look),
            now,
        )
        .await?
        .stored;
        if stored.spam {
            let locale = request.visitor.locale.as_deref();
            decline(tx, store_id, request.id, locale, now).await?;
        }
    }
    Ok(visitor_id)
}
