//! The frames of the WebSocket.

use super::{AT, conversation, each_variant, full_message, id, inbox_row, pin};
use crate::{
    events::{
        AiActivity, AiState, Changed, ClientFrame, Close, Colleague, Cursors, Doing, Hello, HereIn,
        Mention, Noun, Open, Read, Seen, ServerEvent, Side, Skipped, Typing, TypingIn,
    },
    presence::{Presence, PresenceOf},
    problem::{self, Cause},
};

#[test]
fn client_frames() {
    let conversation_id = id(2);
    let frames = each_variant!(ClientFrame {
        Hello => ClientFrame::Hello(Hello {
            token: Some("a-token".into()),
            store: Some(id(6)),
            cursors: Cursors::from_iter([(conversation_id, 7)]),
        }),
        Open => ClientFrame::Open(Open { conversation_id, after_seq: 7 }),
        Close => ClientFrame::Close(Close { conversation_id }),
        Typing => ClientFrame::Typing(TypingIn { conversation_id }),
        Here => ClientFrame::Here(HereIn { conversation_id, doing: Doing::Arriving }),
        Ping => ClientFrame::Ping {},
    });
    pin("client_frames", &frames);
}

#[test]
fn server_events() {
    let conversation_id = id(2);
    let typing = Typing {
        conversation_id,
        by: Side::Agent,
        name: Some("Maya".into()),
    };
    let events = each_variant!(ServerEvent {
        Ready => ServerEvent::Ready {},
        Message => ServerEvent::Message(full_message()),
        Skipped => ServerEvent::Skipped(Skipped { conversation_id, seq: 4 }),
        Read => ServerEvent::Read(Read { conversation_id, by: Side::Agent, seq: 3, at: AT }),
        Typing => ServerEvent::Typing(typing),
        Colleague => ServerEvent::Colleague(Colleague {
            conversation_id,
            user: id(7),
            name: "Maya".into(),
            doing: Doing::Replying,
        }),
        Mention => ServerEvent::Mention(Mention {
            conversation_id,
            message_id: id(3),
            seq: 4,
            user: id(7),
            by: Some("Maya".into()),
            excerpt: "@Jo, can you look?".into(),
        }),
        Seen => ServerEvent::Seen(Seen { conversation_id, user: id(7), seq: 4 }),
        Presence => ServerEvent::Presence(PresenceOf { user: id(7), presence: Presence::Away }),
        Status => ServerEvent::Status(conversation()),
        Conversation => ServerEvent::Conversation(inbox_row()),
        Ai => ServerEvent::Ai(AiActivity { conversation_id, state: AiState::Thinking }),
        ConfigChanged => ServerEvent::ConfigChanged {},
        Changed => ServerEvent::Changed(Changed { what: Noun::Faq }),
        Pong => ServerEvent::Pong {},
        Error => ServerEvent::Error(Cause::NotFound(problem::Noun::Conversation).into()),
    });
    pin("server_events", &events);
    let doing = each_variant!(Doing {
        Arriving,
        Looking,
        Replying,
        Noting,
        Leaving,
    });
    pin("doing", &doing);
}
