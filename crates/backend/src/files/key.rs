//! What a file is called.

use domain::Invalid;

/// Longest key, in characters.
const KEY_MAX: usize = 200;

/// A file's name: words of small letters, digits, `-`, `_` and `.`, with `/`
/// between them. No word begins with a dot, so a key leads nowhere but into
/// the place where files are kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileKey(String);

impl FileKey {
    /// # Errors
    /// [`Invalid`] if it is no key.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let is_word = |word: &str| {
            !word.is_empty()
                && !word.starts_with('.')
                && word.chars().all(|c| {
                    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.')
                })
        };
        if raw.len() <= KEY_MAX && raw.split('/').all(is_word) {
            Ok(Self(raw.to_owned()))
        } else {
            Err(Invalid::new("key", "This is not the name of a file."))
        }
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leads_nowhere_else() {
        for raw in [
            "",
            "/",
            "/etc/passwd",
            "a/../b",
            "..",
            ".hidden",
            "a/.b",
            "a//b",
            "a/",
            "A",
            "a b",
            "a\\b",
            "a\0b",
            "ä",
            &"a".repeat(KEY_MAX + 1),
        ] {
            assert!(FileKey::parse(raw).is_err(), "{raw:?}");
        }
        let key = FileKey::parse("store/0198-a/photo.v2_x.png").expect("a key");
        assert_eq!(key.as_str(), "store/0198-a/photo.v2_x.png");
    }
}
