//! The weights, and what they say. `head.bin` is what [`train`](super::train::train) writes:
//! two heads, one with and one without the embedding; of each three classes, in the order of
//! [`Sentiment::EACH`]; of each an offset, then for each block of inputs a scale (both `f32`,
//! little endian) and a weight in a byte for each input.

use super::features::{BUCKETS, Features, THOUGHT_OUT};
use domain::sentiment::Sentiment;
use std::sync::LazyLock;

/// Length of an embedding that the weights were found for.
pub(super) const EMBEDDED: usize = 384;
/// The model whose embeddings those are.
const MODEL: &str = "all-MiniLM-L6-v2";
/// An embedding has the length 1; like this it weighs as much as the rest.
pub(super) const EMBEDDING: f32 = 2.0;
/// What is added to each class before the greatest decides: to call an angry shopper pleased
/// is worse than to overlook one who is pleased. Chosen on the part that is trained on.
const LEANING: [f32; 3] = [-0.6, 0.0, 0.3];

pub(super) const CLASSES: usize = Sentiment::EACH.len();

pub(super) static HEADS: LazyLock<Heads> =
    LazyLock::new(|| Heads::read(include_bytes!("head.bin")));

/// What was judged, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    pub sentiment: Sentiment,
    /// How likely the text is negative, from 0 to 1.
    pub negative: f32,
    /// Whether it is loud: by one of the strongest words, by shouting, by a furious face.
    pub is_loud: bool,
}

/// From how sure on a text counts as anger that a person must look at.
const ANGER: f32 = 0.9;

impl Judged {
    /// Whether a person must look at it. Who is disappointed without being loud is served
    /// like everybody.
    #[must_use]
    pub fn is_strong_anger(&self) -> bool {
        self.sentiment == Sentiment::Negative && self.negative >= ANGER && self.is_loud
    }
}

/// With the embedding, and without.
pub(super) struct Heads {
    pub with_model: Head,
    pub words_alone: Head,
}

/// A class' offset and weights, for each class.
pub(super) struct Head {
    pub offsets: [f32; CLASSES],
    pub embedded: [Vec<f32>; CLASSES],
    pub thought_out: [Vec<f32>; CLASSES],
    pub hashed: [Vec<f32>; CLASSES],
}

impl Heads {
    /// Whether the weights were found for this model's embeddings.
    pub fn knows(model_id: &str) -> bool {
        model_id == MODEL
    }

    /// Of a file that doesn't fit, nothing is read: all weights are 0, and all is neutral.
    fn read(bytes: &[u8]) -> Self {
        let mut reader = Reader(bytes);
        Self {
            with_model: Head::read(&mut reader, EMBEDDED),
            words_alone: Head::read(&mut reader, 0),
        }
    }

    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for head in [&self.with_model, &self.words_alone] {
            for class in 0..CLASSES {
                bytes.extend(head.offsets[class].to_le_bytes());
                for block in [&head.embedded, &head.thought_out, &head.hashed] {
                    write_block(&block[class], &mut bytes);
                }
            }
        }
        bytes
    }

    pub fn judge(&self, features: &Features, embedding: Option<&[f32]>) -> Judged {
        let head = match embedding {
            Some(_) => &self.with_model,
            None => &self.words_alone,
        };
        let scores = head.scores(features, embedding);
        let shares = softmax(scores);
        let leaning: Vec<_> = (0..CLASSES).map(|n| scores[n] + LEANING[n]).collect();
        let neutral = 1;
        let best = (0..CLASSES).fold(neutral, |best, n| match leaning[n] > leaning[best] {
            true => n,
            false => best,
        });
        Judged {
            sentiment: Sentiment::EACH[best],
            negative: shares[2],
            is_loud: features.is_loud,
        }
    }
}

impl Head {
    pub fn nothing(embedded: usize) -> Self {
        let zeros = |length: usize| std::array::from_fn(|_| vec![0.0; length]);
        Self {
            offsets: [0.0; CLASSES],
            embedded: zeros(embedded),
            thought_out: zeros(THOUGHT_OUT),
            hashed: zeros(BUCKETS),
        }
    }

    fn read(reader: &mut Reader<'_>, embedded: usize) -> Self {
        let mut head = Self::nothing(embedded);
        for class in 0..CLASSES {
            head.offsets[class] = reader.number();
            for block in [&mut head.embedded, &mut head.thought_out, &mut head.hashed] {
                reader.block(&mut block[class]);
            }
        }
        head
    }

    pub fn scores(&self, features: &Features, embedding: Option<&[f32]>) -> [f32; CLASSES] {
        std::array::from_fn(|class| {
            let embedded = embedding.map_or(0.0, |vector| dot(&self.embedded[class], vector));
            let hashed = features.hashed.iter();
            let hashed: f32 = hashed
                .map(|(place, value)| self.hashed[class][*place] * value)
                .sum();
            self.offsets[class]
                + embedded * EMBEDDING
                + dot(&self.thought_out[class], &features.thought_out)
                + hashed
        })
    }
}

pub(super) fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

pub(super) fn softmax(scores: [f32; CLASSES]) -> [f32; CLASSES] {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let raised = scores.map(|score| (score - most).exp());
    let all: f32 = raised.iter().sum();
    raised.map(|one| one / all)
}

fn write_block(weights: &[f32], bytes: &mut Vec<u8>) {
    if weights.is_empty() {
        return;
    }
    let most = weights
        .iter()
        .fold(0.0_f32, |most, weight| most.max(weight.abs()));
    let scale = if most > 0.0 {
        most / f32::from(i8::MAX)
    } else {
        1.0
    };
    bytes.extend(scale.to_le_bytes());
    for weight in weights {
        #[expect(clippy::cast_possible_truncation, reason = "within ±127 by the scale")]
        let byte = (weight / scale).round() as i8;
        bytes.extend(byte.to_le_bytes());
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn number(&mut self) -> f32 {
        let Some((bytes, rest)) = self.0.split_first_chunk::<4>() else {
            return 0.0;
        };
        self.0 = rest;
        f32::from_le_bytes(*bytes)
    }

    fn block(&mut self, weights: &mut [f32]) {
        if weights.is_empty() {
            return;
        }
        let scale = self.number();
        let Some((bytes, rest)) = self.0.split_at_checked(weights.len()) else {
            return;
        };
        self.0 = rest;
        for (weight, byte) in weights.iter_mut().zip(bytes) {
            *weight = f32::from(i8::from_le_bytes([*byte])) * scale;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_whole_and_small() {
        let file = include_bytes!("head.bin");
        assert!(file.len() < 100_000);
        assert_eq!(Heads::read(file).write().len(), file.len());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut heads = Heads {
            with_model: Head::nothing(EMBEDDED),
            words_alone: Head::nothing(0),
        };
        heads.with_model.offsets[1] = 0.5;
        heads.with_model.embedded[2][7] = -1.0;
        heads.words_alone.hashed[0][3] = 2.0;
        let read = Heads::read(&heads.write());
        let near = |one: f32, other: f32| (one - other).abs() < 1e-5;
        assert!(near(read.with_model.offsets[1], 0.5));
        assert!(near(read.with_model.embedded[2][7], -1.0));
        assert!(near(read.words_alone.hashed[0][3], 2.0));
        assert!(near(read.words_alone.hashed[1][3], 0.0));
    }
}
