//! API keys: made by admins, known by their hash, ended by being revoked.

pub(crate) mod queries;

use crate::{
    Ctx,
    access::{Permission, Principal},
    cache::Forget,
    demo::api_key,
    error::{Conflict, Error, Noun, Result, Unauthorized},
    tokens,
};
use domain::{
    UnixMillis,
    api_key::{ApiKey, CreatedApiKey, KEYS_MAX, NewApiKey},
    ids::{ApiKeyId, StoreId},
};
use std::sync::Arc;

/// What every token begins with: it is known for one wherever it turns up.
const PREFIX: &str = "sd_";
/// Characters of a token that are kept to know it again by; the others are enough to
/// never be guessed.
const START: usize = PREFIX.len() + 6;
/// How old `last_used_at` may be before it is written again, in milliseconds: most
/// requests shall write nothing.
const USED_EVERY: UnixMillis = 60 * 1000;

/// What a client without a good key is told.
const WRONG_KEY: Error = Error::Unauthorized(Unauthorized::WrongApiKey);

/// Makes a key. Its token is in the answer, and nowhere else.
///
/// # Errors
/// [`Error::Invalid`] for the name or the scopes; [`Error::Conflict`] if there are too
/// many.
pub async fn create(ctx: &Ctx, who: &Principal, new: NewApiKey) -> Result<CreatedApiKey> {
    who.require(Permission::ManageApiKeys)?;
    let NewApiKey { name, scopes } = new.checked()?;
    let token = format!("{PREFIX}{}", tokens::generate()?);
    let key = ApiKey {
        id: ApiKeyId::generate(),
        name,
        scopes,
        start: token.chars().take(START).collect(),
        created_by: who.user().map(|user| user.name.clone()),
        created_at: ctx.now(),
        last_used_at: None,
    };
    let (store_id, made_by) = (who.store_id, who.user().map(|user| user.id));
    let (made, token_hash) = (key.clone(), tokens::hash(&token));
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(store_id).await?;
                let there = queries::list(tx.connection, store_id).await?;
                if there.len() >= KEYS_MAX {
                    return Err(Error::Conflict(Conflict::ApiKeyLimit));
                }
                queries::insert(tx.connection, store_id, &made, &token_hash, made_by).await
            })
        })
        .await?;
    Ok(CreatedApiKey { key, token })
}

/// The keys that are in use, the newest first.
///
/// # Errors
/// If the database fails.
pub async fn list(ctx: &Ctx, who: &Principal) -> Result<Vec<ApiKey>> {
    who.require(Permission::ManageApiKeys)?;
    let mut connection = ctx.db().read().await?;
    queries::list(&mut connection, who.store_id).await
}

/// Ends a key at once. To revoke one that was revoked changes nothing.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn revoke(ctx: &Ctx, who: &Principal, id: ApiKeyId) -> Result<()> {
    who.require(Permission::ManageApiKeys)?;
    let (store_id, now) = (who.store_id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let token_hash = queries::revoke(tx.connection, store_id, id, now)
                    .await?
                    .ok_or(Error::NotFound(Noun::ApiKey))?;
                tx.effects.forget(Forget::ApiKey(token_hash));
                Ok(())
            })
        })
        .await
}

/// Whose key `token` is.
///
/// # Errors
/// [`Error::Unauthorized`] for a token that is unknown or was revoked.
pub async fn authenticate(ctx: &Ctx, token: &str) -> Result<Principal> {
    if !api_key::may_be_used(ctx, token) {
        return Err(WRONG_KEY);
    }
    let token_hash = tokens::hash(token);
    let read = async {
        let mut connection = ctx.db().read().await?;
        let known = queries::by_token(&mut connection, &token_hash).await?;
        Ok(known.map(Arc::new))
    };
    let known = ctx.caches().api_keys.get(&token_hash, read).await?;
    let known = known.ok_or(WRONG_KEY)?;
    let (store_id, key, last_used_at) = &*known;
    let unused_since = ctx.now() - USED_EVERY;
    if last_used_at.is_none_or(|used| used <= unused_since) {
        note_use(ctx, *store_id, key.id, token_hash, unused_since).await?;
    }
    Ok(Principal::api_key(*store_id, key.clone()))
}

async fn note_use(
    ctx: &Ctx,
    store_id: StoreId,
    id: ApiKeyId,
    token_hash: String,
    unused_since: UnixMillis,
) -> Result<()> {
    let now = ctx.now();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                queries::note_use(tx.connection, store_id, id, now, unused_since).await?;
                tx.effects.forget(Forget::ApiKey(token_hash));
                Ok(())
            })
        })
        .await
}

#[cfg(test)]
mod tests;
