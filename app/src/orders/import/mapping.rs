//! What the columns of the file are, to be put right.

use super::state::ImportState;
use crate::{
    orders::order_form::SelectField,
    ui::{Badge, Card, TextField, Tone},
};
use domain::{
    order::{OrderStatus, PaymentStatus},
    order_import::{ImportStep, OrderColumn},
};
use leptos::prelude::*;

/// A choice for each column, and for all orders what no column says.
#[component]
pub fn MappingCard(
    state: ImportState,
    /// The name and an example of each.
    columns: Vec<(String, String)>,
) -> impl IntoView {
    let report = state.report;
    let missing = Memo::new(move |_| {
        report.with(|report| {
            let report = report.as_ref();
            report
                .map(|report| report.missing.clone())
                .unwrap_or_default()
        })
    });
    let open = missing.with_untracked(|missing| !missing.is_empty());
    let all = columns.len();
    let summary = move || {
        let known = state
            .mapping
            .with(|mapping| mapping.iter().flatten().count());
        format!("{known} of {all} columns are used")
    };
    let rows = columns.into_iter().enumerate();
    let rows = rows.map(move |(at, column)| column_row(state, at, column));
    view! {
        <Card title="Columns">
            <p class="badges" role="status">
                {move || {
                    missing
                        .get()
                        .into_iter()
                        .map(|column| {
                            view! {
                                <Badge
                                    tone=Tone::Warning
                                    text=format!("{} is missing", column.label())
                                />
                            }
                        })
                        .collect_view()
                }}
            </p>
            <ForAll state missing/>
            <details class="disclosure" open=open>
                <summary>{summary}</summary>
                <div class="table-scroll">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"In the file"</th>
                                <th scope="col">"Example"</th>
                                <th scope="col">"Is"</th>
                            </tr>
                        </thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
            </details>
        </Card>
    }
    .into_any()
}

fn column_row(state: ImportState, at: usize, (name, example): (String, String)) -> AnyView {
    let column = move || {
        state
            .mapping
            .with(|mapping| mapping.get(at).copied().flatten())
    };
    let choose = move |event| {
        let column = OrderColumn::from_word(&event_target_value(&event));
        state.mapping.update(|mapping| {
            // A column is taken for one thing, and a thing is in one column.
            for other in mapping.iter_mut() {
                if column.is_some() && *other == column {
                    *other = None;
                }
            }
            if let Some(here) = mapping.get_mut(at) {
                *here = column;
            }
        });
        state.send(ImportStep::Preview);
    };
    let options = OrderColumn::ALL.map(|option| {
        view! {
            <option value=option.as_str() selected=move || column() == Some(option)>
                {option.label()}
            </option>
        }
    });
    view! {
        <tr>
            <td>{name.clone()}</td>
            <td class="muted">{example}</td>
            <td>
                <select class="input" aria-label=format!("{name} is") on:change=choose>
                    <option value="" selected=move || column().is_none()>
                        "Leave out"
                    </option>
                    {options.into_iter().collect_view()}
                </select>
            </td>
        </tr>
    }
    .into_any()
}

/// What may be said for all orders where no column says it.
#[component]
fn ForAll(state: ImportState, missing: Memo<Vec<OrderColumn>>) -> impl IntoView {
    let [status, payment, currency] = state.said;
    let asks = move |column: OrderColumn, said: RwSignal<String>| {
        Memo::new(move |_| {
            missing.with(|missing| missing.contains(&column)) || !said.with(String::is_empty)
        })
    };
    let asks_status = asks(OrderColumn::Status, status);
    let asks_payment = asks(OrderColumn::PaymentStatus, payment);
    let asks_currency = asks(OrderColumn::Currency, currency);
    Effect::new(move |earlier: Option<[String; 3]>| {
        let said = state.said.map(|word| word.get());
        let is_currency = matches!(said[2].trim().len(), 0 | 3);
        if earlier.is_some_and(|earlier| earlier != said) && is_currency {
            state.send(ImportStep::Preview);
        }
        said
    });
    view! {
        <div class="for-all">
            <Show when=move || asks_status.get()>
                <SelectField
                    label="Status of all orders"
                    name="all-status"
                    value=status
                    options=with_none(&OrderStatus::ALL.map(|one| (one.as_str(), one.label())))
                />
            </Show>
            <Show when=move || asks_payment.get()>
                <SelectField
                    label="Payment of all orders"
                    name="all-payment"
                    value=payment
                    options=with_none(&PaymentStatus::ALL.map(|one| (one.as_str(), one.label())))
                />
            </Show>
            <Show when=move || asks_currency.get()>
                <TextField
                    label="Currency of all orders"
                    name="all-currency"
                    value=currency
                    placeholder="EUR"
                />
            </Show>
        </div>
    }
    .into_any()
}

/// The options, and before them that nothing is chosen.
fn with_none(options: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    [&[("", "Please choose")], options].concat()
}
