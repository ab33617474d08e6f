//! The list of conversations that the inbox shows.

use super::api;
use crate::{
    error::AppError,
    live::{Live, use_connection},
};
use domain::{
    events::{Noun, ServerEvent},
    ids::{ConversationId, StoreId, UserId},
    inbox::{ConversationSummary, Desk, InboxCursor, InboxPage, InboxView},
    tag::Tag,
};
use leptos::{prelude::*, task::spawn_local};
use std::{
    collections::{HashMap, HashSet},
    future::Future,
};

/// One row; it changes in place while the list moves around it.
#[derive(Debug, Clone)]
pub struct Row {
    /// The conversation.
    pub id: ConversationId,
    /// What is known of it.
    pub summary: ArcRwSignal<ConversationSummary>,
}

/// The list, shared by its column and the open thread.
#[derive(Debug, Clone, Copy)]
pub struct InboxState {
    /// The store, tracked.
    pub store: Signal<StoreId>,
    /// What it shows, tracked.
    pub view: Signal<InboxView>,
    /// The conversation in the address, tracked.
    pub selected: Signal<Option<ConversationId>>,
    /// Newest message first.
    pub rows: RwSignal<Vec<Row>>,
    /// Who works in it, once the list was asked for.
    pub desk: RwSignal<Option<Desk>>,
    /// How to get the rows after these.
    pub next: RwSignal<Option<InboxCursor>>,
    /// Whether those are being fetched.
    pub loading_more: RwSignal<bool>,
    /// Why that failed.
    pub error: RwSignal<Option<AppError>>,
    /// What the key `e` does, while a thread is open.
    pub toggle_resolved: StoredValue<Option<Callback<()>>>,
    /// Up to where this page has read conversations. An answer that was on its
    /// way meanwhile doesn't know.
    read_here: StoredValue<HashMap<ConversationId, i64>>,
    /// What events have changed since the list was last asked for again: of
    /// these the answer may know less.
    changed_meanwhile: StoredValue<HashSet<ConversationId>>,
}

impl InboxState {
    /// Makes an empty list available to all components below, and keeps it
    /// current once it is filled.
    pub fn provide(
        store: Signal<StoreId>,
        view: Signal<InboxView>,
        selected: Signal<Option<ConversationId>>,
    ) -> Self {
        let state = Self {
            store,
            view,
            selected,
            rows: RwSignal::new(Vec::new()),
            desk: RwSignal::new(None),
            next: RwSignal::new(None),
            loading_more: RwSignal::new(false),
            error: RwSignal::new(None),
            toggle_resolved: StoredValue::new(None),
            read_here: StoredValue::new(HashMap::new()),
            changed_meanwhile: StoredValue::new(HashSet::new()),
        };
        provide_context(state);
        use_connection().on_event(move |event| state.hear(event));
        Live::new(move || state.first_page())
            .refetch_on(|event| event.is_change_of(Noun::Tags))
            .taken_by(move |page| state.fill(page));
        state
    }

    /// Shows the first page. Rows that are there stay and change: what is drawn
    /// already follows their signals.
    pub fn fill(self, page: InboxPage) {
        let known: HashMap<_, _> = self
            .rows
            .get_untracked()
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        let rows = page.rows.into_iter().map(|summary| {
            let Some(row) = known.get(&summary.id) else {
                return self.row(summary);
            };
            let is_older = self.changed_meanwhile.with_value(|changed| {
                changed.contains(&row.id)
                    && row
                        .summary
                        .with_untracked(|shown| summary.last_seq < shown.last_seq)
            });
            if !is_older {
                row.summary.set(self.without_what_was_read(summary));
            }
            row.clone()
        });
        self.rows.set(rows.collect());
        self.desk.set(Some(page.desk));
        self.next.set(page.next);
        self.error.set(None);
    }

    /// Takes in what an event says.
    fn hear(self, event: ServerEvent) {
        if let ServerEvent::Conversation(summary) = event {
            self.apply(summary);
        }
    }

    /// A conversation is new or has changed.
    pub fn apply(self, summary: ConversationSummary) {
        if self.is_gone() {
            return;
        }
        self.changed_meanwhile.update_value(|changed| {
            changed.insert(summary.id);
        });
        let Some(me) = self
            .desk
            .with_untracked(|desk| desk.as_ref().map(|desk| desk.me))
        else {
            return;
        };
        let belongs = self.view.get_untracked().shows(&summary, me);
        let known = self
            .rows
            .with_untracked(|rows| rows.iter().find(|row| row.id == summary.id).cloned());
        match (belongs, known) {
            (true, Some(known)) => {
                let (before, shown) = known
                    .summary
                    .with_untracked(|old| (old.last_message_at, old.last_seq));
                // Events may come the other way round.
                if summary.last_seq < shown {
                    return;
                }
                let after = summary.last_message_at;
                known.summary.set(self.without_what_was_read(summary));
                if before != after {
                    self.rows.update(|rows| sort(rows));
                }
            }
            (true, None) => {
                // What belongs below the last row shown comes with its page.
                let beyond = self.next.with_untracked(|next| {
                    next.is_some_and(|next| summary.last_message_at < next.last_message_at)
                });
                if !beyond {
                    self.rows.update(|rows| {
                        rows.push(self.row(summary));
                        sort(rows);
                    });
                }
            }
            (false, Some(known)) => self
                .rows
                .update(|rows| rows.retain(|row| row.id != known.id)),
            (false, None) => {}
        }
    }

    /// The first page as it is by now, unless another list is open by then.
    fn first_page(self) -> impl Future<Output = Option<InboxPage>> {
        let (store, view) = (self.store.get_untracked(), self.view.get_untracked());
        self.changed_meanwhile.update_value(HashSet::clear);
        async move {
            let page = api::list(store, view, None).await.ok()?;
            let is_current =
                self.store.try_get_untracked()? == store && self.view.try_get_untracked()? == view;
            is_current.then_some(page)
        }
    }

    /// Fetches the rows after these.
    pub fn load_more(self) {
        let Some(after) = self.next.get_untracked() else {
            return;
        };
        let (store, view) = (self.store.get_untracked(), self.view.get_untracked());
        self.loading_more.set(true);
        spawn_local(async move {
            let page = api::list(store, view, Some(after)).await;
            if self.loading_more.try_set(false).is_some()
                || self.next.get_untracked() != Some(after)
            {
                return;
            }
            match page {
                Ok(page) => {
                    self.rows.update(|rows| {
                        for summary in page.rows {
                            if !rows.iter().any(|row| row.id == summary.id) {
                                rows.push(self.row(summary));
                            }
                        }
                    });
                    self.next.set(page.next);
                    self.error.set(None);
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    /// The team has read a conversation up to `seq`, on this page.
    pub fn mark_read(self, id: ConversationId, seq: i64) {
        if self.is_gone() {
            return;
        }
        self.read_here.update_value(|read| {
            let known = read.entry(id).or_default();
            *known = seq.max(*known);
        });
        let row = self
            .rows
            .with_untracked(|rows| rows.iter().find(|row| row.id == id).cloned());
        if let Some(row) = row {
            let summary = row.summary.get_untracked();
            row.summary.set(self.without_what_was_read(summary));
        }
    }

    /// Answers may come when another page is open.
    fn is_gone(self) -> bool {
        self.rows.try_with_untracked(|_| ()).is_none()
    }

    fn without_what_was_read(self, mut summary: ConversationSummary) -> ConversationSummary {
        let read = self
            .read_here
            .with_value(|read| read.get(&summary.id).copied());
        if read.is_some_and(|read| read >= summary.last_seq) {
            summary.unread = 0;
        }
        summary
    }

    fn row(self, summary: ConversationSummary) -> Row {
        let summary = self.without_what_was_read(summary);
        Row {
            id: summary.id,
            summary: ArcRwSignal::new(summary),
        }
    }

    /// What somebody of the team is called here, tracked; nothing while nobody is known.
    #[must_use]
    pub fn name_of(self, id: UserId) -> String {
        self.desk.with(|desk| match desk {
            Some(desk) if desk.me == id => "You".to_owned(),
            Some(desk) => desk.name_of(id).to_owned(),
            None => String::new(),
        })
    }

    /// The tags of the store, by name, tracked.
    #[must_use]
    pub fn tags(self) -> Vec<Tag> {
        self.desk
            .with(|desk| desk.as_ref().map(|desk| desk.tags.clone()))
            .unwrap_or_default()
    }

    /// The conversation `by` rows below the selected one, or the first.
    #[must_use]
    pub fn neighbour(self, by: isize) -> Option<ConversationId> {
        self.rows.with_untracked(|rows| {
            let selected = self.selected.get_untracked();
            let at = rows.iter().position(|row| Some(row.id) == selected);
            match at {
                Some(at) => at.checked_add_signed(by).and_then(|at| rows.get(at)),
                None => rows.first(),
            }
            .map(|row| row.id)
        })
    }
}

/// The page's [`InboxState`].
#[must_use]
pub fn use_inbox() -> InboxState {
    expect_context()
}

fn sort(rows: &mut [Row]) {
    rows.sort_by_key(|row| {
        std::cmp::Reverse(
            row.summary
                .with_untracked(|summary| (summary.last_message_at, summary.id)),
        )
    });
}
