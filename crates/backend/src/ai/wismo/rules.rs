//! Signals and vetoes: how the patterns of a pack add up to a verdict.

use std::{fmt, ops::Range};

use serde::Deserialize;

use super::lexicon::{BREAK, START, UNKNOWN, WordId};
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

impl fmt::Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trace => "trace",
            Self::Hint => "hint",
            Self::Vague => "vague",
            Self::Statement => "statement",
            Self::Question => "question",
            Self::Explicit => "explicit",
        })
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Overlap => "own words",
            Self::Sentence => "sentence",
            Self::Message => "message",
        })
    }
}

/// Patterns that mean the same and are equally strong.
pub(super) struct Signal {
    /// What it says, for whoever asks why.
    pub about: Box<str>,
    pub strength: Strength,
    /// Whether it leaves open what it is about ("still waiting"). It counts if the message
    /// mentions goods, or says nothing but words of the pack.
    pub unnamed: bool,
    pub patterns: Vec<Pattern>,
}

/// Patterns that show that a signal means something else.
pub(super) struct Veto {
    /// What it says, for whoever asks why.
    pub about: Box<str>,
    pub beats: Strength,
    pub reach: Reach,
    /// Whether it is silent itself where the message names something bought: who flies on
    /// Friday may well ask for their order.
    pub yields: bool,
    pub patterns: Vec<Pattern>,
}

/// What is asked for, by patterns that speak for it and against it.
#[derive(Default)]
pub(super) struct Rules {
    pub signals: Vec<Signal>,
    pub vetoes: Vec<Veto>,
    /// What names something that was bought: "my order", "the lamp I bought".
    pub bought: Vec<Pattern>,
    /// What shows at least that goods are talked about: "delivery", "tracking".
    pub mentioned: Vec<Pattern>,
    /// What else may be meant where no goods are mentioned, as any word may that is unknown.
    pub other: Vec<Pattern>,
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

    fn has_any(&self, patterns: &[Pattern]) -> bool {
        let mut has = false;
        for pattern in patterns {
            self.find(pattern, |_| has = true);
            if has {
                break;
            }
        }
        has
    }

    /// Whether it holds a word that the pack doesn't have.
    fn has_unknown(&self) -> bool {
        self.words.contains(&UNKNOWN)
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

/// Why a signal doesn't count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Silence {
    /// A veto, by its place among the rules.
    Veto(usize),
    /// It leaves open what it is about, and so does the message.
    NothingNamed,
}

/// A signal that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heard {
    /// Its place among the rules.
    pub signal: usize,
    pub span: Range<usize>,
    pub silence: Option<Silence>,
}

/// All that was found in a message.
#[derive(Debug, Default)]
pub(super) struct Weighing {
    pub heard: Vec<Heard>,
    /// The vetoes found, and where.
    pub vetoes: Vec<(usize, Range<usize>)>,
}

impl Rules {
    /// Weighs signals against vetoes.
    pub fn judge(&self, sentences: &Sentences) -> Verdict {
        self.verdict(&self.weigh(sentences))
    }

    /// Finds signals and vetoes, and which signals are silenced.
    pub fn weigh(&self, sentences: &Sentences) -> Weighing {
        let mut weighing = Weighing::default();
        for (at, signal) in self.signals.iter().enumerate() {
            for pattern in &signal.patterns {
                sentences.find(pattern, |span| {
                    weighing.heard.push(Heard {
                        signal: at,
                        span,
                        silence: None,
                    });
                });
            }
        }
        let names_goods = sentences.has_any(&self.bought);
        let leaves_open = !names_goods
            && !self.bought.is_empty()
            && (sentences.has_unknown() || sentences.has_any(&self.other))
            && !sentences.has_any(&self.mentioned);
        let mut silencers = Silencers::new(sentences);
        for (at, veto) in self.vetoes.iter().enumerate() {
            if veto.yields && names_goods {
                continue;
            }
            for pattern in &veto.patterns {
                sentences.find(pattern, |span| {
                    silencers.add(at, veto, &span);
                    weighing.vetoes.push((at, span));
                });
            }
        }
        for heard in &mut weighing.heard {
            let signal = &self.signals[heard.signal];
            heard.silence = match silencers.strongest(&heard.span) {
                Some((beats, veto)) if signal.strength <= beats => Some(Silence::Veto(veto)),
                _ if signal.unnamed && leaves_open => Some(Silence::NothingNamed),
                _ => None,
            };
        }
        weighing
    }

    /// Adds up what is left.
    pub fn verdict(&self, weighing: &Weighing) -> Verdict {
        let standing = || {
            let heard = weighing.heard.iter();
            heard
                .filter(|heard| heard.silence.is_none())
                .map(|heard| (self.signals[heard.signal].strength, heard.signal))
        };
        let mut hinting: Vec<(Strength, usize)> = standing()
            .filter(|(strength, _)| *strength <= Strength::Hint)
            .collect();
        hinting.sort_unstable();
        hinting.dedup();
        let points: u32 = hinting
            .iter()
            .map(|(strength, _)| if *strength == Strength::Hint { 2 } else { 1 })
            .sum();
        Verdict {
            asks: points >= POINTS_NEEDED
                || standing().any(|(strength, _)| strength > Strength::Hint),
            vetoed: !weighing.vetoes.is_empty(),
        }
    }
}

/// The strongest veto over each part of a message: the strength it beats, and which it is.
struct Silencers<'a> {
    sentences: &'a Sentences<'a>,
    message: Option<(Strength, usize)>,
    by_sentence: Vec<Option<(Strength, usize)>>,
    by_word: Vec<Option<(Strength, usize)>>,
}

impl<'a> Silencers<'a> {
    fn new(sentences: &'a Sentences<'a>) -> Self {
        Self {
            sentences,
            message: None,
            by_sentence: vec![None; sentences.sentence.last().map_or(0, |last| last + 1)],
            by_word: vec![None; sentences.words.len()],
        }
    }

    fn add(&mut self, at: usize, veto: &Veto, span: &Range<usize>) {
        let places = match veto.reach {
            Reach::Message => std::slice::from_mut(&mut self.message),
            Reach::Sentence => {
                std::slice::from_mut(&mut self.by_sentence[self.sentences.sentence_of(span)])
            }
            Reach::Overlap => &mut self.by_word[span.clone()],
        };
        for place in places {
            if place.is_none_or(|(beats, _)| beats < veto.beats) {
                *place = Some((veto.beats, at));
            }
        }
    }

    fn strongest(&self, span: &Range<usize>) -> Option<(Strength, usize)> {
        let words = self.by_word[span.clone()].iter().copied();
        let wider = [
            self.message,
            self.by_sentence[self.sentences.sentence_of(span)],
        ];
        words.chain(wider).flatten().max()
    }
}

/// What it takes if nothing stronger is there: two hints, or a hint and two traces.
/// Each rule counts once.
const POINTS_NEEDED: u32 = 4;
