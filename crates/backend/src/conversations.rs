//! Conversations: starting, reading, resolving. How a message gets in is told
//! in [`append`], for every door alike.

pub(crate) mod append;
pub(crate) mod queries;

use crate::{
    Ctx,
    access::{Permission, Principal},
    conversations::append::{Change, Entry, Unread, append},
    db::{Tx, to_json},
    error::{Conflict, Error, Noun, Result},
    limits::Client,
    messages,
    realtime::hub::{Outgoing, Topic},
    stores::PublicStore,
    tokens, visitors,
};
use domain::{
    UnixMillis,
    conversation::{Conversation, Status},
    events::{Read, ServerEvent, Side},
    ids::{ConversationId, StoreId, VisitorId},
    inbox::{ConversationSummary, InboxCursor, InboxPage, Tab, Thread},
    message::{Message, parse_body},
    text,
    widget_api::{ConversationStarted, History, StartConversation},
};

/// Rows of the inbox in one page.
const INBOX_PAGE: i64 = 50;
/// Messages of a thread in one page.
const THREAD_PAGE: i64 = 60;
/// Most messages in one reply to a widget.
pub const HISTORY_MAX: i64 = 200;
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
/// A retry whose first reply was lost has no token to show. Within a week it
/// is known by its ids and its message: the message's id is 74 random bits, and
/// neither it nor the text stands in any address. It gets a token of its own,
/// since only the hash of the first was kept.
///
/// # Errors
/// [`Error::Invalid`] for a field; [`Error::Conflict`] if the id belongs to
/// somebody else's conversation.
pub async fn start(
    ctx: &Ctx,
    store: &PublicStore,
    token: Option<&str>,
    request: StartConversation,
    client: Client,
) -> Result<(ConversationStarted, bool)> {
    let request = checked(request)?;
    if request.message.is_some() {
        ctx.limits().address_message.check(client.to_string())?;
    }
    let request_hash = tokens::hash(&to_json(&(request.id, &request.message))?);
    let (new_token, held_token) = (tokens::generate()?, token.map(str::to_owned));
    let (store_id, now) = (store.id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(request.id).await?;
                let holder = match &held_token {
                    Some(token) => visitors::queries::by_token(tx.connection, &tokens::hash(token))
                        .await?
                        .filter(|(of_store, _)| *of_store == store_id)
                        .map(|(_, visitor)| visitor),
                    None => None,
                };
                let existing = queries::stored(tx.connection, store_id, request.id).await?;
                let created = existing.is_none();
                let visitor_id = match existing {
                    None => {
                        open(tx, store_id, holder, &request, &request_hash, client, now).await?
                    }
                    Some(stored) => {
                        let age = now - stored.created_at;
                        let is_recent = match request.message {
                            Some(_) => age < START_RETRY,
                            None => age < EMPTY_START_RETRY && stored.last_seq == 0,
                        };
                        let is_retry = is_recent && stored.request_hash == request_hash;
                        if !is_retry
                            && (holder != Some(stored.visitor_id) || request.message.is_some())
                        {
                            return Err(Error::Conflict(Conflict::StartedByOther));
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
                        )
                        .await?;
                        new_token
                    }
                };
                let stored = queries::stored(tx.connection, store_id, request.id)
                    .await?
                    .ok_or(Error::NotFound(Noun::Conversation))?;
                let messages =
                    messages::queries::after(tx.connection, store_id, request.id, 0, HISTORY_MAX)
                        .await?;
                let started = ConversationStarted {
                    conversation: stored.for_visitor(),
                    token,
                    messages: messages.iter().filter_map(Message::for_visitor).collect(),
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
    if let Some(message) = &mut request.message {
        message.body = parse_body(&message.body)?;
    }
    Ok(request)
}

/// Inserts the conversation, its visitor if they are new, and its first
/// message if it has one.
async fn open(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    holder: Option<VisitorId>,
    request: &StartConversation,
    request_hash: &str,
    client: Client,
    now: UnixMillis,
) -> Result<VisitorId> {
    let visitor_id = match holder {
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
    queries::insert(
        tx.connection,
        store_id,
        visitor_id,
        request,
        request_hash,
        now,
    )
    .await?;
    if let Some(message) = &request.message {
        if messages::queries::by_id(tx.connection, store_id, message.id)
            .await?
            .is_some()
        {
            return Err(messages::ID_TAKEN);
        }
        let entry = Entry::customer(message.id, message.body.clone());
        append(
            tx,
            store_id,
            request.id,
            entry,
            Change::customer_message(Some(client)),
            now,
        )
        .await?;
    }
    Ok(visitor_id)
}

/// What `session`'s visitor may see after `after_seq`, at most `limit`
/// messages.
///
/// # Errors
/// [`Error::NotFound`] for conversations of others.
pub async fn history(
    ctx: &Ctx,
    session: &visitors::Session,
    id: ConversationId,
    after_seq: i64,
    limit: i64,
) -> Result<History> {
    let limit = limit.clamp(1, HISTORY_MAX);
    let mut connection = ctx.db().read().await?;
    let stored =
        queries::of_visitor(&mut connection, session.store_id, id, session.visitor_id).await?;
    let messages = messages::queries::after(
        &mut connection,
        session.store_id,
        id,
        after_seq.max(0),
        limit,
    )
    .await?;
    let newest = messages
        .last()
        .map_or(stored.last_seq, |message| message.seq);
    let page_is_full = i64::try_from(messages.len()).is_ok_and(|length| length == limit);
    Ok(History {
        last_seq: if page_is_full {
            newest
        } else {
            newest.max(stored.last_seq)
        },
        messages: messages.iter().filter_map(Message::for_visitor).collect(),
        conversation: stored.for_visitor(),
    })
}

/// The conversation as its visitor sees it; proof that it is theirs.
///
/// # Errors
/// [`Error::NotFound`] for conversations of others.
pub async fn of_visitor(
    ctx: &Ctx,
    session: &visitors::Session,
    id: ConversationId,
) -> Result<Conversation> {
    let mut connection = ctx.db().read().await?;
    let stored =
        queries::of_visitor(&mut connection, session.store_id, id, session.visitor_id).await?;
    Ok(stored.for_visitor())
}

/// The visitor has seen everything up to `seq`.
///
/// # Errors
/// [`Error::NotFound`] for conversations of others.
pub async fn read_by_visitor(
    ctx: &Ctx,
    session: &visitors::Session,
    id: ConversationId,
    seq: i64,
) -> Result<()> {
    let conversation = of_visitor(ctx, session, id).await?;
    // Nobody has read what isn't there yet.
    let seq = seq.min(conversation.last_seq);
    if conversation.visitor_read_seq >= seq {
        return Ok(());
    }
    read_up_to(ctx, session.store_id, id, Side::Visitor, seq).await
}

/// The visitor asks for a person.
///
/// # Errors
/// [`Error::NotFound`] for conversations of others.
pub async fn ask_for_human(
    ctx: &Ctx,
    session: &visitors::Session,
    id: ConversationId,
) -> Result<Conversation> {
    let (store_id, visitor_id, now) = (session.store_id, session.visitor_id, ctx.now());
    let expectation = session.settings.response_time.clone();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(id).await?;
                let stored = queries::of_visitor(tx.connection, store_id, id, visitor_id).await?;
                if stored.needs_human {
                    return Ok(stored.for_visitor());
                }
                let promise = if expectation.is_empty() {
                    "A person from our team will reply here. You can leave this page and come back.".to_owned()
                } else {
                    let expectation = expectation.trim_end_matches('.');
                    format!("A person from our team will reply here. {expectation}. You can leave this page and come back.")
                };
                let entry = Entry::system(promise);
                let appended = append(tx, store_id, id, entry, Change::human_requested(), now).await?;
                Ok(appended.stored.for_visitor())
            })
        })
        .await
}

/// A page of the inbox.
///
/// # Errors
/// If the database fails.
pub async fn list(
    ctx: &Ctx,
    who: &Principal,
    tab: Tab,
    after: Option<InboxCursor>,
) -> Result<InboxPage> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    let mut rows = queries::list(
        &mut connection,
        who.store_id,
        tab.status(),
        after,
        INBOX_PAGE + 1,
    )
    .await?;
    let has_more = rows.len() > usize::try_from(INBOX_PAGE).unwrap_or(usize::MAX);
    if has_more {
        rows.pop();
    }
    let next = rows.last().filter(|_| has_more).map(|row| InboxCursor {
        last_message_at: row.last_message_at,
        id: row.id,
    });
    Ok(InboxPage { rows, next })
}

/// Conversations with customer messages that no agent has read.
///
/// # Errors
/// If the database fails.
pub async fn unread_count(ctx: &Ctx, who: &Principal) -> Result<i64> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    queries::unread_count(&mut connection, who.store_id).await
}

/// A conversation with the newest of its messages, or with those before
/// `before_seq`.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's.
pub async fn thread(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    before_seq: Option<i64>,
) -> Result<Thread> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    let conversation = queries::summary(&mut connection, who.store_id, id)
        .await?
        .ok_or(Error::NotFound(Noun::Conversation))?;
    let before = before_seq.unwrap_or(i64::MAX);
    let messages =
        messages::queries::before(&mut connection, who.store_id, id, before, THREAD_PAGE).await?;
    Ok(Thread {
        conversation,
        has_earlier: messages.first().is_some_and(|first| first.seq > 1),
        messages,
    })
}

/// Messages of a conversation of this store after `after_seq`, for an agent's
/// socket, and the number that they reach to: the conversation's last, unless
/// there are more.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's.
pub async fn messages_after(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    after_seq: i64,
    limit: i64,
) -> Result<(Vec<Message>, i64)> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    let stored = queries::stored(&mut connection, who.store_id, id)
        .await?
        .ok_or(Error::NotFound(Noun::Conversation))?;
    let messages =
        messages::queries::after(&mut connection, who.store_id, id, after_seq, limit).await?;
    let reached = messages
        .last()
        .map_or(stored.last_seq, |message| message.seq);
    Ok((messages, reached))
}

/// The team has read everything up to `seq`.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's.
pub async fn mark_read(ctx: &Ctx, who: &Principal, id: ConversationId, seq: i64) -> Result<()> {
    who.require(Permission::ReadConversations)?;
    let stored = {
        let mut connection = ctx.db().read().await?;
        queries::stored(&mut connection, who.store_id, id)
            .await?
            .ok_or(Error::NotFound(Noun::Conversation))?
    };
    let seq = seq.min(stored.last_seq);
    if stored.agent_read_seq >= seq && stored.unread == 0 {
        return Ok(());
    }
    read_up_to(ctx, who.store_id, id, Side::Agent, seq).await
}

async fn read_up_to(
    ctx: &Ctx,
    store_id: StoreId,
    id: ConversationId,
    by: Side,
    seq: i64,
) -> Result<()> {
    let now = ctx.now();
    ctx.db()
        .write(move |tx| Box::pin(async move { mark_up_to(tx, store_id, id, by, seq, now).await }))
        .await
}

/// Marks what the other side wrote as read, and tells everybody.
pub(crate) async fn mark_up_to(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
    by: Side,
    seq: i64,
    now: UnixMillis,
) -> Result<()> {
    tx.lock(id).await?;
    let seq = match by {
        Side::Agent => queries::agent_read(tx.connection, store_id, id, seq).await?,
        Side::Visitor => queries::visitor_read(tx.connection, store_id, id, seq).await?,
    };
    messages::queries::mark_read(tx.connection, store_id, id, by, seq, now).await?;
    let read = ServerEvent::Read(Read {
        conversation_id: id,
        by,
        seq,
        at: now,
    });
    for topic in [
        Topic::ConversationForAgents(store_id, id),
        Topic::ConversationForVisitor(store_id, id),
    ] {
        tx.publish(Outgoing {
            topic,
            event: read.clone(),
        });
    }
    append::publish_summary(tx, store_id, id).await
}

/// Resolves a conversation. Resolving a resolved one changes nothing.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's.
pub async fn resolve(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
) -> Result<ConversationSummary> {
    set_status(ctx, who, id, Status::Resolved).await
}

/// Opens a conversation again. Reopening an open one changes nothing.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's.
pub async fn reopen(ctx: &Ctx, who: &Principal, id: ConversationId) -> Result<ConversationSummary> {
    set_status(ctx, who, id, Status::Open).await
}

async fn set_status(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    status: Status,
) -> Result<ConversationSummary> {
    who.require(Permission::AnswerConversations)?;
    let what = match status {
        Status::Resolved => "resolved",
        _ => "reopened",
    };
    let body = format!(
        "{} {what} this conversation",
        who.actor.name().unwrap_or_default()
    );
    change(ctx, who, id, move |stored| {
        (stored.status != status).then(|| (Entry::system(body), Change::status(status)))
    })
    .await
}

/// Lets the AI answer in this conversation again, or makes it quiet.
///
/// # Errors
/// [`Error::NotFound`] if it isn't this store's.
pub async fn set_ai_active(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    active: bool,
) -> Result<ConversationSummary> {
    who.require(Permission::AnswerConversations)?;
    let body = if active {
        format!("{} turned the AI on", who.actor.name().unwrap_or_default())
    } else {
        format!("{} turned the AI off", who.actor.name().unwrap_or_default())
    };
    change(ctx, who, id, move |stored| {
        (stored.ai_active != active).then(|| {
            // The team's own arrangement: nothing the shopper need see.
            (Entry::team_event(body), Change::ai_active(active))
        })
    })
    .await
}

/// Makes the change that `decide` finds necessary, if any.
async fn change(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    decide: impl FnOnce(&queries::Stored) -> Option<(Entry, Change)> + Send + 'static,
) -> Result<ConversationSummary> {
    let (who, now) = (who.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let store_id = who.store_id;
                tx.lock(id).await?;
                let stored = queries::stored(tx.connection, store_id, id)
                    .await?
                    .ok_or(Error::NotFound(Noun::Conversation))?;
                if let Some((entry, change)) = decide(&stored) {
                    let seq = append(tx, store_id, id, entry, change, now)
                        .await?
                        .message
                        .seq;
                    if change.unread == Unread::None {
                        mark_up_to(tx, store_id, id, Side::Agent, seq, now).await?;
                    }
                }
                queries::summary(tx.connection, store_id, id)
                    .await?
                    .ok_or(Error::NotFound(Noun::Conversation))
            })
        })
        .await
}
