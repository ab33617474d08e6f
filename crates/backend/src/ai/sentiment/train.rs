//! Finds the weights: multinomial logistic regression with weights kept small, by accelerated
//! gradient descent over all texts at once. The same texts and embeddings give the same file.

use super::{
    eval::Row,
    features::{BUCKETS, Features, THOUGHT_OUT},
    head::{CLASSES, EMBEDDED, EMBEDDING, Head, Heads, softmax},
};
use crate::ai::retrieval::{Embedder, EmbedderUnavailable};
use domain::sentiment::Sentiment;

/// How much a weight costs, as a share of one text's loss: the larger, the smaller they stay.
const COST: f32 = 1.0;
/// Steps after which nothing changes any more that matters.
const STEPS: usize = 600;

/// The file of weights for those of the rows that aren't held out.
///
/// # Errors
/// If the embedding model can't be used.
pub fn train(rows: &[Row], embedder: &Embedder) -> Result<Vec<u8>, EmbedderUnavailable> {
    let rows: Vec<_> = rows.iter().filter(|row| !row.held_out).collect();
    if !Heads::knows(embedder.model_id()) {
        return Err(EmbedderUnavailable::new(
            "the weights are for all-MiniLM-L6-v2 and not for this model",
        ));
    }
    let texts: Vec<_> = rows.iter().map(|row| &*row.text).collect();
    let vectors = embedder.embed(&texts)?;
    let features: Vec<_> = texts.iter().map(|text| Features::of(text)).collect();
    let wanted: Vec<_> = rows.iter().map(|row| class(row.expected)).collect();
    let input = |vector: Option<&Vec<f32>>, features: &Features| {
        let embedded = vector.into_iter().flatten().map(|value| value * EMBEDDING);
        let first: Vec<f32> = embedded
            .chain(features.thought_out.iter().copied())
            .collect();
        Input {
            hashed: features
                .hashed
                .iter()
                .map(|(place, value)| (first.len() + place, *value))
                .collect(),
            first,
        }
    };
    let with_model: Vec<_> = features
        .iter()
        .zip(&vectors)
        .map(|(features, vector)| input(Some(vector), features))
        .collect();
    let words_alone: Vec<_> = features
        .iter()
        .map(|features| input(None, features))
        .collect();
    let heads = Heads {
        with_model: head(&descend(&with_model, &wanted), EMBEDDED),
        words_alone: head(&descend(&words_alone, &wanted), 0),
    };
    Ok(heads.write())
}

fn class(sentiment: Sentiment) -> usize {
    let found = Sentiment::EACH.iter().position(|one| *one == sentiment);
    found.unwrap_or_default()
}

/// A text: the inputs that all have, then some of the many.
struct Input {
    first: Vec<f32>,
    hashed: Vec<(usize, f32)>,
}

/// For each class its offset, then its weights.
type Weights = [Vec<f32>; CLASSES];

fn head(weights: &Weights, embedded: usize) -> Head {
    let mut head = Head::nothing(embedded);
    for (class, weights) in weights.iter().enumerate() {
        let (offset, rest) = weights.split_at(1);
        head.offsets[class] = offset[0];
        let (vector, rest) = rest.split_at(embedded);
        let (thought_out, hashed) = rest.split_at(THOUGHT_OUT);
        head.embedded[class].copy_from_slice(vector);
        head.thought_out[class].copy_from_slice(thought_out);
        head.hashed[class].copy_from_slice(hashed);
    }
    head
}

#[expect(clippy::cast_precision_loss, reason = "there are thousands, not more")]
fn descend(inputs: &[Input], wanted: &[usize]) -> Weights {
    let length = 1 + inputs.first().map_or(0, |input| input.first.len()) + BUCKETS;
    let count = inputs.len().max(1) as f32;
    let cost = COST / count;
    // No steeper than this anywhere, so that no step goes too far.
    let longest = inputs.iter().map(length_squared).fold(0.0, f32::max);
    let step = 1.0 / (0.5 * (1.0 + longest) + cost);
    let zeros: Weights = std::array::from_fn(|_| vec![0.0; length]);
    let (mut weights, mut ahead, mut momentum) = (zeros.clone(), zeros.clone(), 1.0_f32);
    for _ in 0..STEPS {
        let mut slope = zeros.clone();
        for (input, wanted) in inputs.iter().zip(wanted) {
            let shares = softmax(std::array::from_fn(|class| score(&ahead[class], input)));
            for class in 0..CLASSES {
                let off = shares[class] - f32::from(u8::from(class == *wanted));
                add(&mut slope[class], input, off / count);
            }
        }
        let next_momentum = (1.0 + (4.0 * momentum).mul_add(momentum, 1.0).sqrt()) / 2.0;
        let push = (momentum - 1.0) / next_momentum;
        for class in 0..CLASSES {
            for place in 0..length {
                // The offset costs nothing.
                let cost = if place == 0 { 0.0 } else { cost };
                let at = ahead[class][place];
                let next = at - step * (slope[class][place] + cost * at);
                ahead[class][place] = next + push * (next - weights[class][place]);
                weights[class][place] = next;
            }
        }
        momentum = next_momentum;
    }
    weights
}

fn length_squared(input: &Input) -> f32 {
    let hashed = input.hashed.iter().map(|(_, value)| value * value);
    input
        .first
        .iter()
        .map(|value| value * value)
        .chain(hashed)
        .sum()
}

fn score(weights: &[f32], input: &Input) -> f32 {
    let first: f32 = super::head::dot(&weights[1..], &input.first);
    let hashed: f32 = input
        .hashed
        .iter()
        .map(|(place, value)| weights[1 + place] * value)
        .sum();
    weights[0] + first + hashed
}

fn add(slope: &mut [f32], input: &Input, by: f32) {
    slope[0] += by;
    for (slope, value) in slope[1..].iter_mut().zip(&input.first) {
        *slope += by * value;
    }
    for (place, value) in &input.hashed {
        slope[1 + place] += by * value;
    }
}
