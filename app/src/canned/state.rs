//! What the page knows of the store's canned responses, and what changes them.

use super::api;
use crate::{
    error::AppError,
    live::Live,
    ui::{
        Question, ScriptForm, confirm::Confirm, post_fields, toast::Toasts, use_confirm, use_toasts,
    },
};
use domain::{
    canned::{CannedList, CannedResponse, search::ranked},
    events::Noun,
    ids::{CannedResponseId, StoreId},
};
use leptos::{prelude::*, server_fn::ServerFn};
use std::{future::Future, pin::Pin};

/// A change under way. One type for all: each further one would be the same code again.
pub type Change = Pin<Box<dyn Future<Output = Result<String, AppError>>>>;

/// The canned responses of the open store.
#[derive(Debug, Clone, Copy)]
pub struct CannedState {
    /// The store.
    pub store: StoreId,
    /// Whether one may change what the team shares.
    pub may_share: bool,
    /// What one may use, by keyword.
    pub responses: RwSignal<Vec<CannedResponse>>,
    /// What the list is searched for.
    pub query: RwSignal<String>,
    /// Whether the dialog is open.
    pub is_editing: RwSignal<bool>,
    /// What it is about; a new one if it is nothing.
    pub edited: StoredValue<Option<CannedResponseId>>,
    /// How deletions and files stand.
    pub form: ScriptForm,
    live: Live<CannedList>,
    toasts: Toasts,
    confirm: Confirm,
}

impl CannedState {
    /// Keeps it current for as long as the page is there.
    pub fn new(store: StoreId, list: CannedList) -> Self {
        let responses = RwSignal::new(list.responses);
        let live = Live::new(move || async move { api::list(store).await.ok() })
            .refetch_on(|event| event.is_change_of(Noun::CannedResponses));
        live.taken_by(move |current| responses.set(current.responses));
        Self {
            store,
            may_share: list.may_share,
            responses,
            query: RwSignal::new(String::new()),
            is_editing: RwSignal::new(false),
            edited: StoredValue::new(None),
            form: ScriptForm::new(),
            live,
            toasts: use_toasts(),
            confirm: use_confirm(),
        }
    }

    /// Those that fit what is searched for, the best first; all by keyword without that.
    pub fn shown(self) -> Vec<CannedResponse> {
        self.responses.with(|all| {
            self.query.with(|query| {
                if query.trim().is_empty() {
                    all.clone()
                } else {
                    ranked(all, query).into_iter().cloned().collect()
                }
            })
        })
    }

    /// One of them.
    pub fn get(self, id: CannedResponseId) -> Option<CannedResponse> {
        self.responses
            .with_untracked(|all| all.iter().find(|response| response.id == id).cloned())
    }

    /// Opens the dialog for one, or for a new one.
    pub fn edit(self, response: Option<CannedResponseId>) {
        self.edited.set_value(response);
        self.is_editing.set(true);
    }

    /// Posts a change, and says that it was made.
    pub fn post(
        self,
        form: ScriptForm,
        url: &'static str,
        response: Option<CannedResponseId>,
        mut fields: Vec<(&'static str, String)>,
        said: &'static str,
    ) {
        fields.push(("store", self.store.to_string()));
        fields.extend(response.map(|id| ("response", id.to_string())));
        let posting = async move { post_fields(url, fields).await.map(|()| said.to_owned()) };
        self.change(form, Box::pin(posting));
    }

    /// Deletes one, after asking.
    pub fn delete(self, id: CannedResponseId) {
        let Some(response) = self.get(id) else {
            return;
        };
        let text = if response.mine {
            "It is your own: nobody else misses it."
        } else {
            "Nobody of the team can use it any more. Replies that were sent stay as they are."
        };
        let question = Question {
            title: format!("Delete /{}?", response.keyword),
            text: text.to_owned(),
            action: "Delete response".to_owned(),
        };
        self.confirm.ask(question, move || {
            let (url, said) = (api::Delete::PATH, "Response deleted.");
            self.post(self.form, url, Some(id), Vec::new(), said);
        });
    }

    /// Does something that answers with what is to be said, and asks for the list again.
    pub fn change(self, form: ScriptForm, work: Change) {
        form.send(work, move |said| {
            self.is_editing.set(false);
            self.live.refetch_soon();
            self.toasts.say(said);
        });
    }
}
