//! `/stores/:store/orders/import`: a file is chosen, looked at, and taken in.

mod mapping;
mod outcome;
mod state;
mod upload;

use crate::{
    addresses,
    session::use_store,
    ui::{Card, FormError, Glyph, Icon, PageHeader},
};
use leptos::{ev, html, prelude::*};
use mapping::MappingCard;
use outcome::Outcome;
use state::ImportState;

/// The import of orders.
#[component]
pub fn ImportPage() -> impl IntoView {
    let store = use_store().id_now();
    let state = ImportState::new(store);
    let report = state.report;
    // The same as long as the file is: the choices keep the focus while answers come.
    let columns = Memo::new(move |_| {
        report.with(|report| {
            let open = report.as_ref().filter(|report| !report.applied)?;
            let columns = open.columns.iter();
            let named = columns.map(|column| (column.name.clone(), column.example.clone()));
            Some(named.collect::<Vec<_>>()).filter(|columns| !columns.is_empty())
        })
    });
    view! {
        <div class="page page-wide">
            <a class="back-link" href=addresses::orders(store)>
                <Icon glyph=Glyph::ArrowLeft/>
                "All orders"
            </a>
            <PageHeader
                title="Import orders"
                help="From the CSV or JSON file that your shop exports. Nothing is changed before you have seen what would be."
            />
            <FilePicker state/>
            <FormError error=state.form.error()/>
            {move || columns.get().map(|columns| view! { <MappingCard state columns/> })}
            {move || report.get().map(|report| view! { <Outcome state report/> })}
        </div>
    }
    .into_any()
}

/// The file's name, or where it may be dropped.
#[component]
fn FilePicker(state: ImportState) -> impl IntoView {
    let input: NodeRef<html::Input> = state.input;
    let over = RwSignal::new(false);
    let drop_file = move |event: ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        let files = event.data_transfer().and_then(|dropped| dropped.files());
        if let (Some(input), Some(files)) = (input.get_untracked(), files) {
            input.set_files(Some(&files));
            state.choose();
        }
    };
    view! {
        <Card
            title="File"
            why="The exports of Shopify, WooCommerce and Medusa are known; of others you say what the columns are. Up to 256 MB and 200,000 rows."
        >
            <label
                class="drop"
                class:is-over=over
                for="file"
                on:dragover=move |event: ev::DragEvent| {
                    event.prevent_default();
                    over.set(true);
                }
                on:dragleave=move |_| over.set(false)
                on:drop=drop_file
            >
                <input
                    id="file"
                    class="drop-input"
                    type="file"
                    accept=".csv,.tsv,.txt,.json,text/csv,application/json"
                    node_ref=input
                    aria-describedby="file-name"
                    on:change=move |_| state.choose()
                />
                <Icon glyph=Glyph::Folder large=true/>
                <span class="drop-text">
                    <span id="file-name">
                        {move || {
                            let name = state.name.get();
                            if name.is_empty() { "Choose a file, or drop it here".to_owned() } else { name }
                        }}
                    </span>
                    <span class="muted" role="status">
                        {move || if state.form.busy().get() { "Reading the file…" } else { "" }}
                    </span>
                </span>
            </label>
        </Card>
    }
    .into_any()
}
