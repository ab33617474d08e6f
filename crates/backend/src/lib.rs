//! Shopdesk's work: everything that needs the database, the clock or the
//! network.
//!
//! Invariant: knows no HTTP server and no user interface. A use case takes the
//! [`Ctx`] and proof of who is asking ([`access::Principal`],
//! [`visitors::Session`]), makes its change in one transaction together with
//! the jobs it causes, and publishes its events after the commit.

pub mod access;
pub mod ai;
pub mod alarms;
pub mod api_keys;
pub mod assignment;
mod attachments;
pub mod auth;
pub mod cache;
pub mod canned;
pub mod clock;
pub mod context;
pub mod conversations;
pub mod db;
pub mod demo;
pub(crate) mod dialect;
mod durable;
pub mod error;
pub mod faq;
pub mod files;
pub mod identity;
pub mod jobs;
pub mod limits;
pub mod mail;
pub mod notifications;
pub mod orders;
pub mod outgoing;
pub mod page;
pub mod personal_data;
pub mod presence;
pub mod public_url;
pub mod push;
pub mod realtime;
pub mod search;
pub mod secret;
pub mod settings;
pub mod stores;
pub mod tags;
pub mod task;
pub mod team;
pub mod tokens;
pub mod visitors;
pub mod webhooks;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use ai::answer::language_model::LanguageModelConfig;
pub use context::{Config, Ctx};
pub use error::{Error, Result};
