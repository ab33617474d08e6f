//! Where an order and its parcels are, in words.

use super::{AnswerTexts, fill::fill};
use crate::{
    UnixMillis,
    day::Day,
    order::{Order, OrderStatus, ParcelStatus, PaymentStatus, Shipment},
    order_card::Detail,
};

/// Where a parcel is, as far as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    status: Option<ParcelStatus>,
    /// The day of its last change.
    day: Option<String>,
}

impl AnswerTexts {
    /// What of an answer has to be read though its orders are shown as cards: all that no
    /// card says. Empty for most.
    #[must_use]
    pub fn beside_cards(&self, orders: &[(Order, Detail)], not_here: bool) -> String {
        let has_problem = orders.iter().any(|(order, _)| has_problem(order));
        let is_brief = orders.iter().any(|(_, detail)| *detail == Detail::Brief);
        // Of several orders each card says enough to choose one.
        let (partly, untracked) = match orders {
            [(order, _)] => (self.more_is_to_come(order), self.nothing_to_follow(order)),
            _ => (None, None),
        };
        let parts = [
            partly,
            untracked.filter(|_| !not_here).map(str::to_owned),
            not_here.then(|| self.delivered_not_here().to_owned()),
            has_problem.then(|| self.parcel_problem().to_owned()),
            is_brief.then(|| self.email_for_details().to_owned()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }

    /// A card shows how far the first parcel is, not that more are to come.
    fn more_is_to_come(&self, order: &Order) -> Option<String> {
        let status = self.status(order.status);
        (order.status == OrderStatus::PartlyShipped).then(|| {
            fill(
                self.order_line(),
                &[("number", &order.number), ("status", status)],
            )
        })
    }

    /// Why there is nothing to follow an order by, if there isn't.
    fn nothing_to_follow(&self, order: &Order) -> Option<&str> {
        (!order.shipments.iter().any(is_shown)).then(|| self.without_tracking(order))
    }

    /// Which order it is, and how it stands.
    pub(super) fn order_status(&self, order: &Order, now: UnixMillis) -> String {
        let told = self.told_by_parcels(order, now);
        let status = told
            .unwrap_or_else(|| beside(self.status(order.status), self.when_changed(order, now)));
        fill(
            self.order_line(),
            &[("number", &order.number), ("status", &status)],
        )
    }

    /// How the order stands by its parcels; `None` unless all of them are at the same place
    /// since the same day, and that is more than the order itself says.
    fn told_by_parcels(&self, order: &Order, now: UnixMillis) -> Option<String> {
        use OrderStatus as Goods;
        use ParcelStatus as Parcel;
        let mut parcels = order.shipments.iter();
        let place = self.place(parcels.next().filter(|first| is_shown(first))?, now);
        if !parcels.all(|other| is_shown(other) && self.place(other, now) == place) {
            return None;
        }
        let own = self.status(order.status);
        let parcel = place.status?;
        Some(match (order.status, parcel) {
            (Goods::Shipped, Parcel::InTransit) => beside(own, self.in_words(&place)),
            (
                Goods::Shipped,
                Parcel::OutForDelivery | Parcel::ReadyForPickup | Parcel::NotDelivered,
            ) => beside(&capitalised(self.parcel_status(parcel)), self.when(&place)),
            (Goods::Processing, Parcel::Preparing)
            | (Goods::ReadyForPickup, Parcel::ReadyForPickup)
            | (Goods::Delivered, Parcel::Delivered)
            | (Goods::Returned, Parcel::Returned) => beside(own, self.when(&place)),
            _ => return None,
        })
    }

    /// Since when the order stands so, unless its parcels say more.
    fn when_changed(&self, order: &Order, now: UnixMillis) -> Option<String> {
        let template = match order.status {
            OrderStatus::Cancelled => self.on_day(),
            _ if has_dated_parcel(order) => return None,
            _ => self.last_change(),
        };
        let date = self.day(order.changed_at?, now);
        Some(fill(template, &[("date", &date)]))
    }

    /// Where the money is; where it was given back also since when, if that isn't said of the
    /// order.
    pub(super) fn payment_in_words(&self, order: &Order, now: UnixMillis) -> String {
        use PaymentStatus::{PartlyRefunded, Refunded};
        let is_back = matches!(order.payment_status, Refunded | PartlyRefunded);
        let is_told = order.status == OrderStatus::Cancelled || !has_dated_parcel(order);
        let at = order.changed_at.filter(|_| is_back && !is_told);
        let changed = at.map(|at| fill(self.last_change(), &[("date", &self.day(at, now))]));
        beside(self.payment(order.payment_status), changed)
    }

    /// How to follow the parcels, and where they are if the order's line doesn't say it.
    pub(super) fn tracking(&self, order: &Order, now: UnixMillis) -> String {
        let is_told = self.told_by_parcels(order, now).is_some();
        let shown = order.shipments.iter().filter_map(|shipment| {
            let (text, has_link) = parcel(shipment)?;
            let place = self.in_words(&self.place(shipment, now));
            Some((beside(&text, place.filter(|_| !is_told)), has_link))
        });
        let parcels: Vec<(String, bool)> = shown.collect();
        let texts = || parcels.iter().map(|(text, _)| text.as_str());
        let tracking = match parcels.as_slice() {
            [] => self.without_tracking(order).to_owned(),
            [(link, true)] => fill(self.tracking_line(), &[("link", link)]),
            // Enough to ask the carrier by.
            parcels if parcels.iter().all(|(_, has_link)| !has_link) => {
                let numbers = texts().collect::<Vec<_>>().join(", ");
                fill(self.tracking_number_line(), &[("number", &numbers)])
            }
            _ => {
                let lines = std::iter::once(self.tracking_lines()).chain(texts());
                lines.collect::<Vec<_>>().join("\n")
            }
        };
        if has_problem(order) {
            format!("{tracking}\n{}", self.parcel_problem())
        } else {
            tracking
        }
    }

    /// Says clearly that there is no tracking link, and why.
    fn without_tracking(&self, order: &Order) -> &str {
        match (order.status, order.payment_status) {
            (OrderStatus::Cancelled, PaymentStatus::Refunded) => self.untracked_refunded(),
            (OrderStatus::Cancelled, _) => self.untracked_cancelled(),
            (OrderStatus::Returned, _) => self.untracked_returned(),
            (OrderStatus::ReadyForPickup, _) => self.untracked_pickup(),
            (OrderStatus::Delivered, _) => self.untracked_delivered(),
            (OrderStatus::Shipped | OrderStatus::PartlyShipped, _) => self.untracked_shipped(),
            (OrderStatus::OnHold, _) => self.untracked_on_hold(),
            (OrderStatus::Pending | OrderStatus::Processing, _) => self.untracked_not_yet(),
        }
    }

    fn place(&self, parcel: &Shipment, now: UnixMillis) -> Place {
        Place {
            status: parcel.status,
            day: changed_at(parcel).map(|at| self.day(at, now)),
        }
    }

    /// E.g. `out for delivery since 24 Nov`.
    fn in_words(&self, place: &Place) -> Option<String> {
        let status = place.status.map(|status| self.parcel_status(status));
        let parts = [status.map(str::to_owned), self.when(place)];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// E.g. `since 24 Nov`.
    fn when(&self, place: &Place) -> Option<String> {
        let template = match place.status {
            None => self.last_change(),
            Some(ParcelStatus::Delivered | ParcelStatus::NotDelivered | ParcelStatus::Returned) => {
                self.on_day()
            }
            Some(
                ParcelStatus::Preparing
                | ParcelStatus::InTransit
                | ParcelStatus::OutForDelivery
                | ParcelStatus::ReadyForPickup,
            ) => self.since_day(),
        };
        let date = place.day.as_deref()?;
        Some(fill(template, &[("date", date)]))
    }

    /// Where a parcel is, as within a sentence.
    fn parcel_status(&self, status: ParcelStatus) -> &str {
        match status {
            ParcelStatus::Preparing => self.parcel_preparing(),
            ParcelStatus::InTransit => self.parcel_in_transit(),
            ParcelStatus::OutForDelivery => self.parcel_out_for_delivery(),
            ParcelStatus::ReadyForPickup => self.parcel_ready_for_pickup(),
            ParcelStatus::Delivered => self.parcel_delivered(),
            ParcelStatus::NotDelivered => self.parcel_not_delivered(),
            ParcelStatus::Returned => self.parcel_returned(),
        }
    }

    /// The day of a time in UTC, with its year unless that is the year of `now`.
    fn day(&self, at: UnixMillis, now: UnixMillis) -> String {
        let Day { year, month, day } = Day::of(at);
        let template = if year == Day::of(now).year {
            self.day_and_month()
        } else {
            self.day_month_and_year()
        };
        fill(
            template,
            &[
                ("day", &day.to_string()),
                ("month", self.month(month)),
                ("year", &year.to_string()),
            ],
        )
    }

    fn month(&self, month: usize) -> &str {
        match month {
            1 => self.january(),
            2 => self.february(),
            3 => self.march(),
            4 => self.april(),
            5 => self.may(),
            6 => self.june(),
            7 => self.july(),
            8 => self.august(),
            9 => self.september(),
            10 => self.october(),
            11 => self.november(),
            _ => self.december(),
        }
    }
}

#[cfg(any(test, feature = "parcel_dates"))]
fn changed_at(parcel: &Shipment) -> Option<UnixMillis> {
    parcel.changed_at
}

/// Whose parcels carry no dates answers nobody.
#[cfg(not(any(test, feature = "parcel_dates")))]
fn changed_at(_: &Shipment) -> Option<UnixMillis> {
    None
}

fn beside(text: &str, more: Option<String>) -> String {
    match more {
        Some(more) => format!("{text} ({more})"),
        None => text.to_owned(),
    }
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest).collect()
}

/// Whether the carrier has trouble with a parcel that is shown. What came back altogether, or
/// is given up, is told as such.
fn has_problem(order: &Order) -> bool {
    let is_over = matches!(order.status, OrderStatus::Cancelled | OrderStatus::Returned);
    let troubles = [ParcelStatus::NotDelivered, ParcelStatus::Returned];
    let mut shown = order.shipments.iter().filter(|parcel| is_shown(parcel));
    !is_over && shown.any(|parcel| parcel.status.is_some_and(|at| troubles.contains(&at)))
}

/// Whether a parcel that is shown says when it last changed.
fn has_dated_parcel(order: &Order) -> bool {
    let is_dated = |parcel: &Shipment| is_shown(parcel) && changed_at(parcel).is_some();
    order.shipments.iter().any(is_dated)
}

/// Whether it can be followed, by a link or a number.
fn is_shown(shipment: &Shipment) -> bool {
    parcel(shipment).is_some()
}

/// What is known of a parcel, and whether it can be followed by a link.
fn parcel(shipment: &Shipment) -> Option<(String, bool)> {
    let known = [&shipment.carrier, &shipment.tracking_number];
    let name: Vec<_> = known.into_iter().flatten().map(String::as_str).collect();
    let name = name.join(" ");
    match shipment.link() {
        Some(link) if name.is_empty() => Some((link.to_owned(), true)),
        Some(link) => Some((format!("{name}: {link}"), true)),
        None => shipment.tracking_number.is_some().then_some((name, false)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts;

    const DAY: UnixMillis = 24 * 60 * 60 * 1_000;
    /// 24 November 2026, as the day begins.
    const THEN: UnixMillis = 1_795_478_400_000;
    const NOW: UnixMillis = THEN + DAY;

    fn parcel(number: &str, status: Option<ParcelStatus>) -> Shipment {
        Shipment {
            tracking_url: Some(format!("https://t.example/{number}")),
            status,
            changed_at: Some(THEN),
            ..Shipment::default()
        }
    }

    fn order(status: OrderStatus, shipments: Vec<Shipment>) -> Order {
        Order {
            number: "1001".into(),
            email: String::new(),
            customer_name: None,
            status,
            payment_status: PaymentStatus::Paid,
            currency: "USD".into(),
            total_minor: 11_850,
            placed_at: 0,
            changed_at: None,
            items: Vec::new(),
            shipments,
        }
    }

    /// The order's line, and what is said of its parcels.
    fn told(locale: &str, order: &Order) -> (String, String) {
        let texts = &texts::of(locale).answers;
        (texts.order_status(order, NOW), texts.tracking(order, NOW))
    }

    /// The same of an order with one parcel, without what all have in common.
    fn of_one(locale: &str, status: OrderStatus, place: ParcelStatus) -> (String, String) {
        let (line, tracking) = told(locale, &order(status, vec![parcel("1", Some(place))]));
        let line = line.split_once(": ").expect("a status").1.to_owned();
        let tracking = tracking.split_once("https://t.example/1").expect("a link");
        (line, tracking.1.trim_start().to_owned())
    }

    #[test]
    fn an_order_stands_where_its_parcel_is_and_since_then() {
        use OrderStatus::{Delivered, Processing, ReadyForPickup, Returned, Shipped};
        use ParcelStatus as Parcel;
        for (status, place, english, german) in [
            (
                Processing,
                Parcel::Preparing,
                "Being prepared (since 24 Nov)",
                "In Bearbeitung (seit dem 24. November)",
            ),
            (
                Shipped,
                Parcel::InTransit,
                "Shipped (on its way since 24 Nov)",
                "Versandt (unterwegs seit dem 24. November)",
            ),
            (
                Shipped,
                Parcel::OutForDelivery,
                "Out for delivery (since 24 Nov)",
                "In Zustellung (seit dem 24. November)",
            ),
            (
                Shipped,
                Parcel::ReadyForPickup,
                "Ready for pick-up (since 24 Nov)",
                "Zur Abholung bereit (seit dem 24. November)",
            ),
            (
                ReadyForPickup,
                Parcel::ReadyForPickup,
                "Ready for pick-up (since 24 Nov)",
                "Bereit zur Abholung (seit dem 24. November)",
            ),
            (
                Delivered,
                Parcel::Delivered,
                "Delivered (on 24 Nov)",
                "Zugestellt (am 24. November)",
            ),
            (
                Returned,
                Parcel::Returned,
                "Returned (on 24 Nov)",
                "Zurückgesendet (am 24. November)",
            ),
        ] {
            let once = |line: &str| (line.to_owned(), String::new());
            assert_eq!(of_one("en", status, place), once(english), "{status:?}");
            assert_eq!(of_one("de", status, place), once(german), "{status:?}");
        }
    }

    #[test]
    fn what_the_order_does_not_say_the_parcels_line_says() {
        use OrderStatus::{OnHold, PartlyShipped, Pending, Shipped};
        use ParcelStatus as Parcel;
        for (status, place, line, aside) in [
            (
                Pending,
                Parcel::Preparing,
                "Received",
                "(being prepared since 24 Nov)",
            ),
            (
                OnHold,
                Parcel::InTransit,
                "On hold",
                "(on its way since 24 Nov)",
            ),
            (
                PartlyShipped,
                Parcel::Delivered,
                "Partly shipped",
                "(delivered on 24 Nov)",
            ),
            // A part of it may have been sent without a number.
            (
                Shipped,
                Parcel::Delivered,
                "Shipped",
                "(delivered on 24 Nov)",
            ),
        ] {
            let told = of_one("en", status, place);
            assert_eq!(told, (line.to_owned(), aside.to_owned()), "{status:?}");
        }
    }

    #[test]
    fn beside_a_card_stands_why_nothing_can_be_followed_and_that_more_is_to_come() {
        let texts = &texts::of("en").answers;
        let beside = |orders: &[Order], not_here: bool| {
            let orders: Vec<_> = orders
                .iter()
                .map(|order| (order.clone(), Detail::Full))
                .collect();
            texts.beside_cards(&orders, not_here)
        };
        let sent = parcel("1", Some(ParcelStatus::InTransit));
        let unsent = order(OrderStatus::Processing, Vec::new());
        assert_eq!(
            beside(std::slice::from_ref(&unsent), false),
            texts.untracked_not_yet()
        );
        let partly = order(OrderStatus::PartlyShipped, vec![sent.clone()]);
        assert_eq!(beside(&[partly], false), "Order #1001: Partly shipped");
        let shipped = order(OrderStatus::Shipped, vec![sent]);
        assert_eq!(beside(&[shipped], false), "");
        // Of several one is chosen first.
        assert_eq!(beside(&[unsent.clone(), unsent], false), "");
        let gone = order(OrderStatus::Delivered, Vec::new());
        assert_eq!(beside(&[gone], true), texts.delivered_not_here());
    }

    #[test]
    fn parcels_at_different_places_each_say_theirs() {
        let mut late = parcel("3", Some(ParcelStatus::Delivered));
        late.changed_at = Some(THEN - DAY);
        late.carrier = Some("DHL".into());
        let parcels = vec![
            parcel("1", Some(ParcelStatus::OutForDelivery)),
            parcel("2", None),
            late,
        ];
        let order = order(OrderStatus::Shipped, parcels);
        let (line, tracking) = told("en", &order);
        assert_eq!(line, "Order #1001: Shipped");
        assert_eq!(
            tracking,
            "Tracking:\n\
             https://t.example/1 (out for delivery since 24 Nov)\n\
             https://t.example/2 (last change on 24 Nov)\n\
             DHL: https://t.example/3 (delivered on 23 Nov)"
        );
        let (_, german) = told("de", &order);
        assert_eq!(
            german,
            "Sendungsverfolgung:\n\
             https://t.example/1 (in Zustellung seit dem 24. November)\n\
             https://t.example/2 (letzte Änderung am 24. November)\n\
             DHL: https://t.example/3 (zugestellt am 23. November)"
        );
    }

    #[test]
    fn parcels_at_the_same_place_since_other_days_each_say_theirs() {
        let mut later = parcel("2", Some(ParcelStatus::OutForDelivery));
        later.changed_at = Some(NOW);
        let first = parcel("1", Some(ParcelStatus::OutForDelivery));
        let (line, tracking) = told(
            "en",
            &order(OrderStatus::Shipped, vec![first.clone(), later]),
        );
        assert_eq!(line, "Order #1001: Shipped");
        assert!(tracking.contains("/2 (out for delivery since 25 Nov)"));
        let (line, tracking) = told("en", &order(OrderStatus::Shipped, vec![first; 2]));
        assert_eq!(line, "Order #1001: Out for delivery (since 24 Nov)");
        assert!(!tracking.contains('('), "{tracking}");
    }

    #[test]
    fn a_parcel_that_cannot_be_followed_says_nothing_for_the_order() {
        let nameless = Shipment {
            carrier: Some("DHL".into()),
            status: Some(ParcelStatus::OutForDelivery),
            ..Shipment::default()
        };
        let followed = parcel("1", Some(ParcelStatus::OutForDelivery));
        for parcels in [vec![nameless.clone()], vec![followed, nameless]] {
            let (line, _) = told("en", &order(OrderStatus::Shipped, parcels));
            assert_eq!(line, "Order #1001: Shipped");
        }
    }

    #[test]
    fn a_number_without_a_link_says_where_its_parcel_is() {
        let numbered = Shipment {
            tracking_url: None,
            tracking_number: Some("0034".into()),
            ..parcel("1", Some(ParcelStatus::Delivered))
        };
        let (_, tracking) = told("en", &order(OrderStatus::PartlyShipped, vec![numbered]));
        assert!(
            tracking.starts_with("Tracking number: 0034 (delivered on 24 Nov). The carrier"),
            "{tracking}"
        );
    }

    #[test]
    fn without_a_date_only_the_place_is_told() {
        let mut undated = parcel("1", Some(ParcelStatus::OutForDelivery));
        undated.changed_at = None;
        let (line, tracking) = told("en", &order(OrderStatus::Shipped, vec![undated.clone()]));
        assert_eq!(line, "Order #1001: Out for delivery");
        assert_eq!(tracking, "Tracking: https://t.example/1");
        undated.status = None;
        let told = told("en", &order(OrderStatus::Shipped, vec![undated]));
        assert_eq!(told, ("Order #1001: Shipped".to_owned(), tracking));
    }

    #[test]
    fn an_order_says_when_it_changed_unless_its_parcels_do() {
        let line = |locale: &str, status: OrderStatus, shipments: Vec<Shipment>| {
            let order = Order {
                changed_at: Some(THEN),
                ..order(status, shipments)
            };
            let (line, _) = told(locale, &order);
            line.split_once(": ").expect("a status").1.to_owned()
        };
        for (status, english, german) in [
            (
                OrderStatus::Cancelled,
                "Cancelled (on 24 Nov)",
                "Storniert (am 24. November)",
            ),
            (
                OrderStatus::Processing,
                "Being prepared (last change on 24 Nov)",
                "In Bearbeitung (letzte Änderung am 24. November)",
            ),
            (
                OrderStatus::Shipped,
                "Shipped (last change on 24 Nov)",
                "Versandt (letzte Änderung am 24. November)",
            ),
        ] {
            assert_eq!(line("en", status, Vec::new()), english);
            assert_eq!(line("de", status, Vec::new()), german);
        }
        let sent = vec![parcel("1", None)];
        assert_eq!(line("en", OrderStatus::Shipped, sent.clone()), "Shipped");
        let cancelled = line("en", OrderStatus::Cancelled, sent);
        assert_eq!(cancelled, "Cancelled (on 24 Nov)");
    }

    #[test]
    fn money_that_was_given_back_says_when_if_nothing_else_does() {
        let texts = &texts::of("en").answers;
        let paid_back = |status: OrderStatus, shipments: Vec<Shipment>| {
            let order = Order {
                payment_status: PaymentStatus::Refunded,
                changed_at: Some(THEN),
                ..order(status, shipments)
            };
            texts.payment_in_words(&order, NOW)
        };
        let sent = vec![parcel("1", Some(ParcelStatus::Delivered))];
        let told = "Refunded (last change on 24 Nov)";
        assert_eq!(paid_back(OrderStatus::Delivered, sent), told);
        assert_eq!(paid_back(OrderStatus::Delivered, Vec::new()), "Refunded");
        assert_eq!(paid_back(OrderStatus::Cancelled, Vec::new()), "Refunded");
    }

    #[test]
    fn a_day_of_another_year_has_its_year() {
        let mut old = parcel("1", Some(ParcelStatus::Delivered));
        old.changed_at = Some(THEN - 365 * DAY);
        let order = order(OrderStatus::Delivered, vec![old]);
        let english = "Order #1001: Delivered (on 24 Nov 2025)";
        assert_eq!(told("en", &order).0, english);
        let german = "Bestellung #1001: Zugestellt (am 24. November 2025)";
        assert_eq!(told("de", &order).0, german);
    }

    #[test]
    fn a_problem_of_the_carrier_is_told_with_a_way_out() {
        use OrderStatus::{Cancelled, PartlyShipped, Returned, Shipped};
        use ParcelStatus as Parcel;
        for (locale, line) in [
            ("en", "Couldn't be delivered (on 24 Nov)"),
            ("de", "Zustellung fehlgeschlagen (am 24. November)"),
        ] {
            let texts = texts::of(locale);
            let help = texts.answers.parcel_problem();
            let button = texts.widget.ask_for_person();
            assert!(help.contains(button), "{help}");
            let told = of_one(locale, Shipped, Parcel::NotDelivered);
            assert_eq!(told, (line.to_owned(), help.to_owned()));
            for (status, place, is_problem) in [
                (PartlyShipped, Parcel::NotDelivered, true),
                (Shipped, Parcel::Returned, true),
                (Shipped, Parcel::InTransit, false),
                (Returned, Parcel::Returned, false),
                (Cancelled, Parcel::Returned, false),
            ] {
                let (_, tracking) = of_one(locale, status, place);
                assert_eq!(tracking.contains(help), is_problem, "{status:?}, {place:?}");
            }
        }
    }
}
