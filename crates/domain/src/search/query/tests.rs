use super::*;
use crate::search::index_tokens;
use proptest::prelude::*;
use std::collections::HashSet;

fn shown_in(query: &str, text: &str) -> Option<String> {
    let found = Query::parse(query)?.find(text, false)?;
    Some(show(&marked(text, &found.places)))
}

fn show(parts: &[Part]) -> String {
    let parts = parts.iter().map(|part| match part.mark {
        true => format!("[{}]", part.text),
        false => part.text.clone(),
    });
    parts.collect()
}

/// Whether an index of `tokens` has what is needed.
fn has(tokens: &HashSet<String>, need: &Need) -> bool {
    match need {
        Need::Token(token) => tokens.contains(token),
        Need::Prefix(prefix) => tokens.iter().any(|token| token.starts_with(prefix)),
        Need::All(all) => all.iter().all(|need| has(tokens, need)),
        Need::Any(any) => any.iter().any(|need| has(tokens, need)),
    }
}

#[test]
fn words_are_found_and_marked() {
    for (query, text, expected) in [
        ("refund", "A Refund, please", Some("A [Refund], please")),
        ("refu", "A Refund, please", Some("A [Refu]nd, please")),
        ("refu ", "A Refund, please", None),
        (
            "please refund",
            "A Refund, please",
            Some("A [Refund], [please]"),
        ),
        ("creme", "Crème brûlée", Some("[Crème] brûlée")),
        ("SD-1042", "is sd1042 here?", Some("is [sd1042] here?")),
        ("sd1042", "#SD-1042", Some("#[SD-1042]")),
        ("1042", "#SD-1042", Some("#SD-[1042]")),
        ("京都", "東京都へ", Some("東[京都]へ")),
        ("京東", "東京都へ", None),
        ("dont", "I don’t know", Some("I [don’t] know")),
        (
            "\"refund\" OR *",
            "A refund or not",
            Some("A [refund] [or] not"),
        ),
    ] {
        assert_eq!(
            shown_in(query, text).as_deref(),
            expected,
            "{query} in {text}"
        );
    }
}

#[test]
fn a_query_without_a_word_looks_for_nothing() {
    for typed in ["", "  ", "\"*\"", "( ) : ^", "\u{0}", "🙂"] {
        assert_eq!(Query::parse(typed), None, "{typed:?}");
    }
}

#[test]
fn names_may_be_mistyped_once() {
    let near = |query: &str, text| Query::parse(query).and_then(|query| query.find(text, true));
    for (query, text) in [
        ("Jhon Smith", "John Smith"),
        ("maya smiht", "Maya Smith"),
        ("1043", "#1042"),
        ("exmaple.com", "maya@example.com"),
    ] {
        assert!(near(query, text).is_some(), "{query} in {text}");
        assert!(
            Query::parse(query)
                .and_then(|query| query.find(text, false))
                .is_none()
        );
    }
    assert!(near("ana", "Ina").is_none());
    assert!(near("johann", "John").is_none());
}

#[test]
fn a_long_text_is_shown_around_what_was_found() {
    let text = format!("{} needle {}", "hay ".repeat(100), "straw ".repeat(100));
    let found = Query::parse("needle").and_then(|query| query.find(&text, false));
    let parts = extract(&text, &found.expect("found").places);
    let shown = show(&parts);
    assert!(
        shown.starts_with("…hay ") && shown.ends_with('…') && shown.contains("[needle]"),
        "{shown}"
    );
    assert!(shown.chars().count() < EXTRACT + 6);
}

#[test]
fn what_follows_one_another_is_a_phrase() {
    let phrase = |query: &str, text: &str| {
        let found = Query::parse(query).and_then(|query| query.find(text, false));
        found.map(|found| (found.is_phrase, found.is_whole))
    };
    assert_eq!(phrase("blue lamp", "a blue lamp"), Some((true, true)));
    assert_eq!(phrase("blue la", "a blue lamp"), Some((true, false)));
    assert_eq!(phrase("lamp blue", "a blue lamp"), Some((false, true)));
}

proptest! {
    #[test]
    fn whatever_a_text_shows_the_index_has(query in "[a-c1é京都 .-]{1,8}", text in "[a-c1é京都 .-]{0,24}") {
        if let Some(query) = Query::parse(&query)
            && query.find(&text, false).is_some()
        {
            // A beginning of one or two letters is looked for as a word.
            let short = query.words().last().is_some_and(|last| last.is_prefix && last.text.chars().count() < PREFIX_MIN);
            let short_part = query.words().last().is_some_and(|last| last.is_prefix && last.parts.last().is_some_and(|part| part.chars().count() < PREFIX_MIN));
            let tokens = index_tokens(&text).into_iter().collect();
            prop_assert!(short || short_part || has(&tokens, &query.need()), "{:?} in {:?}", query, tokens);
        }
    }

    #[test]
    fn a_word_of_a_text_finds_it(text in "[a-zé京都]{1,6}( [a-zé京都]{1,6}){0,4}", at in 0_usize..5) {
        let words: Vec<_> = text.split(' ').collect();
        let word = words[at % words.len()];
        let found = Query::parse(word).and_then(|query| query.find(&text, false));
        prop_assert!(found.is_some());
    }

    #[test]
    fn whatever_is_typed_and_stored_nothing_breaks(query in "\\PC{0,40}|.{0,40}", text in "\\PC{0,300}|.{0,100}") {
        if let Some(query) = Query::parse(&query) {
            let found = query.find(&text, true).unwrap_or(Found { places: vec![], is_whole: false, is_phrase: false });
            let whole: String = marked(&text, &found.places).into_iter().map(|part| part.text).collect();
            prop_assert_eq!(whole.chars().count(), text.chars().count());
            let _ = extract(&text, &found.places);
        }
    }

    #[test]
    fn accents_change_nothing(word in "[a-z]{3,8}") {
        let accented: String = word.chars().flat_map(|c| [c, '\u{301}']).collect();
        let found = Query::parse(&word).and_then(|query| query.find(&accented, false));
        prop_assert!(found.is_some_and(|found| found.is_whole));
    }
}
