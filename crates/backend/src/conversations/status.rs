//! Resolving, reopening, asking for a person, switching the AI on and off.

use super::{
    append::append,
    change::{Change, Entry, Unread},
    messages, place, queries,
    reading::mark_up_to,
};
use crate::{
    Ctx,
    access::{Permission, Principal},
    alarms,
    error::Result,
    visitors,
};
use domain::{
    conversation::{Conversation, Status},
    events::Side,
    ids::ConversationId,
    inbox::ConversationSummary,
    message::MessageKind,
};

/// Resolves a conversation. Resolving a resolved one changes nothing.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) if it isn't this store's.
pub async fn resolve(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
) -> Result<ConversationSummary> {
    set_status(ctx, who, id, Status::Resolved).await
}

/// Opens a conversation again, or ends its snooze, of which its shopper isn't told.
/// Reopening an open one changes nothing.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) if it isn't this store's.
pub async fn reopen(ctx: &Ctx, who: &Principal, id: ConversationId) -> Result<ConversationSummary> {
    set_status(ctx, who, id, Status::Open).await
}

/// The visitor asks for a person.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) for conversations of others.
pub async fn ask_for_human(
    ctx: &Ctx,
    session: &visitors::Session,
    id: ConversationId,
) -> Result<Conversation> {
    let (store_id, visitor_id, now) = (session.store_id, session.visitor_id, ctx.now());
    let entry = Entry::human_requested(visitor_id, &session.settings.chat.response_time);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let place = place::lock(tx, store_id, id).await?;
                let stored = place::at(tx.connection, store_id, place, visitor_id).await?;
                let id = place.at;
                // It may need one for a reason that the visitor knows nothing of.
                let is_known = stored.needs_human
                    && messages::asks_for_person(tx.connection, store_id, id).await?;
                if is_known || stored.spam {
                    return Ok(place.conversation(stored.for_visitor()));
                }
                let appended =
                    append(tx, store_id, id, entry, Change::human_requested(), now).await?;
                Ok(place.conversation(appended.stored.for_visitor()))
            })
        })
        .await
}

/// Lets the AI answer in this conversation again, or makes it quiet.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) if it isn't this store's.
pub async fn set_ai_active(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    active: bool,
) -> Result<ConversationSummary> {
    who.require(Permission::AnswerConversations)?;
    let kind = if active {
        MessageKind::AiOn
    } else {
        MessageKind::AiOff
    };
    let author = who.actor.clone();
    change(ctx, who, id, move |stored| {
        // The AI says nothing to spam.
        (stored.ai_active != active && !(active && stored.spam)).then(|| {
            // The team's own arrangement: nothing the shopper need see.
            (Entry::team_event(kind, author), Change::ai_active(active))
        })
    })
    .await
}

async fn set_status(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    status: Status,
) -> Result<ConversationSummary> {
    who.require(Permission::AnswerConversations)?;
    let kind = match status {
        Status::Resolved => MessageKind::Resolved,
        _ => MessageKind::Reopened,
    };
    let author = who.actor.clone();
    change(ctx, who, id, move |stored| match (stored.status, status) {
        // What is opened again is no spam.
        (_, Status::Open) if stored.spam => Some((
            Entry::team_event(MessageKind::NotSpam, author),
            Change::spam(false),
        )),
        (before, after) if before == after => None,
        (Status::Snoozed, Status::Open) => {
            Some((Entry::snooze_ended(author), Change::end_snooze(None)))
        }
        _ => Some((Entry::event(kind, author), Change::status(status))),
    })
    .await
}

/// Makes the change that `decide` finds necessary, if any.
pub(super) async fn change(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    decide: impl FnOnce(&queries::Stored) -> Option<(Entry, Change)> + Send + 'static,
) -> Result<ConversationSummary> {
    let (ctx, who, now) = (ctx.clone(), who.clone(), ctx.now());
    let db = ctx.db().clone();
    db.write(move |tx| {
        Box::pin(async move {
            let store_id = who.store_id;
            tx.lock(id).await?;
            let stored = place::known(tx.connection, store_id, id).await?;
            if let Some((entry, change)) = decide(&stored) {
                let given_to = change.given_to();
                let seq = append(tx, store_id, id, entry, change, now)
                    .await?
                    .message
                    .seq;
                if change.unread == Unread::None {
                    mark_up_to(tx, store_id, id, Side::Agent, seq, now).await?;
                }
                // Who takes it knows.
                if let Some(user) = given_to
                    && who.user().is_none_or(|me| me.id != user)
                {
                    alarms::handed_over(&ctx, tx, store_id, id, user).await?;
                }
            }
            place::known_summary(tx.connection, store_id, id).await
        })
    })
    .await
}
