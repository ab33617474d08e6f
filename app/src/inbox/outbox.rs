//! Replies that the server hasn't confirmed, and unfinished ones. Both are
//! kept in the browser, so that no typed word is lost by a reload.

use crate::{browser, json};
use domain::ids::{ConversationId, MessageId};
use serde::{Deserialize, Serialize};

/// A reply on its way. A retry carries the same id, so it can't arrive twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Made here.
    pub id: MessageId,
    /// The text.
    pub body: String,
    /// Whether it is a note.
    #[serde(default)]
    pub is_note: bool,
}

/// The replies kept for a conversation.
#[must_use]
pub fn kept(conversation: ConversationId) -> Vec<Kept> {
    browser::stored(&outbox_key(conversation))
        .and_then(|json| json::parse(&json).ok())
        .unwrap_or_default()
}

/// Keeps a reply until [`forget`].
pub fn keep(conversation: ConversationId, reply: Kept) {
    let mut all = kept(conversation);
    all.retain(|other| other.id != reply.id);
    all.push(reply);
    write(conversation, &all);
}

/// The reply has arrived, or was given up.
pub fn forget(conversation: ConversationId, id: MessageId) {
    let mut all = kept(conversation);
    all.retain(|other| other.id != id);
    write(conversation, &all);
}

fn write(conversation: ConversationId, all: &[Kept]) {
    let json = if all.is_empty() {
        String::new()
    } else {
        serde_json::to_string(all).unwrap_or_default()
    };
    browser::store(&outbox_key(conversation), &json);
}

/// The unfinished reply or note of a conversation, if the server doesn't have it yet.
#[must_use]
pub fn draft(conversation: ConversationId, is_note: bool) -> Option<String> {
    let kept = browser::stored(&draft_key(conversation, is_note))?;
    kept.strip_prefix(MARK).map(str::to_owned)
}

/// Keeps the unfinished reply or note of a conversation until [`forget_draft`]. That nothing is
/// left of it is kept, too.
pub fn keep_draft(conversation: ConversationId, is_note: bool, text: &str) {
    browser::store(&draft_key(conversation, is_note), &format!("{MARK}{text}"));
}

/// The server has it, unless something else was typed since.
pub fn forget_draft(conversation: ConversationId, is_note: bool, text: &str) {
    if draft(conversation, is_note).as_deref() == Some(text) {
        browser::store(&draft_key(conversation, is_note), "");
    }
}

/// What is kept begins with it: an empty text is kept no more.
const MARK: &str = "=";

fn outbox_key(conversation: ConversationId) -> String {
    format!("shopdesk.outbox.{conversation}")
}

fn draft_key(conversation: ConversationId, is_note: bool) -> String {
    let kind = if is_note { "note" } else { "draft" };
    format!("shopdesk.{kind}.{conversation}")
}
