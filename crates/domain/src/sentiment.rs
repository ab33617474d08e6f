//! How a shopper sounds.

use serde::{Deserialize, Serialize};

/// How a customer's message sounds, and a conversation by its last ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sentiment {
    /// Pleased or thankful.
    Positive,
    /// Matter-of-fact: a question, an answer, a fact such as that an order is late.
    Neutral,
    /// Annoyed, disappointed or angry.
    Negative,
}

/// How many of a customer's last messages decide how a conversation sounds.
pub const TREND: usize = 3;

impl Sentiment {
    /// Each of them.
    pub const EACH: [Self; 3] = [Self::Positive, Self::Neutral, Self::Negative];

    /// The word that is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Neutral => "neutral",
            Self::Negative => "negative",
        }
    }

    /// The sentiment of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::EACH.into_iter().find(|one| one.as_str() == word)
    }

    /// How a conversation sounds whose customer's last messages sound like that, the newest
    /// first: as the newest of the last [`TREND`] that isn't neutral. Who was angry and then
    /// gives an order's number is angry still; two matter-of-fact messages later it is a new
    /// day. Nothing if none was judged.
    #[must_use]
    pub fn of_conversation(newest_first: &[Self]) -> Option<Self> {
        let last = &newest_first[..newest_first.len().min(TREND)];
        let told = last.iter().find(|one| **one != Self::Neutral);
        told.or(last.first()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sentiment_is_found_by_its_word() {
        for one in Sentiment::EACH {
            assert_eq!(Sentiment::from_word(one.as_str()), Some(one));
        }
        assert_eq!(Sentiment::from_word("angry"), None);
    }

    #[test]
    fn who_was_angry_and_gives_a_number_is_angry_still() {
        use Sentiment::{Negative, Neutral, Positive};
        for (newest_first, sounds) in [
            (&[][..], None),
            (&[Neutral], Some(Neutral)),
            (&[Neutral, Negative], Some(Negative)),
            (&[Neutral, Neutral, Negative], Some(Negative)),
            (&[Neutral, Neutral, Neutral, Negative], Some(Neutral)),
            (&[Positive, Negative], Some(Positive)),
        ] {
            assert_eq!(Sentiment::of_conversation(newest_first), sounds);
        }
    }

    proptest! {
        #[test]
        fn the_newest_word_decides(older in proptest::collection::vec(0..3_usize, 0..6), newest in 0..3_usize) {
            let older: Vec<_> = older.into_iter().map(|one| Sentiment::EACH[one]).collect();
            let newest = Sentiment::EACH[newest];
            let all: Vec<_> = [newest].into_iter().chain(older.iter().copied()).collect();
            let sounds = Sentiment::of_conversation(&all);
            prop_assert!(sounds.is_some());
            if newest != Sentiment::Neutral {
                prop_assert_eq!(sounds, Some(newest));
            }
            // What is further back than the last few doesn't count.
            prop_assert_eq!(sounds, Sentiment::of_conversation(&all[..all.len().min(TREND)]));
        }
    }
}
