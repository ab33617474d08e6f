//! Patterns over the words of a message.
//!
//! A pattern is a line of items, each standing for one word:
//!
//! | Item | Stands for |
//! |---|---|
//! | `refund` | that word |
//! | `PARCEL` | any word of that class of the pack |
//! | `PARCEL\|it` | either |
//! | `!PARCEL\|it` | any other word of the same sentence |
//! | `_` | any word of the same sentence |
//! | `~PARCEL` | anything else, the end of the sentence included |
//! | `^` `$` | start or end of a sentence |
//! | `^^` `$$` | start or end of the message |
//! | `<number>` `<code>` `<email>` `<url>` | as found in the message |
//!
//! `?` after an item makes it optional, `{1,3}` repeats it, `{0,3}` does both.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::lexicon::{BREAK, END, Lexicon, START, WordId};

/// A set of words that an item of a pattern stands for; each distinct set has one id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct SetId(usize);

/// The word classes of a pack while it is compiled, and the sets its patterns make of them.
#[derive(Default)]
pub(super) struct Classes {
    by_name: HashMap<String, BTreeSet<WordId>>,
    sets: HashMap<BTreeSet<WordId>, SetId>,
    /// How many words each set has.
    sizes: Vec<usize>,
}

impl Classes {
    /// Makes a class known, which may stay without a word.
    pub fn declare(&mut self, class: &str) {
        self.by_name.entry(class.to_owned()).or_default();
    }

    /// Puts a word into a class, which is made if need be.
    pub fn put(&mut self, class: &str, word: WordId) {
        self.by_name
            .entry(class.to_owned())
            .or_default()
            .insert(word);
    }

    /// The words of several classes as one set; unknown names add nothing.
    pub fn set(&mut self, classes: &[&str]) -> SetId {
        let words = classes
            .iter()
            .filter_map(|class| self.by_name.get(*class))
            .flatten()
            .copied()
            .collect();
        self.intern(words)
    }

    fn intern(&mut self, words: BTreeSet<WordId>) -> SetId {
        if let Some(set) = self.sets.get(&words) {
            return *set;
        }
        let set = SetId(self.sets.len());
        self.sizes.push(words.len());
        self.sets.insert(words, set);
        set
    }

    /// The set that one item of a pattern stands for; the words it names are added to the lexicon.
    fn item(&mut self, names: &str, lexicon: &mut Lexicon) -> Result<BTreeSet<WordId>, String> {
        let mut words = BTreeSet::new();
        for name in names.split('|').filter(|name| !name.is_empty()) {
            match name {
                "^" | "$" => words.extend([START, BREAK, END]),
                "^^" => words.extend([START]),
                "$$" => words.extend([END]),
                _ if name.chars().any(char::is_uppercase) => {
                    words.extend(
                        self.by_name
                            .get(name)
                            .ok_or_else(|| format!("no class {name}"))?,
                    );
                }
                _ => words.extend([lexicon.add(name)]),
            }
        }
        Ok(words)
    }

    /// Which word is in which set, for quick look-up.
    pub fn table(&self, word_count: usize) -> Table {
        let width = self.sets.len().div_ceil(64);
        let mut table = Table {
            width,
            bits: vec![0; width * word_count],
        };
        for (words, set) in &self.sets {
            for word in words {
                table.bits[usize::from(*word) * width + set.0 / 64] |= 1 << (set.0 % 64);
            }
        }
        table
    }
}

/// Which word is in which set: a row of bits for each word.
pub(super) struct Table {
    width: usize,
    bits: Vec<u64>,
}

impl Table {
    pub fn has(&self, word: WordId, set: SetId) -> bool {
        has(self.row(word), set)
    }

    /// The sets that hold at least one of the words.
    pub fn sets_of(&self, words: &[WordId]) -> Vec<u64> {
        let mut all = vec![0; self.width];
        for word in words {
            for (all, one) in all.iter_mut().zip(self.row(*word)) {
                *all |= one;
            }
        }
        all
    }

    fn row(&self, word: WordId) -> &[u64] {
        let start = usize::from(word) * self.width;
        &self.bits[start..start + self.width]
    }
}

fn has(row: &[u64], set: SetId) -> bool {
    row[set.0 / 64] & 1 << (set.0 % 64) != 0
}

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    /// One for each word the pattern can span.
    steps: Vec<Step>,
    /// The sets a message must have words of for the pattern to match at all.
    required: Vec<SetId>,
    /// By state: the state and those that are reached from it by leaving out optional steps.
    /// Bit `n` is "the first `n` steps are done".
    reached: Vec<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    set: SetId,
    /// Matches what is *not* in the set.
    negated: bool,
    optional: bool,
}

#[cfg(test)]
thread_local! {
    /// How much the patterns worked on this thread: lets a test see that it is linear without a clock.
    pub(super) static STEPS_TAKEN: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Longest span of a pattern in words: the states of a run fit into one `u64`.
const MAX_STEPS: usize = 63;

impl Pattern {
    /// Compiles a pattern; the words it names are added to the lexicon.
    pub fn compile(
        source: &str,
        lexicon: &mut Lexicon,
        classes: &mut Classes,
    ) -> Result<Self, String> {
        let mut steps = Vec::new();
        for item in source.split_whitespace() {
            let (item, least, most) =
                repetition(item).ok_or_else(|| format!("bad repetition in `{source}`"))?;
            let (names, negated, within_sentence) = match item.as_bytes() {
                [b'!', ..] => (&item[1..], true, true),
                [b'~', ..] => (&item[1..], true, false),
                b"_" => ("", true, true),
                _ => (item, false, false),
            };
            let mut words = classes
                .item(names, lexicon)
                .map_err(|error| format!("{error} in `{source}`"))?;
            if within_sentence {
                words.extend([START, BREAK, END]);
            }
            let step = Step {
                set: classes.intern(words),
                negated,
                optional: false,
            };
            steps.extend(std::iter::repeat_n(step, least));
            steps.extend(std::iter::repeat_n(
                Step {
                    optional: true,
                    ..step
                },
                most - least,
            ));
        }
        if steps.len() > MAX_STEPS || steps.iter().all(|step| step.optional) {
            return Err(format!("`{source}` spans no word, or too many"));
        }
        let mut required: Vec<SetId> = steps
            .iter()
            .filter(|step| !step.optional && !step.negated)
            .map(|step| step.set)
            .collect();
        // The set with the fewest words tells most messages apart.
        required.sort_by_key(|set| classes.sizes[set.0]);
        let mut reached = vec![1 << steps.len()];
        for (state, step) in steps.iter().enumerate().rev() {
            let after = if step.optional { reached[0] } else { 0 };
            reached.insert(0, 1 << state | after);
        }
        Ok(Self {
            steps,
            required,
            reached,
        })
    }

    /// Passes every place where the pattern matches to `found`, the shortest span from each start.
    /// `present` are the sets that hold any of the words.
    pub fn find(
        &self,
        words: &[WordId],
        present: &[u64],
        table: &Table,
        mut found: impl FnMut(Range<usize>),
    ) {
        if !self.required.iter().all(|set| has(present, *set)) {
            return;
        }
        let accept = 1_u64 << self.steps.len();
        let first = self.reached[0];
        let lead = self
            .steps
            .first()
            .filter(|step| !step.optional && !step.negated)
            .map(|step| step.set);
        for start in 0..words.len() {
            if lead.is_some_and(|lead| !table.has(words[start], lead)) {
                continue;
            }
            let mut states = first;
            for (offset, word) in words[start..].iter().enumerate() {
                states = self.advance(states, table.row(*word));
                if states & accept != 0 {
                    found(start..start + offset + 1);
                }
                if states == 0 || states & accept != 0 {
                    break;
                }
            }
        }
    }

    /// The states after one more word.
    fn advance(&self, states: u64, word: &[u64]) -> u64 {
        #[cfg(test)]
        STEPS_TAKEN.set(STEPS_TAKEN.get() + states.count_ones() as usize);
        let mut next = 0;
        let mut left = states;
        while left != 0 {
            let state = left.trailing_zeros() as usize;
            left &= left - 1;
            if let Some(step) = self.steps.get(state)
                && has(word, step.set) != step.negated
            {
                next |= self.reached[state + 1];
            }
        }
        next
    }
}

/// Splits `word?`, `word{1,3}` into the item and how often it may stand there.
fn repetition(item: &str) -> Option<(&str, usize, usize)> {
    if let Some(item) = item.strip_suffix('?') {
        return Some((item, 0, 1));
    }
    let Some((item, counts)) = item.strip_suffix('}').and_then(|item| item.split_once('{')) else {
        return Some((item, 1, 1));
    };
    let (least, most) = counts.split_once(',')?;
    let (least, most) = (least.parse().ok()?, most.parse().ok()?);
    (least <= most).then_some((item, least, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(pattern: &str, text: &str) -> Vec<Range<usize>> {
        let mut lexicon = Lexicon::new(false, None);
        let mut classes = Classes::default();
        for word in ["order", "package"] {
            classes.put("PARCEL", lexicon.add(word));
        }
        let pattern = Pattern::compile(pattern, &mut lexicon, &mut classes).expect("a pattern");
        let words: Vec<WordId> = std::iter::once(START)
            .chain(text.split(' ').map(|word| {
                if word == "." {
                    BREAK
                } else {
                    lexicon.add(word)
                }
            }))
            .chain(std::iter::once(END))
            .collect();
        let table = classes.table(lexicon.len());
        let mut spans = Vec::new();
        pattern.find(&words, &table.sets_of(&words), &table, |span| {
            spans.push(span)
        });
        spans
    }

    #[test]
    fn items() {
        for (pattern, text, expected) in [
            ("where is PARCEL", "where is order", Some(1..4)),
            ("where is? PARCEL", "where package", Some(1..3)),
            ("where _{0,2} PARCEL", "where is my order", Some(1..5)),
            ("where _{0,2} PARCEL", "where oh is my order", None),
            ("where _{0,2} PARCEL", "where . order", None),
            ("where !refund{0,3} PARCEL", "where refund order", None),
            ("^ order $", "order", Some(0..3)),
            ("^ order $", "hi . order . bye", Some(2..5)),
            ("^^ order $$", "hi . order", None),
            ("order ~number", "order number", None),
            ("order ~number", "order", Some(1..3)),
            ("a|b c", "b c", Some(1..3)),
        ] {
            assert_eq!(
                spans(pattern, text),
                Vec::from_iter(expected),
                "{pattern} on {text}"
            );
        }
    }

    #[test]
    fn mistakes_in_a_pattern_are_told() {
        let mut lexicon = Lexicon::new(false, None);
        let mut classes = Classes::default();
        for pattern in ["", "a?", "NOCLASS", "a{2,1}", "a{x,1}", "_{0,99} a"] {
            assert!(
                Pattern::compile(pattern, &mut lexicon, &mut classes).is_err(),
                "{pattern}"
            );
        }
    }
}
