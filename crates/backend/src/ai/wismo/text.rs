//! A message as clean text, cut into pieces: words, codes (anything with a digit), addresses, sentence ends.

use unicode_normalization::UnicodeNormalization;

use super::{email, reading::MAX_FOUND};

/// A normalised message and its pieces.
pub(super) struct Text {
    clean: String,
    pieces: Vec<Piece>,
}

/// A run of the clean text, by byte offsets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
    /// What stands directly before it.
    pub mark: Mark,
    /// A currency or percent sign follows.
    pub amount_after: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters, with apostrophes inside.
    Word,
    /// An emoji or another picture.
    Symbol,
    /// Letters and digits, with `-`, `_`, `.`, `:`, `,` or `/` inside.
    Code,
    Email,
    Url,
    /// The end of a sentence or a line.
    Break,
}

/// The sign directly before a piece; blanks between them do not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    None,
    /// `#` or `№`
    Hash,
    /// A currency sign.
    Money,
    /// `+`, `@` and the like: whatever follows is no order number.
    Other,
}

impl Text {
    pub fn new(raw: &str) -> Self {
        let clean = clean(raw);
        let pieces = cut(&clean);
        Self { clean, pieces }
    }

    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    pub fn of(&self, piece: &Piece) -> &str {
        &self.clean[piece.start..piece.end]
    }

    /// The words, apostrophes or not.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let words = self.pieces.iter().filter(|piece| piece.kind == Kind::Word);
        words.flat_map(|piece| self.of(piece).split('\''))
    }

    pub fn slice(&self, range: std::ops::Range<usize>) -> &str {
        &self.clean[range]
    }

    /// The e-mail addresses, each once.
    pub fn emails(&self) -> Vec<String> {
        let mut emails: Vec<String> = Vec::new();
        for piece in self.pieces.iter().filter(|piece| piece.kind == Kind::Email) {
            let address = self.of(piece);
            if emails.len() < MAX_FOUND && !emails.iter().any(|known| known == address) {
                emails.push(address.to_owned());
            }
        }
        emails
    }
}

/// Lower case, without accents and invisible characters, with ASCII quotes, hyphens and single blanks.
pub(super) fn clean(raw: &str) -> String {
    let mut clean = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            ' ' | '\t' if clean.ends_with(' ') => {}
            '\t' => clean.push(' '),
            '\0'..='\x7f' => clean.push(c.to_ascii_lowercase()),
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{00b4}' | '\u{02bc}' => {
                clean.push('\'')
            }
            // A no. sign is another way to write "#".
            '\u{2116}' => clean.push('#'),
            '\u{2010}'..='\u{2013}' | '\u{2212}' => clean.push('-'),
            '\u{2026}' => clean.push_str("..."),
            // Zero-width characters and emoji variations would cut words in two.
            '\u{00ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2060}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' => {}
            '\u{2014}' | '\u{2015}' => clean.push(' '),
            c if c.is_whitespace() => {
                if !clean.ends_with(' ') {
                    clean.push(' ');
                }
            }
            c => clean.extend(
                c.nfkd()
                    .filter(|part| !unicode_normalization::char::is_combining_mark(*part))
                    .flat_map(char::to_lowercase)
                    .filter(|part| !unicode_normalization::char::is_combining_mark(*part)),
            ),
        }
    }
    clean
}

fn cut(clean: &str) -> Vec<Piece> {
    let emails = email::find(clean);
    let mut emails = emails.iter().peekable();
    let mut pieces: Vec<Piece> = Vec::with_capacity(clean.len() / 5 + 2);
    let mut mark = Mark::None;
    let mut at = 0;
    while let Some(c) = clean[at..].chars().next() {
        if emails.peek().is_some_and(|email| email.whole.start == at)
            && let Some(email) = emails.next()
        {
            pieces.push(Piece {
                start: email.address.start,
                end: email.address.end,
                kind: Kind::Email,
                mark,
                amount_after: false,
            });
            at = email.whole.end;
            mark = Mark::None;
            continue;
        }
        if c.is_alphanumeric() || is_symbol(c) {
            let limit = emails.peek().map_or(clean.len(), |email| email.whole.start);
            let (end, kind) = run(clean, at, limit);
            pieces.push(Piece {
                start: at,
                end,
                kind,
                mark,
                amount_after: false,
            });
            at = end;
            mark = Mark::None;
            continue;
        }
        match c {
            ' ' => {}
            '#' => mark = Mark::Hash,
            '$' | '€' | '£' | '¥' | '₹' | '%' => {
                mark = Mark::Money;
                if let Some(last) = pieces.last_mut() {
                    last.amount_after |= last.end == at
                        || (last.end + 1 == at && clean.as_bytes()[last.end] == b' ');
                }
            }
            // "order no. 1234" is one sentence, and so is "on 12.11. I ordered".
            '.' if is_abbreviation(clean, at, pieces.last())
                || is_day(clean, at, pieces.last()) => {}
            '.' | '?' | '!' | ';' | '\n' | '\r' => {
                if !matches!(
                    pieces.last(),
                    None | Some(Piece {
                        kind: Kind::Break,
                        ..
                    })
                ) {
                    pieces.push(Piece {
                        start: at,
                        end: at + 1,
                        kind: Kind::Break,
                        mark,
                        amount_after: false,
                    });
                }
                mark = Mark::None;
            }
            '+' | '@' | '*' | '/' => mark = Mark::Other,
            _ => mark = Mark::None,
        }
        at += c.len_utf8();
    }
    pieces
}

/// Whether the full stop at `at` ends a short word in front of a number: "no. 12", "Nr. #12".
fn is_abbreviation(clean: &str, at: usize, last: Option<&Piece>) -> bool {
    let after = clean[at + 1..]
        .strip_prefix(' ')
        .unwrap_or(&clean[at + 1..]);
    after.starts_with(|c: char| c.is_ascii_digit() || c == '#')
        && last
            .is_some_and(|word| word.kind == Kind::Word && word.end == at && at - word.start <= 3)
}

/// Whether the full stop at `at` belongs to a day and a month: "12.11. bestellt".
fn is_day(clean: &str, at: usize, last: Option<&Piece>) -> bool {
    last.is_some_and(|code| {
        let written = &clean[code.start..code.end];
        let digits = |part: &str| {
            part.len() <= 2 && !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        code.kind == Kind::Code
            && code.end == at
            && written
                .split_once('.')
                .is_some_and(|(day, month)| digits(day) && digits(month))
    })
}

/// Emoji and other pictures can say something: "where is my 📦".
fn is_symbol(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}')
}

/// The end and the kind of the run of letters and digits that starts at `at`.
fn run(clean: &str, at: usize, limit: usize) -> (usize, Kind) {
    let rest = &clean[at..limit];
    if ["http://", "https://", "www."]
        .iter()
        .any(|scheme| rest.starts_with(scheme))
    {
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'))
            .unwrap_or(rest.len());
        return (at + end, Kind::Url);
    }
    let mut kind = Kind::Word;
    let mut end = at;
    let mut chars = rest.char_indices().peekable();
    let mut last_is_digit = false;
    while let Some((offset, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let joins = match c {
            _ if is_symbol(c) => {
                return if offset == 0 {
                    (at + c.len_utf8(), Kind::Symbol)
                } else {
                    (end, kind)
                };
            }
            _ if c.is_numeric() => {
                kind = Kind::Code;
                last_is_digit = true;
                true
            }
            _ if c.is_alphanumeric() => {
                last_is_digit = false;
                true
            }
            '\'' => next.is_some_and(char::is_alphabetic) && !last_is_digit,
            // "SD-1234", "2024-05-01": but "well-known" is two words.
            '-' | '_' => {
                next.is_some_and(char::is_numeric)
                    || (last_is_digit && next.is_some_and(char::is_alphanumeric))
            }
            // "10:30", "12/05", "1,200", "9.99": but "here.thanks" and "1001.where" end a sentence.
            '.' | ':' | '/' | ',' => last_is_digit && next.is_some_and(char::is_numeric),
            _ => false,
        };
        if !joins {
            break;
        }
        end = at + offset + c.len_utf8();
    }
    (end, kind)
}
