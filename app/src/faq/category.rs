//! One category with its questions.

use super::{
    item::ItemRow,
    state::{Editing, FaqState, fits, use_faq},
};
use crate::ui::{Button, Each, Glyph, Look, Menu, MenuItem};
use domain::{faq::FaqItem, ids::FaqCategoryId};
use leptos::prelude::*;

/// A category as a card. Hidden while the filter finds nothing in it.
#[component]
pub fn CategoryCard(
    /// The category.
    id: FaqCategoryId,
) -> impl IntoView {
    let faq = use_faq();
    let category = move || {
        faq.categories
            .with(|all| all.iter().find(|c| c.id == id).cloned())
    };
    let name = Memo::new(move |_| category().map(|c| c.name).unwrap_or_default());
    let items = Memo::new(move |_| category().map(|c| c.items).unwrap_or_default());
    let shown = Memo::new(move |_| {
        faq.filter.with(|filter| {
            items.with(|items| {
                items
                    .iter()
                    .filter(|item| fits(filter, &item.question, &item.answer))
                    .cloned()
                    .collect::<Vec<FaqItem>>()
            })
        })
    });
    let filtering = move || faq.filter.with(|filter| !filter.trim().is_empty());
    let at_top = Signal::derive(move || {
        faq.categories
            .with(|all| all.first().is_some_and(|c| c.id == id))
    });
    let at_bottom = Signal::derive(move || {
        faq.categories
            .with(|all| all.last().is_some_and(|c| c.id == id))
    });
    view! {
        <section
            class="card faq-category"
            hidden=move || filtering() && shown.with(Vec::is_empty)
            aria-label=name
        >
            <header class="faq-category-head">
                <h2>{name}</h2>
                <span class="muted">
                    {move || match items.with(Vec::len) {
                        all if filtering() => format!("{} of {all}", shown.with(Vec::len)),
                        1 => "1 question".to_owned(),
                        n => format!("{n} questions"),
                    }}
                </span>
                <span class="spacer"></span>
                {faq
                    .may_change
                    .then(|| actions(faq, id, name, at_top, at_bottom))}
            </header>
            <ul class="faq-items">
                <Each
                    each=move || shown.get()
                    key=|item| format!("{} {} {} {}", item.id, item.updated_at, item.state.as_str(), item.question)
                    let:item
                >
                    <ItemRow item items/>
                </Each>
            </ul>
            <Show when=move || items.with(Vec::is_empty)>
                <p class="faq-none muted">
                    "No question yet. Shoppers don't see empty categories."
                </p>
            </Show>
        </section>
    }
    .into_any()
}

/// What may be done with a category.
fn actions(
    faq: FaqState,
    id: FaqCategoryId,
    name: Memo<String>,
    at_top: Signal<bool>,
    at_bottom: Signal<bool>,
) -> AnyView {
    view! {
        <Button
            look=Look::Quiet
            glyph=Glyph::Plus
            on_press=move |()| faq.editing.set(Some(Editing::NewItem(id)))
        >
            "Add question"
        </Button>
        <Menu label=Signal::derive(move || format!("More for {}", name.get()))>
            <MenuItem
                glyph=Glyph::Pencil
                label="Rename"
                on_press=move |()| {
                    faq.editing.set(Some(Editing::Category(id, name.get_untracked())));
                }
            />
            <MenuItem
                glyph=Glyph::ArrowUp
                label="Move up"
                disabled=at_top
                on_press=move |()| faq.shift_category(id, -1)
            />
            <MenuItem
                glyph=Glyph::ArrowDown
                label="Move down"
                disabled=at_bottom
                on_press=move |()| faq.shift_category(id, 1)
            />
            <MenuItem
                glyph=Glyph::Trash
                label="Delete"
                danger=true
                on_press=move |()| {
                    let found = faq
                        .categories
                        .with_untracked(|all| all.iter().find(|c| c.id == id).cloned());
                    if let Some(category) = found {
                        faq.delete_category(category);
                    }
                }
            />
        </Menu>
    }
    .into_any()
}
