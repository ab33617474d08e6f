//! The stores' FAQ in memory, built from the database when it has changed.

use super::queries;
use crate::{
    ai::retrieval::{FaqEntry, FaqIndex},
    db::Db,
    error::{Error, Result},
};
use domain::ids::StoreId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Most stores whose FAQ is kept in memory.
const KEPT: usize = 256;

/// The indexes that are kept.
#[derive(Default)]
pub struct Indexes {
    by_store: Mutex<HashMap<StoreId, Arc<Slot>>>,
}

/// One store's place. Whoever holds it builds the index, the others wait for it.
#[derive(Default)]
struct Slot {
    kept: tokio::sync::Mutex<Option<Kept>>,
}

struct Kept {
    version: i64,
    index: Arc<FaqIndex>,
}

fn build(items: Vec<queries::IndexedItem>) -> FaqIndex {
    let entries = items.into_iter().map(|item| FaqEntry {
        id: item.id.to_string(),
        question: item.question,
        answer: item.answer,
        variants: item.variants,
        vectors: from_bytes(&item.vectors, item.vector_count),
    });
    FaqIndex::build(entries.collect())
}

impl Indexes {
    /// The store's index, as new as its last committed change, with the vectors
    /// of `model`.
    ///
    /// # Errors
    /// If the database fails.
    pub(crate) async fn current(
        &self,
        db: &Db,
        store_id: StoreId,
        model: &str,
    ) -> Result<Arc<FaqIndex>> {
        let slot = self.slot(store_id);
        let mut kept = slot.kept.lock().await;
        let mut connection = db.read().await?;
        let version = queries::version(&mut connection, store_id).await?;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.version == version) {
            return Ok(Arc::clone(&kept.index));
        }
        let items = queries::indexed_items(&mut connection, store_id, model).await?;
        drop(connection);
        // Thousands of items take a while: not on the threads that serve requests.
        let index = tokio::task::spawn_blocking(move || Arc::new(build(items)))
            .await
            .map_err(|error| Error::Internal(format!("building the FAQ index: {error}")))?;
        *kept = Some(Kept {
            version,
            index: Arc::clone(&index),
        });
        Ok(index)
    }

    fn slot(&self, store_id: StoreId) -> Arc<Slot> {
        let mut by_store = self.by_store.lock().unwrap_or_else(PoisonError::into_inner);
        if by_store.len() >= KEPT && !by_store.contains_key(&store_id) {
            let any = by_store.keys().next().copied();
            if let Some(any) = any {
                by_store.remove(&any);
            }
        }
        Arc::clone(by_store.entry(store_id).or_default())
    }
}

/// Vectors one after the other, 32-bit floats, little-endian.
pub(crate) fn to_bytes(vectors: &[Vec<f32>]) -> Vec<u8> {
    vectors
        .iter()
        .flatten()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

fn from_bytes(bytes: &[u8], count: usize) -> Vec<Vec<f32>> {
    if count == 0 || bytes.is_empty() {
        return Vec::new();
    }
    let values: Vec<f32> = bytes
        .as_chunks::<4>()
        .0
        .iter()
        .map(|chunk| f32::from_le_bytes(*chunk))
        .collect();
    let dimensions = values.len() / count;
    values
        .chunks_exact(dimensions.max(1))
        .take(count)
        .map(<[f32]>::to_vec)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{from_bytes, to_bytes};

    #[test]
    fn vectors_come_back_as_they_were() {
        let vectors = vec![vec![0.5, -1.0, 3.25], vec![1.0, 2.0, f32::MIN]];
        assert_eq!(from_bytes(&to_bytes(&vectors), 2), vectors);
        assert!(from_bytes(&[], 0).is_empty());
    }
}
