//! SQL that must differ between SQLite and PostgreSQL, each form beside its
//! twin where it has one: the same parameters, and rows that say the same.

use crate::db::{Query, Set};

mod change;
mod postgres;
mod sqlite;

/// Adds a message to its conversation: takes the next `seq`, changes the
/// conversation, inserts the message; returns the conversation with its visitor,
/// or no row if there is none, it is another visitor's or in another epoch, or
/// the message is there already.
///
/// $1 store, $2 conversation, $3 message, $4 sender, $5 kind, $6 body, $7 data,
/// $8 author kind, $9 author id, $10 now, $11 excerpt if somebody said something,
/// $12 unread: 1 one more, 0 none, NULL same, $13 epochs to add, $14 status,
/// $15 AI active, $16 needs human, $17 AI handled, $18 awaiting order, $19 epoch
/// it must be, $20 visitor it must be of
pub(crate) static APPEND: Query =
    Query::new(20, sqlite::APPEND, postgres::APPEND).with_set(&APPEND_SET);

/// As [`APPEND`], and writes the jobs that follow if the AI is active in the
/// conversation. How they were written comes in rows of their own (SQLite) or as
/// JSON in the first one's `jobs` (PostgreSQL).
///
/// $1 to $20 as above, $21 jobs, $22 1: only if it waits for an order number
pub(crate) static APPEND_WITH_JOBS: Query =
    Query::new(22, sqlite::APPEND_WITH_JOBS, postgres::APPEND_WITH_JOBS).with_set(&APPEND_SET);

/// Both for several conversations at once.
static APPEND_SET: Set = Set::new(2, postgres::append_set);

/// Ends a job, and if it was ours to end, does as [`APPEND`]; lets the next job
/// of the lane begin. SQLite's alone: on PostgreSQL the next job is looked for
/// in a statement of its own, which sees those that were just written. A row
/// says `what` it is, unless it is the conversation: `ended`, or `next` if
/// another job of the lane may begin.
///
/// $1 to $20 as above, $21 job, $22 lease, $23 lane
pub(crate) static APPEND_AND_FINISH: Query = Query::new(23, sqlite::APPEND_AND_FINISH, "");
