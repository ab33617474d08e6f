//! What would become of the file's orders, or what has.

use super::state::ImportState;
use crate::{
    addresses, browser,
    orders::parts,
    ui::{Badge, Button, Card, Look, Tone},
};
use domain::order_import::{
    ImportChange, ImportReport, ImportStep, ImportedOrder, RowFault, SHOWN_FAULTS,
};
use leptos::prelude::*;

/// Counts, the first orders, the faulty rows, and what to do about it.
#[component]
pub fn Outcome(state: ImportState, report: ImportReport) -> impl IntoView {
    let ImportReport {
        applied,
        from,
        missing,
        counts,
        orders,
        faults,
        ..
    } = report;
    if !missing.is_empty() {
        return ().into_any();
    }
    if applied {
        // The button that was pressed is gone, and the focus with it.
        request_animation_frame(|| browser::focus(".import-done"));
    }
    let from = from
        .label()
        .map(|name| format!("This is an export of {name}."));
    let title = if applied {
        "Imported"
    } else {
        "What the import does"
    };
    let badge = |count: u32, tone: Tone, what: &str| {
        (count > 0).then(|| view! { <Badge tone text=format!("{count} {what}")/> })
    };
    view! {
        <Card title>
            {from.map(|from| view! { <p class="muted">{from}</p> })}
            <p class="badges" role="status">
                {badge(counts.new, Tone::Good, "new")}
                {badge(counts.changed, Tone::Accent, "changed")}
                {badge(counts.unchanged, Tone::Neutral, "unchanged")}
                {badge(counts.faulty, Tone::Bad, if applied { "left out" } else { "faulty" })}
            </p>
            {(!faults.is_empty()).then(|| faulty_rows(faults, counts.faulty))}
            {(!applied && !orders.is_empty()).then(|| first_orders(orders))}
            {if applied {
                view! {
                    <div>
                        <a class="button button-primary import-done" href=addresses::orders(state.store)>
                            "Show all orders"
                        </a>
                    </div>
                }
                    .into_any()
            } else {
                apply(state, counts.good(), counts.faulty)
            }}
        </Card>
    }
    .into_any()
}

fn apply(state: ImportState, good: u32, faulty: u32) -> AnyView {
    if good == 0 {
        return view! { <p class="muted">"There is nothing to import."</p> }.into_any();
    }
    let (step, text) = match (good, faulty) {
        (1, 0) => (ImportStep::ApplyAll, "Import 1 order".to_owned()),
        (good, 0) => (ImportStep::ApplyAll, format!("Import {good} orders")),
        (1, _) => (ImportStep::ApplyGood, "Import the good one".to_owned()),
        (good, _) => (
            ImportStep::ApplyGood,
            format!("Import the {good} good ones"),
        ),
    };
    view! {
        <div>
            <Button look=Look::Primary busy=state.form.busy() on_press=move |()| state.send(step)>
                {text}
            </Button>
        </div>
    }
    .into_any()
}

fn faulty_rows(faults: Vec<RowFault>, all: u32) -> AnyView {
    let more = usize::try_from(all).unwrap_or(usize::MAX) > SHOWN_FAULTS;
    let rows = faults.into_iter().map(|fault| {
        view! {
            <tr>
                <td>{fault.row}</td>
                <td>{fault.number}</td>
                <td>{fault.fault.words()}</td>
            </tr>
        }
    });
    view! {
        <details class="disclosure" open=true>
            <summary>"Rows that can't be imported"</summary>
            <div class="table-scroll">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Row"</th>
                            <th scope="col">"Order"</th>
                            <th scope="col">"Why"</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
            {more.then(|| view! { <p class="muted">{format!("The first {SHOWN_FAULTS} of {all}.")}</p> })}
        </details>
    }
    .into_any()
}

fn first_orders(orders: Vec<ImportedOrder>) -> AnyView {
    let rows = orders.into_iter().map(|imported| {
        let ImportedOrder { row, change, order } = imported;
        let change = change.map(|change| match change {
            ImportChange::New => view! { <Badge tone=Tone::Good text="New"/> },
            ImportChange::Changed => view! { <Badge tone=Tone::Accent text="Changed"/> },
            ImportChange::Unchanged => view! { <Badge tone=Tone::Neutral text="Unchanged"/> },
        });
        let (items, badges, total) = (parts::items(&order), parts::badges(&order), order.total());
        view! {
            <tr>
                <td>
                    <span class="order-number">{format!("#{}", order.number)}</span>
                    <span class="muted cell-line">{format!("Row {row}")}</span>
                    {change}
                </td>
                <td class="order-customer">
                    <span class="cell-line">{order.customer_name}</span>
                    <span class="muted cell-line" title=order.email.clone()>
                        {order.email.clone()}
                    </span>
                </td>
                <td class="order-items">{items}</td>
                <td>{badges}</td>
                <td>{order.shipments.into_iter().map(parts::parcel_with_place).collect_view()}</td>
                <td class="number">{total}</td>
            </tr>
        }
    });
    view! {
        <h3 class="section-label">"The first orders"</h3>
        <div class="table-scroll">
            <table class="table orders-table">
                <thead>
                    <tr>
                        <th scope="col">"Order"</th>
                        <th scope="col">"Customer"</th>
                        <th scope="col">"Items"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Tracking"</th>
                        <th scope="col" class="number">
                            "Total"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
