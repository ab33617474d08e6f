//! Asks the webhook's address, and notes how that went.

use super::DeliverWebhook;
use crate::{
    Ctx,
    cache::Forget,
    db::Tx,
    error::Result,
    jobs::{self, Claimed, Run},
    outgoing::{Beginning, Failure},
    webhooks::{
        self,
        queries::{self, Due, Tried},
    },
};
use domain::{
    UnixMillis,
    ids::StoreId,
    text,
    webhook::{ANSWER_MAX, DeliveryState, DeliveryTrouble},
};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

/// How long a delivery is tried, in milliseconds: a day.
const TRIED_FOR: UnixMillis = 24 * 60 * 60 * 1_000;
/// A webhook that was tried and nothing has reached for so long is switched off, in
/// milliseconds: three days.
const SWITCHED_OFF_AFTER: UnixMillis = 3 * 24 * 60 * 60 * 1_000;
/// One that wasn't tried for longer than this has not been failing meanwhile, in milliseconds:
/// a day. What isn't taken is tried every hour at least.
const TRIED_ALL_THE_WHILE: UnixMillis = 24 * 60 * 60 * 1_000;
/// Bytes of an answer that are read.
const READ_MAX: usize = 4 * ANSWER_MAX;

const SIGNATURE: HeaderName = HeaderName::from_static("shopdesk-signature");
const DELIVERY: HeaderName = HeaderName::from_static("shopdesk-delivery");
const EVENT: HeaderName = HeaderName::from_static("shopdesk-event");

impl Run for DeliverWebhook {
    async fn run(&self, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
        let store_id = claimed.store_id;
        let due = {
            let mut connection = ctx.db().read().await?;
            queries::due(&mut connection, store_id, self.delivery_id).await?
        };
        let Some(due) = due else {
            // It was deleted, or has arrived.
            return self.end(ctx, claimed, None).await;
        };
        if due.is_switched_off && !self.is_replay {
            return self.end(ctx, claimed, None).await;
        }
        let asked = self.ask(ctx, store_id, &due).await?;
        self.end(ctx, claimed, Some((due, asked))).await
    }

    async fn on_dead(&self, _: &Ctx, tx: &mut Tx<'_>, store_id: StoreId) -> Result<()> {
        queries::give_up(tx.connection, store_id, self.delivery_id).await
    }
}

impl DeliverWebhook {
    async fn ask(
        &self,
        ctx: &Ctx,
        store_id: StoreId,
        due: &Due,
    ) -> Result<Result<Beginning, Failure>> {
        // What was allowed when it was stored may not be any more.
        let Ok(url) = ctx.outgoing().endpoint(&due.address) else {
            return Ok(Err(Failure::PrivateAddress));
        };
        let headers = self.headers(ctx, store_id, due)?;
        let body = due.body.clone();
        Ok(ctx.outgoing().deliver(url, headers, body, READ_MAX).await)
    }

    fn headers(&self, ctx: &Ctx, store_id: StoreId, due: &Due) -> Result<HeaderMap> {
        let secret = webhooks::open(ctx.secret(), store_id, &due.sealed)?;
        let signature = webhooks::sign(&secret, ctx.now(), &due.body)?;
        let delivery = self.delivery_id.to_string();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(EVENT, HeaderValue::from_static(due.event.as_str()));
        for (name, value) in [(SIGNATURE, signature), (DELIVERY, delivery)] {
            // Both are letters, digits and signs that every header takes.
            headers.extend(HeaderValue::try_from(value).ok().map(|value| (name, value)));
        }
        Ok(headers)
    }

    /// Ends this try; notes how it went, and writes the next one, if there is one.
    async fn end(
        &self,
        ctx: &Ctx,
        claimed: &Claimed,
        asked: Option<(Due, Result<Beginning, Failure>)>,
    ) -> Result<()> {
        let (job, claimed, now) = (self.clone(), claimed.clone(), ctx.now());
        ctx.db()
            .write(move |tx| {
                Box::pin(async move {
                    let store_id = claimed.store_id;
                    jobs::finish(tx, &claimed).await?;
                    match asked {
                        Some((due, asked)) => job.note(tx, store_id, due, asked, now).await,
                        None => queries::give_up(tx.connection, store_id, job.delivery_id).await,
                    }
                })
            })
            .await
    }

    async fn note(
        self,
        tx: &mut Tx<'_>,
        store_id: StoreId,
        due: Due,
        asked: Result<Beginning, Failure>,
        now: UnixMillis,
    ) -> Result<()> {
        let was_taken = asked
            .as_ref()
            .is_ok_and(|answer| answer.status.is_success());
        let webhook_id = due.webhook_id;
        let switched = if was_taken {
            queries::does_well(tx.connection, store_id, webhook_id).await?
        } else {
            let (lately, too_long) = (now - TRIED_ALL_THE_WHILE, now - SWITCHED_OFF_AFTER);
            queries::fails(tx.connection, store_id, webhook_id, now, lately, too_long).await?
        };
        if switched {
            tx.effects.forget(Forget::Webhooks(store_id));
        }
        let is_off = if was_taken {
            false
        } else {
            switched || due.is_switched_off
        };
        let has_time = now - self.since < TRIED_FOR;
        let state = match (was_taken, is_off || !has_time) {
            (true, _) => DeliveryState::Delivered,
            (false, true) => DeliveryState::Failed,
            (false, false) => DeliveryState::Waiting,
        };
        let tried = tried(state, asked);
        queries::note_try(tx.connection, store_id, self.delivery_id, &tried, now).await?;
        if state == DeliveryState::Waiting {
            let next = Self {
                tries: self.tries.saturating_add(1),
                ..self
            };
            let pause = next.pause();
            let next = jobs::prepare(store_id, next)?.after(pause);
            jobs::enqueue(tx, vec![next]).await?;
        }
        Ok(())
    }
}

fn tried(state: DeliveryState, asked: Result<Beginning, Failure>) -> Tried {
    match asked {
        Ok(answer) => {
            let body = String::from_utf8_lossy(&answer.body);
            // PostgreSQL can't store NUL, and nobody could read it.
            let body = body.replace(char::is_control, " ");
            Tried {
                state,
                status: Some(answer.status.as_u16()),
                trouble: None,
                answer: text::excerpt(&body, ANSWER_MAX),
            }
        }
        Err(failure) => Tried {
            state,
            status: None,
            trouble: Some(match failure {
                Failure::NoConnection | Failure::TooLarge => DeliveryTrouble::NoConnection,
                Failure::UnknownHost => DeliveryTrouble::UnknownHost,
                Failure::TimedOut => DeliveryTrouble::TimedOut,
                Failure::PrivateAddress => DeliveryTrouble::PrivateAddress,
            }),
            answer: String::new(),
        },
    }
}
