//! What the page knows of the file, and what it asks the server to do with it.

use super::upload::{self, Asked};
use crate::{error::AppError, ui::ScriptForm};
use domain::{
    Invalid,
    ids::StoreId,
    order_import::{FILE_MAX, ImportReport, ImportStep, OrderColumn},
};
use leptos::{html, prelude::*};

/// The import on this page. The file itself stays in the input.
#[derive(Debug, Clone, Copy)]
pub struct ImportState {
    /// The store.
    pub store: StoreId,
    /// Where the file is chosen.
    pub input: NodeRef<html::Input>,
    /// The file's name; empty without one.
    pub name: RwSignal<String>,
    /// What the server said of it.
    pub report: RwSignal<Option<ImportReport>>,
    /// What the columns are, as the merchant says; the server's guess before.
    pub mapping: RwSignal<Vec<Option<OrderColumn>>>,
    /// Words for orders of which the file says none: status, payment, currency.
    pub said: [RwSignal<String>; 3],
    /// How the sending stands.
    pub form: ScriptForm,
    /// Something was changed while the file was sent: the answer is out of date.
    outdated: StoredValue<bool>,
}

impl ImportState {
    /// Without a file.
    pub fn new(store: StoreId) -> Self {
        let state = Self {
            store,
            input: NodeRef::new(),
            name: RwSignal::new(String::new()),
            report: RwSignal::new(None),
            mapping: RwSignal::new(Vec::new()),
            said: [(); 3].map(|()| RwSignal::new(String::new())),
            form: ScriptForm::new(),
            outdated: StoredValue::new(false),
        };
        let busy = state.form.busy();
        Effect::new(move |_| {
            if !busy.get() && state.outdated.get_value() {
                state.outdated.set_value(false);
                state.send(ImportStep::Preview);
            }
        });
        state
    }

    fn file(self) -> Option<web_sys::File> {
        self.input.get_untracked()?.files()?.get(0)
    }

    /// Another file has been chosen: looks at it anew.
    pub fn choose(self) {
        let Some(file) = self.file() else { return };
        self.name.set(file.name());
        self.report.set(None);
        self.mapping.set(Vec::new());
        for word in self.said {
            word.set(String::new());
        }
        self.send(ImportStep::Preview);
    }

    /// Sends the file and shows what the server says. One file at a time: what is asked
    /// meanwhile is asked again when the answer is there.
    pub fn send(self, step: ImportStep) {
        if self.form.busy().get_untracked() {
            self.outdated.set_value(true);
            return;
        }
        let Some(file) = self.file() else { return };
        #[expect(clippy::cast_precision_loss, reason = "it is exact")]
        if file.size() > FILE_MAX as f64 {
            let words = "This file is larger than 256 MB. Please split it into several.";
            self.form
                .show(Some(AppError::from(Invalid::new("file", words))));
            return;
        }
        let [status, payment_status, currency] = self.said.map(|word| word.get_untracked());
        let asked = Asked {
            step,
            mapping: self.mapping.get_untracked(),
            status,
            payment_status,
            currency,
        };
        self.form.send(
            upload::send(self.store, file, asked),
            move |report: ImportReport| {
                if self.outdated.get_value() {
                    return;
                }
                let columns = report.columns.iter();
                self.mapping
                    .set(columns.map(|column| column.column).collect());
                self.report.set(Some(report));
            },
        );
    }
}
