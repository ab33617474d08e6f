//! What an order must be before it is stored.

use crate::{
    Invalid, UnixMillis,
    account::EmailAddress,
    money,
    order::{Order, OrderItem, Shipment},
    order_number::OrderNumber,
    text,
};
use serde::{Deserialize, Serialize};

/// Longest name of a customer, in characters.
pub const CUSTOMER_NAME_MAX: usize = 200;
/// Most lines of an order.
pub const ITEMS_MAX: usize = 200;
/// Longest name of an item, in characters.
pub const ITEM_NAME_MAX: usize = 300;
/// Longest address of a picture, in characters.
pub const IMAGE_URL_MAX: usize = 500;
/// Most pieces of one item.
pub const QUANTITY_MAX: i64 = 1_000_000;
/// Most parcels of an order.
pub const SHIPMENTS_MAX: usize = 50;
/// Longest name of a carrier and longest tracking number, in characters.
pub const TRACKING_TEXT_MAX: usize = 100;
/// Longest tracking address, in characters.
pub const TRACKING_URL_MAX: usize = 1_000;
/// Largest total, in the currency's smallest unit: exact in JavaScript, too.
pub const TOTAL_MAX: i64 = 1_000_000_000_000_000;
/// The first millisecond of the year 2100: no order was placed later, and no parcel moved.
const LATEST: UnixMillis = 4_102_444_800_000;

/// Why an order can't be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderFault {
    /// It has no number, or one that isn't letters and digits.
    Number,
    /// The email isn't one.
    Email,
    /// The customer's name is too long, or holds control characters.
    CustomerName,
    /// The currency is none of ISO 4217.
    Currency,
    /// The total is below zero.
    NegativeTotal,
    /// The total is above [`TOTAL_MAX`].
    LargeTotal,
    /// It was placed before 1970 or after 2099.
    PlacedAt,
    /// It has more lines than [`ITEMS_MAX`].
    TooManyItems,
    /// An item has no name, or one that is too long.
    ItemName,
    /// The address of an item's picture isn't a secure one of the web.
    ImageUrl,
    /// There is less than one of an item, or more than [`QUANTITY_MAX`].
    Quantity,
    /// It has more parcels than [`SHIPMENTS_MAX`].
    TooManyShipments,
    /// A carrier's name or a tracking number is too long.
    TrackingText,
    /// A tracking address isn't one of the web.
    TrackingUrl,
    /// A parcel's last change was before 1970 or after 2099.
    ChangedAt,
    /// The order's last change was before 1970 or after 2099.
    OrderChangedAt,
}

impl OrderFault {
    /// The field of [`Order`] that it is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Email => "email",
            Self::CustomerName => "customer_name",
            Self::Currency => "currency",
            Self::NegativeTotal | Self::LargeTotal => "total_minor",
            Self::PlacedAt => "placed_at",
            Self::OrderChangedAt => "changed_at",
            Self::TooManyItems | Self::ItemName | Self::ImageUrl | Self::Quantity => "items",
            Self::TooManyShipments | Self::TrackingText | Self::TrackingUrl | Self::ChangedAt => {
                "shipments"
            }
        }
    }

    /// What is wrong and what would be right, in a sentence.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Number => format!(
                "The order number should be up to {} letters and digits with at least one digit, like 1001 or SD-1001.",
                OrderNumber::MAX_LENGTH
            ),
            Self::Email => {
                "The email address doesn't look like one. It should read like name@example.com."
                    .to_owned()
            }
            Self::CustomerName => format!(
                "The customer's name can have up to {CUSTOMER_NAME_MAX} characters, all of them printable."
            ),
            Self::Currency => {
                "The currency should be a code of three letters, like USD or EUR.".to_owned()
            }
            Self::NegativeTotal => "The total is below zero.".to_owned(),
            Self::LargeTotal => "The total is larger than any order's.".to_owned(),
            Self::PlacedAt => "The date should lie between 1970 and 2099.".to_owned(),
            Self::OrderChangedAt => {
                "The date of the last change should lie between 1970 and 2099.".to_owned()
            }
            Self::TooManyItems => format!("An order can have up to {ITEMS_MAX} items."),
            Self::ItemName => {
                format!("Each item needs a name of up to {ITEM_NAME_MAX} characters.")
            }
            Self::ImageUrl => format!(
                "The picture of an item should have an address of up to {IMAGE_URL_MAX} characters that begins with https:// and holds no spaces."
            ),
            Self::Quantity => {
                "The quantity of an item should be a whole number from 1 on.".to_owned()
            }
            Self::TooManyShipments => format!("An order can have up to {SHIPMENTS_MAX} parcels."),
            Self::TrackingText => format!(
                "Carrier and tracking number can have up to {TRACKING_TEXT_MAX} characters each."
            ),
            Self::TrackingUrl => {
                "The tracking link should begin with https:// and hold no spaces.".to_owned()
            }
            Self::ChangedAt => "The date of a parcel should lie between 1970 and 2099.".to_owned(),
        }
    }
}

impl From<OrderFault> for Invalid {
    fn from(fault: OrderFault) -> Self {
        Self::new(fault.field(), fault.words())
    }
}

impl Order {
    /// The order as it is stored: number and currency in capitals, the email lower-cased
    /// (empty where none is known), texts trimmed, parcels about which nothing is known
    /// left out.
    ///
    /// # Errors
    /// The first [`OrderFault`].
    pub fn checked(self) -> Result<Self, OrderFault> {
        let number = OrderNumber::parse(&self.number).ok_or(OrderFault::Number)?;
        let email = match self.email.trim() {
            "" => String::new(),
            typed => EmailAddress::parse(typed)
                .map_err(|_| OrderFault::Email)?
                .into(),
        };
        let customer_name = line(
            self.customer_name.as_deref(),
            CUSTOMER_NAME_MAX,
            OrderFault::CustomerName,
        )?;
        let currency = money::known(&self.currency).ok_or(OrderFault::Currency)?;
        match self.total_minor {
            ..0 => return Err(OrderFault::NegativeTotal),
            0..=TOTAL_MAX => {}
            _ => return Err(OrderFault::LargeTotal),
        }
        if !(0..LATEST).contains(&self.placed_at) {
            return Err(OrderFault::PlacedAt);
        }
        if self.changed_at.is_some_and(|at| !(0..LATEST).contains(&at)) {
            return Err(OrderFault::OrderChangedAt);
        }
        if self.items.len() > ITEMS_MAX {
            return Err(OrderFault::TooManyItems);
        }
        if self.shipments.len() > SHIPMENTS_MAX {
            return Err(OrderFault::TooManyShipments);
        }
        let items = self.items.into_iter().map(OrderItem::checked);
        let items = items.collect::<Result<_, _>>()?;
        let shipments = self.shipments.into_iter().map(Shipment::checked);
        let mut shipments = shipments.collect::<Result<Vec<_>, _>>()?;
        shipments.retain(|shipment| *shipment != Shipment::default());
        Ok(Self {
            number: number.as_str().to_owned(),
            email,
            customer_name,
            status: self.status,
            payment_status: self.payment_status,
            currency: currency.to_owned(),
            total_minor: self.total_minor,
            placed_at: self.placed_at,
            changed_at: self.changed_at,
            items,
            shipments,
        })
    }
}

impl OrderItem {
    /// With the picture that a shop has of it, if that is one that may be shown.
    #[must_use]
    pub fn with_picture(self, image_url: Option<String>) -> Self {
        let item = Self { image_url, ..self };
        let shown = item
            .picture()
            .filter(|url| url.chars().count() <= IMAGE_URL_MAX);
        let shown = shown.map(str::to_owned);
        Self {
            image_url: shown,
            ..item
        }
    }

    fn checked(self) -> Result<Self, OrderFault> {
        if !(1..=QUANTITY_MAX).contains(&self.quantity) {
            return Err(OrderFault::Quantity);
        }
        let name = line(Some(&self.name), ITEM_NAME_MAX, OrderFault::ItemName)?;
        let item = Self {
            name: name.ok_or(OrderFault::ItemName)?,
            quantity: self.quantity,
            image_url: line(
                self.image_url.as_deref(),
                IMAGE_URL_MAX,
                OrderFault::ImageUrl,
            )?,
        };
        if item.image_url.is_some() && item.picture().is_none() {
            return Err(OrderFault::ImageUrl);
        }
        Ok(item)
    }
}

impl Shipment {
    fn checked(self) -> Result<Self, OrderFault> {
        let tracking = |text: Option<String>| {
            line(text.as_deref(), TRACKING_TEXT_MAX, OrderFault::TrackingText)
        };
        let carrier = tracking(self.carrier)?;
        let tracking_number = tracking(self.tracking_number)?;
        let tracking_url = line(
            self.tracking_url.as_deref(),
            TRACKING_URL_MAX,
            OrderFault::TrackingUrl,
        )?;
        let shipment = Self {
            carrier,
            tracking_number,
            tracking_url,
            ..self
        };
        if shipment.tracking_url.is_some() && shipment.link().is_none() {
            return Err(OrderFault::TrackingUrl);
        }
        #[cfg(any(test, feature = "parcel_dates"))]
        if shipment
            .changed_at
            .is_some_and(|at| !(0..LATEST).contains(&at))
        {
            return Err(OrderFault::ChangedAt);
        }
        Ok(shipment)
    }
}

/// A text on one line; none if it is empty.
fn line(text: Option<&str>, max: usize, fault: OrderFault) -> Result<Option<String>, OrderFault> {
    let text = text::check(text.unwrap_or_default(), max).map_err(|_| fault)?;
    let words: Vec<_> = text.split_whitespace().collect();
    Ok(Some(words.join(" ")).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::{OrderStatus, PaymentStatus};
    use proptest::prelude::*;

    fn order() -> Order {
        Order {
            number: "1001".to_owned(),
            email: "jane@example.com".to_owned(),
            customer_name: None,
            status: OrderStatus::Shipped,
            payment_status: PaymentStatus::Paid,
            currency: "USD".to_owned(),
            total_minor: 1_200,
            placed_at: 1,
            changed_at: None,
            items: Vec::new(),
            shipments: Vec::new(),
        }
    }

    fn fault(change: impl FnOnce(&mut Order)) -> OrderFault {
        let mut order = order();
        change(&mut order);
        order.checked().expect_err("a fault")
    }

    fn item(name: &str, quantity: i64) -> OrderItem {
        OrderItem {
            name: name.to_owned(),
            quantity,
            image_url: None,
        }
    }

    #[test]
    fn what_people_type_is_normalised() {
        let typed = Order {
            number: " #sd-1001 ".to_owned(),
            email: " Jane@Example.com".to_owned(),
            customer_name: Some("  ".to_owned()),
            currency: "eur".to_owned(),
            items: vec![item(" Linen\n lamp ", 2)],
            shipments: vec![
                Shipment {
                    carrier: Some(" DHL ".to_owned()),
                    ..Shipment::default()
                },
                Shipment::default(),
            ],
            ..order()
        };
        let stored = typed.checked().expect("an order");
        assert_eq!(stored.number, "SD-1001");
        assert_eq!(stored.email, "jane@example.com");
        assert_eq!(stored.customer_name, None);
        assert_eq!(stored.currency, "EUR");
        assert_eq!(stored.items, [item("Linen lamp", 2)]);
        assert_eq!(stored.shipments.len(), 1);
        assert_eq!(stored.shipments[0].carrier.as_deref(), Some("DHL"));
    }

    #[test]
    fn an_order_needs_no_email() {
        let anonymous = Order {
            email: " ".to_owned(),
            ..order()
        };
        assert_eq!(anonymous.checked().expect("an order").email, "");
    }

    #[test]
    fn each_fault_is_told_apart() {
        assert_eq!(fault(|o| o.number = "#".into()), OrderFault::Number);
        assert_eq!(fault(|o| o.email = "jane".into()), OrderFault::Email);
        assert_eq!(
            fault(|o| o.customer_name = Some("x".repeat(201))),
            OrderFault::CustomerName
        );
        assert_eq!(fault(|o| o.currency = "XYZ".into()), OrderFault::Currency);
        assert_eq!(fault(|o| o.total_minor = -1), OrderFault::NegativeTotal);
        assert_eq!(fault(|o| o.total_minor = i64::MAX), OrderFault::LargeTotal);
        assert_eq!(fault(|o| o.placed_at = -1), OrderFault::PlacedAt);
        assert_eq!(
            fault(|o| o.items = vec![item("x", 1); 201]),
            OrderFault::TooManyItems
        );
        assert_eq!(fault(|o| o.items = vec![item("", 1)]), OrderFault::ItemName);
        assert_eq!(
            fault(|o| o.items = vec![item("x", 0)]),
            OrderFault::Quantity
        );
        assert_eq!(
            fault(|o| o.shipments = vec![Shipment::default(); 51]),
            OrderFault::TooManyShipments
        );
    }

    #[test]
    fn a_parcel_changed_in_our_time() {
        let changed = |at| Shipment {
            changed_at: Some(at),
            ..Shipment::default()
        };
        for wrong in [-1, LATEST, UnixMillis::MAX] {
            let found = fault(|order| order.shipments = vec![changed(wrong)]);
            assert_eq!(found, OrderFault::ChangedAt, "{wrong}");
        }
        let order = Order {
            shipments: vec![changed(LATEST - 1)],
            ..order()
        };
        let stored = order.clone().checked().expect("an order");
        assert_eq!(stored.shipments, order.shipments);
    }

    #[test]
    fn only_web_addresses_are_taken_as_tracking_links() {
        let linked = |url: &str| Shipment {
            tracking_url: Some(url.to_owned()),
            ..Shipment::default()
        };
        for wrong in ["#", "javascript:alert(1)", "ftp://a.b", "https://a b"] {
            let found = fault(|order| order.shipments = vec![linked(wrong)]);
            assert_eq!(found, OrderFault::TrackingUrl, "{wrong}");
        }
    }

    #[test]
    fn only_secure_addresses_are_taken_as_pictures() {
        let pictured = |url: &str| OrderItem {
            image_url: Some(url.to_owned()),
            ..item("Lamp", 1)
        };
        let long = format!("https://shop.example.com/{}", "x".repeat(IMAGE_URL_MAX));
        for wrong in [
            "lamp.png",
            "http://a.b/lamp.png",
            "data:,",
            "https://a b",
            &long,
        ] {
            let found = fault(|order| order.items = vec![pictured(wrong)]);
            assert_eq!(found, OrderFault::ImageUrl, "{wrong}");
        }
        for (typed, stored) in [
            (" https://a.b/lamp.png\n", Some("https://a.b/lamp.png")),
            (" ", None),
        ] {
            let order = Order {
                items: vec![pictured(typed)],
                ..order()
            };
            let order = order.checked().expect("an order");
            assert_eq!(order.items[0].image_url.as_deref(), stored);
        }
    }

    #[test]
    fn a_shops_picture_is_kept_if_it_can_be_shown() {
        let kept = |url: &str| item("Lamp", 1).with_picture(Some(url.to_owned())).image_url;
        let lamp = "https://shop.example.com/lamp.webp";
        assert_eq!(kept(&format!("{lamp} ")).as_deref(), Some(lamp));
        assert_eq!(kept("http://shop.example.com/lamp.webp"), None);
        assert_eq!(kept(&format!("{lamp}?{}", "x".repeat(IMAGE_URL_MAX))), None);
        assert_eq!(item("Lamp", 1).with_picture(None), item("Lamp", 1));
    }

    proptest! {
        #[test]
        fn checking_twice_changes_nothing(
            number in "#?[a-z0-9-]{0,9}",
            email in "[A-Za-z]{0,5}@?[a-z]{0,5}\\.?[a-z]{0,3}",
            name in "\\PC{0,20}",
            total_minor in -5..5_i64,
            quantity in 0..3_i64,
        ) {
            let order = Order {
                number,
                email,
                customer_name: Some(name.clone()),
                total_minor,
                items: vec![item(&name, quantity)],
                ..order()
            };
            if let Ok(order) = order.checked() {
                prop_assert_eq!(order.clone().checked(), Ok(order));
            }
        }
    }
}
