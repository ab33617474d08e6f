//! A language pack: its file format, and reading a message with it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::lexicon::{BREAK, CODE, EMAIL, END, Lexicon, START, URL, WordId};
use super::order_number::{self, Numbers, Word, WordClasses};
use super::pattern::{Classes, Pattern, SetId, Table};
use super::reading::{Claim, Intent};
use super::rules::{Reach, Rules, Sentences, Signal, Strength, Verdict, Veto};
use super::text::{Kind, Text};
use domain::{order_number::OrderNumber, tracking_number::TrackingNumber};

/// A pack as it is written in its file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    /// BCP 47 language tag.
    #[serde(rename = "language")]
    _language: String,
    /// Whether an apostrophe starts a new word ("l'ordre") or vanishes ("where's").
    #[serde(default)]
    split_at_apostrophe: bool,
    spelling: Spelling,
    /// One word that stands for others, or for nothing.
    words: BTreeMap<String, String>,
    /// Phrases that stand for other words, or for nothing.
    phrases: BTreeMap<String, String>,
    /// Words of the same kind, separated by blanks. `NUMBER_…` and `ANSWER` are used by the look-up of
    /// order numbers too, `SKIP` words are left out before the patterns look.
    classes: BTreeMap<String, String>,
    /// What speaks for an order's whereabouts, and what silences it.
    signal: Vec<SignalSource>,
    veto: Vec<VetoSource>,
    /// The same for the wish to talk to a person.
    person: Vec<SignalSource>,
    person_veto: Vec<VetoSource>,
    /// What says of an order that it is marked as delivered.
    marked_delivered: Vec<SignalSource>,
    marked_delivered_veto: Vec<VetoSource>,
    /// What says that it hasn't come.
    not_here: Vec<SignalSource>,
    not_here_veto: Vec<VetoSource>,
    /// What says that the newest order alone is meant.
    latest: Vec<SignalSource>,
    latest_veto: Vec<VetoSource>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelling {
    /// Words that misspelt words may stand for.
    near: String,
    /// Words that are spelt right although they look like one of those.
    right: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignalSource {
    #[serde(rename = "about")]
    _about: String,
    strength: Strength,
    patterns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VetoSource {
    #[serde(rename = "about")]
    _about: String,
    beats: Strength,
    reach: Reach,
    patterns: Vec<String>,
}

/// A compiled language pack.
pub(super) struct Pack {
    lexicon: Lexicon,
    table: Table,
    skip: SetId,
    /// Words that stand in front of a number without a blank.
    glued: SetId,
    number_classes: WordClasses,
    order: Rules,
    person: Rules,
    marked_delivered: Rules,
    not_here: Rules,
    latest: Rules,
}

/// What the rules say about a message.
struct Verdicts {
    /// Whether it asks about an order's whereabouts.
    order: Verdict,
    /// Whether it asks for a person.
    person: Verdict,
    /// Whether it says that an order is marked as delivered.
    marked_delivered: bool,
    /// Whether it says that an order hasn't come.
    not_here: bool,
    /// Whether it means the newest order alone.
    latest: bool,
}

/// What one pack finds in a message.
pub(super) struct Found {
    pub wants_person: bool,
    pub intent: Intent,
    pub claim: Option<Claim>,
    pub latest_only: bool,
    pub order_numbers: Vec<OrderNumber>,
    pub tracking_numbers: Vec<TrackingNumber>,
}

impl Pack {
    /// Compiles a pack from its file's text.
    ///
    /// # Errors
    /// What is wrong with the file, in one line.
    pub fn compile(source: &str) -> Result<Self, String> {
        let source: Source = toml::from_str(source).map_err(|error| error.to_string())?;
        let mut lexicon = Lexicon::new(source.split_at_apostrophe);
        let mut classes = Classes::default();
        for (class, words) in &source.classes {
            for word in words.split_whitespace() {
                classes.put(class, lexicon.add(word));
            }
        }
        source
            .spelling
            .near
            .split_whitespace()
            .for_each(|word| lexicon.add_key(word));
        source.spelling.right.split_whitespace().for_each(|word| {
            lexicon.add(word);
        });
        for (from, to) in source.words.iter().chain(&source.phrases) {
            lexicon.add_rewrite(from, to);
        }
        let mut compile = |signals: &[SignalSource], vetoes: &[VetoSource]| {
            let mut compile_all = |patterns: &[String]| {
                patterns
                    .iter()
                    .map(|pattern| Pattern::compile(pattern, &mut lexicon, &mut classes))
                    .collect::<Result<Vec<_>, _>>()
            };
            let mut rules = Rules::default();
            for signal in signals {
                rules.signals.push(Signal {
                    strength: signal.strength,
                    patterns: compile_all(&signal.patterns)?,
                });
            }
            for veto in vetoes {
                rules.vetoes.push(Veto {
                    beats: veto.beats,
                    reach: veto.reach,
                    patterns: compile_all(&veto.patterns)?,
                });
            }
            Ok::<_, String>(rules)
        };
        let order = compile(&source.signal, &source.veto)?;
        let person = compile(&source.person, &source.person_veto)?;
        let marked_delivered = compile(&source.marked_delivered, &source.marked_delivered_veto)?;
        let not_here = compile(&source.not_here, &source.not_here_veto)?;
        let latest = compile(&source.latest, &source.latest_veto)?;
        if lexicon.len() > usize::from(WordId::MAX) {
            return Err("too many words".to_owned());
        }
        let (skip, glued) = (classes.set(&["SKIP"]), classes.set(&["NUMBER_GLUED"]));
        let number_classes = WordClasses::of(&mut classes);
        Ok(Self {
            table: classes.table(lexicon.len()),
            lexicon,
            skip,
            glued,
            number_classes,
            order,
            person,
            marked_delivered,
            not_here,
            latest,
        })
    }

    /// Reads a message on its own.
    pub fn read(&self, text: &Text) -> Found {
        let mut words = self.words(text);
        let mut numbers = order_number::find(&self.message(text), &mut words);
        let verdicts = self.judge(&words);
        if verdicts.order.asks && numbers.is_empty() {
            numbers = Numbers {
                orders: order_number::find_loose(&self.message(text), &words),
                parcels: order_number::find_loose_parcels(&self.message(text), &words),
            };
        }
        Found {
            wants_person: verdicts.person.asks,
            intent: intent(verdicts.order.asks),
            claim: verdicts.claim(),
            latest_only: verdicts.latest,
            order_numbers: numbers.orders,
            tracking_numbers: numbers.parcels,
        }
    }

    /// Reads the answer to "order number or e-mail?".
    pub fn read_answer(&self, text: &Text, has_email: bool) -> Found {
        let mut words = self.words(text);
        let mut numbers = order_number::find(&self.message(text), &mut words);
        let verdicts = self.judge(&words);
        if numbers.is_empty() {
            numbers.parcels = order_number::find_loose_parcels(&self.message(text), &words);
        }
        if numbers.is_empty() {
            numbers.orders = order_number::find_answer(&self.message(text), &words);
        }
        let answers = !verdicts.order.vetoed && (has_email || !numbers.is_empty());
        Found {
            wants_person: verdicts.person.asks,
            intent: intent(verdicts.order.asks || answers),
            claim: verdicts.claim(),
            latest_only: verdicts.latest,
            order_numbers: numbers.orders,
            tracking_numbers: numbers.parcels,
        }
    }

    /// Whether a word that the pack doesn't have is taken for a slip of one that it has.
    #[cfg(test)]
    pub fn corrects(&self, word: &str) -> bool {
        self.lexicon.corrects(word)
    }

    fn message<'a>(&'a self, text: &'a Text) -> order_number::Message<'a> {
        order_number::Message {
            text,
            table: &self.table,
            classes: &self.number_classes,
        }
    }

    /// The words of a message, with the codes still to be told apart.
    fn words(&self, text: &Text) -> Vec<Word> {
        let mut words = Vec::with_capacity(text.pieces().len() + 2);
        for (piece, at) in text.pieces().iter().zip(0..) {
            let mut start = piece.start;
            let mut add = |id| {
                words.push(Word {
                    id,
                    piece: at,
                    start,
                })
            };
            match piece.kind {
                Kind::Word => self.lexicon.look_up(text.of(piece), add),
                Kind::Code => {
                    if let Some((label, length)) = self.label_of(text.of(piece)) {
                        add(label);
                        start += length;
                    }
                    words.push(Word {
                        id: CODE,
                        piece: at,
                        start,
                    });
                }
                // Most pictures say nothing about an order.
                Kind::Symbol => self.lexicon.exact(text.of(piece)).into_iter().for_each(add),
                Kind::Email => add(EMAIL),
                Kind::Url => add(URL),
                Kind::Break => add(BREAK),
            }
        }
        words
    }

    /// The word that a code begins with, and its length with the sign after it: "order-1234", "no1234".
    fn label_of(&self, code: &str) -> Option<(WordId, usize)> {
        let letters = code.find(|c: char| !c.is_ascii_alphabetic())?;
        let id = self.lexicon.exact(&code[..letters])?;
        let sign = usize::from(code[letters..].starts_with(['-', '_']));
        self.table
            .has(id, self.glued)
            .then_some((id, letters + sign))
    }

    fn judge(&self, words: &[Word]) -> Verdicts {
        let mut ids = vec![START];
        for id in self.lexicon.rewrite(words.iter().map(|word| word.id)) {
            let is_empty_sentence = id == BREAK && matches!(ids.last(), Some(&(START | BREAK)));
            if !is_empty_sentence && !self.table.has(id, self.skip) {
                ids.push(id);
            }
        }
        if ids.last() == Some(&BREAK) {
            ids.pop();
        }
        ids.push(END);
        let sentences = Sentences::new(&ids, &self.table);
        let order = self.order.judge(&sentences);
        // Most messages are about no order: that costs nothing.
        let says = |rules: &Rules| order.asks && rules.judge(&sentences).asks;
        Verdicts {
            order,
            person: self.person.judge(&sentences),
            marked_delivered: says(&self.marked_delivered),
            not_here: says(&self.not_here),
            latest: says(&self.latest),
        }
    }
}

impl Verdicts {
    fn claim(&self) -> Option<Claim> {
        if self.marked_delivered {
            Some(Claim::MarkedDelivered)
        } else {
            self.not_here.then_some(Claim::NotHere)
        }
    }
}

fn intent(asks: bool) -> Intent {
    if asks {
        Intent::OrderStatus
    } else {
        Intent::Other
    }
}
