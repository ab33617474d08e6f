//! The Chat Inbox's list.

use super::queries;
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::Result,
};
use domain::inbox::{InboxCursor, InboxPage, Tab};

/// Rows of the inbox in one page.
const INBOX_PAGE: i64 = 50;

/// A page of the inbox.
///
/// # Errors
/// If the database fails.
pub async fn list(
    ctx: &Ctx,
    who: &Principal,
    tab: Tab,
    after: Option<InboxCursor>,
) -> Result<InboxPage> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    let mut rows = queries::list(
        &mut connection,
        who.store_id,
        tab.status(),
        after,
        INBOX_PAGE + 1,
    )
    .await?;
    let has_more = rows.len() > usize::try_from(INBOX_PAGE).unwrap_or(usize::MAX);
    if has_more {
        rows.pop();
    }
    let next = rows.last().filter(|_| has_more).map(|row| InboxCursor {
        last_message_at: row.last_message_at,
        id: row.id,
    });
    Ok(InboxPage { rows, next })
}

/// Conversations with customer messages that no agent has read.
///
/// # Errors
/// If the database fails.
pub async fn unread_count(ctx: &Ctx, who: &Principal) -> Result<i64> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    queries::unread_count(&mut connection, who.store_id).await
}
