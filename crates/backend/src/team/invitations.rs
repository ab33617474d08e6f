//! Invitations: made by admins, known by their hash, good for one person and a week.

use super::{changed, queries};
use crate::{
    Ctx,
    access::{Actor, Permission, Principal},
    error::{Conflict, Error, Forbidden, Noun, Result},
    jobs::{self, kinds::invitation_mail::InvitationMail},
    public_url::PublicUrl,
    secret::Secret,
    stores, tokens,
};
use domain::{
    ids::{InvitationId, StoreId},
    role::Role,
    team::{
        CreatedInvitation, INVITATION_LIFE, INVITATIONS_MAX, Invitation, NewInvitation, OfferState,
        join_path,
    },
};

/// Invites somebody. The link is in the answer, in the mail if one is sent, and nowhere
/// else. The same `id` again changes nothing and shows no link; `true` if it is new.
///
/// # Errors
/// [`Error::Invalid`] for the address; [`Error::Forbidden`] for a role above one's own, or by
/// a key for more than an agent; [`Error::Conflict`] if the id is another's or there are too
/// many; [`Error::RateLimited`].
pub async fn invite(
    ctx: &Ctx,
    who: &Principal,
    new: NewInvitation,
) -> Result<(CreatedInvitation, bool)> {
    who.require(Permission::Invite)?;
    may_invite(who, new.role)?;
    let email = new.address()?;
    let (store_id, now) = (who.store_id, ctx.now());
    let token = tokens::generate()?;
    let mail = match &email {
        Some(email) if ctx.config().mails_are_read => {
            ctx.limits().invite_address.check(email.as_str()).await?;
            Some(InvitationMail {
                invitation_id: new.id,
                sealed: ctx.secret().seal(&purpose(store_id), token.as_bytes())?,
            })
        }
        _ => None,
    };
    ctx.limits()
        .invite_store
        .check(store_id.to_string())
        .await?;
    let invitation = Invitation {
        id: new.id,
        role: new.role,
        email,
        invited_by: who.user().map(|user| user.name.clone()),
        created_at: now,
        expires_at: now + INVITATION_LIFE,
    };
    let (link, token_hash) = (link(ctx.public_url(), &token), tokens::hash(&token));
    let made_by = who.user().map(|user| user.id);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                if let Some(first) = queries::by_id(tx.connection, store_id, new.id).await? {
                    let is_same = first.invitation.role == invitation.role
                        && first.invitation.email == invitation.email;
                    if !is_same {
                        return Err(Error::Conflict(Conflict::IdTaken));
                    }
                    let first = CreatedInvitation {
                        invitation: first.invitation,
                        link: None,
                        is_mailed: false,
                    };
                    return Ok((first, false));
                }
                // Their place may have changed since they were asked who they are.
                if let Some(id) = made_by {
                    let role = stores::queries::role(tx.connection, store_id, id).await?;
                    if !role.is_some_and(|role| role.may_give(invitation.role)) {
                        return Err(Error::Forbidden(Forbidden::AboveOwnRole));
                    }
                }
                let waiting = queries::waiting(tx.connection, store_id, now).await?;
                if waiting.len() >= INVITATIONS_MAX {
                    return Err(Error::Conflict(Conflict::InvitationLimit));
                }
                queries::insert_invitation(
                    tx.connection,
                    store_id,
                    &invitation,
                    &token_hash,
                    made_by,
                )
                .await?;
                let is_mailed = mail.is_some();
                if let Some(mail) = mail {
                    jobs::enqueue(tx, vec![jobs::prepare(store_id, mail)?]).await?;
                }
                changed(tx, store_id, None);
                let made = CreatedInvitation {
                    invitation,
                    link: Some(link),
                    is_mailed,
                };
                Ok((made, true))
            })
        })
        .await
}

/// A key brings in agents and nobody above them: whoever has got hold of it would have
/// themselves made an admin, and could do what the key can't.
fn may_invite(who: &Principal, role: Role) -> Result<()> {
    match (&who.actor, who.role) {
        (Actor::ApiKey(_), _) if role > Role::Agent => Err(Error::Forbidden(Forbidden::NotByKey)),
        (Actor::ApiKey(_), _) => Ok(()),
        (_, Some(mine)) if mine.may_give(role) => Ok(()),
        _ => Err(Error::Forbidden(Forbidden::AboveOwnRole)),
    }
}

/// Those that can be accepted, the newest first.
///
/// # Errors
/// If the database fails.
pub async fn list(ctx: &Ctx, who: &Principal) -> Result<Vec<Invitation>> {
    who.require(Permission::Invite)?;
    let mut connection = ctx.db().read().await?;
    queries::waiting(&mut connection, who.store_id, ctx.now()).await
}

/// Takes an invitation back. To take it back again changes nothing.
///
/// # Errors
/// [`Error::NotFound`]; [`Conflict::InvitationUsed`].
pub async fn revoke(ctx: &Ctx, who: &Principal, id: InvitationId) -> Result<()> {
    who.require(Permission::Invite)?;
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                let stored = queries::by_id(tx.connection, store_id, id).await?;
                let stored = stored.ok_or(Error::NotFound(Noun::Invitation))?;
                if stored.state(now) == OfferState::Used {
                    return Err(Error::Conflict(Conflict::InvitationUsed));
                }
                queries::revoke(tx.connection, store_id, id, now).await?;
                changed(tx, store_id, None);
                Ok(())
            })
        })
        .await
}

/// What the mail of an invitation says, unless it can't be accepted any more.
///
/// # Errors
/// If the database fails, or the token was sealed with another secret.
pub(crate) async fn to_be_mailed(
    ctx: &Ctx,
    store_id: StoreId,
    mail: &InvitationMail,
) -> Result<Option<(String, Invitation, String)>> {
    let stored = {
        let mut connection = ctx.db().read().await?;
        queries::by_id(&mut connection, store_id, mail.invitation_id).await?
    };
    let stored = stored.filter(|stored| stored.state(ctx.now()) == OfferState::Open);
    let Some(stored) = stored else {
        return Ok(None);
    };
    let link = opened_link(ctx.secret(), ctx.public_url(), store_id, &mail.sealed)?;
    Ok(Some((stored.store_name, stored.invitation, link)))
}

fn opened_link(
    secret: &Secret,
    public_url: &PublicUrl,
    store_id: StoreId,
    sealed: &str,
) -> Result<String> {
    let token = secret.open(&purpose(store_id), sealed)?;
    let token = String::from_utf8(token).map_err(|_| Error::corrupt("jobs.payload"))?;
    Ok(link(public_url, &token))
}

fn link(public_url: &PublicUrl, token: &str) -> String {
    format!("{public_url}{}", join_path(token))
}

fn purpose(store_id: StoreId) -> String {
    format!("invitation into {store_id}")
}
