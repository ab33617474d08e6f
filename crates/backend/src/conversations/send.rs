//! Sending a customer's message, and what all messages have in common.

use super::{
    announce,
    append::{Appended, append, append_alone},
    change::{Change, Entry},
    messages::{self, ID_TAKEN},
    place::{self, Place},
};
use crate::{
    Ctx,
    ai::need::needs_look,
    attachments,
    db::Tx,
    error::{Conflict, Error, Result},
    limits::Client,
    visitors,
};
use domain::{
    UnixMillis,
    ids::{AttachmentId, ConversationId, MessageId, StoreId},
    message::{Message, Sender},
    widget_api::NewMessage,
};
use futures::future::BoxFuture;
use sqlx::AnyConnection;

/// Stores a customer's message, which came from `client`. A retry returns the first result and changes
/// nothing; `true` if the message is new.
///
/// # Errors
/// [`Error::NotFound`] for conversations of others; [`Error::Invalid`] for the
/// body; [`Error::Conflict`] if the id belongs to another message;
/// [`Error::RateLimited`].
pub async fn send(
    ctx: &Ctx,
    session: &visitors::Session,
    conversation_id: ConversationId,
    message: NewMessage,
    client: Client,
) -> Result<(Message, bool)> {
    let NewMessage {
        id,
        body,
        attachment_ids,
    } = message.checked()?;
    let limits = ctx.limits();
    limits
        .visitor_message
        .check(session.visitor_id.to_string())
        .await?;
    limits.address_message.check(client.to_string()).await?;
    let (store_id, visitor_id, now) = (session.store_id, session.visitor_id, ctx.now());
    let look = needs_look(session.settings.ai.enabled, &body);
    let entry = Entry::customer(id, body, visitor_id);
    let change = Change {
        only_of: Some(visitor_id),
        ..Change::customer_message(Some(client), look)
    };
    let mut place = Place::itself(conversation_id);
    for _ in 0..PLACES_TRIED {
        let (entry, files) = (entry.clone(), attachment_ids.clone());
        let appended = if files.is_empty() {
            let (db, queue) = (ctx.db(), ctx.jobs());
            append_alone((db, queue), store_id, place.at, entry, change, now).await
        } else {
            let work = with_files(store_id, place.at, files, entry, change, now);
            ctx.db().write(work).await
        };
        let refused = match appended {
            Ok(appended) => return Ok((place.message(appended.message), true)),
            Err(refused) if may_be_there(&refused) => refused,
            Err(refused) => return Err(refused),
        };
        let mut connection = ctx.db().read().await?;
        let (_, now_at) =
            place::of_visitor(&mut connection, store_id, conversation_id, visitor_id).await?;
        match messages::by_id(&mut connection, store_id, id).await? {
            Some(first) if first.sender == Sender::Customer => {
                let seen = seen_from(&mut connection, store_id, now_at, &first).await?;
                let seen = seen.ok_or(ID_TAKEN)?;
                announce::again(&mut connection, ctx.realtime(), store_id, &first).await?;
                return Ok((seen.message(first), false));
            }
            Some(_) => return Err(ID_TAKEN),
            // It was merged, or is by itself again, even if it looks the same by now.
            None if matches!(refused, Error::NotFound(_)) => place = now_at,
            None => return Err(refused),
        }
    }
    Err(Error::Busy)
}

/// How often a message follows a conversation that is merged, while it is being sent.
const PLACES_TRIED: usize = 4;

/// Where a message of before is, as the chat knows it that sends it again: in its conversation,
/// in the one that it was merged into, or where it was meanwhile.
async fn seen_from(
    connection: &mut AnyConnection,
    store_id: StoreId,
    place: Place,
    first: &Message,
) -> Result<Option<Place>> {
    let (asked, at) = (place.asked, first.conversation_id);
    if at == place.at {
        return Ok(Some(place));
    }
    // A merge was taken back, or made, since the place was looked up.
    if at == asked {
        return Ok(Some(Place::itself(asked)));
    }
    let led = place::queries::once_after(connection, store_id, asked, at).await?;
    if let Some(after) = led {
        return Ok(Some(Place::part_of(asked, at, after)));
    }
    let back = place::queries::once_after(connection, store_id, at, asked).await?;
    Ok(back.map(|after| Place::part_of(asked, at, -after)))
}

/// Adds `entry` with the files that it claims.
pub(super) fn with_files(
    store_id: StoreId,
    id: ConversationId,
    files: Vec<AttachmentId>,
    entry: Entry,
    change: Change,
    now: UnixMillis,
) -> impl for<'t, 'c> FnOnce(&'t mut Tx<'c>) -> BoxFuture<'t, Result<Appended>> + Send + 'static {
    move |tx| {
        Box::pin(async move {
            let files =
                attachments::claim(tx, store_id, id, entry.id, &entry.author, &files).await?;
            append(tx, store_id, id, entry.with(files), change, now).await
        })
    }
}

/// Whether a message may be there already.
fn may_be_there(refused: &Error) -> bool {
    matches!(
        refused,
        Error::NotFound(_) | Error::Conflict(Conflict::IdTaken)
    )
}

/// The message with this id, if it was sent before in this conversation; else
/// why it was `refused` now.
pub(super) async fn sent_before(
    ctx: &Ctx,
    store_id: StoreId,
    conversation_id: ConversationId,
    id: MessageId,
    sender: Sender,
    refused: Error,
) -> Result<Message> {
    if !may_be_there(&refused) {
        return Err(refused);
    }
    let mut connection = ctx.db().read().await?;
    match messages::by_id(&mut connection, store_id, id).await? {
        Some(first) if first.conversation_id == conversation_id && first.sender == sender => {
            Ok(first)
        }
        Some(_) => Err(ID_TAKEN),
        None => Err(refused),
    }
}

#[cfg(test)]
mod tests;
