//! The Chat Inbox's list.

use super::queries;
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::Result,
};
use domain::{
    conversation::Status,
    inbox::{InboxCounts, InboxCursor, InboxPage, Tab},
};
use std::cmp::Reverse;

/// Rows of the inbox in one page.
const INBOX_PAGE: usize = 50;

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
    // All of them are the newest of each status: no index has them together.
    let statuses = match tab.status() {
        Some(status) => vec![status],
        None => vec![Status::Open, Status::Snoozed, Status::Resolved],
    };
    let limit = i64::try_from(INBOX_PAGE + 1).unwrap_or(i64::MAX);
    let mut rows = Vec::new();
    for status in statuses {
        let store_id = who.store_id;
        rows.extend(queries::list(&mut connection, store_id, status, after, limit).await?);
    }
    rows.sort_by_key(|row| Reverse((row.last_message_at, row.id)));
    let has_more = rows.len() > INBOX_PAGE;
    rows.truncate(INBOX_PAGE);
    let next = rows.last().filter(|_| has_more).map(|row| InboxCursor {
        last_message_at: row.last_message_at,
        id: row.id,
    });
    Ok(InboxPage { rows, next })
}

/// How many conversations the tabs hold, and how many of all have customer messages that no
/// agent has read.
///
/// # Errors
/// If the database fails.
pub async fn counts(ctx: &Ctx, who: &Principal) -> Result<InboxCounts> {
    who.require(Permission::ReadConversations)?;
    let mut connection = ctx.db().read().await?;
    queries::counts(&mut connection, who.store_id).await
}
