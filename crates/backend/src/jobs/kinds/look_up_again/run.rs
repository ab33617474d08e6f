//! Looks an order up again whose source was down.

use super::LookUpAgain;
use crate::{
    Ctx,
    ai::pipeline::{self, Answer},
    conversations::{
        append::append,
        change::{Change, Entry},
        messages, queries,
    },
    error::{Conflict, Error, Result},
    jobs::{self, Claimed, Run},
};
use domain::{UnixMillis, ids::MessageId, message::MessageKind};

/// How long a shopper's question is kept, in milliseconds: a day.
const KEPT: UnixMillis = 24 * 60 * 60 * 1_000;

impl Run for LookUpAgain {
    async fn run(&self, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
        let conversation_id = self.conversation_id;
        tracing::Span::current().record("conversation.id", conversation_id.to_string());
        if let Some(moved) = self.moved(ctx, claimed).await? {
            return end(ctx, claimed, Some(moved)).await;
        }
        // Whoever asked yesterday doesn't look here for an answer: the team has the question.
        let is_kept = ctx.now() - self.since < KEPT;
        let answer = match is_kept && self.is_open(ctx, claimed).await? {
            true => self.answer(ctx, claimed).await?,
            false => None,
        };
        match answer {
            None => end(ctx, claimed, None).await,
            Some(answer) if answer.look_up_again => {
                let next = Self {
                    tries: self.tries.saturating_add(1),
                    ..self.clone()
                };
                end(ctx, claimed, Some(next)).await
            }
            Some(answer) => self.send(ctx, claimed, answer).await,
        }
    }
}

impl LookUpAgain {
    /// The same where the question is now, if that is another conversation: whether somebody
    /// has answered it there is seen by what was said last.
    async fn moved(&self, ctx: &Ctx, claimed: &Claimed) -> Result<Option<Self>> {
        let store_id = claimed.store_id;
        let mut connection = ctx.db().read().await?;
        let question = messages::by_id(&mut connection, store_id, self.message_id).await?;
        let moved = question.filter(|message| message.conversation_id != self.conversation_id);
        let Some(id) = moved.map(|message| message.conversation_id) else {
            return Ok(None);
        };
        let stored = queries::stored(&mut connection, store_id, id).await?;
        Ok(stored.map(|stored| Self {
            conversation_id: id,
            epoch: stored.owner_epoch,
            ..self.clone()
        }))
    }

    /// Whether what the shopper was told is still the last word.
    async fn is_open(&self, ctx: &Ctx, claimed: &Claimed) -> Result<bool> {
        let mut connection = ctx.db().read().await?;
        let last =
            messages::last_answer(&mut connection, claimed.store_id, self.conversation_id).await?;
        Ok(last == Some(self.told_id))
    }

    /// Says it, unless somebody was faster: a look-up takes seconds.
    async fn send(&self, ctx: &Ctx, claimed: &Claimed, answer: Answer) -> Result<()> {
        let id = MessageId::from(claimed.id.uuid());
        let entry = Entry::ai(id, answer.body, answer.kind, answer.trace)
            .showing(answer.cards, answer.lead)
            .asking_proof_for(answer.asks_proof.then_some(self.message_id));
        let change = Change {
            needs_human: answer.needs_human.then_some(true),
            not_found_for: answer.order_not_found.then_some(self.message_id),
            ..Change::ai_reply(self.epoch, answer.awaiting_order)
        };
        let (claimed, conversation_id, told_id) =
            (claimed.clone(), self.conversation_id, self.told_id);
        let (store_id, now) = (claimed.store_id, ctx.now());
        // Who was called for the outage needn't come any more.
        let is_settled = self.called_team && entry.kind == MessageKind::OrderCard;
        ctx.db()
            .write(move |tx| {
                Box::pin(async move {
                    tx.lock(conversation_id).await?;
                    let last =
                        messages::last_answer(tx.connection, store_id, conversation_id).await?;
                    if last == Some(told_id) {
                        let asks = is_settled
                            && messages::calls_for_person(tx.connection, store_id, conversation_id)
                                .await?;
                        let change = Change {
                            needs_human: match is_settled && !asks {
                                true => change.needs_human.or(Some(false)),
                                false => change.needs_human,
                            },
                            ..change
                        };
                        match append(tx, store_id, conversation_id, entry, change, now).await {
                            Ok(_) | Err(Error::Conflict(Conflict::EpochChanged)) => {}
                            Err(error) => return Err(error),
                        }
                    }
                    jobs::finish(tx, &claimed).await
                })
            })
            .await
    }

    /// The answer, unless a person has taken over or the conversation has ended.
    async fn answer(&self, ctx: &Ctx, claimed: &Claimed) -> Result<Option<Answer>> {
        let question = pipeline::question(
            ctx,
            claimed.store_id,
            self.conversation_id,
            self.message_id,
            self.client,
            None,
            Some(self.awaited),
        )
        .await?;
        match question {
            Some(question) if question.owner_epoch == self.epoch => {
                Ok(pipeline::orders_again(ctx, &question).await)
            }
            _ => Ok(None),
        }
    }
}

/// Ends this try, and writes the next one, if there is one.
async fn end(ctx: &Ctx, claimed: &Claimed, next: Option<LookUpAgain>) -> Result<()> {
    let claimed = claimed.clone();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                jobs::finish(tx, &claimed).await?;
                let Some(next) = next else { return Ok(()) };
                let pause = next.pause();
                let next = jobs::prepare(claimed.store_id, next)?.after(pause);
                jobs::enqueue(tx, vec![next]).await
            })
        })
        .await
}
