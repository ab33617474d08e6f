//! Customer identity: the secrets that a storefront's server signs with, and the
//! customer whom a signed identity names; or whom a connected Medusa has signed in.

pub(crate) mod code;
pub(crate) mod queries;
mod token;

pub use token::Customer;
#[cfg(any(test, feature = "testing"))]
pub use token::sign;

use crate::{
    Ctx,
    access::{Permission, Principal},
    error::{Error, Noun, Result, Unauthorized},
    tokens,
};
use domain::{
    UnixMillis,
    identity::{IdentitySecret, NewIdentitySecret},
    ids::{IdentitySecretId, StoreId},
    shop_customer::ShopCustomer,
};
use token::Refusal;

/// How long a secret that was replaced still counts, in milliseconds: a storefront has
/// several servers, and changes them one after the other.
const OVERLAP: UnixMillis = 24 * 60 * 60 * 1000;
/// Most secrets that count at a time: each is tried.
const SECRETS_MAX: usize = 4;
/// What every secret begins with, so that those who look for leaked ones know it.
const PREFIX: &str = "identity_";

/// The store's secrets that count now, the newest first.
///
/// # Errors
/// If the database fails.
pub async fn secrets(ctx: &Ctx, who: &Principal) -> Result<Vec<IdentitySecret>> {
    who.require(Permission::ReadSettings)?;
    let mut connection = ctx.db().read().await?;
    queries::list(&mut connection, who.store_id, ctx.now()).await
}

/// Makes a secret. The one before counts for 24 hours more.
///
/// # Errors
/// [`Error::Forbidden`] for agents.
pub async fn make_secret(ctx: &Ctx, who: &Principal) -> Result<NewIdentitySecret> {
    who.require(Permission::ManageIdentity)?;
    let (store_id, now) = (who.store_id, ctx.now());
    let secret = format!("{PREFIX}{}", tokens::generate()?);
    let sealed = ctx.secret().seal(&purpose(store_id), secret.as_bytes())?;
    let secrets = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                queries::replace(tx.connection, store_id, now + OVERLAP).await?;
                let id = IdentitySecretId::generate();
                queries::insert(tx.connection, store_id, id, &sealed, now).await?;
                let mut secrets = queries::list(tx.connection, store_id, now).await?;
                while secrets.len() > SECRETS_MAX {
                    if let Some(oldest) = secrets.pop() {
                        queries::delete(tx.connection, store_id, oldest.id).await?;
                    }
                }
                queries::delete_ended(tx.connection, store_id, now).await?;
                Ok(secrets)
            })
        })
        .await?;
    Ok(NewIdentitySecret { secret, secrets })
}

/// Ends a secret at once. Those that are left.
///
/// # Errors
/// [`Error::Forbidden`] for agents; [`Error::NotFound`] if there is none with this id.
pub async fn revoke_secret(
    ctx: &Ctx,
    who: &Principal,
    id: IdentitySecretId,
) -> Result<Vec<IdentitySecret>> {
    who.require(Permission::ManageIdentity)?;
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                if !queries::delete(tx.connection, store_id, id).await? {
                    return Err(Error::NotFound(Noun::Id));
                }
                queries::list(tx.connection, store_id, now).await
            })
        })
        .await
}

/// Whether the store's website can say who its customers are.
pub(crate) async fn is_set_up(ctx: &Ctx, store_id: StoreId) -> Result<bool> {
    let secrets = {
        let mut connection = ctx.db().read().await?;
        queries::list(&mut connection, store_id, ctx.now()).await?
    };
    Ok(!secrets.is_empty() || ctx.orders().connected().knows_customers(store_id).await?)
}

/// The customer whom `token` names. Nothing is kept in memory: a secret that was
/// revoked signs nothing any more, on any server.
///
/// # Errors
/// [`Unauthorized::Identity`], the same whatever is wrong with it; [`Error::OrderSource`] and
/// [`Error::RateLimited`] if only a shop could say, and can't be asked right now.
pub(crate) async fn customer(ctx: &Ctx, store_id: StoreId, token: &str) -> Result<Customer> {
    let now = ctx.now();
    let sealed = {
        let mut connection = ctx.db().read().await?;
        queries::sealed(&mut connection, store_id, now).await?
    };
    let open = |sealed: &String| ctx.secret().open(&purpose(store_id), sealed);
    let secrets: Vec<Vec<u8>> = sealed.iter().map(open).collect::<Result<_>>()?;
    let refusal = match token::customer(token, &secrets, now) {
        Ok(customer) => return Ok(customer),
        Err(refusal) => refusal,
    };
    // Only a token that none of ours has signed may be somebody else's.
    if refusal == Refusal::Signature
        && let Some(customer) = medusas_customer(ctx, store_id, token).await?
    {
        return Ok(customer);
    }
    tracing::info!(store.id = %store_id, reason = ?refusal, "an identity was refused");
    Err(Error::Unauthorized(Unauthorized::Identity))
}

/// The customer of a connected Medusa whose own `token` is. It is shown to that shop, kept
/// nowhere, and only if it looks as if it were of one.
async fn medusas_customer(ctx: &Ctx, store_id: StoreId, token: &str) -> Result<Option<Customer>> {
    let shops = ctx.orders().connected();
    let Some(named) = token::of_medusa(token, ctx.now()) else {
        return Ok(None);
    };
    if !shops.knows_customers(store_id).await? {
        return Ok(None);
    }
    ctx.limits().show_shop.check(store_id.to_string()).await?;
    let known = shops.signed_in(store_id, token).await?;
    // Whoever answers for somebody else isn't believed.
    let known = known.filter(|(_, known)| known.id == named);
    Ok(known.map(|(source_id, known)| {
        let customer = ShopCustomer {
            source_id,
            id: known.id,
        };
        token::medusas_customer(&customer, &known.name)
    }))
}

/// What a store's secrets are sealed for: one that stands in another store's row opens
/// nothing.
fn purpose(store_id: StoreId) -> String {
    format!("identity of {store_id}")
}

#[cfg(test)]
mod tests;
