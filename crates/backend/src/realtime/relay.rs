//! Takes the hints of other servers, loads what they are about once, and tells
//! those who follow it here.

use super::{
    hint::Hint,
    hub::{Outgoing, Topic},
};
use crate::{
    Ctx,
    conversations::{messages, queries},
    error::Result,
};
use domain::{
    events::ServerEvent,
    ids::{ConversationId, StoreId},
};
use futures::{StreamExt, stream};
use std::{collections::HashMap, time::Duration};
use tokio::task::JoinHandle;

/// Conversations read at the same time.
const READERS: usize = 4;
/// Most messages of one conversation read at once.
const PAGE: i64 = 200;
/// Pause before the database is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// The task that listens to the other servers; ends when dropped.
pub struct Relay {
    task: JoinHandle<()>,
}

impl Relay {
    /// Starts it. A context has one; on a bus without other servers it waits for
    /// ever.
    #[must_use]
    pub fn start(ctx: Ctx) -> Self {
        Self {
            task: tokio::spawn(listen(ctx)),
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(ctx: Ctx) {
    let Some(mut incoming) = ctx.realtime().incoming() else {
        tracing::error!("two relays in one process: the second has nothing to do");
        return;
    };
    loop {
        let hints = incoming.next().await;
        if hints.contains(&Hint::Missed) {
            start_again(&ctx).await;
        } else if let Err(error) = pass_on(&ctx, hints).await {
            tracing::error!(%error, "what another server wrote could not be read");
            tokio::time::sleep(RETRY).await;
            start_again(&ctx).await;
        }
    }
}

/// Hints are missing: everybody who is connected reads what they lack. The
/// database must be there for that.
async fn start_again(ctx: &Ctx) {
    while let Err(error) = ctx.db().read().await {
        tracing::warn!(%error, "waiting for the database");
        tokio::time::sleep(RETRY).await;
    }
    ctx.caches().forget_all();
    ctx.jobs().wake();
    ctx.realtime().hub().missed();
}

async fn pass_on(ctx: &Ctx, hints: Vec<Hint>) -> Result<()> {
    let hub = ctx.realtime().hub();
    let mut by_conversation: HashMap<_, Vec<Hint>> = HashMap::new();
    for hint in hints {
        if let Some(conversation) = hint.conversation() {
            by_conversation.entry(conversation).or_default().push(hint);
            continue;
        }
        match hint {
            Hint::Event { topic, event } => hub.publish(&Outgoing {
                topic,
                event: *event,
            }),
            Hint::Forget { what } => ctx.caches().forget(&what),
            Hint::Jobs => ctx.jobs().wake(),
            _ => {}
        }
    }
    // Each conversation's hints stay in order.
    let mut reading = stream::iter(by_conversation)
        .map(|((store_id, id), hints)| about_conversation(ctx, store_id, id, hints))
        .buffer_unordered(READERS);
    while let Some(passed_on) = reading.next().await {
        passed_on?;
    }
    Ok(())
}

async fn about_conversation(
    ctx: &Ctx,
    store_id: StoreId,
    id: ConversationId,
    hints: Vec<Hint>,
) -> Result<()> {
    let hub = ctx.realtime().hub();
    let (agents, visitor) = (
        Topic::ConversationForAgents(store_id, id),
        Topic::ConversationForVisitor(store_id, id),
    );
    let mut new = None;
    let (mut row_changed, mut status_changed) = (false, false);
    for hint in &hints {
        match *hint {
            Hint::Message { seq, .. } => {
                let (first, last) = new.unwrap_or((seq, seq));
                new = Some((seq.min(first), seq.max(last)));
            }
            Hint::Conversation { .. } => row_changed = true,
            Hint::Status { .. } => status_changed = true,
            _ => {}
        }
    }
    if let Some((first, last)) = new
        && (hub.is_followed(agents) || hub.is_followed(visitor))
    {
        let mut connection = ctx.db().read().await?;
        let mut read = first - 1;
        while read < last {
            let limit = (last - read).min(PAGE);
            let messages = messages::after(&mut connection, store_id, id, read, limit).await?;
            for message in &messages {
                for outgoing in Outgoing::message(store_id, message) {
                    hub.publish(&outgoing);
                }
            }
            read += limit;
        }
    }
    for hint in hints {
        if let Hint::Event { topic, event } = hint {
            hub.publish(&Outgoing {
                topic,
                event: *event,
            });
        }
    }
    if status_changed && hub.is_followed(visitor) {
        let mut connection = ctx.db().read().await?;
        if let Some(stored) = queries::stored(&mut connection, store_id, id).await? {
            hub.publish(&Outgoing {
                topic: visitor,
                event: ServerEvent::Status(stored.for_visitor()),
            });
        }
    }
    let inbox = Topic::Store(store_id);
    if row_changed && hub.is_followed(inbox) {
        let mut connection = ctx.db().read().await?;
        if let Some(summary) = queries::summary(&mut connection, store_id, id).await? {
            hub.publish(&Outgoing {
                topic: inbox,
                event: ServerEvent::Conversation(summary),
            });
        }
    }
    Ok(())
}
