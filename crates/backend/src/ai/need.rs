//! Whether the AI has to look at a message at all: decided before the message
//! is written, so that no job is made for what would end in nothing.
//!
//! Pure and cheap (some microseconds): it stands on the path of every message.
//! It may say "look" for a message that the pipeline has no answer to, never the
//! other way round.

use super::wismo::{self, Intent};

/// Whether the AI has to look at a message. What the conversation says (whether
/// the AI is active there, whether it waits for an order number) is not asked
/// here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Need {
    /// It may have something to say.
    Always,
    /// Only if it has asked for an order number or an email, and waits for it.
    IfAwaitingOrder,
    /// Whatever was said before, the AI has nothing to say to this.
    #[default]
    Never,
}

/// Says whether the AI has to look at a message of a customer. `answers_from_faq`
/// is the store's setting; orders are looked up, and a person is fetched, whether it is on
/// or off.
#[must_use]
pub fn needs_look(answers_from_faq: bool, message: &str) -> Need {
    // Files without a word.
    if message.is_empty() {
        return Need::Never;
    }
    if answers_from_faq {
        return Need::Always;
    }
    let is_about_orders = |intent| intent == Intent::OrderStatus;
    let reading = wismo::read(message);
    if reading.wants_person || is_about_orders(reading.intent) {
        Need::Always
    } else if is_about_orders(wismo::read_answer(message).intent) {
        Need::IfAwaitingOrder
    } else {
        Need::Never
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ai::order_status::{Known, Step, step};
    use domain::settings::OrderLookupCheck;
    use proptest::prelude::*;
    use serde::Deserialize;
    use std::path::Path;

    fn acts(message: &str, awaiting: bool) -> bool {
        let known = Known {
            message,
            since_asked: &[],
            awaiting,
            email: None,
            verified: false,
            customer: None,
            check: OrderLookupCheck::NumberOrEmail,
            full_for_number: true,
            number_examples: &[],
        };
        step(&known) != Step::NotAboutOrders
    }

    /// That nothing is missed which the pipeline would answer by rule.
    fn misses_nothing(message: &str) -> bool {
        let need = needs_look(false, message);
        (need == Need::Always || !acts(message, false))
            && (need != Need::Never || !acts(message, true))
    }

    #[test]
    fn with_answers_from_the_faq_it_always_looks() {
        assert_eq!(needs_look(true, "👍"), Need::Always);
        assert_eq!(needs_look(true, ""), Need::Never);
    }

    #[test]
    fn without_them_it_looks_at_what_is_about_an_order_or_asks_for_a_person() {
        for (message, need) in [
            ("Where is my order #1001?", Need::Always),
            ("track my parcel pls", Need::Always),
            ("can I talk to a person?", Need::Always),
            ("1001", Need::IfAwaitingOrder),
            ("jane@example.com", Need::IfAwaitingOrder),
            ("Do you ship abroad?", Need::Never),
            ("thanks!", Need::Never),
            ("👍", Need::Never),
            ("", Need::Never),
        ] {
            assert_eq!(needs_look(false, message), need, "{message}");
        }
    }

    #[test]
    fn of_a_long_message_the_beginning_counts() {
        let long = "so ".repeat(400);
        let asks_first = format!("Where is my order? {long}");
        assert_eq!(needs_look(false, &asks_first), Need::Always);
        assert_eq!(needs_look(false, &long), Need::Never);
        let asks_last = format!("{long} Where is my order?");
        assert!(misses_nothing(&asks_last), "the pipeline reads no more");
    }

    #[test]
    fn no_labelled_message_is_missed() {
        #[derive(Deserialize)]
        struct Row {
            text: String,
        }
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../evals/wismo.csv");
        let mut reader = csv::Reader::from_path(file).expect("evals/wismo.csv");
        let rows: Vec<Row> = reader
            .deserialize()
            .collect::<Result<_, _>>()
            .expect("labelled messages");
        assert!(rows.len() > 100);
        for row in rows {
            assert!(misses_nothing(&row.text), "{}", row.text);
        }
    }

    proptest! {
        #[test]
        fn no_text_is_missed(text in "\\PC{0,200}") {
            prop_assert!(misses_nothing(&text));
        }

        #[test]
        fn no_text_of_the_words_of_orders_is_missed(
            words in proptest::collection::vec(
                prop_oneof![
                    Just("where"), Just("is"), Just("my"), Just("order"), Just("parcel"), Just("#1001"),
                    Just("SD-1001"), Just("1234"), Just("jane@x.com"), Just("please"), Just("not"),
                    Just("cancel"), Just("arrived"), Just("yet"), Just("?"), Just("."), Just("return"),
                    Just("talk"), Just("to"), Just("a"), Just("person"),
                ],
                0..300,
            )
        ) {
            prop_assert!(misses_nothing(&words.join(" ")));
        }
    }
}
