//! A store's team: who is in it and in which role. How somebody gets in is in
//! [`invitations`] and [`joining`].
//!
//! Whoever changes a team first takes the store's lock: of two owners who leave at once, one
//! stays.

pub mod invitations;
pub mod joining;
pub(crate) mod queries;

use crate::{
    Ctx,
    access::{Permission, Principal},
    auth::two_factor,
    cache::Forget,
    db::Tx,
    error::{Conflict, Error, Forbidden, Noun, Result},
    jobs::{self, kinds::release_conversations::ReleaseConversations},
    realtime::hub::{Outgoing, Topic},
    stores,
};
use domain::{
    UnixMillis,
    events::{self, ServerEvent},
    ids::{StoreId, UserId},
    role::Role,
    team::{Member, Team},
};

/// The Team page: everybody, and who is invited.
///
/// # Errors
/// [`Error::Forbidden`] for a program.
pub async fn team(ctx: &Ctx, who: &Principal) -> Result<Team> {
    who.require(Permission::ReadTeam)?;
    let (me, role) = person(who)?;
    let (store_id, now) = (who.store_id, ctx.now());
    let mut connection = ctx.db().read().await?;
    let invitations = if who.has(Permission::Invite) {
        queries::waiting(&mut connection, store_id, now).await?
    } else {
        Vec::new()
    };
    Ok(Team {
        me,
        role,
        members: queries::members(&mut connection, store_id, now).await?,
        invitations,
        mails_are_read: ctx.config().mails_are_read,
        requires_two_factor: stores::queries::requires_two_factor(&mut connection, store_id)
            .await?,
    })
}

/// Everybody of the team, by name.
///
/// # Errors
/// If the database fails.
pub async fn members(ctx: &Ctx, who: &Principal) -> Result<Vec<Member>> {
    who.require(Permission::ReadTeam)?;
    let mut connection = ctx.db().read().await?;
    queries::members(&mut connection, who.store_id, ctx.now()).await
}

/// Gives somebody of the team another role, or oneself a lower one.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] if theirs or the new one is above one's own;
/// [`Conflict::LastOwner`].
pub async fn change_role(ctx: &Ctx, who: &Principal, id: UserId, role: Role) -> Result<()> {
    who.require(Permission::ManageTeam)?;
    let (who, now) = (who.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let store_id = who.store_id;
                tx.lock(store_id).await?;
                let before = may_change(tx, &who, id).await?;
                if before == role {
                    return Ok(());
                }
                if !now_of(tx, &who).await?.may_give(role) {
                    return Err(Error::Forbidden(Forbidden::AboveOwnRole));
                }
                if before == Role::Owner {
                    not_the_last_owner(tx, store_id).await?;
                }
                queries::set_role(tx.connection, store_id, id, role).await?;
                if role < before {
                    queries::revoke_of(tx.connection, store_id, id, now).await?;
                }
                changed(tx, store_id, Some(id));
                Ok(())
            })
        })
        .await
}

/// Takes somebody out of the team. Their sockets end, and their conversations become
/// nobody's.
///
/// # Errors
/// As [`change_role`].
pub async fn remove(ctx: &Ctx, who: &Principal, id: UserId) -> Result<()> {
    who.require(Permission::ManageTeam)?;
    let (who, now) = (who.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(who.store_id).await?;
                let role = may_change(tx, &who, id).await?;
                take_out(tx, who.store_id, id, role, now).await
            })
        })
        .await
}

/// Leaves the team.
///
/// # Errors
/// [`Error::Forbidden`] for a program; [`Conflict::LastOwner`].
pub async fn leave(ctx: &Ctx, who: &Principal) -> Result<()> {
    let (me, _) = person(who)?;
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                let role = stores::queries::role(tx.connection, store_id, me).await?;
                let role = role.ok_or(Error::NotFound(Noun::Store))?;
                take_out(tx, store_id, me, role, now).await
            })
        })
        .await
}

/// Makes somebody of the team an owner in one's own place, and oneself an admin.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] unless one is an owner.
pub async fn hand_over(ctx: &Ctx, who: &Principal, id: UserId) -> Result<()> {
    who.require(Permission::ManageTeam)?;
    let (me, _) = person(who)?;
    let (who, now) = (who.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let store_id = who.store_id;
                tx.lock(store_id).await?;
                if now_of(tx, &who).await? != Role::Owner {
                    return Err(Error::Forbidden(Forbidden::OwnersOnly));
                }
                let theirs = stores::queries::role(tx.connection, store_id, id).await?;
                theirs.ok_or(Error::NotFound(Noun::Member))?;
                if id == me {
                    return Ok(());
                }
                queries::set_role(tx.connection, store_id, id, Role::Owner).await?;
                queries::set_role(tx.connection, store_id, me, Role::Admin).await?;
                queries::revoke_of(tx.connection, store_id, me, now).await?;
                changed(tx, store_id, Some(me));
                changed(tx, store_id, Some(id));
                Ok(())
            })
        })
        .await
}

/// Lets nobody of the team see anything of the store without a second factor, or lets them again.
/// Who has none is led to setting it up.
///
/// # Errors
/// [`Conflict::OwnTwoFactorFirst`] if the one who asks has none; [`Error::Forbidden`] for a
/// program.
pub async fn require_two_factor(ctx: &Ctx, who: &Principal, requires: bool) -> Result<()> {
    who.require(Permission::ManageTeam)?;
    let (me, _) = person(who)?;
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                if requires && !two_factor::queries::is_on(tx.connection, me).await? {
                    return Err(Error::Conflict(Conflict::OwnTwoFactorFirst));
                }
                stores::queries::set_requires_two_factor(tx.connection, store_id, requires).await?;
                for member in queries::members(tx.connection, store_id, now).await? {
                    tx.effects.forget(Forget::Member(store_id, member.id));
                }
                changed(tx, store_id, None);
                Ok(())
            })
        })
        .await
}

/// The role of somebody whose place may be changed by the one who asks.
async fn may_change(tx: &mut Tx<'_>, who: &Principal, id: UserId) -> Result<Role> {
    let theirs = stores::queries::role(tx.connection, who.store_id, id).await?;
    let theirs = theirs.ok_or(Error::NotFound(Noun::Member))?;
    if now_of(tx, who).await?.may_give(theirs) {
        Ok(theirs)
    } else {
        Err(Error::Forbidden(Forbidden::AboveOwnRole))
    }
}

/// What the one who asks is right now: what proves it may be some seconds old.
async fn now_of(tx: &mut Tx<'_>, who: &Principal) -> Result<Role> {
    let Some(user) = who.user() else {
        return who.role.ok_or(Error::Forbidden(Forbidden::NotByKey));
    };
    let role = stores::queries::role(tx.connection, who.store_id, user.id).await?;
    role.ok_or(Error::NotFound(Noun::Store))
}

async fn not_the_last_owner(tx: &mut Tx<'_>, store_id: StoreId) -> Result<()> {
    match queries::owners(tx.connection, store_id).await? {
        0 | 1 => Err(Error::Conflict(Conflict::LastOwner)),
        _ => Ok(()),
    }
}

async fn take_out(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: UserId,
    role: Role,
    now: UnixMillis,
) -> Result<()> {
    if role == Role::Owner {
        not_the_last_owner(tx, store_id).await?;
    }
    queries::delete(tx.connection, store_id, id).await?;
    // Else they would come back by a link of their own.
    queries::revoke_of(tx.connection, store_id, id, now).await?;
    let release = jobs::prepare(store_id, ReleaseConversations { user_id: id })?;
    jobs::enqueue(tx, vec![release]).await?;
    changed(tx, store_id, Some(id));
    Ok(())
}

/// Whoever shows the team asks again, and so does whatever lets this person in.
fn changed(tx: &mut Tx<'_>, store_id: StoreId, person: Option<UserId>) {
    if let Some(id) = person {
        tx.effects.forget(Forget::Member(store_id, id));
    }
    tx.effects.publish(Outgoing {
        topic: Topic::Store(store_id),
        event: ServerEvent::changed(events::Noun::Team),
    });
}

/// The person who asks, and what they are in the store.
fn person(who: &Principal) -> Result<(UserId, Role)> {
    let user = who.user().map(|user| user.id);
    user.zip(who.role)
        .ok_or(Error::Forbidden(Forbidden::NotAPerson))
}
