//! The words of a language pack: exact look-up, slips of the keyboard, words run together, rewriting.

use std::collections::HashMap;

/// A word of the pack, or one of the reserved ones below.
pub(super) type WordId = u16;

/// A word the pack does not know.
pub(super) const UNKNOWN: WordId = 0;
/// The start of the message, the end of a sentence, the end of the message.
pub(super) const START: WordId = 1;
pub(super) const BREAK: WordId = 2;
pub(super) const END: WordId = 3;
/// An order number; another code with a digit in it; an e-mail address; a web address.
pub(super) const NUMBER: WordId = 4;
pub(super) const CODE: WordId = 5;
pub(super) const EMAIL: WordId = 6;
pub(super) const URL: WordId = 7;
/// How patterns write the reserved words.
pub(super) const RESERVED: [&str; 8] = [
    "<unknown>",
    "<start>",
    "<break>",
    "<end>",
    "<number>",
    "<code>",
    "<email>",
    "<url>",
];

/// Longer words (in bytes) are unknown: bounds the work for one word.
const MAX_WORD: usize = 32;

/// Shorter words (in bytes) without a dictionary keep their doubled letters: "viii".
const SQUEEZED_MIN: usize = 5;

/// The vocabulary of one language.
#[derive(Default)]
pub(super) struct Lexicon {
    ids: HashMap<Box<str>, WordId>,
    /// Key words that a misspelt word may stand for.
    keys: Vec<Key>,
    /// Single words that stand for others: "wheres" → where is.
    expansions: HashMap<WordId, Vec<WordId>>,
    /// Phrases that stand for others, by their first word, the longest first: in order to → (nothing).
    phrases: HashMap<WordId, Vec<Phrase>>,
    /// Whether an apostrophe starts a new word ("l'ordre") rather than vanishing ("where's").
    pub split_at_apostrophe: bool,
    /// Says which words the language has, if there is a dictionary of it.
    real: Option<fn(&str) -> bool>,
}

struct Phrase {
    from: Vec<WordId>,
    to: Vec<WordId>,
}

struct Key {
    id: WordId,
    letters: Vec<char>,
    signature: u32,
    max_distance: usize,
}

impl Lexicon {
    pub fn new(split_at_apostrophe: bool, real: Option<fn(&str) -> bool>) -> Self {
        let mut lexicon = Self {
            split_at_apostrophe,
            real,
            ..Self::default()
        };
        for word in RESERVED {
            lexicon.add(word);
        }
        lexicon
    }

    /// Adds a word of the vocabulary, or finds it.
    pub fn add(&mut self, word: &str) -> WordId {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        let id = WordId::try_from(self.ids.len()).unwrap_or(UNKNOWN);
        self.ids.insert(word.into(), id);
        id
    }

    /// The word as it is written, if the pack has it.
    pub fn exact(&self, word: &str) -> Option<WordId> {
        self.ids.get(word).copied()
    }

    /// The words that are written in letters.
    pub fn words(&self) -> impl Iterator<Item = (&str, WordId)> {
        let words = self.ids.iter().map(|(word, id)| (&**word, *id));
        words.filter(|(word, _)| !RESERVED.contains(word))
    }

    /// How many words there are; ids are below it.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Makes a word one that misspelt words may stand for.
    pub fn add_key(&mut self, word: &str) {
        let letters: Vec<char> = word.chars().collect();
        let max_distance = if letters.len() >= 7 { 2 } else { 1 };
        let id = self.add(word);
        self.keys.push(Key {
            id,
            signature: signature(&letters),
            letters,
            max_distance,
        });
        // "orderd" is as near to "order" as to "ordered": the longer one is meant.
        self.keys
            .sort_by_key(|key| std::cmp::Reverse(key.letters.len()));
    }

    /// Lets one word, or several, stand for others.
    pub fn add_rewrite(&mut self, from: &str, to: &str) {
        let from: Vec<WordId> = from.split_whitespace().map(|word| self.add(word)).collect();
        let to: Vec<WordId> = to.split_whitespace().map(|word| self.add(word)).collect();
        match from.as_slice() {
            [] => {}
            [word] => {
                self.expansions.insert(*word, to);
            }
            [first, ..] => {
                let phrases = self.phrases.entry(*first).or_default();
                phrases.push(Phrase { from, to });
                phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.from.len()));
            }
        }
    }

    /// The words a written word stands for, passed to `found` one by one.
    pub fn look_up(&self, written: &str, mut found: impl FnMut(WordId)) {
        if self.split_at_apostrophe && written.contains('\'') {
            written
                .split('\'')
                .for_each(|part| self.look_up_part(part, &mut found));
        } else {
            self.look_up_part(written, &mut found);
        }
    }

    fn look_up_part(&self, written: &str, found: &mut impl FnMut(WordId)) {
        if written.len() > MAX_WORD {
            return found(UNKNOWN);
        }
        let mut buffer = [0; MAX_WORD];
        let word = squeeze(written, 2, &mut buffer);
        // "viii" is no "vii".
        if word.len() < written.len() && self.is_real(written) {
            return found(self.ids.get(written).copied().unwrap_or(UNKNOWN));
        }
        if let Some(id) = self.ids.get(word) {
            return self.expand(*id, found);
        }
        let mut buffer = [0; MAX_WORD];
        if word.len() < written.len() && (self.real.is_some() || word.len() >= SQUEEZED_MIN) {
            // "orderrrr": once more without any doubled letter.
            let word = squeeze(written, 1, &mut buffer);
            if let Some(id) = self.ids.get(word) {
                return self.expand(*id, found);
            }
        }
        if self.is_real(word) {
            return found(UNKNOWN);
        }
        if let Some(id) = self.nearest_key(word) {
            return self.expand(id, found);
        }
        // Without a dictionary nobody knows that it isn't a word of its own.
        if self.real.is_none() || !self.look_up_run_together(word, found) {
            found(UNKNOWN);
        }
    }

    fn expand(&self, id: WordId, found: &mut impl FnMut(WordId)) {
        match self.expansions.get(&id) {
            Some(words) => words.iter().for_each(|word| found(*word)),
            None => found(id),
        }
    }

    /// The key word with the fewest slips, if there are few enough for its length.
    fn nearest_key(&self, word: &str) -> Option<WordId> {
        let mut letters = ['\0'; MAX_WORD];
        let mut len = 0;
        for c in word.chars() {
            letters[len] = c;
            len += 1;
        }
        let letters = &letters[..len];
        if len < 4 {
            return None;
        }
        let signature = signature(letters);
        let mut best: Option<(usize, WordId)> = None;
        for key in &self.keys {
            let limit = best.map_or(key.max_distance, |(distance, _)| {
                key.max_distance.min(distance - 1)
            });
            // One slip changes at most two letters of the set.
            let differing = (signature ^ key.signature).count_ones() as usize;
            if key.letters.len().abs_diff(len) > limit || differing > 2 * limit {
                continue;
            }
            let distance = slips(letters, &key.letters);
            if distance > limit || (distance > 1 && letters[0] != key.letters[0]) {
                continue;
            }
            best = Some((distance, key.id));
            if distance <= 1 {
                break;
            }
        }
        best.map(|(_, id)| id)
    }

    /// Whether the language has such a word. It is then what it is: no slip of another, and
    /// not several run together.
    fn is_real(&self, word: &str) -> bool {
        self.real.is_some_and(|is_real| is_real(word))
    }

    /// See [`super::pack::Pack::corrects`].
    #[cfg(test)]
    pub fn corrects(&self, word: &str) -> bool {
        let mut as_written = false;
        self.look_up(word, |id| as_written = id == UNKNOWN);
        self.exact(word).is_none() && !as_written
    }

    /// "whereismyorder": the longest known word first, over and over; false if something is left.
    fn look_up_run_together(&self, word: &str, found: &mut impl FnMut(WordId)) -> bool {
        let mut parts = [UNKNOWN; MAX_WORD / 2];
        let mut count = 0;
        let mut rest = word;
        while !rest.is_empty() {
            let known = (2..=rest.len())
                .rev()
                .filter(|end| rest.is_char_boundary(*end))
                .find_map(|end| self.ids.get(&rest[..end]).map(|id| (end, *id)));
            let Some((end, id)) = known else { return false };
            parts[count] = id;
            count += 1;
            rest = &rest[end..];
        }
        parts[..count].iter().for_each(|id| self.expand(*id, found));
        count > 0
    }

    /// Replaces phrases in a message's words.
    pub fn rewrite(&self, words: impl Iterator<Item = WordId>) -> Vec<WordId> {
        let words: Vec<WordId> = words.collect();
        let mut rewritten = Vec::with_capacity(words.len());
        let mut rest = words.as_slice();
        while let [word, others @ ..] = rest {
            let phrases = self
                .phrases
                .get(word)
                .map(Vec::as_slice)
                .unwrap_or_default();
            match phrases.iter().find(|phrase| rest.starts_with(&phrase.from)) {
                Some(Phrase { from, to }) => {
                    rewritten.extend_from_slice(to);
                    rest = &rest[from.len()..];
                }
                None => {
                    rewritten.push(*word);
                    rest = others;
                }
            }
        }
        rewritten
    }
}

/// Copies a word without apostrophes and with at most `most` equal letters in a row
/// where three or more were written.
fn squeeze<'a>(word: &str, most: usize, buffer: &'a mut [u8; MAX_WORD]) -> &'a str {
    let mut len = 0;
    let mut chars = word.chars().filter(|c| *c != '\'').peekable();
    while let Some(c) = chars.next() {
        let mut run = 1;
        while chars.next_if_eq(&c).is_some() {
            run += 1;
        }
        let keep = if run > 2 || most == 1 {
            most.min(run)
        } else {
            run
        };
        for _ in 0..keep {
            len += c.encode_utf8(&mut buffer[len..]).len();
        }
    }
    std::str::from_utf8(&buffer[..len]).unwrap_or_default()
}

/// The set of letters in a word, hashed to 32 bits.
fn signature(letters: &[char]) -> u32 {
    letters
        .iter()
        .fold(0, |set, c| set | 1 << (u32::from(*c) % 32))
}

/// Optimal string alignment distance: letters added, left out, replaced or swapped with a neighbour.
fn slips(a: &[char], b: &[char]) -> usize {
    let mut before = [0; MAX_WORD + 1];
    let mut above = [0; MAX_WORD + 1];
    let mut row = [0; MAX_WORD + 1];
    for (j, cell) in above.iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = above;
        above = row;
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        let mut lexicon = Lexicon::new(false, Some(|word| word == "older"));
        for word in ["where", "is", "my", "border", "still"] {
            lexicon.add(word);
        }
        for key in ["order", "package", "tracking"] {
            lexicon.add_key(key);
        }
        lexicon.add_rewrite("wheres", "where is");
        lexicon.add_rewrite("in order to", "");
        lexicon
    }

    fn ids(lexicon: &Lexicon, written: &str) -> Vec<WordId> {
        let mut ids = Vec::new();
        lexicon.look_up(written, |id| ids.push(id));
        ids
    }

    fn id(lexicon: &Lexicon, word: &str) -> WordId {
        lexicon.ids[word]
    }

    #[test]
    fn slips_of_the_keyboard_find_their_key_word() {
        let lexicon = lexicon();
        for (written, meant) in [
            ("order", "order"),
            ("oder", "order"),
            ("ordre", "order"),
            ("orderrrr", "order"),
            ("pacakge", "package"),
            ("pckge", "package"),
            ("trakcing", "tracking"),
            ("stilllll", "still"),
        ] {
            assert_eq!(ids(&lexicon, written), [id(&lexicon, meant)], "{written}");
        }
    }

    #[test]
    fn other_words_stay_what_they_are() {
        let lexicon = lexicon();
        assert_eq!(ids(&lexicon, "border"), [id(&lexicon, "border")]);
        assert_eq!(ids(&lexicon, "garden"), [UNKNOWN]);
        assert_eq!(ids(&lexicon, "older"), [UNKNOWN]);
        assert_eq!(ids(&lexicon, &"order".repeat(10)), [UNKNOWN]);
    }

    #[test]
    fn words_are_expanded_and_taken_apart() {
        let lexicon = lexicon();
        let [where_, is, my, order] = ["where", "is", "my", "order"].map(|word| id(&lexicon, word));
        assert_eq!(ids(&lexicon, "where's"), [where_, is]);
        assert_eq!(ids(&lexicon, "wheresmyorder"), [where_, is, my, order]);
    }

    #[test]
    fn nothing_is_taken_apart_without_a_dictionary() {
        let mut lexicon = Lexicon::new(false, None);
        for word in ["where", "is"] {
            lexicon.add(word);
        }
        assert_eq!(ids(&lexicon, "whereis"), [UNKNOWN]);
    }

    #[test]
    fn phrases_are_replaced() {
        let mut lexicon = lexicon();
        let words = ["in", "order", "to", "my"].map(|word| lexicon.add(word));
        assert_eq!(lexicon.rewrite(words.into_iter()), [id(&lexicon, "my")]);
    }
}
