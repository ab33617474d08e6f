//! What makes up a language.

use super::{AnswerTexts, WidgetTexts};
use crate::message::Message;

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

impl Texts {
    /// As [`WidgetTexts::event`].
    #[must_use]
    pub fn event(&self, message: &Message) -> Option<String> {
        self.widget.event(message)
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        message::{MessageData, MessageKind, Sender, tests::ai_message},
        texts,
    };

    #[test]
    fn an_event_is_told_in_the_readers_language() {
        let mut event = ai_message();
        event.sender = Sender::System;
        event.kind = MessageKind::Resolved;
        event.agent_name = Some("Maya".into());
        let german = texts::of("de-CH");
        assert_eq!(
            german.event(&event).as_deref(),
            Some("Maya hat diese Unterhaltung abgeschlossen")
        );
        event.agent_name = None;
        event.kind = MessageKind::HumanRequested;
        event.data = Some(MessageData {
            response_time: Some("Wir antworten binnen einer Stunde.".into()),
            ..MessageData::default()
        });
        assert_eq!(
            german.event(&event).as_deref(),
            Some(
                "Ein Mensch aus unserem Team antwortet Ihnen hier. Wir antworten binnen einer Stunde. Sie können diese Seite verlassen und später wiederkommen."
            )
        );
        event.kind = MessageKind::Text;
        assert_eq!(german.event(&event), None);
    }
}
