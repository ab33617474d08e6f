//! Lets the AI look at a customer's message. Its answer, or its silence, and
//! the job's end are one transaction.

use crate::{
    Ctx,
    ai::pipeline::{self, Answer, Outcome},
    conversations::{
        append::append,
        change::{Change, Entry},
    },
    error::{Conflict, Error, Result},
    faq,
    jobs::{self, Claimed},
    limits::Client,
    realtime::hub::{Outgoing, Topic},
};
use domain::{
    events::{AiActivity, AiState, ServerEvent},
    ids::{ConversationId, MessageId, StoreId},
};

pub(in crate::jobs) async fn run(
    ctx: &Ctx,
    claimed: &Claimed,
    conversation_id: ConversationId,
    message_id: MessageId,
    client: Option<Client>,
) -> Result<()> {
    let question =
        pipeline::question(ctx, claimed.store_id, conversation_id, message_id, client).await?;
    let Some(question) = question else {
        return end(ctx, claimed).await;
    };
    show(ctx, claimed.store_id, conversation_id, AiState::Thinking);
    let outcome = pipeline::outcome(ctx, &question).await;
    let ended = match outcome {
        Ok(Outcome::Answer(answer)) => {
            send(ctx, claimed, conversation_id, answer, question.owner_epoch).await
        }
        Ok(Outcome::Silent { unanswered }) => {
            log(
                ctx,
                claimed,
                conversation_id,
                question.text().to_owned(),
                unanswered,
            )
            .await
        }
        Err(error) => Err(error),
    };
    show(ctx, claimed.store_id, conversation_id, AiState::Done);
    ended
}

async fn send(
    ctx: &Ctx,
    claimed: &Claimed,
    conversation_id: ConversationId,
    answer: Answer,
    epoch: i64,
) -> Result<()> {
    let (claimed, now) = (claimed.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                // The job's id is the message's: however often it runs, the
                // answer can stand in the thread only once.
                let id = MessageId::from(claimed.id.uuid());
                let entry = Entry::ai(id, answer.body, answer.kind, answer.trace);
                let change = Change {
                    needs_human: answer.needs_human.then_some(true),
                    ..Change::ai_reply(epoch, answer.awaiting_order)
                };
                match append(tx, claimed.store_id, conversation_id, entry, change, now).await {
                    // A person was faster: the answer is dropped.
                    Ok(_) | Err(Error::Conflict(Conflict::EpochChanged)) => {}
                    Err(error) => return Err(error),
                }
                jobs::finish(tx.connection, &claimed, now).await
            })
        })
        .await
}

async fn log(
    ctx: &Ctx,
    claimed: &Claimed,
    conversation_id: ConversationId,
    question: String,
    unanswered: bool,
) -> Result<()> {
    let (claimed, now) = (claimed.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                if unanswered {
                    faq::queries::insert_unanswered(
                        tx.connection,
                        claimed.store_id,
                        claimed.id,
                        conversation_id,
                        &question,
                        now,
                    )
                    .await?;
                }
                jobs::finish(tx.connection, &claimed, now).await
            })
        })
        .await
}

async fn end(ctx: &Ctx, claimed: &Claimed) -> Result<()> {
    let (claimed, now) = (claimed.clone(), ctx.now());
    ctx.db()
        .write(move |tx| Box::pin(async move { jobs::finish(tx.connection, &claimed, now).await }))
        .await
}

/// Tells both sides what the AI is doing. A hint only, so it needs no commit.
fn show(ctx: &Ctx, store_id: StoreId, conversation_id: ConversationId, state: AiState) {
    let topics = [
        Topic::ConversationForAgents(store_id, conversation_id),
        Topic::ConversationForVisitor(store_id, conversation_id),
    ];
    let activity = AiActivity {
        conversation_id,
        state,
    };
    let events = topics.map(|topic| Outgoing {
        topic,
        event: ServerEvent::Ai(activity),
    });
    ctx.realtime().announce(events.into());
}
