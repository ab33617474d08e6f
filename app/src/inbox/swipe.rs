//! A row that is swiped by a finger: to the right it is resolved, or opened again; to the left it
//! is snoozed until tomorrow. Menus and keys do the same.

use super::{
    api,
    snooze::tomorrow,
    state::{InboxState, use_inbox},
    triage::{back_of, said},
};
use crate::{
    browser,
    ui::{toast::Toasts, use_toasts},
};
use domain::{
    conversation::Status,
    ids::ConversationId,
    inbox::{ConversationSummary, Triage},
};
use leptos::{ev::PointerEvent, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;

/// Less than this is a tap that trembles, in pixels.
const TREMBLING: i32 = 12;
/// From here on something is done when the finger is lifted.
const FAR: i32 = 88;
/// A row follows no further.
const END: i32 = 140;

/// The finger on a row.
#[derive(Debug, Clone, Copy)]
struct Finger {
    pointer: i32,
    row: ConversationId,
    from: (i32, i32),
    by: i32,
}

/// What a finger does to the rows of the list.
#[derive(Debug, Clone, Copy)]
pub struct Swipes {
    inbox: InboxState,
    toasts: Toasts,
    finger: StoredValue<Option<Finger>>,
}

impl Swipes {
    /// Those of the page's list.
    #[must_use]
    pub fn new() -> Self {
        Self {
            inbox: use_inbox(),
            toasts: use_toasts(),
            finger: StoredValue::new(None),
        }
    }

    /// A finger is put down.
    pub fn begin(self, event: &PointerEvent) {
        let target = event.target().and_then(|target| target.dyn_into().ok());
        let row = target.and_then(|target: web_sys::Element| target.closest("a.row").ok()?);
        let row = row.and_then(|row| row.id().strip_prefix("row-")?.parse().ok());
        let is_finger = event.pointer_type() == "touch" && event.is_primary();
        self.finger
            .set_value(row.filter(|_| is_finger).map(|row| Finger {
                pointer: event.pointer_id(),
                row,
                from: (event.client_x(), event.client_y()),
                by: 0,
            }));
    }

    /// It moves. A browser that scrolls with it takes it away.
    pub fn moved(self, event: &PointerEvent) {
        let Some(mut finger) = self.of(event) else {
            return;
        };
        let (from_x, from_y) = finger.from;
        let (by, up) = (event.client_x() - from_x, event.client_y() - from_y);
        let is_swipe = finger.by != 0 || by.abs() > TREMBLING && by.abs() > 2 * up.abs();
        let what = self.what(finger.row, by).filter(|_| is_swipe);
        finger.by = match what {
            Some(_) => by.clamp(-END, END),
            None => 0,
        };
        self.finger.set_value(Some(finger));
        browser::shift_row(finger.row, finger.by, what.map(|(_, name)| name), FAR);
    }

    /// It is lifted.
    pub fn lifted(self, event: &PointerEvent) {
        if let Some(finger) = self.of(event) {
            let done = self.what(finger.row, finger.by);
            if let Some((action, _)) = done.filter(|_| finger.by.abs() >= FAR) {
                let before = self.summary(finger.row);
                let back = before.and_then(|before| back_of(&before, action));
                self.act(finger.row, action, back);
            }
        }
        self.end();
    }

    /// It is nobody's any more.
    pub fn end(self) {
        if let Some(finger) = self.finger.get_value() {
            browser::shift_row(finger.row, 0, None, FAR);
        }
        self.finger.set_value(None);
    }

    fn of(self, event: &PointerEvent) -> Option<Finger> {
        self.finger
            .get_value()
            .filter(|finger| finger.pointer == event.pointer_id())
    }

    fn summary(self, row: ConversationId) -> Option<ConversationSummary> {
        self.inbox.find(row).map(|row| row.summary.get_untracked())
    }

    /// What is done to the right, or to the left, and what that is called.
    fn what(self, row: ConversationId, by: i32) -> Option<(Triage, &'static str)> {
        let row = self.summary(row).filter(|row| !row.spam)?;
        match (by.signum(), row.status) {
            (1, Status::Resolved) => Some((Triage::Reopen, "Reopen")),
            (1, _) => Some((Triage::Resolve, "Resolve")),
            (-1, Status::Open) => {
                let until = tomorrow(browser::now());
                Some((Triage::Snooze(until), "Snooze until tomorrow"))
            }
            (-1, Status::Snoozed) => Some((Triage::Reopen, "Reopen")),
            _ => None,
        }
    }

    fn act(self, row: ConversationId, action: Triage, back: Option<Triage>) {
        let Self { inbox, toasts, .. } = self;
        let store = inbox.store.get_untracked();
        spawn_local(async move {
            match api::act(store, row, action).await {
                Ok(summary) => {
                    inbox.apply(summary);
                    let text = said(action, 1, browser::now());
                    match back {
                        Some(back) => {
                            toasts.say_with_undo(text, move || self.act(row, back, None));
                        }
                        None => toasts.say(text),
                    }
                }
                Err(error) => toasts.say(format!("Not done. {}", error.text())),
            }
        });
    }
}
