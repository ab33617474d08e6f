//! The settings, as they are stored and as they travel.

use super::{AT, INDIGO, each_variant, pin, pin_written};
use crate::settings::{
    Ai, Assignment, AssignmentRule, Chat, Look, OrderLookupCheck, Orders, Position, Revision,
    Section, SectionName, StoreSettings, StoredSection, StoredSettings, WithoutModel,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// One of each section, with nothing as it is by default.
fn sections() -> Vec<Section> {
    each_variant!(Section {
        Look => Section::Look(Look {
            position: Position::BottomLeft,
            side_spacing: 1,
            bottom_spacing: 2,
            colour: INDIGO,
        }),
        Chat => Section::Chat(Chat {
            enabled: true,
            greeting: "👋 Hi!".into(),
            offline_message: "We're away.".into(),
            response_time: "We reply within an hour".into(),
            response_promise_minutes: Some(30),
            pre_chat_form: true,
            allowed_origins: vec!["https://shop.example.com".into()],
        }),
        Ai => Section::Ai(Ai { enabled: true, without_model: WithoutModel::Silent }),
        Orders => Section::Orders(Orders {
            lookup_check: OrderLookupCheck::NumberAndEmail,
            full_details_for_number_alone: false,
            number_examples: vec!["SD-1001".into()],
        }),
        Assignment => Section::Assignment(Assignment {
            rule: AssignmentRule::RoundRobin,
            limit_per_person: 5,
        }),
    })
}

fn revision() -> Revision {
    Revision {
        version: 2,
        changed_by: Some("Maya".into()),
        changed_at: Some(AT),
    }
}

#[test]
fn sections_as_they_are_sent() {
    pin("sections_sent", &sections());
}

#[test]
fn sections_as_they_are_stored() {
    let stored: BTreeMap<SectionName, Value> = sections()
        .into_iter()
        .map(|section| {
            let json = section.to_json().expect("JSON");
            let read = Section::from_json(section.name(), &json).expect("what was written");
            assert_eq!(read, section);
            let json = serde_json::from_str(&json).expect("JSON");
            (section.name(), json)
        })
        .collect();
    pin_written("sections_stored", &stored);
}

#[test]
fn a_section_with_its_state() {
    let stored = |revision| StoredSection {
        section: Orders::default().into(),
        revision,
    };
    pin(
        "stored_section",
        &[stored(revision()), stored(Revision::default())],
    );
}

#[test]
fn all_settings_with_their_states() {
    let stored = StoredSettings {
        settings: StoreSettings::default(),
        revisions: SectionName::ALL
            .into_iter()
            .map(|name| (name, revision()))
            .collect(),
    };
    pin("stored_settings", &[stored]);
}
