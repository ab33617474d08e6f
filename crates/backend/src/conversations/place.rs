//! Where a conversation is that somebody knows by its id: itself, or a part of the one that it
//! was merged into.
//!
//! A shopper's chat that is at the newer one goes on there: it knows messages by numbers that
//! never change, and the older one's numbers are another row. So it is shown a part of the
//! older one under the numbers that it knows, and needn't know of the merge. See
//! docs/DESIGN.md.

pub(super) mod queries;

use super::queries::{self as conversations, Stored};
use crate::{
    db::Tx,
    error::{Error, Noun, Result},
};
use domain::{
    UnixMillis,
    conversation::Conversation,
    events::{Read, ServerEvent},
    ids::{ConversationId, StoreId, VisitorId},
    inbox::{ConversationSummary, UNMERGE_WITHIN},
    message::Message,
};
use sqlx::AnyConnection;

/// Most merges on the way from one conversation to where it is: each leads to an older one.
const STEPS_MAX: usize = 100;

/// How often one is looked for that is being merged.
const LOOKS: usize = 4;

/// Where a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// What it was asked for by.
    pub asked: ConversationId,
    /// The conversation that has its messages.
    pub at: ConversationId,
    /// They follow this number there.
    pub(super) before: i64,
    /// When it was last merged; nothing if it is by itself.
    merged_at: Option<UnixMillis>,
}

impl Place {
    /// By itself.
    #[must_use]
    pub fn itself(id: ConversationId) -> Self {
        Self {
            asked: id,
            at: id,
            before: 0,
            merged_at: None,
        }
    }

    /// Where messages of `asked` are, or were, in another one: after this number.
    pub(super) fn part_of(asked: ConversationId, at: ConversationId, before: i64) -> Self {
        Self {
            asked,
            at,
            before,
            merged_at: None,
        }
    }

    /// Whether it is what was asked for.
    #[must_use]
    pub fn is_itself(&self) -> bool {
        self.asked == self.at
    }

    /// The conversation to go on in, once nothing leads back.
    pub(super) fn for_good(&self, now: UnixMillis) -> Option<ConversationId> {
        let is_final = self.merged_at.is_some_and(|at| now - at > UNMERGE_WITHIN);
        is_final.then_some(self.at)
    }

    /// The number there of one that is known here.
    pub(super) fn inner(&self, seq: i64) -> i64 {
        seq.saturating_add(self.before)
    }

    /// The number here of one there.
    pub(super) fn outer(&self, seq: i64) -> i64 {
        seq.saturating_sub(self.before)
    }

    /// A message as it is known here.
    #[must_use]
    pub(super) fn message(&self, message: Message) -> Message {
        Message {
            conversation_id: self.asked,
            seq: self.outer(message.seq),
            ..message
        }
    }

    /// The conversation as it is known here.
    #[must_use]
    pub(super) fn conversation(&self, conversation: Conversation) -> Conversation {
        Conversation {
            id: self.asked,
            last_seq: self.outer(conversation.last_seq),
            agent_read_seq: self.outer(conversation.agent_read_seq).max(0),
            visitor_read_seq: self.outer(conversation.visitor_read_seq).max(0),
            ..conversation
        }
    }

    /// An event of the conversation as it is known here, unless it carries a number that is to
    /// be asked for.
    #[must_use]
    pub fn event(&self, event: ServerEvent) -> Option<ServerEvent> {
        let id = self.asked;
        match event {
            ServerEvent::Typing(typing) if typing.conversation_id == self.at => {
                Some(ServerEvent::Typing(domain::events::Typing {
                    conversation_id: id,
                    ..typing
                }))
            }
            ServerEvent::Ai(ai) if ai.conversation_id == self.at => {
                Some(ServerEvent::Ai(domain::events::AiActivity {
                    conversation_id: id,
                    ..ai
                }))
            }
            ServerEvent::Read(read) if read.conversation_id == self.at => {
                Some(ServerEvent::Read(Read {
                    conversation_id: id,
                    seq: self.outer(read.seq).max(0),
                    ..read
                }))
            }
            ServerEvent::Status(conversation) if conversation.id == self.at => {
                Some(ServerEvent::Status(self.conversation(conversation)))
            }
            ServerEvent::Message(_) | ServerEvent::Skipped(_) => None,
            event => Some(event),
        }
    }
}

/// Where a conversation is; itself, too, if there is none.
///
/// # Errors
/// If the database fails.
pub(crate) async fn place(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Place> {
    let mut place = Place::itself(id);
    for _ in 0..STEPS_MAX {
        let Some(stub) = queries::stub(connection, store_id, place.at).await? else {
            return Ok(place);
        };
        place.at = stub.into;
        place.before += stub.after_seq;
        place.merged_at = place.merged_at.max(Some(stub.merged_at));
    }
    Err(Error::Internal("conversations lead in a circle".to_owned()))
}

/// The conversation that a visitor's chat knows by this id, and where it is.
///
/// # Errors
/// [`Error::NotFound`] for conversations of others.
pub(super) async fn of_visitor(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    visitor_id: VisitorId,
) -> Result<(Stored, Place)> {
    let mut place = Place::itself(id);
    let mut stored = conversations::stored(connection, store_id, id).await?;
    // It may be merged, or be by itself again, between two questions.
    for _ in 0..LOOKS {
        if stored.is_some() {
            break;
        }
        place = self::place(connection, store_id, id).await?;
        stored = conversations::stored(connection, store_id, place.at).await?;
    }
    if stored.is_none() && !place.is_itself() {
        return Err(Error::Busy);
    }
    let stored = stored.filter(|stored| stored.visitor_id == visitor_id);
    Ok((stored.ok_or(Error::NotFound(Noun::Conversation))?, place))
}

/// Holds a conversation that a visitor's chat knows by this id, and what it is a part of, until
/// the commit.
///
/// # Errors
/// [`Error::Busy`] if it is being merged.
pub(super) async fn lock(tx: &mut Tx<'_>, store_id: StoreId, id: ConversationId) -> Result<Place> {
    tx.lock(id).await?;
    let before = place(tx.connection, store_id, id).await?;
    if before.is_itself() {
        return Ok(before);
    }
    tx.lock(before.at).await?;
    match place(tx.connection, store_id, id).await? {
        now if now.at == before.at => Ok(now),
        _ => Err(Error::Busy),
    }
}

/// The conversation there, if it is this visitor's.
///
/// # Errors
/// [`Error::NotFound`] for conversations of others.
pub(super) async fn at(
    connection: &mut AnyConnection,
    store_id: StoreId,
    place: Place,
    visitor_id: VisitorId,
) -> Result<Stored> {
    let stored = conversations::stored(connection, store_id, place.at).await?;
    let stored = stored.filter(|stored| stored.visitor_id == visitor_id);
    stored.ok_or(Error::NotFound(Noun::Conversation))
}

/// A conversation of the store, as programs and the team name it.
///
/// # Errors
/// [`Error::NotFound`] if there is none; [`Error::Merged`] if it is a part of another one.
pub(super) async fn known(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Stored> {
    match conversations::stored(connection, store_id, id).await? {
        Some(stored) => Ok(stored),
        None => Err(missing(connection, store_id, id).await?),
    }
}

/// As [`known`], as a row of the inbox.
///
/// # Errors
/// As [`known`].
pub(super) async fn known_summary(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<ConversationSummary> {
    match conversations::summary(connection, store_id, id).await? {
        Some(summary) => Ok(summary),
        None => Err(missing(connection, store_id, id).await?),
    }
}

/// Why a conversation isn't there.
pub(super) async fn missing(
    connection: &mut AnyConnection,
    store_id: StoreId,
    id: ConversationId,
) -> Result<Error> {
    let place = place(connection, store_id, id).await?;
    Ok(match place.is_itself() {
        true => Error::NotFound(Noun::Conversation),
        false => Error::Merged(place.at),
    })
}
