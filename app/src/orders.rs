//! Orders: what order tracking answers from.

pub mod api;
mod connect_form;
pub mod import;
pub mod new_order;
pub mod order_form;
pub mod order_page;
mod order_rows;
pub mod page;
pub mod parts;
pub mod rows_field;
mod sources;
