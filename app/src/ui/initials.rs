//! What stands in for a picture of somebody.

/// One or two letters for a name.
#[must_use]
pub fn initials(name: &str) -> String {
    let letters: String = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
        .take(2)
        .flat_map(char::to_uppercase)
        .collect();
    if letters.is_empty() {
        "?".to_owned()
    } else {
        letters
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_letters() {
        assert_eq!(initials("Demo Shop"), "DS");
        assert_eq!(initials("émile"), "É");
        assert_eq!(initials("👋 (hello)"), "H");
        assert_eq!(initials(""), "?");
    }
}
