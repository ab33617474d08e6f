//! Where the widget is, how it looks, what it says first.

use super::{form::use_form, wording};
use crate::ui::{Badge, Card, TextArea, TextField, Toggle, Tone};
use domain::{
    colour::{AA_CONTRAST, Colour, PRESETS},
    settings::{MESSAGE_MAX, Position, RESPONSE_TIME_MAX},
};
use leptos::prelude::*;

/// On or off.
#[component]
pub fn VisibilityCard() -> impl IntoView {
    let form = use_form();
    view! {
        <Card title="Visibility">
            <Toggle
                label="Enable chat widget"
                help="A change reaches your storefront within a minute, and open chats at once."
                checked=form.enabled
                on_change=move |on| form.enabled.set(on)
            />
        </Card>
    }
    .into_any()
}

/// Corner, spacing, colour.
#[component]
pub fn LooksCard() -> impl IntoView {
    let form = use_form();
    let corner = move |position: Position| {
        view! {
            <button
                class="segment"
                type="button"
                aria-pressed=move || if form.position.get() == position { "true" } else { "false" }
                on:click=move |_| form.position.set(position)
            >
                {wording::position(position)}
            </button>
        }
    };
    view! {
        <Card title="Position and colour" why="The bubble keeps out of the way of your shop's own buttons.">
            <div class="field">
                <span class="label" id="position-label">
                    "Position"
                </span>
                <div class="segments" role="group" aria-labelledby="position-label">
                    {corner(Position::BottomLeft)}
                    {corner(Position::BottomRight)}
                </div>
                <p class="help">
                    "Avoid bottom left if your shop has a navigation bar at the bottom on phones, or give it more spacing."
                </p>
            </div>
            <div class="field-pair">
                <TextField
                    label="Side spacing (px)"
                    name="side_spacing"
                    kind="number"
                    value=form.side_spacing
                    error=form.about("side_spacing")
                />
                <TextField
                    label="Bottom spacing (px)"
                    name="bottom_spacing"
                    kind="number"
                    value=form.bottom_spacing
                    error=form.about("bottom_spacing")
                />
            </div>
            <ColourField/>
        </Card>
    }
    .into_any()
}

/// Said while something is typed that can't be read as a colour.
const NOT_A_COLOUR: &str = "This is not a colour: write it like #4F46E5.";

#[component]
fn ColourField() -> impl IntoView {
    let form = use_form();
    let chosen = move || form.colour.with(|text| Colour::parse(text).ok());
    // Not a memo: the field takes back what it says with every keystroke, until
    // it is told again.
    let error = Signal::derive(move || chosen().is_none().then(|| NOT_A_COLOUR.to_owned()));
    view! {
        <div class="field">
            <span class="label" id="presets-label">
                "Primary colour"
            </span>
            <div class="presets" role="group" aria-labelledby="presets-label">
                {PRESETS
                    .into_iter()
                    .map(|(name, colour)| {
                        view! {
                            <button
                                class=format!("preset preset-{}", name.to_lowercase())
                                type="button"
                                title=name
                                aria-label=name
                                aria-pressed=move || if chosen() == Some(colour) { "true" } else { "false" }
                                on:click=move |_| form.colour.set(colour.to_string())
                            ></button>
                        }
                    })
                    .collect_view()}
            </div>
        </div>
        <TextField
            label="Or any colour"
            name="colour"
            value=form.colour
            placeholder="#4F46E5"
            error
        />
        {move || chosen().map(|colour| view! { <ContrastLine colour/> })}
    }
    .into_any()
}

/// How readable text is on the colour.
#[component]
fn ContrastLine(colour: Colour) -> impl IntoView {
    let text = colour.text();
    let name = if text == Colour::new(0xFF, 0xFF, 0xFF) {
        "White"
    } else {
        "Dark"
    };
    let contrast = text.contrast(colour);
    view! {
        <p class="contrast">
            <span class="muted">
                {format!("{name} text on it, contrast {contrast:.1}:1")}
            </span>
            {if contrast >= AA_CONTRAST {
                view! { <Badge tone=Tone::Good text="Readable (AA)"/> }
            } else {
                view! { <Badge tone=Tone::Warning text="Hard to read"/> }
            }}
        </p>
    }
    .into_any()
}

/// Greeting, offline message, response time, and what the team makes of it.
#[component]
pub fn MessagesCard() -> impl IntoView {
    let form = use_form();
    view! {
        <Card title="Messages" why="Your first words to a shopper.">
            <TextArea
                label="Greeting message"
                name="greeting"
                value=form.greeting
                max=MESSAGE_MAX
                error=form.about("greeting")
                help="The first message when the chat opens."
            />
            <TextArea
                label="Offline message"
                name="offline_message"
                value=form.offline_message
                max=MESSAGE_MAX
                error=form.about("offline_message")
                help="Shoppers don't see it yet: it is for the time outside business hours, which can't be set so far."
            />
            <TextArea
                label="Response-time expectation"
                name="response_time"
                value=form.response_time
                max=RESPONSE_TIME_MAX
                rows=1
                error=form.about("response_time")
                help="Shown under your store's name, e.g. “We usually reply within a few minutes”."
            />
            <TextField
                label="Answer within (minutes)"
                name="response_promise_minutes"
                value=form.response_promise
                error=form.about("response_promise_minutes")
                help="Shoppers aren't shown it. Who waits longer for your team raises an alarm. Empty: nobody does."
            />
        </Card>
    }
    .into_any()
}
