//! A conversation in which something was found.

use super::ask::{Ask, found_at};
use crate::{
    inbox::{standing::Standing, state::use_inbox},
    ui::{Ago, initials},
};
use domain::{
    message::Sender,
    search::{FoundIn, FoundMessage, FoundName, Part, SearchHit},
};
use leptos::prelude::*;

#[component]
pub fn Hit(hit: SearchHit, ask: Ask) -> impl IntoView {
    let inbox = use_inbox();
    let SearchHit {
        conversation,
        mut names,
        messages,
        more,
    } = hit;
    let id = conversation.id;
    let label = conversation.visitor.label();
    let avatar = initials(&label);
    // What the label shows is marked there.
    let shown = if conversation.visitor.name.is_some() {
        FoundIn::Name
    } else {
        FoundIn::Email
    };
    let in_label = names
        .iter()
        .position(|name| name.found_in == shown)
        .map(|at| names.remove(at));
    let label = match in_label {
        Some(name) => marked(name.parts),
        None => label.into_any(),
    };
    let first = messages.first().map(|message| message.id);
    let (at, has_messages) = (conversation.last_message_at, first.is_some());
    let excerpt = conversation.last_excerpt.clone();
    let href = found_at(inbox, &ask, id, first);
    let is_open = move || inbox.selected.get() == Some(id);
    view! {
        <li class="found" class:is-open=is_open>
            <a class="row found-link" href=href data-noscroll="true">
                <span class="avatar" aria-hidden="true">{avatar}</span>
                <span class="row-text">
                    <span class="row-line">
                        <span class="row-name" dir="auto">{label}</span>
                        <Ago at=Signal::stored(at)/>
                    </span>
                    {names.into_iter().map(name_line).collect_view()}
                    {(!has_messages)
                        .then(|| view! { <span class="row-excerpt" dir="auto">{excerpt}</span> })}
                    <Standing conversation=Signal::stored(conversation) is_known=Signal::stored(false) in_list=true/>
                </span>
            </a>
            {has_messages
                .then(|| {
                    view! {
                        <ul class="found-messages">
                            {messages
                                .into_iter()
                                .map(|message| {
                                    let href = found_at(inbox, &ask, id, Some(message.id));
                                    message_line(message, href)
                                })
                                .collect_view()}
                        </ul>
                    }
                })}
            {(more > 0)
                .then(|| {
                    let text = match more {
                        1 => "and 1 more message".to_owned(),
                        more => format!("and {more} more messages"),
                    };
                    view! { <p class="found-more">{text}</p> }
                })}
        </li>
    }
    .into_any()
}

/// An email, an order's number or a tag that was found.
fn name_line(name: FoundName) -> AnyView {
    let what = match name.found_in {
        FoundIn::Name | FoundIn::Email => "",
        FoundIn::Order => "Order ",
        FoundIn::Tag => "Tag ",
    };
    view! { <span class="row-excerpt" dir="auto">{what}{marked(name.parts)}</span> }.into_any()
}

fn message_line(message: FoundMessage, href: String) -> AnyView {
    let who = match message.sender {
        Sender::Customer | Sender::System => "Shopper".to_owned(),
        Sender::Agent => message.agent_name.unwrap_or_else(|| "Team".to_owned()),
        Sender::Ai => "AI".to_owned(),
        Sender::Note => match message.agent_name {
            Some(name) => format!("Note · {name}"),
            None => "Note".to_owned(),
        },
    };
    view! {
        <li>
            <a class="found-link found-message" href=href data-noscroll="true">
                <span class="row-line">
                    <span class="found-who" dir="auto">{who}</span>
                    <Ago at=Signal::stored(message.created_at)/>
                </span>
                <span class="found-text" dir="auto">{marked(message.extract)}</span>
            </a>
        </li>
    }
    .into_any()
}

/// A text with what was found in it marked.
fn marked(parts: Vec<Part>) -> AnyView {
    let parts = parts.into_iter().map(|part| match part.mark {
        true => view! { <mark>{part.text}</mark> }.into_any(),
        false => part.text.into_any(),
    });
    parts.collect_view().into_any()
}
