//! What of a conversation besides its messages has the words: its shopper's name and email,
//! the numbers of their orders, its tags. Names and numbers may have one typing error, if
//! nothing at all has the words as they were typed.

use super::queries::{self, Whose};
use crate::{db::Kind, error::Result, tags};
use domain::{
    ids::{ConversationId, StoreId, VisitorId},
    search::{FoundIn, FoundName, Need, Query, QueryWord, begins_within_one, marked, within_one},
};
use sqlx::AnyConnection;
use std::collections::{HashMap, HashSet};

/// Names that one word is taken for.
const SUBJECTS: i64 = 300;
/// Words that a mistyped one may have been meant for.
const MEANT: usize = 12;
/// Conversations that are found by a name.
const CONVERSATIONS: i64 = 40;

/// A conversation that was found by a name.
pub(super) struct Named {
    pub conversation: ConversationId,
    pub score: f64,
    pub names: Vec<FoundName>,
}

type Subjects = HashSet<(Whose, String)>;

/// The conversations that `query` finds by a name.
pub(super) async fn find(
    connection: &mut AnyConnection,
    kind: Kind,
    store_id: StoreId,
    query: &Query,
) -> Result<Vec<Named>> {
    let mut found = by_name(connection, kind, store_id, query, false).await?;
    found.extend(by_tag(connection, kind, store_id, query).await?);
    Ok(found)
}

/// Those that it finds by a name or a number with a typing error.
pub(super) async fn find_mistyped(
    connection: &mut AnyConnection,
    kind: Kind,
    store_id: StoreId,
    query: &Query,
) -> Result<Vec<Named>> {
    match query.words().iter().any(QueryWord::may_err) {
        true => by_name(connection, kind, store_id, query, true).await,
        false => Ok(Vec::new()),
    }
}

async fn by_name(
    connection: &mut AnyConnection,
    kind: Kind,
    store_id: StoreId,
    query: &Query,
    forgiven: bool,
) -> Result<Vec<Named>> {
    // Whoever has all words has the one that the fewest have.
    let mut fewest: Option<Subjects> = None;
    for word in query.words() {
        let subjects = subjects(connection, store_id, word, forgiven).await?;
        if subjects.is_empty() {
            return Ok(Vec::new());
        }
        if fewest
            .as_ref()
            .is_none_or(|fewest| subjects.len() < fewest.len())
        {
            fewest = Some(subjects);
        }
    }
    let subjects = fewest.unwrap_or_default();
    let ids = |of: Whose| -> Vec<String> {
        let of = subjects.iter().filter(|(whose, _)| *whose == of);
        of.map(|(_, id)| id.clone()).collect()
    };
    let mut found = HashMap::<VisitorId, (f64, Vec<FoundName>)>::new();
    let visitors = ids(Whose::Visitor);
    if !visitors.is_empty() {
        for (id, name, email) in queries::visitors(connection, kind, store_id, &visitors).await? {
            if let Some(named) = in_visitor(query, name.as_deref(), email.as_deref(), forgiven) {
                found.insert(id, named);
            }
        }
    }
    let orders = ids(Whose::Order);
    if !orders.is_empty() {
        for (number, email) in queries::orders(connection, kind, store_id, &orders).await? {
            let Some(in_number) = query.find(&number, forgiven) else {
                continue;
            };
            let name = FoundName {
                found_in: FoundIn::Order,
                parts: marked(&number, &in_number.places),
            };
            let email = email.to_lowercase();
            for (_, id) in queries::having(connection, store_id, &email, false, SUBJECTS).await? {
                if let Ok(id) = id.parse() {
                    let (score, names) = found.entry(id).or_default();
                    *score = score.max(worth(in_number.is_whole, forgiven));
                    names.push(name.clone());
                }
            }
        }
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let visitors: Vec<_> = found.keys().copied().collect();
    let theirs = queries::of_visitors(connection, kind, store_id, &visitors, CONVERSATIONS).await?;
    let named = theirs.into_iter().filter_map(|(conversation, visitor)| {
        let (score, names) = found.get(&visitor)?.clone();
        Some(Named {
            conversation,
            score,
            names,
        })
    });
    Ok(named.collect())
}

/// Those that may be meant by a word.
async fn subjects(
    connection: &mut AnyConnection,
    store_id: StoreId,
    word: &QueryWord,
    forgiven: bool,
) -> Result<Subjects> {
    let mut subjects = Subjects::new();
    for (probe, is_prefix) in probes(word) {
        subjects.extend(queries::having(connection, store_id, &probe, is_prefix, SUBJECTS).await?);
    }
    if forgiven && word.may_err() {
        for meant in meant(connection, store_id, word).await? {
            subjects.extend(queries::having(connection, store_id, &meant, false, SUBJECTS).await?);
        }
    }
    Ok(subjects)
}

/// One of these is in whatever has the word, and whether that may go on.
fn probes(word: &QueryWord) -> Vec<(String, bool)> {
    fn all(need: Need, is_prefix: bool, probes: &mut Vec<(String, bool)>) {
        match need {
            Need::Token(token) => probes.push((token, is_prefix)),
            Need::Prefix(token) => probes.push((token, true)),
            // Whatever has all of them has the last.
            Need::All(mut needs) => {
                if let Some(last) = needs.pop() {
                    all(last, is_prefix, probes);
                }
            }
            Need::Any(needs) => needs
                .into_iter()
                .for_each(|need| all(need, is_prefix, probes)),
        }
    }
    let mut probes = Vec::new();
    all(word.need(), word.is_prefix, &mut probes);
    probes
}

/// Words of names that differ from `word` by a typing error. The error is neither in the
/// beginning nor in the end of it, or only in one of them: the other one finds the word.
async fn meant(
    connection: &mut AnyConnection,
    store_id: StoreId,
    word: &QueryWord,
) -> Result<Vec<String>> {
    let chars: Vec<_> = word.text.chars().collect();
    let part = (chars.len() - 1) / 2;
    let beginning: String = chars[..part].iter().collect();
    let end: String = chars.iter().rev().take(part).collect();
    let length = i64::try_from(chars.len()).unwrap_or(i64::MAX);
    let most = if word.is_prefix { i64::MAX } else { length + 1 };
    let alike =
        queries::alike(connection, store_id, (&beginning, &end), (length - 1, most)).await?;
    let is_near = |other: &String| {
        let other: Vec<_> = other.chars().collect();
        within_one(&chars, &other) || (word.is_prefix && begins_within_one(&chars, &other))
    };
    Ok(alike.into_iter().filter(is_near).take(MEANT).collect())
}

fn in_visitor(
    query: &Query,
    name: Option<&str>,
    email: Option<&str>,
    forgiven: bool,
) -> Option<(f64, Vec<FoundName>)> {
    let (name, email) = (name.unwrap_or_default(), email.unwrap_or_default());
    let found = query.find(&format!("{name}\n{email}"), forgiven)?;
    let behind = name.len() + 1;
    let (in_name, in_email): (Vec<_>, Vec<_>) =
        found.places.into_iter().partition(|at| at.start < behind);
    let in_email: Vec<_> = in_email
        .into_iter()
        .map(|at| at.start - behind..at.end - behind)
        .collect();
    let mut names = Vec::new();
    if !in_name.is_empty() {
        names.push(FoundName {
            found_in: FoundIn::Name,
            parts: marked(name, &in_name),
        });
    }
    if !in_email.is_empty() {
        names.push(FoundName {
            found_in: FoundIn::Email,
            parts: marked(email, &in_email),
        });
    }
    Some((worth(found.is_whole, forgiven), names))
}

/// A name counts more than what somebody wrote.
fn worth(is_whole: bool, forgiven: bool) -> f64 {
    match (is_whole, forgiven) {
        (true, _) => 6.0,
        (false, false) => 4.0,
        (false, true) => 0.5,
    }
}

async fn by_tag(
    connection: &mut AnyConnection,
    kind: Kind,
    store_id: StoreId,
    query: &Query,
) -> Result<Vec<Named>> {
    let all = tags::queries::list(connection, store_id).await?;
    let found: HashMap<_, _> = all
        .into_iter()
        .filter_map(|tag| {
            let found = query.find(&tag.name, false)?;
            let name = FoundName {
                found_in: FoundIn::Tag,
                parts: marked(&tag.name, &found.places),
            };
            let score = if found.is_whole { 3.0 } else { 1.0 };
            Some((tag.id, (score, name)))
        })
        .collect();
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = found.keys().copied().collect();
    let tagged = queries::tagged(connection, kind, store_id, &ids, CONVERSATIONS).await?;
    let named = tagged.into_iter().filter_map(|(conversation, tag)| {
        let (score, name) = found.get(&tag)?;
        Some(Named {
            conversation,
            score: *score,
            names: vec![name.clone()],
        })
    });
    Ok(named.collect())
}
