//! What an answer shows of an order: facts, which are worded where they are shown. They are
//! those of the time of the answer.

use crate::{
    UnixMillis,
    order::{Order, OrderItem, OrderStatus, PaymentStatus, Shipment},
    order_progress::Progress,
    text,
};
use serde::{Deserialize, Serialize};

/// Most orders of an answer: three parcels may each be found in the latest three.
pub const ORDERS_MAX: usize = 9;
/// Most items of a card; how many more there are is a number.
pub const ITEMS_MAX: usize = 20;
/// Most parcels of a card; how many more there are is a number.
pub const SHIPMENTS_MAX: usize = 10;
/// Longest name of an item on a card, in characters.
pub const NAME_MAX: usize = 120;

/// How much of an order is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Everything.
    Full,
    /// Its status and its tracking.
    Brief,
}

/// An order as an answer shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderCard {
    /// As the customer knows it, without `#`, e.g. `1001`.
    pub number: String,
    /// Where the goods are.
    pub status: OrderStatus,
    /// When the order last changed how it stands, where known.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<UnixMillis>,
    /// The parcels that can be followed. Their addresses begin with `https://` or `http://`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shipments: Vec<Shipment>,
    /// How many more parcels there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_shipments: u32,
    /// The rest of it. Missing for a shopper who has given no more than a number, where the
    /// merchant shows them status and tracking alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<OrderDetails>,
}

/// What not everybody is shown of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderDetails {
    /// Where the money is.
    pub payment_status: PaymentStatus,
    /// ISO 4217, e.g. `USD`.
    pub currency: String,
    /// Grand total in the currency's smallest unit.
    pub total_minor: i64,
    /// When it was placed.
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub placed_at: UnixMillis,
    /// What was bought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<OrderItem>,
    /// How many more lines there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_items: u32,
}

impl OrderCard {
    /// The cards of the orders that an answer shows, each in its detail.
    #[must_use]
    pub fn all(orders: &[(Order, Detail)]) -> Vec<Self> {
        let orders = orders.iter().take(ORDERS_MAX);
        orders
            .map(|(order, detail)| Self::new(order, *detail))
            .collect()
    }

    /// What may be shown of `order`.
    #[must_use]
    pub fn new(order: &Order, detail: Detail) -> Self {
        let mut shipments: Vec<_> = order.shipments.iter().filter_map(shown_parcel).collect();
        let more_shipments = cut(&mut shipments, SHIPMENTS_MAX);
        Self {
            number: order.number.clone(),
            status: order.status,
            changed_at: order.changed_at,
            shipments,
            more_shipments,
            details: match detail {
                Detail::Full => Some(OrderDetails::new(order)),
                Detail::Brief => None,
            },
        }
    }

    /// How far it has got.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let payment = self.details.as_ref().map(|details| details.payment_status);
        Progress::of(self.status, payment)
    }
}

impl OrderDetails {
    fn new(order: &Order) -> Self {
        let mut items: Vec<_> = order.items.iter().map(shown_item).collect();
        let more_items = cut(&mut items, ITEMS_MAX);
        Self {
            payment_status: order.payment_status,
            currency: order.currency.clone(),
            total_minor: order.total_minor,
            placed_at: order.placed_at,
            items,
            more_items,
        }
    }
}

fn shown_item(item: &OrderItem) -> OrderItem {
    let shown = OrderItem {
        name: text::excerpt(&item.name, NAME_MAX),
        quantity: item.quantity,
        image_url: None,
    };
    shown.with_picture(item.image_url.clone())
}

/// A parcel that can be followed, as the answer's text tells it: by a link or a number.
fn shown_parcel(shipment: &Shipment) -> Option<Shipment> {
    let shown = Shipment {
        tracking_url: shipment.link().map(str::to_owned),
        ..shipment.clone()
    };
    (shown.tracking_url.is_some() || shown.tracking_number.is_some()).then_some(shown)
}

/// Leaves the first `most`, and says how many went.
fn cut<T>(list: &mut Vec<T>, most: usize) -> u32 {
    let more = list.len().saturating_sub(most);
    list.truncate(most);
    u32::try_from(more).unwrap_or(u32::MAX)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{order::ParcelStatus, order_progress::Step, texts};

    const CHANGED_AT: UnixMillis = 1_700_000_100_000;
    const NOW: UnixMillis = CHANGED_AT + 1;

    fn order() -> Order {
        Order {
            number: "1001".into(),
            email: "jane@example.com".into(),
            customer_name: Some("Jane Cooper".into()),
            status: OrderStatus::Shipped,
            payment_status: PaymentStatus::Paid,
            currency: "USD".into(),
            total_minor: 11_850,
            placed_at: 1_700_000_000_000,
            changed_at: Some(CHANGED_AT),
            items: vec![item("Linen duvet cover"), item("Pillowcase")],
            shipments: vec![parcel("https://track.example.com/0034")],
        }
    }

    fn item(name: &str) -> OrderItem {
        OrderItem {
            name: name.into(),
            quantity: 2,
            image_url: Some("https://shop.example.com/linen.webp".into()),
        }
    }

    fn parcel(link: &str) -> Shipment {
        Shipment {
            carrier: Some("DHL".into()),
            tracking_number: Some("0034".into()),
            tracking_url: Some(link.into()),
            status: Some(ParcelStatus::InTransit),
            changed_at: Some(CHANGED_AT),
        }
    }

    fn json(card: &OrderCard) -> String {
        serde_json::to_string(card).expect("JSON")
    }

    #[test]
    fn a_card_has_the_facts_of_the_order_and_none_of_its_customer() {
        let card = OrderCard::new(&order(), Detail::Full);
        assert_eq!(card.shipments, order().shipments);
        assert_eq!(card.progress(), Progress::At(Step::OnItsWay));
        let details = card.details.as_ref().expect("details");
        assert_eq!(details.items, order().items);
        assert_eq!(
            (details.total_minor, details.currency.as_str()),
            (11_850, "USD")
        );
        assert!(!json(&card).to_lowercase().contains("jane"));
    }

    #[test]
    fn in_brief_it_depends_on_nothing_but_status_and_parcels() {
        for status in OrderStatus::ALL {
            for payment_status in PaymentStatus::ALL {
                let order = Order {
                    status,
                    payment_status,
                    ..order()
                };
                let other = Order {
                    payment_status: PaymentStatus::Pending,
                    currency: "EUR".into(),
                    total_minor: 1,
                    placed_at: 1,
                    items: Vec::new(),
                    customer_name: None,
                    email: String::new(),
                    ..order.clone()
                };
                let brief = OrderCard::new(&order, Detail::Brief);
                assert_eq!(brief, OrderCard::new(&other, Detail::Brief));
                assert_ne!(brief.progress(), Progress::Refunded);
            }
        }
    }

    #[test]
    fn in_brief_it_says_no_more_than_the_text() {
        let brief = OrderCard::new(&order(), Detail::Brief);
        let text = texts::of("en")
            .answers
            .orders_in(&[(order(), Detail::Brief)], NOW);
        let parcel = &brief.shipments[0];
        // 14 November 2023.
        assert_eq!(parcel.changed_at, Some(CHANGED_AT));
        assert_eq!(parcel.status, Some(ParcelStatus::InTransit));
        assert!(text.contains("(on its way since 14 Nov)"), "{text}");
        let said = [
            &parcel.carrier,
            &parcel.tracking_number,
            &parcel.tracking_url,
        ];
        for said in said.into_iter().flatten().chain([&brief.number]) {
            assert!(text.contains(said), "{said}: {text}");
        }
        let json = json(&brief);
        for hidden in [
            "details", "Linen", "11850", "USD", "paid", "image", "placed",
        ] {
            assert!(!json.contains(hidden), "{hidden}: {json}");
        }
    }

    #[test]
    fn a_parcel_is_shown_if_it_can_be_followed() {
        let with = |parcel: Shipment| {
            let order = Order {
                shipments: vec![parcel],
                ..order()
            };
            OrderCard::new(&order, Detail::Full).shipments
        };
        for link in ["#", "javascript:alert(1)", "ftp://track.example.com/1"] {
            assert_eq!(with(parcel(link))[0].tracking_url, None, "{link}");
        }
        let nameless = Shipment {
            tracking_number: None,
            ..parcel("#")
        };
        assert_eq!(with(nameless), []);
    }

    #[test]
    fn a_card_follows_the_links_that_the_text_has() {
        let old = "http://track.example.com/0034";
        let order = Order {
            shipments: vec![parcel(old), parcel("javascript:alert(1)")],
            ..order()
        };
        let answers = &texts::of("en").answers;
        let text = answers.orders(std::slice::from_ref(&order), NOW);
        let card = OrderCard::new(&order, Detail::Full);
        let links: Vec<_> = card.shipments.iter().map(Shipment::link).collect();
        assert_eq!(links, [Some(old), None]);
        assert!(text.contains(old) && !text.contains("javascript"), "{text}");
    }

    #[test]
    fn a_card_is_small_whatever_the_order() {
        let long = Order {
            items: vec![item(&"long ".repeat(60)); 25],
            shipments: vec![parcel("https://track.example.com/0034"); 12],
            ..order()
        };
        let orders = vec![(long, Detail::Full); ORDERS_MAX + 1];
        let cards = OrderCard::all(&orders);
        assert_eq!(cards.len(), ORDERS_MAX);
        let card = &cards[0];
        let details = card.details.as_ref().expect("details");
        assert_eq!((card.shipments.len(), card.more_shipments), (10, 2));
        assert_eq!((details.items.len(), details.more_items), (20, 5));
        assert!(details.items[0].name.chars().count() <= NAME_MAX + 1);
        assert!(json(card).len() < 8_000, "{}", json(card).len());
    }

    #[test]
    fn a_picture_that_must_not_be_shown_is_left_out() {
        let mut insecure = order();
        insecure.items[0].image_url = Some("http://shop.example.com/linen.webp".into());
        let details = OrderCard::new(&insecure, Detail::Full).details;
        let items = details.expect("details").items;
        assert_eq!(items[0].image_url, None);
        assert!(items[1].image_url.is_some());
    }

    #[test]
    fn a_card_of_an_older_server_is_read() {
        let json = r#"{"number":"1001","status":"shipped","later":1}"#;
        let card: OrderCard = serde_json::from_str(json).expect("a card");
        assert_eq!((card.shipments.len(), card.details), (0, None));
    }
}
