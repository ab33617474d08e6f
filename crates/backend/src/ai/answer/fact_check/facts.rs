//! Takes the checkable facts out of a text, in a form in which equal facts are equal.

use std::{borrow::Cow, sync::LazyLock};

use regex::{Captures, Regex};

/// One checkable fact, normalised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// Host in lower case with path and query; without scheme and `www.`.
    Url(String),
    /// Lower case.
    Email(String),
    /// Digits only.
    Phone(String),
    /// A date in figures: its parts without leading zeros.
    Date(String),
    /// Minutes since midnight.
    Time(u32),
    /// A number, with its unit if it has one: `day`, `business day`, `%`, `$`, `kg` …
    Quantity { value: String, unit: Option<String> },
    /// Letters and figures in one: a product or discount code. Lower case.
    Code(String),
    /// A weekday, a month, or a word such as “tomorrow”. Lower case.
    Day(&'static str),
}

static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+"));
static URL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?:(?i:https?)://|\b(?i:www)\.)[^\s<>()\[\]{}"'”’]+|\b(?:[A-Za-z0-9-]+\.)+(?:[a-z]{2,}|[A-Z]{2,})\b(?:/[^\s<>()\[\]{}"'”’]*)?"#,
    )
});
static DATE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(\d{1,4})[-/.](\d{1,2})[-/.](\d{2,4}|\d{1,2})\b"));
static PHONE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\+?\(?\d+(?:(?:\) ?| \(|[-. /])\d+)+"));
static TIME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(\d{1,2})(?::(\d{2}))?\s?(am|pm|a\.m\.|p\.m\.)(?:\b|\s|$)|\b(\d{1,2}):(\d{2})\b",
    )
});
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\p{L}+\d[\p{L}\d]*|\d+(?:[.,]\d+)*|\p{L}+(?:['’]\p{L}+)*|[\p{Sc}%°.!?;:\n–—-]")
});

/// A pattern that is part of the executable. There is no check without it: one that
/// couldn't be read would stop the answer, never let it pass. Every answer goes through
/// every pattern, so any test of the check would show it.
fn pattern(source: &str) -> Regex {
    match Regex::new(source) {
        Ok(pattern) => pattern,
        Err(error) => unreachable!("embedded pattern: {error}"),
    }
}

/// Figures a phone number has at least.
const PHONE_DIGITS: usize = 7;

/// All facts of a text.
pub fn facts(text: &str) -> Vec<Fact> {
    let mut facts = Vec::new();
    let text = take(&EMAIL, Cow::Borrowed(text), |found| {
        facts.push(Fact::Email(found[0].to_lowercase()));
        true
    });
    let text = take(&URL, text, |found| {
        facts.push(Fact::Url(normal_url(&found[0])));
        true
    });
    let text = take(&DATE, text, |found| {
        let part = |at: usize| found[at].trim_start_matches('0').to_owned();
        facts.push(Fact::Date([part(1), part(2), part(3)].join("/")));
        true
    });
    let text = take(&PHONE, text, |found| {
        let digits: String = found[0].chars().filter(char::is_ascii_digit).collect();
        let is_phone = digits.len() >= PHONE_DIGITS;
        if is_phone {
            facts.push(Fact::Phone(digits));
        }
        is_phone
    });
    let text = take(&TIME, text, |found| {
        let time = time_of(found);
        facts.extend(time.map(Fact::Time));
        time.is_some()
    });
    let tokens: Vec<&str> = TOKEN.find_iter(&text).map(|found| found.as_str()).collect();
    quantities(&tokens, &mut facts);
    facts
}

/// Calls `keep` for each match; what it accepts is blanked out of the text.
fn take<'t>(
    pattern: &Regex,
    text: Cow<'t, str>,
    mut keep: impl FnMut(&Captures<'_>) -> bool,
) -> Cow<'t, str> {
    let blanked = pattern.replace_all(&text, |found: &Captures<'_>| {
        if keep(found) {
            " ; ".to_owned()
        } else {
            found[0].to_owned()
        }
    });
    Cow::Owned(blanked.into_owned())
}

/// A web address in the form of [`Fact::Url`].
pub fn normal_url(url: &str) -> String {
    let url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '…']);
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let end_of_host = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end_of_host);
    let host = host.to_lowercase();
    format!(
        "{}{}",
        host.strip_prefix("www.").unwrap_or(&host),
        path.trim_end_matches('/')
    )
}

fn time_of(found: &Captures<'_>) -> Option<u32> {
    let number = |at: usize| {
        found
            .get(at)
            .and_then(|part| part.as_str().parse::<u32>().ok())
    };
    let (hour, minute) = match (number(1), number(4)) {
        (Some(hour), _) => (hour, number(2).unwrap_or(0)),
        (None, Some(hour)) => (hour, number(5)?),
        (None, None) => return None,
    };
    let half = found.get(3).map(|half| half.as_str().to_lowercase());
    let hour = match half.as_deref().map(|half| half.starts_with('p')) {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
}

/// Numbers with units, codes and days of a list of tokens.
fn quantities(tokens: &[&str], facts: &mut Vec<Fact>) {
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at];
        if let Some((value, next)) = number(tokens, at) {
            let before = at
                .checked_sub(1)
                .and_then(|before| currency(tokens[before]));
            let unit = before
                .or_else(|| unit(tokens, next))
                .or_else(|| unit_of_range(tokens, next));
            // “one” alone is mostly no number: “the one you like”.
            if unit.is_some() || !token.eq_ignore_ascii_case("one") {
                facts.push(Fact::Quantity {
                    value,
                    unit: unit.map(str::to_owned),
                });
            }
            at = next;
            continue;
        }
        if token.contains(|c: char| c.is_ascii_digit()) {
            facts.push(Fact::Code(token.to_lowercase()));
        } else if let Some(day) = day(tokens, at) {
            facts.push(Fact::Day(day));
        }
        at += 1;
    }
}

/// The number that starts at a token, and the position after it.
fn number(tokens: &[&str], at: usize) -> Option<(String, usize)> {
    let token = tokens.get(at)?;
    if token.starts_with(|c: char| c.is_ascii_digit()) {
        return Some((normal_number(token), at + 1));
    }
    let mut value = number_word(token)?;
    let mut next = at + 1;
    let word = |at: usize| tokens.get(at).and_then(|token| number_word(token));
    if (20..100).contains(&value) && value % 10 == 0 {
        let dash = usize::from(tokens.get(next) == Some(&"-"));
        if let Some(ones @ 1..=9) = word(next + dash) {
            value += ones;
            next += dash + 1;
        }
    }
    for (name, factor) in [("hundred", 100), ("thousand", 1_000)] {
        if tokens
            .get(next)
            .is_some_and(|token| token.eq_ignore_ascii_case(name))
        {
            value *= factor;
            next += 1;
        }
    }
    Some((value.to_string(), next))
}

fn number_word(word: &str) -> Option<u32> {
    const SMALL: [&str; 21] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    const TENS: [&str; 7] = [
        "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    let is = |name: &&str| word.eq_ignore_ascii_case(name);
    let value = match SMALL.iter().position(is) {
        Some(value) => value,
        None => TENS.iter().position(is)? * 10 + 30,
    };
    u32::try_from(value).ok()
}

/// `1,000` → `1000`, `5.00` → `5`, `4,50` → `4.5`, `007` → `7`. A separator
/// before exactly three figures separates thousands.
fn normal_number(written: &str) -> String {
    let groups: Vec<&str> = written.split(['.', ',']).collect();
    let (last, front) = groups.split_last().unwrap_or((&"", &[]));
    let last_is_thousands = last.len() == 3 && front.first().is_some_and(|first| *first != "0");
    let (whole, fraction) = if front.is_empty() || last_is_thousands {
        (groups.concat(), "")
    } else {
        (front.concat(), last.trim_end_matches('0'))
    };
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }
}

/// The unit that stands at a position, after a hyphen perhaps.
fn unit(tokens: &[&str], at: usize) -> Option<&'static str> {
    let at = at + usize::from(tokens.get(at) == Some(&"-"));
    let token = tokens.get(at)?.to_lowercase();
    let next = || {
        tokens
            .get(at + 1)
            .map(|next| next.to_lowercase())
            .unwrap_or_default()
    };
    Some(match token.as_str() {
        "business" | "working" | "work" if next().starts_with("day") => "business day",
        "minute" | "minutes" | "min" | "mins" => "minute",
        "hour" | "hours" | "hr" | "hrs" | "h" => "hour",
        "day" | "days" => "day",
        "week" | "weeks" => "week",
        "month" | "months" | "monthly" => "month",
        "year" | "years" => "year",
        "%" | "percent" => "%",
        "per" if next() == "cent" => "%",
        "°" | "degree" | "degrees" => "°",
        "kg" | "kilo" | "kilos" => "kg",
        "g" | "gram" | "grams" => "g",
        "mg" => "mg",
        "mm" => "mm",
        "cm" | "centimetre" | "centimetres" | "centimeters" => "cm",
        "m" | "metre" | "metres" | "meters" => "m",
        "km" => "km",
        "ml" => "ml",
        "l" | "litre" | "litres" | "liter" | "liters" => "l",
        "lb" | "lbs" | "pound" | "pounds" => "lb",
        "oz" | "ounce" | "ounces" => "oz",
        "inch" | "inches" => "inch",
        token => return currency(token),
    })
}

/// In “3–5 days” and “between 3 and 5 days” the unit of the second number
/// holds for the first.
fn unit_of_range(tokens: &[&str], at: usize) -> Option<&'static str> {
    const JOINS: [&str; 7] = ["-", "–", "—", "to", "or", "and", "until"];
    let joined = tokens
        .get(at)
        .is_some_and(|token| JOINS.contains(&token.to_lowercase().as_str()));
    let (_, after) = number(tokens, at + 1).filter(|_| joined)?;
    unit(tokens, after)
}

fn currency(token: &str) -> Option<&'static str> {
    Some(match token.to_lowercase().as_str() {
        "$" | "usd" | "dollar" | "dollars" => "$",
        "€" | "eur" | "euro" | "euros" => "€",
        "£" | "gbp" => "£",
        "¥" | "jpy" | "yen" => "¥",
        "chf" | "francs" => "chf",
        "cent" | "cents" => "cent",
        _ => return None,
    })
}

/// Weekdays, months and words that promise a day.
fn day(tokens: &[&str], at: usize) -> Option<&'static str> {
    const DAYS: [&str; 20] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "tomorrow",
        "tonight",
        "overnight",
        "january",
        "february",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    /// Months that are also verbs: only beside a number.
    const DOUBTFUL: [&str; 2] = ["march", "may"];
    let word = tokens[at].to_lowercase();
    let is = |name: &&&str| word == **name || word.strip_suffix('s') == Some(**name);
    if let Some(name) = DAYS.iter().find(is) {
        return Some(name);
    }
    let beside_number = number(tokens, at + 1).is_some()
        || at
            .checked_sub(1)
            .is_some_and(|before| number(tokens, before).is_some());
    DOUBTFUL
        .iter()
        .find(|name| beside_number && word == **name)
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_finds_what_it_is_for() {
        for (pattern, text) in [
            (&EMAIL, "help@shop.example"),
            (&URL, "shop.example/returns"),
            (&DATE, "2027-01-05"),
            (&PHONE, "+1 555 010 4242"),
            (&TIME, "5:30 pm"),
            (&TOKEN, "30"),
        ] {
            let found = pattern.find(text).map(|found| found.as_str());
            assert_eq!(found, Some(text));
        }
    }

    #[test]
    fn a_pattern_that_cannot_be_read_lets_nothing_pass() {
        assert!(std::panic::catch_unwind(|| pattern("(")).is_err());
    }
}
