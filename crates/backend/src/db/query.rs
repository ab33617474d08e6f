//! A write that is one query, in the form of each database.

use super::kind::Kind;
use crate::error::{Error, Result};
use sqlx::{
    Any, AnyConnection, AssertSqlSafe, Row,
    any::{AnyArguments, AnyRow},
};
use std::sync::OnceLock;

/// How many of one query are run in one trip to SQLite's thread: each number is a
/// text of its own, which is prepared once.
pub(super) const REPEATS: [usize; 5] = [16, 8, 4, 2, 1];

/// A query with its parameters `$1 …`. SQLite's form may be several statements,
/// and says in `$item`, a number, which of several queries in one trip a row
/// belongs to, so each statement that returns rows names a column so.
pub(crate) struct Query {
    sqlite: &'static str,
    postgres: &'static str,
    parameters: usize,
    /// SQLite's form, repeated as in [`REPEATS`].
    repeated: [OnceLock<String>; REPEATS.len()],
    /// SQLite's form as a transaction of its own.
    transaction: OnceLock<String>,
    /// PostgreSQL's form for several at once.
    set: Option<&'static Set>,
}

/// PostgreSQL's form of a query for several at once, about different things: a
/// statement whose one parameter is a JSON list of objects, `item` with its
/// number and `p1 …` for the parameters. It passes over what it would have to
/// wait for. Its rows name their `item`.
pub(crate) struct Set {
    text: OnceLock<String>,
    write: fn() -> String,
    /// Sets of one group are about the same things.
    group: &'static str,
    /// So many of the first parameters say what it is about.
    about: usize,
}

impl Set {
    /// A new one; `write` makes its text, once.
    pub const fn new(group: &'static str, about: usize, write: fn() -> String) -> Self {
        Self {
            text: OnceLock::new(),
            write,
            group,
            about,
        }
    }

    /// Runs it for `all`, and returns the rows of each: none for one that was
    /// passed over, too.
    ///
    /// # Errors
    /// If the database fails.
    pub(super) async fn run(
        &'static self,
        connection: &mut AnyConnection,
        all: &[&[Value]],
    ) -> Result<Vec<Vec<AnyRow>>> {
        let list: Vec<_> = all
            .iter()
            .enumerate()
            .map(|(item, values)| {
                let named = values.iter().zip(1..).map(|(value, number)| {
                    let json = match value {
                        Value::Text(text) => serde_json::json!(text),
                        Value::Integer(number) => serde_json::json!(number),
                    };
                    (format!("p{number}"), json)
                });
                let item = ("item".to_owned(), item.into());
                serde_json::Value::Object(std::iter::once(item).chain(named).collect())
            })
            .collect();
        let list = [Value::from(serde_json::Value::from(list).to_string())];
        let text = self.text.get_or_init(self.write);
        let rows = bind(text, list.iter()).fetch_all(connection).await?;
        by_item(rows, all.len())
    }

    /// The group that it belongs to.
    pub(super) fn group(&self) -> &'static str {
        self.group
    }

    /// What a query with these `values` is about.
    pub(super) fn about<'v>(&self, values: &'v [Value]) -> &'v [Value] {
        values.get(..self.about).unwrap_or(values)
    }
}

/// `text` with each parameter `$1 …` written as `written` says.
pub(crate) fn with_parameters(text: &str, written: impl Fn(usize) -> String) -> String {
    let mut parts = text.split('$');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        match number.parse() {
            Ok(number) => whole.push_str(&written(number)),
            Err(_) => whole.push('$'),
        }
        whole.push_str(rest);
    }
    whole
}

/// Rows that name their `item`, sorted out for `count` of them.
fn by_item(rows: Vec<AnyRow>, count: usize) -> Result<Vec<Vec<AnyRow>>> {
    let mut rows_of: Vec<Vec<AnyRow>> = (0..count).map(|_| Vec::new()).collect();
    for row in rows {
        let item: i64 = row.try_get("item")?;
        usize::try_from(item)
            .ok()
            .and_then(|item| rows_of.get_mut(item))
            .ok_or_else(|| Error::corrupt("item"))?
            .push(row);
    }
    Ok(rows_of)
}

/// A parameter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Integer(number)
    }
}

impl Query {
    /// With `parameters` parameters. PostgreSQL's form may be empty if there is one
    /// for several: then that is always taken, and may pass it over.
    pub const fn new(parameters: usize, sqlite: &'static str, postgres: &'static str) -> Self {
        Self {
            sqlite,
            postgres,
            parameters,
            repeated: [const { OnceLock::new() }; REPEATS.len()],
            transaction: OnceLock::new(),
            set: None,
        }
    }

    /// With a form for several at once on PostgreSQL.
    pub const fn with_set(mut self, set: &'static Set) -> Self {
        self.set = Some(set);
        self
    }

    /// On PostgreSQL: whether it is always made as a set, of one if need be.
    pub(super) fn is_always_set(&self) -> bool {
        self.postgres.is_empty()
    }

    /// PostgreSQL's form for several at once.
    pub(super) fn set(&self) -> Option<&'static Set> {
        self.set
    }

    /// Runs it once, in the transaction that `connection` is in.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn run(
        &'static self,
        connection: &mut AnyConnection,
        kind: Kind,
        values: &[Value],
    ) -> Result<Vec<AnyRow>> {
        let text = match kind {
            Kind::Postgres => self.postgres,
            Kind::Sqlite => self.repeated(REPEATS.len() - 1),
        };
        Ok(bind(text, values.iter()).fetch_all(connection).await?)
    }

    /// Runs it once, as a transaction of its own, on SQLite.
    ///
    /// # Errors
    /// If the database fails: then the transaction may still be open.
    pub(super) async fn run_as_transaction(
        &'static self,
        connection: &mut AnyConnection,
        values: &[Value],
    ) -> Result<Vec<AnyRow>> {
        let text = self
            .transaction
            .get_or_init(|| format!("BEGIN IMMEDIATE;\n{};\nCOMMIT", self.numbered(0)));
        Ok(bind(text, values.iter()).fetch_all(connection).await?)
    }

    /// Runs it once for each of `all`, on SQLite, and returns the rows of each.
    /// `all` are as many as [`REPEATS`] says at `repeat`.
    ///
    /// # Errors
    /// If the database fails.
    pub(super) async fn run_repeated(
        &'static self,
        connection: &mut AnyConnection,
        repeat: usize,
        all: &[&[Value]],
    ) -> Result<Vec<Vec<AnyRow>>> {
        let query = bind(self.repeated(repeat), all.iter().copied().flatten());
        by_item(query.fetch_all(connection).await?, all.len())
    }

    fn repeated(&'static self, repeat: usize) -> &'static str {
        self.repeated[repeat].get_or_init(|| {
            let all: Vec<_> = (0..REPEATS[repeat])
                .map(|item| self.numbered(item))
                .collect();
            all.join(";\n")
        })
    }

    /// SQLite's form with the parameters of number `item`.
    fn numbered(&self, item: usize) -> String {
        let parameter = |number| format!("${}", item * self.parameters + number);
        with_parameters(self.sqlite, parameter).replace("$item", &item.to_string())
    }
}

fn bind<'v>(
    text: &'static str,
    values: impl Iterator<Item = &'v Value>,
) -> sqlx::query::Query<'static, Any, AnyArguments> {
    // It was built from a constant and numbers.
    let query = sqlx::query(AssertSqlSafe(text));
    values.fold(query, |query, value| match value {
        Value::Text(text) => query.bind(text.clone()),
        Value::Integer(number) => query.bind(*number),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_on_and_items_named() {
        let query = Query::new(12, "f($1, '$', $12), $item AS item", "");
        assert_eq!(query.numbered(0), "f($1, '$', $12), 0 AS item");
        assert_eq!(query.numbered(2), "f($25, '$', $36), 2 AS item");
    }
}
