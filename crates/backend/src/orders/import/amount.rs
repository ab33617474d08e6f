//! Amounts as people and programs write them: `1.234,56`, `1,234.56`, `$118.50`.

/// What a file takes for the mark before the fraction, as far as its amounts show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum DecimalMark {
    /// No amount has shown it.
    #[default]
    Unknown,
    /// `1,234.56`
    Point,
    /// `1.234,56`
    Comma,
    /// Some amounts show one, some the other.
    Both,
}

impl DecimalMark {
    /// What is known after another amount has been seen.
    pub(super) fn after(self, amount: &str) -> Self {
        let shown = match shape(amount).and_then(|shape| shape.mark) {
            Some(b'.') => Self::Point,
            Some(_) => Self::Comma,
            None => return self,
        };
        match self {
            Self::Unknown => shown,
            known if known == shown => known,
            _ => Self::Both,
        }
    }
}

/// Why an amount can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AmountFault {
    /// It isn't one.
    NoAmount,
    /// It is one of thousands or one with a fraction, and the file doesn't show which.
    Ambiguous,
}

/// A number of pieces: `2`, `2.00`.
pub(super) fn whole_number(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let is_whole = fraction.bytes().all(|byte| byte == b'0');
    is_whole.then(|| whole.parse().ok()).flatten()
}

/// An amount in the smallest unit of a currency with so many decimal places, rounded half
/// up where there are more.
pub(super) fn minor(amount: &str, digits: u32, file: DecimalMark) -> Result<i64, AmountFault> {
    let shape = shape(amount).ok_or(AmountFault::NoAmount)?;
    let mark = match (shape.mark, shape.single) {
        (Some(mark), _) => Some(mark),
        (None, Some(single)) => match (file, digits) {
            (DecimalMark::Point, _) => (single == b'.').then_some(single),
            (DecimalMark::Comma, _) => (single == b',').then_some(single),
            // Three places are what such a currency has.
            (_, 3) => Some(single),
            // It has no fraction.
            (_, 0) => None,
            _ => return Err(AmountFault::Ambiguous),
        },
        (None, None) => None,
    };
    let (whole, fraction) = match mark.and_then(|mark| shape.text.rsplit_once(char::from(mark))) {
        Some((whole, fraction)) => (whole, fraction),
        None => (shape.text.as_str(), ""),
    };
    let mut value: i64 = 0;
    let wanted = digits as usize;
    let places = fraction.bytes().chain(std::iter::repeat(b'0')).take(wanted);
    for digit in whole.bytes().filter(u8::is_ascii_digit).chain(places) {
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(i64::from(digit - b'0')))
            .ok_or(AmountFault::NoAmount)?;
    }
    if fraction
        .as_bytes()
        .get(wanted)
        .is_some_and(|next| *next >= b'5')
    {
        value = value.checked_add(1).ok_or(AmountFault::NoAmount)?;
    }
    Ok(if shape.negative { -value } else { value })
}

/// An amount's digits with its marks, and what the marks can be.
struct Shape {
    negative: bool,
    /// Digits, points and commas.
    text: String,
    /// The mark before the fraction, where the amount shows it.
    mark: Option<u8>,
    /// The one mark, with three digits behind it, that may be either.
    single: Option<u8>,
}

/// `None` if it isn't an amount.
fn shape(amount: &str) -> Option<Shape> {
    let amount = amount.trim();
    // A sign or a code may stand before or after the digits, and nothing else.
    let first = amount.find(|c: char| c.is_ascii_digit())?;
    let last = amount.rfind(|c: char| c.is_ascii_digit())?;
    let (before, rest) = amount.split_at(first);
    let (number, after) = rest.split_at(last + 1 - first);
    let mut negative = false;
    for around in [before, after] {
        for c in around.chars() {
            match c {
                '-' | '−' | '(' => negative = true,
                ')' | '+' => {}
                c if c.is_whitespace() || c.is_alphabetic() || is_currency_sign(c) => {}
                // `.50`, and `kr.` before and after.
                '.' => {}
                _ => return None,
            }
        }
    }
    let mut text = String::with_capacity(number.len() + 1);
    if before.ends_with('.') && !before.trim_end_matches('.').ends_with(char::is_alphabetic) {
        text.push_str("0.");
    }
    for c in number.chars() {
        match c {
            '0'..='9' | '.' | ',' => text.push(c),
            // Marks between thousands that are nothing else.
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’' => {}
            _ => return None,
        }
    }
    let count = |mark: char| text.matches(mark).count();
    let (points, commas) = (count('.'), count(','));
    let (mark, single) = match (points, commas) {
        (0, 0) => (None, None),
        (1, 0) => one(&text, b'.'),
        (0, 1) => one(&text, b','),
        (_, 0) | (0, _) => (None, None),
        // The last one; the other stands between thousands.
        _ if text.rfind('.') > text.rfind(',') => (Some(b'.'), None),
        _ => (Some(b','), None),
    };
    is_grouped(&text, mark, single).then_some(Shape {
        negative,
        text,
        mark,
        single,
    })
}

/// Of the one mark of an amount: whether it is known to stand before a fraction, or may.
fn one(text: &str, mark: u8) -> (Option<u8>, Option<u8>) {
    let (whole, behind) = text.split_once(char::from(mark)).unwrap_or((text, ""));
    // Thousands have one to three digits before them, the first of which isn't zero.
    let may_be_thousands =
        behind.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
    if may_be_thousands {
        (None, Some(mark))
    } else {
        (Some(mark), None)
    }
}

/// Whether the marks between thousands stand three digits apart; in India two, but for the
/// last.
fn is_grouped(text: &str, mark: Option<u8>, single: Option<u8>) -> bool {
    if single.is_some() {
        return true;
    }
    let (whole, fraction) = match mark.and_then(|mark| text.rsplit_once(char::from(mark))) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    if fraction.is_some_and(|fraction| fraction.is_empty() || !is_digits(fraction)) {
        return false;
    }
    let other = if whole.contains(',') { ',' } else { '.' };
    let mut groups = whole.split(other);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<_> = groups.collect();
    let first_fits = if rest.is_empty() {
        !first.is_empty()
    } else {
        (1..=3).contains(&first.len())
    };
    first_fits
        && is_digits(first)
        && rest
            .iter()
            .all(|group| (2..=3).contains(&group.len()) && is_digits(group))
        && rest.last().is_none_or(|last| last.len() == 3)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_currency_sign(c: char) -> bool {
    matches!(c, '$' | '¢' | '£' | '¤' | '¥' | '\u{20A0}'..='\u{20CF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(amount: &str, digits: u32) -> Result<i64, AmountFault> {
        minor(amount, digits, DecimalMark::Unknown)
    }

    #[test]
    fn amounts_are_read_as_people_write_them() {
        for (amount, cents) in [
            ("118.50", 11_850),
            ("118,5", 11_850),
            ("1.234,56", 123_456),
            ("1,234.56", 123_456),
            ("1.234.567,89", 123_456_789),
            ("1,234,567", 123_456_700),
            ("1 234,56", 123_456),
            ("1'234.50", 123_450),
            ("1,23,456.00", 12_345_600),
            ("$1,234.56", 123_456),
            ("€ 12,00", 1_200),
            ("12.00 EUR", 1_200),
            ("kr. 12,00", 1_200),
            (".50", 50),
            ("118.048", 11_805),
            ("1234.5678", 123_457),
            ("0.005", 1),
            ("12", 1_200),
            ("0", 0),
            ("-5.00", -500),
            ("(5.00)", -500),
        ] {
            // Three decimals are no thousands where the file shows its mark.
            let shown = DecimalMark::Unknown.after(if amount == "118.048" { "1.5" } else { "" });
            assert_eq!(minor(amount, 2, shown), Ok(cents), "{amount}");
        }
    }

    #[test]
    fn other_things_are_no_amounts() {
        for text in [
            "",
            "free",
            "1.2.3",
            "1,2,3",
            "1.23,456,7",
            "12:30",
            "=1+1",
            "1e5",
            "5 - 3",
            "1..5",
            "99999999999999999999",
        ] {
            assert_eq!(read(text, 2), Err(AmountFault::NoAmount), "{text}");
        }
    }

    #[test]
    fn one_mark_before_three_digits_is_decided_by_the_file() {
        for (amount, as_point, as_comma) in [("1.234", 123, 123_400), ("1,234", 123_400, 123)] {
            assert_eq!(read(amount, 2), Err(AmountFault::Ambiguous));
            assert_eq!(
                minor(amount, 2, DecimalMark::Both),
                Err(AmountFault::Ambiguous)
            );
            assert_eq!(minor(amount, 2, DecimalMark::Point), Ok(as_point));
            assert_eq!(minor(amount, 2, DecimalMark::Comma), Ok(as_comma));
        }
    }

    #[test]
    fn the_currency_decides_where_the_file_shows_nothing() {
        assert_eq!(read("1.234", 3), Ok(1_234));
        assert_eq!(read("1.234", 0), Ok(1_234));
    }

    #[test]
    fn a_file_shows_its_mark_by_any_amount_that_has_both_or_few_decimals() {
        let after = |amounts: &[&str]| {
            let unknown = DecimalMark::Unknown;
            amounts
                .iter()
                .fold(unknown, |mark, amount| mark.after(amount))
        };
        assert_eq!(after(&["1.234", "12"]), DecimalMark::Unknown);
        assert_eq!(after(&["1.234", "12,50"]), DecimalMark::Comma);
        assert_eq!(after(&["1,234.50", "no"]), DecimalMark::Point);
        assert_eq!(after(&["1.5", "1,5"]), DecimalMark::Both);
    }

    fn written(cents: i64, point: char, between: &str) -> String {
        let parts = domain::money::parts(cents, "USD", &point.to_string(), between);
        format!("{}{}", parts.minus, parts.amount)
    }

    proptest! {
        #[test]
        fn an_amount_written_in_either_way_is_read_as_it_was(cents in -1_000_000_000_000_i64..1_000_000_000_000) {
            for (point, between) in [('.', ""), (',', ""), ('.', ","), (',', "."), (',', " "), ('.', "'")] {
                let text = written(cents, point, between);
                prop_assert_eq!(read(&text, 2), Ok(cents), "{}", text);
            }
        }

        #[test]
        fn no_text_breaks_it(text in "\\PC{0,20}|[0-9.,' -]{0,12}", digits in 0..4_u32) {
            let mark = DecimalMark::Unknown.after(&text);
            let _ = minor(&text, digits, mark);
        }
    }
}
