//! What makes up a language.

use super::{AnswerTexts, WidgetTexts};

/// The texts of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// Its language tag, e.g. `de`.
    pub locale: &'static str,
    /// What the chat window says.
    pub widget: WidgetTexts,
    /// What the AI says by rule.
    pub answers: AnswerTexts,
}
