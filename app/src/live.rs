//! What happens while a page is open, without asking for it again and again.
//!
//! An event is a hint and the database is the truth: whoever needs to be right
//! keeps what it shows in a [`Live`], which asks the server again. This folder
//! knows no page; pages say what they load and which events are about it.

mod connection;
mod loading;
mod socket;

pub use connection::{Connection, Refused, use_connection};
pub use loading::Live;
