//! Which code does which kind of job.

use super::{
    job::{Claimed, Job},
    kinds::{
        account_notice::AccountNotice, ai_reply::AiReply, alarm_mail::AlarmMail,
        alarm_push::AlarmPush, email_code::EmailCode, embed_faq::EmbedFaq, end_snooze::EndSnooze,
        invitation_mail::InvitationMail, look_up_again::LookUpAgain, mention_mail::MentionMail,
        password_reset::PasswordReset, release_conversations::ReleaseConversations,
        webhook::DeliverWebhook,
    },
    places::Held,
    run::{Run, Work, read},
};
use crate::{
    Ctx,
    error::{Error, Result},
};
use domain::ids::StoreId;
use futures::future::BoxFuture;
use std::{collections::HashMap, time::Duration};
use tokio::time::timeout;

/// How long that may take for all that were claimed together.
const RECALLED_WITHIN: Duration = Duration::from_secs(1);

/// How a payload of a kind is read into something that can be run.
type Reads = fn(&str) -> Result<Box<dyn Work>>;

/// Reads what several jobs of a store and a kind will ask for, in one go.
type Recalls = for<'a> fn(&'a Ctx, StoreId, Vec<&'a mut Claimed>) -> BoxFuture<'a, Result<()>>;

/// What does the jobs of a kind.
struct Runs {
    name: &'static str,
    reads: Reads,
    recalls: Recalls,
}

/// The kinds of [`KINDS`](super::kinds::KINDS), each with what does it.
static RUNS: &[Runs] = &[
    runs::<AiReply>(),
    runs::<EmbedFaq>(),
    runs::<LookUpAgain>(),
    runs::<EmailCode>(),
    runs::<DeliverWebhook>(),
    runs::<EndSnooze>(),
    runs::<InvitationMail>(),
    runs::<ReleaseConversations>(),
    runs::<MentionMail>(),
    runs::<AlarmMail>(),
    runs::<AlarmPush>(),
    runs::<AccountNotice>(),
    runs::<PasswordReset>(),
    #[cfg(test)]
    runs::<super::tests::probe::Probe>(),
    #[cfg(test)]
    runs::<super::tests::probe::Restless>(),
];

const fn runs<J: Run>() -> Runs {
    Runs {
        name: <J as Job>::KIND,
        reads: read::<J>,
        recalls: |ctx, store_id, claimed| Box::pin(J::recall(ctx, store_id, claimed)),
    }
}

/// What `claimed` is to do.
///
/// # Errors
/// If its payload can't be read.
pub(super) fn work(claimed: &Claimed) -> Result<Box<dyn Work>> {
    let runs = RUNS.iter().find(|runs| runs.name == claimed.kind.name);
    let runs = runs.ok_or_else(|| Error::Internal("nothing does this job".to_owned()))?;
    (runs.reads)(&claimed.payload)
}

/// Jobs that were claimed together, with what they will ask for. What can't be read now,
/// each reads by itself: their leases run.
pub(super) async fn recall(ctx: &Ctx, mut held: Vec<Held>) -> Vec<Held> {
    if timeout(RECALLED_WITHIN, recall_all(ctx, &mut held))
        .await
        .is_err()
    {
        tracing::warn!("what several jobs ask for could not be read in time");
    }
    held
}

async fn recall_all(ctx: &Ctx, held: &mut [Held]) {
    let mut alike: HashMap<_, Vec<&mut Claimed>> = HashMap::new();
    for Held { claimed, .. } in held {
        let kind = (claimed.kind.name, claimed.store_id);
        alike.entry(kind).or_default().push(claimed);
    }
    for ((name, store_id), claimed) in alike {
        let runs = RUNS.iter().find(|runs| runs.name == name);
        if let Some(runs) = runs.filter(|_| claimed.len() > 1)
            && let Err(error) = (runs.recalls)(ctx, store_id, claimed).await
        {
            tracing::warn!(%error, kind = name, "what several jobs ask for could not be read at once");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RUNS;
    use crate::jobs::kinds::KINDS;

    #[test]
    fn every_kind_has_what_does_it() {
        let known = KINDS.iter().map(|kind| kind.name);
        assert!(known.eq(RUNS.iter().map(|runs| runs.name)));
    }
}
