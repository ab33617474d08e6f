//! Rules for text that people type, and the one place that finds links in it.

use crate::Invalid;
use std::ops::Range;

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

/// A piece of a message: plain text, or an address to be shown as a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Show as it is (escaped).
    Text(&'a str),
    /// An address; [`href`] says where it leads.
    Link(&'a str),
}

/// Splits `text` into plain parts and web addresses. Joined again, the parts are the text:
/// nothing is lost or added. Only `http://` and `https://` begin a link, which is safe to use
/// as `href`.
#[must_use]
pub fn segments(text: &str) -> Vec<Segment<'_>> {
    split(text, &[next_web_address])
}

/// As [`segments`], for people to read: what begins with `www.` is a link too, and so is an
/// email address.
#[must_use]
pub fn linked(text: &str) -> Vec<Segment<'_>> {
    split(text, &[next_web_address, next_www, next_email])
}

/// Where a link of [`linked`] leads; safe to use as `href`.
#[must_use]
pub fn href(link: &str) -> String {
    // Behind the host an `@` is a part of a path, as of `www.example.com/@shop`.
    let host = link.split(['/', '?', '#']).next().unwrap_or_default();
    let scheme = match find_scheme(link) {
        Some(0) => "",
        _ if host.contains('@') => "mailto:",
        _ => "https://",
    };
    format!("{scheme}{link}")
}

/// Finds the first address of its kind from a position on.
type Find = fn(&str, usize) -> Option<Range<usize>>;

/// Of two addresses that begin at one place, the one counts whose kind comes first.
fn split<'a>(text: &'a str, kinds: &[Find]) -> Vec<Segment<'a>> {
    let mut parts = Vec::new();
    let mut from = 0;
    // The next one of each kind. A kind that there is no more of is looked for no more.
    let mut next: Vec<_> = kinds.iter().map(|find| find(text, 0)).collect();
    loop {
        for (find, found) in kinds.iter().zip(&mut next) {
            if found.as_ref().is_some_and(|found| found.start < from) {
                *found = find(text, from);
            }
        }
        let first = next.iter().flatten().min_by_key(|found| found.start);
        let Some(link) = first.cloned() else {
            break;
        };
        if link.start > from {
            parts.push(Segment::Text(&text[from..link.start]));
        }
        from = link.end;
        parts.push(Segment::Link(&text[link]));
    }
    if from < text.len() {
        parts.push(Segment::Text(&text[from..]));
    }
    parts
}

fn next_web_address(text: &str, mut from: usize) -> Option<Range<usize>> {
    loop {
        let start = from + find_scheme(&text[from..])?;
        let end = link_end(text, start);
        let scheme_end = start + text[start..].find(':').map_or(0, |at| at + "://".len());
        if end > scheme_end {
            return Some(start..end);
        }
        from = end.max(scheme_end);
    }
}

/// The next word that begins with `www.` and goes on as a host does.
fn next_www(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let starts = (from..bytes.len().saturating_sub(4))
        .filter(|&at| bytes[at..at + 4].eq_ignore_ascii_case(b"www."));
    let mut words = starts.filter(|&at| {
        at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || b".@-_/".contains(&bytes[at - 1]))
    });
    words.find_map(|start| {
        let host = bytes[start + 4..].iter();
        let host = host.take_while(|byte| is_of_host(**byte)).count();
        let is_host = bytes[start + 4..start + 4 + host]
            .windows(2)
            .any(|two| two[0] != b'.' && two[1] == b'.');
        // Nobody is led to what stands behind an `@`, as to the host of a user's name.
        let end = link_end(text, start);
        let authority = text[start..end].split(['/', '?', '#']).next();
        let user = authority.and_then(|authority| authority.find('@'));
        is_host.then(|| start..user.map_or(end, |at| start + at))
    })
}

/// The next email address. Its letters are of ASCII: what stands around it often isn't.
fn next_email(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut signs = (from..bytes.len()).filter(|&at| bytes[at] == b'@');
    signs.find_map(|at| {
        let name = bytes[from..at].iter().rev();
        let name = name.take_while(|byte| is_of_host(**byte) || b"_%+".contains(byte));
        let start = at - name.count();
        let host = bytes[at + 1..].iter();
        let host = host.take_while(|byte| is_of_host(**byte)).count();
        let host = text[at + 1..at + 1 + host].trim_end_matches(['.', '-']);
        let is_email = start < at
            && bytes[start] != b'.'
            && host.starts_with(|c: char| c.is_ascii_alphanumeric())
            && host.contains('.')
            && !host.contains("..");
        is_email.then(|| start..at + 1 + host.len())
    })
}

fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-'
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
    fn people_see_www_and_emails_as_links_too() {
        for (text, link, leads_to) in [
            (
                "See www.example.com.",
                "www.example.com",
                "https://www.example.com",
            ),
            (
                "(WWW.a-b.co/x?y=1)",
                "WWW.a-b.co/x?y=1",
                "https://WWW.a-b.co/x?y=1",
            ),
            (
                "to jane.doe+x@example.com, please",
                "jane.doe+x@example.com",
                "mailto:jane.doe+x@example.com",
            ),
            ("écrire à été@example.fr", "@", ""),
            ("<a@b.example>", "a@b.example", "mailto:a@b.example"),
            (
                "https://x@www.example.com/a@b.co",
                "https://x@www.example.com/a@b.co",
                "https://x@www.example.com/a@b.co",
            ),
            (
                "www.example.com/@shop?a=b@c",
                "www.example.com/@shop?a=b@c",
                "https://www.example.com/@shop?a=b@c",
            ),
            ("www.a@b.co", "www.a@b.co", "mailto:www.a@b.co"),
            (
                "www.bank.com@evil.com",
                "www.bank.com",
                "https://www.bank.com",
            ),
            ("www.", "@", ""),
            ("www.x", "@", ""),
            ("awww.example.com", "@", ""),
            ("a@b", "@", ""),
            ("a@b..co", "@", ""),
            ("@b.co and c@", "@", ""),
        ] {
            let links: Vec<_> = linked(text)
                .into_iter()
                .filter_map(|part| match part {
                    Segment::Link(link) => Some(link),
                    Segment::Text(_) => None,
                })
                .collect();
            if leads_to.is_empty() {
                assert_eq!(links, Vec::<&str>::new(), "{text}");
            } else {
                assert_eq!(links, [link], "{text}");
                assert_eq!(href(link), leads_to);
            }
        }
        assert_eq!(segments("www.example.com a@b.co").len(), 1);
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
        fn links_lose_nothing_and_lead_to_the_web_or_to_a_mailbox(text in ".{0,100}|([a-zé@.:/ -]|www\\.|https://){0,40}") {
            let mut joined = String::new();
            for part in linked(&text) {
                let (Segment::Text(shown) | Segment::Link(shown)) = part;
                joined.push_str(shown);
                if let Segment::Link(link) = part {
                    let href = href(link).to_ascii_lowercase();
                    prop_assert!(["http://", "https://", "mailto:"].iter().any(|scheme| href.starts_with(scheme)));
                    prop_assert!(!href.contains(['<', '>', '"', ' ']));
                }
            }
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
