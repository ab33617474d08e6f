//! The top of an open conversation: who, how it stands, what can be done.

use super::{api, state::use_inbox, thread_state::use_thread};
use crate::{
    addresses,
    ui::{Badge, Glyph, Icon, IconButton, Tone},
};
use domain::conversation::Status;
use leptos::{prelude::*, server_fn::ServerFn};

/// The header of the thread.
#[component]
pub fn ThreadHeader(
    /// Whether the context panel is open where it isn't always.
    details_open: RwSignal<bool>,
) -> impl IntoView {
    let thread = use_thread();
    let inbox = use_inbox();
    let conversation = thread.conversation;
    let resolved = Memo::new(move |_| conversation.with(|c| c.status == Status::Resolved));
    let verified = Memo::new(move |_| conversation.with(|c| c.verified));
    let needs_human = Memo::new(move |_| conversation.with(|c| c.needs_human));
    let ai_active = Memo::new(move |_| conversation.with(|c| c.ai_active));
    view! {
        <header class="thread-head">
            <a
                class="icon-button thread-back"
                href=move || addresses::inbox(inbox.store.get(), inbox.tab.get())
                aria-label="Back to the list"
            >
                <Icon glyph=Glyph::ArrowLeft large=true/>
            </a>
            <div class="thread-who">
                <h2 dir="auto">{move || conversation.with(|c| c.visitor.label())}</h2>
                <span class="badges">
                    <Show when=move || verified.get()>
                        <Badge tone=Tone::Accent glyph=Glyph::CircleCheck text="Verified"/>
                    </Show>
                    <Show when=move || resolved.get()>
                        <Badge tone=Tone::Good glyph=Glyph::CircleCheck text="Resolved"/>
                    </Show>
                    <Show when=move || needs_human.get()>
                        <Badge tone=Tone::Warning glyph=Glyph::Person text="Needs a human"/>
                    </Show>
                </span>
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
                on:click=move |_| thread.set_ai_active(!ai_active.get_untracked())
            >
                <Icon glyph=Glyph::Sparkles/>
                <span>{move || if ai_active.get() { "AI on" } else { "AI off" }}</span>
            </button>
            <span class="details-toggle">
                <IconButton
                    glyph=Glyph::Info
                    label="Details of the shopper"
                    on_press=move |()| details_open.update(|open| *open = !*open)
                />
            </span>
            <form
                method="post"
                action=move || if resolved.get() { api::Reopen::url() } else { api::Resolve::url() }
                on:submit=move |event| {
                    event.prevent_default();
                    thread.toggle_resolved();
                }
            >
                <input type="hidden" name="store" value=thread.store.to_string()/>
                <input type="hidden" name="conversation" value=thread.id.to_string()/>
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
