//! The widget's REST interface, and the messages in it.

use super::{INDIGO, conversation, full_message, id, pin, plain_message};
use crate::{
    ids::{ConversationId, MessageId},
    settings::Position,
    texts::WidgetTexts,
    widget_api::{
        Config, ConversationStarted, History, Identified, Identify, NewMessage, Page, ReadUpTo,
        SendCode, StartConversation, VerifyCode, VisitorDetails,
    },
};

fn new_message() -> NewMessage {
    NewMessage {
        id: id(1),
        body: "Where is my order?".into(),
        attachment_ids: vec![id(3)],
    }
}

#[test]
fn config() {
    let config = Config {
        enabled: true,
        store_name: "Lamps".into(),
        position: Position::BottomRight,
        side_spacing: 20,
        bottom_spacing: 24,
        colour: INDIGO,
        text_colour: INDIGO.text(),
        greeting: "👋 Hi!".into(),
        offline_message: "We're away.".into(),
        response_time: "We reply within an hour".into(),
        pre_chat_form: true,
        locale: "en".into(),
        // Their names are the interface, not their words.
        texts: WidgetTexts::default(),
    };
    pin("config", &[config]);
}

#[test]
fn starting_a_conversation() {
    let full = StartConversation {
        id: id(2),
        visitor: VisitorDetails {
            name: Some("Jane".into()),
            email: Some("jane@example.com".into()),
            locale: Some("en-GB".into()),
        },
        page: Page {
            url: Some("https://shop.example.com/lamps".into()),
            title: Some("Lamps".into()),
        },
        message: Some(new_message()),
        identity: Some("header.claims.signature".into()),
    };
    let bare = StartConversation {
        id: id(2),
        visitor: VisitorDetails::default(),
        page: Page::default(),
        message: None,
        identity: None,
    };
    pin("start_conversation", &[full, bare]);
}

#[test]
fn a_start_needs_no_more_than_an_id() {
    let json = r#"{"id":"01890000-0000-7000-8000-000000000002","later":1}"#;
    let start: StartConversation = serde_json::from_str(json).expect("a start");
    assert_eq!(start.id, id::<ConversationId>(2));
    assert_eq!(start.visitor, VisitorDetails::default());
    assert_eq!(start.message, None);
}

#[test]
fn a_conversation_that_was_started() {
    let started = ConversationStarted {
        conversation: conversation(),
        token: "a-token".into(),
        messages: vec![plain_message()],
    };
    pin("conversation_started", &[started]);
}

#[test]
fn telling_who_is_asking() {
    let identify = Identify {
        token: "header.claims.signature".into(),
    };
    pin("identify", &[identify]);
    let identified = Identified {
        conversation: conversation(),
        token: "a-token".into(),
    };
    pin("identified", &[identified]);
}

#[test]
fn codes_by_email() {
    let send = SendCode {
        email: "jane@example.com".into(),
    };
    pin("send_code", &[send]);
    let verify = VerifyCode {
        code: "123456".into(),
    };
    pin("verify_code", &[verify]);
}

#[test]
fn messages_to_be_sent() {
    let text = NewMessage::text(id::<MessageId>(1), "Where is my order?");
    pin("new_message", &[new_message(), text]);
}

#[test]
fn messages() {
    pin("message", &[full_message(), plain_message()]);
}

#[test]
fn history() {
    let history = History {
        conversation: conversation(),
        messages: vec![plain_message()],
        last_seq: 2,
        merged_into: None,
    };
    let moved = History {
        merged_into: Some(id(8)),
        ..history.clone()
    };
    pin("history", &[history, moved]);
}

#[test]
fn reading() {
    pin("read_up_to", &[ReadUpTo { seq: 3 }]);
}
