//! Handlers, by who calls them.

pub mod agent_socket;
pub mod api;
pub mod canned_files;
pub mod dashboard;
pub mod demo;
pub mod error;
pub mod health;
pub mod order_files;
pub mod parts;
pub mod socket;
pub mod socket_place;
pub mod upload;
pub mod widget;
pub mod widget_socket;
