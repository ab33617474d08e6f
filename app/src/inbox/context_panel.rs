//! What is known about the shopper.

use super::{past::PastConversations, shopper_orders::ShopperOrders, thread_state::use_thread};
use crate::{
    browser,
    ui::{Ago, Badge, Glyph, Icon, IconButton, Tone, initials},
};
use domain::text::{Segment, segments};
use leptos::{ev, prelude::*};

/// The panel beside the thread. Where it lies over the thread, Esc and a click
/// beside it close it.
#[component]
pub fn ContextPanel(
    /// Whether it is open where it isn't always.
    details_open: RwSignal<bool>,
) -> impl IntoView {
    let thread = use_thread();
    let conversation = thread.conversation;
    let label = Memo::new(move |_| conversation.with(|c| c.visitor.label()));
    let visitor = Memo::new(move |_| conversation.with(|c| c.visitor.clone()));
    let page =
        Memo::new(move |_| conversation.with(|c| (c.page_url.clone(), c.page_title.clone())));
    let started = Signal::derive(move || conversation.with(|c| c.created_at));
    let close = move || {
        details_open.set(false);
        browser::focus(".details-toggle button");
    };
    Effect::new(move |_| {
        if !details_open.get() {
            return;
        }
        let listener = window_event_listener(ev::keydown, move |event| {
            // A dialog above it takes the key first.
            if event.key() == "Escape" && !event.default_prevented() {
                close();
            }
        });
        on_cleanup(move || listener.remove());
    });
    view! {
        <div class="context-backdrop" aria-hidden="true" on:click=move |_| close()></div>
        <aside class="context" aria-label="About the shopper">
            <div class="context-close">
                <IconButton
                    glyph=Glyph::Close
                    label="Close"
                    on_press=move |()| close()
                />
            </div>
            <div class="context-who">
                <span class="avatar avatar-large" aria-hidden="true">
                    {move || initials(&label.get())}
                </span>
                <p class="context-name" dir="auto">{label}</p>
                <Show when=move || visitor.with(|visitor| visitor.customer_id.is_some())>
                    <Badge tone=Tone::Accent glyph=Glyph::CircleCheck text="Verified customer"/>
                </Show>
            </div>
            <dl class="facts">
                <dt>
                    <Icon glyph=Glyph::Mail/>
                    "Email"
                </dt>
                <dd>
                    {move || match visitor.get().email {
                        Some(email) => {
                            view! { <a href=format!("mailto:{email}")>{email.clone()}</a> }.into_any()
                        }
                        None => view! { <span class="muted">"Not given"</span> }.into_any(),
                    }}
                </dd>
                {move || {
                    visitor
                        .get()
                        .customer_id
                        .map(|id| {
                            view! {
                                <dt>
                                    <Icon glyph=Glyph::CircleCheck/>
                                    "Customer"
                                </dt>
                                <dd title="As your storefront has signed it">{id}</dd>
                            }
                        })
                }}
                <dt>
                    <Icon glyph=Glyph::Globe/>
                    "Language"
                </dt>
                <dd>{move || visitor.get().locale.unwrap_or_else(|| "Unknown".to_owned())}</dd>
                <dt>
                    <Icon glyph=Glyph::ExternalLink/>
                    "Page"
                </dt>
                <dd>
                    {move || match page.get() {
                        (Some(url), title) => page_link(&url, title).into_any(),
                        (None, _) => view! { <span class="muted">"Unknown page"</span> }.into_any(),
                    }}
                </dd>
                <dt>
                    <Icon glyph=Glyph::Clock/>
                    "Started"
                </dt>
                <dd>
                    <Ago at=started/>
                </dd>
            </dl>
            <ShopperOrders/>
            <PastConversations/>
        </aside>
    }
    .into_any()
}

/// The page's title, and its address, as a link if it is nothing but a web
/// address: both were sent by the shopper's browser and may be anything, so that
/// the title is no link.
fn page_link(url: &str, title: Option<String>) -> impl IntoView + use<> {
    let shown = url
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .to_owned();
    let title = title
        .filter(|title| !title.trim().is_empty())
        .map(|title| view! { <p class="page-title" dir="auto">{title}</p> });
    let address = match segments(url).as_slice() {
        [Segment::Link(link)] => {
            let link = (*link).to_owned();
            view! {
                <a href=link.clone() target="_blank" rel="noopener noreferrer nofollow" title=link.clone()>
                    {shown}
                </a>
            }
            .into_any()
        }
        _ => view! { <span>{shown}</span> }.into_any(),
    };
    view! {
        {title}
        {address}
    }
    .into_any()
}
