//! How often a message goes to the database, everything that it causes
//! included: each trip costs more than most statements.

mod proxy;
mod statements;

use crate::{
    client::Client,
    database::Engine,
    failure::Failure,
    options::Extent,
    product::{Ai, Product},
    report::row,
    statistics::short,
};
use proxy::Proxy;
use shopdesk::config::AiOptions;
use std::time::Duration;

/// After the last message that is seen, for what comes after it.
const LATE: Duration = Duration::from_millis(500);

/// Counts on each database, without and with AI.
///
/// # Errors
/// If a server can't be started, or refuses a message.
pub async fn measure(
    ai: &AiOptions,
    extent: Extent,
    engines: &[Engine],
) -> Result<String, Failure> {
    let mut text = format!(
        "  One message at a time, {} of them, until its job is done; the worker's looks at the queue are
  counted in. SQLite: trips to a connection's thread, as sqlx logs them. PostgreSQL: round trips
  over the network, BEGIN, COMMIT and the pool's checks included.\n",
        extent.messages_alone()
    );
    for engine in engines {
        for (what, ai) in [("AI off", Ai::Off), ("AI on", Ai::On(ai))] {
            let trips = count(extent, engine, ai).await?;
            let value = format!(
                "{:>9} trips a message, for {} statements",
                short(trips.trips),
                short(trips.statements)
            );
            text.push_str(&row(&format!("{engine}, {what}"), &value));
        }
    }
    Ok(text)
}

/// What one message takes, on average.
struct Trips {
    trips: f64,
    /// As sqlx logs them: without BEGIN and COMMIT on PostgreSQL.
    statements: f64,
}

async fn count(extent: Extent, engine: &Engine, ai: Ai<'_>) -> Result<Trips, Failure> {
    let database = engine.create().await?;
    let (url, proxy) = match engine {
        Engine::Sqlite => (database.url.clone(), None),
        Engine::Postgres(_) => {
            let (url, proxy) = Proxy::before(&database.url).await?;
            (url, Some(proxy))
        }
    };
    let counted = || {
        let statements = statements::counted();
        let trips = proxy.as_ref().map_or(statements, Proxy::counted);
        (trips, statements)
    };
    let product = Product::start_at(ai, database, url).await?;
    let measured = async {
        let mut client = Client::connect(product.open(ai).await?, extent.concurrency).await?;
        client
            .run(extent.warm_up, extent.concurrency, ai.texts())
            .await?;
        // Every connection of the pool has prepared every statement after this.
        client.run(extent.messages_alone(), 1, ai.texts()).await?;
        tokio::time::sleep(LATE).await;
        statements::count(true);
        let (trips, statements) = counted();
        client.run(extent.messages_alone(), 1, ai.texts()).await?;
        tokio::time::sleep(LATE).await;
        let (trips_then, statements_then) = counted();
        let each = |counted: u64| counted as f64 / extent.messages_alone() as f64;
        Ok(Trips {
            trips: each(trips_then - trips),
            statements: each(statements_then - statements),
        })
    }
    .await;
    statements::count(false);
    product.stop().await.remove().await?;
    measured
}
