use super::*;
use crate::{conversations::send, search::index::catch_up, testing::shop::Shop};
use domain::{ids::MessageId, search::Indexing, widget_api::NewMessage};
use sqlx::{AssertSqlSafe, Row};

async fn write(ctx: &Ctx, sql: &'static str) {
    let written = ctx.db().write(move |tx| {
        Box::pin(async move {
            sqlx::query(AssertSqlSafe(sql))
                .execute(&mut *tx.connection)
                .await?;
            Ok(())
        })
    });
    written.await.expect("written");
}

async fn count(ctx: &Ctx, table: &str) -> i64 {
    let mut connection = ctx.db().read().await.expect("a connection");
    let sql = AssertSqlSafe(format!("SELECT COUNT(*) AS n FROM {table}"));
    let row = sqlx::query(sql)
        .fetch_one(&mut *connection)
        .await
        .expect("a row");
    row.get("n")
}

async fn found(shop: &Shop, q: &str) -> SearchPage {
    let search = Search {
        q: q.to_owned(),
        ..Search::default()
    };
    find(&shop.test.ctx, &shop.member, search, None)
        .await
        .expect("a search")
}

/// So many messages, each with its number.
async fn written(shop: &Shop, messages: usize) {
    let ctx = &shop.test.ctx;
    let client = ctx.limits().client("192.0.2.1");
    let (session, id) = shop.conversation().await;
    for number in 0..messages {
        let message = NewMessage::text(MessageId::generate(), format!("message number{number}"));
        send(ctx, &session, id, message, client)
            .await
            .expect("sent");
    }
}

#[tokio::test]
async fn messages_of_before_are_indexed_and_it_says_how_far() {
    let shop = Shop::new().await;
    let ctx = &shop.test.ctx;
    written(&shop, 90).await;
    // As a database is in which the index has just been made.
    write(ctx, "DELETE FROM search_waiting").await;
    write(ctx, "UPDATE search_backfill SET upto = (SELECT MAX(n) FROM messages), total = (SELECT MAX(n) FROM messages)").await;
    let page = found(&shop, "number7 ").await;
    assert!(page.items.is_empty());
    assert_eq!(
        page.indexing,
        Some(Indexing {
            waiting: 0,
            older_percent: 0
        })
    );
    written(&shop, 1).await;
    let waiting = found(&shop, "number7 ")
        .await
        .indexing
        .map(|indexing| indexing.waiting);
    assert_eq!(waiting, Some(1));
    catch_up(ctx).await.expect("an index");
    let page = found(&shop, "number7 ").await;
    assert_eq!((page.items.len(), page.indexing), (1, None));
    assert_eq!(
        count(ctx, "search_messages").await,
        count(ctx, "messages").await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn several_that_index_at_once_and_writers_lose_nothing() {
    let shop = Shop::new().await;
    let ctx = shop.test.ctx.clone();
    let indexing: Vec<_> = (0..3)
        .map(|_| {
            let ctx = ctx.clone();
            tokio::spawn(async move {
                for _ in 0..40 {
                    catch_up(&ctx).await.expect("an index");
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for _ in 0..4 {
        written(&shop, 20).await;
    }
    for task in indexing {
        task.await.expect("a task");
    }
    catch_up(&ctx).await.expect("an index");
    assert_eq!(count(&ctx, "search_waiting").await, 0);
    assert_eq!(
        count(&ctx, "search_messages").await,
        count(&ctx, "messages").await
    );
    assert_eq!(found(&shop, "number7 ").await.items.len(), 4);
}
