//! Inputs: label above, help below, an error in place.

use super::raw_text::raw_text;
use leptos::{html, prelude::*};

/// A one-line input bound to `value`.
///
/// What was typed before the page was hydrated, or filled in by the browser,
/// is kept.
#[component]
pub fn TextField(
    /// Its label.
    #[prop(into)]
    label: String,
    /// Its name in the form, and its id.
    name: &'static str,
    /// Its text.
    value: RwSignal<String>,
    /// `text`, `email`, `password`, `number`, …
    #[prop(default = "text")]
    kind: &'static str,
    /// What browsers may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// An example.
    #[prop(default = "")]
    placeholder: &'static str,
    /// A line below it.
    #[prop(optional, into)]
    help: Option<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// Whether the cursor starts here.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    Effect::new(move |earlier: Option<()>| {
        let text = value.get();
        let Some(input) = node.get() else { return };
        if input.value() == text {
            return;
        }
        if earlier.is_none() {
            value.set(input.value());
        } else {
            input.set_value(&text);
        }
    });
    let (error, retyped) = until_retyped(error);
    let initial = value.get_untracked();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                id=name
                name=name
                type=kind
                class="input"
                node_ref=node
                value=initial
                autocomplete=autocomplete
                placeholder=placeholder
                required=required
                autofocus=autofocus
                aria-invalid=move || error.get().is_some().then_some("true")
                aria-describedby=format!("{name}-note")
                on:input=move |event| {
                    retyped.set(true);
                    value.set(event_target_value(&event));
                }
            />
            <FieldNote name help error/>
        </div>
    }
    .into_any()
}

/// An input of several lines, with a count against its limit.
#[component]
pub fn TextArea(
    /// Its label.
    #[prop(into)]
    label: String,
    /// Its name in the form, and its id.
    name: &'static str,
    /// Its text.
    value: RwSignal<String>,
    /// Most characters that may be typed.
    max: usize,
    /// Leaves out the count.
    #[prop(optional)]
    uncounted: bool,
    /// Whether the cursor starts here.
    #[prop(optional)]
    autofocus: bool,
    /// Lines shown at first.
    #[prop(default = 3)]
    rows: u32,
    /// A line below it.
    #[prop(optional, into)]
    help: Option<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let node = NodeRef::<html::Textarea>::new();
    Effect::new(move |earlier: Option<()>| {
        let text = value.get();
        let Some(input) = node.get() else { return };
        if input.value() == text {
            return;
        }
        if earlier.is_none() {
            value.set(input.value());
        } else {
            input.set_value(&text);
        }
    });
    let (error, retyped) = until_retyped(error);
    let initial = value.get_untracked();
    let length = Memo::new(move |_| value.with(|text| text.trim().chars().count()));
    let over = move || length.get() > max;
    view! {
        <div class="field">
            <div class="field-top">
                <label for=name>{label}</label>
                <span class="counter" class:is-over=over hidden=uncounted>
                    {move || format!("{} / {max}", length.get())}
                </span>
            </div>
            <textarea
                id=name
                name=name
                class="input"
                rows=rows
                autocomplete="off"
                autofocus=autofocus
                node_ref=node
                aria-invalid=move || (over() || error.get().is_some()).then_some("true")
                aria-describedby=format!("{name}-note")
                on:input=move |event| {
                    retyped.set(true);
                    value.set(event_target_value(&event));
                }
            >
                {raw_text(&initial)}
            </textarea>
            <FieldNote name help error/>
        </div>
    }
    .into_any()
}

/// What is wrong, until something else is typed.
fn until_retyped(error: Signal<Option<String>>) -> (Signal<Option<String>>, RwSignal<bool>) {
    let retyped = RwSignal::new(false);
    Effect::new(move |_| {
        error.track();
        retyped.set(false);
    });
    let shown = Signal::derive(move || error.get().filter(|_| !retyped.get()));
    (shown, retyped)
}

/// The help of an input, or what is wrong with it.
#[component]
pub fn FieldNote(
    /// The input's name.
    name: &'static str,
    /// Shown while nothing is wrong.
    help: Option<String>,
    /// What is wrong.
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <p
            id=format!("{name}-note")
            class="help"
            class:is-error=move || error.get().is_some()
            aria-live="polite"
        >
            {move || error.get().or_else(|| help.clone())}
        </p>
    }
    .into_any()
}
