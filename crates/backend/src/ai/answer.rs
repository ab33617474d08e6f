//! Answers in a language model's words, checked against their sources.

pub mod fact_check;
pub mod language_model;
