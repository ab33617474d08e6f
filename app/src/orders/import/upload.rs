//! Sends a file of orders.

use crate::{addresses, error::AppError, upload::send_file};
use domain::{
    ids::StoreId,
    order_import::{ImportReport, ImportStep, Mapping, mapping_to_words},
};

/// What is asked of the server. What is empty is left out.
pub struct Asked {
    /// What to do.
    pub step: ImportStep,
    /// What the columns are.
    pub mapping: Mapping,
    /// See [`domain::order_import::ImportOptions`].
    pub status: String,
    /// See [`domain::order_import::ImportOptions`].
    pub payment_status: String,
    /// See [`domain::order_import::ImportOptions`].
    pub currency: String,
}

impl Asked {
    fn query(&self) -> String {
        let step = match self.step {
            ImportStep::Preview => "preview",
            ImportStep::ApplyAll => "apply_all",
            ImportStep::ApplyGood => "apply_good",
        };
        let columns = mapping_to_words(&self.mapping);
        let mut query = format!("step={step}");
        for (name, value) in [
            ("columns", &columns),
            ("status", &self.status),
            ("payment_status", &self.payment_status),
            ("currency", &self.currency),
        ] {
            if !value.is_empty() {
                query.push_str(&format!("&{name}={}", addresses::encode(value)));
            }
        }
        query
    }
}

/// Sends the file.
///
/// # Errors
/// What the server refuses, or that it can't be reached.
pub async fn send(
    store: StoreId,
    file: web_sys::File,
    asked: Asked,
) -> Result<ImportReport, AppError> {
    let address = format!("{}?{}", addresses::orders_file(store), asked.query());
    send_file(address, file).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::order_import::OrderColumn;

    #[test]
    fn what_is_asked_is_in_the_query() {
        let mut asked = Asked {
            step: ImportStep::Preview,
            mapping: Vec::new(),
            status: String::new(),
            payment_status: String::new(),
            currency: String::new(),
        };
        assert_eq!(asked.query(), "step=preview");
        asked.mapping = vec![Some(OrderColumn::Number), None];
        asked.currency = "EUR".to_owned();
        assert_eq!(asked.query(), "step=preview&columns=number%2C&currency=EUR");
    }
}
