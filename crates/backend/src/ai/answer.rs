//! Answers from the FAQ: in its own words, or in a language model's that are
//! checked against their sources.

pub mod fact_check;
pub(crate) mod from_faq;
pub mod language_model;
