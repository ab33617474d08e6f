//! `/stores/:store/inbox`: the list at the left, the open thread beside it.

use super::{
    api,
    row::RowLink,
    shortcuts::listen,
    state::{InboxState, use_inbox},
};
use crate::{
    addresses, browser,
    resource::from_server,
    rooms::{INBOX, WIDGET},
    session::use_store,
    ui::{Button, Each, EmptyState, FormError, Loaded, Look, PageTitle, Picture, RowSkeleton},
    widget,
};
use domain::{ids::ConversationId, inbox::Tab};
use leptos::{html, prelude::*};
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
    let tab = Memo::new(move |_| {
        query.with(|query| match query.get_str("tab") {
            Some("resolved") => Tab::Resolved,
            _ => Tab::Open,
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
        tab.into(),
        selected.into(),
    );
    listen(inbox);

    let list = from_server(
        move || (store.id(), tab.get()),
        |(store, tab)| api::list(store, tab, None),
    );
    view! {
        <PageTitle text=INBOX.name/>
        <div class="inbox" class:has-thread=move || selected.get().is_some() node_ref=store_colour()>
            <section class="inbox-list" aria-label="Conversations">
                <header class="inbox-head">
                    <h1>{INBOX.name}</h1>
                    <nav class="tabs" aria-label="Status">
                        <TabLink tab=Tab::Open label="Open"/>
                        <TabLink tab=Tab::Resolved label="Resolved"/>
                    </nav>
                </header>
                <div class="inbox-rows">
                    <Loaded
                        resource=list
                        skeleton=|| view! { <RowSkeleton rows=8/> }.into_any()
                        view=move |page| {
                            inbox.fill(page);
                            view! { <Rows/> }
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
fn TabLink(tab: Tab, label: &'static str) -> impl IntoView {
    let inbox = use_inbox();
    view! {
        <a
            class="tab"
            href=move || addresses::inbox(inbox.store.get(), tab)
            aria-current=move || (inbox.tab.get() == tab).then_some("page")
        >
            {label}
        </a>
    }
    .into_any()
}

#[component]
fn Rows() -> impl IntoView {
    let inbox = use_inbox();
    let is_empty = Memo::new(move |_| inbox.rows.with(Vec::is_empty));
    view! {
        <Show when=move || !is_empty.get() fallback=NoRows>
            <ul class="rows">
                <Each each=move || inbox.rows.get() key=|row| row.id let:row>
                    <RowLink row/>
                </Each>
            </ul>
            <FormError error=inbox.error/>
            <Show when=move || inbox.next.with(Option::is_some)>
                <div class="rows-more">
                    <Button
                        look=Look::Quiet
                        busy=inbox.loading_more
                        on_press=move |()| inbox.load_more()
                    >
                        "Show older"
                    </Button>
                </div>
            </Show>
        </Show>
    }
    .into_any()
}

#[component]
fn NoRows() -> impl IntoView {
    let inbox = use_inbox();
    move || match inbox.tab.get() {
        Tab::Open => view! {
            <EmptyState
                picture=Picture::Conversations
                title="No open conversations"
                text="When a shopper writes, the conversation appears here at once."
            >
                <a class="button" href=move || WIDGET.address(inbox.store.get())>
                    {WIDGET.name}
                </a>
            </EmptyState>
        }
        .into_any(),
        Tab::Resolved => view! {
            <EmptyState
                picture=Picture::Conversations
                title="Nothing resolved yet"
                text="Resolved conversations rest here. A new message opens them again."
            />
        }
        .into_any(),
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
                    <kbd>"e"</kbd>
                    " resolve"
                </p>
            </EmptyState>
        </section>
    }
    .into_any()
}
