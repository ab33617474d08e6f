//! Customers of a connected shop, as that shop itself knows them.

use crate::{identity::CUSTOMER_ID_MAX, ids::OrderSourceId};
use std::fmt;

/// What the ids of such customers begin with here. No storefront signs an id that does: one
/// that numbers its customers by itself names nobody else's.
pub const MEDUSA: &str = "medusa:";
/// Letters of the shop's id.
const SOURCE_ID: usize = 36;

/// A customer of one of a store's connected Medusas. Written `medusa:<shop>:<id>`: shops
/// number their customers without knowing of each other, so an id alone is nobody's.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ShopCustomer {
    /// The shop that says so.
    pub source_id: OrderSourceId,
    /// Their id there.
    pub id: String,
}

impl ShopCustomer {
    /// Longest id in a shop, in bytes.
    pub const ID_MAX: usize = CUSTOMER_ID_MAX - MEDUSA.len() - SOURCE_ID - 1;

    /// Whom a stored `customer_id` names, exactly as it is written here; `None` for the
    /// customers whom a storefront has signed.
    #[must_use]
    pub fn parse(customer_id: &str) -> Option<Self> {
        let (source_id, id) = customer_id.strip_prefix(MEDUSA)?.split_once(':')?;
        let customer = Self {
            source_id: source_id.parse().ok()?,
            id: id.to_owned(),
        };
        (!id.is_empty() && customer.to_string() == customer_id).then_some(customer)
    }
}

impl fmt::Display for ShopCustomer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MEDUSA}{}:{}", self.source_id, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "019a0b1c-2d3e-7f40-8a5b-6c7d8e9f0a1b";

    fn customer(id: &str) -> ShopCustomer {
        ShopCustomer {
            source_id: SHOP.parse().expect("an id"),
            id: id.to_owned(),
        }
    }

    #[test]
    fn a_customer_is_written_with_their_shop_and_read_again() {
        let anna = customer("cus_7");
        assert_eq!(anna.to_string(), format!("medusa:{SHOP}:cus_7"));
        // Whatever an id holds, it names nobody of another shop.
        for id in [
            "cus_7",
            "a:b",
            "medusa:x",
            &"x".repeat(ShopCustomer::ID_MAX),
        ] {
            let written = customer(id).to_string();
            assert!(written.len() <= CUSTOMER_ID_MAX, "{id}");
            assert_eq!(ShopCustomer::parse(&written), Some(customer(id)));
        }
    }

    #[test]
    fn what_is_written_otherwise_names_no_shops_customer() {
        let bare = SHOP.replace('-', "");
        for text in [
            "cus_7".to_owned(),
            "medusa:cus_7".to_owned(),
            "medusa::cus_7".to_owned(),
            format!("medusa:{SHOP}"),
            format!("medusa:{SHOP}:"),
            format!("medusa:{bare}:cus_7"),
            format!("medusa:{}:cus_7", SHOP.to_uppercase()),
            format!("medusa:{{{SHOP}}}:cus_7"),
            format!(" medusa:{SHOP}:cus_7"),
            format!("Medusa:{SHOP}:cus_7"),
            format!("{SHOP}:cus_7"),
        ] {
            assert_eq!(ShopCustomer::parse(&text), None, "{text}");
        }
    }
}
