//! Texts with variables in them: `{{customer.name|there}}` is the customer's name, or
//! "there" where nobody knows it. Without such a word behind the bar the variable stays as
//! it is, for a person to fill in.

use crate::Invalid;
use std::ops::Range;

const OPEN: &[u8] = b"{{";
const CLOSE: &[u8] = b"}}";

/// What a text can be filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Variable {
    /// The name that the shopper gave.
    CustomerName,
    /// The name of whoever replies.
    AgentName,
    /// What whoever replies writes below.
    AgentSignature,
    /// The number of the order that the conversation is about.
    OrderNumber,
    /// The store's name.
    StoreName,
}

impl Variable {
    /// Every variable.
    pub const ALL: [Self; 5] = [
        Self::CustomerName,
        Self::AgentName,
        Self::AgentSignature,
        Self::OrderNumber,
        Self::StoreName,
    ];

    /// Its name between the braces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CustomerName => "customer.name",
            Self::AgentName => "agent.name",
            Self::AgentSignature => "agent.signature",
            Self::OrderNumber => "order.number",
            Self::StoreName => "store.name",
        }
    }

    /// The variable of a name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|variable| variable.as_str() == word)
    }
}

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    /// Stays as it is.
    Text,
    /// Is filled in, if not by what is known, then by the word that stands behind the bar.
    Variable(Variable, Option<&'a str>),
    /// Looks like a variable, and is none of ours.
    Unknown(&'a str),
}

/// The pieces of `text` and where they are, one after the other.
fn parts(text: &str) -> Vec<(Range<usize>, Part<'_>)> {
    let mut parts = Vec::new();
    let mut rest = 0;
    let mut from = 0;
    let pairs = |from: usize, to: usize| text.as_bytes()[from..to].windows(2);
    while let Some(at) = pairs(from, text.len()).position(|pair| pair == CLOSE) {
        let close = from + at;
        let end = close + CLOSE.len();
        // The nearest one: what is open before it was never closed.
        let start = pairs(rest, close).rposition(|pair| pair == OPEN);
        let start = start.map(|at| rest + at);
        let found = start.and_then(|start| Some((start, part(&text[start + OPEN.len()..close])?)));
        if let Some((start, part)) = found {
            if start > rest {
                parts.push((rest..start, Part::Text));
            }
            parts.push((start..end, part));
            rest = end;
            from = end;
        } else {
            // Braces may be a part of the next ones.
            from = close + 1;
        }
    }
    if rest < text.len() {
        parts.push((rest..text.len(), Part::Text));
    }
    parts
}

/// What stands between two pairs of braces, if that can be a variable.
fn part(inner: &str) -> Option<Part<'_>> {
    let (name, otherwise) = match inner.split_once('|') {
        Some((name, otherwise)) => (name.trim(), Some(otherwise.trim())),
        None => (inner.trim(), None),
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.is_empty() || !name.chars().all(is_name) || inner.contains(['{', '}', '\n']) {
        return None;
    }
    Some(match Variable::from_word(name) {
        Some(variable) => Part::Variable(variable, otherwise),
        None => Part::Unknown(name),
    })
}

/// Lets a text through whose variables can all be filled in.
///
/// # Errors
/// [`Invalid`] for `text`, naming the variable that there is none of.
pub(super) fn checked(text: String) -> Result<String, Invalid> {
    let unknown = parts(&text).into_iter().find_map(|(_, part)| match part {
        Part::Unknown(name) => Some(crate::text::excerpt(name, 40)),
        _ => None,
    });
    let Some(name) = unknown else { return Ok(text) };
    let all = Variable::ALL.map(Variable::as_str).join(", ");
    Err(Invalid::new(
        "text",
        format!("There is no variable “{name}”. There are these: {all}."),
    ))
}

/// What is known for the variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// See [`Variable::CustomerName`].
    pub customer_name: Option<String>,
    /// See [`Variable::AgentName`].
    pub agent_name: Option<String>,
    /// See [`Variable::AgentSignature`].
    pub agent_signature: Option<String>,
    /// See [`Variable::OrderNumber`].
    pub order_number: Option<String>,
    /// See [`Variable::StoreName`].
    pub store_name: Option<String>,
}

impl Values {
    fn of(&self, variable: Variable) -> Option<&str> {
        let value = match variable {
            Variable::CustomerName => &self.customer_name,
            Variable::AgentName => &self.agent_name,
            Variable::AgentSignature => &self.agent_signature,
            Variable::OrderNumber => &self.order_number,
            Variable::StoreName => &self.store_name,
        };
        value
            .as_deref()
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }
}

/// `text` with everything filled in that is known. What isn't stays as it is and is found by
/// [`unfilled`]. A value is put in as it is: variables in it are not.
#[must_use]
pub fn fill(text: &str, values: &Values) -> String {
    let mut filled = String::with_capacity(text.len());
    for (at, part) in parts(text) {
        filled.push_str(match part {
            Part::Variable(variable, otherwise) => {
                values.of(variable).or(otherwise).unwrap_or(&text[at])
            }
            Part::Text | Part::Unknown(_) => &text[at],
        });
    }
    filled
}

/// Where the first variable is that nobody has filled in.
#[must_use]
pub fn unfilled(text: &str) -> Option<Range<usize>> {
    parts(text)
        .into_iter()
        .find(|(_, part)| matches!(part, Part::Variable(..)))
        .map(|(at, _)| at)
}

/// Lets a reply through that no shopper would read a variable in.
///
/// # Errors
/// [`Invalid`] for `body`, naming the variable.
pub fn check_filled(reply: &str) -> Result<(), Invalid> {
    match unfilled(reply) {
        None => Ok(()),
        Some(at) => Err(Invalid::new(
            "body",
            format!("Please fill in {} before you send this.", &reply[at]),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values() -> Values {
        Values {
            customer_name: Some("Jane".into()),
            agent_name: Some("Maya".into()),
            agent_signature: Some("Maya\nLamps".into()),
            order_number: Some("1001".into()),
            store_name: Some("Lamps".into()),
        }
    }

    #[test]
    fn a_signature_has_lines_and_may_be_missing() {
        let text = "Bye!\n{{agent.signature|}}";
        assert_eq!(fill(text, &values()), "Bye!\nMaya\nLamps");
        assert_eq!(fill(text, &Values::default()), "Bye!\n");
    }

    #[test]
    fn every_variable_is_filled_in() {
        let text =
            "Hi {{customer.name}}, {{ agent.name }} of {{store.name|us}} on #{{order.number}}.";
        assert_eq!(fill(text, &values()), "Hi Jane, Maya of Lamps on #1001.");
    }

    #[test]
    fn what_is_not_known_is_what_stands_behind_the_bar_or_stays() {
        let nothing = Values {
            customer_name: Some("  ".into()),
            ..Values::default()
        };
        let filled = fill(
            "Hi {{customer.name| there }}{{agent.name|}}, #{{order.number}}!",
            &nothing,
        );
        assert_eq!(filled, "Hi there, #{{order.number}}!");
        let at = unfilled(&filled).expect("a variable");
        assert_eq!(&filled[at], "{{order.number}}");
    }

    #[test]
    fn a_name_that_looks_like_a_variable_is_put_in_as_it_is() {
        let tricky = Values {
            customer_name: Some("{{agent.name}}".into()),
            ..values()
        };
        assert_eq!(fill("Hi {{customer.name}}", &tricky), "Hi {{agent.name}}");
    }

    #[test]
    fn braces_that_are_no_variable_are_text() {
        for text in [
            "{{",
            "}}",
            "{{}}",
            "{{ }}",
            "{{a b}}",
            "{{customer.name",
            "{customer.name}",
            "{{a{b}}",
            "{{customer.name|a\nb}}",
            "}}{{",
            "{{|x}}",
        ] {
            assert_eq!(fill(text, &values()), text);
            assert_eq!(unfilled(text), None, "{text}");
            assert_eq!(checked(text.to_owned()).as_deref(), Ok(text));
        }
        assert_eq!(fill("{{{customer.name}}}", &values()), "{Jane}");
        assert_eq!(fill("{{ {{customer.name}} }}", &values()), "{{ Jane }}");
    }

    #[test]
    fn a_variable_that_does_not_exist_is_named() {
        let refused = checked("Hi {{customer.nam|there}}".into()).expect_err("a typing error");
        assert_eq!(refused.field, "text");
        assert!(refused.message.contains("“customer.nam”"), "{refused}");
        assert!(refused.message.contains("customer.name"), "{refused}");
        assert_eq!(fill("{{customer.nam}}", &values()), "{{customer.nam}}");
    }

    #[test]
    fn a_reply_with_a_variable_in_it_is_refused() {
        let refused = check_filled("Your order #{{order.number}}").expect_err("unfilled");
        assert_eq!(refused.field, "body");
        assert!(refused.message.contains("{{order.number}}"), "{refused}");
        for fine in [
            "Your order #1001",
            "Use {{ product.title }} in the theme",
            "{{",
        ] {
            assert_eq!(check_filled(fine), Ok(()), "{fine}");
        }
    }

    /// Texts with many braces, and with variables among them.
    const TEXT: &str = "(\\{\\{|\\}\\}|\\{|\\}|\\||customer\\.name|order\\.number|store\\.nam|[a-z é\n]{0,3}){0,12}";
    /// The same without one in the other.
    const FLAT: &str =
        "(\\{\\{(customer\\.name|order\\.number)(\\|[a-z]{0,3})?\\}\\}|[a-z{}]? ){0,9}";

    proptest! {
        #[test]
        fn the_pieces_are_the_text(text in TEXT) {
            let mut end = 0;
            for (at, _) in parts(&text) {
                prop_assert_eq!(at.start, end);
                prop_assert!(at.end > at.start);
                end = at.end;
            }
            prop_assert_eq!(end, text.len());
        }

        #[test]
        fn nothing_is_left_to_fill_in_when_everything_is_known(text in FLAT) {
            prop_assert_eq!(unfilled(&fill(&text, &values())), None);
        }

        #[test]
        fn without_a_bar_nothing_is_lost_when_nothing_is_known(text in TEXT) {
            let text = text.replace('|', "");
            prop_assert_eq!(fill(&text, &Values::default()), text);
        }

        #[test]
        fn any_text_can_be_read(text in "\\PC{0,100}") {
            let _ = fill(&text, &values());
            let _ = check_filled(&text);
            let _ = checked(text);
        }
    }
}
