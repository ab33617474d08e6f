//! The top of an open conversation: who, how it stands, what can be done.

use super::{
    api, assign::AssignMenu, colleagues::Faces, more::MoreMenu, search, snooze::SnoozeMenu,
    standing::Standing, tags::TagMenu, thread_state::use_thread,
};
use crate::ui::{Glyph, Icon, IconButton};
use domain::conversation::Status;
use leptos::{prelude::*, server_fn::ServerFn};

/// The header of the thread.
#[component]
pub fn ThreadHeader(
    /// Whether the context panel is open where it isn't always.
    details_open: RwSignal<bool>,
) -> impl IntoView {
    let thread = use_thread();
    let conversation = thread.conversation;
    let subject = thread.subject();
    let resolved = Memo::new(move |_| conversation.with(|c| c.status == Status::Resolved));
    let ai_active = Memo::new(move |_| conversation.with(|c| c.ai_active));
    view! {
        <header class="thread-head">
            <a
                class="icon-button thread-back"
                href=search::kept()
                aria-label="Back to the list"
            >
                <Icon glyph=Glyph::ArrowLeft large=true/>
            </a>
            <div class="thread-who">
                <h2 dir="auto">{move || conversation.with(|c| c.visitor.label())}</h2>
                <Faces colleagues=thread.colleagues/>
                <Standing conversation is_known=false in_list=false/>
                <AssignMenu subject/>
                <TagMenu subject/>
            </div>
            <button
                class="ai-switch"
                type="button"
                role="switch"
                aria-checked=move || if ai_active.get() { "true" } else { "false" }
                title=move || {
                    if ai_active.get() {
                        "The AI answers in this conversation. Click to make it quiet."
                    } else {
                        "The AI is quiet in this conversation. Click to let it answer again."
                    }
                }
                disabled=thread.changing
                on:click=move |_| thread.toggle_ai()
            >
                <Icon glyph=Glyph::Sparkles/>
                "AI"
                // The switch says it by itself to who doesn't see it.
                <span aria-hidden="true">{move || if ai_active.get() { "on" } else { "off" }}</span>
            </button>
            <span class="details-toggle">
                <IconButton
                    glyph=Glyph::Info
                    label="Details of the shopper"
                    on_press=move |()| details_open.update(|open| *open = !*open)
                />
            </span>
            <SnoozeMenu subject/>
            <MoreMenu subject/>
            <form
                method="post"
                action=api::Act::url()
                on:submit=move |event| {
                    event.prevent_default();
                    thread.toggle_resolved();
                }
            >
                <input type="hidden" name="store" value=thread.store.to_string()/>
                <input type="hidden" name="conversation" value=thread.id.to_string()/>
                <input
                    type="hidden"
                    name="action"
                    value=move || if resolved.get() { "reopen" } else { "resolve" }
                />
                <button
                    class="button"
                    type="submit"
                    title=move || if resolved.get() { "Reopen (e)" } else { "Resolve (e)" }
                    disabled=thread.changing
                >
                    {move || {
                        if resolved.get() {
                            view! { <Icon glyph=Glyph::Reopen/> }
                        } else {
                            view! { <Icon glyph=Glyph::Check/> }
                        }
                    }}
                    <span class="button-text">
                        {move || if resolved.get() { "Reopen" } else { "Resolve" }}
                    </span>
                </button>
            </form>
        </header>
    }
    .into_any()
}
