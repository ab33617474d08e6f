//! What the columns of the file are, to be put right.

use super::state::ImportState;
use crate::{
    orders::order_form::SelectField,
    ui::{Badge, Card, TextField, Tone},
};
use domain::{
    order::{OrderStatus, PaymentStatus},
    order_import::{FileColumn, ImportStep, OrderColumn},
};
use leptos::prelude::*;

/// A choice for each column, and for all orders what no column says.
#[component]
pub fn MappingCard(
    state: ImportState,
    columns: Vec<FileColumn>,
    missing: Vec<OrderColumn>,
) -> impl IntoView {
    let open = !missing.is_empty();
    let known = columns
        .iter()
        .filter(|column| column.column.is_some())
        .count();
    let summary = format!("{known} of {} columns are used", columns.len());
    let rows = columns.into_iter().enumerate();
    let rows = rows.map(move |(at, column)| column_row(state, at, column));
    let missed = missing.clone().into_iter().map(|column| {
        view! { <Badge tone=Tone::Warning text=format!("{} is missing", column.label())/> }
    });
    view! {
        <Card title="Columns">
            {open.then(|| view! { <p class="badges" role="alert">{missed.collect_view()}</p> })}
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

fn column_row(state: ImportState, at: usize, column: FileColumn) -> AnyView {
    let chosen = column.column;
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
            <option value=option.as_str() selected=chosen == Some(option)>
                {option.label()}
            </option>
        }
    });
    view! {
        <tr>
            <td>{column.name.clone()}</td>
            <td class="muted">{column.example}</td>
            <td>
                <select class="input" aria-label=format!("{} is", column.name) on:change=choose>
                    <option value="" selected=chosen.is_none()>
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
fn ForAll(state: ImportState, missing: Vec<OrderColumn>) -> impl IntoView {
    let [status, payment, currency] = state.said;
    let asks = move |column: OrderColumn, said: RwSignal<String>| {
        missing.contains(&column) || !said.with_untracked(String::is_empty)
    };
    let with_none = |options: Vec<(&'static str, &'static str)>| {
        let none = std::iter::once(("", "Please choose"));
        none.chain(options).collect::<Vec<_>>()
    };
    Effect::new(move |earlier: Option<[String; 3]>| {
        let said = state.said.map(|word| word.get());
        let is_currency = matches!(said[2].trim().len(), 0 | 3);
        if earlier.is_some_and(|earlier| earlier != said) && is_currency {
            state.send(ImportStep::Preview);
        }
        said
    });
    view! {
        {asks(OrderColumn::Status, status)
            .then(|| {
                let options = OrderStatus::ALL.map(|status| (status.as_str(), status.label()));
                view! {
                    <SelectField
                        label="Status of all orders"
                        name="all-status"
                        value=status
                        options=with_none(options.to_vec())
                    />
                }
            })}
        {asks(OrderColumn::PaymentStatus, payment)
            .then(|| {
                let options = PaymentStatus::ALL.map(|status| (status.as_str(), status.label()));
                view! {
                    <SelectField
                        label="Payment of all orders"
                        name="all-payment"
                        value=payment
                        options=with_none(options.to_vec())
                    />
                }
            })}
        {asks(OrderColumn::Currency, currency)
            .then(|| {
                view! {
                    <TextField
                        label="Currency of all orders"
                        name="all-currency"
                        value=currency
                        placeholder="EUR"
                    />
                }
            })}
    }
    .into_any()
}
