//! Signals and vetoes: how the patterns of a pack add up to a verdict.

use std::ops::Range;

use serde::Deserialize;

use super::lexicon::{BREAK, START, WordId};
use super::pattern::{Pattern, Table};

/// How clearly something speaks for what is asked about, an order's whereabouts above all; a veto silences signals up to a strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Strength {
    /// Half a hint: "delivered", "still".
    Trace,
    /// Needs others beside it: "I ordered two weeks ago".
    Hint,
    /// Could be about something else that the message names: "still waiting".
    Vague,
    /// A fact about an order that is under way: "my order hasn't arrived".
    Statement,
    /// "where is my order".
    Question,
    /// "do you have a tracking number for my order": stands against any veto.
    Explicit,
}

/// How far a veto reaches from the words it matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Reach {
    /// Signals that share a word with it.
    Overlap,
    Sentence,
    Message,
}

/// Patterns that mean the same and are equally strong.
pub(super) struct Signal {
    pub strength: Strength,
    pub patterns: Vec<Pattern>,
}

/// Patterns that show that a signal means something else.
pub(super) struct Veto {
    pub beats: Strength,
    pub reach: Reach,
    pub patterns: Vec<Pattern>,
}

/// What is asked for, by patterns that speak for it and against it.
#[derive(Default)]
pub(super) struct Rules {
    pub signals: Vec<Signal>,
    pub vetoes: Vec<Veto>,
}

/// The words of a message as the patterns see them: start, words, sentence ends, end.
pub(super) struct Sentences<'a> {
    words: &'a [WordId],
    table: &'a Table,
    /// The number of the sentence that each word is in.
    sentence: Vec<usize>,
    /// The sets that hold any of the words.
    present: Vec<u64>,
}

impl<'a> Sentences<'a> {
    pub fn new(words: &'a [WordId], table: &'a Table) -> Self {
        let mut number = 0;
        let sentence = words.iter().map(|word| {
            let this = number;
            number += usize::from(matches!(*word, START | BREAK));
            this
        });
        Self {
            words,
            table,
            sentence: sentence.collect(),
            present: table.sets_of(words),
        }
    }

    fn find(&self, pattern: &Pattern, found: impl FnMut(Range<usize>)) {
        pattern.find(self.words, &self.present, self.table, found);
    }

    /// The sentence a span is in. A span may begin with the end of the sentence before.
    fn sentence_of(&self, span: &Range<usize>) -> usize {
        self.sentence[(span.start + 1).min(span.end - 1)]
    }
}

/// What the rules say about a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdict {
    /// It asks for what the rules are about.
    pub asks: bool,
    /// Something in it shows that it wants something else, be it beside the question.
    pub vetoed: bool,
}

impl Rules {
    /// Weighs signals against vetoes.
    pub fn judge(&self, sentences: &Sentences) -> Verdict {
        judge(sentences, &self.signals, &self.vetoes)
    }
}

fn judge(sentences: &Sentences, signals: &[Signal], vetoes: &[Veto]) -> Verdict {
    let mut standing: Vec<(Strength, usize, Range<usize>)> = Vec::new();
    for (rule, signal) in signals.iter().enumerate() {
        for pattern in &signal.patterns {
            sentences.find(pattern, |span| standing.push((signal.strength, rule, span)));
        }
    }
    let mut vetoed = false;
    let mut silenced_in_message: Option<Strength> = None;
    // By sentence: the strongest signal silenced there.
    let mut silenced_in_sentence: Vec<Option<Strength>> =
        vec![None; sentences.sentence.last().map_or(0, |last| last + 1)];
    // By word: the strongest signal silenced if it covers the word.
    let mut silenced_at_word: Vec<Option<Strength>> = vec![None; sentences.words.len()];
    for veto in vetoes {
        let beats = Some(veto.beats);
        for pattern in &veto.patterns {
            sentences.find(pattern, |span| {
                vetoed = true;
                match veto.reach {
                    Reach::Message => silenced_in_message = silenced_in_message.max(beats),
                    Reach::Sentence => {
                        let silenced = &mut silenced_in_sentence[sentences.sentence_of(&span)];
                        *silenced = (*silenced).max(beats);
                    }
                    Reach::Overlap => {
                        for silenced in &mut silenced_at_word[span] {
                            *silenced = (*silenced).max(beats);
                        }
                    }
                }
            });
        }
    }
    standing.retain(|(strength, _, span)| {
        let silenced = silenced_at_word[span.clone()]
            .iter()
            .copied()
            .max()
            .flatten();
        Some(*strength)
            > silenced_in_message
                .max(silenced_in_sentence[sentences.sentence_of(span)])
                .max(silenced)
    });
    let mut hinting_rules: Vec<(Strength, usize)> = standing
        .iter()
        .filter(|(strength, ..)| *strength <= Strength::Hint)
        .map(|(strength, rule, _)| (*strength, *rule))
        .collect();
    hinting_rules.sort_unstable();
    hinting_rules.dedup();
    let points: u32 = hinting_rules
        .iter()
        .map(|(strength, _)| if *strength == Strength::Hint { 2 } else { 1 })
        .sum();
    let asks = points >= POINTS_NEEDED
        || standing
            .iter()
            .any(|(strength, ..)| *strength > Strength::Hint);
    Verdict { asks, vetoed }
}

/// What it takes if nothing stronger is there: two hints, or a hint and two traces.
/// Each rule counts once.
const POINTS_NEEDED: u32 = 4;
