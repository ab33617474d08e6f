//! From what meets between a query and an item to a calibrated confidence.
//!
//! The confidence is a logistic regression over a few features that hold for
//! any shop: cosines, shares of words, the lead over the second-best item,
//! topics and words of the query that the item hasn't. It was fitted on
//! `evals/faq_queries.csv` and `evals/faq_demo_queries.csv`, each in-scope
//! query once with its item and once (weight 0.3) with the item taken out of
//! the FAQ, which is the hardest kind of question that must not be answered.
//! `evals/faq_second*` was held out. Coefficients are for the raw features.

use super::{bm25::Overlap, vectors::Cosines};

/// Cosine from which a question is the same as the FAQ's.
const SAME_QUESTION: f32 = 0.92;
/// What is known of a query and one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evidence {
    /// Cosines, when query and item are embedded.
    pub cosines: Option<Cosines>,
    /// How the words meet.
    pub overlap: Overlap,
}

impl Evidence {
    /// Strength for ordering the items of one query, about 0..=1.
    pub fn rank(&self) -> f32 {
        let o = &self.overlap;
        let words = 0.14 * o.bm25 + 0.06 * o.in_question + 0.2 * o.in_item + 0.1 * o.covered
            - 0.1 * o.missing_concepts.min(2.0);
        let meaning = match self.cosines {
            Some(c) => 0.34 * c.question + 0.34 * c.both + 0.28 * c.answer,
            // Not embedded yet: what the words let expect.
            None => 0.5 * o.in_item,
        };
        words + meaning
    }

    /// Probability that the item answers the query; `lead` = its rank minus
    /// the best other item's.
    pub fn confidence(&self, lead: f32) -> f32 {
        let (weights, features): (&[f32], &[f32]) = match &self.cosines {
            Some(cosines) => (&WITH_MODEL, &self.features_with_model(cosines, lead)),
            None => (&BY_WORDS, &self.features_by_words(lead)),
        };
        let sum: f32 = weights
            .iter()
            .zip(features)
            .map(|(weight, value)| weight * value)
            .sum();
        1.0 / (1.0 + (-sum).exp())
    }

    /// Is it the FAQ's own question?
    pub fn is_same_question(&self) -> bool {
        self.cosines
            .is_some_and(|cosines| cosines.question >= SAME_QUESTION)
            && self.overlap.unknown == 0.0
            && self.overlap.missing_topics == 0.0
    }

    fn features_with_model(&self, cosines: &Cosines, lead: f32) -> [f32; 11] {
        let o = &self.overlap;
        [
            1.0,
            cosines.question,
            cosines.both,
            cosines.answer,
            o.bm25,
            o.in_item,
            o.unknown,
            o.covered,
            o.missing_topics.min(2.0),
            o.strong_terms.ln_1p(),
            lead,
        ]
    }

    fn features_by_words(&self, lead: f32) -> [f32; 9] {
        let o = &self.overlap;
        [
            1.0,
            o.bm25,
            o.in_question,
            o.in_item,
            o.unknown,
            o.covered,
            o.missing_topics.min(2.0),
            o.strong_terms.ln_1p(),
            lead,
        ]
    }
}

/// Weights of [`Evidence::features_with_model`], in the same order.
const WITH_MODEL: [f32; 11] = [
    -5.119, 2.098, 4.289, 1.953, 0.810, 0.376, -0.893, 1.046, -1.084, -0.220, 4.013,
];

/// Weights of [`Evidence::features_by_words`], in the same order.
const BY_WORDS: [f32; 9] = [
    -4.433, 2.079, 1.472, 0.805, -0.671, 1.127, -0.808, 1.208, 2.204,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Evidence {
        Evidence {
            cosines: Some(Cosines {
                question: 0.8,
                both: 0.7,
                answer: 0.5,
            }),
            overlap: Overlap {
                bm25: 0.6,
                in_question: 1.0,
                in_item: 1.0,
                covered: 0.8,
                strong_terms: 2.0,
                ..Overlap::default()
            },
        }
    }

    #[test]
    fn every_kind_of_evidence_pulls_its_way() {
        for cosines in [good().cosines, None] {
            let evidence = Evidence { cosines, ..good() };
            let confidence = evidence.confidence(0.2);
            assert!(confidence > 0.8, "{confidence}");
            assert!(evidence.confidence(0.0) < confidence, "a lead makes surer");
            let mut doubtful = evidence;
            doubtful.overlap.missing_topics = 1.0;
            assert!(
                doubtful.confidence(0.2) < confidence,
                "a missing topic makes less sure"
            );
            doubtful = evidence;
            doubtful.overlap.unknown = 0.5;
            assert!(doubtful.confidence(0.2) < confidence, "so do unknown words");
        }
        let nothing = Evidence {
            cosines: None,
            overlap: Overlap::default(),
        };
        assert!(nothing.confidence(0.0) < 0.05);
    }

    #[test]
    fn the_same_question_with_another_topic_is_not_the_same() {
        let mut evidence = good();
        evidence.cosines = Some(Cosines {
            question: 0.95,
            both: 0.9,
            answer: 0.5,
        });
        assert!(evidence.is_same_question());
        evidence.overlap.missing_topics = 1.0;
        assert!(!evidence.is_same_question());
    }
}
