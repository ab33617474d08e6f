//! "Try a question": what the AI would answer, and why.

use super::{api, state::use_faq};
use crate::{
    inbox::sources::SourceList,
    ui::{Badge, FormError, Glyph, ScriptForm, Submit, Tone, by_script},
};
use domain::faq::FaqTrial;
use leptos::prelude::*;

/// A question, and what the AI would say to it. Nothing is sent to anybody.
#[component]
pub fn TryQuestion() -> impl IntoView {
    let faq = use_faq();
    let question = RwSignal::new(String::new());
    let outcome = RwSignal::new(None);
    let form = ScriptForm::new();
    let submit = by_script(move || {
        let question = question.get_untracked();
        if !question.trim().is_empty() {
            form.send(api::try_question(faq.store, question), move |trial| {
                outcome.set(Some(trial))
            });
        }
    });
    view! {
        <aside class="card faq-try">
            <h2>"Try a question"</h2>
            <p class="muted">"See what the AI would answer. Nothing is sent."</p>
            <form class="faq-try-form" on:submit=submit>
                <input
                    class="input"
                    aria-label="A shopper's question"
                    placeholder="How do I send something back?"
                    autocomplete="off"
                    maxlength="1000"
                    on:input=move |event| question.set(event_target_value(&event))
                />
                <Submit form=*form>"Ask"</Submit>
            </form>
            <FormError error=form.error()/>
            <div aria-live="polite" class:is-stale=move || form.busy().get() || form.error().with(Option::is_some)>
                {move || {
                    outcome.get().map(|trial| view! { <Outcome trial/> })
                }}
            </div>
        </aside>
    }
    .into_any()
}

#[component]
fn Outcome(trial: FaqTrial) -> impl IntoView {
    view! {
        {match trial.answer {
            Some(answer) => {
                view! {
                    <div class="trial-answer">
                        <Badge tone=Tone::Ai glyph=Glyph::Sparkles text="AI"/>
                        <p class="trial-text" dir="auto">{answer}</p>
                    </div>
                }
                    .into_any()
            }
            None => {
                view! {
                    <div class="trial-silent">
                        <Badge tone=Tone::Neutral text="Stays silent"/>
                    </div>
                }
                    .into_any()
            }
        }}
        <p class="muted trial-why">{trial.explanation}</p>
        <SourceList sources=trial.sources/>
    }
    .into_any()
}
