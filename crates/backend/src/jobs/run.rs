//! Doing what a job says.

use super::job::{Claimed, Job};
use crate::{
    Ctx,
    db::Tx,
    error::{Error, Result},
};
use domain::ids::StoreId;
use futures::future::BoxFuture;
use std::future::Future;

/// How a [`Job`] is done. It may be run more than once: its effect must be keyed
/// by the job's id, and be one transaction with [`finish`](super::finish).
pub trait Run: Job {
    /// Does it.
    fn run(&self, ctx: &Ctx, claimed: &Claimed) -> impl Future<Output = Result<()>> + Send;

    /// Reads what jobs of a store that were claimed together will ask for, in one go, and
    /// lets each remember it.
    fn recall(
        _ctx: &Ctx,
        _store_id: StoreId,
        _claimed: Vec<&mut Claimed>,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Makes good what the job owed, in the transaction that gives it up.
    fn on_dead(
        &self,
        _ctx: &Ctx,
        _tx: &mut Tx<'_>,
        _store_id: StoreId,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

/// [`Run`] without its type.
pub(crate) trait Work: Send + Sync {
    fn run<'a>(&'a self, ctx: &'a Ctx, claimed: &'a Claimed) -> BoxFuture<'a, Result<()>>;

    fn on_dead<'a>(
        &'a self,
        ctx: &'a Ctx,
        tx: &'a mut Tx<'_>,
        store_id: StoreId,
    ) -> BoxFuture<'a, Result<()>>;
}

impl<J: Run> Work for J {
    fn run<'a>(&'a self, ctx: &'a Ctx, claimed: &'a Claimed) -> BoxFuture<'a, Result<()>> {
        Box::pin(Run::run(self, ctx, claimed))
    }

    fn on_dead<'a>(
        &'a self,
        ctx: &'a Ctx,
        tx: &'a mut Tx<'_>,
        store_id: StoreId,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(Run::on_dead(self, ctx, tx, store_id))
    }
}

/// The job in a payload.
///
/// # Errors
/// If it can't be read.
pub(super) fn read<J: Run>(payload: &str) -> Result<Box<dyn Work>> {
    serde_json::from_str::<J>(payload)
        .map(|job| Box::new(job) as Box<dyn Work>)
        .map_err(|_| Error::corrupt("payload"))
}
