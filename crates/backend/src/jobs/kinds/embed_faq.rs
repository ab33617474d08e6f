//! Makes the embedding of an FAQ item. Without a model the item is ready as it
//! is: keyword search finds it.

use crate::{
    Ctx,
    ai::retrieval,
    db::Tx,
    error::{Error, Result},
    faq,
    jobs::{self, Claimed},
};
use domain::{
    faq::FaqItemState,
    ids::{FaqItemId, StoreId},
};
use std::sync::Arc;

pub(in crate::jobs) async fn run(
    ctx: &Ctx,
    claimed: &Claimed,
    item_id: FaqItemId,
    revision: i64,
) -> Result<()> {
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
    let (claimed, now, model) = (
        claimed.clone(),
        ctx.now(),
        ctx.embedder().model_id().to_owned(),
    );
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
                    if !vectors.is_empty() {
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
                    }
                    faq::changed(tx, store_id).await?;
                }
                jobs::finish(tx.connection, &claimed, now).await
            })
        })
        .await
}

/// The job has failed for good: the item says so, and offers to try again.
pub(in crate::jobs) async fn give_up(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    item_id: FaqItemId,
    revision: i64,
) -> Result<()> {
    let state = FaqItemState::Failed;
    let reason = Some("The embedding could not be made. Keyword search still finds this question.");
    faq::queries::set_state(tx.connection, store_id, item_id, revision, state, reason).await?;
    faq::tell_agents(tx, store_id);
    Ok(())
}
