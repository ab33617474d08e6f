//! What a text consists of for a search: words, and runs of scripts without spaces.

use super::fold::{Class, class, fold};
use std::{collections::HashSet, ops::Range};

/// Characters of a word that count; what is longer is found by its beginning.
pub(super) const WORD_MAX: usize = 40;
/// Different tokens of one text that are indexed.
const TOKENS_MAX: usize = 1_500;

/// A piece of a text, folded, and where it stands there, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// A word of at most [`WORD_MAX`] characters.
    Word {
        text: String,
        at: Range<usize>,
        /// It belongs to the word before it: `SD-1042`.
        joins: bool,
    },
    /// Characters that follow one another without spaces, each with its place.
    Run(Vec<(char, Range<usize>)>),
}

/// The pieces of `text`, in their order.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    // How the last character and what came after it join to the next word.
    let (mut open, mut joint) = (Open::None, Joint::None);
    for (start, c) in text.char_indices() {
        let at = start..start + c.len_utf8();
        let mut is_apart = false;
        fold(c, &mut |c| match class(c) {
            Class::Word => {
                match (open, pieces.last_mut()) {
                    (Open::Word, Some(Piece::Word { text, at: all, .. })) => {
                        if text.chars().count() < WORD_MAX {
                            text.push(c);
                        }
                        all.end = at.end;
                    }
                    _ => pieces.push(Piece::Word {
                        text: c.to_string(),
                        at: at.clone(),
                        joins: joint == Joint::One,
                    }),
                }
                (open, joint) = (Open::Word, Joint::None);
            }
            Class::Run => {
                match (open, pieces.last_mut()) {
                    (Open::Run, Some(Piece::Run(run))) => run.push((c, at.clone())),
                    _ => pieces.push(Piece::Run(vec![(c, at.clone())])),
                }
                (open, joint) = (Open::Run, Joint::None);
            }
            Class::Apostrophe if open == Open::Word => {}
            Class::Joint => {
                joint = match (open, joint) {
                    (Open::Word, Joint::None) => Joint::One,
                    _ => Joint::Many,
                };
                open = Open::None;
            }
            Class::Apostrophe | Class::Other => is_apart = true,
        });
        if is_apart {
            (open, joint) = (Open::None, Joint::None);
        }
    }
    pieces
}

#[derive(Clone, Copy, PartialEq)]
enum Open {
    None,
    Word,
    Run,
}

#[derive(Clone, Copy, PartialEq)]
enum Joint {
    None,
    One,
    Many,
}

/// Words that are joined, as one: from which piece to which, and the text.
pub(super) fn compounds(pieces: &[Piece]) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut from = 0;
    for at in 1..=pieces.len() {
        let goes_on = matches!(pieces.get(at), Some(Piece::Word { joins: true, .. }));
        if goes_on {
            continue;
        }
        if at - from > 1 {
            let joined: String = pieces[from..at].iter().map(word).collect();
            if joined.chars().count() <= WORD_MAX {
                found.push((from..at, joined));
            }
        }
        from = at;
    }
    found
}

/// Whether it may be a number, which people write with hyphens and without.
pub(super) fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

fn word(piece: &Piece) -> &str {
    match piece {
        Piece::Word { text, .. } => text,
        Piece::Run(_) => "",
    }
}

/// What `text` is indexed by: each token once. Words as they are; numbers that are written
/// with a hyphen also without; of scripts without spaces every two characters that follow
/// one another, and each run's last. None holds anything but letters and digits.
#[must_use]
pub fn index_tokens(text: &str) -> Vec<String> {
    let pieces = pieces(text);
    let mut seen = HashSet::new();
    let mut tokens = Vec::new();
    let mut add = |token: String| {
        if tokens.len() < TOKENS_MAX && !seen.contains(&token) {
            seen.insert(token.clone());
            tokens.push(token);
        }
    };
    for piece in &pieces {
        match piece {
            Piece::Word { text, .. } => add(text.clone()),
            Piece::Run(run) => {
                for pair in run.windows(2) {
                    add([pair[0].0, pair[1].0].iter().collect());
                }
                add(run.last().map(|(c, _)| *c).into_iter().collect());
            }
        }
    }
    for (_, joined) in compounds(&pieces) {
        if has_digit(&joined) {
            add(joined);
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_is_indexed_by_its_words() {
        for (text, expected) in [
            ("Where's my ORDER?", &["wheres", "my", "order"][..]),
            ("#SD-1042, or 1042", &["sd", "1042", "or", "sd1042"]),
            (
                "maya.smith@example.com",
                &["maya", "smith", "example", "com"],
            ),
            ("well-known", &["well", "known"]),
            ("a -- b", &["a", "b"]),
            ("東京都 へ", &["東京", "京都", "都", "へ"]),
            ("สวัสดี", &["สว", "วั", "ัส", "สด", "ดี", "ี"]),
            ("नमस्ते", &["नमस्ते"]),
            ("", &[]),
            ("\u{0}\u{1b}[31m \"OR\" * (", &["31m", "or"]),
        ] {
            assert_eq!(index_tokens(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_token_is_letters_and_digits_and_short(text in "\\PC{0,80}|.{0,80}|[ -~]{0,80}") {
            for token in index_tokens(&text) {
                prop_assert!(!token.is_empty() && token.chars().count() <= WORD_MAX);
                prop_assert!(token.chars().all(|c| matches!(class(c), Class::Word | Class::Run)), "{token:?}");
            }
        }

        #[test]
        fn folding_again_changes_nothing(text in "\\PC{0,60}") {
            let once = index_tokens(&text).join(" ");
            let of_words: Vec<_> = once.split(' ').filter(|token| token.chars().all(|c| class(c) == Class::Word)).collect();
            let again = index_tokens(&of_words.join(" "));
            prop_assert!(again.iter().all(|token| of_words.contains(&token.as_str())));
        }

        #[test]
        fn pieces_stand_where_they_say(text in "\\PC{0,60}") {
            let mut end = 0;
            for piece in pieces(&text) {
                let places = match piece {
                    Piece::Word { at, .. } => vec![at],
                    Piece::Run(run) => run.into_iter().map(|(_, at)| at).collect(),
                };
                for at in places {
                    prop_assert!(at.start >= end.min(at.start) && text.get(at.clone()).is_some());
                    end = at.end;
                }
            }
        }
    }
}
