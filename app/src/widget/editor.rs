//! Saving what was edited, section by section, and what to do where somebody
//! else was faster.

use super::{api, form::Form, wording::in_words};
use crate::{
    browser,
    error::AppError,
    ui::{toast::Toasts, use_toasts},
};
use domain::{
    Invalid,
    ids::StoreId,
    settings::{Section, SectionName, StoredSection, StoredSettings, merged},
};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The page's state besides its inputs.
#[derive(Clone, Copy)]
pub struct Editor {
    store: StoreId,
    form: Form,
    /// What the inputs were filled from: each section with the version that a
    /// save is based on.
    base: RwSignal<StoredSettings>,
    /// What somebody else saved meanwhile, until it is decided whose stays.
    theirs: RwSignal<BTreeMap<SectionName, StoredSection>>,
    toasts: Toasts,
}

/// A section on its way to the server.
struct Draft {
    /// As the inputs held it.
    typed: Section,
    /// As it is sent.
    checked: Section,
    /// The version it was edited from.
    version: i64,
}

impl Editor {
    /// Makes the form and the editor available to all components below.
    pub fn provide(store: StoreId, stored: StoredSettings) -> Self {
        let editor = Self {
            store,
            form: Form::provide(&stored.settings),
            base: RwSignal::new(stored),
            theirs: RwSignal::new(BTreeMap::new()),
            toasts: use_toasts(),
        };
        provide_context(editor);
        editor
    }

    /// Whether any section was edited and isn't saved. Tracked.
    pub fn is_changed(self) -> bool {
        SectionName::ALL.into_iter().any(|name| {
            let base = self.base.with(|base| base.settings.section(name));
            self.form.read(name).map_or(true, |draft| draft != base)
        })
    }

    /// Whether something is being saved.
    pub fn saving(self) -> Signal<bool> {
        self.form.sending.busy()
    }

    /// Why not everything is saved, after an attempt.
    pub fn error(self) -> Signal<Option<String>> {
        let (error, theirs) = (self.form.sending.error(), self.theirs);
        Signal::derive(move || match error.get() {
            Some(error) if error.problem.field.is_some() => {
                Some("Not saved: one of the settings can't be like this. It says why.".to_owned())
            }
            Some(error) => Some(error.text()),
            None if theirs.with(BTreeMap::is_empty) => None,
            None => Some(
                "Somebody else changed the same section. Choose whose version stays.".to_owned(),
            ),
        })
    }

    /// What somebody else saved while this section was edited here. Tracked.
    pub fn theirs(self, name: SectionName) -> Option<StoredSection> {
        self.theirs.with(|theirs| theirs.get(&name).cloned())
    }

    /// What they changed of it, each with its label, as it is now.
    pub fn their_changes(self, theirs: &Section) -> Vec<(&'static str, String)> {
        let base = self.base_of(theirs.name());
        std::iter::zip(in_words(&base), in_words(theirs))
            .filter(|(before, now)| before != now)
            .map(|(_, now)| now)
            .collect()
    }

    /// Goes back to what is stored.
    pub fn discard(self) {
        let theirs = self.theirs.get_untracked();
        self.theirs.set(BTreeMap::new());
        self.base
            .update(|base| theirs.into_values().for_each(|stored| base.set(stored)));
        self.base
            .with_untracked(|base| self.form.fill(&base.settings));
        self.form.sending.show(None);
    }

    /// Saves every section that was edited. What can't be taken is said at its
    /// input, and nothing is sent.
    pub fn save(self) {
        self.send(&SectionName::ALL);
    }

    /// Saves my changes to a section over theirs. What I left alone stays as
    /// they saved it.
    pub fn keep_mine(self, name: SectionName) {
        let Some(theirs) = untrack(|| self.theirs(name)) else {
            return;
        };
        let mine = match untrack(|| self.form.read(name)) {
            Ok(mine) => mine,
            Err(invalid) => return self.refuse(invalid),
        };
        match merged(&self.base_of(name), &mine, &theirs.section) {
            Ok(kept) => {
                self.form.fill_section(kept);
                self.settle(theirs);
                self.send(&[name]);
            }
            // Only if they are different sections.
            Err(_) => self.form.sending.show(Some(AppError::internal())),
        }
    }

    /// Gives up my changes to a section.
    pub fn take_theirs(self, name: SectionName) {
        if let Some(theirs) = untrack(|| self.theirs(name)) {
            self.form.fill_section(theirs.section.clone());
            self.settle(theirs);
        }
    }

    fn base_of(self, name: SectionName) -> Section {
        self.base.with_untracked(|base| base.settings.section(name))
    }

    /// From here on `stored` is what a save of its section is based on.
    fn settle(self, stored: StoredSection) {
        self.theirs.update(|theirs| {
            theirs.remove(&stored.section.name());
        });
        self.base.update(|base| base.set(stored));
    }

    fn refuse(self, invalid: Invalid) {
        browser::focus(&format!("#{}", invalid.field));
        self.form.sending.show(Some(invalid.into()));
    }

    /// Those of `names` that were edited.
    fn drafts(self, names: &[SectionName]) -> Result<Vec<Draft>, Invalid> {
        let mut drafts = Vec::new();
        for name in names {
            let typed = untrack(|| self.form.read(*name))?;
            if typed != self.base_of(*name) {
                drafts.push(Draft {
                    checked: typed.clone().validated()?,
                    typed,
                    version: self
                        .base
                        .with_untracked(|base| base.revision(*name).version),
                });
            }
        }
        Ok(drafts)
    }

    /// Saves those of `names` that were edited, one after the other: one that
    /// is refused keeps none of the others from being saved.
    fn send(self, names: &[SectionName]) {
        let drafts = match self.drafts(names) {
            Ok(drafts) => drafts,
            Err(invalid) => return self.refuse(invalid),
        };
        let work = async move {
            let (mut collided, mut failed) = (None, None);
            for Draft {
                typed,
                checked,
                version,
            } in drafts
            {
                let name = checked.name();
                let answer = api::save(self.store, checked, version).await;
                if self.base.try_with_untracked(|_| ()).is_none() {
                    // The page is gone.
                    break;
                }
                match answer {
                    Ok(stored) => self.saved(&typed, stored),
                    Err(AppError { problem }) => match problem.current {
                        Some(theirs) => {
                            self.theirs.update(|all| {
                                all.insert(name, *theirs);
                            });
                            collided = collided.or(Some(name));
                        }
                        None => failed = Some(AppError { problem }),
                    },
                }
            }
            failed.map_or(Ok(collided), Err)
        };
        self.form
            .sending
            .send(work, move |collided| match collided {
                // It is drawn first.
                Some(name) => request_animation_frame(move || {
                    browser::focus(&format!("#{}", collision_place(name)));
                }),
                None => self
                    .toasts
                    .say("Widget settings saved. Storefronts follow within a minute."),
            });
    }

    /// Takes over what is stored now. What was typed meanwhile stays.
    fn saved(self, typed: &Section, stored: StoredSection) {
        let now = untrack(|| self.form.read(typed.name()));
        if now.is_ok_and(|now| now == *typed) {
            self.form.fill_section(stored.section.clone());
        }
        self.base.update(|base| base.set(stored));
    }
}

/// The page's [`Editor`].
#[must_use]
pub fn use_editor() -> Editor {
    expect_context()
}

/// The id of the place where a section's collision is told.
pub fn collision_place(name: SectionName) -> String {
    format!("collision-{}", name.as_str())
}
