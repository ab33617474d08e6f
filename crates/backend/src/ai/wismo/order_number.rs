//! Where order numbers stand in a message.
//!
//! A number is an order's when the words around it say so ("order no. 1234"), or a `#` does.
//! Prices, dates, times, telephone numbers, sizes and amounts are not.

use super::lexicon::{BREAK, CODE, EMAIL, NUMBER, WordId};
use super::pattern::{Classes, SetId, Table};
use super::reading::MAX_FOUND;
use super::text::{Kind, Mark, Piece, Text};
use domain::{
    order_number::OrderNumber,
    tracking_number::{TrackingForm, TrackingNumber},
};

/// A word of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    pub id: WordId,
    /// Its piece of the text.
    pub piece: usize,
    /// Where in the text it starts; later than the piece if that begins with another word ("order1234").
    pub start: usize,
}

/// The classes of a pack that tell order numbers from others.
pub(super) struct WordClasses {
    /// An order number follows: order, purchase.
    cue: SetId,
    /// Between the cue and the number: number, no.
    label: SetId,
    /// The same, but it does not make a number of anything: is, was.
    link: SetId,
    /// Whatever number follows is none of an order: size, since, tracking.
    stop: SetId,
    /// The number before is an amount: days, dollars.
    unit: SetId,
    /// Makes the cue a verb: "to order 500", "we order 100".
    ordering: SetId,
    /// A number that follows stands for an order: "has 1008 gone out".
    lead: SetId,
    /// Fillers: please, well.
    skip: SetId,
    /// Between two order numbers: and.
    and: SetId,
    /// A parcel's number follows: tracking, parcel.
    parcel: SetId,
    /// The same, of nothing else: tracking.
    tracking: SetId,
    /// Before the number of what was named: "tracking for 1001".
    of: SetId,
    /// The numbers of a message with one of these may be something else: phone, card.
    foreign: SetId,
    /// Words of an answer that carry no other wish: "sure, it is 1234 I think".
    answer: SetId,
}

impl WordClasses {
    pub fn of(classes: &mut Classes) -> Self {
        Self {
            cue: classes.set(&["NUMBER_CUE"]),
            label: classes.set(&["NUMBER_LABEL"]),
            link: classes.set(&["NUMBER_LINK"]),
            stop: classes.set(&["NUMBER_STOP"]),
            unit: classes.set(&["NUMBER_UNIT"]),
            ordering: classes.set(&["NUMBER_ORDERING"]),
            lead: classes.set(&["NUMBER_LEAD"]),
            skip: classes.set(&["SKIP"]),
            and: classes.set(&["NUMBER_AND"]),
            parcel: classes.set(&["NUMBER_PARCEL", "NUMBER_TRACKING"]),
            tracking: classes.set(&["NUMBER_TRACKING"]),
            of: classes.set(&["NUMBER_OF"]),
            foreign: classes.set(&["NUMBER_FOREIGN"]),
            answer: classes.set(&[
                "ANSWER",
                "SKIP",
                "NUMBER_CUE",
                "NUMBER_LABEL",
                "NUMBER_LINK",
                "NUMBER_AND",
            ]),
        }
    }
}

/// Most parts of a number that is written in parts.
const PARTS_MAX: usize = 8;

/// A message's text, and what is needed to tell its words apart.
pub(super) struct Message<'a> {
    pub text: &'a Text,
    pub table: &'a Table,
    pub classes: &'a WordClasses,
}

impl Message<'_> {
    fn is(&self, word: &Word, set: SetId) -> bool {
        self.table.has(word.id, set)
    }
}

/// The numbers of a message.
#[derive(Default)]
pub(super) struct Numbers {
    pub orders: Vec<OrderNumber>,
    pub parcels: Vec<TrackingNumber>,
}

impl Numbers {
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty() && self.parcels.is_empty()
    }
}

/// Finds the numbers that are surely an order's or a parcel's. They become [`NUMBER`] words, and the labels
/// before them go: "order number is 1234" reads like "order 1234".
pub(super) fn find(message: &Message, words: &mut Vec<Word>) -> Numbers {
    let classes = message.classes;
    let mut numbers = Numbers::default();
    let mut kept: Vec<Word> = Vec::with_capacity(words.len());
    let mut next = 0;
    while next < words.len() {
        let at = next;
        next += 1;
        let mut word = words[at];
        if let Some((number, parts)) = in_parts(message.text, &words[at..]) {
            if numbers.parcels.len() < MAX_FOUND && !numbers.parcels.contains(&number) {
                numbers.parcels.push(number);
            }
            word.id = NUMBER;
            kept.push(word);
            next = at + parts;
            continue;
        }
        if word.id == CODE
            && let Some(candidate) = Candidate::of(message, words, at)
        {
            // Looks back over the words kept so far: labels between cue and number.
            let label_count = kept
                .iter()
                .rev()
                .take(4)
                .take_while(|before| {
                    message.is(before, classes.label) || message.is(before, classes.link)
                })
                .count();
            let (before, labels) = kept.split_at(kept.len() - label_count);
            let labelled = labels.iter().any(|label| message.is(label, classes.label));
            let cue = before
                .last()
                .is_some_and(|word| message.is(word, classes.cue));
            let called = Called {
                order: cue
                    && !before
                        .last()
                        .is_some_and(|word| message.is(word, classes.parcel)),
                parcel: before
                    .last()
                    .is_some_and(|word| message.is(word, classes.parcel)),
                tracking: before
                    .last()
                    .is_some_and(|word| message.is(word, classes.tracking))
                    && !labels.iter().any(|label| message.is(label, classes.of)),
                labelled,
            };
            if candidate.take_as_parcel(called, &mut numbers.parcels) {
                word.id = NUMBER;
                kept.push(word);
                continue;
            }
            let is_verb =
                before.len() >= 2 && message.is(&before[before.len() - 2], classes.ordering);
            let stopped = kept
                .last()
                .is_some_and(|word| message.is(word, classes.stop));
            let continues = kept
                .iter()
                .rev()
                .find(|word| !message.is(word, classes.and))
                .is_some_and(|word| word.id == NUMBER && !numbers.orders.is_empty());
            let accepted = if cue && (labelled || candidate.hash) {
                true
            } else if cue {
                candidate.is_plausible(3) && !candidate.is_amount && !is_verb
            } else if candidate.hash {
                candidate.is_plausible(3) && !stopped
            } else {
                continues && candidate.is_plausible(3) && !candidate.is_amount
            };
            if accepted {
                candidate.take(&mut numbers.orders);
                if cue {
                    kept.truncate(kept.len() - label_count);
                }
                word.id = NUMBER;
            }
        }
        kept.push(word);
    }
    *words = kept;
    numbers
}

/// A carrier's number that is written in parts ("1Z 999 AA1 01 2345 6784") at the beginning of
/// some words, and how many they are: only if the whole is surely one.
fn in_parts(text: &Text, words: &[Word]) -> Option<(TrackingNumber, usize)> {
    let pieces = text.pieces();
    let first = words.first().filter(|word| word.id == CODE)?;
    let begins = |sign| {
        text.slice(first.start..pieces[first.piece].end)
            .starts_with(sign)
    };
    if !["1z", "9", "00"].into_iter().any(begins) {
        return None;
    }
    let beside = words.windows(2).take(PARTS_MAX - 1).take_while(|pair| {
        let (piece, next) = (&pieces[pair[0].piece], &pieces[pair[1].piece]);
        pair[1].id == CODE && next.mark == Mark::None && piece.end + 1 == next.start
    });
    let parts = 1 + beside.count();
    (2..=parts).rev().find_map(|parts| {
        let end = pieces[words[parts - 1].piece].end;
        let number = TrackingNumber::parse(text.slice(first.start..end))?;
        (number.form() == TrackingForm::Sure).then_some((number, parts))
    })
}

/// For a message that asks about an order and names no number surely: one that stands by itself
/// at the start or end of a sentence ("where is my parcel? 10432"), or looks like "SD-1234".
pub(super) fn find_loose(message: &Message, words: &[Word]) -> Vec<OrderNumber> {
    let classes = message.classes;
    let mut numbers = Vec::new();
    for at in 0..words.len() {
        let Some(candidate) = Candidate::of(message, words, at) else {
            continue;
        };
        // Fillers do not count: "1234 please".
        let before = words[..at]
            .iter()
            .rev()
            .find(|word| !message.is(word, classes.skip));
        let after = words[at + 1..]
            .iter()
            .find(|word| !message.is(word, classes.skip));
        let at_edge = [before, after]
            .iter()
            .any(|beside| beside.is_none_or(|word| word.id == BREAK))
            || before.is_some_and(|word| message.is(word, classes.lead));
        let among_others =
            before.is_some_and(|word| word.id == CODE) || after.is_some_and(|word| word.id == CODE);
        let stopped = before.is_some_and(|word| message.is(word, classes.stop));
        let by_itself = match candidate.shape {
            Shape::Digits => {
                at_edge && (4..=9).contains(&candidate.written.len()) && !is_year(candidate.written)
            }
            Shape::Prefixed => candidate.is_plausible(3),
            Shape::Groups | Shape::Mixed => false,
        };
        if by_itself && !candidate.is_amount && !among_others && !stopped {
            candidate.take(&mut numbers);
        }
    }
    numbers
}

/// For a message that names no number surely: digits as carriers use them, by themselves, if
/// it speaks of a parcel and neither of an order nor of anything else that has such a number.
pub(super) fn find_loose_parcels(message: &Message, words: &[Word]) -> Vec<TrackingNumber> {
    let classes = message.classes;
    let has = |set| words.iter().any(|word| message.is(word, set));
    let speaks_of_order = words
        .iter()
        .any(|word| message.is(word, classes.cue) && !message.is(word, classes.parcel));
    let mut numbers = Vec::new();
    if !has(classes.parcel) || speaks_of_order || has(classes.foreign) {
        return numbers;
    }
    for at in 0..words.len() {
        let before = at.checked_sub(1).map(|before| &words[before]);
        let stopped = before.is_some_and(|word| message.is(word, classes.stop));
        let beside = [before, words.get(at + 1)];
        let among_others = beside.iter().flatten().any(|word| word.id == CODE);
        if let Some(candidate) = Candidate::of(message, words, at)
            && !candidate.is_amount
            && !candidate.hash
            && !among_others
            && !stopped
            && let Some(number) = TrackingNumber::parse(candidate.written)
            && candidate.shape == Shape::Digits
            && number.form() == TrackingForm::Digits
        {
            numbers.push(number);
        }
    }
    numbers.truncate(MAX_FOUND);
    numbers
}

/// For the answer to "order number or e-mail?": any code, unless much else is said.
pub(super) fn find_answer(message: &Message, words: &[Word]) -> Vec<OrderNumber> {
    let classes = message.classes;
    let others = words
        .iter()
        .filter(|word| {
            ![CODE, EMAIL, BREAK].contains(&word.id) && !message.is(word, classes.answer)
        })
        .count();
    let mut numbers = Vec::new();
    if others > 2 {
        return numbers;
    }
    for at in 0..words.len() {
        let Some(candidate) = Candidate::of(message, words, at) else {
            continue;
        };
        let stopped = at
            .checked_sub(1)
            .is_some_and(|before| message.is(&words[before], classes.stop));
        let least_digits = if others == 0 { 1 } else { 3 };
        let is_word_like = candidate.shape == Shape::Mixed && candidate.digits < 3;
        if !candidate.is_amount
            && !stopped
            && !is_word_like
            && !is_telephone(candidate.written)
            && candidate.digits >= least_digits
        {
            candidate.take(&mut numbers);
        }
    }
    numbers
}

/// What the words before a number call it.
#[derive(Clone, Copy)]
struct Called {
    order: bool,
    parcel: bool,
    tracking: bool,
    /// With a word for numbers: "order number".
    labelled: bool,
}

/// A code that could be an order number by its form.
struct Candidate<'a> {
    written: &'a str,
    shape: Shape,
    digits: usize,
    hash: bool,
    /// A unit follows.
    is_amount: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// 1234
    Digits,
    /// SD-1234, SD1234
    Prefixed,
    /// 114-2231-998
    Groups,
    /// 2nd, 3pm, A1B2
    Mixed,
}

impl<'a> Candidate<'a> {
    fn of(message: &Message<'a>, words: &[Word], at: usize) -> Option<Self> {
        let text = message.text;
        let word = words[at];
        let piece: &Piece = &text.pieces()[word.piece];
        if word.id != CODE
            || piece.kind != Kind::Code
            || piece.amount_after
            || matches!(piece.mark, Mark::Money | Mark::Other)
        {
            return None;
        }
        let written = text.slice(word.start..piece.end);
        let shape = Shape::of(written)?;
        let is_amount = words
            .get(at + 1)
            .is_some_and(|next| message.is(next, message.classes.unit));
        let digits = written.bytes().filter(u8::is_ascii_digit).count();
        Some(Self {
            written,
            shape,
            digits,
            hash: piece.mark == Mark::Hash,
            is_amount,
        })
    }

    /// Whether it looks like an order number rather than an amount, a rank or a telephone number.
    fn is_plausible(&self, least_digits: usize) -> bool {
        let form = match self.shape {
            Shape::Digits | Shape::Prefixed => true,
            Shape::Groups => !is_telephone(self.written),
            Shape::Mixed => false,
        };
        form && (least_digits..=20).contains(&self.digits)
    }

    /// Takes it if it is a parcel's by its form, or by form and words.
    fn take_as_parcel(&self, called: Called, numbers: &mut Vec<TrackingNumber>) -> bool {
        let is_one_word = !self.written.contains(['-', '_']);
        let Some(number) = TrackingNumber::parse(self.written).filter(|_| is_one_word) else {
            return false;
        };
        let is_parcels = match number.form() {
            TrackingForm::Sure => true,
            TrackingForm::Likely => {
                called.parcel || !(self.hash || (called.order && called.labelled))
            }
            TrackingForm::Digits => called.parcel,
            TrackingForm::Other => called.tracking,
        };
        if is_parcels && numbers.len() < MAX_FOUND && !numbers.contains(&number) {
            numbers.push(number);
        }
        is_parcels
    }

    fn take(&self, numbers: &mut Vec<OrderNumber>) {
        if let Some(number) = OrderNumber::parse(self.written)
            && numbers.len() < MAX_FOUND
            && !numbers.contains(&number)
        {
            numbers.push(number);
        }
    }
}

impl Shape {
    /// `None` for dates, times, prices and anything that cannot be an order number.
    fn of(written: &str) -> Option<Self> {
        OrderNumber::parse(written)?;
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let letters = written.bytes().take_while(u8::is_ascii_alphabetic).count();
        if is_digits(written) {
            Some(Self::Digits)
        } else if written.split(['-', '_']).all(is_digits) {
            (!is_date(written)).then_some(Self::Groups)
        } else if letters > 0 && written[letters..].split(['-', '_']).all(is_digits) {
            Some(Self::Prefixed)
        } else {
            Some(Self::Mixed)
        }
    }
}

/// 2024-05-01, 01-05-24, and the ranges 2-3, 10-12.
fn is_date(written: &str) -> bool {
    let mut lengths = [0; 3];
    let mut count = 0;
    for part in written.split(['-', '_']) {
        if count == lengths.len() {
            return false;
        }
        lengths[count] = part.len();
        count += 1;
    }
    let short = |length: &usize| *length <= 2;
    match count {
        2 => lengths[..2].iter().all(short),
        3 => {
            short(&lengths[1])
                && (lengths[0] == 4 || short(&lengths[0]))
                && (lengths[2] == 4 || short(&lengths[2]))
        }
        _ => false,
    }
}

/// 555-123-4567, 555-4567, 1-800-555-1234
fn is_telephone(written: &str) -> bool {
    if written.bytes().any(|byte| byte.is_ascii_alphabetic()) {
        return false;
    }
    let mut groups = written.split(['-', '_']).rev().map(str::len);
    groups.next() == Some(4) && groups.next() == Some(3) && groups.all(|length| length <= 3)
}

fn is_year(written: &str) -> bool {
    written.len() == 4 && (written.starts_with("19") || written.starts_with("20"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        for (written, shape) in [
            ("1234", Some(Shape::Digits)),
            ("sd-1234", Some(Shape::Prefixed)),
            ("sd1234", Some(Shape::Prefixed)),
            ("114-2231-998", Some(Shape::Groups)),
            ("2nd", Some(Shape::Mixed)),
            ("2024-05-01", None),
            ("3-5", None),
            ("10:30", None),
        ] {
            assert_eq!(Shape::of(written), shape, "{written}");
        }
        assert!(
            is_telephone("555-123-4567")
                && is_telephone("555-4567")
                && !is_telephone("114-1234567-1234567")
        );
    }
}
