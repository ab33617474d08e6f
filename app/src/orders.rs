//! Orders: what order tracking answers from.

pub mod api;
mod connect_form;
pub mod import;
pub mod order_form;
pub mod order_page;
pub mod page;
pub mod parts;
pub mod rows_field;
mod sources;
