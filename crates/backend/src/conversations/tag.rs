//! Tags on conversations.

use super::{
    append::append,
    change::{Change, Entry},
    place,
};
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::{Error, Noun, Result},
    tags,
};
use domain::{
    Invalid,
    ids::{ConversationId, TagId},
    inbox::ConversationSummary,
    tag::TAGS_OF_CONVERSATION_MAX,
};

/// Puts a tag on a conversation. One that it has stays.
///
/// # Errors
/// [`Error::NotFound`] if the conversation or the tag isn't this store's; [`Error::Invalid`]
/// if it has too many.
pub async fn tag(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    tag_id: TagId,
) -> Result<ConversationSummary> {
    set(ctx, who, id, tag_id, true).await
}

/// Takes a tag off a conversation, if it has it.
///
/// # Errors
/// [`Error::NotFound`] if the conversation or the tag isn't this store's.
pub async fn untag(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    tag_id: TagId,
) -> Result<ConversationSummary> {
    set(ctx, who, id, tag_id, false).await
}

async fn set(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    tag_id: TagId,
    is_on: bool,
) -> Result<ConversationSummary> {
    who.require(Permission::AnswerConversations)?;
    let (who, now) = (who.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let store_id = who.store_id;
                // A tag that is being deleted must not come onto a conversation. The store's
                // lock comes first, everywhere.
                tx.lock(store_id).await?;
                tx.lock(id).await?;
                place::known(tx.connection, store_id, id).await?;
                let tag = tags::queries::get(tx.connection, store_id, tag_id)
                    .await?
                    .ok_or(Error::NotFound(Noun::Tag))?;
                let has_changed = if is_on {
                    tags::queries::put_on(tx.connection, store_id, id, tag_id, now).await?
                } else {
                    tags::queries::take_off(tx.connection, store_id, id, tag_id).await?
                };
                if has_changed {
                    let count = tags::queries::count_of(tx.connection, store_id, id).await?;
                    if is_on && usize::try_from(count).is_ok_and(|n| n > TAGS_OF_CONVERSATION_MAX) {
                        return Err(too_many());
                    }
                    let entry = Entry::tagged(is_on, tag.name, who.actor.clone());
                    append(tx, store_id, id, entry, Change::default(), now).await?;
                }
                place::known_summary(tx.connection, store_id, id).await
            })
        })
        .await
}

fn too_many() -> Error {
    let text = format!(
        "A conversation has at most {TAGS_OF_CONVERSATION_MAX} tags. Please take one off first."
    );
    Invalid::new("tag_id", text).into()
}
