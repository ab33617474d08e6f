//! Order numbers, as shoppers type them and shops store them.

/// Normalised order number: without `#`, upper-case, otherwise as typed ("1001", "SD-1001").
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderNumber(String);

impl OrderNumber {
    /// Longest order number, in characters.
    pub const MAX_LENGTH: usize = 32;

    /// Takes an order number as somebody types it: "#1001", " sd-1001 ".
    ///
    /// `None` unless it is 1–32 ASCII letters and digits, with single `-` or `_` inside, and at least one digit.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let number = typed.trim().trim_start_matches('#').trim_start();
        let well_formed = number.len() <= Self::MAX_LENGTH
            && number.bytes().any(|byte| byte.is_ascii_digit())
            && number.split(['-', '_']).all(|part| {
                !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
        well_formed.then(|| Self(number.to_ascii_uppercase()))
    }

    /// The number, for example `SD-1001`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for OrderNumber {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_numbers_are_normalised() {
        for (typed, number) in [
            ("#1001", "1001"),
            (" sd-1001 ", "SD-1001"),
            ("# 7", "7"),
            ("a_1", "A_1"),
        ] {
            assert_eq!(OrderNumber::parse(typed).expect(typed).as_str(), number);
        }
    }

    #[test]
    fn other_things_are_refused() {
        for typed in [
            "",
            "#",
            "order",
            "12 34",
            "1--2",
            "-1",
            "1-",
            "10:30",
            "1,200",
            "é1",
            &"1".repeat(33),
        ] {
            assert_eq!(OrderNumber::parse(typed), None, "{typed}");
        }
    }
}
