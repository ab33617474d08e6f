//! The AI. [`pipeline`] reads as the order of work for one customer message:
//! a person if one is asked for, an order's whereabouts by rule, else an answer from the
//! FAQ, else silence.

pub mod answer;
pub mod need;
mod order_answer;
mod order_focus;
pub mod order_status;
mod own_orders;
pub mod pipeline;
pub mod retrieval;
pub mod sentiment;
pub mod trial;
pub mod wismo;
