//! What stands in the reply box.

use super::{api, outbox};
use crate::{browser, ui::post_fields};
use domain::{
    ids::{ConversationId, StoreId},
    inbox::Drafts,
};
use leptos::{
    html, leptos_dom::helpers::TimeoutHandle, prelude::*, server_fn::ServerFn, task::spawn_local,
};
use std::{collections::HashMap, time::Duration};

/// So long after the last key the server is given what was typed.
const PAUSE: Duration = Duration::from_secs(1);

/// The newest order of the shopper's email, once the panel beside the thread has found it:
/// shops are asked once.
#[derive(Debug, Clone, Copy)]
pub struct NewestOrder(pub RwSignal<Option<String>>);

impl NewestOrder {
    /// Makes it available to all components below.
    pub fn provide() {
        provide_context(Self(RwSignal::new(None)));
    }
}

/// How drafts get to the server. One at a time of each conversation's reply and note: an earlier
/// text must not arrive after a later one, also when somebody leaves and comes back.
#[derive(Debug, Clone, Copy)]
pub struct Ways(StoredValue<HashMap<(ConversationId, bool), Way>>);

impl Ways {
    /// Makes them available to all components below.
    pub fn provide() {
        provide_context(Self(StoredValue::new(HashMap::new())));
    }

    /// The page may be gone by then.
    fn get(self, draft: (ConversationId, bool)) -> Option<Way> {
        self.0
            .try_with_value(|ways| ways.get(&draft).copied().unwrap_or(Way::Free))
    }

    fn set(self, draft: (ConversationId, bool), way: Way) {
        self.0.try_update_value(|ways| ways.insert(draft, way));
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Free,
    Taken,
    /// What was typed since goes next.
    TakenAndWaitedFor,
}

/// The text of the reply box, which others may put something into. Reply and note have a text
/// each, so that none is sent for the other. What is typed is kept in this browser at once, and
/// soon after by the server, for other devices.
#[derive(Debug, Clone, Copy)]
pub struct Draft {
    store: StoreId,
    conversation: ConversationId,
    /// What is known of both: what the server had, or what was typed since.
    known: StoredValue<Drafts>,
    saving: StoredValue<Option<TimeoutHandle>>,
    ways: Ways,
    /// Its text.
    pub text: RwSignal<String>,
    /// Whether it is a note.
    pub is_note: RwSignal<bool>,
    /// The box.
    pub node: NodeRef<html::Textarea>,
}

impl Draft {
    /// A reply, of which the server has `drafts`.
    #[must_use]
    pub fn new(store: StoreId, conversation: ConversationId, drafts: Drafts) -> Self {
        Self {
            store,
            conversation,
            known: StoredValue::new(drafts),
            saving: StoredValue::new(None),
            ways: expect_context(),
            text: RwSignal::new(String::new()),
            is_note: RwSignal::new(false),
            node: NodeRef::new(),
        }
    }

    /// What was kept of it: in this browser, if the server doesn't have that yet.
    #[must_use]
    pub fn kept(self) -> String {
        let is_note = self.is_note.get_untracked();
        if let Some(kept) = outbox::draft(self.conversation, is_note) {
            self.note(is_note, &kept);
            self.save_soon(is_note);
            return kept;
        }
        self.known.with_value(|known| match is_note {
            true => known.note.clone(),
            false => known.reply.clone(),
        })
    }

    /// Keeps it as it is.
    pub fn keep(self, text: &str) {
        let is_note = self.is_note.get_untracked();
        outbox::keep_draft(self.conversation, is_note, text);
        self.note(is_note, text);
        self.save_soon(is_note);
    }

    fn note(self, is_note: bool, text: &str) {
        self.known.update_value(|known| {
            let known = match is_note {
                true => &mut known.note,
                false => &mut known.reply,
            };
            text.clone_into(known);
        });
    }

    fn save_soon(self, is_note: bool) {
        if let Some(earlier) = self.saving.get_value() {
            earlier.clear();
        }
        let save = move || self.save(is_note);
        self.saving
            .set_value(set_timeout_with_handle(save, PAUSE).ok());
    }

    /// Gives the server what it doesn't have. If that fails, it is tried again with the next
    /// key, or when the conversation is opened.
    fn save(self, is_note: bool) {
        let Self {
            store,
            conversation,
            ways,
            ..
        } = self;
        let Some(mut text) = outbox::draft(conversation, is_note) else {
            return;
        };
        let draft = (conversation, is_note);
        if ways.get(draft).is_some_and(|way| way != Way::Free) {
            ways.set(draft, Way::TakenAndWaitedFor);
            return;
        }
        spawn_local(async move {
            loop {
                ways.set(draft, Way::Taken);
                let fields = vec![
                    ("store", store.to_string()),
                    ("conversation", conversation.to_string()),
                    ("is_note", is_note.to_string()),
                    ("body", text.clone()),
                ];
                if post_fields(api::KeepDraft::PATH, fields).await.is_err() {
                    break;
                }
                outbox::forget_draft(conversation, is_note, &text);
                // Once the page is left nobody else saves what is there.
                let is_waited_for = ways.get(draft) != Some(Way::Taken);
                let newer = outbox::draft(conversation, is_note);
                match newer.filter(|_| is_waited_for) {
                    Some(newer) => text = newer,
                    None => break,
                }
            }
            ways.set(draft, Way::Free);
        });
    }

    /// The conversation is left: what was typed last is saved at once.
    pub fn leave(self) {
        if let Some(earlier) = self.saving.try_get_value().flatten() {
            earlier.clear();
        }
        for is_note in [false, true] {
            self.save(is_note);
        }
    }

    /// Goes on with the note, or with the reply. What was typed of the other stays kept.
    pub fn switch(self, is_note: bool) {
        if self.is_note.get_untracked() == is_note {
            return;
        }
        // A timer saves one of them.
        self.save(!is_note);
        self.is_note.set(is_note);
        let kept = self.kept();
        if let Some(node) = self.node.get_untracked() {
            node.set_value(&kept);
        }
        self.text.set(kept);
    }

    /// Puts a text into the box, before what stands there, and the cursor behind all.
    pub fn put(self, is_note: bool, mut text: String) {
        self.switch(is_note);
        let there = self.text.get_untracked();
        if !there.trim().is_empty() {
            text = format!("{text}\n\n{there}");
        }
        if let Some(node) = self.node.get_untracked() {
            node.set_value(&text);
            // Can't fail for an element in the page.
            let _ = node.focus();
        }
        self.keep(&text);
        self.text.set(text);
    }

    /// Types a text over what stands `back` from the cursor; kept as what a person types.
    pub fn type_over(self, back: &str, text: &str) {
        if let Some(node) = self.node.get_untracked() {
            browser::type_over(&node, back, text);
            self.keep(&node.value());
            self.text.set(node.value());
        }
    }
}
