//! Who imports right now: a file takes memory and the database's time.

use crate::{
    access::Principal,
    error::{Conflict, Error, RateLimit, Result},
};
use domain::ids::{StoreId, UserId};
use std::{
    collections::HashMap,
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
/// Most of them that one account imports into: nobody's stores take every place.
const STORES_OF_ACCOUNT: usize = 2;
/// When it is worth while for an account with too many to come again, in seconds.
const RETRY_AFTER: u64 = 5;
/// How long a file that has arrived waits for the others.
const WAITS_WITHIN: Duration = Duration::from_secs(30);

/// The stores that import something right now, one file each, and the places for those
/// whose file has arrived: who sends slowly holds up nobody.
#[derive(Debug, Clone)]
pub struct ImportTurns {
    /// With the account that does it.
    stores: Arc<Mutex<HashMap<StoreId, Option<UserId>>>>,
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
    /// [`Error::Conflict`] if the store has one; [`Error::RateLimited`] if the account has
    /// too many in others; [`Error::Busy`] if too many others have.
    pub(super) fn take(&self, who: &Principal) -> Result<Turn> {
        let store_id = who.store_id;
        let account = who.user().map(|user| user.id);
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        if stores.contains_key(&store_id) {
            return Err(Error::Conflict(Conflict::ImportRunning));
        }
        let of_account = stores.values().filter(|other| **other == account);
        if account.is_some() && of_account.count() >= STORES_OF_ACCOUNT {
            return Err(Error::RateLimited {
                limit: RateLimit::Imports,
                retry_after_seconds: RETRY_AFTER,
            });
        }
        if stores.len() >= STORES_AT_ONCE {
            return Err(Error::Busy);
        }
        stores.insert(store_id, account);
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
    use crate::access::User;
    use domain::{account::EmailAddress, role::Role};
    use futures::FutureExt;

    fn somebody() -> User {
        User {
            id: UserId::generate(),
            name: "Ada".to_owned(),
            email: EmailAddress::parse("ada@example.com").expect("an address"),
        }
    }

    /// `user` in a store of its own.
    fn in_a_store(user: User) -> Principal {
        Principal::member(StoreId::generate(), user, Role::Owner)
    }

    #[test]
    fn a_store_has_one_turn_and_a_server_some() {
        let turns = ImportTurns::default();
        let all: Vec<_> = (0..=STORES_AT_ONCE)
            .map(|_| in_a_store(somebody()))
            .collect();
        let first = turns.take(&all[0]).expect("a turn");
        let colleague = Principal::member(all[0].store_id, somebody(), Role::Admin);
        for again in [&all[0], &colleague] {
            assert!(matches!(
                turns.take(again),
                Err(Error::Conflict(Conflict::ImportRunning))
            ));
        }
        let _others: Vec<_> = all[1..STORES_AT_ONCE]
            .iter()
            .map(|who| turns.take(who).expect("a turn"))
            .collect();
        let last = &all[STORES_AT_ONCE];
        assert!(matches!(turns.take(last), Err(Error::Busy)));
        drop(first);
        assert!(turns.take(last).is_ok());
    }

    #[test]
    fn an_account_with_many_stores_leaves_turns_to_others() {
        let turns = ImportTurns::default();
        let user = somebody();
        let mut taken: Vec<_> = (0..STORES_OF_ACCOUNT)
            .map(|_| turns.take(&in_a_store(user.clone())).expect("a turn"))
            .collect();
        let one_more = in_a_store(user);
        assert!(matches!(
            turns.take(&one_more),
            Err(Error::RateLimited {
                limit: RateLimit::Imports,
                ..
            })
        ));
        assert!(turns.take(&in_a_store(somebody())).is_ok());
        taken.pop();
        assert!(turns.take(&one_more).is_ok());
    }

    #[tokio::test]
    async fn files_that_are_on_their_way_take_no_place() {
        let turns = ImportTurns::default();
        let _sending: Vec<_> = (0..=AT_ONCE)
            .map(|_| turns.take(&in_a_store(somebody())).expect("a turn"))
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
