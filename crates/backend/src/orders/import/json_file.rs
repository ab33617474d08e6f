//! A JSON file: a list of orders, or an object with one, as an API answers.

use super::{found::Found, medusa, source::Source};
use domain::{
    UnixMillis,
    order::{Order, OrderItem, OrderStatus, PaymentStatus, Shipment},
    order_import::{FileFault, ImportFault, ImportedFrom, ROWS_MAX},
};
use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
    },
};
use serde_json::{Value, value::RawValue};
use std::{
    cell::Cell,
    fmt,
    io::{self, Read},
};

/// Longest order, in bytes. As a value in memory it can take ninety times as much.
const ORDER_LENGTH_MAX: usize = 1024 * 1024;
/// Longest value that is read at all, in bytes: it is held as text.
const VALUE_LENGTH_MAX: usize = 16 * ORDER_LENGTH_MAX;

/// Whether a text begins as JSON does.
pub(super) fn looks_like(beginning: &str) -> bool {
    beginning.trim_start().starts_with(['[', '{'])
}

/// Reads the orders one after the other: as a whole they would take many times the file's
/// size.
pub(super) fn read(source: &(impl Source + ?Sized)) -> Result<Found, FileFault> {
    let mut found = Found::nothing(ImportedFrom::Shopdesk);
    let mut rows = 0;
    let since_order = Cell::new(0);
    let text = ValueByValue {
        text: source.text(0)?,
        since_order: &since_order,
    };
    let mut json = serde_json::Deserializer::from_reader(text);
    let list = List {
        found: &mut found,
        rows: &mut rows,
        since_order: &since_order,
    };
    let read = list.deserialize(&mut json).and_then(|()| json.end());
    if rows > ROWS_MAX {
        return Err(FileFault::TooManyRows);
    }
    match read {
        Ok(()) if rows == 0 => Err(FileFault::Empty),
        Ok(()) => Ok(found),
        Err(error) if error.is_data() || error.is_io() => Err(FileFault::NoOrders),
        Err(error) => Err(FileFault::Json {
            line: error.line(),
            column: error.column(),
        }),
    }
}

/// Ends where one value goes on and on.
struct ValueByValue<'s, R> {
    text: R,
    /// What has been read since an order began.
    since_order: &'s Cell<usize>,
}

impl<R: Read> Read for ValueByValue<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.text.read(buffer)?;
        self.since_order.set(self.since_order.get() + read);
        if self.since_order.get() > VALUE_LENGTH_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(read)
    }
}

struct List<'f> {
    found: &'f mut Found,
    rows: &'f mut usize,
    since_order: &'f Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of orders")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(json) = list.next_element::<Box<RawValue>>()? {
            self.since_order.set(0);
            *self.rows += 1;
            if *self.rows > ROWS_MAX {
                return Err(A::Error::custom("too many orders"));
            }
            let row = u32::try_from(*self.rows).unwrap_or(u32::MAX);
            take(self.found, row, json.get());
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let Self {
            found,
            rows,
            since_order,
        } = self;
        let mut has_orders = false;
        while let Some(key) = object.next_key::<String>()? {
            if key == "orders" && !has_orders {
                has_orders = true;
                object.next_value_seed(List {
                    found: &mut *found,
                    rows: &mut *rows,
                    since_order,
                })?;
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        if has_orders {
            Ok(())
        } else {
            Err(A::Error::custom("there is no list named orders"))
        }
    }
}

fn take(found: &mut Found, row: u32, json: &str) {
    if json.len() > ORDER_LENGTH_MAX {
        found.refuse(row, "", ImportFault::TooLong);
        return;
    }
    // The list has been read as JSON: only what is nested too deep fails.
    let Ok(json) = serde_json::from_str::<Value>(json) else {
        found.refuse(row, "", ImportFault::Shape(String::new()));
        return;
    };
    if medusa::looks_like(&json) {
        found.from = ImportedFrom::Medusa;
        let (number, order) = medusa::order(&json);
        found.take(row, &number, order);
        return;
    }
    let number = match json.get("number") {
        Some(Value::String(number)) => number.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let order = Order::deserialize(&json);
    let order = order.map_err(|_| ImportFault::Shape(wrong_field(&json).to_owned()));
    found.take(row, &number, order);
}

/// A field of an order: its name, whether it has to be there, and what can be read as it.
type Field = (&'static str, bool, fn(&Value) -> bool);

const FIELDS: [Field; 11] = [
    ("number", true, is::<String>),
    ("email", true, is::<String>),
    ("customer_name", false, is::<Option<String>>),
    ("status", true, is::<OrderStatus>),
    ("payment_status", true, is::<PaymentStatus>),
    ("currency", true, is::<String>),
    ("total_minor", true, is::<i64>),
    ("placed_at", true, is::<UnixMillis>),
    ("changed_at", false, is::<Option<UnixMillis>>),
    ("items", false, is::<Vec<OrderItem>>),
    ("shipments", false, is::<Vec<Shipment>>),
];

fn is<T: DeserializeOwned>(json: &Value) -> bool {
    T::deserialize(json).is_ok()
}

/// The first field that is missing or can't be read; nothing where there are no fields.
fn wrong_field(json: &Value) -> &'static str {
    let Some(fields) = json.as_object() else {
        return "";
    };
    let wrong = FIELDS.into_iter().find(|(name, is_needed, is_right)| {
        let value = fields.get(*name);
        value.map_or(*is_needed, |value| !is_right(value))
    });
    wrong.map_or("", |(name, ..)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn order(number: &str) -> Value {
        json!({
            "number": number, "email": "jane@example.com", "status": "shipped",
            "payment_status": "paid", "currency": "USD", "total_minor": 100, "placed_at": 1,
            "items": [], "shipments": []
        })
    }

    fn numbers(json: &Value) -> Vec<String> {
        let found = read(&json.to_string()).expect("JSON");
        assert_eq!(found.faulty, 0, "{:?}", found.faults);
        found
            .orders
            .into_iter()
            .map(|(_, order)| order.number)
            .collect()
    }

    #[test]
    fn a_list_and_an_object_with_a_list_are_read() {
        let list = json!([order("1"), order("2")]);
        assert_eq!(numbers(&list), ["1", "2"]);
        assert_eq!(
            numbers(&json!({"count": 2, "orders": list, "offset": 0})),
            ["1", "2"]
        );
    }

    #[test]
    fn each_element_that_is_no_order_is_told_with_its_place() {
        let list = json!([order("1"), 7, {"number": "2"}, order("1"), order("#")]);
        let found = read(&list.to_string()).expect("JSON");
        assert_eq!(found.orders.len(), 1);
        let rows: Vec<_> = found.faults.iter().map(|fault| fault.row).collect();
        assert_eq!(rows, [2, 3, 4, 5]);
        assert_eq!(found.faults[0].fault, ImportFault::Shape(String::new()));
        assert_eq!(found.faults[1].fault, ImportFault::Shape("email".into()));
        assert_eq!(found.faults[2].fault, ImportFault::Duplicate(1));
    }

    #[test]
    fn the_field_that_is_wrong_is_named() {
        for (field, value) in [
            ("number", json!(1)),
            ("customer_name", json!(7)),
            ("status", json!("lost")),
            ("total_minor", json!("1.00")),
            ("placed_at", json!("2026-11-01")),
            ("items", json!([{"name": "Lamp"}])),
            ("shipments", json!(null)),
        ] {
            let mut wrong = order("1");
            wrong[field] = value;
            let found = read(&json!([wrong]).to_string()).expect("JSON");
            let fault = &found.faults[0].fault;
            assert_eq!(*fault, ImportFault::Shape(field.into()));
        }
    }

    #[test]
    fn what_is_no_json_is_refused_as_a_whole() {
        for text in ["[", "[] x", r#"[{"a":]"#] {
            assert!(matches!(read(text), Err(FileFault::Json { .. })), "{text}");
        }
        let broken = FileFault::Json { line: 2, column: 1 };
        assert_eq!(read("[1,\n]").err(), Some(broken));
        for text in ["{}", r#"{"orders":7}"#] {
            assert_eq!(read(text).err(), Some(FileFault::NoOrders), "{text}");
        }
        assert_eq!(read("[]").err(), Some(FileFault::Empty));
        let deep = "[".repeat(100_000);
        assert!(matches!(read(&deep), Err(FileFault::Json { .. })));
    }

    #[test]
    fn an_element_that_is_longer_than_any_order_is_not_read() {
        let items = "0,".repeat(ORDER_LENGTH_MAX / 2);
        let long = format!(r#"{{"number":"1","items":[{items}0]}}"#);
        assert!(long.len() > ORDER_LENGTH_MAX);
        let found = read(&format!("[{long},{}]", order("2"))).expect("JSON");
        assert_eq!(found.orders.len(), 1);
        assert_eq!(found.faults[0].fault, ImportFault::TooLong);
    }

    #[test]
    fn a_value_that_goes_on_and_on_is_not_held() {
        let endless = "0,".repeat(VALUE_LENGTH_MAX);
        for text in [
            format!("[[{endless}0]]"),
            format!("{{\"meta\":[{endless}0]}}"),
        ] {
            assert_eq!(read(&text).err(), Some(FileFault::NoOrders));
        }
    }

    #[test]
    fn an_element_that_is_nested_too_deep_is_a_fault_of_its_own() {
        let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
        let deep = format!("[{deep},{}]", order("2"));
        let found = read(&deep).expect("JSON");
        assert_eq!(found.orders.len(), 1);
        assert_eq!(found.faults[0].row, 1);
    }

    #[test]
    fn too_many_orders_are_refused() {
        let many = format!("[{}0]", "0,".repeat(ROWS_MAX));
        assert_eq!(read(&many).err(), Some(FileFault::TooManyRows));
    }
}
