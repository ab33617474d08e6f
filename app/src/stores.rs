//! Stores: the list, and a store's overview.

pub mod api;
pub mod dead_letters;
pub mod home;
pub mod list;
pub mod overview;
