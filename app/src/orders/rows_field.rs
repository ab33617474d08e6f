//! A list in a form: rows of short texts, with a button that adds one and one that takes
//! one away.

use crate::ui::{Button, Each, Glyph, IconButton};
use leptos::prelude::*;

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
    columns: usize,
}

impl Rows {
    /// The rows that are there at first.
    #[must_use]
    pub fn new(columns: usize, texts: Vec<Vec<String>>) -> Self {
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
    /// place, if it was there at first.
    #[must_use]
    pub fn texts(self) -> Vec<(usize, Vec<String>)> {
        let rows = self.rows.get_untracked().into_iter();
        let texts = rows.map(|row| (row.id, row.texts.get_untracked()));
        texts
            .filter(|(_, texts)| texts.iter().any(|text| !text.trim().is_empty()))
            .collect()
    }
}

/// Shows them.
#[component]
pub fn RowsField(
    /// The list's name.
    legend: &'static str,
    /// The names of the columns.
    columns: &'static [&'static str],
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
        <fieldset class=if rows.columns == 2 { "rows rows-pair" } else { "rows rows-three" }>
            <legend class="label">{legend}</legend>
            <Each
                each=move || list.get()
                key=|row| row.id
                let:row
            >
                <div class="rows-row">
                    {columns
                        .iter()
                        .enumerate()
                        .map(|(at, column)| {
                            view! {
                                <input
                                    class="input"
                                    aria-label=*column
                                    placeholder=*column
                                    autocomplete="off"
                                    prop:value=move || row.texts.with(|texts| texts.get(at).cloned())
                                    on:input=move |event| {
                                        let typed = event_target_value(&event);
                                        row.texts
                                            .update(|texts| {
                                                if let Some(text) = texts.get_mut(at) {
                                                    *text = typed;
                                                }
                                            });
                                    }
                                />
                            }
                        })
                        .collect_view()}
                    <IconButton
                        glyph=Glyph::Trash
                        label=format!("Remove this {what}")
                        on_press=move |()| list.update(|rows| rows.retain(|other| other.id != row.id))
                    />
                </div>
            </Each>
            <p class="help is-error" role="alert">
                {error}
            </p>
            <div>
                <Button
                    glyph=Glyph::Plus
                    on_press=move |()| rows.push(vec![String::new(); rows.columns])
                >
                    {format!("Add {what}")}
                </Button>
            </div>
        </fieldset>
    }
    .into_any()
}
