//! Messages as their readers may see them.

#[cfg(any(test, feature = "triage"))]
use crate::settings::AssignmentRule;
use crate::{
    message::{Attachment, Message, MessageKind, Sender},
    texts,
};

impl Message {
    /// The message as the shopper may see it: `None` for an internal note, and
    /// without the AI's sources. An event's body is English; whoever shows it
    /// words it in the reader's language.
    #[must_use]
    pub fn for_visitor(&self) -> Option<Self> {
        match self.sender {
            Sender::Note => None,
            _ => Some(Self {
                ai: None,
                #[cfg(any(test, feature = "triage"))]
                sentiment: None,
                ..self.for_team()
            }),
        }
    }

    /// The message as the team may see it: all of it, with a readable body.
    #[must_use]
    pub fn for_team(&self) -> Self {
        let mut message = self.clone();
        if let Some(words) = self.words() {
            message.body = words;
        }
        message
    }

    /// What an event says in English, or files are called; `None` for what has
    /// words of its own.
    fn words(&self) -> Option<String> {
        let name = self.agent_name.as_deref().unwrap_or("The team");
        match self.kind {
            MessageKind::Attachments => Some(Attachment::names(&self.attachments)),
            MessageKind::AiOn => Some(format!("{name} turned the AI on")),
            MessageKind::AiOff => Some(format!("{name} turned the AI off")),
            MessageKind::AiFailed => Some("The AI could not look at a message".to_owned()),
            #[cfg(any(test, feature = "triage"))]
            MessageKind::Anger => Some("The shopper sounds angry: a person should look".to_owned()),
            #[cfg(any(test, feature = "triage"))]
            MessageKind::Assigned => {
                let data = self.data.as_ref();
                let assignee = data.and_then(|data| data.assignee.as_deref());
                let rule = data.and_then(|data| data.rule).map(AssignmentRule::name);
                let name = rule.unwrap_or(name);
                Some(match assignee {
                    Some(assignee) if assignee == name => format!("{name} took this conversation"),
                    Some(assignee) => format!("{name} assigned this conversation to {assignee}"),
                    None if self.agent_name.is_none() => {
                        "Nobody has this conversation any more: who had it has left the team"
                            .to_owned()
                    }
                    None => format!("{name} assigned this conversation to nobody"),
                })
            }
            #[cfg(any(test, feature = "triage"))]
            MessageKind::Tagged | MessageKind::Untagged => {
                let tag = self.data.as_ref().and_then(|data| data.tag.as_deref());
                let did = match self.kind {
                    MessageKind::Tagged => "added",
                    _ => "removed",
                };
                Some(format!(
                    "{name} {did} the tag “{}”",
                    tag.unwrap_or_default()
                ))
            }
            #[cfg(any(test, feature = "triage"))]
            MessageKind::Snoozed => Some(format!("{name} snoozed this conversation")),
            #[cfg(any(test, feature = "triage"))]
            MessageKind::Spam => Some(format!("{name} marked this conversation as spam")),
            #[cfg(any(test, feature = "triage"))]
            MessageKind::NotSpam => Some(format!("{name} said that this is no spam")),
            // A chat window that knows nothing of this kind shows the body.
            #[cfg(any(test, feature = "triage"))]
            MessageKind::Declined => {
                let language = self.data.as_ref().and_then(|data| data.language.as_deref());
                let texts = texts::of(language.unwrap_or_default());
                Some(texts.answers.declined().to_owned())
            }
            #[cfg(any(test, feature = "triage"))]
            MessageKind::Blocked => Some(format!("{name} blocked this visitor")),
            #[cfg(any(test, feature = "triage"))]
            MessageKind::Unblocked => Some(format!("{name} lets this visitor write again")),
            #[cfg(any(test, feature = "triage"))]
            MessageKind::Merged => Some(format!(
                "{name} merged another conversation of this shopper: it follows here"
            )),
            #[cfg(any(test, feature = "triage"))]
            MessageKind::Unmerged => Some(format!("{name} took the merge back")),
            #[cfg(any(test, feature = "triage"))]
            MessageKind::Unsnoozed => Some(match &self.agent_name {
                Some(name) => format!("{name} ended the snooze"),
                None => "This conversation is back from its snooze".to_owned(),
            }),
            _ => texts::of("en").widget.event(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sentiment::Sentiment;
    use crate::{
        ids::AttachmentId,
        message::{MessageData, tests::ai_message},
    };

    #[test]
    fn files_without_a_word_read_as_their_names() {
        let file = |name: &str| Attachment {
            id: AttachmentId::generate(),
            name: name.to_owned(),
            mime: "image/png".to_owned(),
            size: 1,
        };
        let message = Message {
            sender: Sender::Customer,
            kind: MessageKind::Attachments,
            body: String::new(),
            attachments: vec![file("lamp.png"), file("box.png")],
            ..ai_message()
        };
        assert_eq!(message.for_team().body, "lamp.png, box.png");
        let shown = message.for_visitor().map(|message| message.body);
        assert_eq!(shown.as_deref(), Some("lamp.png, box.png"));
    }

    #[test]
    fn an_event_is_worded_for_whoever_reads_it() {
        let event = |kind| Message {
            sender: Sender::System,
            kind,
            body: String::new(),
            agent_name: Some("Maya".into()),
            ..ai_message()
        };
        assert_eq!(
            event(MessageKind::Resolved).for_team().body,
            "Maya resolved this conversation"
        );
        assert_eq!(
            event(MessageKind::AiOff).for_team().body,
            "Maya turned the AI off"
        );
        let given = Message {
            data: Some(MessageData {
                assignee: Some("Tom".into()),
                rule: Some(AssignmentRule::RoundRobin),
                ..MessageData::default()
            }),
            agent_name: None,
            ..event(MessageKind::Assigned)
        };
        assert_eq!(
            given.for_team().body,
            "Round robin assigned this conversation to Tom"
        );
        let promised = Message {
            data: Some(MessageData {
                response_time: Some("We reply within an hour.".into()),
                ..MessageData::default()
            }),
            ..event(MessageKind::HumanRequested)
        };
        assert_eq!(
            promised.for_visitor().map(|message| message.body),
            Some("A person from our team will reply here. We reply within an hour. You can leave this page and come back.".into())
        );
    }

    #[test]
    fn a_visitor_never_sees_notes_or_sources() {
        let message = Message {
            sentiment: Some(Sentiment::Negative),
            ..ai_message()
        };
        assert_eq!(message.for_visitor().and_then(|m| m.ai), None);
        assert_eq!(message.for_visitor().and_then(|m| m.sentiment), None);
        let note = Message {
            sender: Sender::Note,
            ..message
        };
        assert_eq!(note.for_visitor(), None);
    }
}
