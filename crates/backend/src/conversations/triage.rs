//! What somebody of the team does to a conversation besides writing in it, by one door.

use super::{
    assign::assign,
    merge::{merge, unmerge},
    reading::mark_all_read,
    snooze::snooze,
    spam::{block, set_spam, unblock},
    status::{reopen, resolve, set_ai_active},
    tag::{tag, untag},
};
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::{Error, Result},
};
use domain::{
    Invalid,
    ids::ConversationId,
    inbox::{ConversationSummary, TRIAGE_MAX, Triage, TriageDone, TriageOf},
};

/// Does it.
///
/// # Errors
/// As what it names.
pub async fn triage(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    action: Triage,
) -> Result<ConversationSummary> {
    match action {
        Triage::Resolve => resolve(ctx, who, id).await,
        Triage::Reopen => reopen(ctx, who, id).await,
        Triage::AiOn => set_ai_active(ctx, who, id, true).await,
        Triage::AiOff => set_ai_active(ctx, who, id, false).await,
        Triage::Snooze(until) => snooze(ctx, who, id, until).await,
        Triage::Assign(user) => assign(ctx, who, id, Some(user)).await,
        Triage::Tag(id_of_tag) => tag(ctx, who, id, id_of_tag).await,
        Triage::Untag(id_of_tag) => untag(ctx, who, id, id_of_tag).await,
        Triage::Unassign => assign(ctx, who, id, None).await,
        Triage::Spam => set_spam(ctx, who, id, true).await,
        Triage::NotSpam => set_spam(ctx, who, id, false).await,
        Triage::Block => block(ctx, who, id).await,
        Triage::Unblock => unblock(ctx, who, id).await,
        Triage::Read => mark_all_read(ctx, who, id).await,
        Triage::Merge(other) => merge(ctx, who, id, other).await,
        Triage::Unmerge(other) => unmerge(ctx, who, id, other).await,
    }
}

/// Does something to each of several conversations. One that fails keeps no other from it:
/// it may be gone, or have as many tags as it can.
///
/// # Errors
/// [`Error::Invalid`] for more than [`TRIAGE_MAX`]; [`Error::Forbidden`] for who may not;
/// if the database fails.
pub async fn triage_each(ctx: &Ctx, who: &Principal, all: Vec<TriageOf>) -> Result<TriageDone> {
    who.require(Permission::AnswerConversations)?;
    if all.len() > TRIAGE_MAX {
        let text = format!("Please choose at most {TRIAGE_MAX} conversations at once.");
        return Err(Invalid::new("all", text).into());
    }
    let mut result = TriageDone::default();
    for TriageOf {
        conversation,
        action,
    } in all
    {
        match triage(ctx, who, conversation, action).await {
            Ok(summary) => result.done.push(summary),
            Err(Error::NotFound(_) | Error::Invalid(_) | Error::Merged(_)) => {
                result.failed.push(conversation)
            }
            Err(error) => return Err(error),
        }
    }
    Ok(result)
}
