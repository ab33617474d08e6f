//! How a conversation stands, in a word or two each.

use super::{counts::use_counts, state::use_inbox};
use crate::ui::{
    Badges, Glyph, Tone,
    time::{span, use_clock},
};
use domain::{
    UnixMillis,
    conversation::Status,
    inbox::{ConversationSummary, Sort},
    sentiment::Sentiment,
    tag::TagColour,
    waiting::Urgency,
};
use leptos::prelude::*;

/// From here on a row says how long its shopper waits where nothing is promised, in
/// milliseconds.
const LONG: UnixMillis = 60 * 60_000;
/// Most tags that a row shows by name.
const TAGS_IN_LIST: usize = 2;

/// How a tag looks.
pub fn tone(colour: TagColour) -> Tone {
    match colour {
        TagColour::Slate => Tone::Neutral,
        TagColour::Indigo => Tone::Accent,
        TagColour::Green => Tone::Good,
        TagColour::Amber => Tone::Warning,
        TagColour::Red => Tone::Bad,
        TagColour::Violet => Tone::Ai,
    }
}

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
    let (clock, inbox, counts) = (use_clock(), use_inbox(), use_counts());
    let badges = Signal::derive(move || {
        conversation.with(|c| {
            let mut badges = Vec::new();
            let mut say = |tone, glyph, text: String| badges.push((tone, glyph, text));
            if c.verified && !in_list {
                say(Tone::Accent, Glyph::CircleCheck, "Verified".to_owned());
            }
            if c.visitor.blocked {
                say(Tone::Bad, Glyph::Lock, "Blocked".to_owned());
            } else if c.spam && !in_list {
                say(Tone::Bad, Glyph::Warning, "Spam".to_owned());
            }
            if c.status == Status::Resolved && !c.spam && !is_known.get() {
                say(Tone::Good, Glyph::CircleCheck, "Resolved".to_owned());
            }
            if let Some(until) = c.snoozed_until {
                let until = clock.civil(until).seen_from(clock.civil(clock.now()));
                say(Tone::Neutral, Glyph::Clock, format!("Until {until}"));
            }
            if let Some(since) = c.waiting_since.filter(|_| in_list && clock.is_live()) {
                let waits = clock.now() - since;
                let (tone, glyph, rest) = match counts.promise_minutes() {
                    0 if waits >= LONG => (Tone::Warning, Glyph::Clock, ""),
                    0 => (Tone::Neutral, Glyph::Clock, ""),
                    minutes => match Urgency::of(since, minutes, clock.now()) {
                        Urgency::Calm => (Tone::Neutral, Glyph::Clock, ""),
                        Urgency::Warm => (Tone::Warning, Glyph::Clock, ", due soon"),
                        Urgency::Late => (Tone::Bad, Glyph::Warning, ", late"),
                    },
                };
                let is_asked_for = inbox.view.get().sort == Sort::Waiting;
                if counts.promise_minutes() > 0 || waits >= LONG || is_asked_for {
                    let length = match waits {
                        ..60_000 => "< 1 min".to_owned(),
                        _ => span(waits),
                    };
                    say(tone, glyph, format!("Waits {length}{rest}"));
                }
            }
            // A calm shopper needs no word.
            match c.sentiment {
                Some(Sentiment::Negative) => say(Tone::Bad, Glyph::Frown, "Negative".to_owned()),
                Some(Sentiment::Positive) if in_list => {
                    say(Tone::Neutral, Glyph::Smile, "Positive".to_owned());
                }
                _ => {}
            }
            if c.needs_human {
                say(Tone::Warning, Glyph::Person, "Needs a human".to_owned());
            }
            if let Some(assignee) = c.assignee_id.filter(|_| in_list) {
                say(Tone::Neutral, Glyph::Person, inbox.name_of(assignee));
            }
            if c.ai_handled && in_list {
                say(Tone::Ai, Glyph::Sparkles, "AI".to_owned());
            }
            // The thread may be drawn before anybody knows what they are called.
            if in_list || clock.is_live() {
                let tags = inbox.tags();
                let named = c
                    .tags
                    .iter()
                    .filter_map(|id| tags.iter().find(|tag| tag.id == *id));
                let shown = if in_list { TAGS_IN_LIST } else { usize::MAX };
                for tag in named.clone().take(shown) {
                    say(tone(tag.colour), Glyph::Tag, tag.name.clone());
                }
                let more = named.skip(shown).count();
                if more > 0 {
                    say(Tone::Neutral, Glyph::Tag, format!("+{more}"));
                }
            }
            badges
        })
    });
    view! { <Badges badges/> }.into_any()
}
