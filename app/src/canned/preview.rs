//! What a canned response reads like when it is filled in.

use super::values::of_team;
use crate::session::use_account;
use domain::{
    canned::template::{fill, unfilled},
    ids::StoreId,
};
use leptos::prelude::*;

/// A text with everything filled in, as it may be known, or as if nothing was known of the
/// shopper. What a person would have to fill in is marked.
pub fn preview(store: StoreId, text: RwSignal<String>) -> AnyView {
    let known = of_team(use_account(), store);
    let is_stranger = RwSignal::new(false);
    let filled = move || {
        let mut values = known.clone();
        if !is_stranger.get() {
            values.customer_name = Some("Jane".to_owned());
            values.order_number = Some("1001".to_owned());
        }
        marked(&text.with(|text| fill(text, &values)))
    };
    view! {
        <section class="canned-preview" aria-label="Preview">
            <div class="field-top">
                <h3>"Preview"</h3>
                <label class="canned-stranger">
                    <input
                        type="checkbox"
                        autocomplete="off"
                        on:change=move |event| is_stranger.set(event_target_checked(&event))
                    />
                    "Nothing is known of the shopper"
                </label>
            </div>
            <p class="canned-preview-text" dir="auto">{filled}</p>
        </section>
    }
    .into_any()
}

/// The text, with a mark on everything that isn't filled in.
fn marked(text: &str) -> Vec<AnyView> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = unfilled(rest) {
        pieces.push(piece("", &rest[..at.start]));
        pieces.push(piece("is-unfilled", &rest[at.clone()]));
        rest = &rest[at.end..];
    }
    pieces.push(piece("", rest));
    pieces
}

fn piece(class: &'static str, text: &str) -> AnyView {
    view! { <span class=class>{text.to_owned()}</span> }.into_any()
}
