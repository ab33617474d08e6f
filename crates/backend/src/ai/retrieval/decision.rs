//! From the confidences of a search to a decision.

use super::{
    embedder::Embedder,
    index::{FaqIndex, Hit},
};

/// Confidence from which an item is relevant, so sure that its answer may be
/// quoted word for word. Lower answers more and errs more.
const RELEVANT_WITH_MODEL: f32 = 0.34;
/// The same by words alone, which are the weaker witness.
const RELEVANT_BY_WORDS: f32 = 0.40;
/// Further items given to a language model rank at most this far behind the first.
const NEAR_RANK: f32 = 0.15;
/// Items given to a language model at most.
const MAX_RELEVANT: usize = 4;

/// What to do with a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// The same question as in the FAQ: its answer word for word.
    Exact(Hit),
    /// Relevant items, best first: quote the first or generate from all.
    Relevant(Vec<Hit>),
    /// Nothing relevant: stay silent. `best` is for the merchant to look at.
    Silent { best: Option<Hit> },
}

/// The whole way from a shopper's message to a decision, with the hits it
/// rests on. Blocking when `embedder` is given.
pub fn answer(
    index: &FaqIndex,
    message: &str,
    embedder: Option<&Embedder>,
    limit: usize,
) -> (Vec<Hit>, Decision) {
    let hits = index.look_up(message, embedder, limit);
    let decision = decide(&hits);
    (hits, decision)
}

/// Decides by the hits of one search, best first.
pub fn decide(hits: &[Hit]) -> Decision {
    let Some(best) = hits.first() else {
        return Decision::Silent { best: None };
    };
    if best.is_same_question {
        return Decision::Exact(best.clone());
    }
    let threshold = if best.cosine.is_some() {
        RELEVANT_WITH_MODEL
    } else {
        RELEVANT_BY_WORDS
    };
    if best.score < threshold {
        return Decision::Silent {
            best: Some(best.clone()),
        };
    }
    let near = hits
        .iter()
        .take(MAX_RELEVANT)
        .filter(|hit| best.rank - hit.rank <= NEAR_RANK);
    Decision::Relevant(near.cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(score: f32, cosine: Option<f32>) -> Hit {
        Hit {
            index: 0,
            id: "a".to_owned(),
            cosine,
            bm25: 0.5,
            rank: 0.6,
            score,
            is_same_question: false,
        }
    }

    #[test]
    fn decisions_follow_the_thresholds() {
        assert_eq!(decide(&[]), Decision::Silent { best: None });
        let unsure = [hit(0.2, Some(0.5))];
        assert!(matches!(
            decide(&unsure),
            Decision::Silent { best: Some(_) }
        ));
        assert!(matches!(
            decide(&[hit(0.36, Some(0.5))]),
            Decision::Relevant(_)
        ));
        assert!(matches!(
            decide(&[hit(0.36, None)]),
            Decision::Silent { .. }
        ));
        let same = Hit {
            is_same_question: true,
            ..hit(0.1, None)
        };
        assert!(matches!(decide(&[same]), Decision::Exact(_)));
    }

    #[test]
    fn only_near_items_go_along() {
        let far = Hit {
            rank: 0.2,
            ..hit(0.05, Some(0.2))
        };
        let near = Hit {
            rank: 0.5,
            ..hit(0.1, Some(0.4))
        };
        let Decision::Relevant(hits) = decide(&[hit(0.9, Some(0.8)), near, far]) else {
            panic!("a sure hit is relevant");
        };
        assert_eq!(hits.len(), 2);
    }
}
