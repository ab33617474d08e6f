//! Chat Inbox: the store's conversations, live.

pub mod api;
mod composer;
mod context_panel;
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
