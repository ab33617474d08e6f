//! The door: HTTP and WebSockets in front of the backend, and the command
//! line. Handlers parse, call one backend function, convert.
//!
//! Invariant: only [`router`] knows URLs.

#![recursion_limit = "512"]

pub mod assets;
pub mod backups;
pub mod command;
pub mod config;
pub mod connections;
pub mod data_lock;
pub mod embedding_files;
pub mod evals;
pub mod http;
pub mod middleware;
pub mod private;
pub mod router;
pub mod start;
pub mod state;
pub mod swap;
