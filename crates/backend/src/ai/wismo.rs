//! Recognises "where is my order?" (WISMO) and "let me talk to a person" by rule: no model,
//! no I/O, no cost.
//!
//! A message goes through four steps, each in its own file:
//!
//! 1. [`text`]: one clean, lower-case copy of the message, cut into pieces;
//! 2. [`lexicon`]: pieces become words of a language pack, slips of the keyboard included;
//! 3. [`order_number`] and [`email`]: what the shop's orders can be looked up by;
//! 4. [`rules`]: signals that speak for an order's whereabouts, or for the wish to talk to a
//!    person, and vetoes that silence them.
//!
//! The languages are data: one file in `packs/` each, compiled once; most share the rules of
//! `packs/shared.toml`. The pack that knows the most words of a message reads it.
//! [`explain`] says how a message comes to its reading.
//! Every step is linear in the length of the message, whatever it contains, and only the
//! [beginning](READ_MAX) of a long message is read.

mod email;
pub mod eval;
pub mod explain;
mod lexicon;
mod order_number;
mod pack;
mod pattern;
mod reading;
mod real_words;
mod rules;
#[cfg(test)]
mod tests;
mod text;

pub use reading::{Claim, Intent, Reading};

use std::{collections::HashMap, sync::LazyLock};

use explain::Explanation;
use pack::Pack;
use reading::MAX_FOUND;
use text::Text;

/// The language packs in use. A further language is one more line here.
static PACKS: LazyLock<Vec<Pack>> = LazyLock::new(|| {
    let shared = include_str!("wismo/packs/shared.toml");
    [
        include_str!("wismo/packs/en.toml"),
        include_str!("wismo/packs/de.toml"),
        include_str!("wismo/packs/fr.toml"),
        include_str!("wismo/packs/es.toml"),
        include_str!("wismo/packs/it.toml"),
        include_str!("wismo/packs/pt.toml"),
        include_str!("wismo/packs/nl.toml"),
    ]
    .iter()
    .map(|source| match Pack::compile(source, shared) {
        Ok(pack) => pack,
        // The packs are part of the executable and a test compiles each of them.
        Err(error) => unreachable!("embedded language pack: {error}"),
    })
    .collect()
});

/// How much of a message is read, in characters. What a shopper wants stands at the
/// beginning; the rest is a forwarded mail or worse, and whoever waits shouldn't wait for it.
pub const READ_MAX: usize = 1_000;

/// Reads a message on its own, without knowing what was said before.
pub fn read(text: &str) -> Reading {
    read_as(beginning(text), Asked::Nothing)
}

/// Reads the customer's next message after the AI asked for "order number or e-mail?":
/// a bare "#1234", "1234", "order 1234 please" or "jane@example.com" counts as well.
pub fn read_answer(text: &str) -> Reading {
    read_as(beginning(text), Asked::OrderNumberOrEmail)
}

/// Says how the rules read a message on its own.
pub fn explain(message: &str) -> Explanation {
    let text = Text::new(beginning(message));
    Explanation {
        reading: read(message),
        packs: packs_for(&text)
            .map(|at| PACKS[at].explain(&text))
            .collect(),
        cut_at: (message.chars().count() > READ_MAX).then_some(READ_MAX),
    }
}

/// The first [`READ_MAX`] characters of a text, without the word that the end falls in: half
/// a number is another order's.
fn beginning(text: &str) -> &str {
    let Some((end, _)) = text.char_indices().nth(READ_MAX) else {
        return text;
    };
    let cut = &text[..end];
    match cut.rfind(char::is_whitespace) {
        Some(last_blank) => &cut[..last_blank],
        None => cut,
    }
}

/// The packs that read a message, by their place: those that know the most of its words. A word
/// or two may be of several languages, then all of those are asked; a message without any
/// word is the first pack's.
fn packs_for(text: &Text) -> impl Iterator<Item = usize> {
    let mut known = [0_u16; PACKS_MAX];
    for word in text.words() {
        let packs = LANGUAGES.get(word).copied().unwrap_or_default();
        for (at, known) in known.iter_mut().enumerate() {
            *known += u16::from(packs & 1 << at != 0);
        }
    }
    let most = known.into_iter().max().unwrap_or_default();
    (0..PACKS.len()).filter(move |at| known[*at] == most && (most > 0 || *at == 0))
}

/// Most packs.
const PACKS_MAX: usize = 8;

/// The words of all packs, and which packs have them: a bit each, by its place.
static LANGUAGES: LazyLock<HashMap<Box<str>, u8>> = LazyLock::new(|| {
    let mut languages: HashMap<Box<str>, u8> = HashMap::new();
    for (at, pack) in PACKS.iter().take(PACKS_MAX).enumerate() {
        for word in pack.vocabulary() {
            *languages.entry(word.into()).or_default() |= 1 << at;
        }
    }
    languages
});

/// What the AI said last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Nothing,
    OrderNumberOrEmail,
}

fn read_as(text: &str, asked: Asked) -> Reading {
    let text = Text::new(text);
    let mut reading = Reading {
        wants_person: false,
        intent: Intent::Other,
        claim: None,
        latest_only: false,
        order_numbers: Vec::new(),
        tracking_numbers: Vec::new(),
        emails: text.emails(),
    };
    for at in packs_for(&text) {
        let pack = &PACKS[at];
        let found = match asked {
            Asked::Nothing => pack.read(&text),
            Asked::OrderNumberOrEmail => pack.read_answer(&text, !reading.emails.is_empty()),
        };
        reading.wants_person |= found.wants_person;
        if found.intent == Intent::OrderStatus {
            reading.intent = Intent::OrderStatus;
        }
        reading.claim = reading.claim.max(found.claim);
        reading.latest_only |= found.latest_only;
        for number in found.tracking_numbers {
            if reading.tracking_numbers.len() < MAX_FOUND
                && !reading.tracking_numbers.contains(&number)
            {
                reading.tracking_numbers.push(number);
            }
        }
        for number in found.order_numbers {
            if reading.order_numbers.len() < MAX_FOUND && !reading.order_numbers.contains(&number) {
                reading.order_numbers.push(number);
            }
        }
    }
    reading
}
