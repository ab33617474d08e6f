//! FAQ Knowledge Base: what the AI may answer.

pub mod api;
mod category;
mod editor;
mod item;
pub mod page;
mod state;
mod trial;
