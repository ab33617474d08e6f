//! Customer identity: how a storefront tells the chat who is signed in.

pub mod api;
pub mod card;
