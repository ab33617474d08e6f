//! One file for each kind of job.

pub(super) mod ai_reply;
pub(super) mod embed_faq;
