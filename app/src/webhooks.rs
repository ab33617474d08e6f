//! Webhooks: addresses of the merchant's own programs that are told what happens.

pub mod api;
mod create;
mod log;
pub mod page;
