//! Counts the statements that sqlx logs.

use std::sync::{
    Once,
    atomic::{AtomicBool, AtomicU64, Ordering},
};
use tracing::{
    Event, Metadata, Subscriber,
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
    subscriber::Interest,
};

static COUNTING: AtomicBool = AtomicBool::new(false);
static COUNTED: AtomicU64 = AtomicU64::new(0);

/// Counts from now on, or no longer.
pub fn count(counting: bool) {
    static LISTENS: Once = Once::new();
    LISTENS.call_once(|| {
        // Nothing else in this process listens to events.
        let _ = tracing::subscriber::set_global_default(Counter);
    });
    COUNTING.store(counting, Ordering::SeqCst);
}

/// Statements so far.
pub fn counted() -> u64 {
    COUNTED.load(Ordering::SeqCst)
}

/// Whether it is where sqlx logs each statement.
fn is_statement(metadata: &Metadata<'_>) -> bool {
    metadata.target().strip_prefix("sqlx::") == Some("query")
}

struct Counter;

impl Subscriber for Counter {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_statement(metadata) {
            Interest::sometimes()
        } else {
            Interest::never()
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::DEBUG)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_statement(metadata) && COUNTING.load(Ordering::Relaxed)
    }

    fn event(&self, _: &Event<'_>) {
        COUNTED.fetch_add(1, Ordering::SeqCst);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
