//! Makes the embedding of an FAQ item. Without a model the item is ready as it
//! is: keyword search finds it.

use super::EmbedFaq;
use crate::{
    Ctx,
    ai::retrieval,
    db::Tx,
    error::{Error, Result},
    faq,
    jobs::{self, Claimed, Run},
};
use domain::{faq::FaqItemState, ids::StoreId};
use std::sync::Arc;

impl Run for EmbedFaq {
    async fn run(&self, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
        let (item_id, revision) = (self.item_id, self.revision);
        let texts = {
            let mut connection = ctx.db().read().await?;
            faq::queries::texts(&mut connection, claimed.store_id, item_id).await?
        };
        // Deleted, or edited again: a later job has its text.
        let texts = texts.filter(|texts| texts.revision == revision);
        let vectors = match texts {
            Some(texts) if ctx.embedder().probe().is_ok() => {
                let embedder = Arc::clone(ctx.embedder());
                let embedded = tokio::task::spawn_blocking(move || {
                    let texts =
                        retrieval::texts_to_embed(&texts.question, &texts.answer, &texts.variants);
                    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                    embedder.embed(&texts)
                })
                .await
                .map_err(|error| Error::Internal(format!("embedding: {error}")))?;
                embedded.map_err(|error| Error::Internal(format!("embedding: {error}")))?
            }
            _ => Vec::new(),
        };
        let (claimed, model) = (claimed.clone(), ctx.embedder().model_id().to_owned());
        ctx.db()
            .write(move |tx| {
                Box::pin(async move {
                    let store_id = claimed.store_id;
                    let ready = FaqItemState::Ready;
                    let current = faq::queries::set_state(
                        tx.connection,
                        store_id,
                        item_id,
                        revision,
                        ready,
                        None,
                    )
                    .await?;
                    if current > 0 {
                        // Its words are in the index already.
                        if vectors.is_empty() {
                            faq::tell_agents(tx, store_id);
                        } else {
                            let count = i64::try_from(vectors.len()).unwrap_or(i64::MAX);
                            let bytes = faq::index::to_bytes(&vectors);
                            faq::queries::put_embedding(
                                tx.connection,
                                store_id,
                                item_id,
                                &model,
                                count,
                                bytes,
                            )
                            .await?;
                            faq::changed(tx, store_id, Some(item_id)).await?;
                        }
                    }
                    jobs::finish(tx, &claimed).await
                })
            })
            .await
    }

    /// The item says that it failed, and offers to try again.
    async fn on_dead(&self, _ctx: &Ctx, tx: &mut Tx<'_>, store_id: StoreId) -> Result<()> {
        let state = FaqItemState::Failed;
        let reason =
            Some("The embedding could not be made. Keyword search still finds this question.");
        let (id, revision) = (self.item_id, self.revision);
        faq::queries::set_state(tx.connection, store_id, id, revision, state, reason).await?;
        faq::tell_agents(tx, store_id);
        Ok(())
    }
}
