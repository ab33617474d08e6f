//! Views of the inbox that a person keeps.

pub(super) mod queries;

use crate::{
    Ctx,
    access::{Permission, Principal, User},
    error::{Error, Forbidden, Result},
};
use domain::{
    Invalid,
    inbox::{SavedView, VIEWS_MAX},
};

/// Keeps a view of whoever asks; one of the same name shows this from now on. All of theirs.
///
/// # Errors
/// [`Error::Invalid`] for the name, or if they have too many; [`Error::Forbidden`] for a program.
pub async fn save_view(ctx: &Ctx, who: &Principal, saved: SavedView) -> Result<Vec<SavedView>> {
    who.require(Permission::ReadConversations)?;
    let (me, saved) = (person(who)?.id, saved.checked()?);
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                // Of two that are kept at once both are counted.
                tx.lock(format!("views {me}")).await?;
                queries::keep(tx.connection, store_id, me, &saved, now).await?;
                let views = queries::list(tx.connection, store_id, me).await?;
                if views.len() > VIEWS_MAX {
                    let text = format!("You can keep {VIEWS_MAX} views. Remove one first.");
                    return Err(Invalid::new("name", text).into());
                }
                Ok(views)
            })
        })
        .await
}

/// Keeps a view no more. To remove it again changes nothing. All that are left.
///
/// # Errors
/// [`Error::Forbidden`] for a program.
pub async fn forget_view(ctx: &Ctx, who: &Principal, name: String) -> Result<Vec<SavedView>> {
    who.require(Permission::ReadConversations)?;
    let (me, store_id) = (person(who)?.id, who.store_id);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                queries::forget(tx.connection, store_id, me, &name).await?;
                queries::list(tx.connection, store_id, me).await
            })
        })
        .await
}

fn person(who: &Principal) -> Result<&User> {
    who.user().ok_or(Error::Forbidden(Forbidden::NotAPerson))
}
