//! Rules for text that people type, and the one place that finds links in it.

use crate::Invalid;

/// Trims `raw` and checks its length in characters.
///
/// # Errors
/// [`Invalid`] for `field` if the text is empty, longer than `max`, or holds
/// control characters other than line breaks and tabs.
pub fn required(field: &str, raw: &str, max: usize) -> Result<String, Invalid> {
    let text = optional(field, raw, max)?;
    if text.is_empty() {
        return Err(Invalid::new(field, "This can't be empty."));
    }
    Ok(text)
}

/// As [`required`], but an empty text is fine.
///
/// # Errors
/// [`Invalid`] for `field` if the text is too long or holds control characters.
pub fn optional(field: &str, raw: &str, max: usize) -> Result<String, Invalid> {
    match check(raw, max) {
        Ok(text) => Ok(text.to_owned()),
        Err(Fault::TooLong(length)) => Err(Invalid::new(
            field,
            format!("This is {length} characters long; the limit is {max}. Please shorten it."),
        )),
        Err(Fault::ControlCharacters) => Err(Invalid::new(
            field,
            "This holds control characters that can't be stored. Please retype it.",
        )),
    }
}

/// Why a text can't be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It has this many characters, which is over the limit.
    TooLong(usize),
    /// It holds control characters other than line breaks and tabs.
    ControlCharacters,
}

/// As [`optional`], without words.
///
/// # Errors
/// [`Fault`] if the text is too long or holds control characters.
pub fn check(raw: &str, max: usize) -> Result<&str, Fault> {
    let text = raw.trim();
    let length = text.chars().count();
    if length > max {
        return Err(Fault::TooLong(length));
    }
    if text.chars().any(is_forbidden_control) {
        return Err(Fault::ControlCharacters);
    }
    Ok(text)
}

/// PostgreSQL can't store NUL, and no person types the others.
fn is_forbidden_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// The first `max` characters of `text` on one line, with an ellipsis where
/// something was cut.
#[must_use]
pub fn excerpt(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        if length > 0 {
            out.push(' ');
            length += 1;
        }
        for c in word.chars() {
            if length >= max {
                out.push('…');
                return out;
            }
            out.push(c);
            length += 1;
        }
    }
    out
}

/// `text` as it stands in HTML, in an attribute too.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A piece of a message: plain text, or a web address to be shown as a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Show as it is (escaped).
    Text(&'a str),
    /// An `http://` or `https://` address, safe to use as `href`.
    Link(&'a str),
}

/// Splits `text` into plain parts and links. Joined again, the parts are the
/// text: nothing is lost or added. Only `http` and `https` become links.
#[must_use]
pub fn segments(text: &str) -> Vec<Segment<'_>> {
    let mut parts = Vec::new();
    let mut rest_start = 0;
    let mut from = 0;
    while let Some(found) = find_scheme(&text[from..]) {
        let start = from + found;
        let end = link_end(text, start);
        let scheme_end = start + text[start..].find(':').map_or(0, |at| at + "://".len());
        if end > scheme_end {
            if start > rest_start {
                parts.push(Segment::Text(&text[rest_start..start]));
            }
            parts.push(Segment::Link(&text[start..end]));
            rest_start = end;
        }
        from = end.max(scheme_end);
    }
    if rest_start < text.len() {
        parts.push(Segment::Text(&text[rest_start..]));
    }
    parts
}

/// Byte position of the next `http://` or `https://` in any case.
fn find_scheme(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len()).find(|&at| {
        let tail = &bytes[at..];
        ["https://", "http://"].iter().any(|scheme| {
            tail.len() >= scheme.len()
                && tail[..scheme.len()].eq_ignore_ascii_case(scheme.as_bytes())
        })
    })
}

/// Where the address that begins at `start` ends: at white space, quotes or
/// angle brackets, without the punctuation that belongs to the sentence.
fn link_end(text: &str, start: usize) -> usize {
    let tail = &text[start..];
    let stop = tail
        .find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`'))
        .unwrap_or(tail.len());
    let mut link = &tail[..stop];
    loop {
        let trimmed = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', ']', '}']);
        // A closing bracket belongs to the link only if it was opened in it.
        let trimmed = match trimmed.strip_suffix(')') {
            Some(shorter) if !shorter.bytes().any(|byte| byte == b'(') => shorter,
            _ => trimmed,
        };
        if trimmed.len() == link.len() {
            return start + link.len();
        }
        link = trimmed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn links_are_found_without_the_sentence_around_them() {
        assert_eq!(
            segments("Track it (https://track.example.com/1Z?x=1&y=2). Thanks"),
            vec![
                Segment::Text("Track it ("),
                Segment::Link("https://track.example.com/1Z?x=1&y=2"),
                Segment::Text("). Thanks"),
            ]
        );
        assert_eq!(
            segments("HTTP://a.b/c_(d)"),
            vec![Segment::Link("HTTP://a.b/c_(d)")]
        );
    }

    #[test]
    fn nothing_but_web_addresses_becomes_a_link() {
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "http://",
            "ftp://x.y",
        ] {
            assert_eq!(segments(text), vec![Segment::Text(text)]);
        }
    }

    #[test]
    fn control_characters_and_length_are_refused() {
        assert!(required("body", "a\u{0}b", 10).is_err());
        assert!(required("body", "  ", 10).is_err());
        assert!(required("body", &"ü".repeat(11), 10).is_err());
        assert_eq!(
            required("body", " line\nbreak ", 10),
            Ok("line\nbreak".into())
        );
    }

    #[test]
    fn an_excerpt_is_one_line() {
        assert_eq!(excerpt("one\n two   three", 9), "one two t…");
        assert_eq!(excerpt("short", 9), "short");
    }

    proptest! {
        #[test]
        fn segments_lose_nothing(text in ".{0,200}|([a-z ]{0,9}https?://[^\\s]{0,20}[).,]{0,3} ?){0,5}") {
            let joined: String = segments(&text)
                .iter()
                .map(|part| match part { Segment::Text(t) | Segment::Link(t) => *t })
                .collect();
            prop_assert_eq!(joined, text);
        }

        #[test]
        fn every_link_is_a_web_address(text in "\\PC{0,80}(https?://)?\\PC{0,80}") {
            for part in segments(&text) {
                if let Segment::Link(link) = part {
                    let lower = link.to_ascii_lowercase();
                    prop_assert!(lower.starts_with("http://") || lower.starts_with("https://"));
                    prop_assert!(!link.contains(['<', '>', '"', ' ']));
                }
            }
        }
    }
}
