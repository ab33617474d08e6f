//! Typing errors: a word nobody knows is replaced by the nearest word of the
//! store's own FAQ or of the built-in lists.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock},
};

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

/// The words of one store's FAQ and of the built-in phrases, by first letter. A
/// copy shares all lists with its original until one of them changes.
#[derive(Debug, Clone)]
pub struct Spelling {
    /// First letter → word → occurrences.
    by_letter: HashMap<char, Arc<BTreeMap<Arc<str>, u32>>>,
    /// Of how many words each is the stem.
    stems: HashMap<Arc<str>, u32>,
}

/// The words of the built-in lists.
static BUILT_IN: LazyLock<Spelling> = LazyLock::new(|| {
    let mut spelling = Spelling {
        by_letter: HashMap::new(),
        stems: HashMap::new(),
    };
    for word in lexicon_words() {
        spelling.learn_word(&word);
    }
    spelling
});

/// Those of the built-in lists.
impl Default for Spelling {
    fn default() -> Self {
        BUILT_IN.clone()
    }
}

impl Spelling {
    /// Learns every word of a text.
    pub fn learn(&mut self, text: &str) {
        for word in words(text) {
            self.learn_word(&word);
        }
    }

    /// Unlearns the words of a text that was learned.
    pub fn forget(&mut self, text: &str) {
        for word in words(text) {
            self.forget_word(&word);
        }
    }

    fn learn_word(&mut self, word: &str) {
        let Some(letter) = word.chars().next() else {
            return;
        };
        let words = Arc::make_mut(self.by_letter.entry(letter).or_default());
        if let Some(count) = words.get_mut(word) {
            *count += 1;
            return;
        }
        words.insert(word.into(), 1);
        *self.stems.entry(stem(word).into()).or_default() += 1;
    }

    fn forget_word(&mut self, word: &str) {
        let letter = word.chars().next();
        let Some(words) = letter.and_then(|letter| self.by_letter.get_mut(&letter)) else {
            return;
        };
        let words = Arc::make_mut(words);
        match words.get_mut(word) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) => {
                words.remove(word);
                let stem = stem(word);
                if let Some(count) = self.stems.get_mut(stem.as_str()) {
                    *count -= 1;
                    if *count == 0 {
                        self.stems.remove(stem.as_str());
                    }
                }
            }
            None => {}
        }
    }

    /// Does the word, in any of its forms, occur in what was learned or in the built-in lists?
    pub fn knows(&self, word: &str) -> bool {
        is_listed_word(word) || self.stems.contains_key(stem(word).as_str())
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
            .map(|(_, _, known)| known.to_string())
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
        let mut spelling = Spelling::default();
        spelling.learn("Does the backpack have a temperature rating?");
        spelling
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
    fn what_is_forgotten_is_no_word_any_more_unless_it_was_learned_twice() {
        let mut spelling = spelling();
        spelling.learn("Which backpack is waterproof?");
        spelling.forget("Does the backpack have a temperature rating?");
        assert!(spelling.knows("backpack") && !spelling.knows("temperature"));
        let correct = |word: &str| spelling.correct(word, |_| false);
        assert_eq!(correct("bakpack").as_deref(), Some("backpack"));
        assert_eq!(correct("temprature"), None);
        assert_eq!(correct("retrun").as_deref(), Some("return"), "built in");
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
