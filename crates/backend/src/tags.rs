//! A store's tags. Which conversation has which is in [`conversations`](crate::conversations).

pub(crate) mod queries;

use crate::{
    Ctx,
    access::{Permission, Principal},
    db::Tx,
    error::{Conflict, Error, Noun, Result},
    realtime::hub::{Outgoing, Topic},
};
use domain::{
    Invalid,
    events::{self, ServerEvent},
    ids::{StoreId, TagId},
    tag::{TAGS_MAX, Tag},
};

/// A store's tags, by name.
///
/// # Errors
/// If the database fails.
pub async fn list(ctx: &Ctx, who: &Principal) -> Result<Vec<Tag>> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    queries::list(&mut connection, who.store_id).await
}

/// Makes a tag. The same again changes nothing; `true` if it is new.
///
/// # Errors
/// [`Error::Invalid`] for a name that is none or taken, or if there are
/// too many; [`Error::Conflict`] if the id is
/// another tag's.
pub async fn create(ctx: &Ctx, who: &Principal, tag: Tag) -> Result<(Tag, bool)> {
    who.require(Permission::AnswerConversations)?;
    let tag = tag.checked()?;
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                let there = queries::list(tx.connection, store_id).await?;
                if let Some(first) = there.iter().find(|there| there.id == tag.id) {
                    return match *first == tag {
                        true => Ok((tag, false)),
                        false => Err(Error::Conflict(Conflict::IdTaken)),
                    };
                }
                if there.len() >= TAGS_MAX {
                    let text =
                        format!("A store has at most {TAGS_MAX} tags. Please delete one first.");
                    return Err(Invalid::new("name", text).into());
                }
                check_free(&there, &tag)?;
                queries::insert(tx.connection, store_id, &tag, now).await?;
                changed(tx, store_id);
                Ok((tag, true))
            })
        })
        .await
}

/// Renames or recolours a tag, wherever it is.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for a name that is none or taken.
pub async fn update(ctx: &Ctx, who: &Principal, tag: Tag) -> Result<Tag> {
    who.require(Permission::ManageTags)?;
    let tag = tag.checked()?;
    let store_id = who.store_id;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                let there = queries::list(tx.connection, store_id).await?;
                check_free(&there, &tag)?;
                if !queries::update(tx.connection, store_id, &tag).await? {
                    return Err(Error::NotFound(Noun::Tag));
                }
                changed(tx, store_id);
                Ok(tag)
            })
        })
        .await
}

/// Deletes a tag; conversations that have it get `into` in its place, if that is given.
///
/// # Errors
/// [`Error::NotFound`] for either.
pub async fn delete(ctx: &Ctx, who: &Principal, id: TagId, into: Option<TagId>) -> Result<()> {
    who.require(Permission::ManageTags)?;
    let store_id = who.store_id;
    if into == Some(id) {
        return Err(Invalid::new("into", "Please choose another tag.").into());
    }
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                if let Some(into) = into {
                    if queries::get(tx.connection, store_id, into).await?.is_none() {
                        return Err(Error::NotFound(Noun::Tag));
                    }
                    queries::move_all(tx.connection, store_id, id, into).await?;
                }
                if !queries::delete(tx.connection, store_id, id).await? {
                    return Err(Error::NotFound(Noun::Tag));
                }
                changed(tx, store_id);
                Ok(())
            })
        })
        .await
}

fn check_free(there: &[Tag], tag: &Tag) -> Result<()> {
    let key = Tag::key(&tag.name);
    let is_taken = there
        .iter()
        .any(|there| there.id != tag.id && Tag::key(&there.name) == key);
    if is_taken {
        return Err(Invalid::new("name", "There is a tag with this name already.").into());
    }
    Ok(())
}

/// Whoever shows tags asks again.
fn changed(tx: &mut Tx<'_>, store_id: StoreId) {
    tx.effects.publish(Outgoing {
        topic: Topic::Store(store_id),
        event: ServerEvent::changed(events::Noun::Tags),
    });
}
