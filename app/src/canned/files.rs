//! Canned responses as files: out, and in again.

use super::state::CannedState;
use crate::{
    addresses,
    ui::{Glyph, Icon, Menu},
    upload::send_file,
};
use leptos::{html, prelude::*};

/// What can be done with files. What is wrong with one is said by the page's form.
pub fn file_menu(canned: CannedState) -> AnyView {
    let input = NodeRef::<html::Input>::new();
    let send = move |_| {
        let Some(node) = input.get_untracked() else {
            return;
        };
        if let Some(file) = node.files().and_then(|files| files.get(0)) {
            // The same file can be chosen again once it is mended.
            node.set_value("");
            let sending = send_file(addresses::canned_file(canned.store), file);
            canned.change(canned.form, Box::pin(sending));
        }
    };
    let export = move |format: &str, label: &'static str| {
        view! {
            // A file, not a page: the router has no part in it.
            <a
                class="menu-item"
                href=addresses::canned_export(canned.store, format)
                download=""
                rel="external"
            >
                <Icon glyph=Glyph::ArrowDown/>
                {label}
            </a>
        }
        .into_any()
    };
    view! {
        <Menu label="Import and export">
            <label class="menu-item canned-import">
                <Icon glyph=Glyph::ArrowUp/>
                "Import a CSV or JSON file"
                <input
                    class="sr-only"
                    type="file"
                    accept=".csv,.tsv,.txt,.json,text/csv,application/json"
                    node_ref=input
                    on:change=send
                />
            </label>
            {export("csv", "Export as CSV")}
            {export("json", "Export as JSON")}
        </Menu>
    }
    .into_any()
}
