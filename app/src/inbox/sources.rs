//! The FAQ items behind an AI answer.

use domain::message::AiSource;
use leptos::prelude::*;

/// Questions with how well they fitted, best first.
#[component]
pub fn SourceList(
    /// The items.
    sources: Vec<AiSource>,
) -> impl IntoView {
    (!sources.is_empty()).then(|| {
        view! {
            <ol class="sources">
                {sources
                    .into_iter()
                    .map(|source| {
                        view! {
                            <li>
                                <span class="source-question" dir="auto">{source.question}</span>
                                <span class="source-score" title="How well it fits, 0 to 1">
                                    {format!("{:.2}", source.score)}
                                </span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        }
    })
}
