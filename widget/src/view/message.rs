//! One message: who, what, when, and how far it got.

use super::contents::contents;
use crate::{
    actions, browser,
    chat::Chat,
    rows::{Delivery, Row},
};
use domain::{
    UnixMillis,
    ids::MessageId,
    message::{AnswerKind, Sender},
    texts::WidgetTexts,
};
use leptos::prelude::*;

/// A message with its day above it, where it opens one. The element stays the
/// same while the message's state changes, so that screen readers announce it
/// once.
#[component]
pub fn MessageView(chat: Chat, row: Row) -> impl IntoView {
    let id = row.id;
    let first = row.clone();
    let row = Memo::new(move |_| {
        chat.rows
            .read()
            .iter()
            .find(|row| row.id == id)
            .unwrap_or(&first)
            .clone()
    });
    let is_tapped = RwSignal::new(false);
    let sender = row.read_untracked().sender;
    let kind = match sender {
        Sender::Customer => "message own",
        Sender::Agent => "message theirs agent",
        Sender::Ai => "message theirs ai",
        Sender::System | Sender::Note => "message system",
    };
    let is_failed = move || matches!(row.read().delivery, Some(Delivery::Failed(_)));

    view! {
        {move || {
            let row = row.read();
            row.opens_day.then(|| view! { <p class="day">{day_text(chat.texts, row.at)}</p> })
        }}
        <div
            class=kind
            class:opens=move || row.read().opens_group
            class:closes=move || row.read().closes_group
            class:failed=is_failed
            class:tapped=move || is_tapped.get()
        >
            {move || by_line(chat.texts, &row.read())}
            <div class="line" on:click=move |_| is_tapped.update(|tapped| *tapped = !*tapped)>
                <div class="body" use:contents=(chat, row.get_untracked())></div>
                <time class="time" title=move || browser::date_text(row.read().at)>
                    {move || browser::time_text(row.read().at)}
                </time>
            </div>
            {(sender == Sender::Customer).then(|| view! { <DeliveryLine chat row /> })}
        </div>
    }
}

/// How far a message of the shopper got, and what can be done about it.
#[component]
fn DeliveryLine(chat: Chat, row: Memo<Row>) -> impl IntoView {
    let texts = chat.texts;
    let id = row.read_untracked().id;
    let text = move || match &row.read().delivery {
        None => String::new(),
        Some(Delivery::Sent) => texts.sent().to_owned(),
        Some(Delivery::Seen) => texts.seen().to_owned(),
        Some(Delivery::Sending) if chat.state.read().is_delayed => texts.not_yet_sent().to_owned(),
        Some(Delivery::Sending) => texts.sending().to_owned(),
        Some(Delivery::Failed(reason)) => texts.not_sent_because(reason),
    };
    let actions = move || {
        let actions: Vec<Action> = match row.read().delivery {
            Some(Delivery::Sending) if chat.state.read().is_delayed => {
                vec![(texts.retry(), actions::send_now)]
            }
            Some(Delivery::Failed(_)) => vec![
                (texts.retry(), actions::retry),
                (texts.edit(), actions::edit),
                (texts.copy(), actions::copy),
                (texts.delete(), actions::discard),
            ],
            _ => Vec::new(),
        };
        let button = |(label, act): Action| {
            view! { <button type="button" on:click=move |_| act(chat, id)>{label}</button> }
        };
        actions.into_iter().map(button).collect::<Vec<_>>()
    };
    view! {
        <p class="delivery">{text}</p>
        <div class="actions">{actions}</div>
    }
}

/// What can be done about an unsent message.
type Action = (&'static str, fn(Chat, MessageId));

/// The sender above a group; for screen readers, on every message.
fn by_line(texts: &WidgetTexts, row: &Row) -> Option<AnyView> {
    let (text, class) = match (row.sender, row.answer_kind) {
        (Sender::System | Sender::Note, _) => return None,
        (Sender::Customer, _) => (texts.you().to_owned(), "unseen"),
        (Sender::Agent, _) => (
            row.agent_name
                .clone()
                .unwrap_or_else(|| texts.team().to_owned()),
            "name",
        ),
        (Sender::Ai, Some(AnswerKind::Faq)) => (texts.ai_faq().to_owned(), "chip"),
        (Sender::Ai, Some(AnswerKind::OrderStatus)) => (texts.ai_order().to_owned(), "chip"),
        (Sender::Ai, None) => (texts.ai().to_owned(), "chip"),
    };
    let class = if row.opens_group { class } else { "unseen" };
    Some(view! { <p class=class dir="auto">{text}</p> }.into_any())
}

fn day_text(texts: &WidgetTexts, at: UnixMillis) -> String {
    match browser::day_of(browser::now()) - browser::day_of(at) {
        0 => texts.today().to_owned(),
        1 => texts.yesterday().to_owned(),
        _ => browser::date_text(at),
    }
}
