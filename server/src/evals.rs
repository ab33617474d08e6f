//! `shopdesk eval`: the shipped engine on labelled cases.

use backend::ai::{
    retrieval::{self, Embedder},
    sentiment::{self, Sentiment},
    wismo::{
        self,
        eval::{Part, WismoCase, WismoFloor, WismoReport},
        explain::Explanation,
    },
};
use serde::{Deserialize, Serialize};
use std::{error::Error, fs, path::Path};

/// A labelled text.
#[derive(Debug, Deserialize)]
struct Labelled {
    text: String,
    expected: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    split: String,
}

/// A message with how it sounds.
#[derive(Debug, Deserialize)]
struct Sounding {
    text: String,
    expected: String,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    part: Option<String>,
}

/// A labelled question for the FAQ.
#[derive(Debug, Deserialize)]
struct Query {
    text: String,
    expected_id: Option<String>,
}

/// Measures the order question's rules on a CSV with columns `text,expected` and, if the set has
/// parts, `language,split`.
///
/// # Errors
/// If the file can't be read or holds an unknown label.
pub fn wismo(file: &Path, errors: usize) -> Result<WismoReport, Box<dyn Error + Send + Sync>> {
    let cases = read_rows::<Labelled>(file)?
        .into_iter()
        .map(|row| {
            let is_wismo = match row.expected.as_str() {
                "wismo" => true,
                "other" => false,
                unknown => {
                    return Err(format!(
                        "expected is “{unknown}”; it must be wismo or other"
                    ));
                }
            };
            Ok(WismoCase {
                text: row.text,
                is_wismo,
                part: Part {
                    language: row.language,
                    split: row.split,
                },
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(wismo::eval::evaluate(&cases, errors))
}

/// Says what of a report falls below the floors in a CSV with columns
/// `language,split,precision,recall`; empty if nothing does.
///
/// # Errors
/// If the file can't be read.
pub fn below_floors(
    report: &WismoReport,
    floors: &Path,
) -> Result<Vec<String>, Box<dyn Error + Send + Sync>> {
    Ok(report.below(&read_rows::<WismoFloor>(floors)?))
}

/// Says how the order question's rules read a message.
pub fn explain_wismo(message: &str) -> Explanation {
    wismo::explain(message)
}

/// Measures FAQ answers in quote mode on a CSV with columns `text,expected_id`.
///
/// # Errors
/// If a file can't be read.
pub fn faq(
    faq: &Path,
    queries: &Path,
    embedder: &Embedder,
    errors: usize,
) -> Result<impl Serialize, Box<dyn Error + Send + Sync>> {
    let faq_text =
        fs::read_to_string(faq).map_err(|error| format!("{}: {error}", faq.display()))?;
    let items: Vec<retrieval::eval::EvalItem> =
        serde_json::from_str(&faq_text).map_err(|error| format!("{}: {error}", faq.display()))?;
    let queries: Vec<(String, Option<String>)> = read_rows::<Query>(queries)?
        .into_iter()
        .map(|query| (query.text, query.expected_id.filter(|id| !id.is_empty())))
        .collect();
    let embedder = embedder.probe().is_ok().then_some(embedder);
    Ok(retrieval::eval::evaluate(
        &items, &queries, embedder, errors,
    ))
}

/// Measures the judgement of how shoppers sound on a CSV with columns `text,expected`, and
/// `language,part` if it has them.
///
/// # Errors
/// If the file can't be read or holds an unknown label.
pub fn sentiment(
    file: &Path,
    embedder: &Embedder,
    errors: usize,
) -> Result<impl Serialize, Box<dyn Error + Send + Sync>> {
    let rows = sounding(file)?;
    Ok(sentiment::evaluate(&rows, Some(embedder), errors))
}

/// The weights for such a file.
///
/// # Errors
/// If the file can't be read or holds an unknown label, or there is no embedding model.
pub fn train_sentiment(
    file: &Path,
    embedder: &Embedder,
) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let weights = sentiment::train(&sounding(file)?, embedder);
    weights.map_err(|reason| reason.to_string().into())
}

fn sounding(file: &Path) -> Result<Vec<sentiment::Row>, Box<dyn Error + Send + Sync>> {
    let read = |row: Sounding| {
        let expected = Sentiment::from_word(&row.expected).ok_or_else(|| {
            let unknown = &row.expected;
            format!("expected is “{unknown}”; it must be positive, neutral or negative")
        })?;
        Ok(sentiment::Row {
            text: row.text,
            expected,
            language: row.language,
            held_out: row.part.as_deref() == Some("held-out"),
        })
    };
    read_rows(file)?.into_iter().map(read).collect()
}

fn read_rows<T: for<'de> Deserialize<'de>>(
    file: &Path,
) -> Result<Vec<T>, Box<dyn Error + Send + Sync>> {
    let named = |error: csv::Error| format!("{}: {error}", file.display());
    let mut reader = csv::Reader::from_path(file).map_err(named)?;
    let rows = reader
        .deserialize()
        .collect::<Result<Vec<T>, _>>()
        .map_err(named)?;
    Ok(rows)
}
