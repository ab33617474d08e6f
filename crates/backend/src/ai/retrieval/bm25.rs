//! BM25 over questions, variants and answers: an inverted index in memory.

use std::collections::HashMap;

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

/// Inverted index of one store's FAQ. Items are numbered in the order of [`Bm25::build`].
#[derive(Debug, Default)]
pub struct Bm25 {
    items: usize,
    postings: HashMap<String, Vec<Posting>>,
    /// Distinct terms of each item's question, with their weights.
    question_terms: Vec<Vec<Term>>,
}

#[derive(Debug)]
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
    /// Indexes `(question, variants, answer)` of every item.
    pub fn build<'t>(items: impl Iterator<Item = (&'t str, &'t [String], &'t str)>) -> Self {
        let mut index = Self::default();
        for (question, variants, answer) in items {
            index.add(question, variants, answer);
        }
        index
    }

    fn add(&mut self, question: &str, variants: &[String], answer: &str) {
        let mut counts: HashMap<String, (f32, bool)> = HashMap::new();
        let mut length = 0.0;
        let mut count = |text: &str, weight: f32, in_question: bool| {
            let terms = terms(text);
            length += terms.len() as f32;
            for term in terms {
                let entry = counts.entry(term.key).or_default();
                entry.0 += weight;
                entry.1 |= in_question;
            }
        };
        count(question, QUESTION_WEIGHT, true);
        for variant in variants {
            count(variant, VARIANT_WEIGHT, true);
        }
        count(answer, ANSWER_WEIGHT, false);

        let held_back = K1 * (1.0 - B + B * length / USUAL_LENGTH);
        let item = self.items as u32;
        for (key, (frequency, in_question)) in counts {
            let gain = frequency / (frequency + held_back);
            self.postings.entry(key).or_default().push(Posting {
                item,
                gain,
                in_question,
            });
        }
        self.question_terms.push(distinct(terms(question)));
        self.items += 1;
    }

    /// Looks up the terms of a query text.
    pub fn query(&self, text: &str) -> QueryTerms<'_> {
        let terms: Vec<QueryTerm<'_>> = distinct(terms(text))
            .into_iter()
            .map(|term| {
                let postings = self.postings.get(&term.key).map_or(&[][..], Vec::as_slice);
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

    /// BM25 of every item, as a share of the best that is possible for the query.
    pub fn scores(&self, query: &QueryTerms<'_>) -> Vec<f32> {
        let mut scores = vec![0.0; self.items];
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
        for term in &self.question_terms[item] {
            let postings = self.postings.get(&term.key).map_or(0, Vec::len);
            let worth = term.weight * self.rarity(postings);
            all += worth;
            if query.terms.iter().any(|asked| asked.term.key == term.key) {
                covered += worth;
            }
        }
        overlap.covered = if all > 0.0 { covered / all } else { 0.0 };
        overlap
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
        Bm25::build(items.iter().map(|(q, a)| (*q, &[][..], *a)))
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
        let index = Bm25::build(std::iter::empty());
        let query = index.query("return");
        assert!(index.scores(&query).is_empty());
        assert!(!query.is_empty());
    }
}
