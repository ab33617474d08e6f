//! What a person has typed in a conversation and not sent.

mod queries;

use super::place;
use crate::{
    Ctx,
    access::{Actor, Permission, Principal},
    db::Tx,
    error::{Error, Forbidden, Result},
};
use domain::{
    Invalid, UnixMillis,
    ids::{ConversationId, StoreId, UserId},
    inbox::Drafts,
    message::BODY_MAX,
};

/// Keeps what a person has typed, as it stands: a reply, or a note. An empty text is kept no
/// more.
///
/// # Errors
/// [`Error::NotFound`] if the conversation isn't this store's; [`Error::Invalid`] for a text
/// that is too long; [`Error::Forbidden`] for a program.
pub async fn keep_draft(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    is_note: bool,
    body: String,
) -> Result<()> {
    who.require(Permission::AnswerConversations)?;
    let user = who
        .user()
        .ok_or(Error::Forbidden(Forbidden::NotAPerson))?
        .id;
    // Blanks at the ends are somebody's who goes on typing: they count, too.
    if body.chars().count() > DRAFT_MAX {
        let text = format!("A draft has at most {DRAFT_MAX} characters.");
        return Err(Invalid::new("body", text).into());
    }
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                // Nothing is kept of a conversation that is being deleted.
                let place = place::lock(tx, store_id, id).await?;
                place::known(tx.connection, store_id, place.at).await?;
                if !place.is_itself() {
                    return add(tx, store_id, place.at, user, (is_note, body), now).await;
                }
                if body.is_empty() {
                    queries::forget(tx.connection, store_id, id, user, is_note).await
                } else {
                    queries::keep(tx.connection, store_id, id, user, (is_note, &body), now).await
                }
            })
        })
        .await
}

/// What somebody has typed where two conversations have just been merged stands with what they
/// have typed there.
async fn add(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    at: ConversationId,
    user: UserId,
    (is_note, body): (bool, String),
    now: UnixMillis,
) -> Result<()> {
    let there = queries::of_conversation(tx.connection, store_id, at, user).await?;
    let there = if is_note { there.note } else { there.reply };
    if there.contains(body.trim()) {
        return Ok(());
    }
    let both = match there.is_empty() {
        true => body,
        false => format!("{there}\n\n{body}"),
    };
    queries::keep(tx.connection, store_id, at, user, (is_note, &both), now).await
}

/// Twice what can be sent: a text that is too long is shortened, not lost.
const DRAFT_MAX: usize = 2 * BODY_MAX;

/// What a person says is a draft no more, on no device.
pub(super) async fn said(
    connection: &mut sqlx::AnyConnection,
    store_id: StoreId,
    id: ConversationId,
    author: &Actor,
    is_note: bool,
) -> Result<()> {
    match author {
        Actor::User(user) => queries::forget(connection, store_id, id, user.id, is_note).await,
        _ => Ok(()),
    }
}

/// What `who` has typed in a conversation and not sent; nothing for a program.
pub(super) async fn of(
    connection: &mut sqlx::AnyConnection,
    who: &Principal,
    id: ConversationId,
) -> Result<Drafts> {
    match who.user() {
        Some(user) => queries::of_conversation(connection, who.store_id, id, user.id).await,
        None => Ok(Drafts::default()),
    }
}
