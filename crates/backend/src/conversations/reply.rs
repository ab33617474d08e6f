//! What the team says: to the shopper, or in a note among themselves.

use super::{
    announce,
    append::Appended,
    change::{Change, Entry},
    drafts, mentions, own_reads,
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
    ids::{ConversationId, UserId},
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
    let (store_id, now) = (who.store_id, ctx.now());
    let me = who.user().map(|user| user.id);
    let mails = ctx.config().mails_are_read;
    let appended = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                // Before the conversation's row, as everybody who takes both.
                tx.lock(conversation_id).await?;
                let is_note = sender == Sender::Note;
                drafts::said(tx.connection, store_id, conversation_id, &author, is_note).await?;
                let (entry, change) = match sender {
                    Sender::Note => (Entry::note(id, body, author.clone()), Change::default()),
                    _ => (
                        Entry::agent(id, body, author.clone()),
                        Change::agent_reply(),
                    ),
                };
                let adding = with_files(
                    store_id,
                    conversation_id,
                    attachment_ids,
                    entry,
                    change,
                    now,
                );
                let Appended { message, .. } = adding(tx).await?;
                if sender == Sender::Agent {
                    let seq = message.seq;
                    mark_up_to(tx, store_id, conversation_id, Side::Agent, seq, now).await?;
                    if let Some(me) = me {
                        own_reads::read(tx, store_id, conversation_id, me, seq).await?;
                    }
                } else {
                    mentions::tell(tx, store_id, &message, &author, mails, now).await?;
                }
                Ok(message)
            })
        })
        .await;
    match appended {
        Ok(message) => Ok((message, true)),
        Err(refused) => {
            let first = sent_before(ctx, store_id, conversation_id, id, sender, refused).await?;
            let mut connection = ctx.db().read().await?;
            announce::again(&mut connection, ctx.realtime(), store_id, &first).await?;
            Ok((first, false))
        }
    }
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
