//! Checks a language model's answer against its sources, in code: whatever can
//! be checked (numbers, prices, percentages, dates, times, spans, links,
//! addresses) must occur in the sources, and the answer must be in the
//! shopper's language. A failed check means: quote the FAQ instead.

mod facts;

use domain::text::{Segment, segments};
use whatlang::{Lang, detect};

use facts::{Fact, facts, normal_url};

/// Letters a text needs before its language can be told.
const MIN_LETTERS: usize = 24;

/// A fact of the answer that no source has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not in the sources")]
pub struct FactMismatch(String);

/// Does every fact of `answer` occur in one of the `sources`? Facts are
/// compared by value: “thirty days” is “30 days”, “$5.00” is “$5”, “1,000” is
/// “1000”, “2 pm” is “14:00”. A number with a unit needs the same unit in the
/// source, one without matches any. Numbering at the start of a line is no fact.
pub fn check(answer: &str, sources: &[&str]) -> Result<(), FactMismatch> {
    let known: Vec<Fact> = sources.iter().flat_map(|source| facts(source)).collect();
    // A link as the widget will make it, whole, must be in a source.
    let known_links: Vec<String> = sources.iter().flat_map(|source| links(source)).collect();
    for link in links(answer) {
        if !known_links.contains(&link) && !known.contains(&Fact::Url(link.clone())) {
            return Err(FactMismatch(format!("“{link}”")));
        }
    }
    // Their parts have been compared with the whole.
    let answer = segments(answer)
        .into_iter()
        .map(|segment| match segment {
            Segment::Text(text) => text,
            Segment::Link(_) => " ; ",
        })
        .collect::<String>();
    match facts(&without_numbering(&answer))
        .into_iter()
        .find(|fact| !is_backed(fact, &known))
    {
        Some(fact) => Err(FactMismatch(describe(&fact))),
        None => Ok(()),
    }
}

/// What the widget makes links of.
fn links(text: &str) -> Vec<String> {
    segments(text)
        .into_iter()
        .filter_map(|segment| match segment {
            Segment::Link(link) => Some(normal_url(link)),
            Segment::Text(_) => None,
        })
        .collect()
}

/// May both be the same language? False only when both are long enough to be
/// sure and they differ.
pub fn same_language(question: &str, answer: &str) -> bool {
    match (language(question), language(answer)) {
        (Some(question), Some(answer)) => kin(question) == kin(answer),
        _ => true,
    }
}

fn is_backed(fact: &Fact, known: &[Fact]) -> bool {
    known.iter().any(|source| match (fact, source) {
        (Fact::Quantity { value, unit: None }, Fact::Quantity { value: other, .. }) => {
            value == other
        }
        (Fact::Quantity { value, unit: None }, Fact::Time(minutes)) => {
            let hour = minutes / 60;
            minutes % 60 == 0
                && [hour, (hour + 11) % 12 + 1]
                    .iter()
                    .any(|hour| hour.to_string() == *value)
        }
        (fact, source) => fact == source,
    })
}

/// The answer with `1.`, `2)` … at line starts taken away.
fn without_numbering(answer: &str) -> String {
    let line = |line: &str| {
        let text = line.trim_start();
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let numbered = (1..=2).contains(&(text.len() - rest.len()))
            && rest
                .strip_prefix(['.', ')'])
                .is_some_and(|rest| rest.starts_with(' '));
        if numbered {
            rest[1..].to_owned()
        } else {
            line.to_owned()
        }
    };
    answer.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn describe(fact: &Fact) -> String {
    match fact {
        Fact::Url(text)
        | Fact::Email(text)
        | Fact::Phone(text)
        | Fact::Date(text)
        | Fact::Code(text) => format!("“{text}”"),
        Fact::Time(minutes) => format!("“{}:{:02}”", minutes / 60, minutes % 60),
        Fact::Quantity {
            value,
            unit: Some(unit),
        } => format!("“{value} {unit}”"),
        Fact::Quantity { value, unit: None } => format!("“{value}”"),
        Fact::Day(day) => format!("“{day}”"),
    }
}

fn language(text: &str) -> Option<Lang> {
    if text.chars().filter(|c| c.is_alphabetic()).count() < MIN_LETTERS {
        return None;
    }
    detect(text)
        .filter(whatlang::Info::is_reliable)
        .map(|info| info.lang())
}

/// Languages too near to each other to be told apart in a chat message count as one.
fn kin(language: Lang) -> Lang {
    match language {
        Lang::Nob => Lang::Dan,
        Lang::Slk => Lang::Ces,
        Lang::Srp | Lang::Slv => Lang::Hrv,
        other => other,
    }
}

#[cfg(test)]
mod tests;
