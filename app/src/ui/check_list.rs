//! Several of a few things, each with the word that programs have for it.

use super::field::FieldNote;
use leptos::prelude::*;

/// Checkboxes of which any number may be chosen.
#[component]
pub fn CheckList(
    /// What is chosen.
    legend: &'static str,
    /// Its name in the form.
    name: &'static str,
    /// The word for each thing, and what it is.
    options: Vec<(&'static str, &'static str)>,
    /// The words that are chosen.
    chosen: RwSignal<Vec<&'static str>>,
    /// A line below it.
    help: &'static str,
    /// What is wrong with it.
    error: Signal<Option<String>>,
) -> impl IntoView {
    let option = move |(word, about): (&'static str, &'static str)| {
        let choose = move |event| {
            let is_wanted = event_target_checked(&event);
            chosen.update(|chosen| {
                chosen.retain(|other| *other != word);
                if is_wanted {
                    chosen.push(word);
                }
            });
        };
        view! {
            <label class="check-box">
                <input type="checkbox" autocomplete="off" on:change=choose/>
                <span>{about}</span>
                <code class="muted">{word}</code>
            </label>
        }
    };
    view! {
        <fieldset class="check-list" aria-describedby=format!("{name}-note")>
            <legend>{legend}</legend>
            {options.into_iter().map(option).collect_view()}
            <FieldNote name help=Some(help.to_owned()) error/>
        </fieldset>
    }
    .into_any()
}
