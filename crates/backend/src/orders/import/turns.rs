//! Who imports right now: a file takes memory and the database's time.

use crate::error::{Conflict, Error, Result};
use domain::ids::StoreId;
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// Most imports that one server reads and writes at the same time.
const AT_ONCE: usize = 2;
/// Most stores whose files are taken in or wait, all of which are in memory.
const STORES_AT_ONCE: usize = 32;
/// How long a file that has arrived waits for the others.
const WAITS_WITHIN: Duration = Duration::from_secs(30);

/// The stores that import something right now, one file each, and the places for those
/// whose file has arrived: who sends slowly holds up nobody.
#[derive(Debug, Clone)]
pub struct ImportTurns {
    stores: Arc<Mutex<HashSet<StoreId>>>,
    places: Arc<Semaphore>,
}

impl Default for ImportTurns {
    fn default() -> Self {
        Self {
            stores: Arc::default(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl ImportTurns {
    /// The store's turn, until it is dropped.
    ///
    /// # Errors
    /// [`Error::Conflict`] if the store has one; [`Error::Busy`] if too many others have.
    pub(super) fn take(&self, store_id: StoreId) -> Result<Turn> {
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        if stores.contains(&store_id) {
            return Err(Error::Conflict(Conflict::ImportRunning));
        }
        if stores.len() >= STORES_AT_ONCE {
            return Err(Error::Busy);
        }
        stores.insert(store_id);
        Ok(Turn {
            turns: self.clone(),
            store_id,
        })
    }

    /// A place to read and write a file that has arrived, until it is dropped.
    ///
    /// # Errors
    /// [`Error::Busy`] if none gets free in time.
    pub(super) async fn place(&self) -> Result<OwnedSemaphorePermit> {
        let free = timeout(WAITS_WITHIN, Arc::clone(&self.places).acquire_owned());
        match free.await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(Error::Busy),
        }
    }
}

/// See [`ImportTurns::take`].
#[derive(Debug)]
pub(super) struct Turn {
    turns: ImportTurns,
    store_id: StoreId,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let stores = &self.turns.stores;
        let mut stores = stores.lock().unwrap_or_else(PoisonError::into_inner);
        stores.remove(&self.store_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn a_store_has_one_turn_and_a_server_some() {
        let turns = ImportTurns::default();
        let stores: Vec<_> = (0..=STORES_AT_ONCE).map(|_| StoreId::generate()).collect();
        let first = turns.take(stores[0]).expect("a turn");
        let again = turns.take(stores[0]);
        assert!(matches!(
            again,
            Err(Error::Conflict(Conflict::ImportRunning))
        ));
        let _others: Vec<_> = stores[1..STORES_AT_ONCE]
            .iter()
            .map(|store| turns.take(*store).expect("a turn"))
            .collect();
        let last = stores[STORES_AT_ONCE];
        assert!(matches!(turns.take(last), Err(Error::Busy)));
        drop(first);
        assert!(turns.take(last).is_ok());
    }

    #[tokio::test]
    async fn files_that_are_on_their_way_take_no_place() {
        let turns = ImportTurns::default();
        let _sending: Vec<_> = (0..=AT_ONCE)
            .map(|_| turns.take(StoreId::generate()).expect("a turn"))
            .collect();
        let mut places = Vec::new();
        for _ in 0..AT_ONCE {
            places.push(turns.place().await.expect("a place"));
        }
        assert!(turns.place().now_or_never().is_none());
        places.clear();
        assert!(turns.place().await.is_ok());
    }
}
