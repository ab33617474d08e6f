//! Orders: what order tracking answers from.

pub mod api;
pub mod page;
mod sources;
