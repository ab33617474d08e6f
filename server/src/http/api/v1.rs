//! The REST interface for developers, `/api/v1`. A handler's `#[utoipa::path]` says in the
//! document what `router.rs` routes; a test holds the two together.

pub mod admission;
pub mod canned;
pub mod conversations;
pub mod document;
mod examples;
pub mod faq;
pub mod list;
pub mod messages;
pub mod orders;
pub mod search;
pub mod settings;
pub mod store;
pub mod tags;
pub mod team;
pub mod visitors;
pub mod webhooks;
