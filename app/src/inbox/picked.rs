//! Several conversations at once: which are selected, and what is done to them.

use super::{
    api,
    assign::AssignMenu,
    more::MoreMenu,
    snooze::SnoozeMenu,
    state::{InboxState, Row, use_inbox},
    tags::TagMenu,
    triage::{Subject, back_of, said},
};
use crate::{
    browser,
    error::AppError,
    lazy::lazy_views,
    ui::{Glyph, IconButton, toast::Toasts, use_toasts},
};
use domain::{
    ids::{ConversationId, TagId},
    inbox::{TRIAGE_MAX, Tab, Triage, TriageDone, TriageOf},
};
use leptos::{prelude::*, task::spawn_local};
use std::collections::HashSet;

/// The conversations that are selected.
#[derive(Debug, Clone, Copy)]
pub struct Picks {
    inbox: InboxState,
    ids: RwSignal<Vec<ConversationId>>,
    /// Whether rows are being selected, though none is yet.
    picking: RwSignal<bool>,
    /// The row from which Shift selects.
    anchor: StoredValue<Option<ConversationId>>,
    /// Whether something is being done to them.
    busy: RwSignal<bool>,
    error: RwSignal<Option<AppError>>,
    /// To how many the last action couldn't be done.
    failed: RwSignal<usize>,
    toasts: Toasts,
}

impl Picks {
    /// Makes an empty selection available to all components below.
    pub fn provide(inbox: InboxState) -> Self {
        let picks = Self {
            inbox,
            ids: RwSignal::new(Vec::new()),
            picking: RwSignal::new(false),
            anchor: StoredValue::new(None),
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            failed: RwSignal::new(0),
            toasts: use_toasts(),
        };
        provide_context(picks);
        // Another list is another selection.
        Effect::new(move |earlier: Option<()>| {
            inbox.store.track();
            inbox.view.track();
            if earlier.is_some() {
                picks.end();
            }
        });
        picks
    }

    /// Whether rows are being selected, tracked.
    #[must_use]
    pub fn is_picking(self) -> bool {
        self.picking.get() || self.ids.with(|ids| !ids.is_empty())
    }

    /// Whether a row is selected, tracked.
    #[must_use]
    pub fn has(self, id: ConversationId) -> bool {
        self.ids.with(|ids| ids.contains(&id))
    }

    /// Whether any is.
    #[must_use]
    pub fn any(self) -> bool {
        self.ids.with_untracked(|ids| !ids.is_empty())
    }

    /// Begins to select.
    pub fn begin(self) {
        self.picking.set(true);
    }

    /// Selects nothing any more.
    pub fn end(self) {
        self.ids.set(Vec::new());
        self.picking.set(false);
        self.anchor.set_value(None);
        self.failed.set(0);
        self.error.set(None);
    }

    /// Selects a row, or not any more; with `range`, all rows up to it from the last one.
    pub fn toggle(self, id: ConversationId, range: bool) {
        let anchor = self.anchor.get_value().filter(|_| range);
        let between = anchor.and_then(|anchor| {
            self.inbox.rows.with_untracked(|rows| {
                let at = |id| rows.iter().position(|row: &Row| row.id == id);
                let (a, b) = (at(anchor)?, at(id)?);
                let ids = rows[a.min(b)..=a.max(b)].iter().map(|row| row.id);
                Some(ids.collect::<Vec<_>>())
            })
        });
        self.ids.update(|ids| match between {
            Some(between) => {
                let known: HashSet<_> = ids.iter().copied().collect();
                ids.extend(between.into_iter().filter(|id| !known.contains(id)));
            }
            None => match ids.iter().position(|known| *known == id) {
                Some(at) => drop(ids.remove(at)),
                None => ids.push(id),
            },
        });
        self.anchor.set_value(Some(id));
    }

    /// Those that are in the list, tracked: what has left it is selected no more.
    fn rows(self) -> Vec<Row> {
        let ids: HashSet<_> = self.ids.with(|ids| ids.iter().copied().collect());
        self.inbox.rows.with(|rows| {
            let picked = rows.iter().filter(|row| ids.contains(&row.id));
            picked.cloned().collect()
        })
    }

    /// Does something to all of them, and offers to undo it.
    pub fn triage(self, action: Triage) {
        let all = untrack(|| self.rows());
        let backs = all
            .iter()
            .filter_map(|row| {
                let back = row
                    .summary
                    .with_untracked(|before| back_of(before, action))?;
                Some(of(row.id, back))
            })
            .collect();
        let all = all.into_iter().map(|row| of(row.id, action)).collect();
        self.run(action, all, backs);
    }

    fn run(self, action: Triage, all: Vec<TriageOf>, backs: Vec<TriageOf>) {
        if all.is_empty() || self.busy.try_get_untracked() != Some(false) {
            return;
        }
        self.busy.set(true);
        self.failed.set(0);
        let store = self.inbox.store.get_untracked();
        spawn_local(async move {
            let result = act_each(store, all).await;
            self.busy.try_set(false);
            match result {
                Ok(TriageDone { done, failed }) => {
                    self.error.try_set(None);
                    self.failed.try_set(failed.len());
                    let count = done.len();
                    for summary in done {
                        self.inbox.apply(summary);
                    }
                    if count == 0 {
                        return;
                    }
                    let text = said(action, count, browser::now());
                    let backs: Vec<_> = backs
                        .into_iter()
                        .filter(|back| !failed.contains(&back.conversation))
                        .collect();
                    match backs.first().map(|back| back.action) {
                        Some(back) => self.toasts.say_with_undo(text, move || {
                            self.run(back, backs.clone(), Vec::new());
                        }),
                        None => self.toasts.say(text),
                    }
                }
                Err(error) => drop(self.error.try_set(Some(error))),
            }
        });
    }
}

/// As many at once as one call takes.
async fn act_each(store: domain::ids::StoreId, all: Vec<TriageOf>) -> Result<TriageDone, AppError> {
    let mut result = TriageDone::default();
    for some in all.chunks(TRIAGE_MAX) {
        let TriageDone { done, failed } = api::act_each(store, some.to_vec()).await?;
        result.done.extend(done);
        result.failed.extend(failed);
    }
    Ok(result)
}

fn of(conversation: ConversationId, action: Triage) -> TriageOf {
    TriageOf {
        conversation,
        action,
    }
}

/// The page's [`Picks`].
#[must_use]
pub fn use_picks() -> Picks {
    expect_context()
}

lazy_views! {
    /// What can be done to the selected conversations; above the list while some are. It comes with
    /// the open conversation, to which the same can be done.
    PICK_BAR, thread, load_pick_bar, pick_bar => PickBar;
}

#[component]
fn PickBar() -> impl IntoView {
    let (picks, inbox) = (use_picks(), use_inbox());
    let rows = Memo::new(move |_| {
        let rows = picks.rows();
        rows.into_iter()
            .map(|row| row.summary.get())
            .collect::<Vec<_>>()
    });
    let count = Memo::new(move |_| rows.with(Vec::len));
    let is_all = Memo::new(move |_| {
        let shown = inbox.rows.with(Vec::len);
        shown > 0 && count.get() == shown
    });
    let reopens = move || inbox.view.get().tab == Tab::Resolved;
    // While something is being done a menu stays open, and keeps the focus.
    let is_empty = Signal::derive(move || count.get() == 0);
    let none = Signal::derive(move || is_empty.get() || picks.busy.get());
    let subject = Subject {
        act: Callback::new(move |action| picks.triage(action)),
        error: picks.error,
        is_snoozed: Signal::derive(move || inbox.view.get().tab == Tab::Snoozed),
        is_spam: Signal::derive(move || inbox.view.get().tab == Tab::Spam),
        is_blocked: Signal::stored(false),
        assignee: Signal::derive(move || {
            rows.with(|rows| {
                let first = rows.first()?.assignee_id;
                let same = rows.iter().all(|row| row.assignee_id == first);
                same.then_some(first)
            })
        }),
        tags: Signal::derive(move || {
            rows.with(|rows| {
                let Some((first, others)) = rows.split_first() else {
                    return Vec::new();
                };
                let of_all = |tag: &TagId| others.iter().all(|row| row.tags.contains(tag));
                first.tags.iter().copied().filter(of_all).collect()
            })
        }),
        is_terse: true,
    };
    let resolve = move |()| {
        picks.triage(if reopens() {
            Triage::Reopen
        } else {
            Triage::Resolve
        });
    };
    let pick_all = move |_| {
        let all = match is_all.get_untracked() {
            true => Vec::new(),
            false => inbox
                .rows
                .with_untracked(|rows| rows.iter().map(|row| row.id).collect()),
        };
        picks.begin();
        picks.ids.set(all);
    };
    view! {
        <div class="picks" role="toolbar" aria-label="Selected conversations">
            <label class="picks-all">
                <input
                    type="checkbox"
                    aria-label="Select all that are shown"
                    prop:checked=is_all
                    prop:indeterminate=move || { count.get() > 0 && !is_all.get() }
                    on:change=pick_all
                />
                <span role="status">{move || format!("{} selected", count.get())}</span>
            </label>
            {move || {
                let (glyph, label) = match reopens() {
                    true => (Glyph::Reopen, "Reopen (e)"),
                    false => (Glyph::Check, "Resolve (e)"),
                };
                view! { <IconButton glyph label disabled=none on_press=resolve/> }
            }}
            <span class="picks-menus" inert=is_empty>
                <SnoozeMenu subject/>
                <AssignMenu subject/>
                <TagMenu subject/>
            </span>
            <IconButton
                glyph=Glyph::CheckCheck
                label="Mark as read"
                disabled=none
                on_press=move |()| picks.triage(Triage::Read)
            />
            <span class="picks-menus" inert=is_empty>
                <MoreMenu subject/>
            </span>
            <IconButton
                glyph=Glyph::Close
                label="End selecting (Esc)"
                on_press=move |()| {
                    picks.end();
                    browser::focus(".inbox-select");
                }
            />
        </div>
        <p class="picks-error is-error" role="alert">
            {move || {
                picks
                    .error
                    .get()
                    .map(|error| error.text())
                    .or_else(|| {
                        match picks.failed.get() {
                            0 => None,
                            1 => Some("One of them couldn't be changed.".to_owned()),
                            n => Some(format!("{n} of them couldn't be changed.")),
                        }
                    })
            }}
        </p>
    }
    .into_any()
}
