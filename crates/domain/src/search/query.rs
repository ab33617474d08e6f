//! What somebody looks for, and where a text has it.

use super::{
    fold::{Class, class, fold},
    terms::{Piece, compounds, has_digit, pieces},
    typo::{TYPO_MIN, begins_within_one, within_one},
    wire::Part,
};
use std::ops::Range;

/// Most words of a query that count.
const WORDS_MAX: usize = 8;
/// Most characters of one script without spaces that count.
const RUN_MAX: usize = 24;
/// Shortest word whose beginning is enough, if it is the last one: there are too many others.
const PREFIX_MIN: usize = 3;
/// Characters of an extract, and those of it that stand before the first mark.
const EXTRACT: usize = 180;
const BEFORE_MARK: usize = 50;

/// What an index is asked for. Tokens are letters and digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// This token.
    Token(String),
    /// Any token that begins so.
    Prefix(String),
    /// Each of these.
    All(Vec<Need>),
    /// One of these.
    Any(Vec<Need>),
}

/// A word that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryWord {
    /// Folded.
    pub text: String,
    /// Whether it may go on: the last one, while it is typed.
    pub is_prefix: bool,
    /// Whether it is of a script without spaces.
    is_run: bool,
    /// What it consists of, if it is several that are joined.
    parts: Vec<String>,
}

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    words: Vec<QueryWord>,
}

/// Where a text has what was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Places in bytes, in their order, apart from one another.
    pub places: Vec<Range<usize>>,
    /// Every word stands there as it was typed.
    pub is_whole: bool,
    /// They follow one another.
    pub is_phrase: bool,
}

impl Query {
    /// What `typed` looks for; nothing if no word is in it. Whatever it holds is text: there
    /// is no syntax.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let pieces = pieces(typed);
        let compounds = compounds(&pieces);
        let mut words = Vec::new();
        let mut at = 0;
        while at < pieces.len() && words.len() < WORDS_MAX {
            let joined = compounds.iter().find(|(range, _)| range.start == at);
            if let Some((range, text)) = joined {
                let parts = pieces[range.clone()].iter().filter_map(word_text);
                words.push(QueryWord::new(text.clone(), parts.collect()));
                at = range.end;
                continue;
            }
            words.push(match &pieces[at] {
                Piece::Word { text, .. } => QueryWord::new(text.clone(), Vec::new()),
                Piece::Run(run) => QueryWord {
                    is_run: true,
                    ..QueryWord::new(
                        run.iter().take(RUN_MAX).map(|(c, _)| *c).collect(),
                        Vec::new(),
                    )
                },
            });
            at += 1;
        }
        // Behind a blank or a full stop the last word is complete.
        let is_typing = typed.chars().next_back().is_some_and(|c| {
            let mut is_word = false;
            fold(c, &mut |c| is_word |= class(c) == Class::Word);
            is_word
        });
        if let Some(last) = words.last_mut().filter(|_| is_typing && at == pieces.len()) {
            last.is_prefix = !last.is_run;
        }
        (!words.is_empty()).then_some(Self { words })
    }

    /// The words, in their order.
    #[must_use]
    pub fn words(&self) -> &[QueryWord] {
        &self.words
    }

    /// What texts that have it are indexed by.
    #[must_use]
    pub fn need(&self) -> Need {
        all(self.words.iter().map(QueryWord::need))
    }

    /// Where `text` has every word; nothing if it lacks one. Words of names may have one
    /// typing error, if that is `forgiven`.
    #[must_use]
    pub fn find(&self, text: &str, forgiven: bool) -> Option<Found> {
        let pieces = pieces(text);
        let compounds = compounds(&pieces);
        let mut found = Found {
            places: Vec::new(),
            is_whole: true,
            is_phrase: true,
        };
        // Where the words before may have ended.
        let mut ends: Option<Vec<usize>> = None;
        for word in &self.words {
            let hits = word.hits(&pieces, &compounds, forgiven);
            if hits.is_empty() {
                return None;
            }
            found.is_whole &= hits.iter().any(|hit| hit.is_whole);
            let follows = |hit: &&Hit| ends.as_ref().is_none_or(|ends| ends.contains(&hit.from));
            let next: Vec<_> = hits.iter().filter(follows).map(|hit| hit.to).collect();
            found.is_phrase &= !next.is_empty();
            ends = Some(next);
            found.places.extend(hits.into_iter().map(|hit| hit.at));
        }
        found.places = merged(found.places);
        Some(found)
    }
}

/// A word in a text.
struct Hit {
    at: Range<usize>,
    /// The pieces it stands in.
    from: usize,
    to: usize,
    is_whole: bool,
}

impl QueryWord {
    fn new(text: String, parts: Vec<String>) -> Self {
        Self {
            text,
            is_prefix: false,
            is_run: false,
            parts,
        }
    }

    /// Whether it may have a typing error: it is a word, and not too short.
    #[must_use]
    pub fn may_err(&self) -> bool {
        !self.is_run && self.text.chars().count() >= TYPO_MIN
    }

    /// What texts that have it are indexed by.
    #[must_use]
    pub fn need(&self) -> Need {
        if self.is_run {
            let run: Vec<_> = self.text.chars().collect();
            return match run.as_slice() {
                [one] => Need::Prefix(one.to_string()),
                run => all(run
                    .windows(2)
                    .map(|pair| Need::Token(pair.iter().collect()))),
            };
        }
        let whole = || term(&self.text, self.is_prefix);
        match self.parts.split_last() {
            None => whole(),
            Some((last, before)) => {
                let before = before.iter().cloned().map(Need::Token);
                let parts = all(before.chain([term(last, self.is_prefix)]));
                Need::Any(vec![whole(), parts])
            }
        }
    }

    fn hits(
        &self,
        pieces: &[Piece],
        compounds: &[(Range<usize>, String)],
        forgiven: bool,
    ) -> Vec<Hit> {
        if self.is_run {
            return self.hits_in_runs(pieces);
        }
        let mut hits = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            if let Piece::Word { text, at, .. } = piece
                && let Some(is_whole) = fits(&self.text, self.is_prefix, text, forgiven)
            {
                let at = shown(at, text, &self.text, is_whole);
                hits.push(Hit {
                    at,
                    from: index,
                    to: index + 1,
                    is_whole,
                });
            }
        }
        for (range, text) in compounds.iter().filter(|(_, text)| has_digit(text)) {
            if let Some(is_whole) = fits(&self.text, self.is_prefix, text, forgiven)
                && let (Some(first), Some(last)) =
                    (place(&pieces[range.start]), place(&pieces[range.end - 1]))
            {
                let at = first.start..last.end;
                hits.push(Hit {
                    at,
                    from: range.start,
                    to: range.end,
                    is_whole,
                });
            }
        }
        if hits.is_empty() && !self.parts.is_empty() {
            for (number, part) in self.parts.iter().enumerate() {
                let is_prefix = self.is_prefix && number + 1 == self.parts.len();
                let word = Self {
                    is_prefix,
                    ..Self::new(part.clone(), Vec::new())
                };
                let of_part = word.hits(pieces, &[], forgiven);
                if of_part.is_empty() {
                    return Vec::new();
                }
                hits.extend(of_part);
            }
        }
        hits
    }

    fn hits_in_runs(&self, pieces: &[Piece]) -> Vec<Hit> {
        let wanted: Vec<_> = self.text.chars().collect();
        let mut hits = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            let Piece::Run(run) = piece else { continue };
            for window in run.windows(wanted.len()) {
                if window.iter().map(|(c, _)| c).eq(&wanted)
                    && let (Some((_, first)), Some((_, last))) = (window.first(), window.last())
                {
                    let at = first.start..last.end;
                    hits.push(Hit {
                        at,
                        from: index,
                        to: index + 1,
                        is_whole: true,
                    });
                }
            }
        }
        hits
    }
}

/// Whether a word of a text is what is `wanted`, and if so whether it is all of it.
fn fits(wanted: &str, is_prefix: bool, text: &str, forgiven: bool) -> Option<bool> {
    if text == wanted {
        return Some(true);
    }
    if is_prefix && text.starts_with(wanted) {
        return Some(false);
    }
    if !forgiven {
        return None;
    }
    let (wanted, text): (Vec<_>, Vec<_>) = (wanted.chars().collect(), text.chars().collect());
    let is_near = wanted.len() >= TYPO_MIN
        && (within_one(&wanted, &text) || (is_prefix && begins_within_one(&wanted, &text)));
    is_near.then_some(false)
}

/// What is marked of a word: its beginning, if that is what was typed and each character is
/// one of the text's.
fn shown(at: &Range<usize>, text: &str, wanted: &str, is_whole: bool) -> Range<usize> {
    if !is_whole && text.len() == at.len() && text.is_ascii() && text.starts_with(wanted) {
        return at.start..at.start + wanted.len();
    }
    at.clone()
}

fn term(text: &str, is_prefix: bool) -> Need {
    if is_prefix && text.chars().count() >= PREFIX_MIN {
        Need::Prefix(text.to_owned())
    } else {
        Need::Token(text.to_owned())
    }
}

fn all(needs: impl Iterator<Item = Need>) -> Need {
    let mut needs: Vec<_> = needs.collect();
    match needs.len() {
        1 => needs.remove(0),
        _ => Need::All(needs),
    }
}

fn word_text(piece: &Piece) -> Option<String> {
    match piece {
        Piece::Word { text, .. } => Some(text.clone()),
        Piece::Run(_) => None,
    }
}

fn place(piece: &Piece) -> Option<&Range<usize>> {
    match piece {
        Piece::Word { at, .. } => Some(at),
        Piece::Run(_) => None,
    }
}

/// In order, those that overlap as one.
fn merged(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|place| (place.start, place.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        match merged.last_mut() {
            Some(last) if place.start < last.end => last.end = last.end.max(place.end),
            _ => merged.push(place),
        }
    }
    merged
}

/// All of `text`, with what is at `places` marked.
#[must_use]
pub fn marked(text: &str, places: &[Range<usize>]) -> Vec<Part> {
    parts(text, 0..text.len(), places)
}

/// The part of `text` around the first of `places`, on one line, with what is at them marked.
#[must_use]
pub fn extract(text: &str, places: &[Range<usize>]) -> Vec<Part> {
    let first = places.first().map_or(0, |place| place.start);
    let before: Vec<_> = text[..first]
        .char_indices()
        .rev()
        .take(BEFORE_MARK + 1)
        .collect();
    let start = if before.len() <= BEFORE_MARK {
        0
    } else {
        // At the beginning of a word, if there is one.
        let word = before[..BEFORE_MARK]
            .iter()
            .rev()
            .find(|(_, c)| c.is_whitespace());
        word.map_or_else(|| before[BEFORE_MARK - 1].0, |(at, c)| at + c.len_utf8())
    };
    let end = text[start..]
        .char_indices()
        .nth(EXTRACT)
        .map_or(text.len(), |(at, _)| start + at);
    let mut parts = parts(text, start..end, places);
    if let Some(first) = parts.first_mut().filter(|_| start > 0) {
        first.text.insert(0, '…');
    }
    if let Some(last) = parts.last_mut().filter(|_| end < text.len()) {
        last.text.push('…');
    }
    parts
}

fn parts(text: &str, within: Range<usize>, places: &[Range<usize>]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut add = |range: Range<usize>, mark| {
        let text: String = text[range]
            .chars()
            .map(|c| {
                if c.is_whitespace() || c.is_control() {
                    ' '
                } else {
                    c
                }
            })
            .collect();
        if !text.is_empty() {
            parts.push(Part { text, mark });
        }
    };
    let mut at = within.start;
    for place in places {
        let (from, to) = (place.start.max(at), place.end.min(within.end));
        if from < to {
            add(at..from, false);
            add(from..to, true);
            at = to;
        }
    }
    add(at..within.end.max(at), false);
    parts
}

#[cfg(test)]
mod tests;
