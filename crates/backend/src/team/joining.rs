//! Somebody follows an invitation's link: they look at it, and join with the account that
//! they have or make.

use super::{changed, queries};
use crate::{
    Ctx,
    access::User,
    auth::{self, Caller, NewSession},
    db::Tx,
    demo::account,
    error::{Conflict, Error, Noun, Result},
    stores, tokens,
};
use domain::{
    UnixMillis,
    ids::StoreId,
    team::{Guest, MEMBERS_MAX, Offer, OfferState},
};

/// Characters of the longest token that is looked up.
const TOKEN_MAX: usize = 64;

/// The form of somebody who joins with a new account.
#[derive(Clone)]
pub struct Newcomer {
    /// Their name.
    pub name: String,
    /// Their sign-in address.
    pub email: String,
    /// The password, as typed.
    pub password: String,
}

/// What the link says to whoever follows it.
///
/// # Errors
/// [`Error::NotFound`] for a link that never was; [`Error::RateLimited`].
pub async fn offer(ctx: &Ctx, token: &str, you: Option<&User>, address: &str) -> Result<Offer> {
    ctx.limits().look_at_invitation.check(address).await?;
    let mut connection = ctx.db().read().await?;
    let stored = match tokens_hash(token) {
        Some(hash) => queries::by_token(&mut connection, &hash).await?,
        None => None,
    };
    let stored = stored.ok_or(Error::NotFound(Noun::Invitation))?;
    let you = match you {
        Some(user) => {
            let role = stores::queries::role(&mut connection, stored.store_id, user.id).await?;
            Some(Guest {
                name: user.name.clone(),
                email: user.email.clone(),
                member_of: role.map(|_| stored.store_id),
            })
        }
        None => None,
    };
    let state = stored.state(ctx.now());
    Ok(Offer {
        store_name: stored.store_name,
        role: stored.invitation.role,
        invited_by: stored.invitation.invited_by,
        email: stored.invitation.email,
        expires_at: stored.invitation.expires_at,
        state,
        you,
    })
}

/// Joins with the account that somebody has. Who is in the team already stays what they
/// are, and the invitation waits for somebody else.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] if the invitation can't be accepted, the team is
/// full, or they are in it; [`Error::RateLimited`].
pub async fn accept(ctx: &Ctx, user: &User, token: &str, address: &str) -> Result<StoreId> {
    ctx.limits().join.check(address).await?;
    let (store_id, hash) = open_to(ctx, token).await?;
    let (user, now) = (user.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                join(tx, &hash, &user, now).await?;
                Ok(store_id)
            })
        })
        .await
}

/// Joins with a new account, and begins its first session.
///
/// # Errors
/// [`Error::Invalid`] for a field; [`Conflict::EmailTaken`]; and as [`accept`].
pub async fn sign_up(
    ctx: &Ctx,
    token: &str,
    form: Newcomer,
    from: Caller<'_>,
) -> Result<(StoreId, NewSession)> {
    ctx.limits().join.check(from.address).await?;
    let (store_id, hash) = open_to(ctx, token).await?;
    account::refuse_address_of(&form.email)?;
    let (user, password_hash) =
        auth::new_user(ctx, &form.name, &form.email, &form.password).await?;
    let begun = auth::first_session(ctx, &user, from)?;
    let now = ctx.now();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                auth::insert_user(tx, &user, &password_hash, now).await?;
                join(tx, &hash, &user, now).await?;
                let session = auth::begin(tx, begun, now).await?;
                Ok((store_id, session))
            })
        })
        .await
}

/// The store that an invitation leads into, and the hash that it is known by.
async fn open_to(ctx: &Ctx, token: &str) -> Result<(StoreId, String)> {
    let hash = tokens_hash(token).ok_or(Error::NotFound(Noun::Invitation))?;
    let stored = {
        let mut connection = ctx.db().read().await?;
        queries::by_token(&mut connection, &hash).await?
    };
    let stored = stored.ok_or(Error::NotFound(Noun::Invitation))?;
    can_be_accepted(stored.state(ctx.now()))?;
    Ok((stored.store_id, hash))
}

/// What is so long was never made here.
fn tokens_hash(token: &str) -> Option<String> {
    (token.len() <= TOKEN_MAX).then(|| tokens::hash(token))
}

fn can_be_accepted(state: OfferState) -> Result<()> {
    Err(Error::Conflict(match state {
        OfferState::Open => return Ok(()),
        OfferState::Used => Conflict::InvitationUsed,
        OfferState::Revoked => Conflict::InvitationRevoked,
        OfferState::Expired => Conflict::InvitationExpired,
    }))
}

/// Uses the invitation up, in the store's turn.
async fn join(tx: &mut Tx<'_>, hash: &str, user: &User, now: UnixMillis) -> Result<()> {
    let stored = queries::by_token(tx.connection, hash).await?;
    let stored = stored.ok_or(Error::NotFound(Noun::Invitation))?;
    let (store_id, invitation) = (stored.store_id, &stored.invitation);
    let role = stores::queries::role(tx.connection, store_id, user.id).await?;
    if role.is_some() {
        return Err(Error::Conflict(Conflict::AlreadyMember));
    }
    can_be_accepted(stored.state(now))?;
    let size = queries::size(tx.connection, store_id).await?;
    if usize::try_from(size).is_ok_and(|size| size >= MEMBERS_MAX) {
        return Err(Error::Conflict(Conflict::TeamLimit));
    }
    if !queries::use_up(tx.connection, store_id, invitation.id, user.id, now).await? {
        return Err(Error::Conflict(Conflict::InvitationUsed));
    }
    queries::insert(tx.connection, store_id, user.id, invitation.role, now).await?;
    changed(tx, store_id, Some(user.id));
    Ok(())
}
