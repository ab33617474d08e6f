//! Whose a conversation is.

use super::{
    change::{Change, Entry},
    status::change,
};
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::Result,
    stores,
};
use domain::{
    ids::{ConversationId, UserId},
    inbox::ConversationSummary,
};

/// Gives a conversation to a person of the team, or to nobody. To give it to whom it is
/// changes nothing.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) if it isn't this store's;
/// [`Error::Invalid`](crate::Error::Invalid) if the person isn't of its team.
pub async fn assign(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    assignee: Option<UserId>,
) -> Result<ConversationSummary> {
    who.require(Permission::AnswerConversations)?;
    let assignee = match assignee {
        Some(user) => Some(stores::of_team(ctx, who, user, "assignee_id").await?),
        None => None,
    };
    let author = who.actor.clone();
    change(ctx, who, id, move |stored| {
        let (user, name) = assignee.map(|user| (user.id, user.name)).unzip();
        (stored.assignee_id != user).then(|| (Entry::assigned(name, author), Change::assign(user)))
    })
    .await
}
