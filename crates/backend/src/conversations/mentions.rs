//! Whom notes speak to.

pub(crate) mod queries;

use crate::{
    access::{Actor, Principal},
    db::Tx,
    error::Result,
    jobs::{self, kinds::mention_mail::MentionMail},
    realtime::hub::{Outgoing, Topic},
    stores,
};
use domain::{
    UnixMillis,
    events::{Mention, ServerEvent},
    ids::{ConversationId, StoreId},
    mention::mentioned,
    message::Message,
    text,
};
use sqlx::AnyConnection;
use std::ops::RangeInclusive;

/// Characters of a note that are shown where somebody is told of it.
const EXCERPT: usize = 140;

/// The places from the first to the last note of a conversation that speaks to `who` and that
/// they haven't seen; none for a program.
///
/// # Errors
/// If the database fails.
pub(super) async fn unseen(
    connection: &mut AnyConnection,
    who: &Principal,
    id: ConversationId,
) -> Result<Option<RangeInclusive<i64>>> {
    match who.user() {
        Some(user) => queries::unseen_places(connection, who.store_id, id, user.id).await,
        None => Ok(None),
    }
}

/// Keeps whom a note speaks to, and tells them: in their open dashboards at once, and by mail
/// if `mails` are read and they don't look at it soon. Nobody speaks to themselves.
///
/// # Errors
/// If the database fails.
pub(super) async fn tell(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    note: &Message,
    author: &Actor,
    mails: bool,
    now: UnixMillis,
) -> Result<()> {
    // Most speak to nobody.
    if !note.body.contains('@') {
        return Ok(());
    }
    let team = stores::queries::team(tx.connection, store_id, now).await?;
    let me = match author {
        Actor::User(user) => Some(user.id),
        _ => None,
    };
    for user in mentioned(&note.body, &team) {
        if Some(user) == me {
            continue;
        }
        queries::insert(tx.connection, store_id, note, user, now).await?;
        tx.effects.publish(Outgoing {
            topic: Topic::Store(store_id),
            event: ServerEvent::Mention(Mention {
                conversation_id: note.conversation_id,
                message_id: note.id,
                seq: note.seq,
                user,
                by: note.agent_name.clone(),
                excerpt: text::excerpt(&note.body, EXCERPT),
            }),
        });
        if mails {
            let mail = MentionMail {
                message_id: note.id,
                user_id: user,
            };
            let job = jobs::prepare(store_id, mail)?.after(MentionMail::AFTER);
            jobs::enqueue(tx, vec![job]).await?;
        }
    }
    Ok(())
}
