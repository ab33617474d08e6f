//! Judges texts, with the embedding model where there is one.

use super::{
    features::Features,
    head::{self, HEADS, Heads, Judged},
};
use crate::ai::retrieval::Embedder;

/// Judges texts, in order. Blocking: some milliseconds a text if it has to be embedded, which
/// it needn't be if the AI has just looked at it. Without a model, or with another one than
/// the weights were found for, words decide.
#[must_use]
pub fn judge(texts: &[&str], embedder: Option<&Embedder>) -> Vec<Judged> {
    let vectors = embedder.and_then(|embedder| vectors(texts, embedder));
    let judge = |(n, text): (usize, &&str)| {
        let vector = vectors.as_ref().map(|vectors| &*vectors[n]);
        HEADS.judge(&Features::of(text), vector)
    };
    texts.iter().enumerate().map(judge).collect()
}

/// The embeddings, if the weights were found for them.
pub(super) fn vectors(texts: &[&str], embedder: &Embedder) -> Option<Vec<Vec<f32>>> {
    if !Heads::knows(embedder.model_id()) || embedder.probe().is_err() {
        return None;
    }
    let vectors = embedder.embed(texts).ok()?;
    let fit = vectors.iter().all(|vector| vector.len() == head::EMBEDDED);
    fit.then_some(vectors)
}
