//! Which code does which kind of job.

use super::{
    job::{Claimed, Job},
    kinds::{
        ai_reply::AiReply, email_code::EmailCode, embed_faq::EmbedFaq, look_up_again::LookUpAgain,
        webhook::DeliverWebhook,
    },
    run::{Run, Work, read},
};
use crate::error::{Error, Result};

/// How a payload of a kind is read into something that can be run.
type Reads = fn(&str) -> Result<Box<dyn Work>>;

/// The kinds of [`KINDS`](super::kinds::KINDS), each with what does it.
static RUNS: &[(&str, Reads)] = &[
    runs::<AiReply>(),
    runs::<EmbedFaq>(),
    runs::<LookUpAgain>(),
    runs::<EmailCode>(),
    runs::<DeliverWebhook>(),
    #[cfg(test)]
    runs::<super::tests::probe::Probe>(),
    #[cfg(test)]
    runs::<super::tests::probe::Restless>(),
];

const fn runs<J: Run>() -> (&'static str, Reads) {
    (<J as Job>::KIND, read::<J>)
}

/// What `claimed` is to do.
///
/// # Errors
/// If its payload can't be read.
pub(super) fn work(claimed: &Claimed) -> Result<Box<dyn Work>> {
    let runs = RUNS.iter().find(|(name, _)| *name == claimed.kind.name);
    let (_, read) = runs.ok_or_else(|| Error::Internal("nothing does this job".to_owned()))?;
    read(&claimed.payload)
}

#[cfg(test)]
mod tests {
    use super::RUNS;
    use crate::jobs::kinds::KINDS;

    #[test]
    fn every_kind_has_what_does_it() {
        let known = KINDS.iter().map(|kind| kind.name);
        assert!(known.eq(RUNS.iter().map(|(name, _)| *name)));
    }
}
