//! Carriers' numbers of parcels, as shoppers type them and shops store them.

/// Normalised tracking number: upper-case, without blanks and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TrackingNumber(String);

/// How much the form of a number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackingForm {
    /// It is a parcel's, whatever is said of it.
    Sure,
    /// It is a parcel's unless it is called an order's.
    Likely,
    /// Carriers use such digits, and so do others.
    Digits,
    /// It says nothing.
    Other,
}

impl TrackingNumber {
    /// Shortest and longest number, in characters.
    pub const LENGTHS: std::ops::RangeInclusive<usize> = 8..=34;

    /// Takes a number as somebody types it: `1Z 999 AA1 01 2345 6784`.
    ///
    /// `None` unless it is 8–34 ASCII letters and digits, of which at least six are digits.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let number: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect();
        let well_formed = Self::LENGTHS.contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && number.bytes().filter(u8::is_ascii_digit).count() >= 6;
        well_formed.then(|| Self(number.to_ascii_uppercase()))
    }

    /// The number, for example `1Z999AA10123456784`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What its form says.
    #[must_use]
    pub fn form(&self) -> TrackingForm {
        let number = self.0.as_str();
        let length = number.len();
        let is_digits = number.bytes().all(|byte| byte.is_ascii_digit());
        if number.starts_with("1Z") && length == 18 {
            // UPS
            TrackingForm::Sure
        } else if is_digits {
            // USPS; a shipping unit of GS1, as DHL and others number it.
            let is_carriers = matches!((length, &number[..1]), (22, "9"))
                || matches!((length, &number[..2]), (20, "00"));
            if is_carriers && has_gs1_digit(number) {
                TrackingForm::Sure
            } else if (12..=22).contains(&length) {
                TrackingForm::Digits
            } else {
                TrackingForm::Other
            }
        } else if is_s10(number) || is_of_carrier(number) {
            TrackingForm::Likely
        } else {
            TrackingForm::Other
        }
    }
}

/// The last digit of a number of GS1 makes the sum of all, the last but one and every second
/// before it times three, a multiple of ten.
fn has_gs1_digit(number: &str) -> bool {
    let digits = number.bytes().rev().map(|byte| u32::from(byte - b'0'));
    let weighed = digits.zip([1, 3].into_iter().cycle());
    let sum: u32 = weighed.map(|(digit, weight)| digit * weight).sum();
    sum.is_multiple_of(10)
}

/// The posts' `RR123456785DE` (UPU S10): eight digits and one that they make, between
/// letters.
fn is_s10(number: &str) -> bool {
    let bytes = number.as_bytes();
    let is_formed = bytes.len() == 13
        && [0, 1, 11, 12]
            .iter()
            .all(|&at| bytes[at].is_ascii_uppercase())
        && bytes[2..11].iter().all(u8::is_ascii_digit);
    if !is_formed {
        return false;
    }
    let digits = bytes[2..10].iter().map(|byte| u32::from(byte - b'0'));
    let weighed = digits.zip([8, 6, 4, 2, 3, 5, 9, 7]);
    let sum: u32 = weighed.map(|(digit, weight)| digit * weight).sum();
    let check = match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        check => check,
    };
    check == u32::from(bytes[10] - b'0')
}

/// Amazon's `TBA` and DHL's `JJD` with their digits.
fn is_of_carrier(number: &str) -> bool {
    [("TBA", 12..=12), ("JJD", 14..=20), ("JVGL", 12..=20)]
        .into_iter()
        .any(|(prefix, lengths)| {
            number.strip_prefix(prefix).is_some_and(|rest| {
                lengths.contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit())
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_numbers_are_normalised() {
        for (typed, number) in [
            (" 1z 999 aa1 01 2345 6784", "1Z999AA10123456784"),
            ("rr123456785de", "RR123456785DE"),
            ("0034-0434-1234", "003404341234"),
        ] {
            assert_eq!(TrackingNumber::parse(typed).expect(typed).as_str(), number);
        }
        for typed in [
            "",
            "1234567",
            "ABCDEFGHI",
            "12345678é",
            "1,234,567,890",
            &"1".repeat(35),
        ] {
            assert_eq!(TrackingNumber::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn forms() {
        for (number, form) in [
            ("1Z999AA10123456784", TrackingForm::Sure),
            ("9400111899223197428497", TrackingForm::Sure),
            ("00340434161094042557", TrackingForm::Sure),
            ("9400111899223197428491", TrackingForm::Digits),
            ("RR123456785DE", TrackingForm::Likely),
            ("RR123456784DE", TrackingForm::Other),
            ("TBA123456789012", TrackingForm::Likely),
            ("JJD000390007882823571", TrackingForm::Likely),
            ("123456789012", TrackingForm::Digits),
            ("12345678901", TrackingForm::Other),
            ("NW482019375", TrackingForm::Other),
            ("SD-10010012", TrackingForm::Other),
        ] {
            let parsed = TrackingNumber::parse(number).expect(number);
            assert_eq!(parsed.form(), form, "{number}");
        }
    }
}
