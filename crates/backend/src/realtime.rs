//! Live events: who follows what, inside this process.

pub mod hub;
