//! BM25 over questions, variants and answers: an inverted index in memory.

use std::{collections::HashMap, sync::Arc};

use super::concepts::{Term, terms};

/// Saturation of repeated terms.
const K1: f32 = 1.2;
/// How much long texts are held back.
const B: f32 = 0.4;
/// What an occurrence counts in each field.
const QUESTION_WEIGHT: f32 = 2.0;
const VARIANT_WEIGHT: f32 = 1.6;
const ANSWER_WEIGHT: f32 = 1.0;
/// Answers are longer than questions; this many terms are held to be usual in an item.
const USUAL_LENGTH: f32 = 25.0;

/// Inverted index of one store's FAQ, by the items' numbers. A copy shares all
/// lists with its original until one of them changes.
#[derive(Debug, Clone, Default)]
pub struct Bm25 {
    /// How many items there are.
    items: usize,
    postings: HashMap<Arc<str>, Arc<Vec<Posting>>>,
    /// Distinct terms of each item's question, with their weights.
    question_terms: Vec<Arc<[Term]>>,
}

#[derive(Debug, Clone)]
struct Posting {
    item: u32,
    /// Saturated term frequency, 0..=1.
    gain: f32,
    in_question: bool,
}

/// The terms of a query, each once, with what the index knows of them.
#[derive(Debug)]
pub struct QueryTerms<'i> {
    terms: Vec<QueryTerm<'i>>,
    /// Sum of all `worth`.
    total: f32,
}

#[derive(Debug)]
struct QueryTerm<'i> {
    term: Term,
    /// Term weight × inverse document frequency, 0..=1.
    worth: f32,
    postings: &'i [Posting],
}

/// How the words of a query and of one item meet. Shares are 0..=1 of the query's worth.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Overlap {
    /// BM25 as a share of what an item made for this query would get.
    pub bm25: f32,
    /// Share found in the item's question or variants.
    pub in_question: f32,
    /// Share found anywhere in the item.
    pub in_item: f32,
    /// Share of strong terms that no item of this FAQ has.
    pub unknown: f32,
    /// Strong concepts of the query that the item hasn't.
    pub missing_concepts: f32,
    /// Topics of the query that the item hasn't.
    pub missing_topics: f32,
    /// Strong words of the query that the item hasn't.
    pub missing_words: f32,
    /// Share of the item's question that the query covers.
    pub covered: f32,
    /// Distinct strong terms in the query.
    pub strong_terms: f32,
}

impl Bm25 {
    /// Indexes an item under a number that is free.
    pub fn put(&mut self, item: usize, question: &str, variants: &[String], answer: &str) {
        let mut length = 0.0;
        let counts = count(question, variants, answer, &mut length);
        let held_back = K1 * (1.0 - B + B * length / USUAL_LENGTH);
        let number = item as u32;
        for (key, (frequency, in_question)) in counts {
            let postings = Arc::make_mut(self.postings.entry(key.into()).or_default());
            let at = postings.partition_point(|posting| posting.item < number);
            let posting = Posting {
                item: number,
                gain: frequency / (frequency + held_back),
                in_question,
            };
            postings.insert(at, posting);
        }
        if self.question_terms.len() <= item {
            self.question_terms.resize(item + 1, Arc::from([]));
        }
        self.question_terms[item] = distinct(terms(question)).into();
        self.items += 1;
    }

    /// Takes an item out; its texts are those that were put in.
    pub fn remove(&mut self, item: usize, question: &str, variants: &[String], answer: &str) {
        for key in count(question, variants, answer, &mut 0.0).into_keys() {
            let Some(postings) = self.postings.get_mut(key.as_str()) else {
                continue;
            };
            let postings = Arc::make_mut(postings);
            postings.retain(|posting| posting.item as usize != item);
            if postings.is_empty() {
                self.postings.remove(key.as_str());
            }
        }
        self.question_terms[item] = Arc::from([]);
        self.items -= 1;
    }

    /// Looks up the terms of a query text.
    pub fn query(&self, text: &str) -> QueryTerms<'_> {
        let terms: Vec<QueryTerm<'_>> = distinct(terms(text))
            .into_iter()
            .map(|term| {
                let postings = self.postings(&term.key);
                let worth = term.weight * self.rarity(postings.len());
                QueryTerm {
                    term,
                    worth,
                    postings,
                }
            })
            .collect();
        let total = terms.iter().map(|term| term.worth).sum();
        QueryTerms { terms, total }
    }

    /// BM25 of every number, as a share of the best that is possible for the query.
    pub fn scores(&self, query: &QueryTerms<'_>) -> Vec<f32> {
        let mut scores = vec![0.0; self.question_terms.len()];
        if query.total > 0.0 {
            for term in &query.terms {
                let worth = term.worth / query.total;
                for posting in term.postings {
                    scores[posting.item as usize] += worth * posting.gain;
                }
            }
        }
        scores
    }

    /// How query and item meet.
    pub fn overlap(&self, query: &QueryTerms<'_>, item: usize) -> Overlap {
        let mut overlap = Overlap::default();
        for QueryTerm {
            term,
            worth,
            postings,
        } in &query.terms
        {
            let share = if query.total > 0.0 {
                worth / query.total
            } else {
                0.0
            };
            let strong = term.is_strong();
            overlap.strong_terms += f32::from(u8::from(strong));
            match postings.binary_search_by_key(&(item as u32), |posting| posting.item) {
                Ok(at) => {
                    overlap.bm25 += share * postings[at].gain;
                    overlap.in_item += share;
                    if postings[at].in_question {
                        overlap.in_question += share;
                    }
                }
                Err(_) if strong => {
                    if postings.is_empty() {
                        overlap.unknown += share;
                    }
                    if term.is_topic {
                        overlap.missing_topics += 1.0;
                    }
                    if term.is_concept() {
                        overlap.missing_concepts += 1.0;
                    } else {
                        overlap.missing_words += 1.0;
                    }
                }
                Err(_) => {}
            }
        }
        let (mut all, mut covered) = (0.0, 0.0);
        for term in &*self.question_terms[item] {
            let worth = term.weight * self.rarity(self.postings(&term.key).len());
            all += worth;
            if query.terms.iter().any(|asked| asked.term.key == term.key) {
                covered += worth;
            }
        }
        overlap.covered = if all > 0.0 { covered / all } else { 0.0 };
        overlap
    }

    fn postings(&self, key: &str) -> &[Posting] {
        self.postings.get(key).map_or(&[], |postings| postings)
    }

    /// Inverse document frequency, 1 for a term that no item has.
    fn rarity(&self, items_with_term: usize) -> f32 {
        let idf = |df: f32| (1.0 + (self.items as f32 - df + 0.5) / (df + 0.5)).ln();
        idf(items_with_term as f32) / idf(0.0)
    }
}

impl QueryTerms<'_> {
    /// Does the query say anything that can be searched for?
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

/// The terms of an item: how often each occurs, weighed by where, and whether in
/// its question. Adds up their number in `length`.
fn count(
    question: &str,
    variants: &[String],
    answer: &str,
    length: &mut f32,
) -> HashMap<String, (f32, bool)> {
    let mut counts: HashMap<String, (f32, bool)> = HashMap::new();
    let mut add = |text: &str, weight: f32, in_question: bool| {
        let terms = terms(text);
        *length += terms.len() as f32;
        for term in terms {
            let entry = counts.entry(term.key).or_default();
            entry.0 += weight;
            entry.1 |= in_question;
        }
    };
    add(question, QUESTION_WEIGHT, true);
    for variant in variants {
        add(variant, VARIANT_WEIGHT, true);
    }
    add(answer, ANSWER_WEIGHT, false);
    counts
}

fn distinct(mut terms: Vec<Term>) -> Vec<Term> {
    terms.sort_by(|a, b| a.key.cmp(&b.key));
    terms.dedup_by(|a, b| a.key == b.key);
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Bm25 {
        let items = [
            (
                "How do I return an item?",
                "Print the label on the returns page.",
            ),
            ("How much is shipping?", "Standard shipping costs $4.90."),
            ("How do I wash linen?", "At 40 degrees on a gentle cycle."),
        ];
        let mut index = Bm25::default();
        for (at, (question, answer)) in items.iter().enumerate() {
            index.put(at, question, &[], answer);
        }
        index
    }

    fn best(text: &str) -> (usize, f32) {
        let index = index();
        let scores = index.scores(&index.query(text));
        let at = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        let at = at.expect("three items");
        (at, scores[at])
    }

    #[test]
    fn finds_by_word_stem_and_concept() {
        assert_eq!(best("send something back").0, 0);
        assert_eq!(best("postage").0, 1);
        assert_eq!(best("washing linens").0, 2);
        assert_eq!(best("bitcoin").1, 0.0);
        assert_eq!(best("").1, 0.0);
    }

    #[test]
    fn overlap_tells_what_is_missing() {
        let index = index();
        let query = index.query("wash linen with bitcoin and zebras");
        let overlap = index.overlap(&query, 2);
        assert_eq!(overlap.missing_concepts, 1.0);
        assert_eq!(overlap.missing_words, 1.0);
        assert_eq!(overlap.strong_terms, 4.0);
        assert!(
            overlap.unknown > 0.5 && overlap.in_question < 0.5,
            "{overlap:?}"
        );
        assert!(overlap.covered > 0.99, "{overlap:?}");
        let scores = index.scores(&query);
        assert!((scores[2] - overlap.bm25).abs() < 1e-6);
    }

    #[test]
    fn an_empty_index_finds_nothing() {
        let index = Bm25::default();
        let query = index.query("return");
        assert!(index.scores(&query).is_empty());
        assert!(!query.is_empty());
    }
}
