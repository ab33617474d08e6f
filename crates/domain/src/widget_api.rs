//! Payloads of the widget's REST interface, `/widget/v1`.

use crate::{
    Invalid,
    colour::Colour,
    conversation::Conversation,
    ids::{AttachmentId, ConversationId, MessageId},
    message::{ATTACHMENTS_MAX, Message, parse_body},
    settings::Position,
    texts::WidgetTexts,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// `GET /stores/{key}/config?locale=`: all that the widget knows before a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Whether to show anything at all. If not, the rest is the defaults.
    pub enabled: bool,
    /// The store's name, in the header.
    pub store_name: String,
    /// The bubble's corner.
    pub position: Position,
    /// Distance from the side, in CSS pixels.
    pub side_spacing: u16,
    /// Distance from the bottom, in CSS pixels.
    pub bottom_spacing: u16,
    /// Header, bubble and send button.
    pub colour: Colour,
    /// Readable text on `colour`.
    pub text_colour: Colour,
    /// First message shown on open.
    pub greeting: String,
    /// Shown while nobody is there to answer.
    pub offline_message: String,
    /// Shown under the store's name.
    pub response_time: String,
    /// Ask for name and email first.
    pub pre_chat_form: bool,
    /// The language of `texts`: the one that was asked for, or English.
    pub locale: String,
    /// What the widget says by itself.
    pub texts: WidgetTexts,
}

/// What the shopper or the page told about them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct VisitorDetails {
    /// As given in the pre-chat form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As given in the pre-chat form. Not verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Language tag of the browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

/// The page the shopper is on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Page {
    /// Its address, at most 2,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its title, at most 300 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMessage {
    /// Made by the client; the same in every retry.
    pub id: MessageId,
    /// 1–10,000 characters; may be empty if there are files.
    pub body: String,
    /// Files that were uploaded to the conversation before, at most
    /// [`ATTACHMENTS_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachment_ids: Vec<AttachmentId>,
}

impl NewMessage {
    /// A message that is a text alone.
    #[must_use]
    pub fn text(id: MessageId, body: impl Into<String>) -> Self {
        Self {
            id,
            body: body.into(),
            attachment_ids: Vec::new(),
        }
    }

    /// Trims and checks it.
    ///
    /// # Errors
    /// [`Invalid`] as [`parse_body`], and if there are too many files or one of
    /// them twice.
    pub fn checked(mut self) -> Result<Self, Invalid> {
        let refused = |message: String| Err(Invalid::new("attachment_ids", message));
        if self.attachment_ids.len() > ATTACHMENTS_MAX {
            return refused(format!(
                "A message can hold {ATTACHMENTS_MAX} files. Please send the others with the next one."
            ));
        }
        let different: HashSet<_> = self.attachment_ids.iter().collect();
        if different.len() < self.attachment_ids.len() {
            return refused("The same file is attached twice. Please remove one.".to_owned());
        }
        let is_file_alone = !self.attachment_ids.is_empty() && self.body.trim().is_empty();
        self.body = if is_file_alone {
            String::new()
        } else {
            parse_body(&self.body)?
        };
        Ok(self)
    }
}

/// `POST /stores/{key}/conversations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartConversation {
    /// Made by the client; the same in every retry.
    pub id: ConversationId,
    /// Who is asking.
    #[serde(default)]
    pub visitor: VisitorDetails,
    /// Where they are.
    #[serde(default)]
    pub page: Page,
    /// The first message, stored with the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<NewMessage>,
    /// Who is asking, signed by the storefront's server: see docs/IDENTITY.md.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

/// The reply to [`StartConversation`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationStarted {
    pub conversation: Conversation,
    /// The visitor's token: `Authorization: Bearer …` from now on.
    pub token: String,
    /// The messages stored so far.
    #[serde(default)]
    pub messages: Vec<Message>,
}

/// `POST /conversations/{id}/identify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identify {
    /// Who is asking, signed by the storefront's server: see docs/IDENTITY.md.
    pub token: String,
}

/// The reply to [`Identify`] and to [`VerifyCode`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identified {
    pub conversation: Conversation,
    /// `Authorization: Bearer …` from now on; the one before may have ended.
    pub token: String,
}

/// `POST /conversations/{id}/code`: a code is to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendCode {
    /// Where to.
    pub email: String,
}

/// `POST /conversations/{id}/code/verify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyCode {
    /// Six digits, as they came.
    pub code: String,
}

/// `GET /conversations/{id}?after_seq=N&limit=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// As it is now: its `last_seq` may be beyond these messages.
    pub conversation: Conversation,
    /// Messages after N in order of `seq`. Numbers that are missing between
    /// them are internal notes.
    pub messages: Vec<Message>,
    /// Everything up to this number is accounted for by this reply: ask again
    /// with it while it is below `conversation.last_seq`.
    pub last_seq: i64,
    /// The conversation has become a part of this one, for good: the chat goes on there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<ConversationId>,
}

/// `POST /conversations/{id}/read`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadUpTo {
    /// Everything up to this number was seen.
    pub seq: i64,
}
