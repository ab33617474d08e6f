//! Connected shops as they are stored, in the merchant's order.

use crate::orders::number_form;
use domain::{UnixMillis, order_number::OrderNumber, order_source::ConnectedShop};

/// A connected shop with its key.
pub(in crate::orders) struct Stored {
    pub shop: ConnectedShop,
    pub sealed_key: String,
    /// Its place in the merchant's order, if there is one.
    pub position: Option<i64>,
    /// When it last said how many orders it has.
    pub counted_at: Option<UnixMillis>,
    /// Of its newest orders as far as they were seen, the newest first.
    pub numbers: Vec<String>,
}

impl Stored {
    /// How the shop may write a number that was typed.
    pub fn ways(&self, typed: &OrderNumber) -> Vec<OrderNumber> {
        number_form::ways(&number_form::learn(&self.numbers), typed)
    }
}

/// A store's connected shops, and where the built-in orders stand among them.
pub(in crate::orders) struct Arranged {
    /// In the merchant's order.
    pub shops: Vec<Stored>,
    /// How many of them come before the built-in orders.
    pub built_in_at: usize,
}

impl Arranged {
    /// Of shops in the order in which they were connected. As long as nobody has arranged them,
    /// they are asked so, and then the built-in orders, which may be an import of one of them.
    /// One that was connected since comes last, but before built-in orders that do.
    pub fn new(shops: Vec<Stored>, built_in: Option<i64>) -> Self {
        let is_placed = |stored: &Stored| stored.position.is_some();
        let (mut placed, new): (Vec<_>, Vec<_>) = shops.into_iter().partition(is_placed);
        placed.sort_by_key(|stored| stored.position);
        let before = |at: i64| {
            let is_before = |stored: &&Stored| stored.position.is_some_and(|place| place < at);
            placed.iter().filter(is_before).count()
        };
        let mut built_in_at = built_in.map_or(placed.len(), before);
        if built_in_at == placed.len() {
            built_in_at += new.len();
        }
        placed.extend(new);
        Self {
            shops: placed,
            built_in_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{ids::OrderSourceId, order_source::OrderSourceKind};

    fn shop(name: &str, position: Option<i64>) -> Stored {
        Stored {
            shop: ConnectedShop {
                id: OrderSourceId::generate(),
                kind: OrderSourceKind::Medusa,
                address: name.to_owned(),
                publishable_key: None,
                trouble: None,
                trouble_since: None,
                asked_at: 0,
                connected_at: 0,
                worked_at: None,
                orders: None,
            },
            sealed_key: String::new(),
            position,
            counted_at: None,
            numbers: Vec::new(),
        }
    }

    /// Names in the order in which they are asked, with the built-in orders.
    fn arranged(shops: &[(&str, Option<i64>)], built_in: Option<i64>) -> Vec<String> {
        let shops = shops.iter().map(|(name, position)| shop(name, *position));
        let Arranged { shops, built_in_at } = Arranged::new(shops.collect(), built_in);
        let mut names: Vec<_> = shops
            .into_iter()
            .map(|stored| stored.shop.address)
            .collect();
        names.insert(built_in_at, "built in".to_owned());
        names
    }

    #[test]
    fn sources_stand_as_they_were_arranged_and_new_ones_where_they_did_before() {
        let (a, b) = ("a", "b");
        for (shops, built_in, expected) in [
            (&[(a, None), (b, None)][..], None, [a, b, "built in"]),
            (&[(a, Some(2)), (b, Some(0))], Some(1), [b, "built in", a]),
            (&[(a, Some(1)), (b, Some(2))], Some(0), ["built in", a, b]),
            (&[(a, Some(0)), (b, None)], Some(1), [a, b, "built in"]),
            (&[(a, Some(1)), (b, None)], Some(0), ["built in", a, b]),
        ] {
            assert_eq!(arranged(shops, built_in), expected);
        }
    }
}
