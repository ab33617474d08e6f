//! Search in a store's conversations: what is asked, what is answered, and the one rule by
//! which texts become tokens and queries find them. Both databases index what it says.

mod fold;
mod query;
mod terms;
mod typo;
mod wire;

pub use query::{Found, Need, Query, QueryWord, extract, marked};
pub use terms::index_tokens;
pub use typo::{TYPO_MIN, begins_within_one, within_one};
pub use wire::{
    Author, FoundIn, FoundMessage, FoundName, Indexing, Part, QUERY_MAX, Search, SearchCursor,
    SearchHit, SearchPage,
};
