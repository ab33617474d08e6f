//! What shoppers will see.

use super::form::use_form;
use crate::{
    browser,
    ui::{Badge, Glyph, Icon, Tone},
};
use domain::widget_settings::{Position, SPACING_MAX};
use leptos::{html, prelude::*};

/// A drawing of the widget on a shop's page; it follows the form.
#[component]
pub fn Preview(
    /// The store's name, in the header.
    store_name: String,
) -> impl IntoView {
    let form = use_form();
    let stage = NodeRef::<html::Div>::new();
    // The drawing is smaller than a page, and so are its distances.
    let spacing = |text: &str| {
        let pixels = text.trim().parse::<u16>().unwrap_or(0).min(SPACING_MAX);
        format!("{}px", 8 + pixels / 5)
    };
    Effect::new(move |_| {
        let colour = form.colour_or_default();
        let side = form.side_spacing.with(|text| spacing(text));
        let bottom = form.bottom_spacing.with(|text| spacing(text));
        if let Some(stage) = stage.get() {
            browser::set_properties(
                &stage,
                &[
                    ("--store-colour", &colour.to_string()),
                    ("--store-text", &colour.text().to_string()),
                    ("--preview-side", &side),
                    ("--preview-bottom", &bottom),
                ],
            );
        }
    });
    view! {
        <aside class="preview" aria-label="Preview">
            <div class="preview-head">
                <h2>"Preview"</h2>
                {move || {
                    if form.enabled.get() {
                        view! { <Badge tone=Tone::Good text="Enabled"/> }
                    } else {
                        view! { <Badge tone=Tone::Neutral text="Disabled"/> }
                    }
                }}
            </div>
            <div
                class="preview-stage"
                class:is-left=move || form.position.get() == Position::BottomLeft
                class:is-off=move || !form.enabled.get()
                node_ref=stage
            >
                <div class="preview-page" aria-hidden="true">
                    <span></span>
                    <span></span>
                    <span></span>
                    <span></span>
                </div>
                <div class="preview-window">
                    <div class="preview-bar">
                        <span class="preview-name">{store_name}</span>
                        <span class="preview-reply">{form.response_time}</span>
                    </div>
                    <div class="preview-thread">
                        <p class="preview-bubble" dir="auto">{form.greeting}</p>
                        <Show when=move || form.pre_chat_form.get()>
                            <div class="preview-form" aria-hidden="true">
                                <span>"Name"</span>
                                <span>"Email"</span>
                            </div>
                        </Show>
                    </div>
                    <div class="preview-composer" aria-hidden="true">
                        <span>"Type your message…"</span>
                        <span class="preview-send">
                            <Icon glyph=Glyph::Send/>
                        </span>
                    </div>
                </div>
                <div class="preview-launcher" aria-hidden="true">
                    <Icon glyph=Glyph::Widget large=true/>
                </div>
            </div>
        </aside>
    }
    .into_any()
}
