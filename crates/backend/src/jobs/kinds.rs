//! One file for each kind of job: what is to be done, and below it, in `run.rs`,
//! how.

pub(crate) mod account_notice;
pub mod ai_reply;
pub(crate) mod alarm_mail;
pub(crate) mod alarm_push;
pub mod email_code;
pub(crate) mod embed_faq;
pub(crate) mod end_snooze;
pub(crate) mod invitation_mail;
pub(crate) mod look_up_again;
pub(crate) mod mention_mail;
pub(crate) mod password_reset;
pub(crate) mod release_conversations;
pub(crate) mod webhook;

use super::job::Kind;
use std::time::Duration;

/// The kinds of job that this executable knows. It leaves all others alone: a
/// newer server may have written them.
pub(super) static KINDS: &[Kind] = &[
    Kind::of::<ai_reply::AiReply>(),
    Kind::of::<embed_faq::EmbedFaq>(),
    Kind::of::<look_up_again::LookUpAgain>(),
    Kind::of::<email_code::EmailCode>(),
    Kind::of::<webhook::DeliverWebhook>(),
    Kind::of::<end_snooze::EndSnooze>(),
    Kind::of::<invitation_mail::InvitationMail>(),
    Kind::of::<release_conversations::ReleaseConversations>(),
    Kind::of::<mention_mail::MentionMail>(),
    Kind::of::<alarm_mail::AlarmMail>(),
    Kind::of::<alarm_push::AlarmPush>(),
    Kind::of::<account_notice::AccountNotice>(),
    Kind::of::<password_reset::PasswordReset>(),
    #[cfg(test)]
    Kind::of::<super::tests::probe::Probe>(),
    #[cfg(test)]
    Kind::of::<super::tests::probe::Restless>(),
];

/// The kind called `name`, if this executable knows it.
pub(super) fn named(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// How long the most patient job may run.
#[must_use]
pub fn longest_patience() -> Duration {
    let patience = KINDS.iter().map(|kind| kind.policy.patience);
    patience.max().unwrap_or_default()
}
