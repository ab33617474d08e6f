//! What a file has been found to hold.

use domain::{
    order::Order,
    order_import::{FileColumn, ImportFault, ImportedFrom, OrderColumn, RowFault, SHOWN_FAULTS},
    text,
};
use std::collections::HashMap;

/// Most characters of a cell that are shown.
const SHOWN_TEXT: usize = 40;

/// What stands in a file, as it is shown.
pub(super) fn excerpt(text: &str) -> String {
    text::excerpt(text, SHOWN_TEXT)
}

/// A file's columns, its good orders and its faulty rows.
pub(super) struct Found {
    pub from: ImportedFrom,
    pub columns: Vec<FileColumn>,
    pub missing: Vec<OrderColumn>,
    /// The row that each begins in, and the order, checked.
    pub orders: Vec<(u32, Order)>,
    /// The first faulty rows.
    pub faults: Vec<RowFault>,
    /// How many there are.
    pub faulty: u32,
    rows: HashMap<String, u32>,
}

impl Found {
    /// Nothing yet.
    pub fn nothing(from: ImportedFrom) -> Self {
        Self {
            from,
            columns: Vec::new(),
            missing: Vec::new(),
            orders: Vec::new(),
            faults: Vec::new(),
            faulty: 0,
            rows: HashMap::new(),
        }
    }

    /// An order that begins in `row`, or why it is none. The first of a number counts.
    pub fn take(&mut self, row: u32, number: &str, order: Result<Order, ImportFault>) {
        let order = order.and_then(|order| order.checked().map_err(ImportFault::Order));
        match order {
            Err(fault) => self.refuse(row, number, fault),
            Ok(order) => match self.rows.get(&order.number) {
                Some(first) => self.refuse(row, number, ImportFault::Duplicate(*first)),
                None => {
                    self.rows.insert(order.number.clone(), row);
                    self.orders.push((row, order));
                }
            },
        }
    }

    /// A row that can't be imported.
    pub fn refuse(&mut self, row: u32, number: &str, fault: ImportFault) {
        self.faulty += 1;
        if self.faults.len() < SHOWN_FAULTS {
            self.faults.push(RowFault {
                row,
                number: excerpt(number),
                fault,
            });
        }
    }
}
