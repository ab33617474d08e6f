//! How messages become the rows of the thread: days, groups and ticks.

use crate::{outbox::Outbox, thread::Thread};
use domain::{
    UnixMillis,
    grouping::Voice,
    ids::MessageId,
    message::{AnswerKind, Message, MessageData, MessageKind, Sender},
    order_card::OrderCard,
    texts::WidgetTexts,
};

/// One message as the thread shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The message whose row it is.
    pub id: MessageId,
    /// Who wrote it.
    pub sender: Sender,
    /// Plain text, in the reader's language where it is an event's.
    pub body: String,
    /// When it was written.
    pub at: UnixMillis,
    /// The agent's name, where the message has one.
    pub agent_name: Option<String>,
    /// What an AI message is about.
    pub answer_kind: Option<AnswerKind>,
    /// The orders that it shows.
    pub orders: Vec<OrderCard>,
    /// What has to be read beside them.
    pub lead: String,
    /// It asks the shopper to prove their email.
    pub asks_proof: bool,
    /// The first message of its day: a divider goes above it.
    pub opens_day: bool,
    /// The first of a group: it carries the sender's name.
    pub opens_group: bool,
    /// The last of a group: it carries the time.
    pub closes_group: bool,
    /// How far a message of the shopper has got, where that is worth showing.
    pub delivery: Option<Delivery>,
}

/// How far a message of the shopper has got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// On its way.
    Sending,
    /// The server has it.
    Sent,
    /// The store's team has seen it.
    Seen,
    /// The server doesn't take it, for this reason.
    Failed(String),
}

/// The rows of a thread and its unsent messages. Events are worded by `texts`;
/// `day_of` gives the number of the shopper's own calendar day.
pub fn rows(
    thread: &Thread,
    outbox: &Outbox,
    agent_read_seq: i64,
    texts: &WidgetTexts,
    day_of: impl Fn(UnixMillis) -> i64,
) -> Vec<Row> {
    let last_own = thread
        .messages()
        .iter()
        .rfind(|message| message.sender == Sender::Customer)
        .map(|message| message.id);
    let mut rows: Vec<Row> = thread
        .messages()
        .iter()
        .map(|message| Row {
            id: message.id,
            sender: message.sender,
            body: texts.event(message).unwrap_or_else(|| message.body.clone()),
            at: message.created_at,
            agent_name: message.agent_name.clone(),
            answer_kind: message.answer_kind,
            orders: data_of(message).orders,
            lead: data_of(message).lead,
            asks_proof: message.kind == MessageKind::ProveEmail,
            opens_day: false,
            opens_group: true,
            closes_group: true,
            delivery: (Some(message.id) == last_own).then_some(if message.seq <= agent_read_seq {
                Delivery::Seen
            } else {
                Delivery::Sent
            }),
        })
        .collect();
    let unsent = outbox
        .entries()
        .iter()
        .filter(|entry| !thread.contains(entry.id));
    rows.extend(unsent.map(|entry| {
        Row {
            id: entry.id,
            sender: Sender::Customer,
            body: entry.body.clone(),
            at: entry.written_at,
            agent_name: None,
            answer_kind: None,
            orders: Vec::new(),
            lead: String::new(),
            asks_proof: false,
            opens_day: false,
            opens_group: true,
            closes_group: true,
            delivery: Some(
                entry
                    .refused
                    .clone()
                    .map_or(Delivery::Sending, Delivery::Failed),
            ),
        }
    }));

    let mut previous_day = None;
    for at in 0..rows.len() {
        let day = day_of(rows[at].at);
        rows[at].opens_day = previous_day != Some(day);
        previous_day = Some(day);
        if at > 0 && !rows[at].opens_day && rows[at - 1].voice().goes_on_in(&rows[at].voice()) {
            rows[at].opens_group = false;
            rows[at - 1].closes_group = false;
        }
    }
    rows
}

fn data_of(message: &Message) -> MessageData {
    message.data.clone().unwrap_or_default()
}

impl Row {
    fn voice(&self) -> Voice<'_> {
        Voice {
            sender: self.sender,
            is_event: self.sender == Sender::System,
            name: self.agent_name.as_deref(),
            answer_kind: self.answer_kind,
            at: self.at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thread::tests::message;
    use domain::texts;

    fn thread(messages: &[(Sender, UnixMillis)]) -> Thread {
        let mut thread = Thread::default();
        for (seq, (sender, at)) in (1..).zip(messages) {
            let mut message = message(seq, *sender);
            message.created_at = *at;
            thread.insert(message);
        }
        thread
    }

    fn english() -> &'static WidgetTexts {
        &texts::of("en").widget
    }

    fn day_of(at: UnixMillis) -> i64 {
        at / 86_400_000
    }

    #[test]
    fn messages_are_grouped_by_sender_minute_and_day() {
        let thread = thread(&[
            (Sender::Customer, 1_000),
            (Sender::Customer, 59_000),
            (Sender::Customer, 60_000),
            (Sender::Ai, 60_500),
            (Sender::System, 61_000),
            (Sender::System, 61_000),
            (Sender::Ai, 86_400_000),
        ]);
        let rows = rows(&thread, &Outbox::default(), 0, english(), day_of);
        let of = |field: fn(&Row) -> bool| rows.iter().map(field).collect::<Vec<_>>();
        assert_eq!(
            of(|row| row.opens_group),
            [true, false, true, true, true, true, true]
        );
        assert_eq!(
            of(|row| row.closes_group),
            [false, true, true, true, true, true, true]
        );
        assert_eq!(
            of(|row| row.opens_day),
            [true, false, false, false, false, false, true]
        );
    }

    #[test]
    fn only_the_last_own_message_says_how_far_it_got() {
        let thread = thread(&[
            (Sender::Customer, 0),
            (Sender::Customer, 0),
            (Sender::Agent, 0),
        ]);
        let deliveries = |read| {
            rows(&thread, &Outbox::default(), read, english(), day_of)
                .into_iter()
                .map(|row| row.delivery)
                .collect::<Vec<_>>()
        };
        assert_eq!(deliveries(1), [None, Some(Delivery::Sent), None]);
        assert_eq!(deliveries(2), [None, Some(Delivery::Seen), None]);
    }

    #[test]
    fn an_event_is_told_in_the_shoppers_language() {
        let mut event = message(1, Sender::System);
        event.kind = MessageKind::Resolved;
        let mut thread = Thread::default();
        thread.insert(event);
        thread.insert(message(2, Sender::System));
        let german = &texts::of("de-AT").widget;
        let bodies: Vec<String> = rows(&thread, &Outbox::default(), 0, german, day_of)
            .into_iter()
            .map(|row| row.body)
            .collect();
        assert_eq!(
            bodies,
            ["Diese Unterhaltung wurde abgeschlossen", "message 2"]
        );
    }

    #[test]
    fn a_message_that_came_by_socket_first_is_shown_once() {
        let thread = thread(&[(Sender::Customer, 0)]);
        let sent = thread.messages()[0].id;
        let mut outbox = Outbox::default();
        outbox.push(sent, "message 1".into(), 0);
        let waiting = MessageId::generate();
        outbox.push(waiting, "two".into(), 0);
        outbox.refuse(waiting, "No.".into());
        let rows = rows(&thread, &outbox, 0, english(), day_of);
        assert_eq!(
            rows.iter().map(|row| row.id).collect::<Vec<_>>(),
            [sent, waiting]
        );
        assert_eq!(rows[1].delivery, Some(Delivery::Failed("No.".into())));
    }
}
