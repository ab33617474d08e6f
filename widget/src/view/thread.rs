//! The list of messages and how it scrolls. It is laid out from the bottom
//! (`column-reverse`), so that it stays there by itself: `scrollTop` is 0 at the
//! newest message and negative above.

use super::{Icon, icons, message::MessageView};
use crate::{actions, chat::Chat, state::Typist};
use domain::{ids::MessageId, message::Sender};
use leptos::{html, prelude::*};
use web_sys::Element;

/// Nearer to the bottom than this counts as being there, in pixels.
const AT_BOTTOM: i32 = 48;
/// Nearer to the top than this, earlier messages are fetched, in pixels.
const NEAR_TOP: i32 = 160;
/// Left free above a message that is read from its start, in pixels.
const ABOVE_START: f64 = 8.0;

/// Greeting, messages and typing dots.
#[component]
pub fn ThreadView(chat: Chat) -> impl IntoView {
    let texts = chat.texts;
    let log = NodeRef::<html::Div>::new();
    let has_newer = RwSignal::new(false);
    keep_place(chat, log, has_newer);

    let has_earlier = move || chat.state.read().thread.first() > 0;
    let greeting = move || chat.state.read().config.greeting.clone();
    let is_blank = move || chat.state.read().is_loading && chat.rows.read().is_empty();
    let on_scroll = move |_| {
        let Some(log) = log.get_untracked() else {
            return;
        };
        if -log.scroll_top() < AT_BOTTOM {
            has_newer.set(false);
        } else if log.scroll_height() + log.scroll_top() - log.client_height() < NEAR_TOP {
            actions::load_earlier(chat);
        }
    };

    view! {
        <div class="stage">
            <div
                class="log"
                node_ref=log
                role="log"
                aria-live="polite"
                aria-label=texts.history()
                aria-busy=move || chat.state.read().is_loading.to_string()
                tabindex="0"
                on:scroll=on_scroll
            >
                <div class="thread">
                    <Show
                        when=has_earlier
                        fallback=move || {
                            view! {
                                <div class="message theirs greeting">
                                    <div class="body">
                                        <p dir="auto">{greeting}</p>
                                    </div>
                                </div>
                            }
                        }
                    >
                        <button
                            type="button"
                            class="earlier"
                            on:click=move |_| actions::load_earlier(chat)
                        >
                            {texts.earlier()}
                        </button>
                    </Show>
                    <Show when=is_blank>
                        <p class="skeleton" aria-label=texts.loading()>
                            <span></span>
                            <span></span>
                            <span></span>
                        </p>
                    </Show>
                    <For
                        each=move || chat.rows.get()
                        key=|row| row.id
                        children=move |row| view! { <MessageView chat row /> }
                    />
                    <TypingDots chat />
                </div>
            </div>
            <Show when=move || has_newer.get()>
                <button
                    type="button"
                    class="newer"
                    on:click=move |_| {
                        if let Some(log) = log.get_untracked() {
                            log.set_scroll_top(0);
                        }
                    }
                >
                    <Icon path=icons::DOWN />
                    {texts.newer()}
                </button>
            </Show>
        </div>
    }
}

#[component]
fn TypingDots(chat: Chat) -> impl IntoView {
    let is_ai = move || chat.state.read().typist == Some(Typist::Ai);
    let label = move || match &chat.state.read().typist {
        Some(Typist::Ai) => chat.texts.ai_thinking().to_owned(),
        Some(Typist::Agent(name)) => chat.texts.typing_of(name.as_deref()),
        None => String::new(),
    };
    view! {
        <Show when=move || chat.state.read().typist.is_some()>
            <div class="message theirs typing" class:ai=is_ai>
                <p class="body dots">
                    <i></i>
                    <i></i>
                    <i></i>
                    <span class="unseen">{label}</span>
                </p>
            </div>
        </Show>
    }
}

/// New messages at the end: the shopper's own are shown at once; those of
/// others are shown from their start, and don't move what is being read further
/// up.
fn keep_place(chat: Chat, log: NodeRef<html::Div>, has_newer: RwSignal<bool>) {
    let height_before = StoredValue::new(0);
    let last_before = StoredValue::new(None::<MessageId>);
    super::effect(move || {
        let (last, is_own) = {
            let rows = chat.rows.read();
            (
                rows.last().map(|row| row.id),
                rows.last()
                    .is_some_and(|row| row.sender == Sender::Customer),
            )
        };
        let is_new = last_before
            .get_value()
            .is_some_and(|previous| Some(previous) != last);
        last_before.set_value(last);
        request_animation_frame(move || {
            let Some(log) = log.get_untracked() else {
                return;
            };
            let height = log.scroll_height();
            let added = height - height_before.get_value();
            height_before.set_value(height);
            if is_new && is_own {
                log.set_scroll_top(0);
            } else if is_new && -log.scroll_top() > AT_BOTTOM {
                log.set_scroll_top(log.scroll_top() - added);
                has_newer.set(true);
            } else if is_new {
                show_start_of_last(&log);
            }
        });
    });
    // A long history that arrives in pages is no news.
    super::effect(move || {
        let state = chat.state.read();
        if state.thread.has_gap() || state.is_loading {
            has_newer.set(false);
        }
    });
}

/// A message that is taller than the view is read from its start.
fn show_start_of_last(log: &Element) {
    let last = log.query_selector(":nth-last-child(1 of .message:not(.typing))");
    if let Ok(Some(last)) = last {
        let top = |element: &Element| element.get_bounding_client_rect().top();
        log.scroll_by_with_x_and_y(0.0, (top(&last) - top(log) - ABOVE_START).min(0.0));
    }
}
