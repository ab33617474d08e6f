//! What the page knows of the store's FAQ, and everything that changes it.
//!
//! After every change the list is asked for again: what the page shows is what
//! the server has.

use super::api;
use crate::{
    error::AppError,
    live::Live,
    ui::{Question, confirm::Confirm, toast::Toasts, use_confirm, use_toasts},
};
use domain::{
    events::Noun,
    faq::{FaqCategory, FaqDraft, FaqItem},
    ids::{FaqCategoryId, FaqItemId, StoreId},
};
use leptos::{prelude::*, task::spawn_local};
use std::future::Future;

/// The FAQ of the open store.
#[derive(Debug, Clone, Copy)]
pub struct FaqState {
    /// The store.
    pub store: StoreId,
    /// Whether who reads this may change it.
    pub may_change: bool,
    /// Its categories with their items.
    pub categories: RwSignal<Vec<FaqCategory>>,
    /// What the list is filtered by.
    pub filter: RwSignal<String>,
    /// Why the last change failed.
    pub error: RwSignal<Option<AppError>>,
    /// What is being edited.
    pub editing: RwSignal<Option<Editing>>,
    live: Live<Vec<FaqCategory>>,
    toasts: Toasts,
    confirm: Confirm,
}

/// What the dialog is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Editing {
    /// A new category.
    NewCategory,
    /// The name of a category.
    Category(FaqCategoryId, String),
    /// A new question in a category.
    NewItem(FaqCategoryId),
    /// A question.
    Item(FaqItem),
}

impl FaqState {
    /// Makes it available to all components below, and keeps it current.
    pub fn provide(store: StoreId, categories: Vec<FaqCategory>, may_change: bool) -> Self {
        let categories = RwSignal::new(categories);
        let live = Live::new(move || async move { api::list(store).await.ok() })
            .refetch_on(|event| event.is_change_of(Noun::Faq));
        live.taken_by(move |list| categories.set(list));
        let state = Self {
            store,
            may_change,
            categories,
            filter: RwSignal::new(String::new()),
            error: RwSignal::new(None),
            editing: RwSignal::new(None),
            live,
            toasts: use_toasts(),
            confirm: use_confirm(),
        };
        provide_context(state);
        state
    }

    /// Asks for the list again, soon and once.
    pub fn refresh(self) {
        self.live.refetch_soon();
    }

    /// Runs a change, shows why it failed, and loads the list again.
    fn change<T: 'static>(
        self,
        work: impl Future<Output = Result<T, AppError>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        spawn_local(async move {
            match work.await {
                Ok(done) => {
                    self.error.try_set(None);
                    then(done);
                }
                Err(error) => {
                    self.error.try_set(Some(error));
                }
            }
            self.live.refetch();
        });
    }

    /// Adds the starter categories.
    pub fn add_starters(self) {
        self.change(api::add_starter_categories(self.store), move |_| {
            self.toasts.say("Starter categories added.");
        });
    }

    /// Puts a category one place up or down.
    pub fn shift_category(self, id: FaqCategoryId, by: i64) {
        let position = self
            .categories
            .with_untracked(|all| position(all, |c| c.id == id));
        if let Some(position) = position {
            self.change(api::move_category(self.store, id, position + by), drop);
        }
    }

    /// Puts a question one place up or down in its category.
    pub fn shift_item(self, item: &FaqItem, by: i64) {
        let (id, category) = (item.id, item.category_id);
        let position = self.categories.with_untracked(|all| {
            let category = all.iter().find(|c| c.id == category)?;
            position(&category.items, |other| other.id == id)
        });
        if let Some(position) = position {
            self.change(
                api::move_item(self.store, id, category, position + by),
                drop,
            );
        }
    }

    /// Makes the embedding again.
    pub fn retry(self, id: FaqItemId) {
        self.change(api::retry_item(self.store, id), drop);
    }

    /// Deletes a question, after asking; can be undone.
    pub fn delete_item(self, item: FaqItem) {
        let question = Question {
            title: "Delete this question?".to_owned(),
            text: format!(
                "“{}” and its answer. The AI forgets both at once.",
                item.question
            ),
            action: "Delete question".to_owned(),
        };
        self.confirm.ask(question, move || {
            let item = item.clone();
            self.change(api::delete_item(self.store, item.id), move |()| {
                self.toasts
                    .say_with_undo("Question deleted.", move || self.restore_item(item.clone()));
            });
        });
    }

    fn restore_item(self, item: FaqItem) {
        let draft = draft_of(&item, item.category_id);
        self.change(api::add_item(self.store, draft), move |_| {
            self.toasts.say("Question restored.");
        });
    }

    /// Deletes a category with its questions, after asking; can be undone.
    pub fn delete_category(self, category: FaqCategory) {
        let count = category.items.len();
        let what = match count {
            0 => "It is empty.".to_owned(),
            1 => "Its question goes with it.".to_owned(),
            n => format!("Its {n} questions go with it. The AI forgets them at once."),
        };
        let question = Question {
            title: format!("Delete “{}”?", category.name),
            text: what,
            action: "Delete category".to_owned(),
        };
        self.confirm.ask(question, move || {
            let category = category.clone();
            self.change(api::delete_category(self.store, category.id), move |()| {
                self.toasts.say_with_undo("Category deleted.", move || {
                    self.restore_category(category.clone())
                });
            });
        });
    }

    fn restore_category(self, category: FaqCategory) {
        let store = self.store;
        let restore = async move {
            let restored = api::create_category(store, category.name.clone()).await?;
            for item in &category.items {
                api::add_item(store, draft_of(item, restored.id)).await?;
            }
            Ok(())
        };
        self.change(restore, move |()| self.toasts.say("Category restored."));
    }
}

/// Whether a question belongs into the filtered list.
#[must_use]
pub fn fits(filter: &str, question: &str, answer: &str) -> bool {
    let filter = filter.trim().to_lowercase();
    filter.is_empty()
        || question.to_lowercase().contains(&filter)
        || answer.to_lowercase().contains(&filter)
}

fn draft_of(item: &FaqItem, category_id: FaqCategoryId) -> FaqDraft {
    FaqDraft {
        category_id,
        question: item.question.clone(),
        answer: item.answer.clone(),
    }
}

fn position<T>(list: &[T], is_it: impl Fn(&T) -> bool) -> Option<i64> {
    list.iter()
        .position(is_it)
        .and_then(|at| i64::try_from(at).ok())
}

/// The page's [`FaqState`].
#[must_use]
pub fn use_faq() -> FaqState {
    expect_context()
}
