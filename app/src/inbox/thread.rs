//! `/stores/:store/inbox/:conversation`

use super::{
    api,
    composer::Composer,
    context_panel::ContextPanel,
    draft::{Draft, NewestOrder},
    message::{Grouped, MessageView, OutgoingView},
    search::{Target, follow_target, use_target},
    state::use_inbox,
    thread_header::ThreadHeader,
    thread_state::{Outgoing, ThreadState, use_thread},
};
use crate::{
    browser,
    commands::{Command, use_commands},
    error::AppError,
    resource::from_server,
    session::use_store,
    ui::{
        Button, Each, FormError, Glyph, Icon, Loaded, Look, RowSkeleton,
        time::{Civil, use_clock},
    },
};
use domain::{
    conversation::Status,
    ids::{ConversationId, StoreId},
    inbox::{Thread, Triage},
    message::Message,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The open conversation.
#[component]
pub fn ThreadPage() -> impl IntoView {
    let store = use_store();
    let params = use_params_map();
    let id = Memo::new(move |_| {
        params.with(|params| {
            params
                .get("conversation")
                .and_then(|id| id.parse::<ConversationId>().ok())
        })
    });
    let Target(target) = use_target();
    let thread = from_server(
        // Another message of the same conversation is found where it is.
        move || (store.id(), id.get(), target.get_untracked()),
        |(store, id, target)| async move {
            match (id, target) {
                (Some(id), Some(message)) => api::thread_at(store, id, message).await,
                (Some(id), None) => api::open_thread(store, id, None).await,
                (None, _) => Err(AppError::not_found()),
            }
        },
    );
    view! {
        <Loaded
            resource=thread
            skeleton=|| {
                view! {
                    <section class="thread">
                        <RowSkeleton rows=5/>
                    </section>
                }
                    .into_any()
            }
            view=move |thread| {
                let asked = id.get_untracked();
                view! { <ThreadView store=store.id_now() asked thread/> }
            }
        />
    }
    .into_any()
}

#[component]
fn ThreadView(store: StoreId, asked: Option<ConversationId>, thread: Thread) -> impl IntoView {
    let drafts = thread.drafts.clone();
    let state = ThreadState::provide(store, asked, thread);
    follow_target(state);
    let details_open = RwSignal::new(false);
    let draft = Draft::new(store, state.id, drafts);
    on_cleanup(move || draft.leave());
    NewestOrder::provide();
    offer(state);
    view! {
        <section class="thread" class:shows-details=details_open aria-label="Conversation">
            <div class="thread-main">
                <ThreadHeader details_open/>
                <FormError error=state.error/>
                <div class="thread-scroll" tabindex="0" role="log" aria-label="Messages">
                    <div class="thread-inner">
                        <Earlier/>
                        <Messages draft/>
                        <Activity/>
                    </div>
                </div>
                <Composer draft/>
            </div>
            <ContextPanel details_open/>
        </section>
    }
    .into_any()
}

/// What the palette can do to the open conversation.
fn offer(thread: ThreadState) {
    let (commands, inbox) = (use_commands(), use_inbox());
    Effect::new(move |_| {
        let (status, ai_active) = thread.conversation.with(|c| (c.status, c.ai_active));
        let me = inbox.desk.with(|desk| desk.as_ref().map(|desk| desk.me));
        let command = |name: &str, key, glyph, run: Callback<()>| Command {
            name: name.to_owned(),
            about: "this conversation",
            key,
            glyph,
            run,
        };
        let does = |action| Callback::new(move |()| thread.triage(action));
        let writes = |is_note| {
            Callback::new(move |()| {
                if let Some(write) = inbox.write.get_value() {
                    write.run(is_note);
                }
            })
        };
        let mut more = vec![
            command("Reply", "r", Glyph::Send, writes(false)),
            command("Write a note", "n", Glyph::Lock, writes(true)),
            match status {
                Status::Resolved => command("Reopen", "e", Glyph::Reopen, does(Triage::Reopen)),
                _ => command("Resolve", "e", Glyph::Check, does(Triage::Resolve)),
            },
            match ai_active {
                true => command("Turn the AI off", "", Glyph::Sparkles, does(Triage::AiOff)),
                false => command("Turn the AI on", "", Glyph::Sparkles, does(Triage::AiOn)),
            },
        ];
        if let Some(me) = me {
            more.push(command(
                "Assign to me",
                "",
                Glyph::Person,
                does(Triage::Assign(me)),
            ));
        }
        for (name, key, glyph) in [
            ("Snooze", "s", Glyph::Clock),
            ("Assign", "a", Glyph::Person),
            ("Tag", "t", Glyph::Tag),
        ] {
            let open = Callback::new(move |()| browser::open_menu(key));
            more.push(command(name, key, glyph, open));
        }
        commands.offer(more);
    });
}

#[component]
fn Earlier() -> impl IntoView {
    let thread = use_thread();
    view! {
        <Show when=move || thread.has_earlier.get()>
            <div class="thread-earlier">
                <Button
                    look=Look::Quiet
                    busy=thread.loading_earlier
                    on_press=move |()| thread.load_earlier()
                >
                    "Earlier messages"
                </Button>
            </div>
        </Show>
    }
    .into_any()
}

/// What stands in the thread, from top to bottom.
#[derive(Debug, Clone, PartialEq)]
enum Line {
    Day(Civil),
    /// What follows wasn't read when the thread was opened.
    New,
    Message(Box<Grouped>),
}

#[component]
fn Messages(draft: Draft) -> impl IntoView {
    let thread = use_thread();
    let Target(target) = expect_context();
    let clock = use_clock();
    let lines = Memo::new(move |_| {
        thread
            .messages
            .with(|messages| lines(messages, thread.unread_seq, |at| clock.civil(at)))
    });
    Effect::new(move |_| {
        // Where the address points at a message, that one is shown.
        if thread.unread_seq > 0 && target.get_untracked().is_none() {
            request_animation_frame(|| browser::reveal(NEW));
        }
    });
    view! {
        <ol class="messages">
            <Each
                each=move || lines.get()
                key=|line| match line {
                    Line::Day(day) => format!("{}-{}-{}", day.year, day.month, day.day),
                    Line::New => NEW.to_owned(),
                    Line::Message(grouped) => {
                        format!("{} {} {}", grouped.message.id, grouped.first, grouped.last)
                    }
                }
                let:line
            >
                {match line {
                    Line::Day(day) => view! { <DayDivider day/> }.into_any(),
                    Line::New => {
                        view! {
                            <li class="day day-new" id=NEW>
                                <span>"New messages"</span>
                            </li>
                        }
                            .into_any()
                    }
                    Line::Message(grouped) => view! { <MessageView grouped=*grouped/> }.into_any(),
                }}
            </Each>
            <Each
                each=move || thread.outgoing.get()
                key=|outgoing| {
                    format!("{} {} {}", outgoing.id, outgoing.is_held, outgoing.failure.is_some())
                }
                let:outgoing
            >
                <OutgoingView outgoing on_edit=Callback::new(move |outgoing: Outgoing| {
                    draft.put(outgoing.is_note, outgoing.body);
                })/>
            </Each>
        </ol>
    }
    .into_any()
}

/// The id of the line before what wasn't read.
const NEW: &str = "new-messages";

/// Messages with their groups, the days between them, and a line before the message of the
/// place `unread_seq`, if there is one.
fn lines(messages: &[Message], unread_seq: i64, civil: impl Fn(i64) -> Civil) -> Vec<Line> {
    let mut lines = Vec::with_capacity(messages.len() + 4);
    let joins = |a: &Message, b: &Message| {
        a.voice().goes_on_in(&b.voice()) && civil(a.created_at).same_day(civil(b.created_at))
    };
    let mut previous: Option<&Message> = None;
    for (at, message) in messages.iter().enumerate() {
        let day = civil(message.created_at);
        if previous.is_none_or(|previous| !civil(previous.created_at).same_day(day)) {
            lines.push(Line::Day(day));
        }
        if message.seq == unread_seq {
            lines.push(Line::New);
        }
        let next = messages.get(at + 1);
        lines.push(Line::Message(Box::new(Grouped {
            first: message.seq == unread_seq
                || previous.is_none_or(|previous| !joins(previous, message)),
            last: next.is_none_or(|next| next.seq == unread_seq || !joins(message, next)),
            message: message.clone(),
        })));
        previous = Some(message);
    }
    lines
}

#[component]
fn DayDivider(day: Civil) -> impl IntoView {
    let clock = use_clock();
    let name = move || {
        let now = clock.now();
        let today = clock.civil(now);
        if day.same_day(today) {
            "Today".to_owned()
        } else if day.same_day(clock.civil(now - 24 * 60 * 60_000)) {
            "Yesterday".to_owned()
        } else {
            day.date(today.year)
        }
    };
    view! {
        <li class="day">
            <span>{name}</span>
        </li>
    }
    .into_any()
}

/// Who is at it right now.
#[component]
fn Activity() -> impl IntoView {
    let thread = use_thread();
    view! {
        <div class="activity" aria-live="polite">
            <Show when=move || thread.visitor_typing.get()>
                <p class="typing">
                    <span class="dots" aria-hidden="true">
                        <i></i>
                        <i></i>
                        <i></i>
                    </span>
                    {move || thread.conversation.with(|c| format!("{} is typing", c.visitor.label()))}
                </p>
            </Show>
            {move || {
                let typing = thread.colleagues.typing();
                typing
                    .into_iter()
                    .map(|text| {
                        view! {
                            <p class="typing">
                                <span class="dots" aria-hidden="true">
                                    <i></i>
                                    <i></i>
                                    <i></i>
                                </span>
                                {text}
                            </p>
                        }
                    })
                    .collect_view()
            }}
            <Show when=move || thread.ai_thinking.get()>
                <p class="typing typing-ai">
                    <Icon glyph=Glyph::Sparkles/>
                    "AI is looking for an answer"
                    <span class="dots" aria-hidden="true">
                        <i></i>
                        <i></i>
                        <i></i>
                    </span>
                </p>
            </Show>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::MessageId;
    use domain::message::Sender;

    fn message(seq: i64, sender: Sender, created_at: i64) -> Message {
        Message {
            id: MessageId::generate(),
            conversation_id: ConversationId::generate(),
            seq,
            sender,
            kind: domain::message::MessageKind::Text,
            data: None,
            body: "Hello".into(),
            created_at,
            read_at: None,
            attachments: vec![],
            agent_name: None,
            answer_kind: None,
            ai: None,
            sentiment: None,
        }
    }

    #[test]
    fn messages_are_grouped_by_sender_time_and_day() {
        let day = 24 * 60 * 60_000;
        let messages = [
            message(1, Sender::Customer, 0),
            message(2, Sender::Customer, 1_000),
            message(3, Sender::Ai, 2_000),
            message(4, Sender::Ai, 62_000),
            message(5, Sender::Ai, day),
        ];
        let shape: Vec<_> = lines(&messages, 4, Civil::utc)
            .into_iter()
            .map(|line| match line {
                Line::Day(_) => (0, true, true),
                Line::New => (-1, true, true),
                Line::Message(grouped) => (grouped.message.seq, grouped.first, grouped.last),
            })
            .collect();
        assert_eq!(
            shape,
            [
                (0, true, true),
                (1, true, false),
                (2, false, true),
                (3, true, true),
                (-1, true, true),
                (4, true, true),
                (0, true, true),
                (5, true, true),
            ]
        );
    }
}
