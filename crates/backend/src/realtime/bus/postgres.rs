//! PostgreSQL's LISTEN and NOTIFY: no further service is needed.
//!
//! NOTIFY is never part of a write's transaction: its lock lets one transaction
//! commit at a time. A connection of its own sends what has been committed.

use super::{
    Bus, Heard, Hint, Origin,
    others::SILENCE_MAX,
    outbox::{Carrier, Outbox, RETRY},
};
use crate::{
    error::Result,
    realtime::{hint::unpack, queries},
    task::Task,
};
use sqlx::{
    ConnectOptions, PgConnection,
    postgres::{PgConnectOptions, PgListener},
};
use std::str::FromStr;
use tokio::time::timeout;

/// A channel belongs to its database.
const CHANNEL: &str = "shopdesk";

/// See above.
pub struct Postgres {
    outbox: Outbox,
    _listening: Task,
}

/// Connects in the background.
///
/// # Errors
/// If `url` can't be read.
pub fn connect(url: &str, origin: Origin, heard: Heard) -> Result<Postgres> {
    let carrier = Notifier {
        // NOTIFY takes a transaction's number, so its commit would wait for the disk
        // and hold up the commits of messages. What it says is true already.
        options: PgConnectOptions::from_str(url)?.options([("synchronous_commit", "off")]),
        connection: None,
    };
    Ok(Postgres {
        outbox: Outbox::start(carrier, origin.clone(), &heard),
        _listening: Task::start(listen(url.to_owned(), origin, heard)),
    })
}

impl Bus for Postgres {
    fn name(&self) -> &'static str {
        "PostgreSQL (LISTEN/NOTIFY)"
    }

    fn publish(&self, hint: Hint) {
        self.outbox.put(hint);
    }
}

struct Notifier {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
}

impl Carrier for Notifier {
    /// PostgreSQL takes less than 8,000 bytes.
    const SIZE_MAX: usize = 7_900;

    async fn send(&mut self, text: &str) -> Result<()> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.options.connect().await?),
        };
        queries::notify(connection, CHANNEL, text).await
    }

    fn disconnect(&mut self) {
        self.connection = None;
    }
}

async fn listen(url: String, origin: Origin, heard: Heard) {
    loop {
        let listened = listen_once(&url, &origin, &heard).await;
        heard.deaf();
        if let Err(error) = listened {
            tracing::warn!(%error, "hints of other servers don't arrive; connecting again");
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Listens until the connection is lost.
async fn listen_once(url: &str, origin: &Origin, heard: &Heard) -> Result<()> {
    let mut listener = PgListener::connect(url).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    heard.listening();
    while let Ok(notification) = timeout(SILENCE_MAX, listener.try_recv()).await {
        match notification? {
            Some(notification) => {
                if let Some(hints) = unpack(notification.payload(), origin) {
                    heard.hints(hints);
                }
            }
            None => break,
        }
    }
    Ok(())
}
