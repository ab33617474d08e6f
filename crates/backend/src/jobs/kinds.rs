//! One file for each kind of job: what is to be done, and below it, in `run.rs`,
//! how.

pub mod ai_reply;
pub(crate) mod embed_faq;

use super::job::Kind;

/// The kinds of job that this executable knows. It leaves all others alone: a
/// newer server may have written them.
pub(super) static KINDS: &[Kind] = &[
    Kind::of::<ai_reply::AiReply>(),
    Kind::of::<embed_faq::EmbedFaq>(),
    #[cfg(test)]
    Kind::of::<super::tests::probe::Probe>(),
    #[cfg(test)]
    Kind::of::<super::tests::probe::Restless>(),
];

/// The kind called `name`, if this executable knows it.
pub(super) fn named(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}
