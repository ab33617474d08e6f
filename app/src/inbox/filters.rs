//! What of a tab the list shows, and in which order. All of it stands in the address.

use super::{
    counts::use_counts,
    state::{InboxState, use_inbox},
    tags::TagFilter,
    views::Views,
};
use crate::{
    addresses,
    ui::{Count, Glyph, Icon, Menu},
};
use domain::inbox::{InboxView, Narrow, Sort, Tab, Who};
use leptos::prelude::*;

/// The filters and the order.
#[component]
pub fn Filters() -> impl IntoView {
    let narrows = Narrow::EACH.map(|narrow| {
        let is_on = move |view: InboxView| view.is_narrowed(narrow);
        let other = move |view: InboxView| view.narrowed(narrow, !is_on(view));
        let (name, label) = narrow_names(narrow);
        view! { <FilterLink name label is_on other/> }
    });
    view! {
        <nav class="filters" aria-label="Filter">
            {[(Who::Me, "Mine"), (Who::None, "Unassigned")]
                .map(|(who, name)| {
                    let is_on = move |view: InboxView| view.who == Some(who);
                    let other = move |view: InboxView| InboxView {
                        who: (!is_on(view)).then_some(who),
                        ..view
                    };
                    view! { <FilterLink name label=name is_on other/> }
                })
                .collect_view()}
            {narrows.collect_view()}
            <MentionsLink/>
            <TagFilter/>
            <SortMenu/>
            <Views/>
        </nav>
    }
    .into_any()
}

/// In short, as all filters stand in two lines, and as it is read out.
fn narrow_names(narrow: Narrow) -> (&'static str, &'static str) {
    match narrow {
        Narrow::Unread => ("Unread", "Unread"),
        Narrow::NeedsHuman => ("Needs human", "Needs human"),
        Narrow::AiHandled => ("AI", "Answered by AI"),
        Narrow::Negative => ("Negative", "Negative"),
        Narrow::HasOrders => ("Orders", "With orders"),
    }
}

fn sort_name(sort: Sort) -> &'static str {
    match sort {
        Sort::Newest => "Newest first",
        Sort::Waiting => "Longest waiting",
    }
}

/// Shows only these; shows all again while it does.
#[component]
fn FilterLink(
    name: &'static str,
    label: &'static str,
    #[prop(into)] is_on: Callback<InboxView, bool>,
    /// What it leads to.
    #[prop(into)]
    other: Callback<InboxView, InboxView>,
) -> impl IntoView {
    let inbox = use_inbox();
    view! {
        <a
            class="chip"
            aria-label=label
            title=label
            href=move || addresses::inbox(inbox.store.get(), other.run(inbox.view.get()))
            aria-current=move || is_on.run(inbox.view.get()).then_some("true")
        >
            {name}
        </a>
    }
    .into_any()
}

/// What speaks to whoever looks at it, in any status, as long as there is something.
#[component]
fn MentionsLink() -> impl IntoView {
    let (inbox, counts) = (use_inbox(), use_counts());
    let count = Memo::new(move |_| counts.mentions().unwrap_or(0));
    let is_on = Memo::new(move |_| inbox.view.get().who == Some(Who::Mentioned));
    let to = move || {
        let store = inbox.store.get();
        if is_on.get() {
            return addresses::inbox(store, Tab::Open);
        }
        let view = InboxView {
            who: Some(Who::Mentioned),
            ..Tab::All.into()
        };
        addresses::inbox(store, view)
    };
    view! {
        <Show when=move || is_on.get() || count.get() != 0>
            <a class="chip" href=to aria-current=move || is_on.get().then_some("true")>
                "Mentions "
                <Count count what="mention"/>
            </a>
        </Show>
    }
    .into_any()
}

/// Chooses the order.
#[component]
fn SortMenu() -> impl IntoView {
    let inbox = use_inbox();
    // What goes without saying takes no room.
    let text = Signal::derive(move || match inbox.view.get().sort {
        Sort::Newest => String::new(),
        sort => sort_name(sort).to_owned(),
    });
    view! {
        <Menu label="Order, and spam" glyph=Glyph::ArrowDown text=Some(text)>
            {Sort::EACH.map(|sort| view! { <SortLink inbox sort/> }).collect_view()}
            <a class="menu-item" href=move || addresses::inbox(inbox.store.get(), Tab::Spam)>
                <Icon glyph=Glyph::Warning/>
                "Spam"
            </a>
        </Menu>
    }
    .into_any()
}

#[component]
fn SortLink(inbox: InboxState, sort: Sort) -> impl IntoView {
    let is_on = Memo::new(move |_| inbox.view.get().sort == sort);
    let to = move |view: InboxView| InboxView { sort, ..view };
    view! {
        <a
            class="menu-item"
            href=move || addresses::inbox(inbox.store.get(), to(inbox.view.get()))
            aria-current=move || is_on.get().then_some("true")
        >
            {move || {
                let glyph = if is_on.get() { Glyph::Check } else { Glyph::Clock };
                view! { <Icon glyph/> }
            }}
            {sort_name(sort)}
        </a>
    }
    .into_any()
}
