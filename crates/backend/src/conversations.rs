//! Conversations, one verb a file. How a message gets in is told in
//! [`append`], for every door alike.

mod announce;
pub(crate) mod append;
pub(crate) mod change;
mod history;
mod identify;
mod inbox;
pub(crate) mod messages;
pub(crate) mod queries;
mod reactions;
mod reading;
mod seen;
mod send;
mod start;
mod status;

pub use history::{HISTORY_MAX, history, messages_after, of_visitor, thread};
pub use identify::{identify, of_customer};
pub use inbox::{list, unread_count};
pub(crate) use reading::mark_up_to;
pub use reading::{mark_read, read_by_visitor};
pub(crate) use seen::{Seen, seen};
pub use send::{reply, send};
pub use start::start;
pub use status::{ask_for_human, reopen, resolve, set_ai_active};
