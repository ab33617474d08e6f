//! What a shopper must give to see an order.

use crate::Invalid;
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
}

impl Default for Orders {
    fn default() -> Self {
        Self {
            lookup_check: OrderLookupCheck::default(),
            full_details_for_number_alone: true,
        }
    }
}

impl Orders {
    /// See [`super::Section::validated`].
    ///
    /// # Errors
    /// None: every value can be taken.
    pub fn validated(self) -> Result<Self, Invalid> {
        Ok(self)
    }
}
