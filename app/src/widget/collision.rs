//! Two people in one section: the second is told, and decides.

use super::editor::{collision_place, use_editor};
use crate::ui::{Button, Glyph, Icon, Look};
use domain::settings::{SectionName, StoredSection};
use leptos::prelude::*;

/// Says who saved the section meanwhile and what they changed, with the two
/// ways on. Nothing while there is no collision.
#[component]
pub fn Collision(
    /// The section whose first card follows.
    section: SectionName,
) -> impl IntoView {
    let editor = use_editor();
    view! {
        <div class="collision-place">
            {move || editor.theirs(section).map(|theirs| view! { <Choice theirs/> })}
        </div>
    }
    .into_any()
}

#[component]
fn Choice(theirs: StoredSection) -> impl IntoView {
    let editor = use_editor();
    let name = theirs.section.name();
    let who = theirs
        .revision
        .changed_by
        .clone()
        .unwrap_or_else(|| "Somebody else".to_owned());
    let changes = editor
        .their_changes(&theirs.section)
        .into_iter()
        .map(|(label, value)| {
            view! {
                <div>
                    <dt>{label}</dt>
                    <dd dir="auto">{value}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <div
            class="collision"
            id=collision_place(name)
            role="group"
            aria-label="Changed meanwhile"
            tabindex="-1"
        >
            <p class="collision-title">
                <Icon glyph=Glyph::Warning/>
                <span>
                    <bdi>{who}</bdi>
                    " changed this section while you were editing."
                </span>
            </p>
            <dl class="collision-changes">{changes}</dl>
            <p>"Keep mine saves what you changed here and leaves the rest as it is now."</p>
            <div class="collision-ways">
                <Button
                    look=Look::Primary
                    busy=editor.saving()
                    on_press=move |()| editor.keep_mine(name)
                >
                    "Keep mine"
                </Button>
                <Button disabled=editor.saving() on_press=move |()| editor.take_theirs(name)>
                    "Take theirs"
                </Button>
            </div>
        </div>
    }
    .into_any()
}
