//! `/stores/:store/faq`

use super::{
    api,
    category::CategoryCard,
    editor::EditorDialog,
    state::{Editing, FaqState, fits, use_faq},
    trial::TryQuestion,
};
use crate::{
    browser,
    error::AppError,
    resource::from_server,
    rooms::FAQ,
    session::{role_in, use_store},
    ui::{
        Button, CardSkeleton, Each, EmptyState, FormError, Glyph, Icon, Loaded, Look, PageHeader,
        Picture,
    },
};
use domain::{
    faq::{FaqCategory, STARTER_CATEGORIES},
    ids::StoreId,
    role::Role,
};
use leptos::prelude::*;

/// From this many questions on, the list can be filtered.
const FILTER_FROM: usize = 20;

const HELP: &str = "The AI answers from these questions, and from nothing else.";

/// The FAQ Knowledge Base.
#[component]
pub fn FaqPage() -> impl IntoView {
    let store = use_store();
    let loaded = from_server(move || store.id(), load);
    view! {
        <div class="page page-wide">
            <Loaded
                resource=loaded
                skeleton=page_shape
                view=move |(categories, role)| {
                    view! { <KnowledgeBase store=store.id_now() categories role/> }
                }
            />
        </div>
    }
    .into_any()
}

async fn load(store: StoreId) -> Result<(Vec<FaqCategory>, Role), AppError> {
    let role = role_in(store).await?;
    Ok((api::list(store).await?, role))
}

/// The page before its questions are here. Its header can do nothing yet, and
/// leaves naming the tab to the one that can.
fn page_shape() -> AnyView {
    view! {
        <header class="page-head">
            <div>
                <h1>{FAQ.name}</h1>
                <p class="muted">{HELP}</p>
            </div>
        </header>
        <CardSkeleton/>
    }
    .into_any()
}

#[component]
fn KnowledgeBase(store: StoreId, categories: Vec<FaqCategory>, role: Role) -> impl IntoView {
    let faq = FaqState::provide(store, categories, role >= Role::Admin);
    let categories = faq.categories;
    let is_empty = Memo::new(move |_| categories.with(Vec::is_empty));
    let starters_missing = Memo::new(move |_| {
        categories.with(|all| {
            STARTER_CATEGORIES.iter().any(|name| {
                !all.iter()
                    .any(|category| category.name.eq_ignore_ascii_case(name))
            })
        })
    });
    view! {
        <PageHeader title=FAQ.name help=HELP>
            <Show when=move || faq.may_change && starters_missing.get() && !is_empty.get()>
                <Button on_press=move |()| faq.add_starters()>"Add starter categories"</Button>
            </Show>
            {faq
                .may_change
                .then(|| {
                    view! {
                        <Button
                            look=Look::Primary
                            glyph=Glyph::Plus
                            on_press=move |()| faq.editing.set(Some(Editing::NewCategory))
                        >
                            "New Category"
                        </Button>
                    }
                })}
        </PageHeader>
        <FormError error=faq.error/>
        <div class="faq">
            <div class="faq-list">
                <Show
                    when=move || !is_empty.get()
                    fallback=move || {
                        view! {
                            <div class="card">
                                {if faq.may_change {
                                    view! {
                                        <EmptyState
                                            picture=Picture::Faq
                                            title="Nothing to answer from yet"
                                            text="Start with the six categories that most stores need, then fill in your own questions and answers."
                                        >
                                            <Button look=Look::Primary on_press=move |()| faq.add_starters()>
                                                "Add starter categories"
                                            </Button>
                                        </EmptyState>
                                    }
                                        .into_any()
                                } else {
                                    view! {
                                        <EmptyState
                                            picture=Picture::Faq
                                            title="Nothing to answer from yet"
                                            text="Owners and admins of this store write the questions and answers."
                                        />
                                    }
                                        .into_any()
                                }}
                            </div>
                        }
                    }
                >
                    <Filter/>
                    <Each
                        each=move || {
                            categories.with(|all| all.iter().map(|category| category.id).collect::<Vec<_>>())
                        }
                        key=|id| *id
                        let:id
                    >
                        <CategoryCard id/>
                    </Each>
                    <NothingFits/>
                </Show>
            </div>
            <TryQuestion/>
        </div>
        <EditorDialog/>
    }
    .into_any()
}

/// Narrows a long list down.
#[component]
fn Filter() -> impl IntoView {
    let faq = use_faq();
    let is_long = Memo::new(move |_| {
        faq.categories.with(|all| {
            all.iter()
                .map(|category| category.items.len())
                .sum::<usize>()
                > FILTER_FROM
        })
    });
    view! {
        <Show when=move || is_long.get()>
            <div class="search">
                <Icon glyph=Glyph::Search/>
                <input
                    class="input"
                    type="search"
                    aria-label="Search questions and answers"
                    placeholder="Search questions and answers"
                    autocomplete="off"
                    prop:value=move || faq.filter.get()
                    on:input=move |event| faq.filter.set(event_target_value(&event))
                />
            </div>
        </Show>
    }
    .into_any()
}

#[component]
fn NothingFits() -> impl IntoView {
    let faq = use_faq();
    let nothing = Memo::new(move |_| {
        faq.filter.with(|filter| {
            !filter.trim().is_empty()
                && faq.categories.with(|all| {
                    !all.iter().any(|category| {
                        category
                            .items
                            .iter()
                            .any(|item| fits(filter, &item.question, &item.answer))
                    })
                })
        })
    });
    view! {
        <Show when=move || nothing.get()>
            <div class="card">
                <EmptyState
                    picture=Picture::Faq
                    title="No question matches"
                    text="Try another word, or add the question that is missing."
                >
                    <Button
                        on_press=move |()| {
                            faq.filter.set(String::new());
                            // The button is about to go, and the focus with it.
                            browser::focus(".faq-list .search .input");
                        }
                    >
                        "Clear search"
                    </Button>
                </EmptyState>
            </div>
        </Show>
    }
    .into_any()
}
