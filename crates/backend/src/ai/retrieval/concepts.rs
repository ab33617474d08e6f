//! Terms: what is counted when texts are compared by their words.
//!
//! A term is a word stem or, where the text says something every shop knows
//! by many names (“send it back”, “money back”, “coupon”), the concept of
//! `concepts.txt`. Concepts let word search find “How do I return an item?”
//! for “how do i send something back??” without any model.

use std::{collections::HashMap, sync::LazyLock};

use super::text::{is_stop_word, is_weak_stem, stem, words};

/// How many words `~` may stand for at most.
const MAX_GAP: usize = 3;

/// One counted piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// Word stem, or `§name` of a concept.
    pub key: String,
    /// How much the term says about what is asked, 0..=1.
    pub weight: f32,
    /// Is it a topic that an item must have to be an answer?
    pub is_topic: bool,
}

impl Term {
    /// Is it a concept rather than a word?
    pub fn is_concept(&self) -> bool {
        self.key.starts_with('§')
    }

    /// Does it say something about the topic (is it no everyday word)?
    pub fn is_strong(&self) -> bool {
        self.weight > WEAK
    }
}

/// A concept tells most: it is what the shopper wants.
const CONCEPT: f32 = 1.0;
/// Other words mostly name goods: “boots” alone doesn't tell what is asked about them.
const WORD: f32 = 0.6;
const WEAK: f32 = 0.25;

struct Concept {
    key: String,
    weight: f32,
    is_topic: bool,
}

struct Phrase {
    /// Stems after the first; `None` = up to [`MAX_GAP`] words.
    rest: Vec<Option<String>>,
    concept: usize,
}

struct Lexicon {
    concepts: Vec<Concept>,
    /// Phrases by their first stem, the longest first.
    phrases: HashMap<String, Vec<Phrase>>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::parse(include_str!("concepts.txt")));

/// The terms of a text in order, repeated ones included. Stop words are left out.
pub fn terms(text: &str) -> Vec<Term> {
    let words = words(text);
    let stems: Vec<String> = words.iter().map(|word| stem(word)).collect();
    let mut used = vec![false; stems.len()];
    let mut terms = Vec::new();
    for at in 0..stems.len() {
        if used[at] {
            continue;
        }
        if let Some(concept) = LEXICON.match_at(&stems, at, &mut used) {
            terms.push(Term {
                key: concept.key.clone(),
                weight: concept.weight,
                is_topic: concept.is_topic,
            });
        } else if !is_stop_word(&words[at]) {
            let weight = if is_weak_stem(&stems[at]) { WEAK } else { WORD };
            terms.push(Term {
                key: stems[at].clone(),
                weight,
                is_topic: false,
            });
        }
    }
    terms
}

/// Every single word that occurs in the built-in phrases, as written there.
pub fn lexicon_words() -> impl Iterator<Item = String> {
    include_str!("concepts.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(':'))
        .flat_map(|(_, phrases)| words(phrases))
}

impl Lexicon {
    fn parse(file: &str) -> Self {
        let mut concepts = Vec::new();
        let mut phrases: HashMap<String, Vec<Phrase>> = HashMap::new();
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            let Some((name, list)) = line.split_once(':') else {
                continue;
            };
            let weight = if name.ends_with('*') { WEAK } else { CONCEPT };
            let is_topic = name.ends_with('!');
            let name = name.trim_end_matches(['*', '!']);
            for phrase in list.split(',') {
                let mut stems = phrase.split_whitespace().flat_map(|part| match part {
                    "~" => vec![None],
                    part => words(part).iter().map(|word| Some(stem(word))).collect(),
                });
                if let Some(Some(first)) = stems.next() {
                    let rest = stems.collect();
                    phrases.entry(first).or_default().push(Phrase {
                        rest,
                        concept: concepts.len(),
                    });
                }
            }
            concepts.push(Concept {
                key: format!("§{name}"),
                weight,
                is_topic,
            });
        }
        for list in phrases.values_mut() {
            list.sort_by_key(|phrase| std::cmp::Reverse(phrase.rest.len()));
        }
        Self { concepts, phrases }
    }

    /// The concept whose phrase starts at `at`; its words are marked as used.
    fn match_at(&self, stems: &[String], at: usize, used: &mut [bool]) -> Option<&Concept> {
        self.phrases.get(&stems[at])?.iter().find_map(|phrase| {
            let mut matched = vec![at];
            let mut next = at + 1;
            let mut gap = 0;
            for part in &phrase.rest {
                let Some(wanted) = part else {
                    gap = MAX_GAP;
                    continue;
                };
                let found = (next..stems.len().min(next + gap + 1))
                    .find(|&i| stems[i] == *wanted && !used[i])?;
                matched.push(found);
                next = found + 1;
                gap = 0;
            }
            for i in matched {
                used[i] = true;
            }
            Some(&self.concepts[phrase.concept])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        terms(text).into_iter().map(|term| term.key).collect()
    }

    #[test]
    fn many_ways_of_saying_it_are_one_concept() {
        for text in [
            "how do i send something back??",
            "can I bring this back",
            "RETURNS",
        ] {
            assert!(
                keys(text).contains(&"§return".to_owned()),
                "{text}: {:?}",
                keys(text)
            );
        }
        assert_eq!(keys("Do you sell gift cards?"), ["sell", "§giftcard"]);
        assert_eq!(keys("Can I get my money back?"), ["§refund"]);
    }

    #[test]
    fn a_gap_is_limited_and_its_words_still_count() {
        assert_eq!(keys("send my grinder back"), ["§return", "grinder"]);
        assert!(!keys("send one two three four five back").contains(&"§return".to_owned()));
    }

    #[test]
    fn filler_and_greetings_have_no_terms() {
        for text in [
            "hello",
            "Thanks a lot, bye!",
            "ok",
            "👍",
            "",
            "could you please help me",
        ] {
            assert_eq!(keys(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn everyday_words_weigh_little() {
        let terms = terms("my friend likes bitcoin");
        let weight = |key: &str| {
            terms
                .iter()
                .find(|term| term.key == key)
                .map(|term| term.weight)
        };
        assert_eq!(weight("friend"), Some(WEAK));
        assert_eq!(weight("§crypto"), Some(CONCEPT));
    }
}
