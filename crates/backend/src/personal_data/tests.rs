use super::{Holds, TABLES};
use crate::testing::{Column, TestCtx};
use std::collections::BTreeSet;

/// Tables of the whole installation, for all stores.
const INSTALLATION_WIDE: [&str; 11] = [
    "installation",
    "users",
    "sessions",
    "push_subscriptions",
    "two_factor",
    "recovery_codes",
    "password_resets",
    "notification_settings",
    "alarm_mail_turns",
    "stores",
    "search_backfill",
];

/// SQLite's full-text index has no column for it: each of its words begins with the store.
const NAMES_STORE_IN_WORDS: &str = "search_messages";

/// Columns that lead to a person whatever table they are in.
const LEAD_TO_PEOPLE: [&str; 13] = [
    "agent_id",
    "assignee_id",
    "author_id",
    "changed_by",
    "conversation_id",
    "email",
    "invited_by",
    "owner_id",
    "resolved_by",
    "uploader_id",
    "used_by",
    "user_id",
    "visitor_id",
];

async fn schema() -> Vec<Column> {
    let test = TestCtx::new().await.expect("a database");
    test.schema().await.expect("a schema")
}

fn listed() -> BTreeSet<&'static str> {
    TABLES.iter().map(|table| table.name).collect()
}

/// The columns that are listed to lead to people.
fn ties() -> BTreeSet<(String, String)> {
    let mut ties = BTreeSet::new();
    for table in TABLES {
        if let Holds::Data(of_table) = table.holds {
            ties.extend(
                of_table
                    .iter()
                    .map(|tie| (table.name.to_owned(), tie.column.to_owned())),
            );
        }
    }
    ties
}

#[tokio::test]
async fn every_table_is_listed() {
    let schema = schema().await;
    let tables: BTreeSet<_> = schema.iter().map(|column| column.table.as_str()).collect();
    assert_eq!(tables, listed());
}

#[tokio::test]
async fn every_column_that_leads_to_a_person_is_listed() {
    let ties = ties();
    let forgotten: Vec<_> = schema()
        .await
        .into_iter()
        .filter(|column| LEAD_TO_PEOPLE.contains(&column.name.as_str()))
        .map(|column| (column.table, column.name))
        .filter(|column| !ties.contains(column))
        // Where the row is the person, all of it is theirs.
        .filter(|(table, _)| !ties.contains(&(table.clone(), "id".to_owned())))
        .collect();
    assert!(forgotten.is_empty(), "{forgotten:?}");
}

#[tokio::test]
async fn every_listed_column_exists() {
    let columns: BTreeSet<_> = schema()
        .await
        .into_iter()
        .map(|column| (column.table, column.name))
        .collect();
    let gone: Vec<_> = ties().difference(&columns).cloned().collect();
    assert!(gone.is_empty(), "{gone:?}");
}

#[test]
fn every_table_says_who_or_why_not() {
    for table in TABLES {
        let says = match table.holds {
            Holds::Data(ties) => !ties.is_empty(),
            Holds::Nothing(why) => !why.is_empty(),
        };
        assert!(says, "{}", table.name);
    }
}

#[tokio::test]
async fn every_table_of_stores_has_a_store_in_every_row() {
    let schema = schema().await;
    let tables: BTreeSet<_> = schema.iter().map(|column| column.table.as_str()).collect();
    for table in tables
        .into_iter()
        .filter(|table| *table != NAMES_STORE_IN_WORDS)
    {
        let has_store = schema
            .iter()
            .any(|column| column.table == table && column.name == "store_id" && column.required);
        assert_eq!(has_store, !INSTALLATION_WIDE.contains(&table), "{table}");
    }
}
