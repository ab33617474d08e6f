//! Conversations, one verb a file. How a message gets in is told in
//! [`append`], for every door alike.

mod also;
mod announce;
pub(crate) mod append;
mod assign;
mod browse;
pub(crate) mod change;
mod email_code;
mod history;
mod identify;
mod inbox;
pub(crate) mod messages;
mod orders;
pub(crate) mod queries;
mod reactions;
mod reading;
mod release;
mod reply;
mod seen;
mod send;
mod snooze;
mod start;
mod status;
mod tag;
mod told;
mod triage;

pub use assign::assign;
pub use browse::{browse, get, messages_around, messages_page};
pub use email_code::{send_code, verify_code};
pub use history::{HISTORY_MAX, history, messages_after, of_visitor, thread, thread_at};
pub use identify::{identify, of_customer};
pub use inbox::{counts, list};
pub use orders::orders_of_shopper;
pub(crate) use reading::mark_up_to;
pub use reading::{mark_read, read_by_visitor};
pub(crate) use release::release;
pub use reply::{note, reply};
pub(crate) use seen::{Seen, seen, seen_together};
pub use send::send;
pub(crate) use snooze::end_snooze;
pub use snooze::snooze;
pub use start::start;
pub use status::{ask_for_human, reopen, resolve, set_ai_active};
pub use tag::{tag, untag};
pub use triage::triage;
