//! Measures retrieval on labelled questions, exactly as production runs it.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::{
    decision::{Decision, answer},
    embedder::Embedder,
    index::{FaqEntry, FaqIndex, texts_to_embed},
};

/// Hits asked for; items further back count as not found.
const DEPTH: usize = 10;

/// One FAQ item of an evaluation file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct EvalItem {
    pub id: String,
    pub question: String,
    pub answer: String,
    #[serde(default)]
    pub variants: Vec<String>,
}

/// How well a FAQ answers labelled questions in quote mode. Shares are 0..=1;
/// a share of nothing is 0.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FaqReport {
    /// Questions asked.
    pub n: usize,
    /// Of those, with an item that answers them.
    pub in_scope: usize,
    /// Did meaning take part, or words alone?
    pub with_model: bool,
    /// Share of in-scope questions whose item ranks first.
    pub top1: f64,
    /// Share of in-scope questions whose item is among the first three.
    pub top3: f64,
    /// Mean of 1/rank over in-scope questions (0 when not found).
    pub mrr: f64,
    /// Share of in-scope questions that get an answer, right or wrong.
    pub in_scope_answered: f64,
    /// Share of the answered in-scope questions whose answer is the right item's.
    pub answered_correct: f64,
    /// Share of out-of-scope questions that get an answer. Each is one too many.
    pub out_of_scope_answered: f64,
    /// Mean time of one question, embedding included, in milliseconds.
    pub ms_per_query: f64,
    /// Examples of what went wrong, as many as asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<EvalError>,
}

/// One question that was not handled as labelled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvalError {
    pub text: String,
    /// The right item; `None` = silence would be right.
    pub expected: Option<String>,
    /// The item answered with; `None` = stayed silent.
    pub answered: Option<String>,
    /// The best item's confidence.
    pub score: f32,
}

/// Asks every query `(text, id of the right item)` of the FAQ. Blocking. An
/// embedder that fails is left out, as in production. At most `errors`
/// examples are given.
pub fn evaluate(
    faq: &[EvalItem],
    queries: &[(String, Option<String>)],
    embedder: Option<&Embedder>,
    errors: usize,
) -> FaqReport {
    let vectors = embedder.and_then(|embedder| embed_all(faq, embedder));
    let embedder = embedder.filter(|_| vectors.is_some());
    let mut vectors = vectors.unwrap_or_default().into_iter();
    let index = FaqIndex::build(
        faq.iter()
            .map(|item| FaqEntry {
                id: item.id.clone(),
                question: item.question.clone(),
                answer: item.answer.clone(),
                variants: item.variants.clone(),
                vectors: vectors.next().unwrap_or_default(),
            })
            .collect(),
    );

    let mut tally = Tally::default();
    let mut examples = Vec::new();
    let started = Instant::now();
    for (text, expected) in queries {
        let (hits, decision) = answer(&index, text, embedder, DEPTH);
        let answered = match decision {
            Decision::Exact(hit) => Some(hit.id),
            Decision::Relevant(hits) => hits.into_iter().next().map(|hit| hit.id),
            Decision::Silent { .. } => None,
        };
        if let Some(expected) = expected {
            let rank = hits.iter().position(|hit| hit.id == *expected);
            tally.in_scope(
                rank,
                answered.is_some(),
                answered.as_ref() == Some(expected),
            );
        } else {
            tally.out_of_scope(answered.is_some());
        }
        if answered != *expected && examples.len() < errors {
            examples.push(EvalError {
                text: text.clone(),
                expected: expected.clone(),
                answered,
                score: hits.first().map_or(0.0, |hit| hit.score),
            });
        }
    }
    let milliseconds = started.elapsed().as_secs_f64() * 1_000.0;
    FaqReport {
        n: queries.len(),
        in_scope: tally.in_scope,
        with_model: embedder.is_some(),
        top1: share(tally.first, tally.in_scope),
        top3: share(tally.among_three, tally.in_scope),
        mrr: if tally.in_scope == 0 {
            0.0
        } else {
            tally.reciprocal / tally.in_scope as f64
        },
        in_scope_answered: share(tally.answered, tally.in_scope),
        answered_correct: share(tally.correct, tally.answered),
        out_of_scope_answered: share(tally.too_many, tally.out_of_scope),
        ms_per_query: milliseconds / queries.len().max(1) as f64,
        errors: examples,
    }
}

fn embed_all(faq: &[EvalItem], embedder: &Embedder) -> Option<Vec<Vec<Vec<f32>>>> {
    faq.iter()
        .map(|item| {
            let texts = texts_to_embed(&item.question, &item.answer, &item.variants);
            embedder
                .embed(&texts.iter().map(String::as_str).collect::<Vec<_>>())
                .ok()
        })
        .collect()
}

#[derive(Default)]
struct Tally {
    in_scope: usize,
    out_of_scope: usize,
    first: usize,
    among_three: usize,
    reciprocal: f64,
    answered: usize,
    correct: usize,
    too_many: usize,
}

impl Tally {
    fn in_scope(&mut self, rank: Option<usize>, answered: bool, correct: bool) {
        self.in_scope += 1;
        if let Some(rank) = rank {
            self.first += usize::from(rank == 0);
            self.among_three += usize::from(rank < 3);
            self.reciprocal += 1.0 / (rank + 1) as f64;
        }
        self.answered += usize::from(answered);
        self.correct += usize::from(correct);
    }

    fn out_of_scope(&mut self, answered: bool) {
        self.out_of_scope += 1;
        self.too_many += usize::from(answered);
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    /// Floors for one set of labelled questions: (in_scope_answered,
    /// answered_correct, and at most out_of_scope_answered).
    struct Floors(f64, f64, f64);

    fn evals(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../evals")
            .join(name)
    }

    fn faq(name: &str) -> Vec<EvalItem> {
        let text = std::fs::read_to_string(evals(name)).expect("the FAQ is there");
        serde_json::from_str(&text).expect("the FAQ is as documented")
    }

    /// The demo shop's FAQ; its questions are its ids.
    fn demo_faq() -> Vec<EvalItem> {
        let text = include_str!("../../demo/faq.json");
        let categories: Vec<serde_json::Value> = serde_json::from_str(text).expect("demo FAQ");
        let items = categories
            .iter()
            .filter_map(|category| category["items"].as_array())
            .flatten();
        items
            .map(|item| {
                let mut item = item.clone();
                item["id"] = item["question"].clone();
                serde_json::from_value(item).expect("a demo FAQ item")
            })
            .collect()
    }

    fn queries(name: &str) -> Vec<(String, Option<String>)> {
        let mut reader = csv::Reader::from_path(evals(name)).expect("the queries are there");
        reader
            .records()
            .map(|record| {
                let record = record.expect("a CSV row");
                (
                    record[0].to_owned(),
                    Some(record[1].to_owned()).filter(|id| !id.is_empty()),
                )
            })
            .collect()
    }

    fn embedder() -> Option<Embedder> {
        let Some(dir) = std::env::var_os("EMBEDDING_MODEL_DIR") else {
            eprintln!("EMBEDDING_MODEL_DIR is not set: run by words alone, without the model");
            return None;
        };
        let embedder = Embedder::from_dir(Path::new(&dir), None);
        embedder
            .probe()
            .expect("EMBEDDING_MODEL_DIR and ORT_DYLIB_PATH name usable files");
        Some(embedder)
    }

    fn check(
        faq: &[EvalItem],
        queries_file: &str,
        embedder: Option<&Embedder>,
        Floors(answered, correct, too_many): Floors,
    ) {
        let queries = queries(queries_file);
        for (_, expected) in &queries {
            let known = |id: &String| faq.iter().any(|item| item.id == *id);
            assert!(
                expected.as_ref().is_none_or(known),
                "{expected:?} is not in the FAQ"
            );
        }
        let report = evaluate(faq, &queries, embedder, 0);
        assert_eq!(report.with_model, embedder.is_some());
        assert!(
            report.in_scope_answered >= answered,
            "{queries_file}: {report:?}"
        );
        assert!(
            report.answered_correct >= correct,
            "{queries_file}: {report:?}"
        );
        assert!(
            report.out_of_scope_answered <= too_many,
            "{queries_file}: {report:?}"
        );
    }

    #[test]
    fn words_alone_keep_their_floors() {
        check(
            &faq("faq.json"),
            "faq_queries.csv",
            None,
            Floors(0.75, 0.86, 0.10),
        );
        check(
            &faq("faq_second.json"),
            "faq_second_queries.csv",
            None,
            Floors(0.58, 0.84, 0.08),
        );
        check(
            &demo_faq(),
            "faq_demo_queries.csv",
            None,
            Floors(0.70, 0.84, 0.08),
        );
    }

    #[test]
    fn the_model_keeps_its_floors() {
        let Some(embedder) = embedder() else { return };
        let embedder = Some(&embedder);
        check(
            &faq("faq.json"),
            "faq_queries.csv",
            embedder,
            Floors(0.87, 0.90, 0.09),
        );
        check(
            &faq("faq_second.json"),
            "faq_second_queries.csv",
            embedder,
            Floors(0.74, 0.86, 0.05),
        );
        check(
            &demo_faq(),
            "faq_demo_queries.csv",
            embedder,
            Floors(0.82, 0.90, 0.10),
        );
    }

    #[test]
    fn the_demo_finds_the_returns_answer() {
        let queries = vec![(
            "how do i send something back??".to_owned(),
            Some("How do I return an item?".to_owned()),
        )];
        let embedder = embedder();
        for embedder in [None, embedder.as_ref()] {
            assert_eq!(
                evaluate(&demo_faq(), &queries, embedder, 1).answered_correct,
                1.0
            );
        }
    }

    #[test]
    fn reports_count_as_documented() {
        let faq = vec![EvalItem {
            id: "return".to_owned(),
            question: "How do I return an item?".to_owned(),
            answer: "Print a label.".to_owned(),
            variants: Vec::new(),
        }];
        let asks = |text: &str, id: Option<&str>| (text.to_owned(), id.map(str::to_owned));
        let queries = [
            asks("return an item", Some("return")),
            asks("hello", Some("return")),
            asks("hi", None),
        ];
        let report = evaluate(&faq, &queries, None, 5);
        assert_eq!((report.n, report.in_scope), (3, 2));
        assert_eq!(
            (report.top1, report.mrr, report.in_scope_answered),
            (0.5, 0.5, 0.5)
        );
        assert_eq!(
            (report.answered_correct, report.out_of_scope_answered),
            (1.0, 0.0)
        );
        assert_eq!(report.errors.len(), 1);
        assert_eq!(evaluate(&[], &[], None, 5).top1, 0.0);
    }
}
