//! One file for each kind of job.

pub mod ai_reply;
pub(crate) mod embed_faq;
