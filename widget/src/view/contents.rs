//! What a message says: words, with web addresses as links, or the orders that it shows.
//!
//! Nothing of it changes once it is there, so it is built element by element: in a view, each
//! kind of element would cost as much as all of this file.

use super::{
    elements::{add, set},
    proof::proof,
};
use crate::{browser, chat::Chat, rows::Row};
use domain::{
    money,
    order::Shipment,
    order_card::{OrderCard, OrderDetails},
    order_progress::{Progress, Step},
    text::{Segment, segments},
    texts::WidgetTexts,
};
use web_sys::Element;

/// Fills the `body` of a message.
pub fn contents(body: Element, (chat, row): (Chat, Row)) {
    if row.asks_proof && !chat.is_verified() {
        words(Some(&body), &row.body);
        proof(&body, chat, row.id);
        return;
    }
    let (texts, body) = (chat.texts, Some(&body));
    if row.orders.is_empty() {
        return words(body, &row.body);
    }
    if !row.lead.is_empty() {
        words(body, &row.lead);
    }
    // Of several orders the shopper opens one.
    let is_one = row.orders.len() == 1;
    for card in &row.orders {
        order(body, texts, card, is_one);
    }
    let folded = add(body, "details", "order", "");
    add(folded.as_ref(), "summary", "", texts.order_words());
    words(folded.as_ref(), &row.body);
}

/// The text as text, with web addresses as links.
fn words(parent: Option<&Element>, text: &str) {
    let Some(line) = add(parent, "p", "", "") else {
        return;
    };
    // Its direction is that of its own text.
    set(&line, "dir", "auto");
    for segment in segments(text) {
        match segment {
            Segment::Text(text) => {
                let _ = line.append_with_str_1(text);
            }
            Segment::Link(address) => {
                link(Some(&line), address, address);
            }
        }
    }
}

/// No pictures: a shopper's browser asks nobody but the shop and this server.
fn order(parent: Option<&Element>, texts: &WidgetTexts, card: &OrderCard, is_open: bool) {
    let progress = card.progress();
    let order = add(parent, "details", "order", "");
    if let Some(order) = order.as_ref().filter(|_| is_open) {
        set(order, "open", "");
    }
    let order = order.as_ref();
    let summary = add(order, "summary", "", "");
    add(
        summary.as_ref(),
        "strong",
        "",
        &format!("#{} ", card.number),
    );
    let mut stands = texts.order_progress(progress).to_owned();
    if let Some(at) = card.changed_at {
        stands = stands + ", " + &browser::date_text(at);
    }
    add(summary.as_ref(), "span", "", &stands);
    if let Progress::At(step) = progress {
        steps(order, texts, step);
    }
    if let Some(details) = &card.details {
        items(order, texts, details);
    }
    let parcels = add(order, "ul", "", "");
    for shipment in &card.shipments {
        parcel(parcels.as_ref(), texts, shipment);
    }
    more(parcels.as_ref(), texts, card.more_shipments);
}

fn steps(parent: Option<&Element>, texts: &WidgetTexts, at: Step) {
    let steps = add(parent, "ol", "", "");
    for step in at.way() {
        let class = if step <= at { "reached" } else { "" };
        let shown = add(steps.as_ref(), "li", class, texts.order_step(step));
        if let Some(shown) = shown.filter(|_| step == at) {
            set(&shown, "aria-current", "step");
        }
    }
}

fn items(parent: Option<&Element>, texts: &WidgetTexts, details: &OrderDetails) {
    let items = add(parent, "ul", "", "");
    for item in &details.items {
        let line = format!("{} × {}", item.quantity, item.name);
        add(items.as_ref(), "li", "", &line);
    }
    more(items.as_ref(), texts, details.more_items);
    let amount = browser::amount_text(details.total_minor, money::minor_digits(&details.currency));
    let paid = texts.payment(details.payment_status);
    let total = format!(
        "{} {amount} {} · {paid}",
        texts.order_total(),
        details.currency
    );
    add(parent, "p", "", &total);
}

fn parcel(parent: Option<&Element>, texts: &WidgetTexts, parcel: &Shipment) {
    let line = add(parent, "li", "", "");
    for part in [&parcel.carrier, &parcel.tracking_number]
        .into_iter()
        .flatten()
    {
        add(line.as_ref(), "span", "", &format!("{part} "));
    }
    let place = parcel
        .status
        .map(|status| texts.parcel_status(status).to_owned());
    let day = parcel.changed_at.map(browser::date_text);
    let place: Vec<_> = place.into_iter().chain(day).collect();
    if !place.is_empty() {
        add(line.as_ref(), "p", "", &place.join(", "));
    }
    if let Some(address) = parcel.link() {
        link(line.as_ref(), address, texts.order_track());
    }
}

fn more(parent: Option<&Element>, texts: &WidgetTexts, count: u32) {
    if count > 0 {
        add(parent, "li", "", &texts.more(count));
    }
}

fn link(parent: Option<&Element>, address: &str, text: &str) -> Option<Element> {
    let link = add(parent, "a", "", text)?;
    set(&link, "href", address);
    set(&link, "target", "_blank");
    set(&link, "rel", "noopener noreferrer nofollow");
    Some(link)
}
