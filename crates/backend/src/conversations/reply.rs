//! What the team says: to the shopper, or in a note among themselves.

use super::{
    announce,
    append::Appended,
    change::{Change, Entry},
    drafts, mentions, own_reads,
    place::{self, Place},
    reading::mark_up_to,
    send::{sent_before, with_files},
};
use crate::{
    Ctx,
    access::{Actor, Permission, Principal},
    error::{Error, Forbidden, Result},
    stores,
};
use domain::{
    events::Side,
    ids::{AttachmentId, ConversationId, StoreId, UserId},
    message::{Message, Sender},
    widget_api::NewMessage,
};

/// Stores a reply, of whoever asks or, if a program asks, of the person that it names. A
/// retry returns the first result and changes nothing; `true` if the reply is new. The AI
/// goes quiet in the conversation.
///
/// # Errors
/// [`Error::NotFound`] if the conversation isn't this store's;
/// [`Error::Invalid`] for the body or the person; [`Error::Conflict`] if the id belongs
/// to another message.
pub async fn reply(
    ctx: &Ctx,
    who: &Principal,
    conversation_id: ConversationId,
    message: NewMessage,
    agent: Option<UserId>,
) -> Result<(Message, bool)> {
    say(ctx, who, conversation_id, message, agent, Sender::Agent).await
}

/// As [`reply`], for the team only: the shopper isn't told, and nothing else changes.
///
/// # Errors
/// As [`reply`].
pub async fn note(
    ctx: &Ctx,
    who: &Principal,
    conversation_id: ConversationId,
    message: NewMessage,
    agent: Option<UserId>,
) -> Result<(Message, bool)> {
    say(ctx, who, conversation_id, message, agent, Sender::Note).await
}

async fn say(
    ctx: &Ctx,
    who: &Principal,
    conversation_id: ConversationId,
    message: NewMessage,
    agent: Option<UserId>,
    sender: Sender,
) -> Result<(Message, bool)> {
    who.require(Permission::AnswerConversations)?;
    let NewMessage {
        id,
        body,
        attachment_ids,
    } = message.checked()?;
    let author = author(ctx, who, agent).await?;
    let store_id = who.store_id;
    let mut place = where_is(ctx, store_id, conversation_id).await?;
    loop {
        // What a person writes where two were merged meanwhile goes where they are; a program
        // is told.
        let at = match who.user() {
            Some(_) => place.at,
            None => conversation_id,
        };
        let entry = match sender {
            Sender::Note => Entry::note(id, body.clone(), author.clone()),
            _ => Entry::agent(id, body.clone(), author.clone()),
        };
        let files = attachment_ids.clone();
        let adding = add(ctx, who, at, entry, author.clone(), files);
        let refused = match adding.await {
            Ok(message) => return Ok((message, true)),
            Err(refused) => refused,
        };
        let now = where_is(ctx, store_id, conversation_id).await?;
        if matches!(refused, Error::NotFound(_)) && now.at != at {
            if who.user().is_none() {
                return Err(Error::Merged(now.at));
            }
            if now.at != place.at {
                place = now;
                continue;
            }
        }
        let first = sent_before(ctx, store_id, at, id, sender, refused).await?;
        let mut connection = ctx.db().read().await?;
        announce::again(&mut connection, ctx.realtime(), store_id, &first).await?;
        return Ok((first, false));
    }
}

async fn where_is(ctx: &Ctx, store_id: StoreId, id: ConversationId) -> Result<Place> {
    let mut connection = ctx.db().read().await?;
    place::place(&mut connection, store_id, id).await
}

/// Adds it, with what follows of it.
async fn add(
    ctx: &Ctx,
    who: &Principal,
    conversation_id: ConversationId,
    entry: Entry,
    author: Actor,
    files: Vec<AttachmentId>,
) -> Result<Message> {
    let (store_id, me) = (who.store_id, who.user().map(|user| user.id));
    let (now, mails) = (ctx.now(), ctx.config().mails_are_read);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                // Before the conversation's row, as everybody who takes both.
                tx.lock(conversation_id).await?;
                let is_note = entry.sender == Sender::Note;
                drafts::said(tx.connection, store_id, conversation_id, &author, is_note).await?;
                let change = match is_note {
                    true => Change::default(),
                    false => Change::agent_reply(),
                };
                let adding = with_files(store_id, conversation_id, files, entry, change, now);
                let Appended { message, .. } = adding(tx).await?;
                if is_note {
                    mentions::tell(tx, store_id, &message, &author, mails, now).await?;
                } else {
                    let seq = message.seq;
                    mark_up_to(tx, store_id, conversation_id, Side::Agent, seq, now).await?;
                    if let Some(me) = me {
                        own_reads::read(tx, store_id, conversation_id, me, seq).await?;
                    }
                }
                Ok(message)
            })
        })
        .await
}

/// Whom it is from. Nobody but a program speaks for others.
async fn author(ctx: &Ctx, who: &Principal, agent: Option<UserId>) -> Result<Actor> {
    match (&who.actor, agent) {
        (Actor::ApiKey(_), Some(id)) => {
            let user = stores::of_team(ctx, who, id, "as").await?;
            Ok(Actor::User(user))
        }
        (Actor::User(_) | Actor::ApiKey(_), None) => Ok(who.actor.clone()),
        _ => Err(Error::Forbidden(Forbidden::NotAPerson)),
    }
}
