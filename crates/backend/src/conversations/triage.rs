//! What somebody of the team does to a conversation besides writing in it, by one door.

use super::{
    assign::assign,
    snooze::snooze,
    status::{reopen, resolve, set_ai_active},
    tag::{tag, untag},
};
use crate::{Ctx, access::Principal, error::Result};
use domain::{
    ids::ConversationId,
    inbox::{ConversationSummary, Triage},
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
    }
}
