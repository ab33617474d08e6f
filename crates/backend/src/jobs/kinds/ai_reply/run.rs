//! Lets the AI look at a customer's message. Its answer, or its silence, and
//! the job's end are one transaction.

use super::AiReply;
use crate::{
    Ctx,
    access::Actor,
    ai::pipeline::{self, Answer, Outcome},
    conversations::{
        self,
        append::{append, append_and_finish},
        change::{Change, Entry},
        messages,
        queries::Stored,
    },
    db::Tx,
    dialect,
    error::{Conflict, Error, Result},
    faq,
    jobs::{self, Claimed, Run, kinds::look_up_again::LookUpAgain},
    realtime::hub::{Outgoing, Topic},
};
use domain::{
    UnixMillis,
    conversation::Status,
    events::{AiActivity, AiState, ServerEvent},
    ids::{ConversationId, MessageId, StoreId},
    message::MessageKind,
};

impl Run for AiReply {
    async fn run(&self, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
        let (store_id, conversation_id) = (claimed.store_id, self.conversation_id);
        tracing::Span::current().record("conversation.id", conversation_id.to_string());
        let question = pipeline::question(
            ctx,
            store_id,
            conversation_id,
            self.message_id,
            self.client,
            claimed.remembered(),
            None,
        )
        .await?;
        let Some(question) = question else {
            return match self.moved(ctx, store_id).await? {
                Some(moved) => follow(ctx, claimed, moved).await,
                None => end(ctx, claimed, conversation_id, None).await,
            };
        };
        show(ctx, store_id, conversation_id, AiState::Thinking);
        let outcome = pipeline::outcome(ctx, &question).await;
        let ended = match outcome {
            Ok(Outcome::Answer(answer)) if answer.look_up_again => {
                let again = LookUpAgain {
                    conversation_id,
                    message_id: self.message_id,
                    client: self.client,
                    told_id: message_id(claimed),
                    awaited: question.awaited_order(),
                    epoch: question.owner_epoch,
                    since: ctx.now(),
                    called_team: !question.needs_human(),
                    tries: 0,
                };
                send_for_now(ctx, claimed, answer, again).await
            }
            Ok(Outcome::Answer(answer)) => {
                self.send(ctx, claimed, answer, question.owner_epoch).await
            }
            Ok(Outcome::PersonAsked) => {
                fetch_person(
                    ctx,
                    claimed,
                    conversation_id,
                    question.human_requested(),
                    question.owner_epoch,
                )
                .await
            }
            Ok(Outcome::Silent { unanswered }) => {
                let question = unanswered.then(|| question.text().to_owned());
                end(ctx, claimed, conversation_id, question).await
            }
            Err(error) => Err(error),
        };
        show(ctx, store_id, conversation_id, AiState::Done);
        match ended {
            // The conversation was merged while its answer was prepared.
            Err(Error::NotFound(noun)) => match self.moved(ctx, store_id).await? {
                Some(moved) => follow(ctx, claimed, moved).await,
                None => Err(Error::NotFound(noun)),
            },
            ended => ended,
        }
    }

    async fn recall(ctx: &Ctx, store_id: StoreId, claimed: Vec<&mut Claimed>) -> Result<()> {
        let claimed: Vec<_> = claimed
            .into_iter()
            .filter_map(|claimed| Some((claimed.job::<Self>()?, claimed)))
            .collect();
        let asked: Vec<_> = claimed
            .iter()
            .map(|(job, _)| (job.conversation_id, job.message_id))
            .collect();
        let mut seen = conversations::seen_together(ctx, store_id, &asked).await?;
        for (job, claimed) in claimed {
            if let Some(seen) = seen.remove(&job.message_id) {
                claimed.remember(seen);
            }
        }
        Ok(())
    }

    /// The shopper still waits: a person must answer, unless one has taken over
    /// or the conversation has ended.
    async fn on_dead(&self, ctx: &Ctx, tx: &mut Tx<'_>, store_id: StoreId) -> Result<()> {
        let id = self.conversation_id;
        tx.lock(id).await?;
        let stored = conversations::queries::stored(tx.connection, store_id, id).await?;
        let waits = |stored: &Stored| stored.ai_active && stored.status == Status::Open;
        if !stored.is_some_and(|stored| waits(&stored)) {
            return Ok(());
        }
        let entry = Entry::team_event(MessageKind::AiFailed, Actor::Ai);
        let change = Change {
            needs_human: Some(true),
            ..Change::default()
        };
        append(tx, store_id, id, entry, change, ctx.now()).await?;
        Ok(())
    }
}

impl AiReply {
    /// The same where the message is now, if that is another conversation.
    async fn moved(&self, ctx: &Ctx, store_id: StoreId) -> Result<Option<Self>> {
        let mut connection = ctx.db().read().await?;
        let message = messages::by_id(&mut connection, store_id, self.message_id).await?;
        let moved = message.filter(|message| message.conversation_id != self.conversation_id);
        Ok(moved.map(|message| Self {
            conversation_id: message.conversation_id,
            ..self.clone()
        }))
    }

    async fn send(&self, ctx: &Ctx, claimed: &Claimed, answer: Answer, epoch: i64) -> Result<()> {
        let entry = Entry::ai(message_id(claimed), answer.body, answer.kind, answer.trace)
            .showing(answer.cards, answer.lead)
            .asking_proof_for(answer.asks_proof.then_some(self.message_id));
        let change = Change {
            needs_human: answer.needs_human.then_some(true),
            not_found_for: answer.order_not_found.then_some(self.message_id),
            ..Change::ai_reply(epoch, answer.awaiting_order)
        };
        // If a person was faster, the answer is dropped.
        let (writer, id, now) = ((ctx.db(), ctx.jobs()), self.conversation_id, ctx.now());
        append_and_finish(writer, claimed, id, entry, change, now).await
    }
}

/// Says that orders can't be looked up now, and sees to it that they are later.
async fn send_for_now(
    ctx: &Ctx,
    claimed: &Claimed,
    answer: Answer,
    again: LookUpAgain,
) -> Result<()> {
    let entry = Entry::ai(again.told_id, answer.body, answer.kind, answer.trace);
    let change = Change {
        needs_human: Some(true),
        ..Change::ai_reply(again.epoch, answer.awaiting_order)
    };
    let (claimed, now) = (claimed.clone(), ctx.now());
    let (store_id, conversation_id) = (claimed.store_id, again.conversation_id);
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let appended = append(tx, store_id, conversation_id, entry, change, now).await;
                jobs::finish(tx, &claimed).await?;
                match appended {
                    Ok(_) => {
                        let pause = again.pause();
                        let again = jobs::prepare(store_id, again)?.after(pause);
                        jobs::enqueue(tx, vec![again]).await
                    }
                    // A person was faster.
                    Err(Error::Conflict(Conflict::EpochChanged)) => Ok(()),
                    Err(error) => Err(error),
                }
            })
        })
        .await
}

/// Goes on where the message is now.
async fn follow(ctx: &Ctx, claimed: &Claimed, moved: AiReply) -> Result<()> {
    let claimed = claimed.clone();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                jobs::finish(tx, &claimed).await?;
                let moved = jobs::prepare(claimed.store_id, moved)?;
                jobs::enqueue(tx, vec![moved]).await
            })
        })
        .await
}

/// What the widget's button does, for a shopper who has asked in words.
async fn fetch_person(
    ctx: &Ctx,
    claimed: &Claimed,
    conversation_id: ConversationId,
    requested: Entry,
    epoch: i64,
) -> Result<()> {
    let entry = Entry {
        id: message_id(claimed),
        ..requested
    };
    let change = Change {
        only_in_epoch: Some(epoch),
        ..Change::human_requested()
    };
    // If a person was faster, nobody has to be fetched.
    let writer = (ctx.db(), ctx.jobs());
    append_and_finish(writer, claimed, conversation_id, entry, change, ctx.now()).await
}

/// The job's id is the message's: however often it runs, what it says can stand in the
/// thread only once.
fn message_id(claimed: &Claimed) -> MessageId {
    MessageId::from(claimed.id.uuid())
}

/// Ends the job without an answer. A `question` that should have had one is noted.
async fn end(
    ctx: &Ctx,
    claimed: &Claimed,
    conversation_id: ConversationId,
    question: Option<String>,
) -> Result<()> {
    let (claimed, now) = (claimed.clone(), ctx.now());
    if end_at_once(ctx, &claimed, conversation_id, question.as_deref(), now).await? {
        return Ok(());
    }
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                if let Some(question) = question {
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
                jobs::finish(tx, &claimed).await
            })
        })
        .await
}

/// The same in one query; `false` if that can't be now.
async fn end_at_once(
    ctx: &Ctx,
    claimed: &Claimed,
    conversation_id: ConversationId,
    question: Option<&str>,
    now: UnixMillis,
) -> Result<bool> {
    let values = vec![
        claimed.store_id.to_string().into(),
        conversation_id.to_string().into(),
        claimed.id.to_string().into(),
        claimed.lease.as_str().into(),
        claimed.lane.as_str().into(),
        question.map(str::to_owned).into(),
        now.into(),
    ];
    ctx.db()
        .write_query(&dialect::FINISH, values, |rows, effects| {
            jobs::ended_in_query(effects, &rows?)
        })
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
