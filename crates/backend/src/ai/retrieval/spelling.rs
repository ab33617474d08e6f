//! Typing errors: a word nobody knows is replaced by the nearest word of the
//! store's own FAQ or of the built-in lists.

use std::collections::{HashMap, HashSet};

use super::{
    concepts::lexicon_words,
    text::{is_listed_word, stem, words},
};

/// Shorter words are left alone: too many real words are one letter apart.
const MIN_LENGTH: usize = 4;
/// Up to this length only a missing or a swapped letter is forgiven: “codec” is
/// neither “code” nor “codes”.
const SHORT_LENGTH: usize = 5;
/// From this length on two errors are forgiven.
const TWO_ERRORS_LENGTH: usize = 8;

/// The words of one store's FAQ and of the built-in phrases, by first letter.
#[derive(Debug, Default)]
pub struct Spelling {
    /// First letter → (word, occurrences).
    by_letter: HashMap<char, Vec<(String, u32)>>,
    stems: HashSet<String>,
}

impl Spelling {
    /// Learns every word of `texts`, and those of the built-in lists.
    pub fn learn<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let mut counts: HashMap<String, u32> = HashMap::new();
        for word in lexicon_words().chain(texts.flat_map(words)) {
            *counts.entry(word).or_default() += 1;
        }
        let stems = counts.keys().map(|word| stem(word)).collect();
        let mut by_letter: HashMap<char, Vec<(String, u32)>> = HashMap::new();
        for (word, count) in counts {
            if let Some(letter) = word.chars().next() {
                by_letter.entry(letter).or_default().push((word, count));
            }
        }
        for list in by_letter.values_mut() {
            list.sort();
        }
        Self { by_letter, stems }
    }

    /// Does the word, in any of its forms, occur in what was learned or in the built-in lists?
    pub fn knows(&self, word: &str) -> bool {
        is_listed_word(word) || self.stems.contains(&stem(word))
    }

    /// The nearest known word for one that is not known, with the same first
    /// letter; `is_real_word` (the model's vocabulary, where there is one)
    /// protects words that the shop doesn't use but that are right.
    pub fn correct(&self, word: &str, is_real_word: impl Fn(&str) -> bool) -> Option<String> {
        let letters: Vec<char> = word.chars().collect();
        if letters.len() < MIN_LENGTH
            || !letters.iter().all(|c| c.is_alphabetic())
            || self.knows(word)
            || is_real_word(word)
        {
            return None;
        }
        let allowed = if letters.len() >= TWO_ERRORS_LENGTH {
            2
        } else {
            1
        };
        self.by_letter
            .get(&letters[0])?
            .iter()
            .filter(|(known, _)| {
                let length = known.chars().count();
                let is_likely = letters.len() > SHORT_LENGTH
                    || length > letters.len()
                    || sorted(known.chars()) == sorted(letters.iter().copied());
                length >= MIN_LENGTH && length.abs_diff(letters.len()) <= allowed && is_likely
            })
            .filter_map(|(known, count)| {
                let distance = edit_distance(&letters, &known.chars().collect::<Vec<_>>());
                (distance <= allowed).then_some((distance, std::cmp::Reverse(*count), known))
            })
            .min()
            .map(|(_, _, known)| known.clone())
    }
}

fn sorted(letters: impl Iterator<Item = char>) -> Vec<char> {
    let mut letters: Vec<char> = letters.collect();
    letters.sort_unstable();
    letters
}

/// Letters to insert, delete, replace or swap (neighbours) between two words.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelling() -> Spelling {
        Spelling::learn(["Does the backpack have a temperature rating?"].into_iter())
    }

    #[test]
    fn unknown_words_become_the_nearest_known_one() {
        let spelling = spelling();
        let correct = |word: &str| spelling.correct(word, |_| false);
        assert_eq!(correct("retrun").as_deref(), Some("return"));
        assert_eq!(correct("temprature").as_deref(), Some("temperature"));
        assert_eq!(correct("bakpack").as_deref(), Some("backpack"));
        assert_eq!(correct("codec"), None);
        assert_eq!(correct("backpack"), None);
        assert_eq!(correct("asdf"), None);
        assert_eq!(correct("12345"), None);
    }

    #[test]
    fn real_words_are_left_alone() {
        assert_eq!(spelling().correct("retune", |_| true), None);
    }

    #[test]
    fn edits_are_counted_with_swaps() {
        let distance = |a: &str, b: &str| {
            edit_distance(
                &a.chars().collect::<Vec<_>>(),
                &b.chars().collect::<Vec<_>>(),
            )
        };
        assert_eq!(distance("cancle", "cancel"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
