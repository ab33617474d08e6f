//! Chat Inbox: the store's conversations, live.

pub mod api;
mod assign;
mod canned_picker;
mod composer;
mod context_panel;
pub mod counts;
mod draft;
mod message;
mod order_cards;
mod outbox;
pub mod page;
mod row;
pub mod search;
mod shopper_orders;
mod shortcuts;
mod snooze;
pub mod sources;
mod standing;
mod state;
mod tags;
pub mod thread;
mod thread_header;
mod thread_state;
