//! One open conversation: its messages, what is on its way, who is typing.

use super::{
    api,
    colleagues::Colleagues,
    outbox::{self, Kept},
    state::{InboxState, use_inbox},
    triage::{Subject, back_of, said},
};
use crate::{
    browser,
    error::AppError,
    live::{Connection, Live, use_connection},
    ui::{toast::Toasts, use_toasts},
};
use domain::{
    UnixMillis,
    conversation::Status,
    events::{AiState, Noun, ServerEvent, Side, TYPING_SECONDS},
    ids::{ConversationId, MessageId, StoreId},
    inbox::{ConversationSummary, Thread, Triage},
    message::{Message, MessageKind, Sender},
};
use leptos::{
    ev, leptos_dom::helpers::TimeoutHandle, prelude::*, server_fn::ServerFn, task::spawn_local,
};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use std::time::Duration;

/// How long a thread is in sight before it counts as read: who walks through the list hasn't
/// read what flies past.
const DWELL: Duration = Duration::from_secs(1);

/// The AI is thought to have given up after this long without a word.
const THINKING_TIME: Duration = Duration::from_secs(30);

/// How long a reply can be taken back, for those who want that.
const HOLD: Duration = Duration::from_secs(5);

/// A reply that the server hasn't confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Made here; a retry carries the same.
    pub id: MessageId,
    /// The text.
    pub body: String,
    /// Whether it is a note.
    pub is_note: bool,
    /// When it was written.
    pub at: UnixMillis,
    /// Whether it waits, so that it can be taken back.
    pub is_held: bool,
    /// Why it didn't arrive; `None` while it is on its way.
    pub failure: Option<AppError>,
}

/// The open conversation, shared by header, thread, composer and panel.
#[derive(Debug, Clone, Copy)]
pub struct ThreadState {
    /// The store.
    pub store: StoreId,
    /// The conversation.
    pub id: ConversationId,
    /// What is known of it.
    pub conversation: RwSignal<ConversationSummary>,
    /// Its messages, by `seq`.
    pub messages: RwSignal<Vec<Message>>,
    /// Whether there are messages before those.
    pub has_earlier: RwSignal<bool>,
    /// Whether they are being fetched.
    pub loading_earlier: RwSignal<bool>,
    /// Replies on their way.
    pub outgoing: RwSignal<Vec<Outgoing>>,
    /// The shopper is typing.
    pub visitor_typing: RwSignal<bool>,
    /// The AI is looking for an answer.
    pub ai_thinking: RwSignal<bool>,
    /// Why the last action failed.
    pub error: RwSignal<Option<AppError>>,
    /// Whether a change of status is under way.
    pub changing: RwSignal<bool>,
    inbox: InboxState,
    connection: Connection,
    live: Live<Thread>,
    toasts: Toasts,
    typing_timer: StoredValue<Option<TimeoutHandle>>,
    thinking_timer: StoredValue<Option<TimeoutHandle>>,
    marked_seq: StoredValue<i64>,
    /// Up to where whoever looks at it has read it before.
    own_read_seq: StoredValue<i64>,
    /// The place of the first message that they hadn't read when they opened it; 0 if there was
    /// none.
    pub unread_seq: i64,
    /// The place of the last note that speaks to whoever looks at it, and that they hadn't seen.
    mentioned_seq: RwSignal<i64>,
    /// Who else is there.
    pub colleagues: Colleagues,
    /// Shows the conversation that this one was merged into.
    lead: Callback<ConversationId>,
}

impl ThreadState {
    /// Makes the conversation available to all components below, and follows
    /// it as long as they are there.
    pub fn provide(store: StoreId, asked: Option<ConversationId>, thread: Thread) -> Self {
        let id = thread.conversation.id;
        let own_read_seq = StoredValue::new(read_before(&thread));
        let state = Self {
            store,
            id,
            conversation: RwSignal::new(thread.conversation),
            messages: RwSignal::new(thread.messages),
            has_earlier: RwSignal::new(thread.has_earlier),
            loading_earlier: RwSignal::new(false),
            outgoing: RwSignal::new(Vec::new()),
            visitor_typing: RwSignal::new(false),
            ai_thinking: RwSignal::new(false),
            error: RwSignal::new(AppError::posted("api/app/inbox/")),
            changing: RwSignal::new(false),
            inbox: use_inbox(),
            connection: use_connection(),
            live: Live::new(move || async move { api::open_thread(store, id, None).await.ok() }),
            toasts: use_toasts(),
            typing_timer: StoredValue::new(None),
            thinking_timer: StoredValue::new(None),
            marked_seq: StoredValue::new(0),
            own_read_seq,
            unread_seq: thread.unread_seq,
            mentioned_seq: RwSignal::new(thread.mentioned_seq),
            colleagues: Colleagues::follow(id, use_inbox(), use_connection()),
            lead: lead_from(asked.unwrap_or(id)),
        };
        provide_context(state);
        state.connection.on_event(move |event| state.hear(event));
        state.live.taken_by(move |thread| state.take(thread));
        Effect::new(move |_| state.start());
        state
            .connection
            .on_connect(move || state.resend_unreached());
        state.mark_read_while_visible();
        if asked.is_some_and(|asked| asked != id) {
            Effect::new(move |_| state.lead.run(id));
        }
        state
    }

    fn start(self) {
        self.connection.follow(self.id, self.last_seq());
        self.inbox
            .toggle_resolved
            .set_value(Some(Callback::new(move |()| self.toggle_resolved())));
        let leaving = window_event_listener(ev::pagehide, move |_| self.hand_over_held());
        on_cleanup(move || {
            leaving.remove();
            for id in self.take_held() {
                self.deliver(id);
            }
            self.connection.leave(self.id);
            self.inbox.toggle_resolved.try_set_value(None);
        });
        let stored = self.messages.with_untracked(|messages| {
            messages
                .iter()
                .map(|message| message.id)
                .collect::<Vec<_>>()
        });
        let unsent = outbox::kept(self.id)
            .into_iter()
            .filter(|kept| {
                let arrived = stored.contains(&kept.id);
                if arrived {
                    outbox::forget(self.id, kept.id);
                }
                !arrived
            })
            .map(|kept| Outgoing {
                id: kept.id,
                body: kept.body,
                is_note: kept.is_note,
                at: browser::now(),
                is_held: false,
                failure: Some(AppError::unreachable()),
            })
            .collect::<Vec<_>>();
        if !unsent.is_empty() {
            self.outgoing.set(unsent);
        }
    }

    /// Up to where whoever is at this page had read it when it was opened.
    pub fn read_upto(self) -> i64 {
        self.own_read_seq.get_value()
    }

    /// Who else has answered the shopper after the message of this number, if anybody has.
    #[must_use]
    pub fn answered_since(self, seq: i64, me: Option<&str>) -> Option<String> {
        self.messages.with_untracked(|messages| {
            let mut newest = messages
                .iter()
                .rev()
                .take_while(|message| message.seq > seq);
            newest
                .find(|message| {
                    message.sender == Sender::Agent && message.agent_name.as_deref() != me
                })
                .map(|message| {
                    message
                        .agent_name
                        .clone()
                        .unwrap_or_else(|| "Somebody".to_owned())
                })
        })
    }

    /// The number of the last message.
    #[must_use]
    pub fn last_seq(self) -> i64 {
        self.messages
            .with_untracked(|messages| messages.last().map_or(0, |message| message.seq))
    }

    fn hear(self, event: ServerEvent) {
        match event {
            ServerEvent::Message(message) if message.conversation_id == self.id => {
                if message.sender == Sender::Customer {
                    self.visitor_typing.set(false);
                }
                if message.sender == Sender::Ai {
                    self.ai_thinking.set(false);
                }
                if message.seq > self.last_seq() + 1 {
                    self.live.refetch();
                } else {
                    self.insert(vec![message]);
                }
            }
            ServerEvent::Conversation(summary) if summary.id == self.id => {
                // Events may come the other way round.
                let shown = self.conversation.with_untracked(|shown| shown.last_seq);
                if summary.last_seq >= shown {
                    self.conversation.set(summary);
                }
            }
            ServerEvent::Read(read) if read.conversation_id == self.id => {
                self.conversation.update(|conversation| match read.by {
                    Side::Visitor => {
                        conversation.visitor_read_seq = conversation.visitor_read_seq.max(read.seq);
                    }
                    Side::Agent => {
                        conversation.agent_read_seq = conversation.agent_read_seq.max(read.seq);
                    }
                });
            }
            ServerEvent::Typing(typing)
                if typing.conversation_id == self.id && typing.by == Side::Visitor =>
            {
                show_for(
                    self.visitor_typing,
                    self.typing_timer,
                    Duration::from_secs(TYPING_SECONDS),
                );
            }
            ServerEvent::Mention(mention)
                if mention.conversation_id == self.id && self.inbox.is_me(mention.user) =>
            {
                self.mentioned_seq
                    .update(|seq| *seq = mention.seq.max(*seq));
            }
            ServerEvent::Ai(activity) if activity.conversation_id == self.id => {
                match activity.state {
                    AiState::Thinking => {
                        show_for(self.ai_thinking, self.thinking_timer, THINKING_TIME)
                    }
                    AiState::Done => self.ai_thinking.set(false),
                }
            }
            event if event.is_change_of(Noun::Conversations) => self.look_whether_deleted(),
            _ => {}
        }
    }

    /// A connection that asks for a conversation that isn't there is ended: one that was
    /// deleted is followed no more.
    fn look_whether_deleted(self) {
        spawn_local(async move {
            match api::open_thread(self.store, self.id, None).await {
                Err(error) if error.problem.status == 404 => {
                    self.connection.leave(self.id);
                    let _ = self.error.try_set(Some(error));
                }
                Ok(thread) if thread.conversation.id != self.id => {
                    self.lead_on(thread.conversation.id);
                }
                _ => {}
            }
        });
    }

    /// Unless the page is another one by now.
    fn lead_on(self, id: ConversationId) {
        self.connection.leave(self.id);
        let _ = self.lead.try_run(id);
    }

    /// Adds messages in their places; those that are there already stay once.
    fn insert(self, new: Vec<Message>) {
        for message in &new {
            if self
                .outgoing
                .with_untracked(|all| all.iter().any(|o| o.id == message.id))
            {
                self.outgoing
                    .update(|all| all.retain(|o| o.id != message.id));
                outbox::forget(self.id, message.id);
            }
        }
        self.messages.update(|messages| {
            for message in new {
                if message.kind == MessageKind::Unmerged
                    && let Some(merged) = message.data.as_ref().and_then(|data| data.merged)
                {
                    messages.retain(|known| !merged.has(known.seq));
                }
                match messages.binary_search_by_key(&message.seq, |known| known.seq) {
                    Ok(at) => messages[at] = message,
                    Err(at) => messages.insert(at, message),
                }
            }
        });
        self.connection.arrived(self.id, self.last_seq());
    }

    /// Takes in the newest messages, after events were missed. If they don't
    /// join on to the ones here, they replace them.
    fn take(self, thread: Thread) {
        if thread.conversation.id != self.id {
            return self.lead_on(thread.conversation.id);
        }
        self.own_read_seq.set_value(read_before(&thread));
        self.conversation.set(thread.conversation);
        self.mentioned_seq.set(thread.mentioned_seq);
        let joins = thread
            .messages
            .first()
            .is_none_or(|first| first.seq <= self.last_seq() + 1);
        if !joins {
            self.messages.set(Vec::new());
            self.has_earlier.set(thread.has_earlier);
        }
        self.insert(thread.messages);
    }

    /// Whether a message is among those here.
    #[must_use]
    pub fn has(self, id: MessageId) -> bool {
        self.messages
            .with_untracked(|messages| messages.iter().any(|message| message.id == id))
    }

    /// Shows these messages in the place of those here; `false` if the page is another one by
    /// now.
    #[must_use]
    pub fn open_at(self, thread: Thread) -> bool {
        if self.messages.try_with_untracked(|_| ()).is_none() {
            return false;
        }
        self.messages.set(Vec::new());
        self.has_earlier.set(thread.has_earlier);
        self.insert(thread.messages);
        true
    }

    /// Fetches the messages before these.
    pub fn load_earlier(self) {
        let first = self
            .messages
            .with_untracked(|messages| messages.first().map(|message| message.seq));
        self.loading_earlier.set(true);
        spawn_local(async move {
            let result = api::open_thread(self.store, self.id, first).await;
            if self.loading_earlier.try_set(false).is_some() {
                return;
            }
            match result {
                Ok(thread) => {
                    self.has_earlier.set(thread.has_earlier);
                    self.insert(thread.messages);
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    /// Sends a reply, or holds it for a moment before. It is shown at once, and kept until it has
    /// arrived.
    pub fn send(self, body: String, is_note: bool, hold: bool) {
        let id = MessageId::generate();
        outbox::keep(
            self.id,
            Kept {
                id,
                body: body.clone(),
                is_note,
            },
        );
        self.outgoing.update(|all| {
            all.push(Outgoing {
                id,
                body,
                is_note,
                at: browser::now(),
                is_held: hold,
                failure: None,
            });
        });
        self.connection.stopped_typing();
        if hold {
            set_timeout(move || self.let_go(id), HOLD);
        } else {
            self.deliver(id);
        }
    }

    /// Sends a reply that is still held.
    pub fn let_go(self, id: MessageId) {
        let was_held = self.outgoing.try_update(|all| {
            let held = all.iter_mut().find(|o| o.id == id && o.is_held);
            held.map(|held| held.is_held = false).is_some()
        });
        if was_held == Some(true) {
            self.deliver(id);
        }
    }

    /// What is still held, and is held no more.
    fn take_held(self) -> Vec<MessageId> {
        let taken = self.outgoing.try_update(|all| {
            let held = all.iter_mut().filter(|o| o.is_held);
            held.map(|held| {
                held.is_held = false;
                held.id
            })
            .collect()
        });
        taken.unwrap_or_default()
    }

    /// The page goes: a request that it begins now would be cut off, but not a beacon. Should the
    /// page come back, what is sent again carries the same id.
    fn hand_over_held(self) {
        let held = self.outgoing.try_with_untracked(|all| {
            let held = all.iter().filter(|o| o.is_held);
            held.cloned().collect::<Vec<_>>()
        });
        for Outgoing { id, body, .. } in held.unwrap_or_default() {
            let fields = [
                ("store", self.store.to_string()),
                ("conversation", self.id.to_string()),
                ("id", id.to_string()),
                ("body", body),
            ];
            browser::send_beacon(api::Reply::url(), &fields);
        }
    }

    /// The reply that was sent last, if it is still held.
    #[must_use]
    pub fn newest_held(self) -> Option<MessageId> {
        self.outgoing.with_untracked(|all| {
            let held = all.iter().rfind(|o| o.is_held);
            held.map(|o| o.id)
        })
    }

    /// Tries to send a reply again.
    pub fn retry(self, id: MessageId) {
        self.set_failure(id, None);
        self.deliver(id);
    }

    /// Gives a reply up; it is returned.
    pub fn give_up(self, id: MessageId) -> Option<Outgoing> {
        let outgoing = self.find(id);
        outbox::forget(self.id, id);
        self.outgoing.update(|all| all.retain(|o| o.id != id));
        outgoing
    }

    fn find(self, id: MessageId) -> Option<Outgoing> {
        self.outgoing
            .with_untracked(|all| all.iter().find(|o| o.id == id).cloned())
    }

    /// Replies that failed because the server couldn't be reached go out once it can be.
    pub fn resend_unreached(self) {
        let unreached = self.outgoing.with_untracked(|all| {
            let failed = all.iter().filter(|o| {
                o.failure
                    .as_ref()
                    .is_some_and(|failure| *failure == AppError::unreachable())
            });
            failed.map(|o| o.id).collect::<Vec<_>>()
        });
        for id in unreached {
            self.retry(id);
        }
    }

    fn deliver(self, id: MessageId) {
        // While the thread is there: the reply is its.
        let delivery = self.delivery(id);
        spawn_local(delivery);
    }

    /// Gives a reply to the server.
    fn delivery(self, id: MessageId) -> impl Future<Output = ()> {
        let outgoing = self.outgoing.try_with_untracked(|all| {
            let outgoing = all.iter().find(|o| o.id == id);
            outgoing.map(|o| (o.body.clone(), o.is_note))
        });
        let (store, conversation) = (self.store, self.id);
        async move {
            let Some((body, is_note)) = outgoing.flatten() else {
                return;
            };
            match api::reply(store, conversation, id, body, Some(is_note)).await {
                Ok(message) => {
                    // Also when another conversation is on the page by now.
                    outbox::forget(conversation, id);
                    if self.outgoing.try_with_untracked(|_| ()).is_some() {
                        self.outgoing.update(|all| all.retain(|o| o.id != id));
                        self.take_reply(message);
                    }
                }
                Err(error) => self.set_failure(id, Some(error)),
            }
        }
    }

    fn take_reply(self, message: Message) {
        if message.seq > self.last_seq() + 1 {
            self.live.refetch();
        } else {
            self.insert(vec![message]);
        }
    }

    fn set_failure(self, id: MessageId, failure: Option<AppError>) {
        self.outgoing.try_update(|all| {
            if let Some(outgoing) = all.iter_mut().find(|o| o.id == id) {
                outgoing.failure = failure;
            }
        });
    }

    /// Resolves an open conversation, reopens a resolved one.
    pub fn toggle_resolved(self) {
        let status = self.conversation.with_untracked(|c| c.status);
        self.triage(match status {
            Status::Resolved => Triage::Reopen,
            Status::Open | Status::Snoozed => Triage::Resolve,
        });
    }

    /// Lets the AI answer here, or makes it quiet.
    pub fn toggle_ai(self) {
        let active = self.conversation.with_untracked(|c| c.ai_active);
        self.triage(if active { Triage::AiOff } else { Triage::AiOn });
    }

    /// What menus are about that stand beside it.
    #[must_use]
    pub fn subject(self) -> Subject {
        let conversation = self.conversation;
        Subject {
            act: Callback::new(move |action| self.triage(action)),
            error: self.error,
            is_snoozed: Signal::derive(move || conversation.with(|c| c.snoozed_until.is_some())),
            is_spam: Memo::new(move |_| conversation.with(|c| c.spam)).into(),
            is_blocked: Memo::new(move |_| conversation.with(|c| c.visitor.blocked)).into(),
            assignee: Memo::new(move |_| Some(conversation.with(|c| c.assignee_id))).into(),
            tags: Memo::new(move |_| conversation.with(|c| c.tags.clone())).into(),
            is_terse: false,
        }
    }

    /// Does it, and says so. What takes it out of sight can be undone.
    pub fn triage(self, action: Triage) {
        if self.changing.get_untracked() {
            return;
        }
        let back = self
            .conversation
            .with_untracked(|before| back_of(before, action));
        let held = self.take_held();
        if held.is_empty() {
            self.change(action, back);
            return;
        }
        // After what was said before: a reply to what is resolved would make the AI quiet.
        self.changing.set(true);
        let deliveries = held.into_iter().map(|id| self.delivery(id));
        let deliveries: Vec<_> = deliveries.collect();
        spawn_local(async move {
            for delivery in deliveries {
                delivery.await;
            }
            self.change(action, back);
        });
    }

    /// The thread may be gone when the answer comes; the list is still there.
    fn change(self, action: Triage, back: Option<Triage>) {
        self.changing.try_set(true);
        let (store, id, toasts) = (self.store, self.id, self.toasts);
        spawn_local(async move {
            let result = api::act(store, id, action).await;
            self.changing.try_set(false);
            match result {
                Ok(summary) => {
                    self.error.try_set(None);
                    if summary.id == id {
                        self.conversation.try_set(summary.clone());
                    } else if let Triage::Merge(_) = action {
                        self.lead_on(summary.id);
                    }
                    self.inbox.apply(summary);
                    let text = said(action, 1, browser::now());
                    match back {
                        Some(back) => {
                            toasts.say_with_undo(text, move || self.change(back, None));
                        }
                        None => toasts.say(text),
                    }
                }
                Err(error) => {
                    self.error.try_set(Some(error));
                }
            }
        });
    }

    /// What the shopper wrote is read once the thread is in sight.
    fn mark_read_while_visible(self) {
        let (visible, dwelled) = (RwSignal::new(false), RwSignal::new(false));
        Effect::new(move |_| {
            let dwell = move || {
                dwelled.try_set(true);
            };
            let dwelling = set_timeout_with_handle(dwell, DWELL);
            on_cleanup(move || {
                if let Ok(dwelling) = dwelling {
                    dwelling.clear();
                }
            });
        });
        Effect::new(move |_| {
            visible.set(browser::is_visible());
            let listener = window_event_listener(leptos::ev::visibilitychange, move |_| {
                visible.set(browser::is_visible());
            });
            on_cleanup(move || listener.remove());
        });
        Effect::new(move |_| {
            let (asked, last) = self.messages.with(|messages| {
                let asked = messages
                    .iter()
                    .rev()
                    .find(|message| message.sender == Sender::Customer);
                (
                    asked.map_or(0, |message| message.seq),
                    messages.last().map_or(0, |message| message.seq),
                )
            });
            let read = self
                .own_read_seq
                .get_value()
                .max(self.marked_seq.get_value());
            let is_new = asked > read || self.mentioned_seq.get() > self.marked_seq.get_value();
            if visible.get() && dwelled.get() && is_new {
                self.marked_seq.set_value(last);
                spawn_local(async move {
                    match api::mark_read(self.store, self.id, last).await {
                        Ok(()) => self.inbox.mark_read(self.id, last),
                        // The next message or the next look tries again.
                        Err(_) => drop(self.marked_seq.try_set_value(0)),
                    }
                });
            }
        });
    }
}

/// Up to where whoever asked for it had read it.
fn read_before(thread: &Thread) -> i64 {
    match thread.unread_seq {
        0 => thread.conversation.last_seq,
        first => first - 1,
    }
}

/// Opens another conversation in the place of one, at the same message, as if it had been asked
/// for.
fn lead_from(asked: ConversationId) -> Callback<ConversationId> {
    let (navigate, location) = (use_navigate(), use_location());
    Callback::new(move |id: ConversationId| {
        let path = location.pathname.get_untracked();
        let path = path.replace(&asked.to_string(), &id.to_string());
        let options = NavigateOptions {
            replace: true,
            ..NavigateOptions::default()
        };
        let search = location.search.get_untracked();
        navigate(&format!("{path}?{search}"), options);
    })
}

/// The page's [`ThreadState`].
#[must_use]
pub fn use_thread() -> ThreadState {
    expect_context()
}

fn show_for(flag: RwSignal<bool>, timer: StoredValue<Option<TimeoutHandle>>, time: Duration) {
    if let Some(earlier) = timer.get_value() {
        earlier.clear();
    }
    flag.set(true);
    let hide = move || {
        flag.try_set(false);
    };
    timer.set_value(set_timeout_with_handle(hide, time).ok());
}
