//! The store's team: who is in it, in which role, and who is invited.

pub mod api;
mod assignment;
mod invitations;
mod invite;
mod member;
pub mod page;
mod state;
