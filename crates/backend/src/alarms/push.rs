//! The push message to a browser of somebody of the team. What came up since the last one goes
//! together, as with mails. In quiet hours there is none: the mail comes afterwards.

use super::queries::{self, Due, Owed, PUSHES, Recipient, StillOwed};
use crate::{
    Ctx,
    db::Tx,
    error::Result,
    jobs::{self, Claimed, kinds::alarm_push::AlarmPush},
    notifications,
    push::{
        self, Sent,
        queries::{self as subscriptions, Told},
    },
    settings,
};
use domain::{
    UnixMillis,
    ids::{ConversationId, PushSubscriptionId, StoreId, UserId},
    push::{PushMessage, waiting_tag},
    waiting::{Late, conversation_path, late_since, waiting_path},
};
use std::{collections::BTreeSet, time::Duration};

/// Between two such messages to one browser, in milliseconds.
pub(super) const PAUSE: UnixMillis = 60_000;
/// Most shoppers that are counted.
const COUNTED: i64 = 99;
/// A message that goes out later than in so long was put off.
const SOON: Duration = Duration::from_secs(5);

/// Notes for every browser of the team of which waits it is to be told.
pub(super) async fn owe_all(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    due: &[Due],
    team: &[Recipient],
    browsers: &[Told],
) -> Result<()> {
    let owed = due.iter().flat_map(|due| {
        let concerned = due.concerns(team);
        browsers
            .iter()
            .filter(move |browser| concerned.is_none_or(|one| one == browser.user_id))
            .map(|browser| Owed {
                whom: browser.id,
                conversation_id: due.conversation_id,
                since: due.since,
            })
    });
    let owed: Vec<_> = owed.collect();
    owe(tx, store_id, &owed).await
}

/// Notes for every browser of one person that it is to be told of one wait.
pub(super) async fn owe_to(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    (conversation_id, since): (ConversationId, UnixMillis),
    user_id: UserId,
    now: UnixMillis,
) -> Result<()> {
    let browsers = subscriptions::of_team(tx.connection, store_id, now).await?;
    let owed: Vec<_> = browsers
        .iter()
        .filter(|browser| browser.user_id == user_id)
        .map(|browser| Owed {
            whom: browser.id,
            conversation_id,
            since,
        })
        .collect();
    owe(tx, store_id, &owed).await
}

async fn owe(tx: &mut Tx<'_>, store_id: StoreId, owed: &[Owed<PushSubscriptionId>]) -> Result<()> {
    if owed.is_empty() {
        return Ok(());
    }
    queries::owe(tx, &PUSHES, store_id, owed).await?;
    let browsers: BTreeSet<_> = owed.iter().map(|owed| owed.whom).collect();
    let mut messages = Vec::new();
    for subscription_id in browsers {
        let message = AlarmPush::to(subscription_id);
        if !jobs::is_put_off(tx, store_id, &message, SOON).await? {
            messages.push(jobs::prepare(store_id, message)?);
        }
    }
    jobs::enqueue(tx, messages).await
}

/// What is to be done about a browser.
enum Step {
    /// It is told, or needs to be told no more.
    Settled {
        /// Whether a message has gone out.
        sent: bool,
    },
    /// It can't be reached any more.
    Gone,
    /// It is to be told by another job.
    Later(AlarmPush, Duration),
}

/// Tells a browser who waits, unless it is too soon for that or they are answered by now. Ends
/// the job.
///
/// # Errors
/// If the database fails.
pub(crate) async fn tell(ctx: &Ctx, claimed: &Claimed, job: &AlarmPush) -> Result<()> {
    let (store_id, id) = (claimed.store_id, job.subscription_id);
    let owed = {
        let mut connection = ctx.db().read().await?;
        queries::pushes_owed_to(&mut connection, store_id, id).await?
    };
    let step = next_step(ctx, store_id, job, &owed).await?;
    let settled: Vec<_> = owed.into_iter().map(|owed| owed.of(id)).collect();
    let (claimed, now) = (claimed.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                match step {
                    Step::Settled { sent } => {
                        // First, as whoever signs out does: their rows go after it.
                        if sent {
                            subscriptions::note_alarm(tx.connection, id, now).await?;
                        }
                        queries::settle(tx, &PUSHES, store_id, &settled).await?;
                    }
                    Step::Gone => subscriptions::forget(tx.connection, id).await?,
                    Step::Later(job, pause) => {
                        let again = jobs::prepare(store_id, job)?.after(pause);
                        jobs::enqueue(tx, vec![again]).await?;
                    }
                }
                jobs::finish(tx, &claimed).await
            })
        })
        .await
}

async fn next_step(
    ctx: &Ctx,
    store_id: StoreId,
    job: &AlarmPush,
    owed: &[StillOwed],
) -> Result<Step> {
    const NOTHING: Step = Step::Settled { sent: false };
    let (id, now) = (job.subscription_id, ctx.now());
    // Another promise may be made by now, or none.
    let settings = settings::load(ctx, store_id).await?;
    let Some(minutes) = settings.chat.response_promise_minutes else {
        return Ok(NOTHING);
    };
    let until = late_since(minutes, now);
    if !owed
        .iter()
        .any(|owed| owed.stands && owed.late.since <= until)
    {
        return Ok(NOTHING);
    }
    let (reached, wishes, late) = {
        let mut connection = ctx.db().read().await?;
        // Who has left the team, or signed out.
        let reached = subscriptions::reached(&mut connection, store_id, id, now).await?;
        let Some(reached) = reached else {
            return Ok(NOTHING);
        };
        let user_id = reached.user_id;
        let wishes = notifications::of(&mut connection, user_id).await?;
        // All that stand, told of before or not: this message takes the place of the last one,
        // which the browser may not have had.
        let late = queries::standing_for(&mut connection, store_id, user_id, until, COUNTED + 1);
        (reached, wishes, late.await?)
    };
    if late.is_empty() {
        return Ok(NOTHING);
    }
    let quiet = wishes.quiet.as_ref();
    if quiet.is_some_and(|quiet| notifications::quiet_left(quiet, now).is_some()) {
        return Ok(NOTHING);
    }
    // Should the clock have been set back, the pause is no longer for that.
    let left = reached
        .alarmed_at
        .map_or(0, |at| at + PAUSE - now)
        .min(PAUSE);
    if left > 0 {
        let left = Duration::from_millis(left.unsigned_abs());
        return Ok(Step::Later(job.clone(), left));
    }
    let message = message(store_id, &reached.store, &late);
    Ok(match push::send(ctx, &reached.target, &message).await? {
        Sent::Taken => Step::Settled { sent: true },
        Sent::Gone => Step::Gone,
        Sent::Refused => NOTHING,
        Sent::Later(pause) => match job.next() {
            Some((next, least)) => Step::Later(next, pause.unwrap_or_default().max(least)),
            None => NOTHING,
        },
    })
}

/// Says who waits, not what they have written.
fn message(store_id: StoreId, store: &str, late: &[Late]) -> PushMessage {
    let (title, url) = match late {
        [one] => (
            format!("{} has waited longer than promised", one.name),
            conversation_path(store_id, one.conversation),
        ),
        all => {
            let count = match i64::try_from(all.len()) {
                Ok(count) if count <= COUNTED => count.to_string(),
                _ => format!("More than {COUNTED}"),
            };
            (
                format!("{count} shoppers have waited longer than promised"),
                waiting_path(store_id),
            )
        }
    };
    PushMessage {
        title,
        body: store.to_owned(),
        url,
        tag: waiting_tag(store_id),
    }
}
