//! Amounts as integers in the currency's smallest unit.

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

/// `1234567` → `1,234,567`.
fn grouped(number: u64, mark: &str) -> String {
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
    use super::format;

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
