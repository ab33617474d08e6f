//! Which canned responses somebody means who types a few letters.

use super::CannedResponse;
use std::cmp::Reverse;

/// Those of `responses` that fit `query`, the best first: every word of it is in the
/// keyword, the title, the category or the text, in the first two also with letters left out.
/// Of those that fit alike the ones that are used most come first, and so they do when nothing
/// is typed.
#[must_use]
pub fn ranked<'a>(responses: &'a [CannedResponse], query: &str) -> Vec<&'a CannedResponse> {
    let query = query.to_lowercase();
    let words: Vec<_> = query.split_whitespace().collect();
    // Put in place one by one: the standard library's sorting is much code for a browser.
    let mut ranks = Vec::new();
    let mut found = Vec::new();
    for response in responses {
        if let Some(score) = score(response, &words) {
            let rank = (Reverse(score), Reverse(response.uses), &response.keyword);
            let at = ranks.partition_point(|other| *other < rank);
            ranks.insert(at, rank);
            found.insert(at, response);
        }
    }
    found
}

/// How well it fits all words; none if it doesn't fit one of them.
fn score(response: &CannedResponse, words: &[&str]) -> Option<u32> {
    let title = response.title.to_lowercase();
    let mut text = None;
    let mut sum = 0;
    for word in words {
        let by_name = in_keyword(&response.keyword, word).max(in_title(&title, word));
        // Texts are long, and most words are found before.
        let best = by_name.or_else(|| {
            let text = text.get_or_insert_with(|| {
                let category = response.category.as_deref().unwrap_or_default();
                format!("{category}\n{}", response.text).to_lowercase()
            });
            text.contains(word).then_some(1)
        });
        sum += best?;
    }
    Some(sum)
}

fn in_keyword(keyword: &str, word: &str) -> Option<u32> {
    if keyword == word {
        Some(64)
    } else if keyword.starts_with(word) {
        Some(32)
    } else if keyword.contains(word) {
        Some(16)
    } else {
        has_letters(keyword, word).then_some(4)
    }
}

fn in_title(title: &str, word: &str) -> Option<u32> {
    if title
        .split_whitespace()
        .any(|of_title| of_title.starts_with(word))
    {
        Some(12)
    } else if title.contains(word) {
        Some(8)
    } else {
        has_letters(title, word).then_some(2)
    }
}

/// Whether the letters of `word` are in `name` in their order, maybe with others between them.
fn has_letters(name: &str, word: &str) -> bool {
    let mut letters = name.chars();
    word.chars()
        .all(|letter| letters.any(|other| other == letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::CannedResponseId;
    use proptest::prelude::*;

    fn response(keyword: &str, title: &str, text: &str, uses: i64) -> CannedResponse {
        CannedResponse {
            id: CannedResponseId::generate(),
            keyword: keyword.into(),
            title: title.into(),
            text: text.into(),
            category: None,
            mine: false,
            uses,
            last_used_at: None,
            updated_at: 0,
        }
    }

    fn shelf() -> Vec<CannedResponse> {
        vec![
            response("refund", "Refund on its way", "It takes five days.", 3),
            response("refund-late", "Refund is late", "We are sorry.", 9),
            response(
                "late",
                "Parcel is late",
                "The carrier looks for it. No refund yet.",
                1,
            ),
            response("bye", "Good-bye", "Have a nice day!", 20),
        ]
    }

    fn keywords(query: &str) -> Vec<String> {
        let shelf = shelf();
        let found = ranked(&shelf, query);
        found.iter().map(|found| found.keyword.clone()).collect()
    }

    #[test]
    fn the_keyword_itself_comes_first_and_the_text_last() {
        assert_eq!(keywords("refund"), ["refund", "refund-late", "late"]);
        assert_eq!(keywords("REF"), ["refund-late", "refund", "late"]);
    }

    #[test]
    fn letters_may_be_left_out_of_keyword_and_title() {
        assert_eq!(keywords("rfnd"), ["refund-late", "refund"]);
        assert_eq!(keywords("prcl"), ["late"]);
        assert_eq!(keywords("crrr"), Vec::<String>::new());
    }

    #[test]
    fn every_word_must_fit_somewhere() {
        assert_eq!(keywords("late carrier"), ["late"]);
        assert_eq!(keywords("late tomorrow"), Vec::<String>::new());
    }

    #[test]
    fn a_category_finds_what_stands_under_it() {
        let mut shelf = shelf();
        shelf[3].category = Some("Small Talk".into());
        let found = ranked(&shelf, "talk");
        assert_eq!((found.len(), &*found[0].keyword), (1, "bye"));
    }

    #[test]
    fn nothing_typed_shows_what_is_used_most() {
        assert_eq!(keywords(" "), ["bye", "refund-late", "refund", "late"]);
    }

    proptest! {
        #[test]
        fn a_keyword_finds_its_response_first(at in 0_usize..4) {
            let shelf = shelf();
            let keyword = &shelf[at].keyword;
            prop_assert_eq!(&ranked(&shelf, keyword)[0].keyword, keyword);
        }

        #[test]
        fn one_more_letter_never_finds_more(query in "[a-z]{0,6}", letter in "[a-z]") {
            let shelf = shelf();
            let (before, after) = (ranked(&shelf, &query), ranked(&shelf, &format!("{query}{letter}")));
            prop_assert!(after.iter().all(|found| before.contains(found)));
        }

        #[test]
        fn the_order_they_come_in_decides_nothing(query in "[a-z ]{0,6}", turn in 0_usize..4) {
            let mut turned = shelf();
            turned.rotate_left(turn);
            let found: Vec<_> = ranked(&turned, &query).into_iter().map(|found| found.keyword.clone()).collect();
            prop_assert_eq!(found, keywords(&query));
        }
    }
}
