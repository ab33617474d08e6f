//! Importing orders from a file: told what would become of each row first, then done as a
//! whole.

mod amount;
mod csv_file;
mod date;
pub(crate) mod encoding;
mod found;
mod header;
mod json_file;
mod medusa;
pub(crate) mod separator;
mod source;
pub(super) mod status;
mod turns;

pub use turns::ImportTurns;

use super::{
    queries::{self, Prepared},
    told::tell_agents,
};
use crate::{
    Ctx,
    access::{Permission, Principal},
    context::Data,
    db::Kind,
    durable,
    error::{Error, Result},
};
use domain::{
    Invalid,
    events::Noun,
    ids::StoreId,
    money,
    order::Order,
    order_import::{
        FileFault, ImportChange, ImportCounts, ImportOptions, ImportReport, ImportStep,
        ImportedOrder, SHOWN_ORDERS,
    },
};
use found::Found;
use source::{Source, TextFile};
use std::{collections::HashMap, fs::File};
use tokio::task::JoinError;
use turns::Turn;

/// Orders in one statement.
const CHUNK: usize = 500;

/// An import that may begin: the store has its turn as long as this lives, and as long as
/// it runs.
#[derive(Debug)]
pub struct Import {
    store_id: StoreId,
    _turn: Turn,
}

/// Takes the store's turn. To be asked for before the file is taken in.
///
/// # Errors
/// [`Error::Forbidden`]; [`Error::Conflict`] if the store imports another file;
/// [`Error::RateLimited`] if the account does into several other stores; [`Error::Busy`] if
/// too many others do.
pub fn begin(ctx: &Ctx, who: &Principal) -> Result<Import> {
    who.require(Permission::ChangeOrders)?;
    Ok(Import {
        store_id: who.store_id,
        _turn: ctx.imports().take(who)?,
    })
}

impl Import {
    /// An empty file to be filled with what is imported: on disk, under no name, so that it
    /// takes no memory and is gone with the import, whatever ends that.
    ///
    /// # Errors
    /// [`Error::Internal`] if none can be made.
    pub fn file(&self, ctx: &Ctx) -> Result<File> {
        let made = match &ctx.config().data {
            Data::Folder(folder) => {
                durable::make_folder(folder).and_then(|()| tempfile::tempfile_in(folder))
            }
            Data::Memory => tempfile::tempfile(),
        };
        made.map_err(|error| Error::Internal(format!("a file to import from: {error}")))
    }

    /// Reads the file and does what `step` says: all in one transaction, or nothing. Once
    /// begun it goes on to its end, even if the caller is dropped meanwhile, and keeps the
    /// store's turn until then.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the file can't be read at all, or an option can't be taken;
    /// [`Error::Busy`] if others' files are read and written all the time.
    pub async fn run(
        self,
        ctx: &Ctx,
        file: File,
        step: ImportStep,
        options: ImportOptions,
    ) -> Result<ImportReport> {
        if let Some(code) = &options.currency
            && money::known(code).is_none()
        {
            let fault = domain::order_check::OrderFault::Currency;
            return Err(Invalid::from(fault).into());
        }
        let place = ctx.imports().place().await?;
        let ctx = ctx.clone();
        let task = tokio::spawn(async move {
            let _place = place;
            self.run_in_place(&ctx, file, step, options).await
        });
        task.await.map_err(|error| stopped(&error))?
    }

    async fn run_in_place(
        &self,
        ctx: &Ctx,
        file: File,
        step: ImportStep,
        options: ImportOptions,
    ) -> Result<ImportReport> {
        let read = tokio::task::spawn_blocking(move || read(file, &options));
        let read = read.await.map_err(|error| stopped(&error))?;
        let found = read.map_err(Invalid::from)?;
        let is_whole = found.missing.is_empty() && found.faulty == 0;
        match step {
            ImportStep::ApplyAll if is_whole => self.apply(ctx, found).await,
            ImportStep::ApplyGood if found.missing.is_empty() => self.apply(ctx, found).await,
            _ => self.preview(ctx, found).await,
        }
    }

    async fn preview(&self, ctx: &Ctx, found: Found) -> Result<ImportReport> {
        let mut counts = ImportCounts::default();
        let mut shown = Vec::new();
        let changes = self.changes(ctx, &found).await?;
        for ((row, order), change) in found.orders.iter().zip(changes) {
            *count_of(&mut counts, change) += 1;
            if shown.len() < SHOWN_ORDERS {
                shown.push(ImportedOrder {
                    row: *row,
                    change: Some(change),
                    order: order.clone(),
                });
            }
        }
        Ok(report(false, counts, shown, found))
    }

    /// What would become of each order now.
    async fn changes(&self, ctx: &Ctx, found: &Found) -> Result<Vec<ImportChange>> {
        let mut changes = Vec::with_capacity(found.orders.len());
        let mut connection = ctx.db().read().await?;
        for chunk in found.orders.chunks(CHUNK) {
            let numbers: Vec<_> = chunk.iter().map(|(_, order)| &order.number).collect();
            let kind = ctx.db().kind();
            let stored = queries::by_numbers(&mut connection, kind, self.store_id, &numbers);
            let stored = stored.await?.into_iter();
            let stored: HashMap<String, Order> =
                stored.map(|order| (order.number.clone(), order)).collect();
            changes.extend(
                chunk
                    .iter()
                    .map(|(_, order)| match stored.get(&order.number) {
                        None => ImportChange::New,
                        Some(known) if is_same(known, order) => ImportChange::Unchanged,
                        Some(_) => ImportChange::Changed,
                    }),
            );
        }
        Ok(changes)
    }

    /// Which orders have to be put. SQLite's one writer isn't kept with those that are
    /// there already: one that somebody changes meanwhile has been changed after this
    /// import. On PostgreSQL nobody waits, and another server may import into this store,
    /// so there all are compared where they are put.
    async fn to_be_put(&self, ctx: &Ctx, found: &Found) -> Result<Vec<bool>> {
        if ctx.db().kind() == Kind::Postgres {
            return Ok(vec![true; found.orders.len()]);
        }
        let changes = self.changes(ctx, found).await?.into_iter();
        let changes = changes.map(|change| change != ImportChange::Unchanged);
        Ok(changes.collect())
    }

    async fn apply(&self, ctx: &Ctx, found: Found) -> Result<ImportReport> {
        let (store_id, now) = (self.store_id, ctx.now());
        let to_be_put = self.to_be_put(ctx, &found).await?;
        // Whatever isn't a statement is made before: SQLite has one writer, for all stores.
        let prepared = tokio::task::spawn_blocking(move || {
            let orders = found.orders.iter().zip(to_be_put);
            let orders = orders.filter_map(|((_, order), put)| put.then_some(order));
            let orders: Vec<_> = orders.collect();
            let same = found.orders.len() - orders.len();
            let chunks = orders
                .chunks(CHUNK)
                .map(|chunk| queries::prepare(store_id, chunk.iter().copied(), now));
            let chunks = chunks.collect::<Result<Vec<_>>>()?;
            Ok::<_, Error>((found, chunks, same))
        });
        let (found, chunks, same) = prepared.await.map_err(|error| stopped(&error))??;
        let mut counts = ImportCounts {
            unchanged: u32::try_from(same).unwrap_or(u32::MAX),
            ..ImportCounts::default()
        };
        if !chunks.is_empty() {
            let put = put_all(ctx, store_id, chunks).await?;
            counts.new = put.new;
            counts.changed = put.changed;
            counts.unchanged += put.unchanged;
        }
        let shown = found.orders.iter().take(SHOWN_ORDERS);
        let shown = shown.map(|(row, order)| ImportedOrder {
            row: *row,
            change: None,
            order: order.clone(),
        });
        let shown = shown.collect();
        Ok(report(true, counts, shown, found))
    }
}

/// Whether an import leaves what is known as it is. A file that doesn't say when an order
/// changed doesn't say that it never did.
fn is_same(known: &Order, order: &Order) -> bool {
    let changed_at = order.changed_at.or(known.changed_at);
    *known
        == Order {
            changed_at,
            ..order.clone()
        }
}

/// Puts all in one transaction; what became of them.
async fn put_all(ctx: &Ctx, store_id: StoreId, chunks: Vec<Prepared>) -> Result<ImportCounts> {
    let db = ctx.db().clone();
    let put = ctx.db().write(move |tx| {
        Box::pin(async move {
            tx.lock(format!("{store_id} orders")).await?;
            let mut counts = ImportCounts::default();
            for chunk in &chunks {
                let put = queries::put_all(tx, chunk).await?;
                db.moves_on();
                let same = chunk.orders.saturating_sub(put.created + put.replaced);
                counts.new += put.created;
                counts.changed += put.replaced;
                counts.unchanged += same;
            }
            if counts.new + counts.changed > 0 {
                tell_agents(tx, store_id, Noun::Orders);
            }
            Ok(counts)
        })
    });
    put.await
}

fn stopped(error: &JoinError) -> Error {
    Error::Internal(format!("an import was stopped: {error}"))
}

fn read(file: File, options: &ImportOptions) -> Result<Found, FileFault> {
    let file = TextFile::open(file)?;
    if json_file::looks_like(file.beginning()) {
        json_file::read(&file)
    } else {
        csv_file::read(&file, options)
    }
}

fn report(
    applied: bool,
    counts: ImportCounts,
    orders: Vec<ImportedOrder>,
    found: Found,
) -> ImportReport {
    ImportReport {
        applied,
        from: found.from,
        columns: found.columns,
        missing: found.missing,
        counts: ImportCounts {
            faulty: found.faulty,
            ..counts
        },
        orders,
        faults: found.faults,
    }
}

fn count_of(counts: &mut ImportCounts, change: ImportChange) -> &mut u32 {
    match change {
        ImportChange::New => &mut counts.new,
        ImportChange::Changed => &mut counts.changed,
        ImportChange::Unchanged => &mut counts.unchanged,
    }
}

#[cfg(test)]
mod tests;
