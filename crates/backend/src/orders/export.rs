//! All built-in orders as a file, a page after the other, so that nothing holds them all.

use super::{civil, formula, queries};
use crate::{
    Ctx,
    access::{Permission, Principal},
    error::{Error, Result},
};
use domain::{ids::StoreId, money, order::Order};
use futures::{Stream, stream};

/// Orders in a page.
const PAGE: i64 = 500;
/// Tells spreadsheets that the file is UTF-8.
const MARK: &str = "\u{FEFF}";
/// The names of the columns, which the import knows.
const COLUMNS: [&str; 17] = [
    "Number",
    "Email",
    "Customer",
    "Status",
    "Payment",
    "Currency",
    "Total",
    "Placed at",
    "Changed at",
    "Item",
    "Quantity",
    "Picture",
    "Carrier",
    "Tracking number",
    "Tracking link",
    "Parcel status",
    "Parcel changed at",
];

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// A table, with the items and parcels of an order in rows below one another.
    Csv,
    /// A list of orders.
    Json,
}

/// How far it is.
struct Export {
    ctx: Ctx,
    store_id: StoreId,
    format: ExportFormat,
    /// The last order's number; none before the first page.
    after: Option<String>,
    is_done: bool,
}

/// The store's orders by number, as the parts of a file. Orders that change meanwhile are
/// in it as they are when their page is read.
///
/// # Errors
/// [`Error::Forbidden`]. A part is an error if the database fails.
pub fn export(
    ctx: &Ctx,
    who: &Principal,
    format: ExportFormat,
) -> Result<impl Stream<Item = Result<Vec<u8>>> + Send + use<>> {
    who.require(Permission::ReadOrders)?;
    let export = Export {
        ctx: ctx.clone(),
        store_id: who.store_id,
        format,
        after: None,
        is_done: false,
    };
    Ok(stream::try_unfold(export, async |mut export| {
        let part = export.next_part().await?;
        Ok(part.map(|part| (part, export)))
    }))
}

impl Export {
    async fn next_part(&mut self) -> Result<Option<Vec<u8>>> {
        if self.is_done {
            return Ok(None);
        }
        let after = self.after.as_deref().unwrap_or_default();
        let mut connection = self.ctx.db().read().await?;
        let orders = queries::after_number(&mut connection, self.store_id, "", after, PAGE).await?;
        drop(connection);
        let is_first = self.after.is_none();
        self.is_done = i64::try_from(orders.len()).is_ok_and(|count| count < PAGE);
        let last = orders.last().map(|order| order.number.clone());
        self.after = Some(last.unwrap_or_default());
        let part = match self.format {
            ExportFormat::Csv => table(&orders, is_first)?,
            ExportFormat::Json => list(&orders, is_first, self.is_done)?,
        };
        Ok(Some(part))
    }
}

fn list(orders: &[Order], is_first: bool, is_last: bool) -> Result<Vec<u8>> {
    let mut json = Vec::new();
    if is_first {
        json.extend(b"[");
    }
    for (at, order) in orders.iter().enumerate() {
        json.extend(if is_first && at == 0 { "\n" } else { ",\n" }.bytes());
        serde_json::to_writer(&mut json, order).map_err(failed)?;
    }
    if is_last {
        json.extend(b"\n]\n");
    }
    Ok(json)
}

fn table(orders: &[Order], is_first: bool) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    if is_first {
        file.extend(MARK.bytes());
    }
    let mut writer = csv::Writer::from_writer(file);
    if is_first {
        writer.write_record(COLUMNS).map_err(failed)?;
    }
    for order in orders {
        let rows = order.items.len().max(order.shipments.len()).max(1);
        for row in 0..rows {
            let cells = cells(order, row).map(|cell| formula::marked(&cell));
            writer.write_record(cells).map_err(failed)?;
        }
    }
    writer.into_inner().map_err(|error| failed(error.error()))
}

/// A row of an order: the order itself in the first, an item and a parcel in each.
fn cells(order: &Order, row: usize) -> [String; COLUMNS.len()] {
    let of_order = |cell: &dyn Fn() -> String| if row == 0 { cell() } else { String::new() };
    let item = order.items.get(row);
    let shipment = order.shipments.get(row);
    let of_shipment = |cell: Option<&Option<String>>| cell.cloned().flatten().unwrap_or_default();
    [
        order.number.clone(),
        of_order(&|| order.email.clone()),
        of_order(&|| order.customer_name.clone().unwrap_or_default()),
        of_order(&|| order.status.as_str().to_owned()),
        of_order(&|| order.payment_status.as_str().to_owned()),
        of_order(&|| order.currency.clone()),
        of_order(&|| money::plain(order.total_minor, &order.currency)),
        of_order(&|| civil::iso(order.placed_at)),
        of_order(&|| order.changed_at.map(civil::iso).unwrap_or_default()),
        item.map(|item| item.name.clone()).unwrap_or_default(),
        item.map(|item| item.quantity.to_string())
            .unwrap_or_default(),
        item.and_then(|item| item.image_url.clone())
            .unwrap_or_default(),
        of_shipment(shipment.map(|shipment| &shipment.carrier)),
        of_shipment(shipment.map(|shipment| &shipment.tracking_number)),
        of_shipment(shipment.map(|shipment| &shipment.tracking_url)),
        shipment
            .and_then(|shipment| shipment.status)
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
        shipment
            .and_then(|shipment| shipment.changed_at)
            .map(civil::iso)
            .unwrap_or_default(),
    ]
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("an export: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        orders::{self, import},
        testing::shop::Shop,
    };
    use domain::{
        order::{OrderItem, OrderStatus, ParcelStatus, PaymentStatus, Shipment},
        order_import::{ImportCounts, ImportOptions, ImportStep},
    };
    use futures::TryStreamExt;
    use std::io::Write;

    fn order(number: &str) -> Order {
        Order {
            number: number.to_owned(),
            email: "jane@example.com".to_owned(),
            customer_name: Some("=cmd|' /C calc'!A0".to_owned()),
            status: OrderStatus::PartlyShipped,
            payment_status: PaymentStatus::PartlyRefunded,
            currency: "KWD".to_owned(),
            total_minor: 1_234,
            placed_at: 1_793_527_200_123,
            changed_at: Some(1_793_613_600_000),
            items: [("Lamp, \"large\"", Some("lamp.webp")), ("'@home", None)]
                .map(|(name, picture)| OrderItem {
                    name: name.to_owned(),
                    quantity: 2,
                    image_url: picture.map(|file| format!("https://shop.example.com/{file}?a=1,2")),
                })
                .to_vec(),
            shipments: parcels(),
        }
    }

    /// One for each place, one that only has a place, and one of which nobody knows where it is.
    fn parcels() -> Vec<Shipment> {
        let places = ParcelStatus::ALL.map(Some).into_iter().chain([None]);
        let parcels = (0..).zip(places).map(|(at, status)| Shipment {
            carrier: Some("DHL".to_owned()),
            tracking_number: Some(at.to_string()),
            tracking_url: Some(format!("https://track.example.com/{at}")),
            status,
            changed_at: (at % 3 != 0).then_some(1_793_527_200_123 + at),
        });
        let placed = Shipment {
            status: Some(ParcelStatus::OutForDelivery),
            ..Shipment::default()
        };
        parcels.chain([placed]).collect()
    }

    async fn file(shop: &Shop, format: ExportFormat) -> Vec<u8> {
        let parts = export(&shop.test.ctx, &shop.member, format).expect("an export");
        parts.try_concat().await.expect("a file")
    }

    async fn with_orders(numbers: &[&str]) -> Shop {
        let shop = Shop::new().await;
        for number in numbers {
            orders::put(&shop.test.ctx, &shop.member, order(number))
                .await
                .expect("an order");
        }
        shop
    }

    #[tokio::test]
    async fn what_was_exported_is_imported_as_it_was() {
        let shop = with_orders(&["1", "A-2"]).await;
        for format in [ExportFormat::Csv, ExportFormat::Json] {
            let exported = file(&shop, format).await;
            let ctx = &shop.test.ctx;
            let import = import::begin(ctx, &shop.member).expect("a turn");
            let mut file = import.file(ctx).expect("a file");
            file.write_all(&exported).expect("written");
            let preview = import.run(ctx, file, ImportStep::Preview, ImportOptions::default());
            let preview = preview.await.expect("a file");
            assert_eq!(preview.faults, []);
            let unchanged = ImportCounts {
                unchanged: 2,
                ..ImportCounts::default()
            };
            assert_eq!(preview.counts, unchanged, "{format:?}");
        }
    }

    #[tokio::test]
    async fn no_cell_of_the_table_is_a_formula() {
        let shop = with_orders(&["1"]).await;
        let file = String::from_utf8(file(&shop, ExportFormat::Csv).await).expect("text");
        assert!(file.contains("'=cmd"), "{file}");
        assert!(!file.contains(",=cmd"), "{file}");
    }

    #[tokio::test]
    async fn a_store_without_orders_has_an_empty_file() {
        let shop = Shop::new().await;
        let csv = String::from_utf8(file(&shop, ExportFormat::Csv).await).expect("text");
        assert_eq!(csv.lines().count(), 1);
        let json = file(&shop, ExportFormat::Json).await;
        let json: Vec<Order> = serde_json::from_slice(&json).expect("JSON");
        assert_eq!(json, []);
    }

    #[test]
    fn pages_are_joined_into_one_list() {
        let (page, none) = ([order("1"), order("2")], []);
        let parts = [
            list(&page, true, false),
            list(&page, false, false),
            list(&none, false, true),
        ];
        let json: Vec<u8> = parts
            .into_iter()
            .flat_map(|part| part.expect("JSON"))
            .collect();
        let orders: Vec<Order> = serde_json::from_slice(&json).expect("JSON");
        assert_eq!(orders.len(), 4);
    }
}
