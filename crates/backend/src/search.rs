//! Search in a store's conversations: names, emails, order numbers, tags, and every message
//! and note. Messages come out of a full-text index, the newest first; those are ranked by how
//! exactly they fit and how old they are, and shown by conversation.

mod dialect;
pub mod index;
mod names;
mod queries;

use crate::{
    Ctx,
    access::{Permission, Principal},
    conversations::queries::summaries,
    db::{Kind, to_json},
    error::{Error, Result},
};
use domain::{
    UnixMillis,
    ids::{ConversationId, StoreId},
    inbox::ConversationSummary,
    search::{
        FoundMessage, FoundName, Query, Search, SearchCursor, SearchHit, SearchPage, extract,
    },
};
use names::Named;
use queries::Candidate;
use sqlx::AnyConnection;
use std::{cmp::Ordering, collections::HashMap, time::Duration};
use tokio::{sync::Semaphore, time::timeout};

/// The newest messages that fit, which are ranked together.
const CANDIDATES: i64 = 200;
/// So many are looked at if conversations or times are to be sorted out first.
const SORTED_OUT: i64 = 2_000;
/// Conversations in a page.
const PAGE: usize = 30;
/// Messages shown of a conversation.
const MESSAGES_EACH: usize = 3;
/// Searches at once in this process: whoever doesn't search needs the database, too.
const AT_ONCE: usize = 4;
/// How long one may take, with the wait for its turn.
const WITHIN: Duration = Duration::from_secs(8);
const DAY: f64 = 24.0 * 60.0 * 60.0 * 1_000.0;

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// The conversations in which `search` finds something, the best first; those after `after`.
///
/// # Errors
/// [`Error::Invalid`] for a query that is too long; [`Error::RateLimited`] for too many
/// searches; [`Error::Busy`] if it takes too long.
pub async fn find(
    ctx: &Ctx,
    who: &Principal,
    search: Search,
    after: Option<SearchCursor>,
) -> Result<SearchPage> {
    who.require(Permission::ReadConversations)?;
    let search = search.checked()?;
    let by = format!("{} {}", who.store_id, who.actor.id().unwrap_or_default());
    ctx.limits().search.check(by).await?;
    let Some(query) = Query::parse(&search.q) else {
        return Ok(SearchPage {
            items: Vec::new(),
            next: None,
            indexing: None,
        });
    };
    let found = timeout(WITHIN, async {
        // It is never closed.
        let _turn = TURNS.acquire().await.map_err(|_| Error::Busy)?;
        look(ctx, who, &query, &search, after).await
    });
    found.await.unwrap_or(Err(Error::Busy))
}

/// How many messages the full-text index alone finds, for the benchmark.
///
/// # Errors
/// If the database fails.
pub async fn index_alone(ctx: &Ctx, who: &Principal, typed: &str) -> Result<usize> {
    who.require(Permission::ReadConversations)?;
    let Some(query) = Query::parse(typed) else {
        return Ok(0);
    };
    let (store_id, kind) = (who.store_id, ctx.db().kind());
    let expression = dialect::expression(kind, store_id, query.need(), None);
    let mut connection = ctx.db().read().await?;
    let found = queries::find(
        &mut connection,
        kind,
        store_id,
        &expression,
        i64::MAX,
        CANDIDATES,
    );
    Ok(found.await?.len())
}

/// What was found of a conversation.
#[derive(Default)]
struct Hit {
    score: f64,
    names: Vec<FoundName>,
    /// Each with how well it fits.
    messages: Vec<(f64, FoundMessage)>,
}

async fn look(
    ctx: &Ctx,
    who: &Principal,
    query: &Query,
    search: &Search,
    after: Option<SearchCursor>,
) -> Result<SearchPage> {
    let (store_id, kind, now) = (who.store_id, ctx.db().kind(), ctx.now());
    let mut connection = ctx.db().read().await?;
    let connection = &mut *connection;
    let mut known = HashMap::<ConversationId, ConversationSummary>::new();
    let mut hits = HashMap::<ConversationId, Hit>::new();
    // Names have no author; they are all before the first message.
    let is_first = after.is_none_or(|after| after.before == i64::MAX);
    let has_names = is_first && search.author.is_none();
    if has_names {
        let named = names::find(connection, kind, store_id, query).await?;
        take_in(
            connection,
            kind,
            (store_id, search, now),
            named,
            &mut known,
            &mut hits,
        )
        .await?;
    }

    let SearchCursor { before, skip } = after.unwrap_or(SearchCursor {
        before: i64::MAX,
        skip: 0,
    });
    let is_sorted_out = search.status.is_some() || search.since.is_some();
    let limit = if is_sorted_out {
        SORTED_OUT
    } else {
        CANDIDATES
    };
    let expression = dialect::expression(kind, store_id, query.need(), search.author);
    let numbers = queries::find(connection, kind, store_id, &expression, before, limit).await?;
    let filter = (search.status, search.since);
    let candidates = match numbers.is_empty() {
        true => Vec::new(),
        false => {
            queries::messages(connection, kind, store_id, &numbers, filter, CANDIDATES).await?
        }
    };
    // Where older ones begin, if there may be some.
    let older = if candidates.len() >= number(CANDIDATES) {
        candidates.last().map(|last| last.n)
    } else {
        numbers
            .last()
            .copied()
            .filter(|_| numbers.len() >= number(limit))
    };
    for candidate in candidates {
        let conversation = candidate.conversation_id;
        if let Some((score, message)) = fitting(candidate, query, now) {
            let hit = hits.entry(conversation).or_default();
            hit.score = hit.score.max(score);
            hit.messages.push((score, message));
        }
    }

    // Only then: most words that no name has are words.
    if has_names && hits.is_empty() {
        let named = names::find_mistyped(connection, kind, store_id, query).await?;
        take_in(
            connection,
            kind,
            (store_id, search, now),
            named,
            &mut known,
            &mut hits,
        )
        .await?;
    }

    let skip = number(skip);
    let mut ranked: Vec<_> = hits.into_iter().collect();
    ranked
        .sort_by(|(id, hit), (other, than)| descending(hit.score, than.score).then(other.cmp(id)));
    let next = if ranked.len() > skip + PAGE {
        let skip = i64::try_from(skip + PAGE).unwrap_or(i64::MAX);
        Some(SearchCursor { before, skip })
    } else {
        older.map(|before| SearchCursor { before, skip: 0 })
    };
    let page: Vec<_> = ranked.into_iter().skip(skip).take(PAGE).collect();
    let unknown: Vec<_> = page
        .iter()
        .map(|(id, _)| *id)
        .filter(|id| !known.contains_key(id))
        .collect();
    if !unknown.is_empty() {
        let read = summaries(connection, kind, store_id, to_json(&unknown)?).await?;
        known.extend(read.into_iter().map(|summary| (summary.id, summary)));
    }
    let items = page.into_iter().filter_map(|(id, hit)| {
        // One that was removed meanwhile is left out.
        Some(shown(known.remove(&id)?, hit))
    });
    Ok(SearchPage {
        items: items.collect(),
        next: next.map(|next| next.to_string()),
        indexing: queries::behind(connection, store_id).await?,
    })
}

/// Adds the conversations that were found by a name and fit the filter.
async fn take_in(
    connection: &mut AnyConnection,
    kind: Kind,
    (store_id, search, now): (StoreId, &Search, UnixMillis),
    named: Vec<Named>,
    known: &mut HashMap<ConversationId, ConversationSummary>,
    hits: &mut HashMap<ConversationId, Hit>,
) -> Result<()> {
    if named.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = named.iter().map(|named| named.conversation).collect();
    for summary in summaries(connection, kind, store_id, to_json(&ids)?).await? {
        let fits = search.status.is_none_or(|status| summary.status == status)
            && search
                .since
                .is_none_or(|since| summary.last_message_at >= since);
        if fits {
            known.insert(summary.id, summary);
        }
    }
    for Named {
        conversation,
        score,
        names,
    } in named
    {
        if let Some(summary) = known.get(&conversation) {
            let hit = hits.entry(conversation).or_default();
            hit.score = hit.score.max(score + fresh(summary.last_message_at, now));
            hit.names.extend(names);
        }
    }
    Ok(())
}

/// The message as it is shown and how well it fits; nothing if it lacks a word after all.
fn fitting(candidate: Candidate, query: &Query, now: UnixMillis) -> Option<(f64, FoundMessage)> {
    let found = query.find(&candidate.text, false)?;
    let mut score = fresh(candidate.created_at, now);
    if found.is_whole {
        score += 1.5;
    }
    if found.is_phrase && query.words().len() > 1 {
        score += 2.0;
    }
    let message = FoundMessage {
        id: candidate.id,
        seq: candidate.seq,
        sender: candidate.sender,
        agent_name: candidate.agent_name,
        created_at: candidate.created_at,
        extract: extract(&candidate.text, &found.places),
    };
    Some((score, message))
}

/// Less than nothing, the more the older: a week counts as much as a word that is whole.
fn fresh(at: UnixMillis, now: UnixMillis) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a time in days needs no more")]
    let days = now.saturating_sub(at).max(0) as f64 / DAY;
    -(1.0 + days).ln() * 0.7
}

fn shown(conversation: ConversationSummary, mut hit: Hit) -> SearchHit {
    hit.messages.sort_by(|(score, message), (than, other)| {
        descending(*score, *than).then(other.seq.cmp(&message.seq))
    });
    let more = hit.messages.len().saturating_sub(MESSAGES_EACH);
    let mut best: Vec<_> = hit
        .messages
        .into_iter()
        .take(MESSAGES_EACH)
        .map(|(_, message)| message)
        .collect();
    best.sort_by_key(|message| std::cmp::Reverse(message.seq));
    SearchHit {
        conversation,
        names: hit.names,
        messages: best,
        more: i64::try_from(more).unwrap_or(i64::MAX),
    }
}

fn descending(score: f64, than: f64) -> Ordering {
    than.total_cmp(&score)
}

fn number(of: i64) -> usize {
    usize::try_from(of).unwrap_or_default()
}

#[cfg(test)]
mod tests;
