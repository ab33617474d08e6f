//! What was found.

use super::{
    ask::{Ask, When, address, use_ask},
    hit::Hit,
    keys::{STOPS, open},
};
use crate::{
    browser,
    error::AppError,
    inbox::{api, state::use_inbox},
    resource::from_server,
    session::use_store,
    ui::{Button, Each, EmptyState, FormError, Loaded, Look, Picture, RowSkeleton},
};
use domain::{
    conversation::Status,
    ids::StoreId,
    search::{Author, Indexing, SearchHit, SearchPage},
};
use leptos::{prelude::*, task::spawn_local};

/// In the list's place while something is looked for.
#[component]
pub fn SearchResults() -> impl IntoView {
    let (store, ask) = (use_store(), use_ask());
    let is_on = Memo::new(move |_| ask.with(|ask| !ask.is_nothing()));
    let found = from_server(
        move || (store.id(), ask.get()),
        |(store, ask)| async move {
            match ask.is_nothing() {
                true => Ok(None),
                false => api::find(store, ask.search(), None).await.map(Some),
            }
        },
    );
    view! {
        <Show when=move || is_on.get()>
            <Filters/>
            <div
                class="inbox-found"
                on:keydown=move |event| match event.key().as_str() {
                    "ArrowDown" => {
                        event.prevent_default();
                        browser::walk(STOPS, 1);
                    }
                    "ArrowUp" => {
                        event.prevent_default();
                        if !browser::walk(STOPS, -1) {
                            open();
                        }
                    }
                    "Escape" => {
                        event.prevent_default();
                        open();
                    }
                    _ => {}
                }
            >
                <Loaded
                    resource=found
                    skeleton=|| view! { <RowSkeleton rows=8/> }.into_any()
                    view=move |page| {
                        let ask = ask.get_untracked();
                        page.map(|page| view! { <Found store=store.id_now() ask page/> })
                    }
                />
            </div>
        </Show>
    }
    .into_any()
}

/// What is left out: each choice alone, or none.
#[component]
fn Filters() -> impl IntoView {
    let authors = Author::ALL.map(|author| {
        let name = match author {
            Author::Shopper => "Shopper",
            Author::Team => "Team",
            Author::Ai => "AI",
        };
        chip(name, move |ask| {
            let was = ask.author.replace(author) == Some(author);
            if was {
                ask.author = None;
            }
            was
        })
    });
    let times = When::ALL.map(|when| {
        chip(when.name(), move |ask| {
            let was = ask.when.replace(when) == Some(when);
            if was {
                ask.when = None;
            }
            was
        })
    });
    let statuses = [
        ("Open", Status::Open),
        ("Snoozed", Status::Snoozed),
        ("Resolved", Status::Resolved),
    ]
    .map(|(name, status)| {
        chip(name, move |ask| {
            let was = ask.status.replace(status) == Some(status);
            if was {
                ask.status = None;
            }
            was
        })
    });
    view! {
        <nav class="search-filters" aria-label="Narrow the search">
            <span class="search-filter" role="group" aria-label="Who wrote it">
                {authors.collect_view()}
            </span>
            <span class="search-filter" role="group" aria-label="How long ago">
                {times.collect_view()}
            </span>
            <span class="search-filter" role="group" aria-label="Status">
                {statuses.collect_view()}
            </span>
        </nav>
    }
    .into_any()
}

/// A link that turns a choice: `turn` does it, and says whether it was on.
fn chip(
    name: &'static str,
    turn: impl Fn(&mut Ask) -> bool + Copy + Send + Sync + 'static,
) -> AnyView {
    let (inbox, ask) = (use_inbox(), use_ask());
    let turned = move || {
        let mut ask = ask.get();
        let was = turn(&mut ask);
        (ask, was)
    };
    view! {
        <a
            class="chip"
            href=move || {
                inbox.selected.track();
                address(inbox, &turned().0)
            }
            aria-current=move || turned().1.then_some("true")
            data-noscroll="true"
        >
            {name}
        </a>
    }
    .into_any()
}

#[component]
fn Found(store: StoreId, ask: Ask, page: SearchPage) -> impl IntoView {
    let SearchPage {
        items,
        next,
        indexing,
    } = page;
    let ask = StoredValue::new(ask);
    if items.is_empty() && next.is_none() {
        return view! {
            <Note indexing/>
            <Nothing ask=ask.get_value()/>
        }
        .into_any();
    }
    let hits = RwSignal::new(items);
    let next = RwSignal::new(next);
    let loading = RwSignal::new(false);
    let error = RwSignal::new(None::<AppError>);
    let load_more = move || {
        loading.set(true);
        spawn_local(async move {
            let (Some(ask), Some(after)) =
                (ask.try_get_value(), next.try_get_untracked().flatten())
            else {
                return;
            };
            let page = api::find(store, ask.search(), Some(after)).await;
            // Something else may be looked for by now.
            if loading.try_set(false).is_some() {
                return;
            }
            match page {
                Ok(page) => {
                    hits.update(|hits| hits.extend(page.items));
                    next.set(page.next);
                    error.set(None);
                }
                Err(failure) => error.set(Some(failure)),
            }
        });
    };
    let count = move || {
        let more = if next.with(Option::is_some) { "+" } else { "" };
        match hits.with(Vec::len) {
            0 => "Nothing in the newest messages.".to_owned(),
            1 => format!("1{more} conversation"),
            n => format!("{n}{more} conversations"),
        }
    };
    view! {
        <Note indexing/>
        <p class="search-count" role="status">{count}</p>
        <ul class="rows">
            <Each
                each=move || hits.get()
                key=|hit: &SearchHit| {
                    let first = hit.messages.first().map(|message| message.id.to_string());
                    format!("{} {}", hit.conversation.id, first.unwrap_or_default())
                }
                let:hit
            >
                <Hit hit ask=ask.get_value()/>
            </Each>
        </ul>
        <FormError error/>
        <Show when=move || next.with(Option::is_some)>
            <div class="rows-more">
                <Button look=Look::Quiet busy=loading on_press=move |()| load_more()>
                    "Show older"
                </Button>
            </div>
        </Show>
    }
    .into_any()
}

/// How far the index is, if that matters.
#[component]
fn Note(indexing: Option<Indexing>) -> impl IntoView {
    // What has just been written is found in a moment.
    const MANY: i64 = 50;
    let text = match indexing {
        Some(Indexing { older_percent, .. }) if older_percent < 100 => {
            format!("Older messages are being made searchable: {older_percent} % done.")
        }
        Some(Indexing { waiting, .. }) if waiting > MANY => {
            "The newest messages are being made searchable.".to_owned()
        }
        _ => return ().into_any(),
    };
    view! { <p class="search-note" role="status">{text}</p> }.into_any()
}

#[component]
fn Nothing(ask: Ask) -> impl IntoView {
    let inbox = use_inbox();
    let is_filtered = ask.is_filtered();
    let all = Ask {
        q: ask.q.clone(),
        ..Ask::default()
    };
    let text = if is_filtered {
        "Nothing fits these filters. Everything that was ever written is looked through without them."
    } else {
        "Fewer words find more. Names, emails, order numbers, tags, messages and notes are looked through, as far back as they go."
    };
    view! {
        <EmptyState
            picture=Picture::Conversations
            title=format!("No results for “{}”", ask.q.trim())
            text
        >
            {is_filtered
                .then(|| {
                    view! {
                        <a class="button" href=address(inbox, &all)>
                            "Search without filters"
                        </a>
                    }
                })}
        </EmptyState>
    }
    .into_any()
}
