//! Files as they come: how large they may be, and how slowly they may come. Whoever sends
//! one holds a place that others wait for.

use crate::http::error::{ApiError, ApiResult};
use axum::{
    body::Body,
    http::{HeaderMap, header},
};
use domain::problem::{Cause, Malformed};
use futures::StreamExt;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

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
    /// Any connection that pages can be read over is quicker. In all, the largest file
    /// needs half a megabit a second.
    fn default() -> Self {
        Self {
            window: Duration::from_secs(10),
            least: 32 * 1024,
            in_all: Duration::from_secs(5 * 60),
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
    let promised = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if promised.is_some_and(|length| length > most) {
        return Err(Cause::TooLarge.into());
    }
    let file = timeout(pace.in_all, collect(body, most, pace));
    file.await.map_err(|_| ApiError::from(Cause::TooSlow))?
}

async fn collect(body: Body, most: usize, pace: Pace) -> ApiResult<Vec<u8>> {
    // What was promised takes no memory before it comes.
    let mut file = Vec::new();
    let mut parts = body.into_data_stream();
    let mut window = Window::begin(&pace, Instant::now());
    loop {
        let Ok(part) = timeout_at(window.ends_at, parts.next()).await else {
            window = window.next(&pace, Instant::now(), file.len())?;
            continue;
        };
        let Some(part) = part else {
            return Ok(file);
        };
        // The client is gone: nobody hears the answer.
        let part = part.map_err(|_| ApiError::from(Cause::Malformed(Malformed::Call)))?;
        if file.len() + part.len() > most {
            return Err(Cause::TooLarge.into());
        }
        file.extend_from_slice(&part);
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
