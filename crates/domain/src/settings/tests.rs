use super::*;

fn chat(change: impl FnOnce(&mut Chat)) -> Section {
    let mut chat = Chat::default();
    change(&mut chat);
    chat.into()
}

fn look(change: impl FnOnce(&mut Look)) -> Section {
    let mut look = Look::default();
    change(&mut look);
    look.into()
}

#[test]
fn a_new_store_is_switched_off() {
    let settings = StoreSettings::default();
    assert!(!settings.chat.enabled);
    assert!(!settings.ai.enabled);
}

#[test]
fn the_defaults_can_be_saved_as_they_are() {
    for name in SectionName::ALL {
        let section = StoreSettings::default().section(name);
        assert_eq!(section.name(), name);
        assert_eq!(section.clone().validated(), Ok(section));
    }
}

#[test]
fn sections_of_an_older_version_still_read() {
    for name in SectionName::ALL {
        let read = Section::from_json(name, r#"{"unknown":1}"#).expect("readable");
        assert_eq!(read, StoreSettings::default().section(name));
    }
    let read = Section::from_json(SectionName::Chat, r#"{"enabled":true}"#).expect("readable");
    assert_eq!(read, chat(|chat| chat.enabled = true));
}

#[test]
fn what_is_stored_reads_back() {
    for section in [
        look(|look| look.position = Position::BottomLeft),
        chat(|chat| chat.allowed_origins = vec!["https://shop.example".into()]),
        Ai {
            enabled: true,
            without_model: WithoutModel::Silent,
        }
        .into(),
        Orders {
            lookup_check: OrderLookupCheck::NumberAndEmail,
            full_details_for_number_alone: false,
            number_examples: vec!["SD-1001".into()],
        }
        .into(),
    ] {
        let json = section.to_json().expect("JSON");
        let read = Section::from_json(section.name(), &json).expect("readable");
        assert_eq!(read, section);
        let mut settings = StoreSettings::default();
        settings.set(read);
        assert_eq!(settings.section(section.name()), section);
    }
}

#[test]
fn out_of_range_values_name_their_field() {
    let too_long = "x".repeat(501);
    for (field, section) in [
        ("side_spacing", look(|look| look.side_spacing = 201)),
        ("bottom_spacing", look(|look| look.bottom_spacing = 201)),
        ("greeting", chat(|chat| chat.greeting = " ".into())),
        (
            "offline_message",
            chat(|chat| chat.offline_message = too_long.clone()),
        ),
        (
            "response_time",
            chat(|chat| chat.response_time = too_long.clone()),
        ),
        (
            "response_promise_minutes",
            chat(|chat| chat.response_promise_minutes = Some(0)),
        ),
        (
            "allowed_origins",
            chat(|chat| chat.allowed_origins = vec!["shop.example.com".into()]),
        ),
    ] {
        let refused = section.validated().map_err(|invalid| invalid.field);
        assert_eq!(refused, Err(field.to_owned()));
    }
}

#[test]
fn keeping_mine_keeps_what_i_left_alone_as_theirs() {
    let base = chat(|_| {});
    let mine = chat(|chat| chat.greeting = "Mine".into());
    let theirs = chat(|chat| {
        chat.greeting = "Theirs".into();
        chat.enabled = true;
    });
    let kept = merged(&base, &mine, &theirs).expect("one section");
    assert_eq!(
        kept,
        chat(|chat| {
            chat.greeting = "Mine".into();
            chat.enabled = true;
        })
    );
}

#[test]
fn different_sections_are_not_merged() {
    assert!(merged(&chat(|_| {}), &chat(|_| {}), &look(|_| {})).is_err());
}
