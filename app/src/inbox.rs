//! Chat Inbox: the store's conversations, live.

pub mod api;
mod canned_picker;
mod composer;
mod context_panel;
mod draft;
pub mod counts;
mod message;
mod order_cards;
mod outbox;
pub mod page;
mod row;
mod shopper_orders;
mod shortcuts;
mod snooze;
pub mod sources;
mod standing;
mod state;
pub mod thread;
mod thread_header;
mod thread_state;
