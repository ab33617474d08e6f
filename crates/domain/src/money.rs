//! Amounts as integers in the currency's smallest unit.

/// The currencies of ISO 4217 that people pay with.
/// <https://www.six-group.com/en/products-services/financial-information/data-standards.html>
const CURRENCIES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD",
    "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD",
    "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ",
    "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD",
    "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR",
    "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR",
    "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN",
    "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR",
    "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB",
    "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS",
    "VES", "VND", "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

/// The code in capitals if it is one of a currency: `" usd "` → `USD`.
#[must_use]
pub fn known(code: &str) -> Option<&'static str> {
    let code = code.trim();
    let found = CURRENCIES
        .iter()
        .find(|known| known.eq_ignore_ascii_case(code));
    found.copied()
}

/// Decimal places of an ISO 4217 currency; two unless listed here.
#[must_use]
pub fn minor_digits(currency: &str) -> u32 {
    match currency.to_ascii_uppercase().as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// An amount in its parts, to be put together as a language does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// `-`, or nothing.
    pub minus: &'static str,
    /// The digits with their marks, e.g. `1,234.56`.
    pub amount: String,
    /// The currency's well-known sign, e.g. `$`, where it has one.
    pub sign: Option<&'static str>,
    /// The currency's code in capitals, e.g. `USD`.
    pub code: String,
}

/// The parts of an amount, with these marks between its digits.
#[must_use]
pub fn parts(minor: i64, currency: &str, decimal_mark: &str, thousands_mark: &str) -> Parts {
    let code = currency.to_ascii_uppercase();
    let digits = minor_digits(&code);
    let unit = 10_u64.pow(digits);
    let amount = minor.unsigned_abs();
    let whole = grouped(amount / unit, thousands_mark);
    Parts {
        minus: if minor < 0 { "-" } else { "" },
        amount: if digits == 0 {
            whole
        } else {
            let width = digits as usize;
            format!("{whole}{decimal_mark}{:0width$}", amount % unit)
        },
        sign: match code.as_str() {
            "USD" => Some("$"),
            "EUR" => Some("€"),
            "GBP" => Some("£"),
            "JPY" => Some("¥"),
            _ => None,
        },
        code,
    }
}

/// In English: `(118_50, "usd")` → `$118.50`; a currency without a well-known
/// sign is written after the amount: `118.50 CHF`.
#[must_use]
pub fn format(minor: i64, currency: &str) -> String {
    let Parts {
        minus,
        amount,
        sign,
        code,
    } = parts(minor, currency, ".", ",");
    match sign {
        Some(sign) => format!("{minus}{sign}{amount}"),
        None => format!("{minus}{amount} {code}"),
    }
}

/// An amount as it is typed into a form, in the currency's smallest unit: `118.50`, `118,5`.
/// `None` if it isn't one, or has more decimals than the currency.
#[must_use]
pub fn parse(typed: &str, currency: &str) -> Option<i64> {
    let typed = typed.trim();
    let (whole, fraction) = typed.split_once(['.', ',']).unwrap_or((typed, ""));
    let digits = minor_digits(currency) as usize;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) || fraction.len() > digits {
        return None;
    }
    format!("{whole}{fraction:0<digits$}").parse().ok()
}

/// An amount as [`parse`] reads it: `118.50`.
#[must_use]
pub fn plain(minor: i64, currency: &str) -> String {
    let parts = parts(minor, currency, ".", "");
    format!("{}{}", parts.minus, parts.amount)
}

/// `1234567` → `1,234,567`.
pub(crate) fn grouped(number: u64, mark: &str) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push_str(mark);
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{CURRENCIES, format, known, parse, plain};

    #[test]
    fn what_is_typed_is_read_as_it_is_written() {
        for (typed, currency, minor) in [
            ("118.50", "USD", Some(11_850)),
            (" 118,5 ", "EUR", Some(11_850)),
            ("12", "JPY", Some(12)),
            ("1.2345", "KWD", None),
            ("1.5", "JPY", None),
            ("1,234.50", "USD", None),
            ("-1", "USD", None),
            (".5", "USD", None),
            ("", "USD", None),
        ] {
            assert_eq!(parse(typed, currency), minor, "{typed}");
        }
        assert_eq!(plain(123_450, "USD"), "1234.50");
    }

    #[test]
    fn codes_are_known_in_any_case_and_nothing_else_is() {
        assert_eq!(known(" usd "), Some("USD"));
        for unknown in ["", "US", "USDT", "XYZ", "$"] {
            assert_eq!(known(unknown), None, "{unknown}");
        }
        assert!(CURRENCIES.is_sorted());
    }

    #[test]
    fn amounts_read_as_people_write_them() {
        assert_eq!(format(123_456, "usd"), "$1,234.56");
        assert_eq!(format(-500, "EUR"), "-€5.00");
        assert_eq!(format(1_200, "JPY"), "¥1,200");
        assert_eq!(format(5, "CHF"), "0.05 CHF");
        assert_eq!(format(1_234, "KWD"), "1.234 KWD");
        assert_eq!(format(i64::MIN, "USD"), "-$92,233,720,368,547,758.08");
    }
}
