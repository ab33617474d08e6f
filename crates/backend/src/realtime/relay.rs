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
    task::Task,
};
use domain::{
    events::ServerEvent,
    ids::{ConversationId, StoreId},
};
use futures::{StreamExt, stream};
use std::{collections::HashMap, time::Duration};

/// Conversations read at the same time.
const READERS: usize = 4;
/// Most messages of one conversation read at once.
const PAGE: i64 = 200;
/// Pause before the database is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// The task that listens to the other servers. A context has one; on a bus without other servers
/// it waits for ever.
#[must_use]
pub fn relay(ctx: Ctx) -> Task {
    Task::start(listen(ctx))
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
            Hint::Forget { what } => {
                ctx.caches().forget(&what);
                hub.doubt(&what);
            }
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
    let visitor = Topic::ConversationForVisitor(store_id, id);
    let mut unread = None;
    let (mut row_changed, mut status_changed) = (false, false);
    for hint in hints {
        match hint {
            Hint::Message { seq, .. } => {
                unread = match unread.take() {
                    Some((first, last)) if seq == last + 1 => Some((first, seq)),
                    // What lies between two numbers that are far apart was told
                    // before: a retry is announced again.
                    Some(range) => {
                        pass_on_messages(ctx, store_id, id, range).await?;
                        Some((seq, seq))
                    }
                    None => Some((seq, seq)),
                };
            }
            // In its place among the messages: typing ends with a message, and
            // the AI thinks before it answers.
            Hint::Event { topic, event } => {
                if let Some(range) = unread.take() {
                    pass_on_messages(ctx, store_id, id, range).await?;
                }
                hub.publish(&Outgoing {
                    topic,
                    event: *event,
                });
            }
            Hint::Conversation { .. } => row_changed = true,
            Hint::Status { .. } => status_changed = true,
            _ => {}
        }
    }
    if let Some(range) = unread {
        pass_on_messages(ctx, store_id, id, range).await?;
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

/// Reads the messages from the `first` number to the `last`, for those who
/// follow their conversation.
async fn pass_on_messages(
    ctx: &Ctx,
    store_id: StoreId,
    id: ConversationId,
    (first, last): (i64, i64),
) -> Result<()> {
    let hub = ctx.realtime().hub();
    let is_followed = hub.is_followed(Topic::ConversationForAgents(store_id, id))
        || hub.is_followed(Topic::ConversationForVisitor(store_id, id));
    if !is_followed {
        return Ok(());
    }
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
        read = messages.last().map_or(last, |message| message.seq);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        realtime::hub::{Delivery, Subscriber},
        testing::shop::Shop,
    };
    use domain::events::{AiActivity, AiState, Noun};

    async fn next(subscriber: &mut Subscriber) -> String {
        match subscriber.next().await {
            Some(Delivery::Event(event)) => event.json.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn what_the_ai_does_is_told_in_its_place_among_the_messages() {
        let shop = Shop::new().await;
        let (ctx, store) = (&shop.test.ctx, shop.member.store_id);
        let visitor = shop.conversation().await;
        let conversation = visitor.1;
        let topic = Topic::ConversationForVisitor(store, conversation);
        let mut subscriber = ctx.realtime().hub().subscriber();
        for _ in 0..2 {
            shop.ask(&visitor).await;
        }
        // What this server announces itself is over before anybody follows.
        subscriber.follow(Topic::Store(store));
        ctx.realtime().announce(vec![Outgoing {
            topic: Topic::Store(store),
            event: ServerEvent::changed(Noun::Faq),
        }]);
        while !next(&mut subscriber).await.contains("faq") {}
        subscriber.follow(topic);
        let message = |seq| Hint::Message {
            store,
            conversation,
            seq,
        };
        let ai = |state| Hint::Event {
            topic,
            event: Box::new(ServerEvent::Ai(AiActivity {
                conversation_id: conversation,
                state,
            })),
        };
        let hints = vec![
            message(1),
            ai(AiState::Thinking),
            message(2),
            ai(AiState::Done),
        ];
        pass_on(ctx, hints).await.expect("a database");
        let mut told = Vec::new();
        for _ in 0..4 {
            let event = next(&mut subscriber).await;
            told.push(match serde_json::from_str(&event).expect("an event") {
                ServerEvent::Message(message) => format!("message {}", message.seq),
                ServerEvent::Ai(activity) => format!("{:?}", activity.state),
                other => panic!("{other:?}"),
            });
        }
        assert_eq!(told, ["message 1", "Thinking", "message 2", "Done"]);
    }
}
