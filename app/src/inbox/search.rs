//! Search in the inbox: the field above the list, and what it finds in the list's place. What
//! is looked for stands in the address.

mod ask;
mod field;
mod hit;
mod keys;
mod results;
mod target;

pub use ask::{kept, use_ask};
pub use field::SearchField;
pub use keys::open;
pub use results::SearchResults;
pub use target::{Target, anchor, follow_target, use_target};
