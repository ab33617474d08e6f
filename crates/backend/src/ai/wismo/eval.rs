//! Measures the recogniser on labelled messages: what `shopdesk eval wismo` prints.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::read;

/// A labelled message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WismoCase {
    pub text: String,
    /// Whether it asks about an order, and not for a person.
    pub is_wismo: bool,
    /// Which part of the set it belongs to; the same for all if the set has no parts.
    pub part: Part,
}

/// A part of a labelled set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Part {
    /// BCP 47 tag of the messages' language; empty if the set doesn't say.
    pub language: String,
    /// `tuned` (the rules were made with these before somebody's eyes) or `held_out` (their errors
    /// were never looked at); empty if the set doesn't say.
    pub split: String,
}

/// What a part must at least reach.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct WismoFloor {
    pub language: String,
    pub split: String,
    pub precision: f64,
    pub recall: f64,
}

/// How well the recogniser does on a set of labelled messages. "Positive" is: asks about an order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WismoReport {
    /// The figures of the whole set.
    #[serde(flatten)]
    pub figures: WismoFigures,
    /// Time for one message in nanoseconds, averaged.
    pub ns_per_message: f64,
    /// The figures of each part, if there are several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<WismoPart>,
    /// The first messages that were read wrongly, if asked for. None of those held out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<WismoError>>,
}

/// The figures of one part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WismoPart {
    #[serde(flatten)]
    pub part: Part,
    #[serde(flatten)]
    pub figures: WismoFigures,
}

/// How often the recogniser was right.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WismoFigures {
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
}

impl WismoFigures {
    /// Of pairs: whether a message asks about an order, and whether it was read so.
    fn of(readings: impl Iterator<Item = (bool, bool)>) -> Self {
        let (mut n, mut tp, mut fp, mut missed) = (0, 0, 0, 0);
        for reading in readings {
            n += 1;
            match reading {
                (true, true) => tp += 1,
                (false, true) => fp += 1,
                (true, false) => missed += 1,
                (false, false) => {}
            }
        }
        Self {
            n,
            true_positives: tp,
            false_positives: fp,
            false_negatives: missed,
            precision: share(tp, tp + fp),
            recall: share(tp, tp + missed),
            f1: share(2 * tp, 2 * tp + fp + missed),
        }
    }
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

/// How the parts whose errors are never listed are called.
pub const HELD_OUT: &str = "held_out";

/// Reads every message and counts. `errors` is the most wrongly read messages to list; 0 leaves the
/// list out.
pub fn evaluate(cases: &[WismoCase], errors: usize) -> WismoReport {
    // The packs are compiled on first use: not part of a message's time.
    black_box(read(""));
    let start = Instant::now();
    let read_as_wismo: Vec<bool> = cases
        .iter()
        .map(|case| read(black_box(&case.text)).asks_about_order())
        .collect();
    let elapsed = start.elapsed();

    let mut by_part: BTreeMap<&Part, Vec<(bool, bool)>> = BTreeMap::new();
    for (case, got) in cases.iter().zip(&read_as_wismo) {
        let part = by_part.entry(&case.part).or_default();
        part.push((case.is_wismo, *got));
    }
    let wrong = cases
        .iter()
        .zip(&read_as_wismo)
        .filter(|(case, got)| case.is_wismo != **got && case.part.split != HELD_OUT)
        .take(errors);
    WismoReport {
        figures: WismoFigures::of(by_part.values().flatten().copied()),
        ns_per_message: if cases.is_empty() {
            0.0
        } else {
            elapsed.as_nanos() as f64 / cases.len() as f64
        },
        errors: (errors > 0).then(|| {
            wrong
                .map(|(case, got)| WismoError {
                    text: case.text.clone(),
                    expected: label(case.is_wismo),
                    got: label(*got),
                })
                .collect()
        }),
        parts: if by_part.len() < 2 {
            Vec::new()
        } else {
            let parts = by_part.into_iter();
            parts
                .map(|(part, readings)| WismoPart {
                    part: part.clone(),
                    figures: WismoFigures::of(readings.into_iter()),
                })
                .collect()
        },
    }
}

impl WismoReport {
    /// What falls below its floor, one line each. A floor without its part is told as well.
    pub fn below(&self, floors: &[WismoFloor]) -> Vec<String> {
        let mut below = Vec::new();
        for floor in floors {
            let WismoFloor {
                language, split, ..
            } = floor;
            let part = self
                .parts
                .iter()
                .find(|part| part.part.language == *language && part.part.split == *split);
            let Some(WismoPart { figures, .. }) = part else {
                below.push(format!("{language} {split}: no messages"));
                continue;
            };
            for (what, got, least) in [
                ("precision", figures.precision, floor.precision),
                ("recall", figures.recall, floor.recall),
            ] {
                if got < least {
                    below.push(format!("{language} {split}: {what} {got:.3} < {least:.3}"));
                }
            }
        }
        below
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

    fn case(text: &str, is_wismo: bool, language: &str, split: &str) -> WismoCase {
        WismoCase {
            text: text.to_owned(),
            is_wismo,
            part: Part {
                language: language.to_owned(),
                split: split.to_owned(),
            },
        }
    }

    #[test]
    fn counts_and_examples() {
        let cases = [
            case("where is my order", true, "", ""),
            case("hello", false, "", ""),
            case("where is my order?", false, "", ""),
            case("hi", true, "", ""),
        ];
        let report = evaluate(&cases, 1);
        let WismoFigures {
            n,
            true_positives,
            false_positives,
            false_negatives,
            precision,
            recall,
            f1,
        } = report.figures;
        assert_eq!(
            (n, true_positives, false_positives, false_negatives),
            (4, 1, 1, 1)
        );
        assert_eq!((precision, recall, f1), (0.5, 0.5, 0.5));
        assert!(report.parts.is_empty(), "there is but one");
        let errors = report.errors.expect("asked for");
        assert_eq!(
            errors,
            [WismoError {
                text: cases[2].text.clone(),
                expected: "other",
                got: "wismo"
            }]
        );
    }

    #[test]
    fn a_wish_for_a_person_is_no_question_about_an_order() {
        let asks = case("a human please, where is my order", false, "en", "tuned");
        assert_eq!(evaluate(&[asks], 0).figures.false_positives, 0);
    }

    #[test]
    fn parts_have_figures_and_floors_of_their_own() {
        let cases = [
            case("where is my order", true, "en", "tuned"),
            case("hi", true, "en", HELD_OUT),
            case("wo ist mein paket", true, "de", HELD_OUT),
        ];
        let report = evaluate(&cases, 9);
        assert_eq!(
            report.errors.as_deref(),
            Some(&[][..]),
            "held out is never shown"
        );
        let floor = |language: &str, split: &str, recall| WismoFloor {
            language: language.to_owned(),
            split: split.to_owned(),
            precision: 1.0,
            recall,
        };
        assert!(report.below(&[floor("de", HELD_OUT, 1.0)]).is_empty());
        assert_eq!(
            report.below(&[
                floor("en", "tuned", 1.0),
                floor("en", HELD_OUT, 0.5),
                floor("fr", "tuned", 0.0),
            ]),
            ["en held_out: recall 0.000 < 0.500", "fr tuned: no messages"]
        );
    }

    #[test]
    fn empty_set() {
        let report = evaluate(&[], 0);
        let figures = report.figures;
        assert_eq!(
            (figures.n, figures.precision, figures.recall, report.errors),
            (0, 1.0, 1.0, None)
        );
    }
}
