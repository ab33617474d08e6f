//! Which of a store's programs are told what happens in its conversations.

use super::{
    change::{Also, Change, Entry},
    messages, place,
    queries::Stored,
};
use crate::{db::Tx, error::Result, webhooks};
use domain::{
    UnixMillis,
    conversation::Status,
    ids::{ConversationId, StoreId},
    message::{Message, MessageKind, Sender},
    webhook::{WebhookEvent, WebhookEvents},
};

/// What may have happened by `entry` and `change`: some of it only if it has changed
/// something.
pub(super) fn may_happen(entry: &Entry, change: &Change) -> WebhookEvents {
    let is_about_spam = matches!(change.also, Some(Also::Spam(_)));
    let events = [
        (entry.is_said(), WebhookEvent::MessageCreated),
        (
            change.status == Some(Status::Resolved) && !is_about_spam,
            WebhookEvent::ConversationResolved,
        ),
        (
            change.status == Some(Status::Open)
                && entry.kind != MessageKind::HumanRequested
                && !is_about_spam,
            WebhookEvent::ConversationReopened,
        ),
        (
            change.needs_human == Some(true),
            WebhookEvent::ConversationNeedsHuman,
        ),
        (change.not_found_for.is_some(), WebhookEvent::OrderNotFound),
        (
            change.status == Some(Status::Snoozed),
            WebhookEvent::ConversationSnoozed,
        ),
        (
            matches!(change.also, Some(Also::Assign(_))),
            WebhookEvent::ConversationAssigned,
        ),
        (
            matches!(entry.kind, MessageKind::Tagged | MessageKind::Untagged),
            WebhookEvent::ConversationTagged,
        ),
        (
            entry.sender == Sender::Note && entry.kind == MessageKind::Text,
            WebhookEvent::NoteCreated,
        ),
    ];
    let happens = events.into_iter().filter(|(happens, _)| *happens);
    happens.map(|(_, event)| event).collect()
}

/// Tells what has happened: those of `events` that have. In the transaction in which it
/// has.
///
/// # Errors
/// If the database fails.
pub(super) async fn tell(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    events: WebhookEvents,
    (message, stored): (&Message, &Stored),
    change: &Change,
    now: UnixMillis,
) -> Result<()> {
    let has_changed = stored.changed_seq == message.seq;
    let happened: Vec<_> = events
        .iter()
        .filter(|event| match event {
            // What is spam is nobody's to answer, no program's either.
            WebhookEvent::MessageCreated => !(stored.spam && message.sender == Sender::Customer),
            WebhookEvent::ConversationReopened => has_changed,
            // Who asks for a person is heard, whatever flagged it before.
            WebhookEvent::ConversationNeedsHuman => {
                has_changed || message.kind == MessageKind::HumanRequested
            }
            _ => true,
        })
        .collect();
    if happened.is_empty() {
        return Ok(());
    }
    let conversation =
        place::known_summary(tx.connection, store_id, message.conversation_id).await?;
    let is_of_team = message.sender == Sender::Note;
    for event in happened {
        // What the team arranges is read off the conversation.
        let is_shown = !is_of_team || event == WebhookEvent::NoteCreated;
        let shown = is_shown.then_some(message);
        let asked = match change.not_found_for {
            Some(id) if event == WebhookEvent::OrderNotFound => {
                messages::by_id(tx.connection, store_id, id).await?
            }
            _ => None,
        };
        let message = asked.as_ref().or(shown);
        webhooks::tell(tx, store_id, event, &conversation, message, now).await?;
    }
    Ok(())
}

/// Tells that a conversation was started, in the transaction in which it was.
///
/// # Errors
/// If the database fails.
pub(super) async fn tell_of_start(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    id: ConversationId,
    now: UnixMillis,
) -> Result<()> {
    let event = WebhookEvent::ConversationCreated;
    if !webhooks::told_in(tx, store_id).await?.has(event) {
        return Ok(());
    }
    let conversation = place::known_summary(tx.connection, store_id, id).await?;
    if conversation.spam {
        return Ok(());
    }
    webhooks::tell(tx, store_id, event, &conversation, None, now).await
}

/// Tells that two conversations are one, or two again, in the transaction in which they became
/// so. `event` says which.
///
/// # Errors
/// If the database fails.
pub(super) async fn tell_of_merge(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    what: WebhookEvent,
    event: &Message,
    now: UnixMillis,
) -> Result<()> {
    if !webhooks::told_in(tx, store_id).await?.has(what) {
        return Ok(());
    }
    let id = event.conversation_id;
    let conversation = place::known_summary(tx.connection, store_id, id).await?;
    let event = event.for_team();
    webhooks::tell(tx, store_id, what, &conversation, Some(&event), now).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{access::Actor, ai::need::Need};
    use domain::ids::{MessageId, VisitorId};

    fn happens(entry: &Entry, change: &Change) -> Vec<WebhookEvent> {
        may_happen(entry, change).iter().collect()
    }

    #[test]
    fn a_note_is_no_message_and_what_the_team_arranges_is_no_note() {
        let note = Entry::note(MessageId::generate(), "Hm".into(), Actor::System);
        let change = Change::default();
        assert_eq!(happens(&note, &change), [WebhookEvent::NoteCreated]);
        let event = Entry::team_event(MessageKind::AiOff, Actor::System);
        assert_eq!(happens(&event, &change), []);
    }

    #[test]
    fn a_customers_message_may_reopen_a_conversation() {
        let visitor = VisitorId::generate();
        let entry = Entry::customer(MessageId::generate(), "Hi".into(), visitor);
        let change = Change::customer_message(None, Need::Never);
        assert_eq!(
            happens(&entry, &change),
            [
                WebhookEvent::MessageCreated,
                WebhookEvent::ConversationReopened
            ]
        );
    }

    #[test]
    fn who_asks_for_a_person_reopens_nothing() {
        let entry = Entry::human_requested(VisitorId::generate(), "");
        assert_eq!(
            happens(&entry, &Change::human_requested()),
            [WebhookEvent::ConversationNeedsHuman]
        );
    }
}
