//! How a conversation stands, in a word or two each.

use crate::ui::{Badges, Glyph, Tone, time::use_clock};
use domain::{conversation::Status, inbox::ConversationSummary};
use leptos::prelude::*;

/// The badges of a conversation. In a list of one status its rows don't say it.
#[component]
pub fn Standing(
    /// What is known of it, tracked.
    #[prop(into)]
    conversation: Signal<ConversationSummary>,
    /// Whether that it is resolved goes without saying.
    #[prop(into)]
    is_known: Signal<bool>,
    /// Whether it stands in the list: what the thread shows besides isn't repeated there.
    in_list: bool,
) -> impl IntoView {
    let clock = use_clock();
    let badges = Signal::derive(move || {
        conversation.with(|c| {
            let mut badges = Vec::new();
            let mut say = |tone, glyph, text: String| badges.push((tone, glyph, text));
            if c.verified && !in_list {
                say(Tone::Accent, Glyph::CircleCheck, "Verified".to_owned());
            }
            if c.status == Status::Resolved && !is_known.get() {
                say(Tone::Good, Glyph::CircleCheck, "Resolved".to_owned());
            }
            if let Some(until) = c.snoozed_until {
                let until = clock.civil(until).seen_from(clock.civil(clock.now()));
                say(Tone::Neutral, Glyph::Clock, format!("Until {until}"));
            }
            if c.needs_human {
                say(Tone::Warning, Glyph::Person, "Needs a human".to_owned());
            }
            if c.ai_handled && in_list {
                say(Tone::Ai, Glyph::Sparkles, "AI".to_owned());
            }
            badges
        })
    });
    view! { <Badges badges/> }.into_any()
}
