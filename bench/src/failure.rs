//! Why something can't be measured.

use std::error::Error;

/// Any reason: it is only ever shown.
pub type Failure = Box<dyn Error + Send + Sync>;
