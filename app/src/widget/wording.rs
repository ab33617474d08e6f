//! Settings in the words of their inputs.

use domain::settings::{OrderLookupCheck, Position, Section, WithoutModel};

/// Every setting of a section: the label of its input, and its value.
pub fn in_words(section: &Section) -> Vec<(&'static str, String)> {
    match section {
        Section::Look(look) => vec![
            ("Position", position(look.position).to_owned()),
            ("Side spacing", format!("{} px", look.side_spacing)),
            ("Bottom spacing", format!("{} px", look.bottom_spacing)),
            ("Primary colour", look.colour.to_string()),
        ],
        Section::Chat(chat) => vec![
            ("Enable chat widget", on_or_off(chat.enabled)),
            ("Greeting message", chat.greeting.clone()),
            ("Offline message", filled(chat.offline_message.clone())),
            (
                "Response-time expectation",
                filled(chat.response_time.clone()),
            ),
            (
                "Answer within",
                match chat.response_promise_minutes {
                    Some(minutes) => format!("{minutes} min"),
                    None => "no promise".to_owned(),
                },
            ),
            ("Pre-chat form", on_or_off(chat.pre_chat_form)),
            ("Origins", filled(chat.allowed_origins.join(", "))),
        ],
        Section::Ai(ai) => vec![
            ("Enable AI", on_or_off(ai.enabled)),
            (
                "Without a language model",
                without_model(ai.without_model).to_owned(),
            ),
        ],
        // The team page edits it, and words it.
        Section::Assignment(_) => Vec::new(),
        Section::Orders(orders) => vec![
            (
                "Order lookup check",
                lookup_check(orders.lookup_check).to_owned(),
            ),
            (
                "Show full details for a number alone",
                on_or_off(orders.full_details_for_number_alone),
            ),
            (
                "Order numbers look like",
                filled(orders.number_examples.join(", ")),
            ),
        ],
    }
}

/// The bubble's corner, as its button says it.
pub fn position(position: Position) -> &'static str {
    match position {
        Position::BottomLeft => "Bottom left",
        Position::BottomRight => "Bottom right",
    }
}

/// What the AI does without a language model, as its choice is called.
pub fn without_model(choice: WithoutModel) -> &'static str {
    match choice {
        WithoutModel::Quote => "Quote the FAQ answer",
        WithoutModel::Silent => "Stay silent",
    }
}

/// What a shopper must give to see an order, as its choice is called.
pub fn lookup_check(check: OrderLookupCheck) -> &'static str {
    match check {
        OrderLookupCheck::NumberOrEmail => "Number or email",
        OrderLookupCheck::NumberAndEmail => "Number and email",
        OrderLookupCheck::VerifiedCustomerOnly => "Verified customer only",
    }
}

fn on_or_off(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}

fn filled(text: String) -> String {
    if text.is_empty() {
        "empty".to_owned()
    } else {
        text
    }
}
