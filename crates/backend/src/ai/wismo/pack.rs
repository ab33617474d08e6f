//! A language pack: its file format, and reading a message with it.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use super::explain::{HeardSignal, HeardVeto, PackExplanation, RulesExplanation};
use super::lexicon::{BREAK, CODE, EMAIL, END, Lexicon, RESERVED, START, URL, WordId};
use super::order_number::{self, Numbers, Word, WordClasses};
use super::pattern::{Classes, Pattern, SetId, Table};
use super::reading::{Claim, Intent};
use super::real_words;
use super::rules::{Rules, Sentences, Signal, Silence, Strength, Verdict, Veto};
use super::text::{Kind, Text};
use domain::{order_number::OrderNumber, tracking_number::TrackingNumber};

/// A pack as it is written in its file.
#[derive(Deserialize)]
struct Source {
    /// BCP 47 language tag.
    language: Box<str>,
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
    /// Whether the rules of `shared.toml` are this pack's as well.
    #[serde(default)]
    shared: bool,
    #[serde(flatten)]
    rules: RulesSource,
}

/// The rules of a pack, or those that several share.
#[derive(Deserialize, Default)]
struct RulesSource {
    /// What shows that something bought is talked about.
    #[serde(default)]
    goods: GoodsSource,
    /// What speaks for an order's whereabouts, and what silences it.
    #[serde(default)]
    signal: Vec<SignalSource>,
    #[serde(default)]
    veto: Vec<VetoSource>,
    /// The same for the wish to talk to a person.
    #[serde(default)]
    person: Vec<SignalSource>,
    #[serde(default)]
    person_veto: Vec<VetoSource>,
    /// What says of an order that it is marked as delivered.
    #[serde(default)]
    marked_delivered: Vec<SignalSource>,
    #[serde(default)]
    marked_delivered_veto: Vec<VetoSource>,
    /// What says that it hasn't come.
    #[serde(default)]
    not_here: Vec<SignalSource>,
    #[serde(default)]
    not_here_veto: Vec<VetoSource>,
    /// What says that the newest order alone is meant.
    #[serde(default)]
    latest: Vec<SignalSource>,
    #[serde(default)]
    latest_veto: Vec<VetoSource>,
}

impl RulesSource {
    fn extend(&mut self, other: Self) {
        self.goods.bought.extend(other.goods.bought);
        self.goods.mentioned.extend(other.goods.mentioned);
        self.goods.other.extend(other.goods.other);
        self.signal.extend(other.signal);
        self.veto.extend(other.veto);
        self.person.extend(other.person);
        self.person_veto.extend(other.person_veto);
        self.marked_delivered.extend(other.marked_delivered);
        self.marked_delivered_veto
            .extend(other.marked_delivered_veto);
        self.not_here.extend(other.not_here);
        self.not_here_veto.extend(other.not_here_veto);
        self.latest.extend(other.latest);
        self.latest_veto.extend(other.latest_veto);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spelling {
    /// Words that misspelt words may stand for.
    near: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct GoodsSource {
    /// See [`Rules::bought`].
    bought: Vec<String>,
    /// See [`Rules::mentioned`].
    mentioned: Vec<String>,
    /// See [`Rules::other`].
    other: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignalSource {
    about: Box<str>,
    strength: Strength,
    /// See [`Signal::unnamed`].
    #[serde(default)]
    unnamed: bool,
    patterns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VetoSource {
    about: Box<str>,
    beats: Strength,
    reach: super::rules::Reach,
    /// See [`Veto::yields`].
    #[serde(default)]
    yields: bool,
    patterns: Vec<String>,
}

/// A compiled language pack.
pub(super) struct Pack {
    language: Box<str>,
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
    /// Compiles a pack from its file's text, and that of the rules which packs share.
    ///
    /// # Errors
    /// What is wrong with the file, in one line.
    pub fn compile(source: &str, shared: &str) -> Result<Self, String> {
        let mut source: Source = toml::from_str(source).map_err(|error| error.to_string())?;
        if source.shared {
            let shared = toml::from_str(shared).map_err(|error| error.to_string())?;
            source.rules.extend(shared);
        }
        let rules = source.rules;
        let real: Option<fn(&str) -> bool> =
            (&*source.language == "en").then_some(real_words::contains as fn(&str) -> bool);
        let mut lexicon = Lexicon::new(source.split_at_apostrophe, real);
        let mut classes = Classes::default();
        for (class, words) in &source.classes {
            classes.declare(class);
            for word in words.split_whitespace() {
                classes.put(class, lexicon.add(word));
            }
        }
        source
            .spelling
            .near
            .split_whitespace()
            .for_each(|word| lexicon.add_key(word));
        for (from, to) in source.words.iter().chain(&source.phrases) {
            lexicon.add_rewrite(from, to);
        }
        let mut compile_all = |patterns: &[String]| {
            patterns
                .iter()
                .map(|pattern| Pattern::compile(pattern, &mut lexicon, &mut classes))
                .collect::<Result<Vec<_>, _>>()
        };
        let mut compile = |signals: &[SignalSource], vetoes: &[VetoSource]| {
            let mut rules = Rules::default();
            for signal in signals {
                rules.signals.push(Signal {
                    about: signal.about.clone(),
                    strength: signal.strength,
                    unnamed: signal.unnamed,
                    patterns: compile_all(&signal.patterns)?,
                });
            }
            for veto in vetoes {
                rules.vetoes.push(Veto {
                    about: veto.about.clone(),
                    beats: veto.beats,
                    reach: veto.reach,
                    yields: veto.yields,
                    patterns: compile_all(&veto.patterns)?,
                });
            }
            Ok::<_, String>(rules)
        };
        let mut order = compile(&rules.signal, &rules.veto)?;
        let person = compile(&rules.person, &rules.person_veto)?;
        let marked_delivered = compile(&rules.marked_delivered, &rules.marked_delivered_veto)?;
        let not_here = compile(&rules.not_here, &rules.not_here_veto)?;
        let latest = compile(&rules.latest, &rules.latest_veto)?;
        order.bought = compile_all(&rules.goods.bought)?;
        order.mentioned = compile_all(&rules.goods.mentioned)?;
        order.other = compile_all(&rules.goods.other)?;
        if lexicon.len() > usize::from(WordId::MAX) {
            return Err("too many words".to_owned());
        }
        let (skip, glued) = (classes.set(&["SKIP"]), classes.set(&["NUMBER_GLUED"]));
        let number_classes = WordClasses::of(&mut classes);
        Ok(Self {
            language: source.language,
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

    /// The words that the pack knows.
    pub fn vocabulary(&self) -> impl Iterator<Item = &str> {
        self.lexicon.words().map(|(word, _)| word)
    }

    /// How the pack comes to its verdicts.
    pub fn explain(&self, text: &Text) -> PackExplanation {
        let mut words = self.words(text);
        order_number::find(&self.message(text), &mut words);
        let ids = self.as_read(&words);
        let names: HashMap<WordId, &str> =
            self.lexicon.words().map(|(name, id)| (id, name)).collect();
        let named = |ids: &[WordId]| {
            let names = ids.iter().map(|id| match *id {
                START | END => "",
                BREAK => ".",
                id => RESERVED
                    .get(usize::from(id))
                    .copied()
                    .unwrap_or_else(|| names.get(&id).copied().unwrap_or_default()),
            });
            names
                .filter(|name| !name.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        };
        let sentences = Sentences::new(&ids, &self.table);
        let explained = |rules: &Rules| {
            let weighing = rules.weigh(&sentences);
            let signals = weighing.heard.iter().map(|heard| {
                let signal = &rules.signals[heard.signal];
                HeardSignal {
                    rule: signal.about.to_string(),
                    strength: signal.strength.to_string(),
                    words: named(&ids[heard.span.clone()]),
                    silenced_by: heard.silence.map(|silence| match silence {
                        Silence::Veto(veto) => rules.vetoes[veto].about.to_string(),
                        Silence::NothingNamed => "nothing bought is named".to_owned(),
                    }),
                }
            });
            let vetoes = weighing.vetoes.iter().map(|(at, span)| {
                let veto = &rules.vetoes[*at];
                HeardVeto {
                    rule: veto.about.to_string(),
                    beats: veto.beats.to_string(),
                    reach: veto.reach.to_string(),
                    words: named(&ids[span.clone()]),
                }
            });
            RulesExplanation {
                asks: rules.verdict(&weighing).asks,
                signals: signals.collect(),
                vetoes: vetoes.collect(),
            }
        };
        PackExplanation {
            language: self.language.to_string(),
            words: named(&ids),
            order: explained(&self.order),
            person: explained(&self.person),
        }
    }

    /// The words as the patterns see them.
    fn as_read(&self, words: &[Word]) -> Vec<WordId> {
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
        ids
    }

    fn judge(&self, words: &[Word]) -> Verdicts {
        let ids = self.as_read(words);
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
