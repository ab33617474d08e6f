//! What the chat window and its bubble say.

use super::{
    catalogue::catalogue,
    fill::{counted, fill},
};
use crate::{
    message::{Message, MessageKind},
    order::{ParcelStatus, PaymentStatus},
    order_progress::{Progress, Step},
};

catalogue! {
    /// Everything that the widget says by itself. It is sent with the config.
    WidgetTexts, WidgetWords, WidgetPlace {
        /// The bubble, for screen readers.
        open_chat,
        /// The bubble and the window's button, for screen readers.
        close_chat,
        /// After the bubble's name: `{count}`, where it is one.
        unread_one,
        /// After the bubble's name: `{count}`, else.
        unread_other,
        /// While the window is being fetched.
        loading_chat,
        /// The window couldn't be fetched.
        chat_failed,
        /// Does again what has failed.
        retry,

        /// The window, for screen readers: `{store}`.
        window_name,
        /// The browser has no network.
        offline,
        /// The server can't be reached.
        reconnecting,
        /// Asks for a person.
        ask_for_person,
        /// A person was asked for.
        person_asked,
        /// A person was asked for before there was a message.
        person_after_message,
        /// The wish for a person didn't reach the server.
        person_failed,
        /// Above the place to write, when the conversation is over.
        resolved,

        /// Above the form.
        form_intro,
        /// The form's field.
        name,
        /// The name is missing.
        name_missing,
        /// The name is too long, or has characters that can't be stored.
        name_wrong,
        /// The form's field.
        email,
        /// The email address isn't one.
        email_wrong,
        /// Ends the form.
        begin,

        /// The place to write, for screen readers.
        composer_label,
        /// The place to write, while it is empty.
        composer_hint,
        /// `{count}` characters over the limit, where it is one.
        too_long_one,
        /// `{count}` characters over the limit, else.
        too_long_other,
        /// Characters that can't be stored.
        wrong_characters,
        /// Sends the message.
        send,

        /// The list of messages, for screen readers.
        history,
        /// While messages are being fetched, for screen readers.
        loading,
        /// Fetches what was said before.
        earlier,
        /// Goes down to what has just come.
        newer,
        /// Above the messages of a day.
        today,
        /// Above the messages of a day.
        yesterday,
        /// Who wrote it: the shopper.
        you,
        /// Who wrote it: somebody of the store.
        team,
        /// Who wrote it: the AI.
        ai,
        /// Who wrote it: the AI, out of the FAQ.
        ai_faq,
        /// Who wrote it: the AI, about an order.
        ai_order,
        /// The dots, for screen readers.
        ai_thinking,
        /// The dots, for screen readers: `{name}`.
        typing,
        /// The dots, for screen readers, where no name is known.
        someone_typing,

        /// How far a message got.
        sending,
        /// How far a message got.
        not_yet_sent,
        /// How far a message got.
        sent,
        /// How far a message got.
        seen,
        /// How far a message got: `{reason}` is a sentence.
        not_sent,
        /// What can be done about it.
        edit,
        /// What can be done about it.
        copy,
        /// What can be done about it.
        delete,
        /// Why it wasn't taken: no reason that could be named.
        refused,
        /// Why it wasn't taken: it is too large.
        refused_too_large,
        /// Why it wasn't taken: the chat is switched off, or not for this page.
        refused_here,

        /// How far an order has got.
        order_received,
        /// How far an order has got.
        order_preparing,
        /// How far an order has got.
        order_sent,
        /// How far an order has got.
        order_pickup,
        /// How far an order has got.
        order_delivered,
        /// Why an order doesn't go on.
        order_on_hold,
        /// Why an order doesn't go on.
        order_cancelled,
        /// Why an order doesn't go on.
        order_refunded,
        /// Why an order doesn't go on.
        order_returned,
        /// Where a parcel is.
        parcel_out,
        /// Where a parcel is: the carrier couldn't hand it over.
        parcel_problem,
        /// Before an order's total.
        order_total,
        /// What became of an order's payment.
        payment_pending,
        /// What became of an order's payment.
        payment_authorized,
        /// What became of an order's payment.
        payment_paid,
        /// What became of an order's payment.
        payment_partly_refunded,
        /// What became of an order's payment.
        payment_refunded,
        /// What became of an order's payment.
        payment_failed,
        /// What became of an order's payment.
        payment_voided,
        /// Follows a parcel at its carrier.
        order_track,
        /// `{count}` more lines or parcels.
        order_more,
        /// The same answer in words, folded up.
        order_words,

        /// Sends a code to the email address above.
        code_send,
        /// The field for the code that was sent.
        code,
        /// Gives the code.
        code_give,
        /// The code isn't right, or has ended.
        code_wrong,
        /// Too many codes, or too many tries.
        code_wait,
        /// The email address is proven.
        code_right,

        /// Event: `{name}` of the team ended the conversation.
        event_resolved_by,
        /// Event: the conversation was ended.
        event_resolved,
        /// Event: `{name}` of the team opened it again.
        event_reopened_by,
        /// Event: it was opened again.
        event_reopened,
        /// Event: the shopper asked for a person.
        event_human_requested,
        /// The same, with the store's own words on when: `{promise}`.
        event_human_requested_promise,
    }
}

impl WidgetTexts {
    /// That a person was asked for. `promise` is the store's response time, if it has one.
    #[must_use]
    pub fn human_requested(&self, promise: &str) -> String {
        match promise.trim_end_matches('.') {
            "" => self.event_human_requested().to_owned(),
            promise => fill(
                self.event_human_requested_promise(),
                &[("promise", promise)],
            ),
        }
    }

    /// What an event in a conversation says; `None` for a message that somebody
    /// wrote, and for what is the team's own matter.
    #[must_use]
    pub fn event(&self, message: &Message) -> Option<String> {
        let by = |named: &str, nameless: &str| match &message.agent_name {
            Some(name) => fill(named, &[("name", name)]),
            None => nameless.to_owned(),
        };
        match message.kind {
            MessageKind::Resolved => Some(by(self.event_resolved_by(), self.event_resolved())),
            MessageKind::Reopened => Some(by(self.event_reopened_by(), self.event_reopened())),
            MessageKind::HumanRequested => {
                let promise = message
                    .data
                    .as_ref()
                    .and_then(|data| data.response_time.as_deref());
                Some(self.human_requested(promise.unwrap_or_default()))
            }
            MessageKind::Text
            | MessageKind::Attachments
            | MessageKind::OrderCard
            | MessageKind::ProveEmail
            | MessageKind::AiOn
            | MessageKind::AiOff
            | MessageKind::AiFailed
            | MessageKind::Unknown => None,
            #[cfg(any(test, feature = "triage"))]
            MessageKind::Anger
            | MessageKind::Snoozed
            | MessageKind::Unsnoozed
            | MessageKind::Assigned
            | MessageKind::Tagged
            | MessageKind::Untagged
            | MessageKind::Spam
            | MessageKind::NotSpam
            | MessageKind::Blocked
            | MessageKind::Unblocked
            | MessageKind::Merged
            | MessageKind::Unmerged
            | MessageKind::Declined => None,
        }
    }

    /// A step on an order's way.
    #[must_use]
    pub fn order_step(&self, step: Step) -> &str {
        match step {
            Step::Ordered => self.order_received(),
            Step::Preparing => self.order_preparing(),
            Step::OnItsWay => self.order_sent(),
            Step::ReadyForPickup => self.order_pickup(),
            Step::Delivered => self.order_delivered(),
        }
    }

    /// Where a parcel is.
    #[must_use]
    pub fn parcel_status(&self, status: ParcelStatus) -> &str {
        match status {
            ParcelStatus::Preparing => self.order_preparing(),
            ParcelStatus::InTransit => self.order_sent(),
            ParcelStatus::OutForDelivery => self.parcel_out(),
            ParcelStatus::ReadyForPickup => self.order_pickup(),
            ParcelStatus::Delivered => self.order_delivered(),
            ParcelStatus::NotDelivered => self.parcel_problem(),
            ParcelStatus::Returned => self.order_returned(),
        }
    }

    /// What became of an order's payment.
    #[must_use]
    pub fn payment(&self, status: PaymentStatus) -> &str {
        match status {
            PaymentStatus::Pending => self.payment_pending(),
            PaymentStatus::Authorized => self.payment_authorized(),
            PaymentStatus::Paid => self.payment_paid(),
            PaymentStatus::PartlyRefunded => self.payment_partly_refunded(),
            PaymentStatus::Refunded => self.payment_refunded(),
            PaymentStatus::Failed => self.payment_failed(),
            PaymentStatus::Voided => self.payment_voided(),
        }
    }

    /// How far an order has got, or why it doesn't go on.
    #[must_use]
    pub fn order_progress(&self, progress: Progress) -> &str {
        match progress {
            Progress::At(step) => self.order_step(step),
            Progress::OnHold => self.order_on_hold(),
            Progress::Cancelled => self.order_cancelled(),
            Progress::Refunded => self.order_refunded(),
            Progress::Returned => self.order_returned(),
        }
    }

    /// How many lines or parcels aren't shown.
    #[must_use]
    pub fn more(&self, count: u32) -> String {
        fill(self.order_more(), &[("count", &count.to_string())])
    }

    /// How many messages wait behind the bubble.
    #[must_use]
    pub fn unread(&self, count: usize) -> String {
        counted(self.unread_one(), self.unread_other(), count)
    }

    /// How far a message is over the limit.
    #[must_use]
    pub fn too_long(&self, characters: usize) -> String {
        counted(self.too_long_one(), self.too_long_other(), characters)
    }

    /// The window's name.
    #[must_use]
    pub fn window_of(&self, store: &str) -> String {
        fill(self.window_name(), &[("store", store)])
    }

    /// Who is typing.
    #[must_use]
    pub fn typing_of(&self, name: Option<&str>) -> String {
        match name {
            Some(name) => fill(self.typing(), &[("name", name)]),
            None => self.someone_typing().to_owned(),
        }
    }

    /// That a message didn't arrive, and why.
    #[must_use]
    pub fn not_sent_because(&self, reason: &str) -> String {
        fill(self.not_sent(), &[("reason", reason)])
    }

    /// Why the server doesn't take what was sent, by the problem's status and
    /// the input that was wrong.
    #[must_use]
    pub fn refusal(&self, status: u16, field: &str) -> &str {
        match (status, field) {
            (401 | 403 | 404, _) => self.refused_here(),
            (413, _) => self.refused_too_large(),
            (_, "email") => self.email_wrong(),
            (_, "name") => self.name_wrong(),
            (_, "body") => self.wrong_characters(),
            _ => self.refused(),
        }
    }
}
