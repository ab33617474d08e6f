//! Canned Responses: texts that go into a reply by a keyword.

pub mod api;
mod editor;
mod files;
pub mod page;
mod preview;
mod row;
mod state;
pub mod values;
