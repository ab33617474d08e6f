//! Who is spoken to in a note: `@` and the name of somebody of the team.

use crate::{
    ids::{ConversationId, MessageId, StoreId, UserId},
    store::TeamMember,
};
use std::ops::Range;

/// Most people that one note speaks to; of more, the first.
pub const MENTIONS_MAX: usize = 20;

/// Where the dashboard shows a message.
#[must_use]
pub fn path(store: StoreId, conversation: ConversationId, message: MessageId) -> String {
    format!("/stores/{store}/inbox/{conversation}?message={message}")
}

/// The people whom a note speaks to, each once, in the order of the text.
#[must_use]
pub fn mentioned(text: &str, team: &[TeamMember]) -> Vec<UserId> {
    let mut people = Vec::new();
    for (_, person) in mentions(text, team) {
        if !people.contains(&person) && people.len() < MENTIONS_MAX {
            people.push(person);
        }
    }
    people
}

/// Where a note speaks to whom, in bytes from the `@` to the end of the name; no two overlap.
///
/// The `@` begins a word, the name is whole and in any case; of names that begin alike the
/// longest counts, and of two people with one name both are spoken to, at the same place.
#[must_use]
pub fn mentions(text: &str, team: &[TeamMember]) -> Vec<(Range<usize>, UserId)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find('@').map(|at| from + at) {
        from = at + 1;
        let begins_word = !text[..at].chars().next_back().is_some_and(is_of_word);
        if !begins_word {
            continue;
        }
        let named = team.iter().filter_map(|member| {
            let end = from + beginning(&text[from..], &member.name)?;
            let is_whole = !text[end..].chars().next().is_some_and(is_of_word);
            is_whole.then_some((end, member.id))
        });
        let named: Vec<_> = named.collect();
        if let Some(longest) = named.iter().map(|(end, _)| *end).max() {
            let longest_only = named.into_iter().filter(|(end, _)| *end == longest);
            found.extend(longest_only.map(|(end, person)| (at..end, person)));
            from = longest;
        }
    }
    found
}

/// How many bytes of `text` are `name`, in any case, if it begins with it.
fn beginning(text: &str, name: &str) -> Option<usize> {
    let mut rest = text.char_indices();
    let mut end = 0;
    for wanted in name.chars() {
        let (at, c) = rest.next()?;
        if c != wanted && !c.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
        end = at + c.len_utf8();
    }
    (end > 0).then_some(end)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{presence::Presence, role::Role};
    use proptest::prelude::*;

    fn team(names: &[&str]) -> Vec<TeamMember> {
        let members = names.iter().map(|name| TeamMember {
            id: UserId::generate(),
            name: (*name).to_owned(),
            role: Role::Agent,
            presence: Presence::default(),
        });
        members.collect()
    }

    fn names(text: &str, of: &[&str]) -> Vec<String> {
        let team = team(of);
        let people = mentioned(text, &team).into_iter();
        people
            .filter_map(|person| team.iter().find(|member| member.id == person))
            .map(|member| member.name.clone())
            .collect()
    }

    #[test]
    fn a_name_behind_an_at_is_spoken_to() {
        let of = ["Maya Chen", "Maya", "Jürgen Öz", "Bo"];
        for (text, spoken_to) in [
            ("@Maya Chen, can you look?", vec!["Maya Chen"]),
            ("@maya chen", vec!["Maya Chen"]),
            ("@Maya can you?", vec!["Maya"]),
            ("Ask (@JÜRGEN ÖZ) or @Bo.", vec!["Jürgen Öz", "Bo"]),
            ("@Bo @Bo @Maya", vec!["Bo", "Maya"]),
            ("@Bob", vec![]),
            ("bo@bo.example", vec![]),
            ("@ Bo", vec![]),
            ("@@Bo", vec!["Bo"]),
            ("@", vec![]),
        ] {
            assert_eq!(names(text, &of), spoken_to, "{text:?}");
        }
    }

    #[test]
    fn two_people_with_one_name_are_both_spoken_to() {
        assert_eq!(names("@Kim, please", &["Kim", "Kim"]), ["Kim", "Kim"]);
        // Somebody whose name is empty is nobody.
        assert_eq!(names("@ @", &[""]), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn places_are_in_the_text_and_in_order(text in "[@ aAbÖöß😀._]{0,60}", name in "[aAbÖöß 😀]{0,4}") {
            let team = team(&[&name, "a", "ab"]);
            let mut last = 0;
            for (place, person) in mentions(&text, &team) {
                prop_assert!(place.start >= last || person != team[0].id);
                prop_assert!(text[place.clone()].starts_with('@'));
                last = place.start;
            }
            prop_assert!(mentioned(&text, &team).len() <= 3);
        }
    }
}
