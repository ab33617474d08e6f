//! The Chat Inbox's list.

use super::{mentions, own_reads, queries, views};
use crate::{
    Ctx,
    access::{Permission, Principal},
    alarms,
    error::{Error, Forbidden, Result},
    stores, tags,
};
use domain::{
    conversation::Status,
    inbox::{Desk, InboxCounts, InboxCursor, InboxPage, InboxView, Who, Whose},
};
use std::cmp::Reverse;

/// Rows of the inbox in one page.
const INBOX_PAGE: usize = 50;

/// A page of the inbox, for a person.
///
/// # Errors
/// [`Error::Forbidden`] for a program.
pub async fn list(
    ctx: &Ctx,
    who: &Principal,
    view: InboxView,
    after: Option<InboxCursor>,
) -> Result<InboxPage> {
    who.require(Permission::ReadConversations)?;
    let me = who
        .user()
        .ok_or(Error::Forbidden(Forbidden::NotAPerson))?
        .id;
    let whose = match view.who {
        Some(Who::Me) => Whose::Of(me),
        Some(Who::None) => Whose::Nobodys,
        Some(Who::Mentioned) => Whose::Mentioning(me),
        None => Whose::Any,
    };
    let mut connection = ctx.db().read().await?;
    // All of them are the newest of each status: no index has them together.
    let statuses = match view.tab.status() {
        Some(status) => vec![status],
        None => vec![Status::Open, Status::Snoozed, Status::Resolved],
    };
    let limit = i64::try_from(INBOX_PAGE + 1).unwrap_or(i64::MAX);
    let mut rows = Vec::new();
    for status in statuses {
        let store_id = who.store_id;
        rows.extend(
            queries::list(
                &mut connection,
                store_id,
                (status, whose),
                (view, me),
                after,
                limit,
            )
            .await?,
        );
    }
    rows.sort_by_key(|row| (view.order().place(row), Reverse(row.id)));
    let has_more = rows.len() > INBOX_PAGE;
    rows.truncate(INBOX_PAGE);
    let next = rows.last().filter(|_| has_more).map(|row| InboxCursor {
        place: view.order().place(row),
        id: row.id,
    });
    let team = stores::queries::team(&mut connection, who.store_id, ctx.now()).await?;
    let tags = tags::queries::list(&mut connection, who.store_id).await?;
    let views = views::queries::list(&mut connection, who.store_id, me).await?;
    let desk = Desk {
        me,
        team,
        tags,
        views,
    };
    let own_unread =
        own_reads::unread_of(&mut connection, ctx.db().kind(), who.store_id, me, &rows).await?;
    Ok(InboxPage {
        rows,
        own_unread,
        next,
        desk,
    })
}

/// How many conversations the tabs hold, how many of all have customer messages that no agent
/// has read, whose shoppers wait too long, and in how many a note that whoever asks hasn't seen
/// speaks to them.
///
/// # Errors
/// If the database fails.
pub async fn counts(ctx: &Ctx, who: &Principal) -> Result<InboxCounts> {
    who.require(Permission::ReadConversations)?;
    let standing = alarms::standing(ctx, who.store_id).await?;
    let mut connection = ctx.db().read().await?;
    let mut counts = InboxCounts {
        promise_minutes: standing.promise_minutes,
        late: standing.late,
        newest_late: standing.newest,
        ..queries::counts(&mut connection, who.store_id).await?
    };
    if let Some(user) = who.user() {
        counts.mentions = mentions::queries::count(&mut connection, who.store_id, user.id).await?;
    }
    Ok(counts)
}
