//! A CSV file: its columns, and one order in one row or in several below one another.

use super::{
    amount::{self, AmountFault, DecimalMark, whole_number},
    date::{self, DateFault, DayOrder},
    found::{Found, excerpt},
    header,
    separator::{Widths, separator_of},
    source::Source,
    status,
};
use crate::orders::formula;
use csv::StringRecord;
use domain::{
    UnixMillis, money,
    order::{Order, OrderItem, PaymentStatus, Shipment},
    order_check::{ITEMS_MAX, OrderFault, SHIPMENTS_MAX},
    order_import::{
        COLUMNS_MAX, FileColumn, FileFault, ImportFault, ImportOptions, ImportedFrom, OrderColumn,
        ROW_LENGTH_MAX, ROWS_MAX,
    },
    order_number::OrderNumber,
};
use std::io::BufRead;

/// The columns that say something of the order as a whole: the rows of one order don't
/// contradict one another in them.
const OF_ORDER: [OrderColumn; 12] = [
    OrderColumn::Number,
    OrderColumn::Email,
    OrderColumn::CustomerName,
    OrderColumn::FirstName,
    OrderColumn::LastName,
    OrderColumn::Status,
    OrderColumn::PaymentStatus,
    OrderColumn::Cancelled,
    OrderColumn::Currency,
    OrderColumn::Total,
    OrderColumn::PlacedAt,
    OrderColumn::ChangedAt,
];

/// A CSV file that is read row by row.
type Records<'s> = csv::Reader<Box<dyn BufRead + 's>>;

/// Reads the file as `options` say.
pub(super) fn read(
    source: &(impl Source + ?Sized),
    options: &ImportOptions,
) -> Result<Found, FileFault> {
    let (separator, table) = separator_of(source.beginning());
    // The line that names the separator, and a second byte order mark, which the reader leaves
    // out, too.
    let begin = source.beginning().len() - table.trim_start_matches('\u{feff}').len();
    check_widths(source.text(begin)?, separator)?;
    let mut reader = records(source.text(begin)?, separator);
    let mut record = StringRecord::new();
    if !next(&mut reader, &mut record)? {
        return Err(FileFault::Empty);
    }
    let names: Vec<_> = record.iter().collect();
    let (guessed, from) = header::guess(&names);
    let mapping = options.mapping.clone().unwrap_or(guessed);
    if mapping.len() != names.len() {
        return Err(FileFault::OtherColumns);
    }
    let mut found = Found::nothing(from);
    let columns = names.iter().zip(&mapping).map(|(name, column)| FileColumn {
        name: excerpt(name),
        example: String::new(),
        column: *column,
    });
    found.columns = columns.collect();
    let mapped = mapping.iter().enumerate();
    let columns: Vec<_> = mapped
        .filter_map(|(at, column)| Some((at, (*column)?)))
        .collect();
    found.missing = missing(&columns, options, from);

    // Once to see how it writes amounts and dates, once to read them.
    let mut survey = survey(&mut reader, &mut record, &mut found.columns, &columns, from)?;
    let by_program = matches!(
        from,
        ImportedFrom::Shopify | ImportedFrom::Medusa | ImportedFrom::Shopdesk
    );
    if by_program && survey.decimal_mark == DecimalMark::Unknown {
        survey.decimal_mark = DecimalMark::Point;
    }
    if found.missing.is_empty() {
        let mut reader = records(source.text(begin)?, separator);
        next(&mut reader, &mut record)?;
        let file = File {
            columns,
            options,
            from,
            survey,
        };
        file.read_orders(&mut reader, &mut record, &mut found)?;
    }
    Ok(found)
}

/// What has to be said by a column or, for some, by the options.
fn missing(
    columns: &[(usize, OrderColumn)],
    options: &ImportOptions,
    from: ImportedFrom,
) -> Vec<OrderColumn> {
    let needed = [
        (OrderColumn::Number, false),
        (OrderColumn::Status, options.status.is_some()),
        (
            OrderColumn::PaymentStatus,
            // There the order's status says both.
            options.payment_status.is_some() || from == ImportedFrom::Woocommerce,
        ),
        (OrderColumn::Currency, options.currency.is_some()),
        (OrderColumn::Total, false),
        (OrderColumn::PlacedAt, false),
    ];
    let is_mapped = |column| columns.iter().any(|(_, mapped)| *mapped == column);
    needed
        .into_iter()
        .filter(|(column, is_said)| !is_said && !is_mapped(*column))
        .map(|(column, _)| column)
        .collect()
}

/// Before any row is read: a file of separators alone, or of one row, would take many times
/// its size.
fn check_widths(mut text: impl BufRead, separator: u8) -> Result<(), FileFault> {
    let mut widths = Widths::new(separator);
    loop {
        let block = text.fill_buf().map_err(|_| FileFault::NotText)?;
        let length = block.len();
        if length == 0 {
            return Ok(());
        }
        widths.read(block);
        text.consume(length);
        if widths.most_columns > COLUMNS_MAX {
            return Err(FileFault::TooManyColumns);
        }
        if widths.longest > ROW_LENGTH_MAX {
            return Err(FileFault::LongRow);
        }
    }
}

fn records(text: Box<dyn BufRead + '_>, separator: u8) -> Records<'_> {
    csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .has_headers(false)
        .from_reader(text)
}

fn next(reader: &mut Records<'_>, record: &mut StringRecord) -> Result<bool, FileFault> {
    // It has been read as text before, and its rows may be as they like.
    reader.read_record(record).map_err(|_| FileFault::NotText)
}

/// How a file writes what can be read in two ways.
struct Survey {
    decimal_mark: DecimalMark,
    day_order: DayOrder,
    /// Totals are in the currency's smallest unit. So Medusa 1 writes them, and its dates
    /// as `Sun, 22 Nov 2026 14:12:07 GMT`; Medusa 2 has neither.
    /// <https://github.com/medusajs/medusa/blob/v1.20.10/packages/medusa/src/strategies/batch-jobs/order/index.ts>
    is_minor: bool,
}

fn survey(
    reader: &mut Records<'_>,
    record: &mut StringRecord,
    shown: &mut [FileColumn],
    columns: &[(usize, OrderColumn)],
    from: ImportedFrom,
) -> Result<Survey, FileFault> {
    let mut survey = Survey {
        decimal_mark: DecimalMark::default(),
        day_order: DayOrder::default(),
        is_minor: false,
    };
    let mut rows = 0;
    while next(reader, record)? {
        rows += 1;
        if rows > ROWS_MAX {
            return Err(FileFault::TooManyRows);
        }
        for (column, cell) in shown.iter_mut().zip(record.iter()) {
            if column.example.is_empty() {
                column.example = excerpt(cell);
            }
        }
        for (at, column) in columns {
            let cell = record.get(*at).unwrap_or_default();
            match column {
                OrderColumn::Total => survey.decimal_mark = survey.decimal_mark.after(cell),
                OrderColumn::ChangedAt | OrderColumn::ParcelChangedAt => {
                    survey.day_order = survey.day_order.after(cell);
                }
                OrderColumn::PlacedAt => {
                    survey.day_order = survey.day_order.after(cell);
                    survey.is_minor |=
                        from == ImportedFrom::Medusa && cell.trim_end().ends_with(" GMT");
                }
                _ => {}
            }
        }
    }
    if rows == 0 {
        return Err(FileFault::Empty);
    }
    Ok(survey)
}

struct File<'f> {
    columns: Vec<(usize, OrderColumn)>,
    options: &'f ImportOptions,
    from: ImportedFrom,
    survey: Survey,
}

/// The rows of one order.
struct Rows {
    first: u32,
    number: Option<OrderNumber>,
    /// In the order of [`OF_ORDER`].
    cells: [String; OF_ORDER.len()],
    items: Vec<OrderItem>,
    shipments: Vec<Shipment>,
    fault: Option<ImportFault>,
}

impl Rows {
    fn cell(&self, column: OrderColumn) -> &str {
        let at = OF_ORDER.iter().position(|other| *other == column);
        at.map_or("", |at| &self.cells[at])
    }
}

impl File<'_> {
    fn read_orders(
        &self,
        reader: &mut Records<'_>,
        record: &mut StringRecord,
        found: &mut Found,
    ) -> Result<(), FileFault> {
        let mut open: Option<Rows> = None;
        // The header is the first.
        let mut row = 1;
        while next(reader, record)? {
            row += 1;
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let cells = OF_ORDER.map(|column| self.cell(record, column).to_owned());
            let [typed, ..] = &cells;
            let number = OrderNumber::parse(typed);
            let (item, shipment) = (self.item(record), self.shipment(record));
            let belongs = |rows: &Rows| match &number {
                Some(number) => rows.number.as_ref() == Some(number),
                // Below the order's first row some exports leave it out.
                None => typed.is_empty() && (item.is_some() || shipment.is_some()),
            };
            if let Some(rows) = open.as_mut().filter(|rows| belongs(rows)) {
                let adds = item.is_some() || shipment.is_some();
                if adds && agree(&rows.cells, &cells) {
                    for (known, cell) in rows.cells.iter_mut().zip(cells) {
                        if known.is_empty() {
                            *known = cell;
                        }
                    }
                    add(rows, item, shipment);
                } else {
                    let fault = ImportFault::Duplicate(rows.first);
                    found.refuse(row, typed, fault);
                }
                continue;
            }
            if let Some(rows) = open.take() {
                self.close(rows, found);
            }
            let mut rows = Rows {
                first: row,
                number,
                cells,
                items: Vec::new(),
                shipments: Vec::new(),
                fault: None,
            };
            add(&mut rows, item, shipment);
            open = Some(rows);
        }
        if let Some(rows) = open {
            self.close(rows, found);
        }
        Ok(())
    }

    /// What stands in a column of this kind; of several, in the first that isn't empty.
    fn cell<'r>(&self, record: &'r StringRecord, column: OrderColumn) -> &'r str {
        self.columns
            .iter()
            .filter(|(_, mapped)| *mapped == column)
            .filter_map(|(at, _)| record.get(*at))
            .map(|cell| formula::unmarked(cell.trim()).trim())
            .find(|cell| !cell.is_empty())
            .unwrap_or_default()
    }

    fn item(&self, record: &StringRecord) -> Option<Result<OrderItem, ImportFault>> {
        let name = self.cell(record, OrderColumn::ItemName);
        if name.is_empty() {
            return None;
        }
        let typed = self.cell(record, OrderColumn::ItemQuantity);
        let quantity = match typed {
            "" => Some(1),
            typed => whole_number(typed),
        };
        Some(match quantity {
            Some(quantity) => {
                let item = OrderItem {
                    name: name.to_owned(),
                    quantity,
                    image_url: None,
                };
                let picture = self.cell(record, OrderColumn::ItemPicture);
                Ok(item.with_picture(Some(picture.to_owned())))
            }
            None => Err(ImportFault::Quantity(excerpt(typed))),
        })
    }

    fn shipment(&self, record: &StringRecord) -> Option<Result<Shipment, ImportFault>> {
        let cell = |column| {
            let cell = self.cell(record, column);
            // Some shops write this where there is no link.
            (!matches!(cell, "" | "#")).then(|| cell.to_owned())
        };
        let shipment = Shipment {
            carrier: cell(OrderColumn::Carrier),
            tracking_number: cell(OrderColumn::TrackingNumber),
            tracking_url: cell(OrderColumn::TrackingUrl),
            ..Shipment::default()
        };
        let status = self.cell(record, OrderColumn::ParcelStatus);
        let changed_at = self.cell(record, OrderColumn::ParcelChangedAt);
        if shipment == Shipment::default() && status.is_empty() && changed_at.is_empty() {
            return None;
        }
        Some(self.placed(shipment, status, changed_at))
    }

    /// The parcel where it is, since when.
    fn placed(
        &self,
        shipment: Shipment,
        status: &str,
        changed_at: &str,
    ) -> Result<Shipment, ImportFault> {
        let is_given = |cell: &&str| !cell.is_empty();
        let status = Some(status).filter(is_given).map(|word| {
            status::parcel(word).ok_or_else(|| ImportFault::ParcelStatus(excerpt(word)))
        });
        let changed_at = Some(changed_at).filter(is_given);
        Ok(Shipment {
            status: status.transpose()?,
            changed_at: changed_at.map(|date| self.date(date)).transpose()?,
            ..shipment
        })
    }

    fn date(&self, cell: &str) -> Result<UnixMillis, ImportFault> {
        date::millis(cell, self.survey.day_order).map_err(|fault| match fault {
            DateFault::NoDate => ImportFault::Date(excerpt(cell)),
            DateFault::Ambiguous => ImportFault::AmbiguousDate(excerpt(cell)),
        })
    }

    fn close(&self, mut rows: Rows, found: &mut Found) {
        let (items, shipments) = (
            std::mem::take(&mut rows.items),
            std::mem::take(&mut rows.shipments),
        );
        let order = match rows.fault.take() {
            Some(fault) => Err(fault),
            None => self.order(&rows, items, shipments),
        };
        found.take(rows.first, rows.cell(OrderColumn::Number), order);
    }

    fn order(
        &self,
        rows: &Rows,
        items: Vec<OrderItem>,
        shipments: Vec<Shipment>,
    ) -> Result<Order, ImportFault> {
        let currency = match rows.cell(OrderColumn::Currency) {
            "" => self.options.currency.as_deref().unwrap_or_default(),
            code => code,
        };
        let currency = money::known(currency).ok_or(ImportFault::Order(OrderFault::Currency))?;
        let total = rows.cell(OrderColumn::Total);
        let digits = if self.survey.is_minor {
            0
        } else {
            money::minor_digits(currency)
        };
        let total_minor = amount::minor(total, digits, self.survey.decimal_mark).map_err(
            |fault| match fault {
                AmountFault::NoAmount => ImportFault::Total(excerpt(total)),
                AmountFault::Ambiguous => ImportFault::AmbiguousTotal(excerpt(total)),
            },
        )?;
        let placed_at = self.date(rows.cell(OrderColumn::PlacedAt))?;
        let (status, implied) = match rows.cell(OrderColumn::Status) {
            "" => (self.options.status, None),
            word => {
                status::goods(word, self.from).ok_or_else(|| ImportFault::Status(excerpt(word)))?
            }
        };
        let payment_status = self.payment_status(rows, implied)?;
        let status = if status::is_cancelled(rows.cell(OrderColumn::Cancelled)) {
            domain::order::OrderStatus::Cancelled
        } else {
            status.unwrap_or_else(|| status::not_started(payment_status))
        };
        Ok(Order {
            number: rows.cell(OrderColumn::Number).to_owned(),
            email: rows.cell(OrderColumn::Email).to_owned(),
            customer_name: Some(customer_name(rows)),
            status,
            payment_status,
            currency: currency.to_owned(),
            total_minor,
            placed_at,
            changed_at: self.changed_at(rows)?,
            items,
            shipments,
        })
    }

    /// When it last changed; of what was cancelled, when that was, if it says so.
    fn changed_at(&self, rows: &Rows) -> Result<Option<UnixMillis>, ImportFault> {
        match rows.cell(OrderColumn::ChangedAt) {
            // A word may stand there as well.
            "" => Ok(self.date(rows.cell(OrderColumn::Cancelled)).ok()),
            date => self.date(date).map(Some),
        }
    }

    fn payment_status(
        &self,
        rows: &Rows,
        implied: Option<PaymentStatus>,
    ) -> Result<PaymentStatus, ImportFault> {
        let word = rows.cell(OrderColumn::PaymentStatus);
        let said = if word.is_empty() {
            implied.or(self.options.payment_status)
        } else {
            status::money(word)
        };
        said.ok_or_else(|| ImportFault::PaymentStatus(excerpt(word)))
    }
}

fn customer_name(rows: &Rows) -> String {
    match rows.cell(OrderColumn::CustomerName) {
        "" => {
            let (first, last) = (
                rows.cell(OrderColumn::FirstName),
                rows.cell(OrderColumn::LastName),
            );
            format!("{first} {last}")
        }
        name => name.to_owned(),
    }
}

/// Whether a row says nothing else of its order than the rows before.
fn agree(known: &[String], cells: &[String]) -> bool {
    let number_apart = known.iter().zip(cells).skip(1);
    number_apart
        .filter(|(known, cell)| !known.is_empty() && !cell.is_empty())
        .all(|(known, cell)| known == cell)
}

/// One more than an order can have are kept, so that it is refused for them.
fn add(
    rows: &mut Rows,
    item: Option<Result<OrderItem, ImportFault>>,
    shipment: Option<Result<Shipment, ImportFault>>,
) {
    match item {
        Some(Ok(item)) if rows.items.len() <= ITEMS_MAX => rows.items.push(item),
        Some(Err(fault)) => {
            rows.fault.get_or_insert(fault);
        }
        _ => {}
    }
    match shipment {
        // Each row of an order may name the same parcel.
        Some(Ok(shipment))
            if rows.shipments.len() <= SHIPMENTS_MAX && !rows.shipments.contains(&shipment) =>
        {
            rows.shipments.push(shipment);
        }
        Some(Err(fault)) => {
            rows.fault.get_or_insert(fault);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
