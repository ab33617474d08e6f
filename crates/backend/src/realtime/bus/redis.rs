//! Redis pub/sub.

use super::{
    Bus, Heard, Hint, Origin,
    others::SILENCE_MAX,
    outbox::{Carrier, Outbox, RETRY},
};
use crate::{
    error::{Error, Result},
    realtime::hint::unpack,
    task::Task,
};
use ::redis::{AsyncCommands, Client, RedisError, aio::MultiplexedConnection};
use futures::StreamExt;
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// While Redis is away, open sockets read what they may have missed this often.
const READ_ANYWAY_EVERY: Duration = Duration::from_secs(10);

/// See above.
pub struct Redis {
    outbox: Outbox,
    _listening: Task,
}

/// Connects to `url` in the background; `channel` is the installation's own, as
/// several may share a Redis.
///
/// # Errors
/// If `url` can't be read.
pub fn connect(url: &str, channel: &str, origin: Origin, heard: Heard) -> Result<Redis> {
    let client = Client::open(url).map_err(failed)?;
    let publisher = Publisher {
        client: client.clone(),
        channel: channel.to_owned(),
        connection: None,
    };
    Ok(Redis {
        outbox: Outbox::start(publisher, origin.clone(), &heard),
        _listening: Task::start(listen(client, channel.to_owned(), origin, heard)),
    })
}

impl Bus for Redis {
    fn name(&self) -> &'static str {
        "Redis (pub/sub)"
    }

    fn publish(&self, hint: Hint) {
        self.outbox.put(hint);
    }
}

struct Publisher {
    client: Client,
    channel: String,
    connection: Option<MultiplexedConnection>,
}

impl Carrier for Publisher {
    const SIZE_MAX: usize = 64 * 1024;

    async fn send(&mut self, text: &str) -> Result<()> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => {
                let connecting = self.client.get_multiplexed_async_connection();
                none.insert(connecting.await.map_err(failed)?)
            }
        };
        let published = connection.publish(&self.channel, text).await;
        let _listeners: i64 = published.map_err(failed)?;
        Ok(())
    }

    fn disconnect(&mut self) {
        self.connection = None;
    }
}

async fn listen(client: Client, channel: String, origin: Origin, heard: Heard) {
    let mut lost_at = None;
    loop {
        let listened = listen_once(&client, &channel, &origin, &heard, &mut lost_at).await;
        heard.deaf();
        let now = Instant::now();
        match (listened, lost_at) {
            (_, Some(read_at)) if now.duration_since(read_at) >= READ_ANYWAY_EVERY => {
                lost_at = Some(now);
                heard.missed();
            }
            (_, Some(_)) => {}
            (listened, None) => {
                let error = listened.err();
                tracing::error!(?error, every = ?READ_ANYWAY_EVERY, "Redis is away: what other servers write is read late");
                lost_at = Some(now);
            }
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Listens until the connection is lost.
async fn listen_once(
    client: &Client,
    channel: &str,
    origin: &Origin,
    heard: &Heard,
    lost_at: &mut Option<Instant>,
) -> Result<()> {
    let mut subscription = client.get_async_pubsub().await.map_err(failed)?;
    subscription.subscribe(channel).await.map_err(failed)?;
    if lost_at.take().is_some() {
        tracing::info!("Redis is back");
    }
    heard.listening();
    let mut messages = subscription.on_message();
    while let Ok(Some(message)) = timeout(SILENCE_MAX, messages.next()).await {
        let text: String = message.get_payload().map_err(|error| {
            Error::Internal(format!("a message of Redis can't be read: {error}"))
        })?;
        if let Some(hints) = unpack(&text, origin) {
            heard.hints(hints);
        }
    }
    Ok(())
}

fn failed(error: RedisError) -> Error {
    Error::Internal(format!("Redis: {error}"))
}
