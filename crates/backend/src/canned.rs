//! Canned responses: what the team shares, and what each person keeps for themselves.
//! Nobody sees another person's own; only its keyword is taken for all.

mod file;
pub mod import;
pub(crate) mod queries;

pub use file::CannedFormat;

use crate::{
    Ctx,
    access::{Permission, Principal},
    db::Tx,
    error::{Conflict, Error, Forbidden, Noun, Result},
    page::Page,
    realtime::hub::{Outgoing, Topic},
};
use domain::{
    Invalid, UnixMillis,
    canned::{CannedDraft, CannedList, CannedResponse, OWN_MAX, SHARED_MAX},
    events::{self, ServerEvent},
    ids::{CannedResponseId, StoreId, UserId},
};
use queries::Visible;

/// All that somebody may use, by keyword.
///
/// # Errors
/// If the database fails.
pub async fn list(ctx: &Ctx, who: &Principal) -> Result<CannedList> {
    who.require(Permission::UseCannedResponses)?;
    let mut connection = ctx.db().read().await?;
    Ok(CannedList {
        responses: queries::list(&mut connection, Visible::to(who)).await?,
        may_share: who.has(Permission::ChangeSharedCannedResponses),
    })
}

/// A page of them: those after `after`, in the order in which they were made.
///
/// # Errors
/// If the database fails.
pub async fn page(
    ctx: &Ctx,
    who: &Principal,
    after: Option<CannedResponseId>,
    limit: i64,
) -> Result<Page<CannedResponse>> {
    who.require(Permission::UseCannedResponses)?;
    let mut connection = ctx.db().read().await?;
    let rows = queries::page(&mut connection, Visible::to(who), after, limit + 1).await?;
    Ok(Page::of(rows, limit))
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(ctx: &Ctx, who: &Principal, id: CannedResponseId) -> Result<CannedResponse> {
    who.require(Permission::UseCannedResponses)?;
    let mut connection = ctx.db().read().await?;
    queries::get(&mut connection, Visible::to(who), id)
        .await?
        .ok_or(NOT_FOUND)
}

const NOT_FOUND: Error = Error::NotFound(Noun::CannedResponse);

/// Adds one. The same `id` with the same texts again changes nothing; `true` if it is new.
///
/// # Errors
/// [`Error::Invalid`] for what is typed, also if the keyword is taken; [`Error::Conflict`] if
/// the id belongs to another, or there are too many.
pub async fn create(
    ctx: &Ctx,
    who: &Principal,
    id: CannedResponseId,
    draft: CannedDraft,
) -> Result<(CannedResponse, bool)> {
    let owner = owner(who, draft.mine)?;
    let draft = draft.checked()?;
    let (visible, now) = (Visible::to(who), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(visible.store_id).await?;
                if let Some(first) = queries::get(tx.connection, visible, id).await? {
                    return if first.is_made_of(&draft) {
                        Ok((first, false))
                    } else {
                        Err(Error::Conflict(Conflict::IdTaken))
                    };
                }
                keyword_is_free(tx, visible.store_id, &draft.keyword, None).await?;
                there_is_room(tx, visible.store_id, owner).await?;
                let added = insert(tx, visible.store_id, id, owner, &draft, now).await?;
                Ok((added, true))
            })
        })
        .await
}

/// Inserts one whose keyword is free.
pub(crate) async fn insert(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: CannedResponseId,
    owner: Option<UserId>,
    draft: &CannedDraft,
    now: UnixMillis,
) -> Result<CannedResponse> {
    if !queries::insert(tx.connection, store_id, id, owner, draft, now).await? {
        return Err(Error::Conflict(Conflict::IdTaken));
    }
    tell_agents(tx, store_id);
    Ok(CannedResponse {
        id,
        keyword: draft.keyword.clone(),
        title: draft.title.clone(),
        text: draft.text.clone(),
        category: draft.category.clone(),
        mine: draft.mine,
        uses: 0,
        last_used_at: None,
        updated_at: now,
    })
}

/// Changes one, or whose it is: what was shared becomes the person's own, or the other way.
///
/// # Errors
/// [`Error::Invalid`] for what is typed, also if the keyword is taken; [`Error::NotFound`];
/// [`Error::Conflict`] if there are too many where it goes.
pub async fn update(
    ctx: &Ctx,
    who: &Principal,
    id: CannedResponseId,
    draft: CannedDraft,
) -> Result<CannedResponse> {
    let owner = owner(who, draft.mine)?;
    let draft = draft.checked()?;
    let (who, visible, now) = (who.clone(), Visible::to(who), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let store_id = visible.store_id;
                tx.lock(store_id).await?;
                let before = queries::get(tx.connection, visible, id).await?;
                let before = before.ok_or(NOT_FOUND)?;
                who.require(permission(before.mine))?;
                keyword_is_free(tx, store_id, &draft.keyword, Some(id)).await?;
                if before.mine != draft.mine {
                    there_is_room(tx, store_id, owner).await?;
                }
                queries::update(tx.connection, store_id, id, owner, &draft, now).await?;
                tell_agents(tx, store_id);
                Ok(CannedResponse {
                    keyword: draft.keyword,
                    title: draft.title,
                    text: draft.text,
                    category: draft.category,
                    mine: draft.mine,
                    updated_at: now,
                    ..before
                })
            })
        })
        .await
}

/// Deletes one.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(ctx: &Ctx, who: &Principal, id: CannedResponseId) -> Result<()> {
    // Who may change none learns of none.
    who.require(permission(who.user().is_some()))?;
    let (who, visible) = (who.clone(), Visible::to(who));
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let found = queries::get(tx.connection, visible, id).await?;
                who.require(permission(found.ok_or(NOT_FOUND)?.mine))?;
                queries::delete(tx.connection, visible.store_id, id).await?;
                tell_agents(tx, visible.store_id);
                Ok(())
            })
        })
        .await
}

/// One was put into a reply.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn note_use(ctx: &Ctx, who: &Principal, id: CannedResponseId) -> Result<()> {
    who.require(Permission::UseCannedResponses)?;
    let (visible, now) = (Visible::to(who), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                if !queries::note_use(tx.connection, visible, id, now).await? {
                    return Err(NOT_FOUND);
                }
                tell_agents(tx, visible.store_id);
                Ok(())
            })
        })
        .await
}

/// What it takes to change one.
fn permission(mine: bool) -> Permission {
    if mine {
        Permission::ChangeOwnCannedResponses
    } else {
        Permission::ChangeSharedCannedResponses
    }
}

/// Whose one is that `who` makes.
fn owner(who: &Principal, mine: bool) -> Result<Option<UserId>> {
    who.require(permission(mine))?;
    if !mine {
        return Ok(None);
    }
    let user = who.user().ok_or(Error::Forbidden(Forbidden::NotByKey))?;
    Ok(Some(user.id))
}

async fn keyword_is_free(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    keyword: &str,
    except: Option<CannedResponseId>,
) -> Result<()> {
    match queries::by_keyword(tx.connection, store_id, keyword).await? {
        Some(id) if Some(id) != except => Err(keyword_taken().into()),
        _ => Ok(()),
    }
}

fn keyword_taken() -> Invalid {
    Invalid::new(
        "keyword",
        "This keyword is taken, by a shared response or by a colleague's own. Please choose another.",
    )
}

/// Whether the team, or a person, may have one more.
async fn there_is_room(tx: &mut Tx<'_>, store_id: StoreId, owner: Option<UserId>) -> Result<()> {
    let most = if owner.is_some() { OWN_MAX } else { SHARED_MAX };
    if queries::count(tx.connection, store_id, owner).await? >= most {
        return Err(Error::Conflict(Conflict::CannedResponseLimit));
    }
    Ok(())
}

fn tell_agents(tx: &mut Tx<'_>, store_id: StoreId) {
    tx.effects.publish(Outgoing {
        topic: Topic::Store(store_id),
        event: ServerEvent::changed(events::Noun::CannedResponses),
    });
}
