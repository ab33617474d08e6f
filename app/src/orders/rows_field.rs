//! A list in a form: rows of short texts, with a button that adds one and one that takes
//! one away.

use crate::ui::{Button, Each, Glyph, IconButton};
use domain::order::OrderItem;
use leptos::prelude::*;

/// What stands in a column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// How it is typed.
    pub kind: Kind,
}

/// How a text is typed.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// As it is.
    Text,
    /// The address of a picture, which is shown before the row.
    Picture,
    /// One of some words, each with how people say it, or none.
    Choice(fn() -> Vec<(&'static str, &'static str)>),
    /// A date and time in the browser's zone.
    Time,
}

/// The texts of a row, and what tells it from the others.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    id: usize,
    texts: RwSignal<Vec<String>>,
}

/// The rows of a list.
#[derive(Debug, Clone, Copy)]
pub struct Rows {
    rows: RwSignal<Vec<Row>>,
    next: StoredValue<usize>,
    columns: &'static [Column],
}

impl Rows {
    /// The rows that are there at first.
    #[must_use]
    pub fn new(columns: &'static [Column], texts: Vec<Vec<String>>) -> Self {
        let rows = Self {
            rows: RwSignal::new(Vec::new()),
            next: StoredValue::new(0),
            columns,
        };
        for texts in texts {
            rows.push(texts);
        }
        rows
    }

    fn push(self, texts: Vec<String>) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        let texts = RwSignal::new(texts);
        self.rows.update(|rows| rows.push(Row { id, texts }));
    }

    /// The texts of all rows in which something stands, each with its number: that of its
    /// place, if it was there at first. None once the list is gone.
    #[must_use]
    pub fn texts(self) -> Vec<(usize, Vec<String>)> {
        let rows = self.rows.try_get_untracked().unwrap_or_default();
        let texts = rows
            .into_iter()
            .map(|row| (row.id, row.texts.try_get_untracked().unwrap_or_default()));
        texts
            .filter(|(_, texts)| texts.iter().any(|text| !text.trim().is_empty()))
            .collect()
    }
}

impl Row {
    fn text(&self, at: usize) -> String {
        let text = self.texts.with(|texts| texts.get(at).cloned());
        text.unwrap_or_default()
    }

    fn set(&self, at: usize, typed: String) {
        self.texts.update(|texts| {
            if let Some(text) = texts.get_mut(at) {
                *text = typed;
            }
        });
    }
}

/// Shows them.
#[component]
pub fn RowsField(
    /// The list's name.
    legend: &'static str,
    /// Its classes.
    class: &'static str,
    /// What one row is, for its buttons.
    what: &'static str,
    /// Their texts.
    rows: Rows,
    /// What is wrong with one of them.
    #[prop(into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let list = rows.rows;
    view! {
        <fieldset class=class>
            <legend class="label">{legend}</legend>
            <Each
                each=move || list.get()
                key=|row| row.id
                let:row
            >
                {
                    let id = row.id;
                    view! {
                        <div class="rows-row">
                            {cells(row, rows.columns)}
                            <IconButton
                                glyph=Glyph::Trash
                                label=format!("Remove this {what}")
                                on_press=move |()| list.update(|rows| rows.retain(|other| other.id != id))
                            />
                        </div>
                    }
                }
            </Each>
            <p class="help is-error" role="alert">
                {error}
            </p>
            <div>
                <Button
                    glyph=Glyph::Plus
                    on_press=move |()| rows.push(vec![String::new(); rows.columns.len()])
                >
                    {format!("Add {what}")}
                </Button>
            </div>
        </fieldset>
    }
    .into_any()
}

/// The inputs of a row, with its picture before them.
fn cells(row: Row, columns: &'static [Column]) -> AnyView {
    let pictured = columns
        .iter()
        .position(|column| matches!(column.kind, Kind::Picture));
    // Not while it is typed: each beginning of an address would be asked for.
    let shown = RwSignal::new(pictured.and_then(|at| untrack(|| picture(row.text(at)))));
    let cells = columns
        .iter()
        .enumerate()
        .map(|(at, column)| cell(row.clone(), at, *column, shown))
        .collect_view();
    let picture = pictured.map(|_| {
        view! {
            <span class="order-picture">
                {move || {
                    shown
                        .get()
                        .map(|src| {
                            // Its host is told no address of the dashboard.
                            view! { <img src=src alt="" decoding="async" referrerpolicy="no-referrer"/> }
                        })
                }}
            </span>
        }
    });
    view! {
        {picture}
        {cells}
    }
    .into_any()
}

fn cell(row: Row, at: usize, column: Column, shown: RwSignal<Option<String>>) -> AnyView {
    let (name, kind) = (column.name, column.kind);
    let value = {
        let row = row.clone();
        move || row.text(at)
    };
    match kind {
        Kind::Choice(options) => {
            let none = std::iter::once(("", format!("{name}: not known")));
            let some = options()
                .into_iter()
                .map(|(word, label)| (word, label.to_owned()));
            let options = none.chain(some).map(|(word, label)| {
                let value = value.clone();
                view! {
                    <option value=word selected=move || value() == word>
                        {label}
                    </option>
                }
            });
            view! {
                <select
                    class="input"
                    aria-label=name
                    on:change=move |event| row.set(at, event_target_value(&event))
                >
                    {options.collect_view()}
                </select>
            }
            .into_any()
        }
        Kind::Time => view! {
            <label class="rows-time">
                <span>{name}</span>
                <input
                    class="input"
                    type="datetime-local"
                    prop:value=value
                    on:input=move |event| row.set(at, event_target_value(&event))
                />
            </label>
        }
        .into_any(),
        Kind::Text | Kind::Picture => view! {
            <input
                class="input"
                aria-label=name
                placeholder=name
                autocomplete="off"
                prop:value=value
                on:input=move |event| row.set(at, event_target_value(&event))
                on:change=move |event| {
                    if matches!(kind, Kind::Picture) {
                        shown.set(picture(event_target_value(&event)));
                    }
                }
            />
        }
        .into_any(),
    }
}

/// A picture's address, if it may be shown.
fn picture(typed: String) -> Option<String> {
    let item = OrderItem {
        name: String::new(),
        quantity: 1,
        image_url: Some(typed),
    };
    item.picture().map(str::to_owned)
}
