//! `shopdesk eval`: the shipped engine on labelled cases.

use backend::ai::{
    retrieval::{self, Embedder},
    wismo,
};
use serde::{Deserialize, Serialize};
use std::{error::Error, fs, path::Path};

/// A labelled text.
#[derive(Debug, Deserialize)]
struct Labelled {
    text: String,
    expected: String,
}

/// A labelled question for the FAQ.
#[derive(Debug, Deserialize)]
struct Query {
    text: String,
    expected_id: Option<String>,
}

/// Measures the order question's rules on a CSV with columns `text,expected`.
///
/// # Errors
/// If the file can't be read or holds an unknown label.
pub fn wismo(file: &Path, errors: usize) -> Result<impl Serialize, Box<dyn Error + Send + Sync>> {
    let rows = read::<Labelled>(file)?
        .into_iter()
        .map(|row| match row.expected.as_str() {
            "wismo" => Ok((row.text, true)),
            "other" => Ok((row.text, false)),
            unknown => Err(format!(
                "expected is “{unknown}”; it must be wismo or other"
            )),
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(wismo::eval::evaluate(&rows, errors))
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
    let queries: Vec<(String, Option<String>)> = read::<Query>(queries)?
        .into_iter()
        .map(|query| (query.text, query.expected_id.filter(|id| !id.is_empty())))
        .collect();
    let embedder = embedder.probe().is_ok().then_some(embedder);
    Ok(retrieval::eval::evaluate(
        &items, &queries, embedder, errors,
    ))
}

fn read<T: for<'de> Deserialize<'de>>(file: &Path) -> Result<Vec<T>, Box<dyn Error + Send + Sync>> {
    let named = |error: csv::Error| format!("{}: {error}", file.display());
    let mut reader = csv::Reader::from_path(file).map_err(named)?;
    let rows = reader
        .deserialize()
        .collect::<Result<Vec<T>, _>>()
        .map_err(named)?;
    Ok(rows)
}
