//! What shoppers will see. Its texts and drawings are those of `widget/src`.

use super::form::use_form;
use crate::{
    browser,
    ui::{Badge, Glyph, Icon, Tone},
};
use domain::settings::{Position, SPACING_MAX};
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
                        <div class="preview-titles">
                            <span class="preview-name" dir="auto">{store_name}</span>
                            <span class="preview-reply" dir="auto">{form.response_time}</span>
                        </div>
                        <Icon glyph=Glyph::Close large=true/>
                    </div>
                    <div class="preview-thread">
                        <p class="preview-bubble" dir="auto">{form.greeting}</p>
                    </div>
                    <div class="preview-foot" aria-hidden="true">
                        <Show when=move || form.pre_chat_form.get() fallback=Composer>
                            <Introduction/>
                        </Show>
                        <span class="preview-person">
                            <svg class="icon" viewBox="0 0 24 24" focusable="false">
                                <path d=PERSON></path>
                            </svg>
                            "Talk to a person"
                        </span>
                    </div>
                </div>
                <div class="preview-launcher" aria-hidden="true">
                    <Icon glyph=Glyph::ChevronDown large=true/>
                </div>
            </div>
        </aside>
    }
    .into_any()
}

/// The widget's own drawing beside "Talk to a person".
const PERSON: &str = "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20a8 8 0 0 1 16 0";

/// Where the shopper writes.
#[component]
fn Composer() -> impl IntoView {
    view! {
        <div class="preview-composer">
            <span class="preview-field">"Write a message…"</span>
            <span class="preview-send">
                <Icon glyph=Glyph::Send/>
            </span>
        </div>
    }
    .into_any()
}

/// The pre-chat form, which stands where the shopper writes later.
#[component]
fn Introduction() -> impl IntoView {
    view! {
        <div class="preview-form">
            <span>"Please tell us who you are, so that we can get back to you."</span>
            <span>"Name"</span>
            <span class="preview-field"></span>
            <span>"Email"</span>
            <span class="preview-field"></span>
            <span class="preview-begin">"Start chat"</span>
        </div>
    }
    .into_any()
}
