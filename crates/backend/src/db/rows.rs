//! Between rows and types.

use crate::error::{Error, Result};
use sqlx::{Row, any::AnyRow};
use std::str::FromStr;

/// Reads typed columns out of a row.
pub(crate) trait RowExt {
    /// Column `name` as text parsed into `T`, such as an id.
    fn parsed<T: FromStr>(&self, name: &str) -> Result<T>;
    /// Column `name`, a stored word, by `T`'s own reading of it.
    fn word<T>(&self, name: &str, read: fn(&str) -> Option<T>) -> Result<T>;
    /// Column `name` as JSON.
    fn json<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T>;
    /// Column `name`, 0 or 1.
    fn flag(&self, name: &str) -> Result<bool>;
}

impl RowExt for AnyRow {
    fn parsed<T: FromStr>(&self, name: &str) -> Result<T> {
        let text: String = self.try_get(name)?;
        text.parse().map_err(|_| Error::corrupt(name))
    }

    fn word<T>(&self, name: &str, read: fn(&str) -> Option<T>) -> Result<T> {
        let word: String = self.try_get(name)?;
        read(&word).ok_or_else(|| Error::corrupt(name))
    }

    fn json<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T> {
        let text: String = self.try_get(name)?;
        serde_json::from_str(&text).map_err(|_| Error::corrupt(name))
    }

    fn flag(&self, name: &str) -> Result<bool> {
        Ok(self.try_get::<i64, _>(name)? != 0)
    }
}

/// `value` as JSON text for a column.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Internal(format!("as JSON: {error}")))
}
