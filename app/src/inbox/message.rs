//! One message, in the colour and with the label of who wrote it.

use super::{
    mentions::{note_body, with_links},
    order_cards::OrderCards,
    search::{Target, anchor},
    sources::SourceList,
    thread_state::{Outgoing, use_thread},
};
use crate::{
    browser,
    ui::{Glyph, Icon, time::use_clock},
};
use domain::{
    UnixMillis,
    inbox::{Triage, UNMERGE_WITHIN},
    message::{AiTrace, AnswerKind, Message, MessageKind, Sender},
};
use leptos::prelude::*;

/// A message with its place in the group of one sender's messages.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouped {
    /// The message.
    pub message: Message,
    /// The first of its group: carries the label.
    pub first: bool,
    /// The last of its group: carries the time.
    pub last: bool,
}

/// A message.
#[component]
pub fn MessageView(
    /// It and its place.
    grouped: Grouped,
) -> impl IntoView {
    let Grouped {
        message,
        first,
        last,
    } = grouped;
    let clock = use_clock();
    let at = message.created_at;
    let full = move || clock.civil(at).full();
    let is_event = message.voice().is_event;
    // A note that nobody has written tells the team what one of them did.
    let is_own_event = is_event && message.sender == Sender::Note;
    let until = message.data.as_ref().and_then(|data| data.until);
    if is_event {
        return view! {
            <li class="event" title=full>
                {is_own_event
                    .then(|| {
                        view! {
                            <span class="event-scope">
                                <Icon glyph=Glyph::Lock/>
                                "Only your team: "
                            </span>
                        }
                    })}
                {message.body.clone()}
                {merged_just_now(&message)}
                {until.map(|until| move || format!(" until {}", clock.civil(until).full()))}
                <span class="event-time">{move || clock.civil(at).time()}</span>
            </li>
        }
        .into_any();
    }
    let data = message.data.clone().unwrap_or_default();
    let (orders, lead) = (data.orders, data.lead);
    let class = match message.sender {
        Sender::Agent => "message from-agent",
        Sender::Ai => "message from-ai",
        Sender::Note => "message from-note",
        Sender::Customer | Sender::System => "message from-customer",
    };
    let id = message.id;
    let target = use_context::<Target>();
    let is_found = move || target.is_some_and(|Target(target)| target.get() == Some(id));
    view! {
        <li class=class class:is-first=first class:is-found=is_found id=anchor(id)>
            {first.then(|| label(&message))}
            {if orders.is_empty() {
                view! {
                    <div class="bubble" title=full dir="auto">
                        {if message.sender == Sender::Note {
                            note_body(message.body.clone()).into_any()
                        } else {
                            with_links(&message.body)
                        }}
                    </div>
                }
                    .into_any()
            } else {
                view! {
                    {(!lead.is_empty())
                        .then(|| view! { <div class="bubble" dir="auto">{with_links(&lead)}</div> })}
                    <OrderCards cards=orders/>
                    <AsSent text=message.body/>
                }
                    .into_any()
            }}
            {message.ai.map(|trace| view! { <Trace trace/> })}
            {last
                .then(|| {
                    view! {
                        <p class="message-foot">
                            <time>{move || clock.civil(at).time()}</time>
                            {(message.sender == Sender::Agent)
                                .then(|| view! { <SeenState seq=message.seq read_at=message.read_at/> })}
                        </p>
                    }
                })}
        </li>
    }
    .into_any()
}

/// Takes a merge back, as long as that can be done.
fn merged_just_now(message: &Message) -> Option<impl IntoView + use<>> {
    let merged = message.data.as_ref()?.merged?;
    let (seq, until) = (message.seq, message.created_at + UNMERGE_WITHIN);
    if message.kind != MessageKind::Merged {
        return None;
    }
    let (thread, clock) = (use_thread(), use_clock());
    let is_undone = Memo::new(move |_| {
        thread.messages.with(|all| {
            let mut later = all.iter().filter(|later| later.seq > seq);
            later.any(|later| {
                later.kind == MessageKind::Unmerged
                    && later.data.as_ref().and_then(|data| data.merged) == Some(merged)
            })
        })
    });
    Some(view! {
        <Show when=move || !is_undone.get() && clock.now() < until>
            " "
            <button
                class="link-button"
                type="button"
                on:click=move |_| thread.triage(Triage::Unmerge(merged.id))
            >
                "Undo"
            </button>
        </Show>
    })
}

/// Who wrote it, in words.
fn label(message: &Message) -> impl IntoView + use<> {
    let thread = use_thread();
    match message.sender {
        Sender::Customer | Sender::System => view! {
            <p class="message-label" dir="auto">{move || thread.conversation.with(|c| c.visitor.label())}</p>
        }
        .into_any(),
        Sender::Agent => {
            let name = message.agent_name.clone().unwrap_or_else(|| "Agent".to_owned());
            view! { <p class="message-label" dir="auto">{name}</p> }.into_any()
        }
        Sender::Ai => {
            let about = match message.answer_kind {
                Some(AnswerKind::Faq) => " · from the FAQ",
                Some(AnswerKind::OrderStatus) => " · order status",
                None => "",
            };
            view! {
                <p class="message-label label-ai">
                    <Icon glyph=Glyph::Sparkles/>
                    "AI"
                    {about}
                </p>
            }
            .into_any()
        }
        Sender::Note => {
            let name = message.agent_name.clone().map(|name| format!(" · {name}"));
            view! {
                <p class="message-label label-note">
                    <Icon glyph=Glyph::Lock/>
                    "Only your team"
                    {name}
                </p>
            }
            .into_any()
        }
    }
}

/// The words of an answer whose facts are shown, folded away.
#[component]
fn AsSent(text: String) -> impl IntoView {
    view! {
        <details class="trace">
            <summary>
                "Message as sent" <Icon glyph=Glyph::ChevronDown/>
            </summary>
            <div class="bubble" dir="auto">
                {with_links(&text)}
            </div>
        </details>
    }
    .into_any()
}

/// How an AI answer came about, folded away.
#[component]
fn Trace(trace: AiTrace) -> impl IntoView {
    let summary = match (trace.sources.len(), trace.orders.len()) {
        (0, 0) => "How this came about".to_owned(),
        (0, 1) => format!("Order #{}", trace.orders[0]),
        (0, n) => format!("{n} orders"),
        (1, _) => "1 source".to_owned(),
        (n, _) => format!("{n} sources"),
    };
    let how = match trace.model.as_str() {
        "rule" => "Answered by rule, without a language model".to_owned(),
        "quote" => "Quoted from the FAQ, without a language model".to_owned(),
        model => format!("Written by {model} from these sources"),
    };
    let tokens = trace
        .tokens
        .map(|tokens| format!(", {tokens} tokens"))
        .unwrap_or_default();
    view! {
        <details class="trace">
            <summary>
                {summary} <Icon glyph=Glyph::ChevronDown/>
            </summary>
            <SourceList sources=trace.sources/>
            <p class="trace-how">{format!("{how}, in {} ms{tokens}.", trace.latency_ms)}</p>
            {trace.fallback.map(|why| view! { <p class="trace-how">{why}</p> })}
        </details>
    }
    .into_any()
}

/// Whether the shopper has seen a reply, and when.
#[component]
fn SeenState(seq: i64, read_at: Option<UnixMillis>) -> impl IntoView {
    let (thread, clock) = (use_thread(), use_clock());
    let seen = Memo::new(move |_| thread.conversation.with(|c| c.visitor_read_seq >= seq));
    // Of what is seen while the page is open, the moment at which it hears of it.
    let at = RwSignal::new(read_at);
    Effect::new(move |before: Option<bool>| {
        let now = seen.get();
        if before == Some(false) && now {
            at.set(Some(browser::now()));
        }
        now
    });
    move || {
        if seen.get() {
            view! {
                <span class="seen">
                    <Icon glyph=Glyph::CheckCheck/>
                    "Seen"
                    {move || at.get().map(|at| view! { " " <time>{clock.civil(at).time()}</time> })}
                </span>
            }
            .into_any()
        } else {
            view! {
                <span class="seen">
                    <Icon glyph=Glyph::Check/>
                    "Sent"
                </span>
            }
            .into_any()
        }
    }
}

/// A reply that hasn't arrived yet.
#[component]
pub fn OutgoingView(
    /// The reply.
    outgoing: Outgoing,
    /// Puts it back into the reply box.
    on_edit: Callback<Outgoing>,
) -> impl IntoView {
    let thread = use_thread();
    let id = outgoing.id;
    let failed = outgoing.failure.is_some();
    let edit = move |_| {
        if let Some(outgoing) = thread.give_up(id) {
            on_edit.run(outgoing);
        }
    };
    view! {
        <li
            class=if outgoing.is_note { "message from-note is-outgoing" } else { "message from-agent is-outgoing" }
            class:is-failed=failed
        >
            <div class="bubble" dir="auto">{with_links(&outgoing.body)}</div>
            {match outgoing.failure {
                None if outgoing.is_held => {
                    view! {
                        <p class="message-foot">
                            <span role="status">"Goes out in a few seconds."</span>
                            <button class="link-button" type="button" on:click=edit title="Undo (Ctrl+Z)">
                                "Undo"
                            </button>
                            <button class="link-button" type="button" on:click=move |_| thread.let_go(id)>
                                "Send now"
                            </button>
                        </p>
                    }
                        .into_any()
                }
                None => view! { <p class="message-foot" role="status">"Sending…"</p> }.into_any(),
                Some(error) => {
                    view! {
                        <p class="message-foot message-failed" role="alert">
                            <Icon glyph=Glyph::Warning/>
                            <span>{format!("Not sent. {}", error.text())}</span>
                            <button class="link-button" type="button" on:click=move |_| thread.retry(id)>
                                "Try again"
                            </button>
                            <button class="link-button" type="button" on:click=edit>
                                "Edit"
                            </button>
                        </p>
                    }
                        .into_any()
                }
            }}
        </li>
    }
    .into_any()
}
