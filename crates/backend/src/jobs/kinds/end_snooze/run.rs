//! Brings the conversation back.

use super::EndSnooze;
use crate::{
    Ctx, conversations,
    db::Tx,
    error::Result,
    jobs::{self, Claimed, Run},
};
use domain::ids::StoreId;

impl Run for EndSnooze {
    async fn run(&self, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
        let (job, claimed, now) = (self.clone(), claimed.clone(), ctx.now());
        tracing::Span::current().record("conversation.id", job.conversation_id.to_string());
        ctx.db()
            .write(move |tx| {
                Box::pin(async move {
                    let (store_id, id) = (claimed.store_id, job.conversation_id);
                    conversations::end_snooze(tx, store_id, id, job.until, now).await?;
                    jobs::finish(tx, &claimed).await
                })
            })
            .await
    }

    async fn on_dead(&self, ctx: &Ctx, tx: &mut Tx<'_>, store_id: StoreId) -> Result<()> {
        let (id, now) = (self.conversation_id, ctx.now());
        conversations::end_snooze(tx, store_id, id, self.until, now).await
    }
}
