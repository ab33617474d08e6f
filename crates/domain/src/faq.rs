//! FAQ Knowledge Base: categories, questions and answers.

use crate::{
    Invalid, UnixMillis, both,
    ids::{FaqCategoryId, FaqItemId},
    text,
};
use serde::{Deserialize, Serialize};

/// Longest category name, in characters.
pub const CATEGORY_NAME_MAX: usize = 80;
/// Longest question, in characters.
pub const QUESTION_MAX: usize = 300;
/// Longest answer, in characters.
pub const ANSWER_MAX: usize = 5_000;
/// Most items one store may have.
pub const ITEMS_MAX: i64 = 20_000;

/// The categories offered with one click.
pub const STARTER_CATEGORIES: [&str; 6] = [
    "Shipping & Delivery",
    "Returns & Refunds",
    "Orders",
    "Products",
    "Payments",
    "Promotions",
];

/// Shown after a question was saved.
pub const ADDED_TOAST: &str = "FAQ item added — AI will learn from it shortly.";

/// How far the AI is with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FaqItemState {
    /// Its embedding is being made.
    Indexing,
    /// The AI can use it.
    Ready,
    /// Its embedding could not be made; keyword search still finds it.
    Failed,
}

impl FaqItemState {
    /// The word that is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Indexing => "indexing",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    /// The state of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Indexing, Self::Ready, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

/// A category with its questions, in the merchant's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaqCategory {
    pub id: FaqCategoryId,
    /// Its name, unique in the store.
    pub name: String,
    /// In the merchant's order.
    pub items: Vec<FaqItem>,
}

/// One question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FaqItem {
    pub id: FaqItemId,
    /// The category it stands in.
    pub category_id: FaqCategoryId,
    /// The question as the merchant wrote it.
    pub question: String,
    /// The answer as the merchant wrote it.
    pub answer: String,
    /// How far the AI is with it.
    pub state: FaqItemState,
    /// Why it failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it was last changed.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub updated_at: UnixMillis,
}

/// What a form or an API client sends to add or change an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FaqDraft {
    /// The category to stand in.
    pub category_id: FaqCategoryId,
    /// ≤ 300 characters.
    pub question: String,
    /// ≤ 5,000 characters.
    pub answer: String,
}

impl FaqDraft {
    /// Trims and checks both texts.
    ///
    /// # Errors
    /// [`Invalid`] for `question` or `answer`.
    pub fn validated(self) -> Result<Self, Invalid> {
        let (question, answer) = both(
            text::required("question", &self.question, QUESTION_MAX),
            text::required("answer", &self.answer, ANSWER_MAX),
        )?;
        Ok(Self {
            category_id: self.category_id,
            question,
            answer,
        })
    }
}

impl FaqItem {
    /// Whether it says what `draft` says.
    #[must_use]
    pub fn is_made_of(&self, draft: &FaqDraft) -> bool {
        (self.category_id, &self.question, &self.answer)
            == (draft.category_id, &draft.question, &draft.answer)
    }
}

/// Checks a category's name.
///
/// # Errors
/// [`Invalid`] if it is empty or longer than [`CATEGORY_NAME_MAX`].
pub fn parse_category_name(raw: &str) -> Result<String, Invalid> {
    text::required("name", raw, CATEGORY_NAME_MAX)
}

/// What the AI would answer to a question, for the "Try a question" box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FaqTrial {
    /// What would be sent; none if the AI would stay silent, or if it is about orders and
    /// whoever asks may not see those.
    pub answer: Option<String>,
    /// Why, in a sentence.
    pub explanation: String,
    /// The items that came closest, best first.
    pub sources: Vec<crate::message::AiSource>,
}
