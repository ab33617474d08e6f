//! Counts of all servers together, in Redis.
//!
//! Each question is one script, so that two servers never count at once. Keys
//! are hashes that only this installation can make, and expire by themselves.
//! `None` is the answer while Redis is away: the caller counts for itself.

use super::rules::{
    Asked, Client, Counted, LOOKUP_WINDOW, LOOKUPS_OF_VISITOR, MayLookUp, NUMBER_WINDOW,
    numbers_of_organisation,
};
use crate::{
    error::{Error, Result},
    secret::Secret,
};
use ::redis::{
    Cmd, FromRedisValue, RedisResult,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::time::timeout;

/// How long a request waits for Redis before its server counts for itself.
const ANSWER_WITHIN: Duration = Duration::from_millis(500);
/// How long Redis is left alone after it didn't answer.
const LEFT_ALONE: Duration = Duration::from_secs(1);

/// The generic cell rate algorithm: a key holds when, in milliseconds, all uses
/// so far will have been paid for. Answers how many milliseconds to wait, and how many
/// uses are left.
/// KEYS: one; ARGV: burst, refill in milliseconds.
const USE: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local burst, refill = tonumber(ARGV[1]), tonumber(ARGV[2])
local paid = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local wait = paid - now - (burst - 1) * refill
if wait > 0 then return {wait, 0} end
redis.call('SET', KEYS[1], paid + refill, 'PX', paid + refill - now)
return {0, burst - math.ceil((paid + refill - now) / refill)}
";

/// Answers 0 for no, 1 for yes, 2 for only with the email.
/// KEYS: what the store had by number alone, what of it from the same organisation, then
/// the sets that count; ARGV: both windows in milliseconds, how many look-ups there are,
/// the most in each set, the look-ups, then those by number alone.
const LOOK_UP: &str = r"
local lookups = #KEYS + 4
local by_number = lookups + tonumber(ARGV[3])
local function has_room(key, most, first, last)
  local new = 0
  for at = first, last do
    if redis.call('SISMEMBER', key, ARGV[at]) == 0 then new = new + 1 end
  end
  return new == 0 or redis.call('SCARD', key) + new <= tonumber(most)
end
local function count(key, window, first, last)
  for at = first, last do redis.call('SADD', key, ARGV[at]) end
  if redis.call('PTTL', key) == -1 then redis.call('PEXPIRE', key, window) end
end
for set = 3, #KEYS do
  if not has_room(KEYS[set], ARGV[set + 3], lookups, by_number - 1) then return 0 end
end
for set = 1, 2 do
  if not has_room(KEYS[set], ARGV[set + 3], by_number, #ARGV) then return 2 end
end
for set = 1, 2 do count(KEYS[set], ARGV[2], by_number, #ARGV) end
for set = 3, #KEYS do count(KEYS[set], ARGV[1], lookups, by_number - 1) end
return 1
";

/// See above.
pub struct Redis {
    connection: ConnectionManager,
    secret: Secret,
    /// When it may be asked again, since it didn't answer.
    away_until: Mutex<Option<Instant>>,
}

impl Redis {
    /// Connects on first use, and again whenever the connection is lost.
    ///
    /// # Errors
    /// If `url` can't be read.
    pub fn open(url: &str, secret: Secret) -> Result<Self> {
        let settings = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(ANSWER_WITHIN))
            .set_response_timeout(Some(ANSWER_WITHIN))
            .set_number_of_retries(1);
        let connection = ::redis::Client::open(url)
            .and_then(|client| client.get_connection_manager_lazy(settings))
            .map_err(|error| Error::Internal(format!("Redis: {error}")))?;
        Ok(Self {
            connection,
            secret,
            away_until: Mutex::new(None),
        })
    }

    /// Counts one use by `who`.
    pub async fn count(
        &self,
        limit: &str,
        who: &str,
        burst: u32,
        refill: Duration,
    ) -> Option<Counted> {
        let mut command = script(USE, &[self.name(limit, who)]);
        command.arg(burst).arg(milliseconds(refill));
        let (wait, left) = self.ask::<(u64, u32)>(&command).await?;
        Some(match wait {
            0 => Counted::Used { left },
            wait => Counted::Wait(Duration::from_millis(wait)),
        })
    }

    /// See [`super::Limits::may_look_up`].
    pub async fn may_look_up(&self, asked: &Asked<'_>) -> Option<MayLookUp> {
        let (store_id, organisation) = (asked.store_id, asked.organisation);
        let mut keys = vec![
            self.name("numbers_of_store", &store_id.to_string()),
            self.name(
                "numbers_of_organisation",
                &format!("{store_id} {organisation}"),
            ),
            self.name("lookups_of_visitor", asked.visitor),
        ];
        let mut most = vec![
            asked.most_by_number,
            numbers_of_organisation(asked.most_by_number),
            LOOKUPS_OF_VISITOR,
        ];
        for (network, most_of_network) in asked.client.into_iter().flat_map(Client::networks) {
            keys.push(self.name("lookups_of_network", &network.to_string()));
            most.push(most_of_network);
        }
        let members =
            |hashes: &[u64]| -> Vec<_> { hashes.iter().map(|hash| self.member(*hash)).collect() };
        let mut command = script(LOOK_UP, &keys);
        command
            .arg(milliseconds(LOOKUP_WINDOW))
            .arg(milliseconds(NUMBER_WINDOW))
            .arg(asked.lookups.len())
            .arg(most)
            .arg(members(&asked.lookups))
            .arg(members(&asked.by_number));
        Some(match self.ask::<u8>(&command).await? {
            0 => MayLookUp::No,
            1 => MayLookUp::Yes,
            _ => MayLookUp::WithEmail,
        })
    }

    /// The key of what `who` has done. Nobody else can make it.
    fn name(&self, what: &str, who: &str) -> String {
        let hash = self.hash(format!("{what} {who}").as_bytes());
        format!("shopdesk:{what}:{hash}")
    }

    fn member(&self, number: u64) -> String {
        self.hash(&number.to_be_bytes())
    }

    fn hash(&self, bytes: &[u8]) -> String {
        let hash = self.secret.keyed_hash("rate limits", bytes);
        URL_SAFE_NO_PAD.encode(&hash[..16])
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Option<T> {
        if self.is_left_alone() {
            return None;
        }
        let mut connection = self.connection.clone();
        let asked: RedisResult<T> =
            match timeout(ANSWER_WITHIN, command.query_async(&mut connection)).await {
                Ok(answer) => answer,
                Err(_) => {
                    self.is_away("it didn't answer in time");
                    return None;
                }
            };
        match asked {
            Ok(answer) => {
                self.is_there();
                Some(answer)
            }
            Err(error) => {
                self.is_away(&error.to_string());
                None
            }
        }
    }

    fn is_left_alone(&self) -> bool {
        self.away_until()
            .is_some_and(|until| Instant::now() < until)
    }

    fn is_away(&self, reason: &str) {
        let before = self.away_until().replace(Instant::now() + LEFT_ALONE);
        if before.is_none() {
            tracing::error!(
                reason,
                "Redis is away: each server counts rate limits for itself"
            );
        }
    }

    fn is_there(&self) {
        if self.away_until().take().is_some() {
            tracing::info!("rate limits are counted in Redis again");
        }
    }

    fn away_until(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.away_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn script(text: &str, keys: &[String]) -> Cmd {
    let mut command = ::redis::cmd("EVAL");
    command.arg(text).arg(keys.len()).arg(keys);
    command
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
