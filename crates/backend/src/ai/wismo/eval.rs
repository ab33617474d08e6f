//! Measures the recogniser on labelled messages: what `shopdesk eval wismo` prints.

use std::hint::black_box;
use std::time::Instant;

use serde::Serialize;

use super::{Intent, read};

/// How well the recogniser does on a set of labelled messages. "Positive" is: asks about an order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WismoReport {
    /// Messages read.
    pub n: usize,
    /// Recognised, and rightly so.
    #[serde(rename = "tp")]
    pub true_positives: usize,
    /// Recognised although they ask something else.
    #[serde(rename = "fp")]
    pub false_positives: usize,
    /// Not recognised although they ask about an order.
    #[serde(rename = "fn")]
    pub false_negatives: usize,
    /// tp / (tp + fp); 1 if nothing was recognised.
    pub precision: f64,
    /// tp / (tp + fn); 1 if there was nothing to recognise.
    pub recall: f64,
    /// Harmonic mean of precision and recall.
    pub f1: f64,
    /// Time for one message in nanoseconds, averaged.
    pub ns_per_message: f64,
    /// The first messages that were read wrongly, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<WismoError>>,
}

/// A message that was read wrongly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WismoError {
    pub text: String,
    /// `wismo` or `other`.
    pub expected: &'static str,
    /// What the recogniser said instead.
    pub got: &'static str,
}

/// Reads every row (text, whether it asks about an order) and counts.
/// `errors` is the most wrongly read messages to list; 0 leaves the list out.
pub fn evaluate(rows: &[(String, bool)], errors: usize) -> WismoReport {
    // The packs are compiled on first use: not part of a message's time.
    black_box(read(""));
    let start = Instant::now();
    let read_as_wismo: Vec<bool> = rows
        .iter()
        .map(|(text, _)| read(black_box(text)).intent == Intent::OrderStatus)
        .collect();
    let elapsed = start.elapsed();

    let count = |expected: bool, got: bool| {
        rows.iter()
            .zip(&read_as_wismo)
            .filter(|((_, e), g)| (*e, **g) == (expected, got))
            .count()
    };
    let (true_positives, false_positives, false_negatives) =
        (count(true, true), count(false, true), count(true, false));
    let wrong = rows
        .iter()
        .zip(&read_as_wismo)
        .filter(|((_, expected), got)| expected != *got)
        .take(errors);
    WismoReport {
        n: rows.len(),
        true_positives,
        false_positives,
        false_negatives,
        precision: share(true_positives, true_positives + false_positives),
        recall: share(true_positives, true_positives + false_negatives),
        f1: share(
            2 * true_positives,
            2 * true_positives + false_positives + false_negatives,
        ),
        ns_per_message: if rows.is_empty() {
            0.0
        } else {
            elapsed.as_nanos() as f64 / rows.len() as f64
        },
        errors: (errors > 0).then(|| {
            wrong
                .map(|((text, expected), got)| WismoError {
                    text: text.clone(),
                    expected: label(*expected),
                    got: label(*got),
                })
                .collect()
        }),
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}

fn label(is_wismo: bool) -> &'static str {
    if is_wismo { "wismo" } else { "other" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_examples() {
        let rows = [
            ("where is my order", true),
            ("hello", false),
            ("where is my order?", false),
            ("hi", true),
        ]
        .map(|(text, is_wismo)| (text.to_owned(), is_wismo));
        let report = evaluate(&rows, 1);
        assert_eq!(
            (
                report.n,
                report.true_positives,
                report.false_positives,
                report.false_negatives
            ),
            (4, 1, 1, 1)
        );
        assert_eq!(
            (report.precision, report.recall, report.f1),
            (0.5, 0.5, 0.5)
        );
        let errors = report.errors.expect("asked for");
        assert_eq!(
            errors,
            [WismoError {
                text: rows[2].0.clone(),
                expected: "other",
                got: "wismo"
            }]
        );
    }

    #[test]
    fn empty_set() {
        let report = evaluate(&[], 0);
        assert_eq!(
            (report.n, report.precision, report.recall, report.errors),
            (0, 1.0, 1.0, None)
        );
    }
}
