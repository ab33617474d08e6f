//! The two ways to the server.

pub mod rest;
pub mod socket;
