//! Importing orders from a file: what its columns mean, and what would become of each row.

use crate::{
    Invalid,
    order::{Order, OrderStatus, PaymentStatus},
    order_check::OrderFault,
    text,
};
use serde::{Deserialize, Serialize};

/// Largest file, in bytes. As many rows as a file may have are 169 MB as Shopify exports them,
/// in 79 columns.
pub const FILE_MAX: usize = 256 * 1024 * 1024;
/// Longest row, in bytes.
pub const ROW_LENGTH_MAX: usize = 1024 * 1024;
/// Most rows of a file, or orders of a JSON file.
pub const ROWS_MAX: usize = 200_000;
/// Most columns of a file.
pub const COLUMNS_MAX: usize = 300;
/// Most orders that a report shows.
pub const SHOWN_ORDERS: usize = 10;
/// Most faulty rows that a report names.
pub const SHOWN_FAULTS: usize = 100;

/// What a column of a file can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderColumn {
    /// The order's number.
    Number,
    /// The customer's email.
    Email,
    /// The customer's whole name.
    CustomerName,
    /// The customer's first name.
    FirstName,
    /// The customer's last name.
    LastName,
    /// Where the goods are.
    Status,
    /// Where the money is.
    PaymentStatus,
    /// When it was cancelled, or a word that says so.
    Cancelled,
    /// The currency's code.
    Currency,
    /// The grand total.
    Total,
    /// When it was placed.
    PlacedAt,
    /// When it last changed how it stands.
    ChangedAt,
    /// What was bought.
    ItemName,
    /// How many of it.
    ItemQuantity,
    /// Where a picture of it is.
    ItemPicture,
    /// Who carries the parcel.
    Carrier,
    /// The parcel's number.
    TrackingNumber,
    /// Where to follow it.
    TrackingUrl,
    /// Where the parcel is.
    ParcelStatus,
    /// When it got there.
    ParcelChangedAt,
}

impl OrderColumn {
    /// Every kind of column, in the order in which a form offers them.
    pub const ALL: [Self; 20] = [
        Self::Number,
        Self::Email,
        Self::CustomerName,
        Self::FirstName,
        Self::LastName,
        Self::Status,
        Self::PaymentStatus,
        Self::Cancelled,
        Self::Currency,
        Self::Total,
        Self::PlacedAt,
        Self::ChangedAt,
        Self::ItemName,
        Self::ItemQuantity,
        Self::ItemPicture,
        Self::Carrier,
        Self::TrackingNumber,
        Self::TrackingUrl,
        Self::ParcelStatus,
        Self::ParcelChangedAt,
    ];

    /// The word that is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Email => "email",
            Self::CustomerName => "customer_name",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Status => "status",
            Self::PaymentStatus => "payment_status",
            Self::Cancelled => "cancelled",
            Self::Currency => "currency",
            Self::Total => "total",
            Self::PlacedAt => "placed_at",
            Self::ChangedAt => "changed_at",
            Self::ItemName => "item_name",
            Self::ItemQuantity => "item_quantity",
            Self::ItemPicture => "item_picture",
            Self::Carrier => "carrier",
            Self::TrackingNumber => "tracking_number",
            Self::TrackingUrl => "tracking_url",
            Self::ParcelStatus => "parcel_status",
            Self::ParcelChangedAt => "parcel_changed_at",
        }
    }

    /// The column of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.as_str() == word)
    }

    /// As people say it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Number => "Order number",
            Self::Email => "Email",
            Self::CustomerName => "Customer's name",
            Self::FirstName => "First name",
            Self::LastName => "Last name",
            Self::Status => "Status",
            Self::PaymentStatus => "Payment",
            Self::Cancelled => "Cancelled",
            Self::Currency => "Currency",
            Self::Total => "Total",
            Self::PlacedAt => "Date",
            Self::ChangedAt => "Last change",
            Self::ItemName => "Item",
            Self::ItemQuantity => "Quantity",
            Self::ItemPicture => "Picture",
            Self::Carrier => "Carrier",
            Self::TrackingNumber => "Tracking number",
            Self::TrackingUrl => "Tracking link",
            Self::ParcelStatus => "Parcel's status",
            Self::ParcelChangedAt => "Parcel's last change",
        }
    }
}

/// What each column of a file is, in the file's order; `None` is left out.
pub type Mapping = Vec<Option<OrderColumn>>;

/// A mapping as words between commas: `number,,email`.
#[must_use]
pub fn mapping_to_words(mapping: &[Option<OrderColumn>]) -> String {
    let words: Vec<_> = mapping
        .iter()
        .map(|column| column.map_or("", OrderColumn::as_str))
        .collect();
    words.join(",")
}

/// See [`mapping_to_words`].
///
/// # Errors
/// [`Invalid`] for `columns` if a word is none of a column, or there are more than
/// [`COLUMNS_MAX`].
pub fn mapping_from_words(words: &str) -> Result<Mapping, Invalid> {
    let wrong = |words: String| Invalid::new("columns", words);
    if words.matches(',').count() >= COLUMNS_MAX {
        return Err(wrong(too_many_columns()));
    }
    let columns = words.split(',').map(|word| match word {
        "" => Ok(None),
        word => OrderColumn::from_word(word).map(Some).ok_or_else(|| {
            let word = text::excerpt(word, 40);
            wrong(format!(
                "“{word}” isn't something that an order has. Choose one from the list."
            ))
        }),
    });
    columns.collect()
}

fn too_many_columns() -> String {
    format!("A file can have up to {COLUMNS_MAX} columns. Please remove what isn't needed.")
}

/// How a file is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportOptions {
    /// What each column is; guessed from their names if it isn't said.
    pub mapping: Option<Mapping>,
    /// The status of orders of which the file says none.
    pub status: Option<OrderStatus>,
    /// The payment status of orders of which the file says none.
    pub payment_status: Option<PaymentStatus>,
    /// The currency of orders of which the file says none.
    pub currency: Option<String>,
}

/// What is done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportStep {
    /// Nothing: what would be done is told.
    Preview,
    /// All of it is imported, or nothing if a row is faulty.
    ApplyAll,
    /// Its good orders are imported, its faulty rows left out.
    ApplyGood,
}

/// Whose export a file looks like. Some words mean something else in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportedFrom {
    /// This product's.
    Shopdesk,
    /// Shopify's.
    Shopify,
    /// A plug-in's of WooCommerce.
    Woocommerce,
    /// Medusa's.
    Medusa,
    /// Something else.
    Unknown,
}

impl ImportedFrom {
    /// Its name, where it has one.
    #[must_use]
    pub const fn label(self) -> Option<&'static str> {
        match self {
            Self::Shopdesk => Some("Shopdesk"),
            Self::Shopify => Some("Shopify"),
            Self::Woocommerce => Some("WooCommerce"),
            Self::Medusa => Some("Medusa"),
            Self::Unknown => None,
        }
    }
}

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileColumn {
    /// Its name in the file.
    pub name: String,
    /// The first value in it, shortened.
    pub example: String,
    /// What it is taken for.
    pub column: Option<OrderColumn>,
}

/// What an import does to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportChange {
    /// It wasn't there.
    New,
    /// It was there, and becomes another.
    Changed,
    /// It was there, the same in everything.
    Unchanged,
}

/// An order of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedOrder {
    /// The row that it begins in, counted from 1 as spreadsheets do; of JSON, which order
    /// it is.
    pub row: u32,
    /// What the import does to it; unknown once it is done.
    pub change: Option<ImportChange>,
    /// The order as it is stored.
    pub order: Order,
}

/// A row that can't be imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFault {
    /// See [`ImportedOrder::row`].
    pub row: u32,
    /// The order's number as the file has it, shortened.
    pub number: String,
    /// Why.
    pub fault: ImportFault,
}

/// Why a row can't be imported. A text is what stands there, shortened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFault {
    /// The order is none that can be stored.
    Order(OrderFault),
    /// The total isn't an amount.
    Total(String),
    /// The total may be thousands or a fraction: `1.234`.
    AmbiguousTotal(String),
    /// The date can't be read.
    Date(String),
    /// Day and month may be exchanged: `03/04/2026`.
    AmbiguousDate(String),
    /// The status is none that is known.
    Status(String),
    /// The payment status is none that is known.
    PaymentStatus(String),
    /// The parcel's status is none that is known.
    ParcelStatus(String),
    /// The quantity isn't a number.
    Quantity(String),
    /// The file has another order of this number, in this row.
    Duplicate(u32),
    /// It is a draft, which shoppers don't know of.
    Draft,
    /// It isn't an order; the field that is missing or wrong, if one is to blame.
    Shape(String),
    /// It takes more room than any order.
    TooLong,
}

impl ImportFault {
    /// What is wrong and what would be right, in a sentence.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Order(fault) => fault.words(),
            Self::Total(text) => format!("“{text}” is not an amount."),
            Self::AmbiguousTotal(text) => format!(
                "“{text}” can be read in two ways. Please write it with two decimals, like 1234.00."
            ),
            Self::Date(text) => {
                format!("“{text}” is not a date. It should read like 2026-11-01 10:00:00.")
            }
            Self::AmbiguousDate(text) => {
                format!("“{text}” can be two different days. Please write it like 2026-11-01.")
            }
            Self::Status(text) => format!("“{text}” is not a status that we know."),
            Self::PaymentStatus(text) if text.is_empty() => {
                "Nothing says whether it is paid.".to_owned()
            }
            Self::PaymentStatus(text) => format!("“{text}” is not a payment status that we know."),
            Self::ParcelStatus(text) => format!(
                "“{text}” is not a parcel's status that we know. It should read like in_transit or delivered."
            ),
            Self::Quantity(text) => format!("“{text}” is not a quantity."),
            Self::Duplicate(row) => format!("The file has this number before, in row {row}."),
            Self::Draft => "It is a draft, not an order yet.".to_owned(),
            Self::Shape(field) if field.is_empty() => "This is not an order.".to_owned(),
            Self::Shape(field) => format!("This order's “{field}” is missing or can't be read."),
            Self::TooLong => "This is longer than any order can be.".to_owned(),
        }
    }
}

/// How many orders of a file are what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportCounts {
    /// Orders that weren't there.
    pub new: u32,
    /// Orders that were there, and become others.
    pub changed: u32,
    /// Orders that were there, the same in everything.
    pub unchanged: u32,
    /// Rows that can't be imported.
    pub faulty: u32,
}

impl ImportCounts {
    /// How many orders are good.
    #[must_use]
    pub const fn good(self) -> u32 {
        self.new + self.changed + self.unchanged
    }
}

/// What a file holds, and what the import does with it or has done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Whether it has been done.
    pub applied: bool,
    /// Whose export it looks like.
    pub from: ImportedFrom,
    /// Its columns; none of JSON.
    pub columns: Vec<FileColumn>,
    /// What no column says and nothing else does: nothing can be read without it.
    pub missing: Vec<OrderColumn>,
    /// How many orders are what.
    pub counts: ImportCounts,
    /// The first good orders, at most [`SHOWN_ORDERS`].
    pub orders: Vec<ImportedOrder>,
    /// The first faulty rows, at most [`SHOWN_FAULTS`].
    pub faults: Vec<RowFault>,
}

/// Why a file can't be read at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileFault {
    /// There is nothing in it.
    Empty,
    /// It is a workbook or an archive.
    Workbook,
    /// It isn't text.
    NotText,
    /// It has more rows than [`ROWS_MAX`].
    TooManyRows,
    /// It has more columns than [`COLUMNS_MAX`].
    TooManyColumns,
    /// A row is longer than [`ROW_LENGTH_MAX`].
    LongRow,
    /// It begins like JSON, and isn't; where it ceases to be, both counted from 1.
    Json {
        /// The line.
        line: usize,
        /// The place in it.
        column: usize,
    },
    /// It is JSON without a list of orders.
    NoOrders,
    /// The mapping is one of another file.
    OtherColumns,
}

impl From<FileFault> for Invalid {
    fn from(fault: FileFault) -> Self {
        let words = match fault {
            FileFault::Empty => "There is nothing in this file.".to_owned(),
            FileFault::Workbook => {
                "This is a workbook or an archive. Please save it as CSV and choose that file."
                    .to_owned()
            }
            FileFault::NotText => {
                "This is not a text file. Please choose a CSV or JSON file.".to_owned()
            }
            FileFault::TooManyRows => format!(
                "This file has more than {} rows. Please split it into several files.",
                crate::money::grouped(ROWS_MAX as u64, ",")
            ),
            FileFault::TooManyColumns => too_many_columns(),
            FileFault::LongRow => {
                "A row of this file is longer than 1 MB. Perhaps a quotation mark is missing."
                    .to_owned()
            }
            FileFault::Json { line, column } => format!(
                "This is not valid JSON. Please look at line {line}, character {column}, and before."
            ),
            FileFault::NoOrders => {
                "There are no orders in this file. It should hold a list of them, alone or named “orders”."
                    .to_owned()
            }
            FileFault::OtherColumns => {
                "This file has other columns than the one before. Please choose it again."
                    .to_owned()
            }
        };
        Self::new("file", words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_column_has_a_word_of_its_own() {
        for column in OrderColumn::ALL {
            assert_eq!(OrderColumn::from_word(column.as_str()), Some(column));
            let sent = serde_json::to_value(column).expect("JSON");
            assert_eq!(sent, column.as_str());
        }
    }

    #[test]
    fn a_mapping_of_unknown_columns_is_refused() {
        let refused = mapping_from_words("number,colour").expect_err("no such column");
        assert_eq!(
            refused.message,
            "“colour” isn't something that an order has. Choose one from the list."
        );
        assert!(mapping_from_words(&",".repeat(COLUMNS_MAX)).is_err());
    }

    proptest! {
        #[test]
        fn a_mapping_read_is_a_mapping_written(
            columns in proptest::collection::vec(proptest::option::of(0..OrderColumn::ALL.len()), 1..20)
        ) {
            let mapping: Mapping = columns
                .into_iter()
                .map(|at| at.map(|at| OrderColumn::ALL[at]))
                .collect();
            let words = mapping_to_words(&mapping);
            prop_assert_eq!(mapping_from_words(&words), Ok(mapping));
        }
    }
}
