//! The stores' FAQ in memory, brought up to date from the database when it has
//! changed: only the items that did are read and prepared again.

use super::queries::{self, IndexedItem};
use crate::{
    ai::retrieval::{FaqEntry, FaqIndex},
    db::Db,
    error::{Error, Result},
};
use domain::ids::StoreId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// How much memory the indexes may take together, in bytes. The one that was used
/// last is kept, however large it is.
const BYTES_MAX: usize = 256 * 1024 * 1024;
/// How long a shopper's question waits for an index that is being brought up to
/// date, if the one there is will do.
const PATIENCE: Duration = Duration::from_millis(200);
/// An index will do as long as it was up to date so recently: what a merchant
/// saves is known within this time to everybody.
const RECENT: Duration = Duration::from_secs(3);

/// The indexes that are kept.
#[derive(Clone)]
pub struct Indexes {
    by_store: Arc<Mutex<HashMap<StoreId, Arc<Slot>>>>,
    bytes_max: usize,
}

impl Default for Indexes {
    fn default() -> Self {
        Self::up_to(BYTES_MAX)
    }
}

/// One store's place.
#[derive(Default)]
struct Slot {
    kept: Mutex<Kept>,
    /// Held by whoever brings the index up to date. The others who need it wait,
    /// and find what came meanwhile in it.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct Kept {
    index: Option<Arc<FaqIndex>>,
    /// The store's version that it holds.
    version: i64,
    /// When it was the newest, as far as is known.
    newest_at: Option<Instant>,
    used_at: Option<Instant>,
}

impl Slot {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bytes(&self) -> usize {
        self.kept().index.as_ref().map_or(0, |index| index.bytes())
    }

    /// What is kept, if it is the store's `version`, which it had at `asked_at`.
    fn of_version(&self, version: i64, asked_at: Instant) -> Option<Arc<FaqIndex>> {
        let mut kept = self.kept();
        if kept.version != version {
            return None;
        }
        kept.newest_at = kept.newest_at.max(Some(asked_at));
        kept.index.clone()
    }
}

impl Indexes {
    fn up_to(bytes_max: usize) -> Self {
        Self {
            by_store: Arc::default(),
            bytes_max,
        }
    }

    /// The store's index with every change that was committed before, with the
    /// vectors of `model`.
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
        let asked_at = Instant::now();
        let version = version(db, store_id).await?;
        if let Some(index) = slot.of_version(version, asked_at) {
            return Ok(index);
        }
        let (own, db, model) = (self.clone(), db.clone(), model.to_owned());
        // Whoever asked may hang up; the others wait for this.
        let updated = tokio::spawn(async move { own.update(&db, store_id, &slot, &model).await });
        updated
            .await
            .map_err(|error| Error::Internal(format!("updating the FAQ index: {error}")))?
    }

    /// As [`Indexes::current`], but doesn't wait long for the newest changes as
    /// long as they are only seconds old.
    ///
    /// # Errors
    /// As [`Indexes::current`].
    pub(crate) async fn recent(
        &self,
        db: &Db,
        store_id: StoreId,
        model: &str,
    ) -> Result<Arc<FaqIndex>> {
        let kept = self.slot(store_id).kept().clone();
        let is_recent = kept.newest_at.is_some_and(|at| at.elapsed() < RECENT);
        let current = self.current(db, store_id, model);
        match kept.index.filter(|_| is_recent) {
            Some(index) => timeout(PATIENCE, current).await.unwrap_or(Ok(index)),
            None => current.await,
        }
    }

    /// Brings the index in `slot` up to date, if nobody else has meanwhile.
    async fn update(
        &self,
        db: &Db,
        store_id: StoreId,
        slot: &Slot,
        model: &str,
    ) -> Result<Arc<FaqIndex>> {
        let _turn = slot.turn.lock().await;
        let asked_at = Instant::now();
        let version = version(db, store_id).await?;
        if let Some(index) = slot.of_version(version, asked_at) {
            return Ok(index);
        }
        let kept = slot.kept().clone();
        // A database that was put back to an earlier state has other changes of
        // the same versions.
        let (old, known) = match kept.index {
            Some(index) if kept.version < version => (index, kept.version),
            _ => (Arc::default(), 0),
        };
        let (changed, ids) = {
            let mut connection = db.read().await?;
            let changed = queries::indexed_items(&mut connection, store_id, model, known).await?;
            let is_new = |item: &&IndexedItem| !old.holds(&item.id.to_string());
            let held = old.len() + changed.iter().filter(is_new).count();
            let stored = queries::count_items(&mut connection, store_id).await?;
            // Which ones are no more is asked only if there are any.
            let ids = if i64::try_from(held).is_ok_and(|held| held == stored) {
                None
            } else {
                Some(queries::item_ids(&mut connection, store_id).await?)
            };
            (changed, ids)
        };
        // Thousands of items take a while: not on the threads that serve requests.
        let updated = tokio::task::spawn_blocking(move || {
            let mut index = (*old).clone();
            for item in changed {
                index.put(entry(item));
            }
            if let Some(ids) = ids {
                let gone = index.ids().filter(|id| !ids.contains(*id));
                for id in gone.map(str::to_owned).collect::<Vec<_>>() {
                    index.remove(&id);
                }
            }
            Arc::new(index)
        })
        .await
        .map_err(|error| Error::Internal(format!("updating the FAQ index: {error}")))?;
        *slot.kept() = Kept {
            index: Some(Arc::clone(&updated)),
            version,
            newest_at: Some(asked_at),
            used_at: Some(Instant::now()),
        };
        self.make_room(store_id);
        Ok(updated)
    }

    fn slot(&self, store_id: StoreId) -> Arc<Slot> {
        let slot = Arc::clone(self.by_store().entry(store_id).or_default());
        slot.kept().used_at = Some(Instant::now());
        slot
    }

    /// Forgets those that weren't used for longest, until the others fit; never
    /// the one of `store_id`.
    fn make_room(&self, store_id: StoreId) {
        let mut by_store = self.by_store();
        let mut others: Vec<_> = by_store
            .iter()
            .filter(|(id, _)| **id != store_id)
            .map(|(id, slot)| {
                let used_at = slot.kept().used_at;
                (used_at, *id, slot.bytes())
            })
            .collect();
        others.sort_unstable_by_key(|(used_at, ..)| *used_at);
        let own = by_store.get(&store_id).map_or(0, |slot| slot.bytes());
        let mut bytes = own + others.iter().map(|(.., bytes)| bytes).sum::<usize>();
        for (_, id, freed) in others {
            if bytes <= self.bytes_max {
                break;
            }
            by_store.remove(&id);
            bytes -= freed;
        }
    }

    fn by_store(&self) -> MutexGuard<'_, HashMap<StoreId, Arc<Slot>>> {
        self.by_store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn version(db: &Db, store_id: StoreId) -> Result<i64> {
    let mut connection = db.read().await?;
    queries::version(&mut connection, store_id).await
}

fn entry(item: IndexedItem) -> FaqEntry {
    FaqEntry {
        id: item.id.to_string(),
        question: item.question,
        answer: item.answer,
        variants: item.variants,
        vectors: from_bytes(&item.vectors, item.vector_count),
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
mod tests;
