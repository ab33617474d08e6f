//! What the columns of a file mean, guessed from their names.

use domain::order_import::{ImportedFrom, Mapping, OrderColumn};

/// Names of columns, the likelier first: of two that fit, the first is taken. Compared in
/// small letters, without anything but letters and digits.
///
/// Shopify: Name, Email, Financial Status, Fulfillment Status, Currency, Total, Created at,
/// Lineitem quantity, Lineitem name, Billing Name, Cancelled at
/// (<https://help.shopify.com/en/manual/fulfillment/managing-orders/exporting-orders>).
///
/// WooCommerce: order_number, order_date, status, order_total, order_currency,
/// customer_email, billing_email, billing_first_name
/// (<https://woocommerce.com/document/import-and-export-of-woocommerce-orders/>); Order
/// Number, Order Status, Order Date, Email (Billing), First Name (Billing), Order Total
/// Amount, Item Name, Quantity
/// (<https://wordpress.org/plugins/woo-order-export-lite/>).
///
/// Medusa: Display_ID, Order status, Date, Customer First name, Customer Last name,
/// Customer Email, Fulfillment Status, Payment Status, Total, Currency Code
/// (<https://github.com/medusajs/medusa/blob/develop/packages/core/core-flows/src/order/steps/export-orders.ts>).
const NAMES: &[(OrderColumn, &[&str])] = &[
    (
        OrderColumn::Number,
        &[
            "ordernumber",
            "displayid",
            "ordernumberformatted",
            "orderno",
            "number",
            "bestellnummer",
            "orderid",
            "order",
            "name",
        ],
    ),
    (
        OrderColumn::Email,
        &[
            "email",
            "customeremail",
            "billingemail",
            "emailbilling",
            "billingemailaddress",
            "customeremailaddress",
            "emailaddress",
            "contactemail",
            "mail",
        ],
    ),
    (
        OrderColumn::CustomerName,
        &[
            "customername",
            "customer",
            "billingname",
            "fullnamebilling",
            "billingfullname",
            "shippingname",
        ],
    ),
    (
        OrderColumn::FirstName,
        &[
            "customerfirstname",
            "billingfirstname",
            "firstnamebilling",
            "firstname",
        ],
    ),
    (
        OrderColumn::LastName,
        &[
            "customerlastname",
            "billinglastname",
            "lastnamebilling",
            "lastname",
        ],
    ),
    (
        OrderColumn::Status,
        &[
            "fulfillmentstatus",
            "orderstatus",
            "status",
            "shippingstatus",
        ],
    ),
    (
        OrderColumn::PaymentStatus,
        &["financialstatus", "paymentstatus", "payment"],
    ),
    (
        OrderColumn::Cancelled,
        &["cancelledat", "canceledat", "cancelled", "canceled"],
    ),
    (
        OrderColumn::Currency,
        &["currency", "currencycode", "ordercurrency"],
    ),
    (
        OrderColumn::Total,
        &[
            "total",
            "ordertotal",
            "ordertotalamount",
            "totalamount",
            "grandtotal",
            "totalprice",
            "amount",
        ],
    ),
    (
        OrderColumn::PlacedAt,
        &[
            "createdat",
            "placedat",
            "orderdate",
            "datecreated",
            "date",
            "orderedat",
            "created",
        ],
    ),
    (
        OrderColumn::ChangedAt,
        &["changedat", "updatedat", "datemodified", "lastchange"],
    ),
    (
        OrderColumn::ItemName,
        &[
            "lineitemname",
            "itemname",
            "item",
            "productname",
            "productnamemain",
            "product",
        ],
    ),
    (
        OrderColumn::ItemQuantity,
        &["lineitemquantity", "itemquantity", "quantity", "qty"],
    ),
    (
        OrderColumn::ItemPicture,
        &["picture", "itempicture", "itemimage", "imageurl", "image"],
    ),
    (
        OrderColumn::Carrier,
        &[
            "carrier",
            "trackingcompany",
            "shippingcarrier",
            "trackingprovider",
        ],
    ),
    (
        OrderColumn::TrackingNumber,
        &["trackingnumber", "trackingno", "trackingnumbers"],
    ),
    (
        OrderColumn::TrackingUrl,
        &["trackinglink", "trackingurl", "trackingurls"],
    ),
    (
        OrderColumn::ParcelStatus,
        &["parcelstatus", "parcelsstatus"],
    ),
    (
        OrderColumn::ParcelChangedAt,
        &["parcelchangedat", "parcelslastchange"],
    ),
];

/// What each column is taken for, and whose export it looks like.
pub(super) fn guess(header: &[&str]) -> (Mapping, ImportedFrom) {
    let names: Vec<String> = header.iter().map(|name| plain(name)).collect();
    let has = |name: &str| names.iter().any(|other| other == name);
    let from = if has("displayid") && has("currencycode") {
        ImportedFrom::Medusa
    } else if has("lineitemname") || has("financialstatus") {
        ImportedFrom::Shopify
    } else if has("trackinglink") && has("placedat") {
        ImportedFrom::Shopdesk
    } else if [
        "ordertotal",
        "ordertotalamount",
        "emailbilling",
        "billingemail",
    ]
    .into_iter()
    .any(has)
    {
        ImportedFrom::Woocommerce
    } else {
        ImportedFrom::Unknown
    };
    let mut mapping: Mapping = vec![None; names.len()];
    for (column, known) in NAMES {
        let found = known.iter().find_map(|known| {
            let at = names.iter().position(|name| name == known)?;
            mapping[at].is_none().then_some(at)
        });
        if let Some(at) = found {
            mapping[at] = Some(*column);
        }
    }
    // Beside the goods' own, the order's status says no more than whether it was cancelled.
    if from == ImportedFrom::Medusa
        && let Some(at) = names.iter().position(|name| name == "orderstatus")
        && mapping[at].is_none()
    {
        mapping[at] = Some(OrderColumn::Cancelled);
    }
    (mapping, from)
}

/// The letters and digits of a name, in small letters.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrderColumn as Column;

    fn guessed(header: &str) -> (Vec<(String, Column)>, ImportedFrom) {
        let names: Vec<_> = header.split(',').collect();
        let (mapping, from) = guess(&names);
        let found = names.into_iter().zip(mapping);
        let found = found.filter_map(|(name, column)| Some((name.to_owned(), column?)));
        (found.collect(), from)
    }

    fn assert_guess(header: &str, from: ImportedFrom, columns: &[(&str, Column)]) {
        let columns: Vec<_> = columns
            .iter()
            .map(|(name, column)| ((*name).to_owned(), *column))
            .collect();
        assert_eq!(guessed(header), (columns, from));
    }

    #[test]
    fn shopifys_export_maps_by_itself() {
        assert_guess(
            "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Billing Name,Shipping Name,Notes,Cancelled at,Payment Method,Id",
            ImportedFrom::Shopify,
            &[
                ("Name", Column::Number),
                ("Email", Column::Email),
                ("Financial Status", Column::PaymentStatus),
                ("Fulfillment Status", Column::Status),
                ("Currency", Column::Currency),
                ("Total", Column::Total),
                ("Created at", Column::PlacedAt),
                ("Lineitem quantity", Column::ItemQuantity),
                ("Lineitem name", Column::ItemName),
                ("Billing Name", Column::CustomerName),
                ("Cancelled at", Column::Cancelled),
            ],
        );
    }

    #[test]
    fn woocommerces_exports_map_by_themselves() {
        assert_guess(
            "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),Email (Billing),Payment Method Title,Order Total Amount,SKU,Item #,Item Name,Quantity (- Refund),Quantity,Item Cost",
            ImportedFrom::Woocommerce,
            &[
                ("Order Number", Column::Number),
                ("Order Status", Column::Status),
                ("Order Date", Column::PlacedAt),
                ("First Name (Billing)", Column::FirstName),
                ("Last Name (Billing)", Column::LastName),
                ("Email (Billing)", Column::Email),
                ("Order Total Amount", Column::Total),
                ("Item Name", Column::ItemName),
                ("Quantity", Column::ItemQuantity),
            ],
        );
        assert_guess(
            "order_id,order_number,order_date,paid_date,status,shipping_total,order_total,order_currency,payment_method,customer_email,billing_first_name,billing_last_name,billing_email",
            ImportedFrom::Woocommerce,
            &[
                ("order_number", Column::Number),
                ("order_date", Column::PlacedAt),
                ("status", Column::Status),
                ("order_total", Column::Total),
                ("order_currency", Column::Currency),
                ("customer_email", Column::Email),
                ("billing_first_name", Column::FirstName),
                ("billing_last_name", Column::LastName),
            ],
        );
    }

    #[test]
    fn medusas_export_maps_by_itself() {
        assert_guess(
            "Order_ID,Display_ID,Order status,Date,Customer First name,Customer Last name,Customer Email,Customer ID,Shipping Address 1,Fulfillment Status,Payment Status,Subtotal,Shipping Total,Tax Total,Total,Currency Code",
            ImportedFrom::Medusa,
            &[
                ("Display_ID", Column::Number),
                ("Order status", Column::Cancelled),
                ("Date", Column::PlacedAt),
                ("Customer First name", Column::FirstName),
                ("Customer Last name", Column::LastName),
                ("Customer Email", Column::Email),
                ("Fulfillment Status", Column::Status),
                ("Payment Status", Column::PaymentStatus),
                ("Total", Column::Total),
                ("Currency Code", Column::Currency),
            ],
        );
    }

    #[test]
    fn our_own_export_maps_by_itself() {
        assert_guess(
            "Number,Email,Customer,Status,Payment,Currency,Total,Placed at,Changed at,Item,Quantity,Picture,Carrier,Tracking number,Tracking link,Parcel status,Parcel changed at",
            ImportedFrom::Shopdesk,
            &[
                ("Number", Column::Number),
                ("Email", Column::Email),
                ("Customer", Column::CustomerName),
                ("Status", Column::Status),
                ("Payment", Column::PaymentStatus),
                ("Currency", Column::Currency),
                ("Total", Column::Total),
                ("Placed at", Column::PlacedAt),
                ("Changed at", Column::ChangedAt),
                ("Item", Column::ItemName),
                ("Quantity", Column::ItemQuantity),
                ("Picture", Column::ItemPicture),
                ("Carrier", Column::Carrier),
                ("Tracking number", Column::TrackingNumber),
                ("Tracking link", Column::TrackingUrl),
                ("Parcel status", Column::ParcelStatus),
                ("Parcel changed at", Column::ParcelChangedAt),
            ],
        );
    }

    #[test]
    fn a_name_that_says_nothing_is_left_out() {
        assert_guess("colour,,weight", ImportedFrom::Unknown, &[]);
    }
}
