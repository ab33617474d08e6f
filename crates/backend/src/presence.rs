//! Who of a team is there to answer.
//!
//! Every open page of a store has a connection, which notes its person in the database as long
//! as it hears of them. So all servers know who is there, also of one that was killed: whoever
//! hasn't been noted for a minute isn't there any more. That they are away is what people say
//! of themselves, in all their stores.

pub(crate) mod queries;
pub(crate) mod row;

use crate::{
    Ctx,
    access::{Principal, User},
    db::Tx,
    error::Result,
    realtime::hub::{Outgoing, Topic},
};
use domain::{
    UnixMillis,
    events::ServerEvent,
    ids::{StoreId, UserId},
    presence::{Presence, PresenceOf, gone_since},
};

/// How old it may be that a person was noted before they are noted again, in milliseconds: one
/// with several pages is noted once. With the pause between two heartbeats it is less than
/// [`OFFLINE_AFTER`](domain::presence::OFFLINE_AFTER).
const NOTED_EVERY: UnixMillis = 20 * 1_000;
/// People who are noted as gone in one transaction.
const STEP: usize = 200;

/// Notes that somebody of the team has a page of the store open, which was heard of just now.
/// The others are told of one who comes.
///
/// # Errors
/// If the database fails.
pub async fn note_open(ctx: &Ctx, who: &Principal) -> Result<()> {
    let (Some(user), store_id, now) = (who.user(), who.store_id, ctx.now()) else {
        return Ok(());
    };
    let user_id = user.id;
    let key = format!("{user_id} in {store_id}");
    if !ctx.caches().connected.is_due(key, NOTED_EVERY, now) {
        return Ok(());
    }
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let is_there = queries::stay(tx.connection, store_id, user_id, now).await?;
                if !is_there && queries::come(tx.connection, store_id, user_id, now).await? {
                    let away = queries::is_away(tx.connection, user_id).await?;
                    tell(tx, store_id, user_id, Presence::of(away, Some(now), now));
                }
                Ok(())
            })
        })
        .await
}

/// Somebody says that they are away, or back; all their teams hear of it. To say the same again
/// changes nothing.
///
/// # Errors
/// [`Error::RateLimited`](crate::Error::RateLimited).
pub async fn set_away(ctx: &Ctx, user: &User, away: bool) -> Result<()> {
    let (user_id, now) = (user.id, ctx.now());
    ctx.limits().presence.check(user_id.to_string()).await?;
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                if !queries::set_away(tx.connection, user_id, away, now).await? {
                    return Ok(());
                }
                for (store_id, at) in queries::connections_of(tx.connection, user_id).await? {
                    let presence = Presence::of(away, at, now);
                    if presence != Presence::Offline {
                        tell(tx, store_id, user_id, presence);
                    }
                }
                Ok(())
            })
        })
        .await
}

/// Notes who isn't there any more, and tells their teams.
///
/// # Errors
/// If the database fails.
pub async fn note_gone(ctx: &Ctx) -> Result<()> {
    let until = gone_since(ctx.now());
    loop {
        {
            let mut connection = ctx.db().read().await?;
            if !queries::is_any_gone(&mut connection, until).await? {
                return Ok(());
            }
        }
        let noted = ctx
            .db()
            .write(move |tx| {
                Box::pin(async move {
                    let gone = queries::note_gone(tx, until, STEP).await?;
                    for (store_id, user_id) in &gone {
                        tell(tx, *store_id, *user_id, Presence::Offline);
                    }
                    Ok(gone.len())
                })
            })
            .await?;
        // What another server is at is its own to do.
        if noted < STEP {
            return Ok(());
        }
    }
}

fn tell(tx: &mut Tx<'_>, store_id: StoreId, user: UserId, presence: Presence) {
    tx.effects.publish(Outgoing {
        topic: Topic::Store(store_id),
        event: ServerEvent::Presence(PresenceOf { user, presence }),
    });
}
