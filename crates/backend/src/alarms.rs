//! Shoppers who wait longer than was promised. Somebody is told, once for each wait.
//!
//! Whose wait is due is looked for every few seconds. It is marked with the wait in one
//! transaction with the mails that are owed for it; dashboards hear of it after the commit and
//! ask what stands, so that whoever misses the event sees it all the same.

pub(crate) mod mail;
pub(crate) mod push;
mod queries;
#[cfg(test)]
mod tests;

use crate::{
    Ctx,
    db::Tx,
    error::Result,
    jobs::{self, kinds::alarm_mail::AlarmMail},
    push::queries as subscriptions,
    realtime::hub::{Outgoing, Topic},
    settings,
    task::Task,
};
use domain::{
    UnixMillis,
    events::{Noun, ServerEvent},
    ids::{ConversationId, StoreId, UserId},
    waiting::{LATE_MAX, Late, late_since},
};
use queries::{Due, MAILS, Owed, Recipient};
use std::{collections::BTreeSet, time::Duration};

/// So many are marked in one transaction, and about so many mails owed: SQLite's one writer is
/// held for some milliseconds, however large the team is.
const STEP: usize = 200;
const OWED_STEP: usize = 2_000;
/// A mail that goes out later than in so long was put off; one that goes out sooner may have
/// read already what it tells.
const SOON: Duration = Duration::from_secs(10);
/// Pause between two looks.
const POLL: Duration = Duration::from_secs(5);

/// The task that looks for waits that are due. A server that does jobs has one.
#[must_use]
pub fn watch(ctx: Ctx) -> Task {
    Task::every(POLL, move || {
        let ctx = ctx.clone();
        async move {
            if let Err(error) = raise(&ctx).await {
                tracing::warn!(%error, "waiting shoppers could not be looked for; it is tried again");
            }
        }
    })
}

/// Raises an alarm for every wait that is due in a store that has promised something; how many
/// there were.
///
/// # Errors
/// If the database fails. A store in which it does keeps no other from being looked at.
pub async fn raise(ctx: &Ctx) -> Result<usize> {
    let promises = {
        let mut connection = ctx.db().read().await?;
        queries::promises(&mut connection).await?
    };
    let (mut raised, mut failed) = (0, None);
    for (store_id, minutes) in promises {
        match raise_in(ctx, store_id, late_since(minutes, ctx.now())).await {
            Ok(more) => raised += more,
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(raised), Err)
}

/// In one store, for those who wait since `until` or longer.
async fn raise_in(ctx: &Ctx, store_id: StoreId, until: UnixMillis) -> Result<usize> {
    let mut raised = 0;
    loop {
        {
            let mut connection = ctx.db().read().await?;
            if !queries::is_any_due(&mut connection, store_id, until).await? {
                return Ok(raised);
            }
        }
        // Else they would be files that nobody looks at, with names in them.
        let by_mail = ctx.config().mails_are_read;
        let now = ctx.now();
        let more = ctx
            .db()
            .write(move |tx| Box::pin(mark(tx, store_id, (until, now), by_mail)))
            .await?;
        // What another server holds is its own to do.
        if more == 0 {
            return Ok(raised);
        }
        tracing::info!(%store_id, conversations = more, "shoppers wait longer than promised");
        raised += more;
    }
}

/// Marks some of the waits that are due, and notes who is owed a mail for which, where mails
/// reach people, and which browsers a push message.
async fn mark(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    (until, now): (UnixMillis, UnixMillis),
    by_mail: bool,
) -> Result<usize> {
    let team = queries::recipients(tx.connection, store_id).await?;
    let browsers = subscriptions::of_team(tx.connection, store_id, now).await?;
    let owed = browsers.len() + if by_mail { team.len() } else { 0 };
    let step = (OWED_STEP / owed.max(1)).clamp(1, STEP);
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let due = queries::mark(tx, store_id, until, step).await?;
    if due.is_empty() {
        return Ok(0);
    }
    if by_mail {
        owe_mails(tx, store_id, &due, &team).await?;
    }
    push::owe_all(tx, store_id, &due, &team, &browsers).await?;
    tx.effects.publish(Outgoing {
        topic: Topic::Store(store_id),
        event: ServerEvent::changed(Noun::Waits),
    });
    Ok(due.len())
}

async fn owe_mails(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    due: &[Due],
    team: &[Recipient],
) -> Result<()> {
    let owed: Vec<_> = due
        .iter()
        .flat_map(|due| {
            told_of(due, team).map(|user_id| Owed {
                whom: user_id,
                conversation_id: due.conversation_id,
                since: due.since,
            })
        })
        .collect();
    owe(tx, store_id, &owed).await
}

async fn owe(tx: &mut Tx<'_>, store_id: StoreId, owed: &[Owed<UserId>]) -> Result<()> {
    queries::owe(tx, &MAILS, store_id, owed).await?;
    let people: BTreeSet<_> = owed.iter().map(|owed| owed.whom).collect();
    let mut mails = Vec::new();
    for user_id in people {
        let mail = AlarmMail { user_id };
        // In somebody's quiet hours one job waits, however much comes up.
        if !jobs::is_put_off(tx, store_id, &mail, SOON).await? {
            mails.push(jobs::prepare(store_id, mail)?);
        }
    }
    jobs::enqueue(tx, mails).await
}

/// A conversation is somebody's now. If its shopper waits longer than promised they are told by
/// mail and push: whoever was told before has given it away.
///
/// # Errors
/// If the database fails.
pub(crate) async fn handed_over(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    store_id: StoreId,
    conversation_id: ConversationId,
    user_id: UserId,
) -> Result<()> {
    let Some(since) = queries::alarm_of(tx.connection, store_id, conversation_id).await? else {
        return Ok(());
    };
    push::owe_to(tx, store_id, (conversation_id, since), user_id, ctx.now()).await?;
    if !ctx.config().mails_are_read {
        return Ok(());
    }
    let team = queries::recipients(tx.connection, store_id).await?;
    let is_told = |member: &Recipient| member.user_id == user_id && member.wants_mail;
    if !team.iter().any(is_told) {
        return Ok(());
    }
    let owed = Owed {
        whom: user_id,
        conversation_id,
        since,
    };
    owe(tx, store_id, &[owed]).await
}

/// Who is told by mail: whom it concerns, except for those who don't want it.
fn told_of(due: &Due, team: &[Recipient]) -> impl Iterator<Item = UserId> {
    let concerned = due.concerns(team);
    team.iter()
        .filter(move |member| concerned.is_none_or(|one| one == member.user_id))
        .filter(|member| member.wants_mail)
        .map(|member| member.user_id)
}

/// What was promised in a store, and the alarms that stand.
///
/// # Errors
/// If the database fails.
pub(crate) async fn standing(ctx: &Ctx, store_id: StoreId) -> Result<Standing> {
    let settings = settings::load(ctx, store_id).await?;
    let Some(minutes) = settings.chat.response_promise_minutes else {
        return Ok(Standing::default());
    };
    let until = late_since(minutes, ctx.now());
    let limit = i64::try_from(LATE_MAX).unwrap_or(i64::MAX);
    let mut connection = ctx.db().read().await?;
    let late = queries::standing(&mut connection, store_id, until, limit).await?;
    let newest = match late.len() < LATE_MAX {
        true => None,
        false => queries::newest(&mut connection, store_id, until).await?,
    };
    Ok(Standing {
        promise_minutes: Some(minutes),
        late,
        newest,
    })
}

/// What was promised, and who waits longer.
#[derive(Default)]
pub(crate) struct Standing {
    pub promise_minutes: Option<u32>,
    /// Who waits longest first, at most [`LATE_MAX`].
    pub late: Vec<Late>,
    /// Of more than those the one who waits shortest.
    pub newest: Option<Late>,
}
