//! How a store writes its order numbers, learned from its orders.

use domain::order_number::OrderNumber;
use std::{collections::HashMap, ops::RangeInclusive};

/// More forms than these are none: a store whose numbers hold the date, or anything.
const FORMS_MAX: usize = 8;
/// A form that fewer than one in so many numbers has is a slip or a test.
const RARE: usize = 50;
/// Of so many numbers a form that a single one has is no form, either.
const MANY: usize = 20;
/// Numbers that are kept of a shop.
const SAMPLE: usize = 50;

/// One way of writing them: `SD-1001`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NumberForm {
    /// What stands before the digits; often nothing.
    prefix: String,
    /// How many digits there are.
    digits: RangeInclusive<usize>,
}

impl NumberForm {
    /// The number that is meant by `bare` (letters and digits only), if this is its form:
    /// prefix and digits, or the digits alone.
    fn write(&self, bare: &str) -> Option<String> {
        let fits = |digits: &&str| {
            self.digits.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        let digits = bare
            .strip_prefix(&bare_of(&self.prefix))
            .filter(fits)
            .or_else(|| Some(bare).filter(fits))?;
        Some(format!("{}{digits}", self.prefix))
    }
}

/// The forms of some of a store's numbers.
pub(super) fn learn(numbers: &[String]) -> Vec<NumberForm> {
    let mut seen: HashMap<&str, (RangeInclusive<usize>, usize)> = HashMap::new();
    for number in numbers {
        let prefix = number.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = number.len() - prefix.len();
        if digits > 0 {
            let (lengths, count) = seen.entry(prefix).or_insert((digits..=digits, 0));
            *lengths = digits.min(*lengths.start())..=digits.max(*lengths.end());
            *count += 1;
        }
    }
    let is_slip = |count: usize| count == 1 && numbers.len() >= MANY;
    seen.retain(|_, (_, count)| *count * RARE >= numbers.len() && !is_slip(*count));
    if seen.len() > FORMS_MAX {
        return Vec::new();
    }
    let forms = seen.into_iter().map(|(prefix, (digits, _))| NumberForm {
        prefix: prefix.to_owned(),
        digits,
    });
    forms.collect()
}

/// An example of each form of these numbers: the first that is written so.
pub(super) fn examples(numbers: &[String]) -> Vec<String> {
    let mut forms = learn(numbers);
    let mut examples = Vec::new();
    for number in numbers {
        let prefix = number.trim_end_matches(|c: char| c.is_ascii_digit());
        let written_so = |form: &NumberForm| form.prefix == prefix && prefix.len() < number.len();
        if let Some(at) = forms.iter().position(written_so) {
            forms.swap_remove(at);
            examples.push(number.clone());
        }
    }
    examples
}

/// The forms that a merchant has shown by `examples`. Numbers grow: they may have two more
/// digits.
pub(super) fn shown_by(examples: &[String]) -> Vec<NumberForm> {
    let mut forms = learn(examples);
    for form in &mut forms {
        form.digits = *form.digits.start()..=form.digits.end() + 2;
    }
    forms
}

/// The numbers that may be meant by a typed one: as each form writes it that fits.
pub(super) fn ways(forms: &[NumberForm], typed: &OrderNumber) -> Vec<OrderNumber> {
    let bare = bare_of(typed.as_str());
    let written = forms.iter().filter_map(|form| form.write(&bare));
    written
        .filter_map(|number| OrderNumber::parse(&number))
        .collect()
}

/// The number that is meant by a typed one, if there is exactly one of these `ways` and it
/// is written otherwise.
pub(super) fn only(ways: &[OrderNumber], typed: &OrderNumber) -> Option<OrderNumber> {
    let (one, others) = ways.split_first()?;
    let is_clear = others.iter().all(|other| other == one) && one != typed;
    is_clear.then(|| one.clone())
}

/// Numbers that are kept of a shop's, to learn from: those that were `seen` just now, the
/// newest first, then some of those that were `kept` before. What is no number is left out.
pub(super) fn sample(seen: &[String], kept: &[String]) -> Vec<String> {
    let mut sample: Vec<String> = Vec::new();
    let numbers = seen.iter().chain(kept);
    for number in numbers.filter_map(|number| OrderNumber::parse(number)) {
        let number = number.to_string();
        if sample.len() < SAMPLE && !sample.contains(&number) {
            sample.push(number);
        }
    }
    sample
}

fn bare_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(numbers: &[&str], typed: &str) -> Option<String> {
        let numbers: Vec<String> = numbers.iter().map(|&number| number.to_owned()).collect();
        let typed = OrderNumber::parse(typed).expect(typed);
        only(&ways(&learn(&numbers), &typed), &typed).map(|number| number.to_string())
    }

    #[test]
    fn a_prefix_may_be_left_out_or_written_otherwise() {
        for (numbers, typed, expected) in [
            (&["SD-1001", "SD-1002"][..], "sd1001", Some("SD-1001")),
            (&["SD-1001"], "1001", Some("SD-1001")),
            (&["SD-1001"], "SD_1001", Some("SD-1001")),
            (&["SD1001"], "SD-1001", Some("SD1001")),
            (&["EU1001"], "#1002", Some("EU1002")),
            (&["2026-0012"], "20260012", Some("2026-0012")),
            (&["1001"], "10-01", Some("1001")),
            (&["SD-1001"], "SD-1001", None),
            (&["1001"], "1001", None),
        ] {
            assert_eq!(written(numbers, typed).as_deref(), expected, "{typed}");
        }
    }

    #[test]
    fn a_shops_single_test_order_makes_no_form_and_spelling_none_either() {
        let mut numbers: Vec<String> = (1_000..1_020).map(|n| format!("sd-{n}")).collect();
        numbers.push("TEST-1001".to_owned());
        numbers.push("SD-1000".to_owned());
        let sample = sample(&numbers, &[]);
        assert_eq!(sample.len(), 21);
        assert_eq!(learn(&sample).len(), 1);
        let typed = OrderNumber::parse("sd1001").expect("a number");
        assert_eq!(ways(&learn(&sample), &typed)[0].as_str(), "SD-1001");
    }

    #[test]
    fn a_form_that_was_shown_has_room_to_grow() {
        let forms = shown_by(&["SD-1001".to_owned()]);
        for (typed, expected) in [("1002", "SD-1002"), ("sd123456", "SD-123456")] {
            let typed = OrderNumber::parse(typed).expect(typed);
            let number = only(&ways(&forms, &typed), &typed);
            assert_eq!(
                number.map(|number| number.to_string()).as_deref(),
                Some(expected)
            );
        }
        for typed in ["102", "1234567", "EU-1002"] {
            let typed = OrderNumber::parse(typed).expect(typed);
            assert_eq!(ways(&forms, &typed), [], "{typed}");
        }
    }

    #[test]
    fn nothing_is_guessed_where_several_forms_fit_or_none() {
        for (numbers, typed) in [
            (&["SD-1001", "EU-1001"][..], "1001"),
            (&["SD-1001", "2001"], "1001"),
            (&["SD-1001"], "101"),
            (&["SD-1001"], "100100"),
            (&["SD-1001"], "XX1001"),
            (&["SD-1001A"], "1001"),
            (&[], "1001"),
        ] {
            assert_eq!(written(numbers, typed), None, "{typed}");
        }
        let told_apart = written(&["SD-1001", "EU-1001"], "eu1001");
        assert_eq!(told_apart.as_deref(), Some("EU-1001"));
    }

    #[test]
    fn each_form_is_shown_by_its_newest_number() {
        let numbers = ["SD-1003", "2026A", "7002", "SD-1002", "7001"].map(str::to_owned);
        assert_eq!(examples(&numbers), ["SD-1003", "7002"]);
        assert_eq!(examples(&[]), Vec::<String>::new());
    }

    #[test]
    fn what_is_rare_is_no_form_and_a_date_is_none() {
        let mut numbers: Vec<String> = (1_000..1_099).map(|n| format!("SD-{n}")).collect();
        numbers.push("TEST1".to_owned());
        assert_eq!(learn(&numbers).len(), 1);
        let daily: Vec<String> = (10..30).map(|day| format!("2026-11-{day}-7")).collect();
        assert_eq!(learn(&daily), []);
    }

    #[test]
    fn of_a_shops_numbers_the_newest_are_kept_and_no_rubbish() {
        let numbers = |range: std::ops::Range<usize>| -> Vec<String> {
            range.rev().map(|n| format!("SD-{n}")).collect()
        };
        let kept = sample(&numbers(100..120), &[]);
        assert_eq!(kept, numbers(100..120));
        let more = sample(&numbers(110..130), &kept);
        assert_eq!(more, numbers(100..130));
        let most = sample(&numbers(130..190), &more);
        assert_eq!(most, numbers(140..190));
        assert_eq!(sample(&[], &most), most);
        let rubbish = ["", "order", "10:30", &"1".repeat(33), "7"].map(str::to_owned);
        assert_eq!(sample(&rubbish, &[]), ["7"]);
    }
}
