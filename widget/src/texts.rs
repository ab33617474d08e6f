//! Every text of the chat window. A translation replaces this one file's
//! strings; the loader has its own few (they are shown before the window).

pub const ASK_FOR_PERSON: &str = "Talk to a person";
pub const AI: &str = "AI";
pub const AI_FAQ: &str = "AI · from the FAQ";
pub const AI_ORDER: &str = "AI · order status";
pub const AI_THINKING: &str = "The assistant is looking for an answer";
pub const BEGIN: &str = "Start chat";
pub const CLOSE: &str = "Close chat";
pub const COMPOSER_LABEL: &str = "Your message";
pub const COMPOSER_HINT: &str = "Write a message…";
pub const COPY: &str = "Copy";
pub const DELETE: &str = "Delete";
pub const EARLIER: &str = "Earlier messages";
pub const EDIT: &str = "Edit";
pub const EMAIL: &str = "Email";
pub const EMAIL_WRONG: &str =
    "This doesn't look like an email address. It should read like name@example.com.";
pub const FORM_INTRO: &str = "Please tell us who you are, so that we can get back to you.";
pub const HISTORY: &str = "Conversation";
pub const LOADING: &str = "Loading the conversation";
pub const NAME: &str = "Name";
pub const NAME_MISSING: &str = "Please tell us your name.";
pub const NEWER: &str = "New messages";
pub const NOT_YET_SENT: &str = "Not sent yet";
pub const OFFLINE: &str = "You're offline. Your messages are kept and sent when you're back.";
pub const PERSON_ASKED: &str = "We've told the team. A person will reply here.";
pub const PERSON_AFTER_MESSAGE: &str = "Write your question first. A person will reply to it.";
pub const PERSON_FAILED: &str = "That didn't reach us. Please try again.";
pub const RECONNECTING: &str = "No connection. Trying again…";
pub const REFUSED: &str = "The message couldn't be accepted.";
pub const RESOLVED: &str = "This conversation was resolved. Send a message to reopen it.";
pub const RETRY: &str = "Try again";
pub const SEEN: &str = "Seen";
pub const SEND: &str = "Send";
pub const SENDING: &str = "Sending…";
pub const SENT: &str = "Sent";
pub const TEAM: &str = "Team";
pub const TODAY: &str = "Today";
pub const YESTERDAY: &str = "Yesterday";
pub const YOU: &str = "You";

/// Who is typing; the store's team if nobody is named.
pub fn typing(name: Option<&str>) -> String {
    format!("{} is typing", name.unwrap_or("Someone"))
}

/// Why a message didn't arrive.
pub fn not_sent(reason: &str) -> String {
    format!("Not sent. {reason}")
}

/// How far a message is over the limit.
pub fn too_long(characters: usize) -> String {
    match characters {
        1 => "1 character too long".to_owned(),
        n => format!("{n} characters too long"),
    }
}

/// The window's name for screen readers.
pub fn window_name(store: &str) -> String {
    format!("Chat with {store}")
}
