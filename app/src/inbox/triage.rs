//! What is done to conversations, one or several: what takes it back, and how it is said.

use crate::{error::AppError, ui::time::Civil};
use domain::{
    UnixMillis,
    conversation::Status,
    ids::{TagId, UserId},
    inbox::{ConversationSummary, Triage},
};
use leptos::prelude::*;

/// What menus of actions are about: the open conversation, or those that are selected.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// Does something to it.
    pub act: Callback<Triage>,
    /// Takes why it can't be done.
    pub error: RwSignal<Option<AppError>>,
    /// Whether it is snoozed.
    pub is_snoozed: Signal<bool>,
    /// Whether it is spam.
    pub is_spam: Signal<bool>,
    /// Whether its visitor is blocked.
    pub is_blocked: Signal<bool>,
    /// Whose it is, or that it is nobody's; nothing if it is different people's.
    pub assignee: Signal<Option<Option<UserId>>>,
    /// The tags that all of it has.
    pub tags: Signal<Vec<TagId>>,
    /// Whether its menus are drawings without words.
    pub is_terse: bool,
}

/// What takes an action back; nothing if it changes nothing, or can't be taken back.
#[must_use]
pub fn back_of(before: &ConversationSummary, action: Triage) -> Option<Triage> {
    let to = |assignee: Option<UserId>| assignee.map_or(Triage::Unassign, Triage::Assign);
    match action {
        Triage::Resolve | Triage::Snooze(_) | Triage::Reopen => {
            let back = undoing(before);
            (back != action).then_some(back)
        }
        Triage::Assign(_) | Triage::Unassign => {
            let back = to(before.assignee_id);
            (back != action).then_some(back)
        }
        Triage::Tag(tag) => (!before.tags.contains(&tag)).then_some(Triage::Untag(tag)),
        Triage::Untag(tag) => before.tags.contains(&tag).then_some(Triage::Tag(tag)),
        Triage::Spam => (!before.spam).then_some(Triage::NotSpam),
        Triage::NotSpam => before.spam.then_some(Triage::Spam),
        Triage::Merge(other) => Some(Triage::Unmerge(other)),
        // Who is blocked has been told, and other conversations of theirs went, too.
        Triage::Block | Triage::Unblock | Triage::AiOn | Triage::AiOff | Triage::Read => None,
        Triage::Unmerge(_) => None,
    }
}

/// What makes a conversation what it is now.
fn undoing(now: &ConversationSummary) -> Triage {
    match (now.status, now.snoozed_until) {
        (Status::Resolved, _) => Triage::Resolve,
        (Status::Snoozed, Some(until)) => Triage::Snooze(until),
        _ => Triage::Reopen,
    }
}

/// Says that it was done to `count` conversations.
#[must_use]
pub fn said(action: Triage, count: usize, now: UnixMillis) -> String {
    let what = match action {
        Triage::Tag(_) => return many(count, "Tag added.", "Tag added to"),
        Triage::Untag(_) => return many(count, "Tag removed.", "Tag removed from"),
        Triage::AiOn => return "The AI answers here again.".to_owned(),
        Triage::AiOff => return "The AI is quiet here.".to_owned(),
        Triage::Snooze(until) => {
            let until = Civil::local(until).seen_from(Civil::local(now));
            return match count {
                1 => format!("Snoozed until {until}."),
                _ => format!("{count} conversations snoozed until {until}."),
            };
        }
        Triage::Resolve => "resolved",
        Triage::Reopen => "reopened",
        Triage::Assign(_) => "assigned",
        Triage::Unassign => "unassigned",
        Triage::Merge(_) => return "Merged.".to_owned(),
        Triage::Unmerge(_) => return "Separate again.".to_owned(),
        Triage::Read => "marked as read",
        Triage::Spam => "marked as spam",
        Triage::NotSpam => "no spam any more",
        Triage::Block => return many(count, "Visitor blocked.", "Blocked the visitors of"),
        Triage::Unblock => return many(count, "Visitor unblocked.", "Unblocked the visitors of"),
    };
    match count {
        1 => format!("Conversation {what}."),
        _ => format!("{count} conversations {what}."),
    }
}

fn many(count: usize, one: &str, several: &str) -> String {
    match count {
        1 => one.to_owned(),
        _ => format!("{several} {count} conversations."),
    }
}
