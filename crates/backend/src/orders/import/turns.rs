//! Who imports right now: a file takes memory and the database's time.

use crate::error::{Conflict, Error, Result};
use domain::ids::StoreId;
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

/// Most imports of one server at the same time.
const AT_ONCE: usize = 2;

/// The stores that import something right now, one file each.
#[derive(Debug, Clone, Default)]
pub struct ImportTurns {
    stores: Arc<Mutex<HashSet<StoreId>>>,
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
        if stores.len() >= AT_ONCE {
            return Err(Error::Busy);
        }
        stores.insert(store_id);
        Ok(Turn {
            turns: self.clone(),
            store_id,
        })
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

    #[test]
    fn a_store_has_one_turn_and_a_server_few() {
        let turns = ImportTurns::default();
        let stores: Vec<_> = (0..=AT_ONCE).map(|_| StoreId::generate()).collect();
        let first = turns.take(stores[0]).expect("a turn");
        let again = turns.take(stores[0]);
        assert!(matches!(
            again,
            Err(Error::Conflict(Conflict::ImportRunning))
        ));
        let _others: Vec<_> = stores[1..AT_ONCE]
            .iter()
            .map(|store| turns.take(*store).expect("a turn"))
            .collect();
        assert!(matches!(turns.take(stores[AT_ONCE]), Err(Error::Busy)));
        drop(first);
        assert!(turns.take(stores[AT_ONCE]).is_ok());
    }
}
