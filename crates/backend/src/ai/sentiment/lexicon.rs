//! What words say by themselves, from `lexicon.txt`.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

static WORDS: LazyLock<Words> = LazyLock::new(|| Words::read(include_str!("lexicon.txt")));

struct Words {
    whole: HashMap<String, f32>,
    beginnings: HashMap<String, f32>,
    longest: usize,
}

impl Words {
    fn read(file: &str) -> Self {
        let mut words = Self {
            whole: HashMap::new(),
            beginnings: HashMap::new(),
            longest: 0,
        };
        for line in file.lines().filter(|line| !line.starts_with([';', '#'])) {
            let Some((weight, listed)) = line.split_once(':') else {
                continue;
            };
            let weight: f32 = weight.trim().parse().unwrap_or_default();
            for word in listed.split_whitespace() {
                let folded = fold(word.trim_end_matches('*'));
                if word.ends_with('*') {
                    words.longest = words.longest.max(folded.chars().count());
                    words.beginnings.insert(folded, weight);
                } else {
                    words.whole.insert(folded, weight);
                }
            }
        }
        words
    }

    /// The longest beginning that is listed counts.
    fn weight(&self, word: &str) -> f32 {
        if let Some(weight) = self.whole.get(word) {
            return *weight;
        }
        let ends: Vec<_> = word
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .collect();
        let ends = ends.iter().take(self.longest).skip(2).rev();
        let beginning = ends.filter_map(|end| self.beginnings.get(&word[..*end]));
        beginning.copied().next().unwrap_or_default()
    }
}

/// What a folded word says, from 3 to -3; 0 if nothing.
pub(super) fn weight(word: &str) -> f32 {
    let squeezed = squeeze(word, 2);
    if squeezed.len() == word.len() {
        return WORDS.weight(word);
    }
    // "soooo", "goooood"
    match WORDS.weight(&squeezed) {
        0.0 => WORDS.weight(&squeeze(word, 1)),
        weight => weight,
    }
}

/// No character more often in a row than that.
fn squeeze(word: &str, most: usize) -> String {
    let (mut squeezed, mut last, mut count) = (String::new(), None, 0);
    for c in word.chars() {
        count = if last == Some(c) { count + 1 } else { 1 };
        last = Some(c);
        if count <= most {
            squeezed.push(c);
        }
    }
    squeezed
}

/// Small, without accents.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        decompose_compatible(c, |part| {
            if !is_combining_mark(part) {
                folded.push(part);
            }
        });
    }
    folded
}

/// A list of words in one string.
pub(super) fn set(words: &'static str) -> HashSet<&'static str> {
    words.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_known_by_itself_by_its_beginning_and_stretched() {
        for (word, expected) in [
            ("love", 3.0),
            ("enttauschung", -2.0),
            ("sooooo", 0.0),
            ("goooood", 2.0),
            ("table", 0.0),
            ("w", 0.0),
        ] {
            assert!(
                (weight(word) - expected).abs() < 1e-6,
                "{word}: {}",
                weight(word)
            );
        }
        assert_eq!(fold("Enttäuschung ÇA"), "enttauschung ca");
    }
}
