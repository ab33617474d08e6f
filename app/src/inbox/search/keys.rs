//! Where the keys lead.

use crate::browser;

/// What the arrows walk through.
pub(super) const STOPS: &str = ".inbox-list .found-link";
const FIELD: &str = ".search-field input";

/// Puts the cursor into the field.
pub fn open() {
    browser::focus(FIELD);
}
