//! Widget Settings: what a merchant decides about the chat widget.

pub mod api;
mod behaviour;
mod collision;
mod editor;
mod form;
mod looks;
pub mod page;
mod preview;
mod snippet;
mod wording;
