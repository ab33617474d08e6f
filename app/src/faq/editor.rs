//! The dialog for categories and questions.

use super::{
    api,
    state::{Editing, FaqState, use_faq},
};
use crate::{
    error::AppError,
    ui::{
        Button, Dialog, FormError, ScriptForm, Submit, TextArea, TextField, by_script,
        toast::Toasts, use_toasts,
    },
};
use domain::{
    faq::{ADDED_TOAST, ANSWER_MAX, CATEGORY_NAME_MAX, FaqDraft, QUESTION_MAX},
    ids::FaqCategoryId,
};
use leptos::prelude::*;
use std::future::Future;

/// Open while something is being edited.
#[component]
pub fn EditorDialog() -> impl IntoView {
    let faq = use_faq();
    let open = RwSignal::new(false);
    let is_editing = Memo::new(move |_| faq.editing.with(Option::is_some));
    Effect::new(move |_| open.set(is_editing.get()));
    Effect::new(move |_| {
        if !open.get() && is_editing.get_untracked() {
            faq.editing.set(None);
        }
    });
    let title = Signal::derive(move || {
        faq.editing
            .with(|editing| match editing {
                Some(Editing::NewCategory) => "New Category",
                Some(Editing::Category(..)) => "Rename category",
                Some(Editing::NewItem(_)) => "Add question",
                Some(Editing::Item(_)) => "Edit question",
                None => "",
            })
            .to_owned()
    });
    view! {
        <Dialog open title>
            {move || match faq.editing.get()? {
                Editing::NewCategory => Some(view! { <CategoryForm id=None name=String::new()/> }.into_any()),
                Editing::Category(id, name) => Some(view! { <CategoryForm id=Some(id) name/> }.into_any()),
                editing => Some(view! { <ItemForm editing/> }.into_any()),
            }}
        </Dialog>
    }
    .into_any()
}

/// The part that both forms share: saving closes the dialog and says so.
#[derive(Clone, Copy)]
struct Saving {
    faq: FaqState,
    toasts: Toasts,
    form: ScriptForm,
}

impl Saving {
    fn new() -> Self {
        Self {
            faq: use_faq(),
            toasts: use_toasts(),
            form: ScriptForm::new(),
        }
    }

    fn save<T: 'static>(
        self,
        work: impl Future<Output = Result<T, AppError>> + 'static,
        done: &'static str,
    ) {
        self.form.send(work, move |_| {
            self.faq.editing.set(None);
            self.faq.refresh();
            self.toasts.say(done);
        });
    }
}

#[component]
fn CategoryForm(id: Option<FaqCategoryId>, name: String) -> impl IntoView {
    let saving = Saving::new();
    let store = saving.faq.store;
    let name = RwSignal::new(name);
    let submit = by_script(move || {
        let name = name.get_untracked();
        match id {
            None => saving.save(api::create_category(store, name), "Category added."),
            Some(id) => saving.save(api::rename_category(store, id, name), "Category renamed."),
        }
    });
    view! {
        <form class="form" on:submit=submit>
            <FormError error=saving.form.general()/>
            <TextField
                label="Name"
                name="name"
                value=name
                error=saving.form.about("name")
                autofocus=true
                help=format!("Such as “Gift cards”. At most {CATEGORY_NAME_MAX} characters.")
            />
            <Footer saving/>
        </form>
    }
    .into_any()
}

#[component]
fn ItemForm(editing: Editing) -> impl IntoView {
    let saving = Saving::new();
    let store = saving.faq.store;
    let (id, category, question, answer) = match editing {
        Editing::Item(item) => (
            Some(item.id),
            Some(item.category_id),
            item.question,
            item.answer,
        ),
        Editing::NewItem(category) => (None, Some(category), String::new(), String::new()),
        Editing::NewCategory | Editing::Category(..) => (None, None, String::new(), String::new()),
    };
    let category = RwSignal::new(category);
    let question = RwSignal::new(question);
    let answer = RwSignal::new(answer);
    let categories = saving.faq.categories.get_untracked();
    let submit = by_script(move || {
        let Some(category_id) = category.get_untracked() else {
            return;
        };
        let draft = FaqDraft {
            category_id,
            question: question.get_untracked(),
            answer: answer.get_untracked(),
        };
        match id {
            None => saving.save(api::add_item(store, draft), ADDED_TOAST),
            Some(id) => saving.save(
                api::update_item(store, id, draft),
                "FAQ item saved — AI will learn from it shortly.",
            ),
        }
    });
    view! {
        <form class="form" on:submit=submit>
            <FormError error=saving.form.general()/>
            <TextArea
                label="Question"
                name="question"
                value=question
                max=QUESTION_MAX
                rows=2
                autofocus=true
                error=saving.form.about("question")
                help="As a shopper would ask it."
            />
            <TextArea
                label="Answer"
                name="answer"
                value=answer
                max=ANSWER_MAX
                rows=6
                error=saving.form.about("answer")
                help="Complete on its own: the AI may quote it word for word."
            />
            <div class="field">
                <label for="category">"Category"</label>
                <select
                    id="category"
                    class="input"
                    on:change=move |event| category.set(event_target_value(&event).parse().ok())
                >
                    {categories
                        .into_iter()
                        .map(|option| {
                            view! {
                                <option
                                    value=option.id.to_string()
                                    selected=Some(option.id) == category.get_untracked()
                                >
                                    {option.name}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
            </div>
            <Footer saving/>
        </form>
    }
    .into_any()
}

#[component]
fn Footer(saving: Saving) -> impl IntoView {
    view! {
        <footer class="dialog-foot">
            <Button on_press=move |()| saving.faq.editing.set(None)>"Cancel"</Button>
            <Submit form=*saving.form>"Save"</Submit>
        </footer>
    }
    .into_any()
}
