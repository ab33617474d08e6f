//! What the import of orders tells the dashboard.

use super::{AT, each_variant, pin};
use crate::{
    order::{Order, OrderStatus, PaymentStatus},
    order_check::OrderFault,
    order_import::{
        FileColumn, ImportChange, ImportCounts, ImportFault, ImportReport, ImportStep,
        ImportedFrom, ImportedOrder, OrderColumn, RowFault,
    },
};

fn order() -> Order {
    Order {
        number: "1001".into(),
        email: "jane@example.com".into(),
        customer_name: None,
        status: OrderStatus::Shipped,
        payment_status: PaymentStatus::Paid,
        currency: "USD".into(),
        total_minor: 11_850,
        placed_at: AT,
        changed_at: None,
        items: Vec::new(),
        shipments: Vec::new(),
    }
}

fn faults() -> Vec<RowFault> {
    let text = || "what stands there".to_owned();
    let faults = each_variant!(ImportFault {
        Order => ImportFault::Order(OrderFault::Email),
        Total => ImportFault::Total(text()),
        AmbiguousTotal => ImportFault::AmbiguousTotal(text()),
        Date => ImportFault::Date(text()),
        AmbiguousDate => ImportFault::AmbiguousDate(text()),
        Status => ImportFault::Status(text()),
        PaymentStatus => ImportFault::PaymentStatus(text()),
        ParcelStatus => ImportFault::ParcelStatus(text()),
        Quantity => ImportFault::Quantity(text()),
        Duplicate => ImportFault::Duplicate(2),
        Draft => ImportFault::Draft,
        Shape => ImportFault::Shape(text()),
        TooLong => ImportFault::TooLong,
    });
    let faults = faults.into_iter().map(|fault| RowFault {
        row: 3,
        number: "1002".into(),
        fault,
    });
    faults.collect()
}

#[test]
fn reports() {
    let changes = each_variant!(ImportChange {
        New,
        Changed,
        Unchanged,
    });
    let changes = changes.into_iter().map(Some).chain([None]);
    let orders = changes.map(|change| ImportedOrder {
        row: 2,
        change,
        order: order(),
    });
    let full = ImportReport {
        applied: false,
        from: ImportedFrom::Shopify,
        columns: vec![FileColumn {
            name: "Name".into(),
            example: "#1001".into(),
            column: Some(OrderColumn::Number),
        }],
        missing: vec![OrderColumn::Currency],
        counts: ImportCounts {
            new: 1,
            changed: 2,
            unchanged: 3,
            faulty: 4,
        },
        orders: orders.collect(),
        faults: faults(),
    };
    let bare = ImportReport {
        applied: true,
        from: ImportedFrom::Unknown,
        columns: Vec::new(),
        missing: Vec::new(),
        counts: ImportCounts::default(),
        orders: Vec::new(),
        faults: Vec::new(),
    };
    pin("import_report", &[full, bare]);
}

#[test]
fn words_of_an_import() {
    let steps = each_variant!(ImportStep {
        Preview,
        ApplyAll,
        ApplyGood,
    });
    pin("import_steps", &steps);
    let shops = each_variant!(ImportedFrom {
        Shopdesk,
        Shopify,
        Woocommerce,
        Medusa,
        Unknown,
    });
    pin("imported_from", &shops);
    let faults = each_variant!(OrderFault {
        Number,
        Email,
        CustomerName,
        Currency,
        NegativeTotal,
        LargeTotal,
        PlacedAt,
        TooManyItems,
        ItemName,
        ImageUrl,
        Quantity,
        TooManyShipments,
        TrackingText,
        TrackingUrl,
        ChangedAt,
        OrderChangedAt,
    });
    pin("order_faults", &faults);
    pin("order_columns", &OrderColumn::ALL);
}
