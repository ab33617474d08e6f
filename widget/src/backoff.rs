//! How long to wait before trying again.

/// Delay after the first failure, in milliseconds; each further one doubles it.
const FIRST_MS: u32 = 1_000;
/// Longest delay that is chosen here, in milliseconds.
const LONGEST_MS: u32 = 30_000;
/// Longest delay that a server may ask for, in milliseconds.
const LONGEST_ASKED_MS: u32 = 600_000;

/// The delay after `failures` failures in a row: doubled each time up to 30 s.
/// `random` (0–1) moves it within its upper half, so that the widgets of a
/// whole shop don't come back at the same moment. `asked_ms` is what the server
/// asked for; it is never undercut.
#[must_use]
pub fn delay_ms(failures: u32, random: f64, asked_ms: Option<u32>) -> u32 {
    let doublings = failures.saturating_sub(1).min(5);
    let full = f64::from((FIRST_MS << doublings).min(LONGEST_MS));
    let jittered = full * (0.5 + random.clamp(0.0, 1.0) / 2.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 30,000"
    )]
    let own = jittered as u32;
    own.max(asked_ms.unwrap_or(0))
}

/// Reads a `Retry-After` header given in seconds, as the server sends it.
#[must_use]
pub fn parse_retry_after(header: &str) -> Option<u32> {
    let seconds: u32 = header.trim().parse().ok()?;
    Some(seconds.saturating_mul(1_000).min(LONGEST_ASKED_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_half_a_minute() {
        let full: Vec<u32> = (0..8)
            .map(|failures| delay_ms(failures, 1.0, None))
            .collect();
        assert_eq!(
            full,
            [1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]
        );
        assert_eq!(delay_ms(3, 0.0, None), 2_000);
        assert_eq!(delay_ms(u32::MAX, 0.5, None), 22_500);
    }

    #[test]
    fn the_server_can_only_ask_for_more() {
        assert_eq!(delay_ms(1, 1.0, Some(5_000)), 5_000);
        assert_eq!(delay_ms(9, 1.0, Some(5_000)), 30_000);
        assert_eq!(parse_retry_after(" 7 "), Some(7_000));
        assert_eq!(parse_retry_after("4000000"), Some(600_000));
        assert_eq!(parse_retry_after("Wed, 21 Oct 2026 07:28:00 GMT"), None);
    }
}
