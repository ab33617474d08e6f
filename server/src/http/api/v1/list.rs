//! Lists, page by page.

use crate::http::error::{ApiError, ApiResult};
use backend::page::Page;
use domain::{Invalid, problem::Cause};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// Things in a page unless another number is asked for.
const LIMIT_DEFAULT: i64 = 50;
/// Most things in a page.
const LIMIT_MAX: i64 = 100;
/// Longest cursor, in characters.
const CURSOR_MAX: usize = 100;

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// In the list's order.
    pub items: Vec<T>,
    /// Give it back as `after` to get what follows; null at the end.
    #[schema(required)]
    pub next: Option<String>,
}

impl<T> List<T> {
    /// `page`, which goes on after its last item's `cursor`.
    pub fn of(page: Page<T>, cursor: impl Fn(&T) -> String) -> Self {
        let last = page.items.last().filter(|_| page.has_more);
        Self {
            next: last.map(cursor),
            items: page.items,
        }
    }
}

/// Which page is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The `next` of the page before this one.
    #[param(max_length = 100)]
    pub after: Option<String>,
    /// Most items in the page.
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: Option<i64>,
}

/// The number of items that is asked for.
///
/// # Errors
/// 422 for one that is out of bounds.
pub fn limit(asked: Option<i64>) -> ApiResult<i64> {
    match asked {
        None => Ok(LIMIT_DEFAULT),
        Some(limit @ 1..=LIMIT_MAX) => Ok(limit),
        Some(_) => Err(invalid(
            "limit",
            format!("Please ask for 1 to {LIMIT_MAX} items."),
        )),
    }
}

/// The place that is asked for.
///
/// # Errors
/// 422 for what no page has as its `next`.
pub fn after<T: FromStr>(asked: Option<&str>) -> ApiResult<Option<T>> {
    let wrong = || invalid("after", "Please send the “next” of the page before.");
    let Some(asked) = asked else { return Ok(None) };
    let asked = domain::text::check(asked, CURSOR_MAX).map_err(|_| wrong())?;
    asked.parse().map(Some).map_err(|_| wrong())
}

fn invalid(field: &str, message: impl Into<String>) -> ApiError {
    Cause::Invalid(Invalid::new(field, message)).into()
}
