//! What two conversations are like as one, and each by itself again.

use domain::UnixMillis;
use serde::{Deserialize, Serialize};

/// All of a conversation that changes, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    pub status: String,
    pub last_seq: i64,
    pub last_sender: String,
    #[serde(default)]
    pub last_author_id: Option<String>,
    pub last_excerpt: String,
    pub last_message_at: UnixMillis,
    pub unread: i64,
    pub agent_read_seq: i64,
    pub visitor_read_seq: i64,
    pub owner_epoch: i64,
    pub ai_active: i64,
    pub ai_handled: i64,
    #[serde(default)]
    pub has_orders: i64,
    pub needs_human: i64,
    pub awaiting_order: i64,
    pub assignee_id: Option<String>,
    pub snoozed_until: Option<UnixMillis>,
    pub first_response_at: Option<UnixMillis>,
    pub sentiment: Option<String>,
    pub resolved_at: Option<UnixMillis>,
    pub resolved_by: Option<String>,
    pub waiting_since: Option<UnixMillis>,
    pub alarmed_since: Option<UnixMillis>,
    pub spam_at: Option<UnixMillis>,
}

const OPEN: &str = "open";
const SNOOZED: &str = "snoozed";
const RESOLVED: &str = "resolved";

impl State {
    /// What `into` is like with the messages of `from`, which follow the number `after`.
    /// `is_seen` says whether the shopper has seen all of `into`.
    ///
    /// It is as open as the more open one, waits as long as the longer one, and is whose the
    /// older one was, or else the newer. Where a person has taken over in one, the AI is quiet;
    /// what it was preparing then is dropped.
    pub fn united(into: &Self, from: &Self, after: i64, is_seen: bool) -> Self {
        let has = |status: &str| into.status == status || from.status == status;
        let status = [OPEN, SNOOZED]
            .into_iter()
            .find(|status| has(status))
            .unwrap_or(RESOLVED);
        let newer_spoke_last = !from.last_excerpt.is_empty()
            && (into.last_excerpt.is_empty() || from.last_message_at >= into.last_message_at);
        let last = if newer_spoke_last { from } else { into };
        let waits = match (into.waiting_since, from.waiting_since) {
            (Some(one), Some(other)) if other < one => from,
            (None, Some(_)) => from,
            _ => into,
        };
        let snoozed = [into, from].into_iter().filter(|one| one.status == SNOOZED);
        let resolved = [into, from].into_iter().max_by_key(|one| one.resolved_at);
        let resolved = resolved.filter(|_| status == RESOLVED);
        let ai_active = into.ai_active.min(from.ai_active);
        let place = |is_read: bool, into: i64, from: i64| match is_read && from > 0 {
            true => after + from,
            false => into,
        };
        Self {
            status: status.to_owned(),
            last_seq: after + from.last_seq,
            last_sender: last.last_sender.clone(),
            last_author_id: last.last_author_id.clone(),
            last_excerpt: last.last_excerpt.clone(),
            last_message_at: into.last_message_at.max(from.last_message_at),
            unread: into.unread + from.unread,
            agent_read_seq: place(into.unread == 0, into.agent_read_seq, from.agent_read_seq),
            visitor_read_seq: place(is_seen, into.visitor_read_seq, from.visitor_read_seq),
            owner_epoch: into.owner_epoch + i64::from(ai_active < into.ai_active),
            ai_active,
            ai_handled: into.ai_handled.max(from.ai_handled),
            has_orders: into.has_orders.max(from.has_orders),
            needs_human: into.needs_human.max(from.needs_human),
            awaiting_order: last.awaiting_order,
            assignee_id: into
                .assignee_id
                .clone()
                .or_else(|| from.assignee_id.clone()),
            snoozed_until: match status {
                SNOOZED => snoozed.filter_map(|one| one.snoozed_until).min(),
                _ => None,
            },
            first_response_at: match (into.first_response_at, from.first_response_at) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            },
            // Whoever has the messages knows better.
            sentiment: last.sentiment.clone(),
            resolved_at: resolved.and_then(|one| one.resolved_at),
            resolved_by: resolved.and_then(|one| one.resolved_by.clone()),
            waiting_since: waits.waiting_since,
            alarmed_since: waits.alarmed_since,
            spam_at: into.spam_at,
        }
    }

    /// What is left of the newer one, so that nothing lists, counts or wakes it.
    pub fn stub(&self) -> Self {
        Self {
            status: RESOLVED.to_owned(),
            last_seq: 0,
            last_sender: "system".to_owned(),
            last_author_id: None,
            last_excerpt: String::new(),
            last_message_at: self.last_message_at,
            unread: 0,
            agent_read_seq: 0,
            visitor_read_seq: 0,
            owner_epoch: self.owner_epoch + 1,
            ai_active: 0,
            ai_handled: 0,
            has_orders: 0,
            needs_human: 0,
            awaiting_order: 0,
            assignee_id: None,
            snoozed_until: None,
            first_response_at: None,
            sentiment: None,
            resolved_at: None,
            resolved_by: None,
            waiting_since: None,
            alarmed_since: None,
            spam_at: None,
        }
    }

    /// What the older one is like without what was merged: as `before`, except for what has
    /// changed since, when it was `united`. What its shopper has written since, so many
    /// messages and the first at a time, stays to be answered.
    pub fn parted(
        now: &Self,
        before: &Self,
        united: &Self,
        (written, first): (i64, Option<UnixMillis>),
    ) -> Self {
        fn back<T: Clone + PartialEq>(now: &T, before: &T, united: &T) -> T {
            if now == united { before } else { now }.clone()
        }
        macro_rules! back {
            ($($field:ident),+) => {
                Self {
                    $($field: back(&now.$field, &before.$field, &united.$field),)+
                    ..now.clone()
                }
            };
        }
        let has_spoken = (now.last_message_at, &now.last_excerpt)
            != (united.last_message_at, &united.last_excerpt);
        let said = if has_spoken { now } else { before };
        let is_read_since =
            now.agent_read_seq != united.agent_read_seq || now.unread < united.unread;
        let mut parted = back!(
            status,
            agent_read_seq,
            visitor_read_seq,
            ai_active,
            ai_handled,
            has_orders,
            needs_human,
            awaiting_order,
            assignee_id,
            snoozed_until,
            first_response_at,
            sentiment,
            resolved_at,
            resolved_by,
            waiting_since,
            alarmed_since,
            spam_at
        );
        parted.last_sender.clone_from(&said.last_sender);
        parted.last_author_id.clone_from(&said.last_author_id);
        parted.last_excerpt.clone_from(&said.last_excerpt);
        parted.last_message_at = said.last_message_at;
        // Who has read it since has read both; what came after that is unread.
        parted.unread = match is_read_since {
            true => now.unread.min(written),
            false => before.unread + (now.unread - united.unread).max(0),
        };
        if written > 0 {
            // Whoever wrote since is not forgotten with what they wrote before.
            parted.status.clone_from(&now.status);
            parted.snoozed_until = now.snoozed_until;
            parted.needs_human = now.needs_human;
            if now.waiting_since.is_some() && parted.waiting_since.is_none() {
                parted.waiting_since = first;
            }
        }
        parted.owner_epoch = now.owner_epoch + i64::from(parted.ai_active < now.ai_active);
        parted
    }

    /// What the newer one is like again, whose messages followed the number `after` in the
    /// other one, which is `now` like this: as `before`, and read as far as the other was.
    /// Numbers that its shopper's chat was told meanwhile aren't given again.
    pub fn restored(before: &Self, stub: &Self, now: &Self, after: i64) -> Self {
        let read = |before_it: i64, now: i64| before_it.max((now - after).min(before.last_seq));
        Self {
            last_seq: before.last_seq.max(now.last_seq - after),
            agent_read_seq: read(before.agent_read_seq, now.agent_read_seq),
            visitor_read_seq: read(before.visitor_read_seq, now.visitor_read_seq),
            owner_epoch: stub.owner_epoch,
            ..before.clone()
        }
    }
}
