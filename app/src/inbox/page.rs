//! `/stores/:store/inbox`: the list at the left, the open thread beside it.

use super::{
    api,
    counts::use_counts,
    draft::Ways,
    filters::Filters,
    picked::{PICK_BAR, Picks},
    rows::{Rows, look},
    search::{SearchField, SearchResults, use_ask},
    shortcuts::listen,
    state::{InboxState, use_inbox},
    swipe::Swipes,
};
use crate::{
    addresses, browser,
    lazy::Later,
    resource::from_server,
    rooms::INBOX,
    session::use_store,
    ui::{EmptyState, Glyph, Icon, Loaded, PageTitle, Picture, RowSkeleton},
    widget,
};
use domain::{
    ids::ConversationId,
    inbox::{COUNTED_MAX, InboxView, Narrow, Sort, Tab, Who},
};
use leptos::{context::Provider, ev, html, prelude::*};
use leptos_router::{
    components::Outlet,
    hooks::{use_location, use_query_map},
};

/// The Chat Inbox with its list; the thread is the route below.
#[component]
pub fn InboxPage() -> impl IntoView {
    let store = use_store();
    let query = use_query_map();
    let location = use_location();
    let view = Memo::new(move |_| {
        query.with(|query| InboxView {
            tab: query
                .get_str("tab")
                .and_then(Tab::from_word)
                .unwrap_or_default(),
            who: query.get_str("who").and_then(Who::from_word),
            tag: query.get_str("tag").and_then(|id| id.parse().ok()),
            unread: query.get_str(Narrow::Unread.as_str()).is_some(),
            needs_human: query.get_str(Narrow::NeedsHuman.as_str()).is_some(),
            ai_handled: query.get_str(Narrow::AiHandled.as_str()).is_some(),
            has_orders: query.get_str(Narrow::HasOrders.as_str()).is_some(),
            negative: query.get_str(Narrow::Negative.as_str()).is_some(),
            sort: query
                .get_str("sort")
                .and_then(Sort::from_word)
                .unwrap_or_default(),
        })
    });
    let selected = Memo::new(move |_| {
        location.pathname.with(|path| {
            path.split('/')
                .nth(4)
                .and_then(|id| id.parse::<ConversationId>().ok())
        })
    });
    let inbox = InboxState::provide(
        Signal::derive(move || store.id()),
        view.into(),
        selected.into(),
    );
    Ways::provide();
    let picks = Picks::provide(inbox);
    listen(inbox, picks);
    let swipes = Swipes::new();
    let ask = use_ask();

    let list_node = NodeRef::<html::Div>::new();
    let look = move || {
        if let Some(node) = list_node.try_get_untracked().flatten() {
            look(inbox, &node);
        }
    };
    Effect::new(move |_| {
        inbox.rows.track();
        // On a phone it is in sight again when no thread is open.
        inbox.selected.track();
        // Once they are drawn.
        request_animation_frame(look);
    });
    Effect::new(move |_| {
        let resized = window_event_listener(ev::resize, move |_| look());
        on_cleanup(move || resized.remove());
    });
    Effect::new(move |before: Option<()>| {
        inbox.store.track();
        inbox.view.track();
        // Another list begins at its top.
        if before.is_some()
            && let Some(node) = list_node.get_untracked()
        {
            node.set_scroll_top(0);
        }
    });
    let list = from_server(
        move || (store.id(), view.get()),
        |(store, view)| api::list(store, view, None),
    );
    view! {
        <PageTitle text=INBOX.name/>
        <div class="inbox" class:has-thread=move || selected.get().is_some() node_ref=store_colour()>
            <section
                class="inbox-list"
                class:is-searching=move || ask.with(|ask| !ask.is_nothing())
                aria-label="Conversations"
            >
                <header class="inbox-head">
                    <div class="inbox-title">
                        <h1>{INBOX.name}</h1>
                        <button
                            class="icon-button inbox-select"
                            type="button"
                            aria-label="Select conversations"
                            title="Select conversations (x)"
                            aria-pressed=move || if picks.is_picking() { "true" } else { "false" }
                            on:click=move |_| {
                                if untrack(|| picks.is_picking()) {
                                    picks.end();
                                } else {
                                    picks.begin();
                                }
                            }
                        >
                            <Icon glyph=Glyph::ListChecks/>
                        </button>
                    </div>
                    <SearchField/>
                    <nav class="tabs" aria-label="Status">
                        {Tab::SHOWN.map(|tab| view! { <TabLink tab/> }).collect_view()}
                        <Show when=move || inbox.view.get().tab == Tab::Spam>
                            <TabLink tab=Tab::Spam/>
                        </Show>
                    </nav>
                    <Show when=move || picks.is_picking() fallback=Filters>
                        <Later part=PICK_BAR before=Filters/>
                    </Show>
                </header>
                <SearchResults/>
                <div
                    class="inbox-rows"
                    class:is-picking=move || picks.is_picking()
                    node_ref=list_node
                    on:scroll=move |_| look()
                    on:pointerdown=move |event| {
                        if !untrack(|| picks.is_picking()) {
                            swipes.begin(&event);
                        }
                    }
                    on:pointermove=move |event| {
                        inbox.pointed();
                        swipes.moved(&event);
                    }
                    on:pointerup=move |event| swipes.lifted(&event)
                    on:pointercancel=move |_| swipes.end()
                >
                    <NewPill list_node/>
                    <Loaded
                        resource=list
                        skeleton=|| view! { <RowSkeleton rows=8/> }.into_any()
                        view=move |page| {
                            let list = inbox.to_fill();
                            list.fill(page);
                            view! {
                                <Provider value=list>
                                    <Rows/>
                                </Provider>
                            }
                        }
                    />
                </div>
            </section>
            <Outlet/>
        </div>
    }
    .into_any()
}

/// The element that carries the store's colour, in which agents write.
fn store_colour() -> NodeRef<html::Div> {
    let store = use_store();
    let node = NodeRef::<html::Div>::new();
    let settings = from_server(move || store.id(), widget::api::settings);
    Effect::new(move |_| {
        if let (Some(node), Some(Ok(settings))) = (node.get(), settings.get()) {
            let colour = settings.settings.look.colour;
            browser::set_properties(
                &node,
                &[
                    ("--store-colour", &colour.to_string()),
                    ("--store-text", &colour.text().to_string()),
                ],
            );
        }
    });
    node
}

#[component]
fn TabLink(tab: Tab) -> impl IntoView {
    let inbox = use_inbox();
    let counts = use_counts();
    let count = move || {
        Some(match counts.of(tab)? {
            _ if tab == Tab::Spam => String::new(),
            n if n >= COUNTED_MAX => format!("{}+", COUNTED_MAX - 1),
            n => n.to_string(),
        })
    };
    view! {
        <a
            class="tab"
            href=move || addresses::inbox(inbox.store.get(), InboxView { tab, ..inbox.view.get() })
            aria-current=move || (inbox.view.get().tab == tab).then_some("page")
        >
            {format!("{} ", tab_name(tab))}<span class="tab-count">{count}</span>
        </a>
    }
    .into_any()
}

/// Says what was held back so that no row jumps, and shows it.
#[component]
fn NewPill(list_node: NodeRef<html::Div>) -> impl IntoView {
    let inbox = use_inbox();
    let count = Memo::new(move |_| inbox.held.with(Vec::len));
    let show = move |_| {
        if let Some(node) = list_node.get_untracked() {
            node.set_scroll_top(0);
        }
        inbox.release();
    };
    view! {
        <div class="new-pill" aria-live="polite">
            <button class="chip" type="button" hidden=move || count.get() == 0 on:click=show>
                <Icon glyph=Glyph::ArrowUp/>
                {move || format!("{} new", count.get())}
            </button>
        </div>
    }
    .into_any()
}

fn tab_name(tab: Tab) -> &'static str {
    match tab {
        Tab::Open => "Open",
        Tab::Snoozed => "Snoozed",
        Tab::Resolved => "Resolved",
        Tab::All => "All",
        Tab::Spam => "Spam",
    }
}

/// Beside the list while no conversation is open.
#[component]
pub fn NoConversation() -> impl IntoView {
    view! {
        <section class="no-thread" aria-label="Conversation">
            <EmptyState
                picture=Picture::Conversations
                title="Choose a conversation"
                text="It opens here, with everything that is known about the shopper."
            >
                <p class="keys muted">
                    <kbd>"j"</kbd>
                    <kbd>"k"</kbd>
                    " next and previous, "
                    <kbd>"r"</kbd>
                    " reply, "
                    <kbd>"n"</kbd>
                    " note, "
                    <kbd>"e"</kbd>
                    " resolve, "
                    <kbd>"s"</kbd>
                    " snooze, "
                    <kbd>"a"</kbd>
                    " assign, "
                    <kbd>"t"</kbd>
                    " tag, "
                    <kbd>"x"</kbd>
                    " select"
                </p>
            </EmptyState>
        </section>
    }
    .into_any()
}
