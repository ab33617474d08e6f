//! From many measurements to one figure.

use crate::failure::Failure;
use std::time::Duration;

/// The value that the share `p` (0–1) of `values` doesn't exceed (nearest
/// rank); 0 for none.
pub fn percentile(values: &mut [f64], p: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let rank = (p * values.len() as f64).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

/// The middle one; of an even number, the lower middle.
pub fn median(values: &mut [f64]) -> f64 {
    percentile(values, 0.5)
}

/// In milliseconds.
pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Three digits that matter, thousands apart: `12,345`, `123`, `12.3`, `1.23`.
pub fn short(value: f64) -> String {
    match value.abs() {
        100.0.. => grouped(value),
        10.0.. => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// A whole number with its thousands apart.
pub fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = if value < 0.0 {
        "-".to_owned()
    } else {
        String::new()
    };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Processor time that a process (`self`, or its id) has used, user and system,
/// in seconds.
///
/// # Errors
/// Where there is no `/proc`.
pub fn processor_seconds(process: &str) -> Result<f64, Failure> {
    /// Linux reports in hundredths of a second, whatever its own clock does.
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in parentheses may hold anything; user and system time are the
    // 12th and 13th field after it.
    let (_, after_name) = stat
        .rsplit_once(')')
        .ok_or("/proc/…/stat has no name in it")?;
    let ticks = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let mut values: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&mut values, 0.99), 99.0);
        assert_eq!(median(&mut values), 50.0);
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut []), 0.0);
    }

    #[test]
    fn numbers_are_short() {
        let written: Vec<_> = [1_234_567.0, -1_234.4, 123.4, 12.34, 1.234, 0.0]
            .map(short)
            .into();
        assert_eq!(
            written,
            ["1,234,567", "-1,234", "123", "12.3", "1.23", "0.00"]
        );
    }
}
