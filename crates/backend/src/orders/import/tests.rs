//! An import as a whole: what it says, and what it writes.

use super::*;
use crate::{
    error::{Conflict, Forbidden},
    orders,
    testing::shop::Shop,
};
use ImportStep::{ApplyAll, ApplyGood, Preview};
use domain::role::Role;
use futures::FutureExt;
use std::{io::Write, time::Duration};
use tokio::{sync::oneshot, time::timeout};

const HEADER: &str = "Number,Email,Status,Payment,Currency,Total,Date\n";

fn file(rows: &[(&str, &str)]) -> String {
    let rows = rows.iter().map(|(number, total)| {
        format!("{number},jane@example.com,shipped,paid,USD,{total},2026-11-01\n")
    });
    format!("{HEADER}{}", rows.collect::<String>())
}

/// A file in which `text` stands.
fn of(import: &Import, ctx: &Ctx, text: &str) -> File {
    let mut file = import.file(ctx).expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    file
}

async fn run(shop: &Shop, text: &str, step: ImportStep) -> ImportReport {
    let ctx = &shop.test.ctx;
    let import = begin(ctx, &shop.member).expect("a turn");
    let file = of(&import, ctx, text);
    let report = import.run(ctx, file, step, ImportOptions::default());
    report.await.expect("a file")
}

async fn numbers(shop: &Shop) -> Vec<String> {
    let page = orders::list(&shop.test.ctx, &shop.member, "", 0);
    let page = page.await.expect("orders");
    page.orders.into_iter().map(|order| order.number).collect()
}

const fn counts(new: u32, changed: u32, unchanged: u32, faulty: u32) -> ImportCounts {
    ImportCounts {
        new,
        changed,
        unchanged,
        faulty,
    }
}

#[tokio::test]
async fn a_preview_tells_what_would_be_done_and_does_nothing() {
    let shop = Shop::new().await;
    let report = run(&shop, &file(&[("1", "5.00"), ("2", "free")]), Preview).await;
    assert_eq!(report.counts, counts(1, 0, 0, 1));
    assert_eq!(report.orders[0].change, Some(ImportChange::New));
    assert!(!report.applied);
    assert_eq!(numbers(&shop).await, [""; 0]);
}

#[tokio::test]
async fn an_import_is_told_from_what_was_there() {
    let shop = Shop::new().await;
    let first = run(&shop, &file(&[("1", "5.00"), ("2", "5.00")]), ApplyAll).await;
    assert!(first.applied);
    assert_eq!(first.counts, counts(2, 0, 0, 0));
    let second = file(&[("3", "5.00"), ("2", "6.00"), ("1", "5.00")]);
    let expected = counts(1, 1, 1, 0);
    assert_eq!(run(&shop, &second, Preview).await.counts, expected);
    assert_eq!(run(&shop, &second, ApplyAll).await.counts, expected);
    assert_eq!(
        run(&shop, &second, ApplyAll).await.counts,
        counts(0, 0, 3, 0)
    );
    assert_eq!(numbers(&shop).await, ["3", "2", "1"]);
}

#[tokio::test]
async fn with_a_faulty_row_all_is_nothing_and_the_good_ones_are_a_choice() {
    let shop = Shop::new().await;
    let text = file(&[("1", "5.00"), ("2", "-5.00"), ("3", "5.00")]);
    let refused = run(&shop, &text, ApplyAll).await;
    assert!(!refused.applied);
    assert_eq!(numbers(&shop).await, [""; 0]);
    let report = run(&shop, &text, ApplyGood).await;
    assert!(report.applied);
    assert_eq!(report.counts, counts(2, 0, 0, 1));
    assert_eq!(report.faults[0].row, 3);
    assert_eq!(numbers(&shop).await, ["3", "1"]);
}

#[tokio::test]
async fn nothing_is_imported_while_something_is_missing() {
    let shop = Shop::new().await;
    let report = run(&shop, "Number,Total\n1,5.00\n", ApplyGood).await;
    assert!(!report.applied && !report.missing.is_empty());
    assert_eq!(numbers(&shop).await, [""; 0]);
}

#[tokio::test]
async fn orders_of_many_chunks_are_all_imported_and_counted() {
    let shop = Shop::new().await;
    let all: Vec<_> = (1..=2 * CHUNK + 1).map(|n| n.to_string()).collect();
    let rows: Vec<_> = all.iter().map(|number| (number.as_str(), "5.00")).collect();
    let report = run(&shop, &file(&rows), ApplyAll).await;
    assert_eq!(report.counts, counts(1_001, 0, 0, 0));
    assert_eq!(report.orders.len(), SHOWN_ORDERS);
    assert_eq!(
        run(&shop, &file(&rows), Preview).await.counts,
        counts(0, 0, 1_001, 0)
    );
}

#[tokio::test]
async fn a_file_that_changes_nothing_waits_for_no_writer() {
    let shop = Shop::new().await;
    let text = file(&[("1", "5.00")]);
    run(&shop, &text, ApplyAll).await;
    let db = shop.test.ctx.db().clone();
    let (begin, begun) = oneshot::channel();
    let (end, ended) = oneshot::channel::<()>();
    let write = tokio::spawn(async move {
        let hold = db.write(move |_| {
            Box::pin(async move {
                begin.send(()).expect("somebody waits");
                ended.await.expect("an end");
                Ok(())
            })
        });
        hold.await
    });
    begun.await.expect("a write");
    let again = timeout(Duration::from_secs(30), run(&shop, &text, ApplyAll));
    let again = again.await.expect("no wait for the writer");
    assert_eq!((again.applied, again.counts), (true, counts(0, 0, 1, 0)));
    end.send(()).expect("a write");
    write.await.expect("a task").expect("a commit");
}

#[tokio::test]
async fn json_is_imported_like_a_table() {
    let shop = Shop::new().await;
    let json = r#"{"orders":[{"number":"7","email":"jane@example.com","status":"shipped",
        "payment_status":"paid","currency":"USD","total_minor":500,"placed_at":1,
        "items":[{"name":"Lamp","quantity":1}],
        "shipments":[{"carrier":"DHL","tracking_number":"1","tracking_url":null}]}]}"#;
    assert_eq!(run(&shop, json, ApplyAll).await.counts, counts(1, 0, 0, 0));
    assert_eq!(run(&shop, json, Preview).await.counts, counts(0, 0, 1, 0));
}

#[tokio::test]
async fn an_import_that_nobody_waits_for_keeps_its_turn_to_its_end() {
    let shop = Shop::new().await;
    let ctx = &shop.test.ctx;
    let import = begin(ctx, &shop.member).expect("a turn");
    let file = of(&import, ctx, &file(&[("1", "5.00")]));
    let run = import.run(ctx, file, ApplyAll, ImportOptions::default());
    // Begun, and dropped.
    assert!(run.now_or_never().is_none());
    let again = begin(ctx, &shop.member);
    assert!(matches!(
        again,
        Err(Error::Conflict(Conflict::ImportRunning))
    ));
    while begin(ctx, &shop.member).is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(numbers(&shop).await, ["1"]);
}

#[tokio::test]
async fn only_admins_import() {
    let shop = Shop::new().await;
    let agent = Principal {
        role: Some(Role::Agent),
        ..shop.member.clone()
    };
    let refused = begin(&shop.test.ctx, &agent);
    assert!(matches!(refused, Err(Error::Forbidden(Forbidden::Role))));
}

#[tokio::test]
async fn an_unknown_currency_for_all_is_refused() {
    let shop = Shop::new().await;
    let ctx = &shop.test.ctx;
    let options = ImportOptions {
        currency: Some("XYZ".to_owned()),
        ..ImportOptions::default()
    };
    let import = begin(ctx, &shop.member).expect("a turn");
    let file = of(&import, ctx, &file(&[("1", "5.00")]));
    let refused = import.run(ctx, file, Preview, options);
    let refused = refused.await.map(drop);
    assert!(matches!(refused, Err(Error::Invalid(invalid)) if invalid.field == "currency"));
}
