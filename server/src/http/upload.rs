//! Files as they come: how large they may be, and how slowly they may come. Whoever sends
//! one holds a place that others wait for.

use crate::http::error::{ApiError, ApiResult};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, header},
};
use backend::Error;
use domain::problem::{Cause, Malformed};
use futures::StreamExt;
use std::{fs::File, future::Future, io::Write, sync::Arc, time::Duration};
use tokio::{
    task::spawn_blocking,
    time::{Instant, timeout, timeout_at},
};

/// How much is written to a file at once.
const BLOCK: usize = 1024 * 1024;

/// How slowly a file may come.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How often it is looked at what has come.
    pub window: Duration,
    /// The least that has to come in each window, in bytes.
    pub least: usize,
    /// How long the whole file may take.
    pub in_all: Duration,
}

impl Default for Pace {
    /// Any connection that pages can be read over is quicker. In all, the largest file of
    /// orders needs less than two megabits a second, and one of 20 MB a seventh of one.
    fn default() -> Self {
        Self {
            window: Duration::from_secs(10),
            least: 32 * 1024,
            in_all: Duration::from_secs(20 * 60),
        }
    }
}

/// The body as it comes, of at most `most` bytes. Refused as soon as it is too long, or
/// too slow.
///
/// # Errors
/// 400 (it breaks off), 408, 413.
pub async fn take_in(
    headers: &HeaderMap,
    body: Body,
    most: usize,
    pace: Pace,
) -> ApiResult<Vec<u8>> {
    // What was promised takes no memory before it comes.
    collect(headers, body, most, pace, Vec::new()).await
}

/// The same into a file, for what is larger than the memory that anybody may take.
///
/// # Errors
/// 400 (it breaks off), 408, 413, 500.
pub async fn take_in_file(
    headers: &HeaderMap,
    body: Body,
    most: usize,
    pace: Pace,
    file: File,
) -> ApiResult<File> {
    let written = Written {
        file: Arc::new(file),
        waiting: Vec::new(),
    };
    let mut written = collect(headers, body, most, pace, written).await?;
    written.write().await?;
    Arc::into_inner(written.file).ok_or_else(|| failed("it is still written"))
}

/// Where a body goes.
trait Kept {
    fn keep(&mut self, part: &Bytes) -> impl Future<Output = ApiResult<()>> + Send;
}

impl Kept for Vec<u8> {
    async fn keep(&mut self, part: &Bytes) -> ApiResult<()> {
        self.extend_from_slice(part);
        Ok(())
    }
}

struct Written {
    file: Arc<File>,
    waiting: Vec<u8>,
}

impl Kept for Written {
    async fn keep(&mut self, part: &Bytes) -> ApiResult<()> {
        self.waiting.extend_from_slice(part);
        if self.waiting.len() >= BLOCK {
            self.write().await?;
        }
        Ok(())
    }
}

impl Written {
    /// Writes what waits.
    async fn write(&mut self) -> ApiResult<()> {
        let (file, waiting) = (Arc::clone(&self.file), std::mem::take(&mut self.waiting));
        let written = spawn_blocking(move || (&*file).write_all(&waiting));
        let written = written.await.map_err(|error| failed(&error.to_string()))?;
        written.map_err(|error| failed(&error.to_string()))
    }
}

fn failed(error: &str) -> ApiError {
    Error::Internal(format!("a file that is taken in: {error}")).into()
}

async fn collect<K: Kept>(
    headers: &HeaderMap,
    body: Body,
    most: usize,
    pace: Pace,
    kept: K,
) -> ApiResult<K> {
    let promised = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if promised.is_some_and(|length| length > most) {
        return Err(Cause::TooLarge.into());
    }
    let file = timeout(pace.in_all, parts(body, most, pace, kept));
    file.await.map_err(|_| ApiError::from(Cause::TooSlow))?
}

async fn parts<K: Kept>(body: Body, most: usize, pace: Pace, mut kept: K) -> ApiResult<K> {
    let mut come = 0;
    let mut parts = body.into_data_stream();
    let mut window = Window::begin(&pace, Instant::now());
    loop {
        let Ok(part) = timeout_at(window.ends_at, parts.next()).await else {
            window = window.next(&pace, Instant::now(), come)?;
            continue;
        };
        let Some(part) = part else {
            return Ok(kept);
        };
        // The client is gone: nobody hears the answer.
        let part = part.map_err(|_| ApiError::from(Cause::Malformed(Malformed::Call)))?;
        come += part.len();
        if come > most {
            return Err(Cause::TooLarge.into());
        }
        kept.keep(&part).await?;
    }
}

/// The time until it is looked again at what has come.
#[derive(Debug)]
struct Window {
    ends_at: Instant,
    /// The bytes that had come when it began.
    before: usize,
}

impl Window {
    fn begin(pace: &Pace, now: Instant) -> Self {
        Self {
            ends_at: now + pace.window,
            before: 0,
        }
    }

    /// The one after it, if enough has come by its end.
    fn next(self, pace: &Pace, now: Instant, come: usize) -> Result<Self, Cause> {
        if come.saturating_sub(self.before) < pace.least {
            return Err(Cause::TooSlow);
        }
        Ok(Self {
            ends_at: now + pace.window,
            before: come,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enough_has_to_come_in_each_window_and_not_only_in_the_first() {
        let pace = Pace {
            least: 100,
            ..Pace::default()
        };
        let mut now = Instant::now();
        let mut window = Window::begin(&pace, now);
        for come in [100, 250, 350] {
            now += pace.window;
            assert_eq!(window.ends_at, now);
            window = window.next(&pace, now, come).expect("enough");
        }
        let slow = window.next(&pace, now + pace.window, 449);
        assert_eq!(slow.expect_err("too little"), Cause::TooSlow);
    }
}
