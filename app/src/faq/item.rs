//! One question with its answer.

use super::state::{Editing, use_faq};
use crate::ui::{Badge, Glyph, Menu, MenuItem, Tone};
use domain::faq::{FaqItem, FaqItemState};
use leptos::prelude::*;

/// A question as a row of its category.
#[component]
pub fn ItemRow(
    /// The question.
    item: FaqItem,
    /// All questions of its category.
    items: Memo<Vec<FaqItem>>,
) -> impl IntoView {
    let faq = use_faq();
    let id = item.id;
    let filtering = move || faq.filter.with(|filter| !filter.trim().is_empty());
    let at_top = Signal::derive(move || {
        filtering() || items.with(|all| all.first().is_some_and(|i| i.id == id))
    });
    let at_bottom = Signal::derive(move || {
        filtering() || items.with(|all| all.last().is_some_and(|i| i.id == id))
    });
    let item = StoredValue::new(item);
    let edit = move || faq.editing.set(Some(Editing::Item(item.get_value())));
    let (question, answer) = item.with_value(|item| (item.question.clone(), item.answer.clone()));
    let label = format!("More for “{question}”");
    let texts = view! {
        <span class="faq-question" dir="auto">{question}</span>
        <span class="faq-answer muted" dir="auto">{answer}</span>
    };
    view! {
        <li class="faq-item">
            {if faq.may_change {
                view! {
                    <button class="faq-item-text" type="button" title="Edit" on:click=move |_| edit()>
                        {texts}
                    </button>
                }
                    .into_any()
            } else {
                view! { <div class="faq-item-text">{texts}</div> }.into_any()
            }}
            <StateChip item/>
            {faq
                .may_change
                .then(|| {
                    view! {
                        <Menu label>
                            <MenuItem glyph=Glyph::Pencil label="Edit or move to another category" on_press=move |()| edit()/>
                            <MenuItem
                                glyph=Glyph::ArrowUp
                                label="Move up"
                                disabled=at_top
                                on_press=move |()| item.with_value(|item| faq.shift_item(item, -1))
                            />
                            <MenuItem
                                glyph=Glyph::ArrowDown
                                label="Move down"
                                disabled=at_bottom
                                on_press=move |()| item.with_value(|item| faq.shift_item(item, 1))
                            />
                            <MenuItem
                                glyph=Glyph::Trash
                                label="Delete"
                                danger=true
                                on_press=move |()| faq.delete_item(item.get_value())
                            />
                        </Menu>
                    }
                })}
        </li>
    }
    .into_any()
}

/// How far the AI is with it. Nothing to see when it's ready but a quiet dot.
#[component]
fn StateChip(item: StoredValue<FaqItem>) -> impl IntoView {
    let faq = use_faq();
    let (id, state, error) = item.with_value(|item| (item.id, item.state, item.error.clone()));
    match state {
        FaqItemState::Ready => view! {
            <span class="faq-state" title="The AI knows it">
                <Badge tone=Tone::Good glyph=Glyph::Check text="Ready"/>
            </span>
        }
        .into_any(),
        FaqItemState::Indexing => view! {
            <span class="faq-state is-indexing" title="The AI is learning it; keyword search finds it already">
                <Badge tone=Tone::Neutral glyph=Glyph::Clock text="Indexing"/>
            </span>
        }
        .into_any(),
        FaqItemState::Failed => view! {
            <span
                class="faq-state"
                title=error.unwrap_or_else(|| "Only keyword search finds it".to_owned())
            >
                <Badge tone=Tone::Warning glyph=Glyph::Warning text="Keyword only"/>
                {faq
                    .may_change
                    .then(|| {
                        view! {
                            <button class="link-button" type="button" on:click=move |_| faq.retry(id)>
                                "Retry"
                            </button>
                        }
                    })}
            </span>
        }
        .into_any(),
    }
}
