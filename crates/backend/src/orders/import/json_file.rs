//! A JSON file: a list of orders, or an object with one, as an API answers.

use super::{
    found::{Found, SHOWN_TEXT},
    medusa,
};
use domain::{
    order::Order,
    order_import::{FileFault, ImportFault, ImportedFrom, ROWS_MAX},
    text,
};
use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Value, value::RawValue};
use std::fmt;

/// Longest order, in bytes. As a value in memory it can take ninety times as much.
const ORDER_LENGTH_MAX: usize = 1024 * 1024;

/// Whether a text begins as JSON does.
pub(super) fn looks_like(text: &str) -> bool {
    text.trim_start().starts_with(['[', '{'])
}

/// Reads the orders one after the other: as a whole they would take many times the file's
/// size.
pub(super) fn read(text: &str) -> Result<Found, FileFault> {
    let mut found = Found::nothing(ImportedFrom::Shopdesk);
    let mut rows = 0;
    let mut json = serde_json::Deserializer::from_str(text);
    let list = List {
        found: &mut found,
        rows: &mut rows,
    };
    let read = list.deserialize(&mut json).and_then(|()| json.end());
    if rows > ROWS_MAX {
        return Err(FileFault::TooManyRows);
    }
    match read {
        Ok(()) if rows == 0 => Err(FileFault::Empty),
        Ok(()) => Ok(found),
        Err(error) => Err(FileFault::Json(error.to_string())),
    }
}

struct List<'f> {
    found: &'f mut Found,
    rows: &'f mut usize,
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
        while let Some(json) = list.next_element::<&RawValue>()? {
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
        let Self { found, rows } = self;
        let mut has_orders = false;
        while let Some(key) = object.next_key::<String>()? {
            if key == "orders" && !has_orders {
                has_orders = true;
                object.next_value_seed(List {
                    found: &mut *found,
                    rows: &mut *rows,
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
    let json: Value = match serde_json::from_str(json) {
        Ok(json) => json,
        Err(error) => {
            let fault = ImportFault::Shape(text::excerpt(&error.to_string(), 3 * SHOWN_TEXT));
            found.refuse(row, "", fault);
            return;
        }
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
    let order = serde_json::from_value::<Order>(json)
        .map_err(|error| ImportFault::Shape(text::excerpt(&error.to_string(), 3 * SHOWN_TEXT)));
    found.take(row, &number, order);
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
        assert_eq!(found.faults[2].fault, ImportFault::Duplicate(1));
    }

    #[test]
    fn what_is_no_json_is_refused_as_a_whole() {
        for text in ["[", "{}", r#"{"orders":7}"#, "[] x", r#"[{"a":]"#] {
            assert!(matches!(read(text), Err(FileFault::Json(_))), "{text}");
        }
        assert_eq!(read("[]").err(), Some(FileFault::Empty));
        let deep = "[".repeat(100_000);
        assert!(matches!(read(&deep), Err(FileFault::Json(_))));
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
