//! What a shopper must give to see an order.

use crate::{Invalid, order_number::OrderNumber, text};
use serde::{Deserialize, Serialize};

/// What a shopper must give before an order is shown to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderLookupCheck {
    /// The order's number, or the email it was placed with.
    #[default]
    NumberOrEmail,
    /// Both, and they must belong together.
    NumberAndEmail,
    /// Only orders of a customer whom the storefront has signed in.
    VerifiedCustomerOnly,
}

/// Who sees orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Orders {
    /// What a shopper must give to see an order.
    pub lookup_check: OrderLookupCheck,
    /// Where the number alone is enough, it also shows items, total and payment; else
    /// no more than the status and the tracking.
    pub full_details_for_number_alone: bool,
    /// How the store writes its order numbers, by an example of each way: `SD-1001`. What a
    /// shopper types otherwise (`sd 1001`, `1001`) is read as that. Empty: learned from the
    /// orders.
    pub number_examples: Vec<String>,
}

/// Most examples of a store's order numbers.
pub const NUMBER_EXAMPLES_MAX: usize = 8;

impl Default for Orders {
    fn default() -> Self {
        Self {
            lookup_check: OrderLookupCheck::default(),
            full_details_for_number_alone: true,
            number_examples: Vec::new(),
        }
    }
}

impl Orders {
    /// See [`super::Section::validated`].
    ///
    /// # Errors
    /// [`Invalid`] for `number_examples` that are no order numbers, don't end in a digit, or
    /// are too many.
    pub fn validated(self) -> Result<Self, Invalid> {
        let refused = |message: String| Err(Invalid::new("number_examples", message));
        if self.number_examples.len() > NUMBER_EXAMPLES_MAX {
            return refused(format!(
                "Please give at most {NUMBER_EXAMPLES_MAX} examples."
            ));
        }
        let mut number_examples = Vec::new();
        for example in &self.number_examples {
            let number = OrderNumber::parse(example).map(|number| number.to_string());
            let Some(number) =
                number.filter(|number| number.ends_with(|c: char| c.is_ascii_digit()))
            else {
                return refused(format!(
                    "“{}” isn't an order number that ends in a digit, such as SD-1001.",
                    text::excerpt(example, OrderNumber::MAX_LENGTH)
                ));
            };
            if !number_examples.contains(&number) {
                number_examples.push(number);
            }
        }
        Ok(Self {
            number_examples,
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(examples: &[&str]) -> Result<Vec<String>, Invalid> {
        let number_examples = examples.iter().map(|&example| example.to_owned()).collect();
        let orders = Orders {
            number_examples,
            ..Orders::default()
        };
        orders.validated().map(|orders| orders.number_examples)
    }

    #[test]
    fn examples_are_written_as_order_numbers_are_and_each_once() {
        assert_eq!(
            with(&[" #sd-1001", "SD-1001", "2001"]),
            Ok(vec!["SD-1001".to_owned(), "2001".to_owned()])
        );
        assert_eq!(with(&[]), Ok(vec![]));
    }

    #[test]
    fn what_says_nothing_of_a_form_is_refused_by_name() {
        for wrong in [
            "",
            "order",
            "SD-1001A",
            "SD 1001 or so",
            "🎉1",
            &"1".repeat(33),
        ] {
            let fault = with(&["1001", wrong]).expect_err(wrong);
            assert_eq!(fault.field, "number_examples", "{wrong}");
        }
        assert!(with(&["1001"; NUMBER_EXAMPLES_MAX + 1]).is_err());
    }
}
