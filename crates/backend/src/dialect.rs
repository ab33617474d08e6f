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
    Query::new(22, sqlite::APPEND_WITH_JOBS, postgres::APPEND_WITH_JOBS)
        .with_set(&APPEND_WITH_JOBS_SET);

/// Ends a job, and if it was ours to end, does as [`APPEND`]; lets the next job
/// of the lane begin. A row says `what` it is: `ended`, and `next` if another job of
/// the lane may begin, or `followed` for both in one; SQLite's has the conversation
/// in a row of its own, PostgreSQL's in the same one. A message whose epoch has
/// ended is dropped: its job is ended all the same, and only then without it.
/// There is no row, and nothing is done, if the message can't be added for another
/// reason; on PostgreSQL also if somebody holds the conversation or the next job
/// can't be seen yet. Then it has to be done step by step, so that a step sees what
/// was written meanwhile, or says why not.
///
/// $1 to $20 as above, $21 and $22 nothing, $23 job, $24 lease, $25 lane
pub(crate) static APPEND_AND_FINISH: Query =
    Query::new(25, sqlite::APPEND_AND_FINISH, "").with_set(&APPEND_AND_FINISH_SET);

/// What all sets have in common: they are about conversations.
const CONVERSATIONS: &str = "conversations";
static APPEND_SET: Set = Set::new(CONVERSATIONS, 2, postgres::append_set);
static APPEND_WITH_JOBS_SET: Set = Set::new(CONVERSATIONS, 2, postgres::append_with_jobs_set);
static APPEND_AND_FINISH_SET: Set = Set::new(CONVERSATIONS, 2, postgres::append_and_finish_set);

/// Ends a job that had nothing to say, notes the question that it had no answer
/// to, and lets the next job of the lane begin. Rows as those of
/// [`APPEND_AND_FINISH`].
///
/// $1 store, $2 conversation, $3 job, $4 lease, $5 lane, $6 question or NULL,
/// $7 now
pub(crate) static FINISH: Query = Query::new(7, sqlite::FINISH, "").with_set(&FINISH_SET);

static FINISH_SET: Set = Set::new(CONVERSATIONS, 2, postgres::finish_set);
