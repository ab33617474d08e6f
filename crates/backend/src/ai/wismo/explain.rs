//! Why a message was read as it was: what `shopdesk eval wismo --explain` prints.

use std::fmt;

use super::reading::Reading;

/// How the rules came to their reading of a message.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The reading itself.
    pub reading: Reading,
    /// What each pack that was asked says, the first one's language first.
    pub packs: Vec<PackExplanation>,
    /// How many characters were read, if not all.
    pub cut_at: Option<usize>,
}

/// What one language pack finds.
#[derive(Debug, Clone)]
pub struct PackExplanation {
    /// BCP 47 tag.
    pub language: String,
    /// The message as the rules see it: slips mended, phrases replaced, fillers gone.
    pub words: String,
    /// What speaks for an order's whereabouts, and against it.
    pub order: RulesExplanation,
    /// The same for the wish to talk to a person.
    pub person: RulesExplanation,
}

/// What was found by rules for one thing.
#[derive(Debug, Clone, Default)]
pub struct RulesExplanation {
    /// Whether it is asked for.
    pub asks: bool,
    pub signals: Vec<HeardSignal>,
    pub vetoes: Vec<HeardVeto>,
}

/// A signal that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardSignal {
    /// The rule, by what it says.
    pub rule: String,
    pub strength: String,
    /// The words that it was found in.
    pub words: String,
    /// Why it doesn't count, if it doesn't.
    pub silenced_by: Option<String>,
}

/// A veto that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardVeto {
    /// The rule, by what it says.
    pub rule: String,
    /// The strongest signal that it silences.
    pub beats: String,
    /// How far it reaches.
    pub reach: String,
    /// The words that it was found in.
    pub words: String,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.reading.wants_person {
            "asks for a person"
        } else if self.reading.asks_about_order() {
            "asks about an order"
        } else {
            "other"
        };
        writeln!(f, "verdict: {verdict}")?;
        if let Some(read) = self.cut_at {
            writeln!(f, "only the first {read} characters were read")?;
        }
        for number in &self.reading.order_numbers {
            writeln!(f, "order number: {number}")?;
        }
        for number in &self.reading.tracking_numbers {
            writeln!(f, "parcel number: {}", number.as_str())?;
        }
        for email in &self.reading.emails {
            writeln!(f, "email: {email}")?;
        }
        for pack in &self.packs {
            writeln!(f, "\npack: {}", pack.language)?;
            writeln!(f, "read as: {}", pack.words)?;
            for (what, rules) in [("order", &pack.order), ("person", &pack.person)] {
                write!(f, "{what}: {}", if rules.asks { "yes" } else { "no" })?;
                writeln!(f, "{rules}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for RulesExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for signal in &self.signals {
            let HeardSignal {
                rule,
                strength,
                words,
                silenced_by,
            } = signal;
            let fired = if silenced_by.is_some() {
                "silenced"
            } else {
                "fired"
            };
            write!(f, "\n  {fired}: {rule} ({strength}) in \"{words}\"")?;
            if let Some(veto) = silenced_by {
                write!(f, ", by: {veto}")?;
            }
        }
        for HeardVeto {
            rule,
            beats,
            reach,
            words,
        } in &self.vetoes
        {
            write!(
                f,
                "\n  veto: {rule} (beats {beats}, reaches its {reach}) in \"{words}\""
            )?;
        }
        Ok(())
    }
}
