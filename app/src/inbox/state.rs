//! The list of conversations that the inbox shows.

use super::{api, window::Window};
use crate::{
    browser,
    error::AppError,
    live::{Live, use_connection},
};
use domain::{
    UnixMillis,
    events::{Noun, ServerEvent},
    ids::{ConversationId, StoreId, UserId},
    inbox::{ConversationSummary, Desk, InboxCursor, InboxPage, InboxView, Narrow, Who},
    presence::Presence,
    tag::Tag,
};
use leptos::{prelude::*, task::spawn_local};
use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
    time::Duration,
};

/// How long after it moved the pointer is about to click, in milliseconds.
const POINTING: UnixMillis = 2_000;
/// Up to how far down the list is at its top, in pixels.
const AT_TOP: i32 = 8;
/// So far from its end the list fetches more, in pixels: before somebody who scrolls is there.
const NEAR_END: i32 = 2_000;
/// How high a row is thought to be before any was measured, in pixels.
const USUAL_HEIGHT: i32 = 90;
/// How many pages are asked for again at most, for rows that somebody has scrolled to.
const PAGES_AGAIN: usize = 10;

/// One row; it changes in place while the list moves around it.
#[derive(Debug, Clone)]
pub struct Row {
    /// The conversation.
    pub id: ConversationId,
    /// What is known of it. Its `unread` are those that whoever looks at it hasn't read.
    pub summary: ArcRwSignal<ConversationSummary>,
    /// How high it was when it stood in the page, in pixels; until then, how high rows usually are.
    height: Arc<AtomicI32>,
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.summary == other.summary
    }
}

impl Row {
    /// How high it is, in pixels, as far as that is known.
    #[must_use]
    pub fn height(&self) -> i32 {
        self.height.load(Ordering::Relaxed)
    }
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
    /// In the order of the view.
    pub rows: RwSignal<Vec<Row>>,
    /// The same by their conversations.
    known: StoredValue<HashMap<ConversationId, Row>>,
    /// Which of them stand in the page.
    pub window: RwSignal<Window>,
    /// How high a row is on the average, in pixels, once that was measured.
    usual_height: StoredValue<Option<i32>>,
    /// Who works in it, once the list was asked for.
    pub desk: RwSignal<Option<Desk>>,
    /// How to get the rows after these.
    pub next: RwSignal<Option<InboxCursor>>,
    /// Whether those are being fetched.
    pub loading_more: RwSignal<bool>,
    /// Why that failed.
    pub error: RwSignal<Option<AppError>>,
    /// Conversations that are new or come to another place, while somebody looks at rows that
    /// would jump.
    pub held: RwSignal<Vec<ConversationSummary>>,
    /// Whether the list is scrolled down.
    scrolled: StoredValue<bool>,
    /// When the pointer last moved over the list.
    pointed_at: StoredValue<UnixMillis>,
    /// Where the open conversation last stood in the list.
    selected_at: StoredValue<usize>,
    /// What the key `e` does, while a thread is open.
    pub toggle_resolved: StoredValue<Option<Callback<()>>>,
    /// What the keys `r` and `n` do: begin a reply, or a note.
    pub write: StoredValue<Option<Callback<bool>>>,
    /// Up to where this page has read conversations. An answer that was on its
    /// way meanwhile doesn't know.
    read_here: StoredValue<HashMap<ConversationId, i64>>,
    /// How many customer messages nobody had read when a conversation was last told of.
    teams_unread: StoredValue<HashMap<ConversationId, i64>>,
    /// How often the list was asked for again.
    asked: StoredValue<u64>,
    /// What events have changed, and how often the list had been asked for then: of what came
    /// after its question an answer may know less.
    changed: StoredValue<HashMap<ConversationId, u64>>,
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
            known: StoredValue::new(HashMap::new()),
            window: RwSignal::new(Window::default()),
            usual_height: StoredValue::new(None),
            desk: RwSignal::new(None),
            next: RwSignal::new(None),
            loading_more: RwSignal::new(false),
            error: RwSignal::new(None),
            held: RwSignal::new(Vec::new()),
            scrolled: StoredValue::new(false),
            pointed_at: StoredValue::new(0),
            selected_at: StoredValue::new(0),
            toggle_resolved: StoredValue::new(None),
            write: StoredValue::new(None),
            read_here: StoredValue::new(HashMap::new()),
            teams_unread: StoredValue::new(HashMap::new()),
            asked: StoredValue::new(0),
            changed: StoredValue::new(HashMap::new()),
        };
        provide_context(state);
        use_connection().on_event(move |event| state.hear(event));
        Effect::new(move |_| {
            let selected = state.selected.get();
            let at = state
                .rows
                .with(|rows| rows.iter().position(|row| Some(row.id) == selected));
            if let Some(at) = at {
                state.selected_at.set_value(at);
            }
        });
        Live::new(move || state.rows_again())
            .refetch_on(move |event| {
                event.is_change_of(Noun::Tags)
                    || event.is_change_of(Noun::Conversations)
                    || state.is_about_mentions(event)
            })
            .taken_by(move |(page, asked)| state.catch_up(page, asked));
        state
    }

    /// The list that an answer of the server fills: this one in the browser, one of its own on the
    /// server. There the thread is drawn at the same time by another thread of execution, and a
    /// signal that is being written can't be read: leptos ends the drawing. So what stands beside
    /// the rows finds the list empty there.
    #[must_use]
    pub fn to_fill(self) -> Self {
        if cfg!(feature = "hydrate") {
            return self;
        }
        Self {
            rows: RwSignal::new(Vec::new()),
            known: StoredValue::new(HashMap::new()),
            desk: RwSignal::new(None),
            next: RwSignal::new(None),
            error: RwSignal::new(None),
            held: RwSignal::new(Vec::new()),
            ..self
        }
    }

    /// Shows the first page of a list. Rows that are there stay and change: what is drawn
    /// already follows their signals.
    pub fn fill(self, page: InboxPage) {
        let own_unread = page.own_unread;
        let rows = page.rows.into_iter().map(|summary| {
            let summary = self.listed(summary, &own_unread);
            let Some(row) = self.find(summary.id) else {
                return self.row(summary);
            };
            // An event may have come while the answer was on its way.
            if row
                .summary
                .with_untracked(|shown| shown.last_seq <= summary.last_seq)
            {
                row.summary.set(self.without_what_was_read(summary));
            }
            row
        });
        let rows: Vec<_> = rows.collect();
        let known = rows.iter().map(|row| (row.id, row.clone()));
        self.known.set_value(known.collect());
        self.rows.set(rows);
        self.held.set(Vec::new());
        self.sort();
        self.desk.set(Some(page.desk));
        self.next.set(page.next);
        self.error.set(None);
    }

    /// Takes in the list as it is by now, after events may have been missed. Rows that are there
    /// stay and change, and none moves while somebody looks at them.
    fn catch_up(self, page: InboxPage, asked: u64) {
        self.changed
            .update_value(|changed| changed.retain(|_, at| *at >= asked));
        // What events said since it was asked for is newer.
        let changed: HashSet<_> = self
            .changed
            .with_value(|changed| changed.keys().copied().collect());
        let listed: HashSet<_> = page.rows.iter().map(|summary| summary.id).collect();
        let (end, order) = (page.next, self.view.get_untracked().order());
        let is_below = |row: &Row| {
            let place = row.summary.with_untracked(|summary| order.place(summary));
            self.scrolled.get_value() && end.is_some_and(|end| place > end.place)
        };
        // What has just been seen is listed no more, and is being read.
        let stays = self
            .selected
            .get_untracked()
            .filter(|_| self.is_of_mentions());
        let (gone, below): (Vec<_>, Vec<_>) = self
            .rows
            .get_untracked()
            .into_iter()
            .filter(|row| !listed.contains(&row.id) && !changed.contains(&row.id))
            .filter(|row| Some(row.id) != stays)
            .partition(|row| !is_below(row));
        if !gone.is_empty() {
            self.remove(&gone.into_iter().map(|row| row.id).collect());
        }
        self.held.update(|held| {
            held.retain(|other| listed.contains(&other.id) || changed.contains(&other.id));
        });
        self.desk.set(Some(page.desk));
        if below.is_empty() {
            self.next.set(end);
        }
        self.error.set(None);
        for summary in page.rows {
            if !changed.contains(&summary.id) {
                self.take(self.listed(summary, &page.own_unread), true);
            }
        }
    }

    /// A conversation as a page lists it, with what whoever looks at it hasn't read.
    fn listed(
        self,
        mut summary: ConversationSummary,
        own_unread: &HashMap<ConversationId, i64>,
    ) -> ConversationSummary {
        self.note_teams_unread(&summary);
        if let Some(own) = own_unread.get(&summary.id) {
            summary.unread = *own;
        }
        summary
    }

    /// A conversation as everybody is told of it: what came since it was last told of is unread
    /// for whoever looks at it, whoever else has read it.
    fn told(self, mut summary: ConversationSummary) -> ConversationSummary {
        let teams = summary.unread;
        let before = self.note_teams_unread(&summary);
        if let (Some(own), Some(before)) = (self.own_unread(summary.id), before) {
            // Fewer than before: somebody has read those, and these came since.
            let came = if teams >= before {
                teams - before
            } else {
                teams
            };
            summary.unread = own + came;
        }
        summary
    }

    fn note_teams_unread(self, summary: &ConversationSummary) -> Option<i64> {
        self.teams_unread
            .try_update_value(|unread| unread.insert(summary.id, summary.unread))
            .flatten()
    }

    fn own_unread(self, id: ConversationId) -> Option<i64> {
        if let Some(row) = self.find(id) {
            return Some(row.summary.with_untracked(|shown| shown.unread));
        }
        self.held.with_untracked(|held| {
            let held = held.iter().find(|other| other.id == id);
            held.map(|summary| summary.unread)
        })
    }

    /// Whether only the server knows what the list shows.
    fn is_of_mentions(self) -> bool {
        self.view.get_untracked().who == Some(Who::Mentioned)
    }

    fn is_about_mentions(self, event: &ServerEvent) -> bool {
        let ServerEvent::Mention(mention) = event else {
            return false;
        };
        self.is_of_mentions() && self.is_me(mention.user)
    }

    /// Whether somebody is who looks at it.
    #[must_use]
    pub fn is_me(self, user: UserId) -> bool {
        self.me() == Some(user)
    }

    /// Takes in what an event says.
    fn hear(self, event: ServerEvent) {
        if self.is_gone() {
            return;
        }
        match event {
            ServerEvent::Conversation(summary) => {
                self.note_change(summary.id);
                self.take(self.told(summary), false);
            }
            // On another page of theirs.
            ServerEvent::Seen(seen) if self.is_me(seen.user) => {
                self.mark_read(seen.conversation_id, seen.seq);
            }
            ServerEvent::Presence(of) => {
                self.desk
                    .maybe_update(|desk| desk.as_mut().is_some_and(|desk| desk.note_presence(of)));
            }
            _ => {}
        }
    }

    /// Shows it now, or later where rows would move that somebody looks at. `is_listed` if the
    /// server has said that the list shows it.
    fn take(self, summary: ConversationSummary, is_listed: bool) {
        let is_sure = is_listed || self.holds(summary.id);
        let would_jump = || self.would_jump(&summary, is_sure);
        if self.is_looked_at() && (self.holds(summary.id) || would_jump()) {
            self.hold(summary);
        } else {
            self.show(summary, is_sure);
        }
    }

    fn holds(self, id: ConversationId) -> bool {
        self.held
            .with_untracked(|held| held.iter().any(|other| other.id == id))
    }

    fn note_change(self, id: ConversationId) {
        let asked = self.asked.get_value();
        self.changed.update_value(|changed| {
            changed.insert(id, asked);
        });
    }

    /// Whether somebody reads further down, or is about to click.
    fn is_looked_at(self) -> bool {
        let pointed = browser::now() - self.pointed_at.get_value() < POINTING;
        self.scrolled.get_value() || pointed
    }

    /// Whether rows would move if it was shown as it is now.
    fn would_jump(self, summary: &ConversationSummary, is_listed: bool) -> bool {
        let known = self.find(summary.id);
        let view = self.view.get_untracked();
        self.belongs(summary, is_listed || known.is_some())
            && match known {
                Some(row) => row.summary.with_untracked(|shown| {
                    view.order().place(shown) != view.order().place(summary)
                }),
                None => self.is_above_the_last(summary),
            }
    }

    /// Whether the view shows it. Of notes that speak to somebody only the server knows; what is
    /// read stays in a list of what is unread until that is asked for again.
    fn belongs(self, summary: &ConversationSummary, is_known: bool) -> bool {
        let view = self.view.get_untracked();
        let view = view.narrowed(Narrow::Unread, view.unread && !is_known);
        let may_be = is_known || !self.is_of_mentions();
        may_be && self.me().is_some_and(|me| view.shows(summary, me))
    }

    /// Whether rows that are shown belong below it.
    fn is_above_the_last(self, summary: &ConversationSummary) -> bool {
        let order = self.view.get_untracked().order();
        let last = self.rows.with_untracked(|rows| {
            // One that is held back knows its new place already.
            let last = rows.iter().rev().find(|row| !self.holds(row.id))?;
            Some(last.summary.with_untracked(|last| order.place(last)))
        });
        last.is_some_and(|last| last > order.place(summary))
    }

    fn hold(self, summary: ConversationSummary) {
        let id = summary.id;
        if let Some(row) = self.find(id) {
            row.summary.set(self.without_what_was_read(summary.clone()));
        }
        self.held.update(|held| {
            held.retain(|other| other.id != id);
            held.push(summary);
        });
        self.release_when_calm();
    }

    /// Shows what was held back, once nobody looks at what would jump.
    fn release_when_calm(self) {
        set_timeout(
            move || {
                let holds = self.held.try_with_untracked(|held| !held.is_empty());
                match holds {
                    Some(true) if !self.is_looked_at() => self.release(),
                    // Scrolling up says so by itself.
                    Some(true) if !self.scrolled.get_value() => self.release_when_calm(),
                    _ => {}
                }
            },
            Duration::from_millis(500),
        );
    }

    /// Shows what was held back.
    pub fn release(self) {
        let held = self.held.get_untracked();
        self.held.set(Vec::new());
        for summary in held {
            self.show(summary, true);
        }
        self.sort();
    }

    /// The list was scrolled: so far, with so much left below.
    pub fn scrolled_to(self, top: i32, below: i32) {
        self.scrolled.set_value(top > AT_TOP);
        let holds = self.held.with_untracked(|held| !held.is_empty());
        if holds && top <= AT_TOP {
            self.release();
        }
        let has_more = self.next.with_untracked(Option::is_some);
        // After a failure somebody has to ask for it.
        let goes_on = self.error.with_untracked(Option::is_none);
        if below < NEAR_END && has_more && goes_on && !self.loading_more.get_untracked() {
            self.load_more();
        }
    }

    /// The pointer moves over the list.
    pub fn pointed(self) {
        self.pointed_at.set_value(browser::now());
    }

    /// A conversation is new or has changed.
    pub fn apply(self, summary: ConversationSummary) {
        if self.is_gone() {
            return;
        }
        self.note_change(summary.id);
        self.show(self.told(summary), false);
    }

    fn show(self, summary: ConversationSummary, is_listed: bool) {
        if self.me().is_none() {
            return;
        }
        let view = self.view.get_untracked();
        let known = self.find(summary.id);
        // Events may come the other way round.
        let shown = known
            .as_ref()
            .map(|row| row.summary.with_untracked(|shown| shown.last_seq));
        if shown.is_some_and(|shown| summary.last_seq < shown) {
            return;
        }
        let belongs = self.belongs(&summary, is_listed || known.is_some());
        // What was held back of it is older; its row knows its new place already.
        let was_held = self.holds(summary.id);
        if was_held {
            self.held
                .update(|held| held.retain(|other| other.id != summary.id));
        }
        match (belongs, known) {
            (true, Some(known)) => {
                let before = known
                    .summary
                    .with_untracked(|shown| view.order().place(shown));
                let after = view.order().place(&summary);
                known.summary.set(self.without_what_was_read(summary));
                if before != after || was_held {
                    self.sort();
                }
            }
            (true, None) => {
                if !self.is_beyond(&summary) {
                    self.add(vec![self.row(summary)]);
                    self.sort();
                }
            }
            (false, Some(known)) => self.remove(&HashSet::from([known.id])),
            (false, None) => {}
        }
    }

    /// The rows as they are by now, unless another list is open by then: the first page, and
    /// for somebody who has scrolled as far as is shown. With the number of the question.
    fn rows_again(self) -> impl Future<Output = Option<(InboxPage, u64)>> {
        let (store, view) = (self.store.get_untracked(), self.view.get_untracked());
        let shown = match self.scrolled.get_value() {
            true => self.rows.with_untracked(Vec::len),
            false => 0,
        };
        let asked = self.asked.get_value() + 1;
        self.asked.set_value(asked);
        async move {
            let mut page = api::list(store, view, None).await.ok()?;
            for _ in 1..PAGES_AGAIN {
                if page.next.is_none() || page.rows.len() >= shown {
                    break;
                }
                let more = api::list(store, view, page.next).await.ok()?;
                page.rows.extend(more.rows);
                page.own_unread.extend(more.own_unread);
                page.next = more.next;
            }
            let is_current =
                self.store.try_get_untracked()? == store && self.view.try_get_untracked()? == view;
            is_current.then_some((page, asked))
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
                    let own_unread = page.own_unread;
                    let new = page.rows.into_iter().filter_map(|summary| {
                        let summary = self.listed(summary, &own_unread);
                        self.find(summary.id).is_none().then(|| self.row(summary))
                    });
                    self.add(new.collect());
                    self.next.set(page.next);
                    self.error.set(None);
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    /// Whoever looks at it has read a conversation up to `seq`.
    pub fn mark_read(self, id: ConversationId, seq: i64) {
        if self.is_gone() {
            return;
        }
        self.read_here.update_value(|read| {
            let known = read.entry(id).or_default();
            *known = seq.max(*known);
        });
        if let Some(row) = self.find(id) {
            let summary = row.summary.get_untracked();
            row.summary.set(self.without_what_was_read(summary));
        }
    }

    /// The row of a conversation, if it is in the list.
    #[must_use]
    pub fn find(self, id: ConversationId) -> Option<Row> {
        self.known.with_value(|known| known.get(&id).cloned())
    }

    /// Who looks at it, once that is known.
    fn me(self) -> Option<UserId> {
        self.desk
            .with_untracked(|desk| desk.as_ref().map(|desk| desk.me))
    }

    /// What belongs below the last row shown comes with its page.
    fn is_beyond(self, summary: &ConversationSummary) -> bool {
        let place = self.view.get_untracked().order().place(summary);
        self.next
            .with_untracked(|next| next.is_some_and(|next| place > next.place))
    }

    fn sort(self) {
        // Rows that are held back know their new place already, and must not take it yet.
        if self.held.with_untracked(|held| !held.is_empty()) {
            return;
        }
        let order = self.view.get_untracked().order();
        self.rows.update(|rows| {
            rows.sort_by_key(|row| {
                let place = row.summary.with_untracked(|summary| order.place(summary));
                (place, Reverse(row.id))
            });
        });
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
        let height = self.usual_height.get_value().unwrap_or(USUAL_HEIGHT);
        Row {
            id: summary.id,
            summary: ArcRwSignal::new(summary),
            height: Arc::new(AtomicI32::new(height)),
        }
    }

    /// Adds rows at the end.
    fn add(self, new: Vec<Row>) {
        self.known.update_value(|known| {
            known.extend(new.iter().map(|row| (row.id, row.clone())));
        });
        self.rows.update(|rows| rows.extend(new));
    }

    fn remove(self, gone: &HashSet<ConversationId>) {
        self.known
            .update_value(|known| known.retain(|id, _| !gone.contains(id)));
        self.rows
            .update(|rows| rows.retain(|row| !gone.contains(&row.id)));
    }

    /// Keeps how high rows are, as they stand in the page.
    pub fn measured(self, heights: &[(ConversationId, i32)]) {
        self.known.with_value(|known| {
            for (id, height) in heights {
                if let Some(row) = known.get(id) {
                    row.height.store(*height, Ordering::Relaxed);
                }
            }
        });
        let count = i32::try_from(heights.len()).unwrap_or(i32::MAX);
        let sum: i32 = heights.iter().map(|(_, height)| height).sum();
        if let Some(usual) = sum.checked_div(count) {
            self.usual_height.set_value(Some(usual));
        }
    }

    /// Whether no row was measured yet.
    #[must_use]
    pub fn is_unmeasured(self) -> bool {
        self.usual_height.get_value().is_none()
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

    /// As [`Self::name_of`], and whether they are not there, tracked.
    #[must_use]
    pub fn presented(self, id: UserId) -> String {
        let name = self.name_of(id);
        let presence = self
            .desk
            .with(|desk| desk.as_ref().map(|desk| desk.presence_of(id)));
        match presence {
            Some(presence) if presence != Presence::Available => {
                format!("{name} · {}", presence.name().to_lowercase())
            }
            _ => name,
        }
    }

    /// The tags of the store, by name, tracked.
    #[must_use]
    pub fn tags(self) -> Vec<Tag> {
        self.desk
            .with(|desk| desk.as_ref().map(|desk| desk.tags.clone()))
            .unwrap_or_default()
    }

    /// The conversation below the `focused` one, or above it; of the selected one, if none is
    /// focused: the address follows a moment later. The first if there is neither. Of one that has
    /// left the list: what stands in its place, or above that.
    #[must_use]
    pub fn neighbour(
        self,
        focused: Option<ConversationId>,
        is_below: bool,
    ) -> Option<ConversationId> {
        self.rows.with_untracked(|rows| {
            let selected = focused.or(self.selected.get_untracked());
            let at = rows.iter().position(|row| Some(row.id) == selected);
            let next = match (at, is_below) {
                _ if selected.is_none() => Some(0),
                (Some(at), true) => Some(at + 1),
                (None, true) => Some(self.selected_at.get_value()),
                (Some(at), false) => at.checked_sub(1),
                (None, false) => self.selected_at.get_value().checked_sub(1),
            };
            let row = next.and_then(|at| rows.get(at));
            row.map(|row| row.id)
        })
    }
}

/// The page's [`InboxState`].
#[must_use]
pub fn use_inbox() -> InboxState {
    expect_context()
}
