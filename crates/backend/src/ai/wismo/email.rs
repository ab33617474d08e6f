//! Finds e-mail addresses in any text, in linear time.

use std::ops::Range;

/// RFC 5321: longest local part and longest domain, in bytes.
const MAX_LOCAL: usize = 64;
const MAX_DOMAIN: usize = 253;

/// Endings of pictures and files that look like domains: "logo@2x.png".
const FILE_ENDINGS: [&str; 7] = ["png", "jpg", "jpeg", "gif", "webp", "svg", "pdf"];

/// What stands before the address of a link that writes a mail.
const LINK: &str = "mailto:";

/// An e-mail address in a text, by byte ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub address: Range<usize>,
    /// The address with the link that it is in: `mailto:jane@x.com?subject=hi`. What the
    /// link says besides is the writer's of the link, not the shopper's.
    pub whole: Range<usize>,
}

/// The e-mail addresses of a lower-case text, in order, without overlap.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut free_from = 0;
    for (at, _) in text.match_indices('@') {
        // It stands in the link of the address before.
        if at < free_from {
            continue;
        }
        let Some(start) = local_start(text, at, free_from) else {
            continue;
        };
        let Some(end) = domain_end(text, at + 1) else {
            continue;
        };
        let whole = link_around(text, &(start..end), free_from);
        free_from = whole.end;
        found.push(Found {
            address: start..end,
            whole,
        });
    }
    found
}

/// The link that an address is in, parameters and all; else the address alone.
fn link_around(text: &str, address: &Range<usize>, free_from: usize) -> Range<usize> {
    if !text[free_from..address.start].ends_with(LINK) {
        return address.clone();
    }
    let after = &text[address.end..];
    let is_end = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"');
    let parameters = if after.starts_with('?') {
        after.find(is_end).unwrap_or(after.len())
    } else {
        0
    };
    address.start - LINK.len()..address.end + parameters
}

/// Walks left from the `@`; `None` if there is no well-formed local part.
fn local_start(text: &str, at: usize, free_from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_local =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-');
    let mut start = at;
    while start > free_from && is_local(bytes[start - 1]) {
        start -= 1;
        if at - start > MAX_LOCAL {
            return None;
        }
    }
    if text[..start]
        .chars()
        .next_back()
        .is_some_and(is_part_of_more)
    {
        return None;
    }
    while start < at && !bytes[start].is_ascii_alphanumeric() && bytes[start] != b'_' {
        start += 1;
    }
    let local = &bytes[start..at];
    let well_formed =
        !local.is_empty() && !local.ends_with(b".") && !local.windows(2).any(|pair| pair == b"..");
    well_formed.then_some(start)
}

/// Walks right from the byte after the `@`; `None` if there is no domain with a top level of letters.
fn domain_end(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut end = from;
    let mut dots = 0;
    let mut label = from;
    let mut at = from;
    while at < bytes.len() && at - from <= MAX_DOMAIN {
        match bytes[at] {
            b'-' if at > label => {}
            b'.' if at > label && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) => {
                if bytes[at - 1] == b'-' {
                    return None;
                }
                dots += 1;
                label = at + 1;
            }
            byte if byte.is_ascii_alphanumeric() => end = at + 1,
            _ => break,
        }
        at += 1;
    }
    if text[at..].chars().next().is_some_and(is_part_of_more) {
        return None;
    }
    let top = &text[label.min(end)..end];
    let is_top = top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    (dots > 0 && end - from <= MAX_DOMAIN && is_top && !FILE_ENDINGS.contains(&top)).then_some(end)
}

/// Whether a neighbouring character shows that the address is only a part: "a@b@c", or letters
/// that mail addresses rarely have. Scripts without blanks between words may touch an address.
fn is_part_of_more(neighbour: char) -> bool {
    neighbour == '@' || neighbour == '_' || (neighbour.is_alphanumeric() && neighbour < '\u{2e80}')
}
