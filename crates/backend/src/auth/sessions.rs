//! The browsers that an account is signed in with, for its owner to look at and to end.

use super::queries;
use crate::{
    Ctx,
    access::User,
    cache::Forget,
    db::Tx,
    demo::account,
    error::{Error, Noun, Result},
    realtime::hub::{Outgoing, Topic},
    stores, tokens,
};
use domain::{
    account::{NAME_MAX, SIGNATURE_MAX, Session},
    events::{self, ServerEvent},
    ids::UserId,
    text, user_agent,
};

/// Characters of a token's hash that tell a session from others. They open nothing.
const ID: usize = 16;

/// All sessions of an account, the one that was used last first; `token` is of the one who
/// asks.
///
/// # Errors
/// If the database fails.
pub async fn sessions(ctx: &Ctx, user: &User, token: &str) -> Result<Vec<Session>> {
    let this = tokens::hash(token);
    let mut connection = ctx.db().read().await?;
    let stored = queries::sessions_of(&mut connection, user.id, ctx.now()).await?;
    // Whoever tries a public demo shares its account with everybody else who does.
    let is_shared = account::is_shared(ctx, user);
    let shown = stored.into_iter().map(|stored| Session {
        id: id_of(&stored.token_hash),
        device: user_agent::device(stored.user_agent.as_deref().unwrap_or_default()),
        address: stored.address.filter(|_| !is_shared),
        created_at: stored.created_at,
        last_seen_at: stored.last_seen_at,
        is_this: stored.token_hash == this,
    });
    Ok(shown.collect())
}

/// Ends one session of an account at once.
///
/// # Errors
/// [`Error::NotFound`] if it has none such.
pub async fn end_session(ctx: &Ctx, user: &User, id: &str) -> Result<()> {
    let ended = end(ctx, user, |hash| id_of(hash) == id).await?;
    if ended == 0 {
        return Err(Error::NotFound(Noun::Session));
    }
    Ok(())
}

/// Ends all sessions of an account but the one of `token`; how many there were.
///
/// # Errors
/// If the database fails.
pub async fn end_other_sessions(ctx: &Ctx, user: &User, token: &str) -> Result<usize> {
    let this = tokens::hash(token);
    end(ctx, user, |hash| hash != this).await
}

/// Ends all sessions of an account but the one with this hash of its token, as a part of a write.
pub(super) async fn end_all_but(tx: &mut Tx<'_>, user_id: UserId, token_hash: &str) -> Result<()> {
    for ended in queries::delete_sessions_but(tx.connection, user_id, token_hash).await? {
        tx.effects.forget(Forget::Session(ended));
    }
    Ok(())
}

async fn end(ctx: &Ctx, user: &User, which: impl Fn(&str) -> bool) -> Result<usize> {
    let hashes: Vec<_> = {
        let mut connection = ctx.db().read().await?;
        let stored = queries::sessions_of(&mut connection, user.id, ctx.now()).await?;
        let hashes = stored.into_iter().map(|stored| stored.token_hash);
        hashes.filter(|hash| which(hash)).collect()
    };
    let ended = hashes.len();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                for hash in hashes {
                    queries::delete_session(tx.connection, &hash).await?;
                    tx.effects.forget(Forget::Session(hash));
                }
                Ok(())
            })
        })
        .await?;
    Ok(ended)
}

/// Changes the name that shoppers and the teams see, in what was written before as well, and the
/// signature that canned responses have as a variable.
///
/// # Errors
/// [`Error::Invalid`] for the name or the signature.
pub async fn rename(ctx: &Ctx, user: &User, name: &str, signature: Option<&str>) -> Result<()> {
    let name = text::required("name", name, NAME_MAX)?;
    // Browsers send both characters for the end of a line.
    let signature = signature.map(|raw| raw.replace("\r\n", "\n"));
    let signature = signature
        .map(|raw| text::optional("signature", &raw, SIGNATURE_MAX))
        .transpose()?;
    let (user_id, now) = (user.id, ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                queries::set_name(tx.connection, user_id, &name).await?;
                if let Some(signature) = signature {
                    queries::set_signature(tx.connection, user_id, &signature).await?;
                }
                for session in queries::sessions_of(tx.connection, user_id, now).await? {
                    tx.effects.forget(Forget::Session(session.token_hash));
                }
                for store in stores::queries::stores_of(tx.connection, user_id).await? {
                    tx.effects.publish(Outgoing {
                        topic: Topic::Store(store.id),
                        event: ServerEvent::changed(events::Noun::Team),
                    });
                }
                Ok(())
            })
        })
        .await
}

/// Whether what somebody sends waits a moment, so that it can be taken back.
///
/// # Errors
/// If the database fails.
pub async fn hold_replies(ctx: &Ctx, user: &User, hold: bool) -> Result<()> {
    let user_id = user.id;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move { queries::set_hold_replies(tx.connection, user_id, hold).await })
        })
        .await
}

fn id_of(token_hash: &str) -> String {
    token_hash.chars().take(ID).collect()
}
