//! Chat Inbox: the store's conversations, live.

pub mod api;
mod canned_picker;
mod composer;
mod context_panel;
mod draft;
mod message;
mod order_cards;
mod outbox;
pub mod page;
mod row;
mod shopper_orders;
mod shortcuts;
pub mod sources;
mod state;
pub mod thread;
mod thread_header;
mod thread_state;
pub mod unread;
