//! Measures the judgement on labelled texts: what `shopdesk eval sentiment` prints.

use super::judge::{judge, vectors};
use crate::ai::retrieval::Embedder;
use domain::sentiment::Sentiment;
use serde::Serialize;
use std::{collections::BTreeMap, time::Instant};

/// A labelled text.
pub struct Row {
    pub text: String,
    pub expected: Sentiment,
    /// Of which language it is, if that is known.
    pub language: Option<String>,
    /// Whether the weights were found without it.
    pub held_out: bool,
}

/// How well some texts are judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Texts judged.
    pub n: usize,
    /// Rightly judged, as a share.
    pub accuracy: f64,
    /// Of the three classes' F1 the mean.
    pub macro_f1: f64,
    /// Of each class: right of those judged so, and found of those that are so.
    pub precision: BTreeMap<&'static str, f64>,
    pub recall: BTreeMap<&'static str, f64>,
    /// Of the negative ones those called positive, as a share.
    pub negative_called_positive: f64,
    /// Texts that would call a person, and those of them that aren't negative.
    pub anger: usize,
    pub anger_mistaken: usize,
}

/// All figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    #[serde(flatten)]
    pub all: Figures,
    /// The same of those that the weights were found without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_out: Option<Figures>,
    /// The same by language; of the held-out ones, where there are any.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub languages: BTreeMap<String, Figures>,
    /// `false` if the embedding model isn't there, or is another one: words alone decided.
    pub with_model: bool,
    /// Time for one text in microseconds, averaged, its embedding included.
    pub us_per_message: f64,
    /// The first texts that were judged wrongly, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<Mistake>>,
}

/// A text that was judged wrongly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mistake {
    pub text: String,
    pub expected: Sentiment,
    pub got: Sentiment,
}

/// Judges every row and counts. `errors` is the most mistakes to list; 0 leaves the list out.
/// None of the held-out ones is listed: who has seen them would tune for them.
#[must_use]
pub fn evaluate(rows: &[Row], embedder: Option<&Embedder>, errors: usize) -> Report {
    // Weights and model are loaded on first use: not part of a text's time.
    let _ = judge(&["Hello"], embedder);
    let start = Instant::now();
    let judged: Vec<_> = rows
        .iter()
        .flat_map(|row| judge(&[&row.text], embedder))
        .collect();
    let elapsed = start.elapsed();
    let told: Vec<_> = rows.iter().zip(&judged).collect();
    let figures = |fits: &dyn Fn(&Row) -> bool| {
        let told: Vec<_> = told.iter().filter(|(row, _)| fits(row)).collect();
        let pairs: Vec<_> = told
            .iter()
            .map(|(row, judged)| (row.expected, judged.sentiment))
            .collect();
        let angry = told.iter().filter(|(_, judged)| judged.is_strong_anger());
        let mistaken = angry
            .clone()
            .filter(|(row, _)| row.expected != Sentiment::Negative);
        Figures {
            anger: angry.clone().count(),
            anger_mistaken: mistaken.count(),
            ..Figures::of(&pairs)
        }
    };
    let has_held_out = rows.iter().any(|row| row.held_out);
    let mut languages = BTreeMap::new();
    for language in rows.iter().filter_map(|row| row.language.as_deref()) {
        if !languages.contains_key(language) {
            let fits = |row: &Row| {
                row.language.as_deref() == Some(language) && (row.held_out || !has_held_out)
            };
            languages.insert(language.to_owned(), figures(&fits));
        }
    }
    let wrong = told
        .iter()
        .filter(|(row, judged)| row.expected != judged.sentiment && !row.held_out)
        .map(|(row, judged)| Mistake {
            text: row.text.clone(),
            expected: row.expected,
            got: judged.sentiment,
        });
    Report {
        all: figures(&|_| true),
        held_out: has_held_out.then(|| figures(&|row| row.held_out)),
        languages,
        with_model: embedder.is_some_and(|embedder| vectors(&["Hello"], embedder).is_some()),
        us_per_message: elapsed.as_secs_f64() * 1e6 / count(rows.len().max(1)),
        errors: (errors > 0).then(|| wrong.take(errors).collect()),
    }
}

impl Figures {
    fn of(pairs: &[(Sentiment, Sentiment)]) -> Self {
        let number = |expected: Option<Sentiment>, got: Option<Sentiment>| {
            let fits = |pair: &&(Sentiment, Sentiment)| {
                expected.is_none_or(|one| one == pair.0) && got.is_none_or(|one| one == pair.1)
            };
            count(pairs.iter().filter(fits).count())
        };
        let share = |part: f64, all: f64| if all > 0.0 { part / all } else { 0.0 };
        let (mut precision, mut recall, mut f1) = (BTreeMap::new(), BTreeMap::new(), 0.0);
        let mut right = 0.0;
        for one in Sentiment::EACH {
            let hits = number(Some(one), Some(one));
            let (is, called) = (number(Some(one), None), number(None, Some(one)));
            right += hits;
            precision.insert(one.as_str(), share(hits, called));
            recall.insert(one.as_str(), share(hits, is));
            f1 += share(2.0 * hits, is + called);
        }
        let mistaken = number(Some(Sentiment::Negative), Some(Sentiment::Positive));
        Self {
            n: pairs.len(),
            accuracy: share(right, count(pairs.len())),
            macro_f1: f1 / count(Sentiment::EACH.len()),
            precision,
            recall,
            negative_called_positive: share(mistaken, number(Some(Sentiment::Negative), None)),
            anger: 0,
            anger_mistaken: 0,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of texts")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_count_what_they_say() {
        use Sentiment::{Negative, Neutral, Positive};
        let figures = Figures::of(&[
            (Negative, Negative),
            (Negative, Positive),
            (Neutral, Neutral),
            (Positive, Positive),
        ]);
        assert!((figures.accuracy - 0.75).abs() < 1e-9);
        assert!((figures.recall["negative"] - 0.5).abs() < 1e-9);
        assert!((figures.precision["positive"] - 0.5).abs() < 1e-9);
        assert!((figures.negative_called_positive - 0.5).abs() < 1e-9);
        let f1 = (2.0 / 3.0 + 1.0 + 2.0 / 3.0) / 3.0;
        assert!((figures.macro_f1 - f1).abs() < 1e-9);
    }
}
