//! SQL of the search that SQLite and PostgreSQL write differently, each form beside its twin:
//! the same parameters, and rows that say the same. SQLite has FTS5, PostgreSQL `tsvector`
//! with GIN; both hold the tokens that `domain::search` makes.

mod postgres;
mod sqlite;

use crate::db::{Kind, Query};
use domain::{
    ids::StoreId,
    search::{Author, Need},
};

/// The newest messages that fit, by their n.
///
/// $1 store, $2 what is looked for: see [`expression`], $3 n that they are before, $4 limit
pub(super) static FIND: Query = Query::new(4, sqlite::FIND, postgres::FIND);

/// What a search on PostgreSQL begins with, in its transaction.
pub(super) use postgres::BEFORE_FIND;

/// Messages of the store that have one of these n and fit the filter, the newest first.
///
/// $1 store, $2 n: a JSON list, $3 status or nothing, $4 time that they are not before,
/// $5 limit
pub(super) static MESSAGES: Query = Query::new(5, sqlite::MESSAGES, postgres::MESSAGES);

/// Visitors of the store that have one of these ids.
///
/// $1 store, $2 ids: a JSON list
pub(super) static VISITORS: Query = Query::new(2, sqlite::VISITORS, postgres::VISITORS);

/// Orders of the store that have one of these ids.
///
/// $1 store, $2 ids: a JSON list
pub(super) static ORDERS: Query = Query::new(2, sqlite::ORDERS, postgres::ORDERS);

/// The newest conversations of these visitors.
///
/// $1 store, $2 visitors: a JSON list, $3 limit
pub(super) static OF_VISITORS: Query = Query::new(3, sqlite::OF_VISITORS, postgres::OF_VISITORS);

/// The conversations that got one of these tags last.
///
/// $1 store, $2 tags: a JSON list, $3 limit
pub(super) static TAGGED: Query = Query::new(3, sqlite::TAGGED, postgres::TAGGED);

/// Texts of messages by their n, whichever stores' they are.
///
/// $1 n: a JSON list
pub(super) static TEXTS: Query = Query::new(1, sqlite::TEXTS, postgres::TEXTS);

/// Names of visitors by their ids, whichever stores' they are.
///
/// $1 ids: a JSON list
pub(super) static NAMES: Query = Query::new(1, sqlite::NAMES, postgres::NAMES);

/// Numbers of orders by their ids, whichever stores' they are.
///
/// $1 ids: a JSON list
pub(super) static NUMBERS: Query = Query::new(1, sqlite::NUMBERS, postgres::NUMBERS);

/// Ends the wait of these; returns those that still waited.
///
/// $1 n: a JSON list
pub(super) static TAKE: Query = Query::new(1, sqlite::TAKE, postgres::TAKE);

/// Writes tokens of messages.
///
/// $1 a JSON list of `{store_id, n, tokens}`
pub(super) static PUT_TOKENS: Query = Query::new(1, sqlite::PUT_TOKENS, postgres::PUT_TOKENS);

/// Removes tokens of messages.
///
/// $1 a JSON list of `{store_id, n}`
pub(super) static DROP_TOKENS: Query = Query::new(1, sqlite::DROP_TOKENS, postgres::DROP_TOKENS);

/// Writes words of names.
///
/// $1 a JSON list of `{store_id, kind, subject, word, backwards}`
pub(super) static PUT_WORDS: Query = Query::new(1, sqlite::PUT_WORDS, postgres::PUT_WORDS);

/// Removes words of names.
///
/// $1 a JSON list of `{store_id, subject}`
pub(super) static DROP_WORDS: Query = Query::new(1, sqlite::DROP_WORDS, postgres::DROP_WORDS);

/// Begins the mark of an author among the tokens: no text has it.
const AUTHOR: char = '\u{e000}';

/// What every token of a store begins with. Half of the id's random part: should two stores
/// have the same one, each hit's store is asked for all the same.
fn space(store_id: StoreId) -> String {
    let id = store_id.to_string();
    id[id.len() - 8..].to_owned()
}

fn mark(author: Author) -> char {
    match author {
        Author::Shopper => 's',
        Author::Team => 't',
        Author::Ai => 'a',
    }
}

/// The tokens of a message as they are stored: `tokens` of the store's, and who wrote it.
pub(super) fn stored_tokens(
    store_id: StoreId,
    author: Option<Author>,
    tokens: &[String],
) -> String {
    let space = space(store_id);
    let mut stored = String::new();
    if let Some(author) = author {
        stored.extend([space.as_str(), &format!("{AUTHOR}{}", mark(author))]);
    }
    for token in tokens {
        if !stored.is_empty() {
            stored.push(' ');
        }
        stored.extend([space.as_str(), token]);
    }
    stored
}

/// What is looked for in the language of the database. Tokens are letters and digits, so
/// that nothing in them is of that language.
pub(super) fn expression(
    kind: Kind,
    store_id: StoreId,
    need: Need,
    author: Option<Author>,
) -> String {
    let need = match author {
        Some(author) => Need::All(vec![Need::Token(format!("{AUTHOR}{}", mark(author))), need]),
        None => need,
    };
    let (quote, prefix, and, or) = match kind {
        Kind::Sqlite => ('"', " *", " AND ", " OR "),
        Kind::Postgres => ('\'', ":*", " & ", " | "),
    };
    let space = space(store_id);
    written(
        &need,
        &|token, is_prefix| {
            format!(
                "{quote}{space}{token}{quote}{}",
                if is_prefix { prefix } else { "" }
            )
        },
        and,
        or,
    )
}

fn written(need: &Need, token: &impl Fn(&str, bool) -> String, and: &str, or: &str) -> String {
    let several = |all: &[Need], between: &str| {
        let all: Vec<_> = all
            .iter()
            .map(|need| written(need, token, and, or))
            .collect();
        format!("({})", all.join(between))
    };
    match need {
        Need::Token(text) => token(text, false),
        Need::Prefix(text) => token(text, true),
        Need::All(all) => several(all, and),
        Need::Any(any) => several(any, or),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::search::Query;

    #[test]
    fn whatever_is_typed_is_text() {
        let store_id: StoreId = "01900000-0000-7000-8000-0000abcd1234"
            .parse()
            .expect("an id");
        let need = |typed| Query::parse(typed).expect("words").need();
        for (typed, sqlite, postgres) in [
            ("refund", "\"abcd1234refund\" *", "'abcd1234refund':*"),
            (
                "a\" OR b* NEAR(",
                "(\"abcd1234a\" AND \"abcd1234or\" AND \"abcd1234b\" AND \"abcd1234near\")",
                "('abcd1234a' & 'abcd1234or' & 'abcd1234b' & 'abcd1234near')",
            ),
            (
                "x' | !y:* \\",
                "(\"abcd1234x\" AND \"abcd1234y\")",
                "('abcd1234x' & 'abcd1234y')",
            ),
            (
                "SD-1042",
                "(\"abcd1234sd1042\" * OR (\"abcd1234sd\" AND \"abcd12341042\" *))",
                "('abcd1234sd1042':* | ('abcd1234sd' & 'abcd12341042':*))",
            ),
        ] {
            let expression = |kind| expression(kind, store_id, need(typed), None);
            assert_eq!(expression(Kind::Sqlite), sqlite);
            assert_eq!(expression(Kind::Postgres), postgres);
        }
    }
}
