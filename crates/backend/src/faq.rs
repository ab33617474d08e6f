//! FAQ Knowledge Base. A saved item is found by keyword at once; its embedding
//! follows by a job.

pub mod index;
pub(crate) mod queries;

use crate::{
    Ctx,
    access::{Permission, Principal},
    db::Tx,
    error::{Conflict, Error, Noun, Result},
    jobs::{self, kinds::embed_faq::EmbedFaq},
    page::Page,
    realtime::hub::{Outgoing, Topic},
};
use domain::{
    Invalid, UnixMillis,
    events::{self, ServerEvent},
    faq::{
        FaqCategory, FaqDraft, FaqItem, FaqItemState, ITEMS_MAX, STARTER_CATEGORIES,
        parse_category_name,
    },
    ids::{FaqCategoryId, FaqItemId, StoreId},
};

/// Most categories of one store.
const CATEGORIES_MAX: usize = 200;

/// Every category with its items, in the merchant's order.
///
/// # Errors
/// If the database fails.
pub async fn list(ctx: &Ctx, who: &Principal) -> Result<Vec<FaqCategory>> {
    who.require(Permission::ReadFaq)?;
    let mut connection = ctx.db().read().await?;
    queries::categories(&mut connection, who.store_id).await
}

/// Every category's id and name, in the merchant's order.
///
/// # Errors
/// If the database fails.
pub async fn category_names(ctx: &Ctx, who: &Principal) -> Result<Vec<(FaqCategoryId, String)>> {
    who.require(Permission::ReadFaq)?;
    let mut connection = ctx.db().read().await?;
    queries::category_names(&mut connection, who.store_id).await
}

/// A page of the items, of one category or of all: those after `after`, in the order in
/// which they were made.
///
/// # Errors
/// If the database fails.
pub async fn items(
    ctx: &Ctx,
    who: &Principal,
    category: Option<FaqCategoryId>,
    after: Option<FaqItemId>,
    limit: i64,
) -> Result<Page<FaqItem>> {
    who.require(Permission::ReadFaq)?;
    let mut connection = ctx.db().read().await?;
    let rows = queries::items(&mut connection, who.store_id, category, after, limit + 1).await?;
    Ok(Page::of(rows, limit))
}

/// One item.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn item(ctx: &Ctx, who: &Principal, id: FaqItemId) -> Result<FaqItem> {
    who.require(Permission::ReadFaq)?;
    let mut connection = ctx.db().read().await?;
    queries::item(&mut connection, who.store_id, id)
        .await?
        .ok_or(Error::NotFound(Noun::Question))
}

/// Adds a category at the end. The same `id` with the same name again changes nothing;
/// `true` if the category is new.
///
/// # Errors
/// [`Error::Invalid`] for the name, also if there is one of that name;
/// [`Error::Conflict`] if the id belongs to another, or there are too many.
pub async fn create_category(
    ctx: &Ctx,
    who: &Principal,
    id: FaqCategoryId,
    name: &str,
) -> Result<(FaqCategory, bool)> {
    who.require(Permission::ChangeFaq)?;
    let name = parse_category_name(name)?;
    let store_id = who.store_id;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                let existing = queries::categories(tx.connection, store_id).await?;
                if let Some(first) = existing.iter().find(|category| category.id == id) {
                    return made_before(first.name == name, first.clone());
                }
                name_is_free(&existing, &name, None)?;
                let added = insert_category(tx, store_id, &existing, id, &name).await?;
                Ok((added, true))
            })
        })
        .await
}

/// What there is with an id that was used before, if a retry asks for it.
fn made_before<T>(is_same: bool, first: T) -> Result<(T, bool)> {
    if is_same {
        Ok((first, false))
    } else {
        Err(Error::Conflict(Conflict::IdTaken))
    }
}

/// Adds those of the six starter categories that aren't there yet.
///
/// # Errors
/// If the database fails.
pub async fn add_starter_categories(ctx: &Ctx, who: &Principal) -> Result<Vec<FaqCategory>> {
    who.require(Permission::ChangeFaq)?;
    let store_id = who.store_id;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                let mut existing = queries::categories(tx.connection, store_id).await?;
                for name in STARTER_CATEGORIES {
                    if name_is_free(&existing, name, None).is_ok() {
                        let id = FaqCategoryId::generate();
                        let added = insert_category(tx, store_id, &existing, id, name).await?;
                        existing.push(added);
                    }
                }
                Ok(existing)
            })
        })
        .await
}

async fn insert_category(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    existing: &[FaqCategory],
    id: FaqCategoryId,
    name: &str,
) -> Result<FaqCategory> {
    if existing.len() >= CATEGORIES_MAX {
        return Err(Error::Conflict(Conflict::CategoryLimit));
    }
    queries::insert_category(tx.connection, store_id, id, name).await?;
    tell_agents(tx, store_id);
    Ok(FaqCategory {
        id,
        name: name.to_owned(),
        items: Vec::new(),
    })
}

fn name_is_free(existing: &[FaqCategory], name: &str, except: Option<FaqCategoryId>) -> Result<()> {
    let taken = existing.iter().any(|category| {
        Some(category.id) != except && category.name.to_lowercase() == name.to_lowercase()
    });
    if taken {
        return Err(Invalid::new(
            "name",
            "There is a category of this name already. Please choose another.",
        )
        .into());
    }
    Ok(())
}

/// Renames a category; the name as it is stored.
///
/// # Errors
/// [`Error::Invalid`] for the name; [`Error::NotFound`].
pub async fn rename_category(
    ctx: &Ctx,
    who: &Principal,
    id: FaqCategoryId,
    name: &str,
) -> Result<String> {
    who.require(Permission::ChangeFaq)?;
    let name = parse_category_name(name)?;
    let store_id = who.store_id;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                let existing = queries::categories(tx.connection, store_id).await?;
                name_is_free(&existing, &name, Some(id))?;
                found(
                    queries::rename_category(tx.connection, store_id, id, &name).await?,
                    Noun::Category,
                )?;
                tell_agents(tx, store_id);
                Ok(name)
            })
        })
        .await
}

/// Deletes a category with everything in it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete_category(ctx: &Ctx, who: &Principal, id: FaqCategoryId) -> Result<()> {
    who.require(Permission::ChangeFaq)?;
    let store_id = who.store_id;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                found(
                    queries::delete_category(tx.connection, store_id, id).await?,
                    Noun::Category,
                )?;
                changed(tx, store_id, None).await
            })
        })
        .await
}

/// Moves a category to `position`, counted from 0, or to the end if there are fewer; where
/// it stands then.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn move_category(
    ctx: &Ctx,
    who: &Principal,
    id: FaqCategoryId,
    position: i64,
) -> Result<usize> {
    who.require(Permission::ChangeFaq)?;
    let store_id = who.store_id;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                let mut order: Vec<_> = queries::categories(tx.connection, store_id)
                    .await?
                    .into_iter()
                    .map(|category| category.id)
                    .collect();
                let moved = move_within(&mut order, &id, position);
                let moved = moved.ok_or(Error::NotFound(Noun::Category))?;
                for (position, id) in (0..).zip(order) {
                    queries::place_category(tx.connection, store_id, id, position).await?;
                }
                tell_agents(tx, store_id);
                Ok(moved)
            })
        })
        .await
}

/// Adds a question at the end of its category. The same `id` with the same texts again
/// changes nothing; `true` if the question is new.
///
/// # Errors
/// [`Error::Invalid`] for a text; [`Error::NotFound`] for the category;
/// [`Error::Conflict`] if the id belongs to another, or there are too many.
pub async fn add_item(
    ctx: &Ctx,
    who: &Principal,
    id: FaqItemId,
    draft: FaqDraft,
) -> Result<(FaqItem, bool)> {
    who.require(Permission::ChangeFaq)?;
    let draft = draft.validated()?;
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(id).await?;
                if let Some(first) = queries::item(tx.connection, store_id, id).await? {
                    return made_before(first.is_made_of(&draft), first);
                }
                if queries::count_items(tx.connection, store_id).await? >= ITEMS_MAX {
                    return Err(Error::Conflict(Conflict::FaqFull));
                }
                let added = insert_item(tx, store_id, id, &draft, &[], now).await?;
                Ok((added, true))
            })
        })
        .await
}

/// Inserts an item and its embedding job.
pub(crate) async fn insert_item(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: FaqItemId,
    draft: &FaqDraft,
    variants: &[String],
    now: UnixMillis,
) -> Result<FaqItem> {
    let inserted = queries::insert_item(tx.connection, store_id, id, draft, variants, now).await?;
    found(inserted, Noun::Category)?;
    let job = EmbedFaq {
        item_id: id,
        revision: 1,
    };
    jobs::enqueue(tx, vec![jobs::prepare(store_id, job)?]).await?;
    changed(tx, store_id, Some(id)).await?;
    Ok(FaqItem {
        id,
        category_id: draft.category_id,
        question: draft.question.clone(),
        answer: draft.answer.clone(),
        state: FaqItemState::Indexing,
        error: None,
        updated_at: now,
    })
}

/// Changes an item. Its old embedding is gone at once, so that the AI never
/// answers from a text that has been replaced.
///
/// # Errors
/// [`Error::Invalid`] for a text; [`Error::NotFound`].
pub async fn update_item(
    ctx: &Ctx,
    who: &Principal,
    id: FaqItemId,
    draft: FaqDraft,
) -> Result<FaqItem> {
    who.require(Permission::ChangeFaq)?;
    let draft = draft.validated()?;
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                if !queries::category_exists(tx.connection, store_id, draft.category_id).await? {
                    return Err(Error::NotFound(Noun::Category));
                }
                found(
                    queries::update_item(tx.connection, store_id, id, &draft, now).await?,
                    Noun::Question,
                )?;
                index_again(tx, store_id, id).await?;
                queries::item(tx.connection, store_id, id)
                    .await?
                    .ok_or(Error::NotFound(Noun::Question))
            })
        })
        .await
}

/// Tries again to make an item's embedding.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn retry_item(ctx: &Ctx, who: &Principal, id: FaqItemId) -> Result<()> {
    who.require(Permission::ChangeFaq)?;
    let store_id = who.store_id;
    ctx.db()
        .write(move |tx| Box::pin(async move { index_again(tx, store_id, id).await }))
        .await
}

async fn index_again(tx: &mut Tx<'_>, store_id: StoreId, id: FaqItemId) -> Result<()> {
    let revision = queries::start_indexing(tx.connection, store_id, id)
        .await?
        .ok_or(Error::NotFound(Noun::Question))?;
    queries::delete_embedding(tx.connection, store_id, id).await?;
    let job = EmbedFaq {
        item_id: id,
        revision,
    };
    jobs::enqueue(tx, vec![jobs::prepare(store_id, job)?]).await?;
    changed(tx, store_id, Some(id)).await
}

/// Deletes an item.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete_item(ctx: &Ctx, who: &Principal, id: FaqItemId) -> Result<()> {
    who.require(Permission::ChangeFaq)?;
    let store_id = who.store_id;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                found(
                    queries::delete_item(tx.connection, store_id, id).await?,
                    Noun::Question,
                )?;
                changed(tx, store_id, None).await
            })
        })
        .await
}

/// Moves an item to `position` of a category, counted from 0, or to its end if there are
/// fewer; where it stands then.
///
/// # Errors
/// [`Error::NotFound`] for the item or the category.
pub async fn move_item(
    ctx: &Ctx,
    who: &Principal,
    id: FaqItemId,
    category_id: FaqCategoryId,
    position: i64,
) -> Result<usize> {
    who.require(Permission::ChangeFaq)?;
    let store_id = who.store_id;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                let categories = queries::categories(tx.connection, store_id).await?;
                let target = categories
                    .iter()
                    .find(|category| category.id == category_id)
                    .ok_or(Error::NotFound(Noun::Category))?;
                if queries::item(tx.connection, store_id, id).await?.is_none() {
                    return Err(Error::NotFound(Noun::Question));
                }
                let mut order: Vec<_> = target
                    .items
                    .iter()
                    .map(|item| item.id)
                    .filter(|other| *other != id)
                    .collect();
                order.push(id);
                let moved = move_within(&mut order, &id, position);
                let moved = moved.ok_or(Error::NotFound(Noun::Question))?;
                for (position, id) in (0..).zip(order) {
                    queries::place_item(tx.connection, store_id, id, category_id, position).await?;
                }
                tell_agents(tx, store_id);
                Ok(moved)
            })
        })
        .await
}

/// Moves `item` of `list` to `position`, or to the end; where that is, and `None` if it isn't
/// there.
fn move_within<T: PartialEq + Copy>(list: &mut Vec<T>, item: &T, position: i64) -> Option<usize> {
    let at = list.iter().position(|other| other == item)?;
    let item = list.remove(at);
    let position = usize::try_from(position.max(0)).unwrap_or(usize::MAX);
    let position = position.min(list.len());
    list.insert(position, item);
    Some(position)
}

fn found(rows: u64, noun: Noun) -> Result<()> {
    if rows == 0 {
        Err(Error::NotFound(noun))
    } else {
        Ok(())
    }
}

/// Something the AI knows has changed: the index in memory is out of date, and
/// learns that of `item`; if there is none, that items are no more.
pub(crate) async fn changed(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    item: Option<FaqItemId>,
) -> Result<()> {
    let version = queries::bump_version(tx.connection, store_id).await?;
    if let Some(id) = item {
        queries::set_version(tx.connection, store_id, id, version).await?;
    }
    tell_agents(tx, store_id);
    Ok(())
}

pub(crate) fn tell_agents(tx: &mut Tx<'_>, store_id: StoreId) {
    tx.effects.publish(Outgoing {
        topic: Topic::Store(store_id),
        event: ServerEvent::changed(events::Noun::Faq),
    });
}

#[cfg(test)]
mod tests {
    use super::move_within;

    #[test]
    fn moving_keeps_the_others_in_order() {
        let mut list = vec![1, 2, 3, 4];
        assert_eq!(move_within(&mut list, &4, 1), Some(1));
        assert_eq!(list, [1, 4, 2, 3]);
        assert_eq!(move_within(&mut list, &1, 99), Some(3));
        assert_eq!(list, [4, 2, 3, 1]);
        assert_eq!(move_within(&mut list, &3, -1), Some(0));
        assert_eq!(list, [3, 4, 2, 1]);
        assert_eq!(move_within(&mut list, &9, 0), None);
    }
}
