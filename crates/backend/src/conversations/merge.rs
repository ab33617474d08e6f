//! Two conversations of one shopper become one, and two again.
//!
//! The older one takes the newer's messages: they follow what it has, under new numbers, since
//! a number that was given is never another message's. The newer one stays as a stub that leads
//! on ([`super::place`]). All of it is one transaction, and so is taking it back.

pub(super) mod queries;
mod state;
#[cfg(test)]
mod tests;

use super::{
    announce,
    append::append,
    change::{Change, Entry},
    messages,
    own_reads::queries as own_reads,
    place, queries as conversation_queries, sentiment, told,
};
use crate::{
    Ctx,
    access::{Actor, Permission, Principal},
    cache::Forget,
    db::Tx,
    error::{Conflict, Error, Noun, Result},
    jobs::{self, kinds::end_snooze::EndSnooze},
    realtime::hub::{Outgoing, Topic},
    stores, visitors,
};
use domain::{
    Invalid, UnixMillis,
    events::{Noun as Changed, ServerEvent},
    ids::{ConversationId, StoreId, UserId},
    inbox::{ConversationSummary, UNMERGE_WITHIN},
    message::{Merged, Message, MessageKind},
    webhook::WebhookEvent,
};
use queries::{Move, Typed, Undo};
use serde::{Deserialize, Serialize};
use state::State;
use std::time::Duration;

/// What takes a merge back.
#[derive(Serialize, Deserialize)]
struct Kept {
    from: State,
    into: State,
    united: State,
    tags: Vec<(String, UnixMillis)>,
    drafts: Vec<KeptDraft>,
    reads: Vec<KeptRead>,
}

/// Up to where somebody had read the older one, and where that is with the newer.
#[derive(Serialize, Deserialize)]
struct KeptRead {
    user_id: UserId,
    into: i64,
    united: i64,
}

/// What somebody had typed in both.
#[derive(Serialize, Deserialize)]
struct KeptDraft {
    user_id: String,
    is_note: bool,
    from: (String, UnixMillis),
    into: Option<(String, UnixMillis)>,
    /// What it is together.
    united: String,
}

/// Makes two conversations of one shopper one: the older one, whichever is named first, takes
/// the messages of the newer, and is returned. Two that are one already stay so.
///
/// # Errors
/// [`Error::NotFound`] if one of them isn't this store's; [`Error::Merged`] if one of them is a
/// part of a third; [`Error::Invalid`] if they aren't one shopper's, or one of them is spam.
pub async fn merge(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    other: ConversationId,
) -> Result<ConversationSummary> {
    who.require(Permission::AnswerConversations)?;
    if id == other {
        return Err(refused("Please choose another conversation."));
    }
    let (who, now) = (who.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let store_id = who.store_id;
                lock(tx, store_id, id, other).await?;
                let places = (
                    place::place(tx.connection, store_id, id).await?,
                    place::place(tx.connection, store_id, other).await?,
                );
                if places.0.at == places.1.at
                    && (places.0.is_itself() || places.1.is_itself())
                {
                    let at = places.0.at;
                    return place::known_summary(tx.connection, store_id, at).await;
                }
                let one = place::known(tx.connection, store_id, id).await?;
                let two = place::known(tx.connection, store_id, other).await?;
                // Whoever has proven to be a customer is one visitor, on all their devices.
                if one.visitor_id != two.visitor_id {
                    return Err(refused(
                        "Only conversations of one shopper can be merged, and these are of two: an address that somebody has typed doesn't prove who they are.",
                    ));
                }
                if one.spam != two.spam {
                    return Err(refused(
                        "One of these conversations is spam. Please take it out of the spam first.",
                    ));
                }
                let is_older = (one.created_at, one.id) < (two.created_at, two.id);
                let (into, from) = if is_older { (id, other) } else { (other, id) };
                unite(tx, store_id, (from, into), &who.actor, now).await?;
                place::known_summary(tx.connection, store_id, into).await
            })
        })
        .await
}

/// Takes a merge back: what was merged has its messages again, under the numbers that they had;
/// what was written since stays. Returns what it was merged into. Once it is taken back, nothing
/// changes.
///
/// # Errors
/// [`Error::NotFound`] if one of them isn't this store's; [`Error::Invalid`] if they weren't
/// merged, or another one was merged into the older since; [`Error::Merged`] if the older one has since become a part of a third;
/// [`Conflict::MergeFinal`] after ten minutes.
pub async fn unmerge(
    ctx: &Ctx,
    who: &Principal,
    id: ConversationId,
    other: ConversationId,
) -> Result<ConversationSummary> {
    who.require(Permission::AnswerConversations)?;
    let (who, now) = (who.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let store_id = who.store_id;
                lock(tx, store_id, id, other).await?;
                let mut undo = None;
                for (from, into) in [(other, id), (id, other)] {
                    if let Some(last) = queries::last(tx.connection, store_id, from, into).await? {
                        undo = Some((from, into, last));
                        break;
                    }
                }
                let Some((from, into, undo)) = undo else {
                    for id in [id, other] {
                        place::known(tx.connection, store_id, id).await?;
                    }
                    return Err(refused("These two conversations aren't merged."));
                };
                if !undo.is_undone {
                    place::known(tx.connection, store_id, into).await?;
                    if now - undo.merged_at > UNMERGE_WITHIN {
                        return Err(Error::Conflict(Conflict::MergeFinal));
                    }
                    let after = undo.after_seq;
                    if queries::is_covered(tx.connection, store_id, into, after).await? {
                        return Err(refused(
                            "Another conversation was merged into this one since. Please take that back first.",
                        ));
                    }
                    part(tx, store_id, (from, into), undo, &who.actor, now).await?;
                }
                place::known_summary(tx.connection, store_id, into).await
            })
        })
        .await
}

fn refused(text: &str) -> Error {
    Invalid::new("from", text).into()
}

/// One merge of a store at a time, so that none leads in a circle; then both conversations, in
/// one order.
async fn lock(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    one: ConversationId,
    other: ConversationId,
) -> Result<()> {
    // The store's lock comes first, everywhere.
    tx.lock(store_id).await?;
    tx.lock(one.min(other)).await?;
    tx.lock(one.max(other)).await?;
    queries::hold_both(tx, store_id, (one, other)).await
}

async fn unite(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    (from, into): (ConversationId, ConversationId),
    author: &Actor,
    now: UnixMillis,
) -> Result<()> {
    let (newer, older) = (
        state_of(tx, store_id, from).await?,
        state_of(tx, store_id, into).await?,
    );
    let merged = Merged {
        id: from,
        after_seq: older.last_seq + 1,
        count: newer.last_seq,
    };
    let entry = Entry::merged(MessageKind::Merged, merged, author.clone());
    let event = append(tx, store_id, into, entry, Change::default(), now).await?;
    let event = event.message;
    if event.seq != merged.after_seq {
        return Err(Error::Internal("a held conversation went on".to_owned()));
    }
    let is_seen = queries::is_seen(tx.connection, store_id, into, older.visitor_read_seq).await?;
    let moved = Move {
        from,
        into,
        after: 0,
        upto: i64::MAX,
        by: merged.after_seq,
    };
    let reads = unite_reads(tx, store_id, (from, into), merged.after_seq).await?;
    queries::move_messages(tx.connection, store_id, moved).await?;
    let mut united = State::united(&older, &newer, merged.after_seq, is_seen);
    united.sentiment = trend(tx, store_id, into).await?;
    queries::set_state(tx.connection, store_id, into, &united).await?;
    queries::set_state(tx.connection, store_id, from, &newer.stub()).await?;
    let lead = Some((into, merged.after_seq, now));
    queries::lead(tx.connection, store_id, from, lead).await?;
    wake_from_snooze(tx, store_id, into, (&united, &older), now).await?;
    if let Some(since) = united.waiting_since {
        queries::owe_alarms(tx.connection, store_id, (from, into), since).await?;
    }

    let tags = queries::tags(tx.connection, store_id, from).await?;
    for (tag, since) in &tags {
        queries::put_tag(tx.connection, store_id, into, tag, *since).await?;
        queries::drop_tag(tx.connection, store_id, from, tag, *since).await?;
    }
    let drafts = unite_drafts(tx, store_id, (from, into)).await?;
    let kept = Kept {
        from: newer,
        into: older,
        united,
        tags,
        drafts,
        reads,
    };
    let undo = Undo {
        id: event.id,
        after_seq: merged.after_seq,
        count: merged.count,
        kept: Some(queries::written(&kept)?),
        merged_at: now,
        is_undone: false,
    };
    queries::forget_before(tx.connection, store_id, now - UNMERGE_WITHIN).await?;
    queries::insert(tx.connection, store_id, (from, into), &undo).await?;
    tell(tx, store_id, (from, into), &event, now).await
}

/// How the messages sound that it has now.
async fn trend(tx: &mut Tx<'_>, store_id: StoreId, id: ConversationId) -> Result<Option<String>> {
    let trend = sentiment::queries::trend(tx.connection, store_id, id).await?;
    Ok(trend.map(|sentiment| sentiment.as_str().to_owned()))
}

async fn part(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    (from, into): (ConversationId, ConversationId),
    undo: Undo,
    author: &Actor,
    now: UnixMillis,
) -> Result<()> {
    let kept = undo
        .kept
        .as_deref()
        .ok_or(Error::Conflict(Conflict::MergeFinal))?;
    let kept: Kept = queries::read(kept)?;
    let (after, upto) = (undo.after_seq, undo.after_seq + undo.count);
    let (stub, together) = (
        state_of(tx, store_id, from).await?,
        state_of(tx, store_id, into).await?,
    );
    let moved = Move {
        from: into,
        into: from,
        after,
        upto,
        by: -after,
    };
    queries::move_messages(tx.connection, store_id, moved).await?;
    let written = queries::written_since(tx.connection, store_id, into, upto).await?;
    let mut older = State::parted(&together, &kept.into, &kept.united, written);
    older.sentiment = trend(tx, store_id, into).await?;
    queries::set_state(tx.connection, store_id, into, &older).await?;
    wake_from_snooze(tx, store_id, into, (&older, &together), now).await?;

    let mut newer = State::restored(&kept.from, &stub, &together, after);
    newer.sentiment = trend(tx, store_id, from).await?;
    newer.assignee_id = still_there(tx, store_id, newer.assignee_id).await?;
    if newer.agent_read_seq > kept.from.agent_read_seq {
        let seq = newer.agent_read_seq;
        (newer.unread, _) = queries::written_since(tx.connection, store_id, from, seq).await?;
    }
    let place = place::known_summary(tx.connection, store_id, into).await?;
    let is_blocked =
        visitors::queries::is_blocked(tx.connection, store_id, place.visitor.id).await?;
    queries::set_state(tx.connection, store_id, from, &newer).await?;
    queries::lead(tx.connection, store_id, from, None).await?;
    wake_from_snooze(tx, store_id, from, (&newer, &stub), now).await?;
    if let Some(since) = newer.waiting_since {
        queries::owe_alarms(tx.connection, store_id, (into, from), since).await?;
    }
    if is_blocked && newer.spam_at.is_none() {
        // Blocked since then, with all that they had written.
        conversation_queries::set_all_spam(tx.connection, store_id, place.visitor.id, now).await?;
    }

    for (tag, since) in &kept.tags {
        queries::put_tag(tx.connection, store_id, from, tag, *since).await?;
        queries::drop_tag(tx.connection, store_id, into, tag, *since).await?;
    }
    part_drafts(tx, store_id, (from, into), kept.drafts).await?;
    let places = (after, undo.count);
    part_reads(tx, store_id, (from, into), kept.reads, places).await?;
    queries::undone(tx.connection, store_id, undo.id, now).await?;
    let merged = Merged {
        id: from,
        after_seq: after,
        count: undo.count,
    };
    let entry = Entry::merged(MessageKind::Unmerged, merged, author.clone());
    let event = append(tx, store_id, into, entry, Change::default(), now).await?;
    tell(tx, store_id, (from, into), &event.message, now).await?;
    announce::summary(tx, store_id, from).await
}

async fn state_of(tx: &mut Tx<'_>, store_id: StoreId, id: ConversationId) -> Result<State> {
    let state = queries::state(tx.connection, store_id, id).await?;
    state.ok_or(Error::NotFound(Noun::Conversation))
}

/// It comes back by itself, if it is snoozed until another time than before.
async fn wake_from_snooze(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
    (state, before): (&State, &State),
    now: UnixMillis,
) -> Result<()> {
    let Some(until) = state
        .snoozed_until
        .filter(|_| state.snoozed_until != before.snoozed_until)
    else {
        return Ok(());
    };
    let job = EndSnooze {
        conversation_id: id,
        until,
    };
    let delay = u64::try_from(until - now).unwrap_or_default();
    let job = jobs::prepare(store_id, job)?.after(Duration::from_millis(delay));
    jobs::enqueue(tx, vec![job]).await
}

/// Somebody who is still of the team.
async fn still_there(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    user: Option<String>,
) -> Result<Option<String>> {
    let Some(user) = user else { return Ok(None) };
    let id: UserId = user.parse().map_err(|_| Error::corrupt("assignee_id"))?;
    let role = stores::queries::role(tx.connection, store_id, id).await?;
    Ok(role.map(|_| user))
}

/// What somebody has typed in both stands together, in the older one.
async fn unite_drafts(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    (from, into): (ConversationId, ConversationId),
) -> Result<Vec<KeptDraft>> {
    let there = queries::drafts(tx.connection, store_id, into).await?;
    let mut kept = Vec::new();
    for typed in queries::drafts(tx.connection, store_id, from).await? {
        let is_same =
            |other: &&Typed| (&other.user_id, other.is_note) == (&typed.user_id, typed.is_note);
        let before = there.iter().find(is_same);
        let united = match before {
            Some(before) => format!("{}\n\n{}", before.body, typed.body),
            None => typed.body.clone(),
        };
        let both = Typed {
            user_id: typed.user_id.clone(),
            body: united.clone(),
            ..typed
        };
        queries::put_draft(tx.connection, store_id, into, &both).await?;
        queries::drop_draft(
            tx.connection,
            store_id,
            from,
            (&typed.user_id, typed.is_note),
        )
        .await?;
        kept.push(KeptDraft {
            user_id: typed.user_id,
            is_note: typed.is_note,
            from: (typed.body, typed.at),
            into: before.map(|before| (before.body.clone(), before.at)),
            united,
        });
    }
    Ok(kept)
}

/// Each text is where it was. One that was changed since stays as it is.
async fn part_drafts(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    (from, into): (ConversationId, ConversationId),
    kept: Vec<KeptDraft>,
) -> Result<()> {
    let there = queries::drafts(tx.connection, store_id, into).await?;
    for draft in kept {
        let (user_id, is_note) = (draft.user_id.as_str(), draft.is_note);
        let typed = |(body, at): (String, UnixMillis)| Typed {
            user_id: draft.user_id.clone(),
            is_note,
            body,
            at,
        };
        let now = there
            .iter()
            .find(|now| (now.user_id.as_str(), now.is_note) == (user_id, is_note));
        // What was sent since is no draft of either.
        let Some(now) = now else { continue };
        if now.body == draft.united {
            match draft.into.clone() {
                Some(before) => {
                    queries::put_draft(tx.connection, store_id, into, &typed(before)).await?;
                }
                None => {
                    let whose = (user_id, is_note);
                    queries::drop_draft(tx.connection, store_id, into, whose).await?;
                }
            }
        }
        let before = typed(draft.from.clone());
        queries::put_draft(tx.connection, store_id, from, &before).await?;
    }
    Ok(())
}

/// Who has read all of the older one has read both as far as they have read the newer. What
/// they have read of the newer stays noted there.
async fn unite_reads(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    (from, into): (ConversationId, ConversationId),
    after: i64,
) -> Result<Vec<KeptRead>> {
    let mut kept = Vec::new();
    for (user_id, seq) in queries::reads(tx.connection, store_id, from).await? {
        let unread = own_reads::first_unread(tx.connection, store_id, user_id, into).await?;
        if unread.is_some() || seq == 0 {
            continue;
        }
        let read = own_reads::read_seq(tx.connection, store_id, into, user_id).await?;
        let united = after + seq;
        queries::set_read(tx.connection, store_id, into, user_id, united).await?;
        kept.push(KeptRead {
            user_id,
            into: read,
            united,
        });
    }
    Ok(kept)
}

/// What somebody has read since, they have read in both.
async fn part_reads(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    (from, into): (ConversationId, ConversationId),
    kept: Vec<KeptRead>,
    (after, count): (i64, i64),
) -> Result<()> {
    let there = queries::reads(tx.connection, store_id, from).await?;
    for (user_id, now) in queries::reads(tx.connection, store_id, into).await? {
        let before = there.iter().find(|(user, _)| *user == user_id);
        let read = (now - after).min(count);
        if read > before.map_or(0, |(_, seq)| *seq) {
            queries::set_read(tx.connection, store_id, from, user_id, read).await?;
        }
        let kept = kept.iter().find(|kept| kept.user_id == user_id);
        if let Some(kept) = kept.filter(|kept| kept.united == now) {
            queries::set_read(tx.connection, store_id, into, user_id, kept.into).await?;
        }
    }
    Ok(())
}

/// Tells everybody: programs; who follows the older one, what it is like now and that its
/// numbers go on; who follows the newer one, to look where it is; lists, which there are.
async fn tell(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    (from, into): (ConversationId, ConversationId),
    event: &Message,
    now: UnixMillis,
) -> Result<()> {
    let what = match event.kind {
        MessageKind::Merged => WebhookEvent::ConversationMerged,
        _ => WebhookEvent::ConversationUnmerged,
    };
    told::tell_of_merge(tx, store_id, what, event, now).await?;
    let stored = conversation_queries::stored(tx.connection, store_id, into).await?;
    let stored = stored.ok_or(Error::NotFound(Noun::Conversation))?;
    // The last one says that there are others before it: whoever lacks them asks.
    let before = stored.last_seq - 1;
    let last = messages::after(tx.connection, store_id, into, before, 1).await?;
    for outgoing in last
        .iter()
        .flat_map(|last| Outgoing::message(store_id, last))
    {
        tx.effects.publish(outgoing);
    }
    tx.effects.publish(Outgoing {
        topic: Topic::ConversationForVisitor(store_id, into),
        event: ServerEvent::Status(stored.for_visitor()),
    });
    announce::summary(tx, store_id, into).await?;
    tx.effects.forget(Forget::Place(store_id, from));
    tx.effects.publish(Outgoing {
        topic: Topic::Store(store_id),
        event: ServerEvent::changed(Changed::Conversations),
    });
    Ok(())
}
