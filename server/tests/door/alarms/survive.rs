//! Alarms survive the server, and several servers raise one.

use super::mails::{in_folder, told_by};
use crate::common::{executable::Home, within};
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::time::Duration;

/// How often the server is killed.
const ROUNDS: i64 = 8;
/// Shoppers who come to wait too long in a round.
const COME: i64 = 4;
/// Between two looks into the database.
const POLL: Duration = Duration::from_millis(20);

async fn write(database: &mut AnyConnection, sql: String) {
    sqlx::query(AssertSqlSafe(sql))
        .execute(database)
        .await
        .expect("written");
}

async fn count(database: &mut AnyConnection, sql: &str) -> i64 {
    let row = sqlx::query(AssertSqlSafe(sql.to_owned()))
        .fetch_one(database)
        .await
        .expect("a row");
    row.try_get(0).expect("a number")
}

/// The demo promises an answer within an hour, and nobody of before waits.
async fn promise(database: &mut AnyConnection) {
    write(
        database,
        "UPDATE store_settings SET json = REPLACE(json, '\"response_promise_minutes\":null', '\"response_promise_minutes\":60')
         WHERE section = 'chat'"
            .to_owned(),
    )
    .await;
    write(
        database,
        "UPDATE conversations SET waiting_since = NULL".to_owned(),
    )
    .await;
}

/// Some of the demo's shoppers wait since long ago, each since a time of their own.
async fn come_to_wait(database: &mut AnyConnection, round: i64) {
    write(
        database,
        format!(
            "UPDATE conversations SET status = 'open', waiting_since = 1000000 + {round}
             WHERE id IN (SELECT id FROM conversations
                 WHERE spam_at IS NULL AND last_seq > 0 AND waiting_since IS NULL ORDER BY id LIMIT {COME})"
        ),
    )
    .await;
}

const UNALARMED: &str =
    "SELECT COUNT(*) FROM conversations WHERE COALESCE(alarmed_since, 0) <> waiting_since";
const ALARMED: &str = "SELECT COUNT(*) FROM conversations WHERE alarmed_since = waiting_since";
const OWED: &str = "SELECT COUNT(*) FROM alarm_mails";

async fn until_none(database: &mut AnyConnection, what: &str, sql: &str) {
    within(what, async {
        while count(database, sql).await > 0 {
            tokio::time::sleep(POLL).await;
        }
    })
    .await;
}

/// Nobody waits for a lease that was a dead server's, or for the pause between two mails.
async fn hurry(database: &mut AnyConnection) {
    for sql in [
        "UPDATE jobs SET lease_until = 0 WHERE state = 'running'",
        "UPDATE jobs SET state = 'ready', run_at = 0 WHERE state = 'later' AND kind = 'alarm_mail'",
        "UPDATE alarm_mail_turns SET taken_at = 0",
    ] {
        write(database, sql.to_owned()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wait_is_marked_and_mailed_however_often_the_server_is_killed() {
    let home = Home::new().await;
    let mut server = home.start(&["--demo"]);
    server.address().await;
    server.kill();
    let mut database = home.connect().await;
    promise(&mut database).await;
    for round in 0..ROUNDS {
        come_to_wait(&mut database, round).await;
        let mut server = home.start(&["--demo"]);
        server.address().await;
        // It dies with the first that it has done, whatever else is under way.
        if round % 2 == 0 {
            until_none(&mut database, "the alarms", UNALARMED).await;
        }
        server.kill();
        hurry(&mut database).await;
    }
    let mut server = home.start(&["--demo"]);
    server.address().await;
    until_none(&mut database, "the alarms", UNALARMED).await;
    within("the mails", async {
        while count(&mut database, OWED).await > 0 {
            hurry(&mut database).await;
            tokio::time::sleep(POLL * 10).await;
        }
    })
    .await;
    server.kill();
    let alarmed = count(&mut database, ALARMED).await;
    assert_eq!(alarmed, ROUNDS * COME);
    let mails = in_folder(&home.folder().join("mail"));
    let told: usize = mails.iter().map(|mail| told_by(mail)).sum();
    let told = i64::try_from(told).expect("a few");
    // Who dies between a mail and its note sends that one again; nothing is left out.
    assert!(told >= alarmed, "{told} of {alarmed}");
    assert!(mails.len() <= usize::try_from(2 * ROUNDS + 2).expect("a few"));
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_raise_each_alarm_once() {
    let home = Home::new().await;
    if !home.is_postgres() {
        eprintln!("not tested: several servers need PostgreSQL (SHOPDESK_TEST_DATABASE_URL)");
        return;
    }
    let mut first = home.start(&["--demo"]);
    first.address().await;
    let mut database = home.connect().await;
    promise(&mut database).await;
    let mut others = [home.start(&["--demo"]), home.start(&["--demo"])];
    for other in &mut others {
        other.address().await;
    }
    for round in 0..3 {
        come_to_wait(&mut database, round).await;
        until_none(&mut database, "the alarms", UNALARMED).await;
        within("the mails", async {
            while count(&mut database, OWED).await > 0 {
                write(
                    &mut database,
                    "UPDATE jobs SET state = 'ready', run_at = 0 WHERE state = 'later' AND kind = 'alarm_mail'"
                        .to_owned(),
                )
                .await;
                write(
                    &mut database,
                    "UPDATE alarm_mail_turns SET taken_at = 0".to_owned(),
                )
                .await;
                tokio::time::sleep(POLL).await;
            }
        })
        .await;
    }
    let mails = in_folder(&home.folder().join("mail"));
    let told: usize = mails.iter().map(|mail| told_by(mail)).sum();
    assert_eq!(i64::try_from(told).expect("a few"), 3 * COME);
    first.kill();
    for other in others {
        other.kill();
    }
}
