//! The bus: how a server's hints reach the others.

mod hearing;
mod memory;
mod others;
mod outbox;
mod postgres;
mod redis;

pub use hearing::{Bus, Incoming};
pub use memory::Memory;

use super::hint::{Hint, Origin};
use crate::{error::Result, secret::Secret};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hearing::{Heard, incoming};

/// The bus for the database at `database_url`, with `redis_url` where Redis is
/// to carry it, and what the other servers say on it.
///
/// # Errors
/// If a URL can't be read. A server that can't be reached is tried again in the
/// background.
pub fn connect(
    database_url: &str,
    redis_url: Option<&str>,
    secret: &Secret,
) -> Result<(Box<dyn Bus>, Incoming)> {
    let (heard, incoming) = incoming();
    let origin = Origin::generate();
    let bus: Box<dyn Bus> = match redis_url {
        _ if !database_url.starts_with("postgres") => Box::new(Memory),
        Some(url) => {
            // Several installations may share a Redis.
            let installation = secret.keyed_hash("bus channel", b"");
            let channel = format!("shopdesk:{}", URL_SAFE_NO_PAD.encode(&installation[..12]));
            Box::new(redis::connect(url, &channel, origin, heard)?)
        }
        None => Box::new(postgres::connect(database_url, origin, heard)?),
    };
    Ok((bus, incoming))
}
