//! Replies that a real Medusa 2.21 has given. `scripts/medusa_samples.py` copies them, word
//! for word.

use serde_json::Value;
use std::{fs, path::PathBuf};

/// One of them.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Its file, without the ending.
    pub name: String,
    /// What was asked for: path and query.
    pub path: String,
    pub status: u16,
    pub body: Value,
}

/// All of them.
pub fn samples() -> Vec<Sample> {
    let files = fs::read_dir(folder()).expect("the folder of samples");
    let mut names: Vec<_> = files
        .map(|file| file.expect("a file").path())
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names.iter().map(|name| sample(name)).collect()
}

/// The one of this name.
pub fn sample(name: &str) -> Sample {
    let text = fs::read_to_string(folder().join(format!("{name}.json"))).expect("a sample");
    let json: Value = serde_json::from_str(&text).expect("JSON");
    let (request, response) = (&json["request"], &json["response"]);
    let status = response["status"].as_u64().expect("a status");
    Sample {
        name: name.to_owned(),
        path: request["path"].as_str().expect("a path").to_owned(),
        status: u16::try_from(status).expect("a status"),
        body: response["body"].clone(),
    }
}

/// The orders that were retrieved, in the order in which they were placed.
pub fn orders() -> Vec<Value> {
    let samples = samples().into_iter();
    let mut orders: Vec<_> = samples
        .filter_map(|sample| sample.body.get("order").cloned())
        .collect();
    orders.sort_by_key(|order| order["display_id"].as_u64());
    orders
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/door/shops/samples")
}
