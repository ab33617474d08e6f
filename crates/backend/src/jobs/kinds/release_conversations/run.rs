//! Takes the conversations off them, one after the other.

use super::ReleaseConversations;
use crate::{
    Ctx, conversations,
    error::Result,
    jobs::{self, Claimed, Run},
};

impl Run for ReleaseConversations {
    async fn run(&self, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
        let is_done = conversations::release(ctx, claimed.store_id, self.user_id).await?;
        let (job, claimed) = (self.clone(), claimed.clone());
        ctx.db()
            .write(move |tx| {
                Box::pin(async move {
                    if !is_done {
                        let rest = jobs::prepare(claimed.store_id, job)?;
                        jobs::enqueue(tx, vec![rest]).await?;
                    }
                    jobs::finish(tx, &claimed).await
                })
            })
            .await
    }
}
