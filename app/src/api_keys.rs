//! API keys: what programs of a store's developers may do.

pub mod api;
mod create;
pub mod page;
