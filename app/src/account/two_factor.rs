//! Two-factor sign-in: setting it up, and the code that it takes.

pub mod api;
#[cfg(feature = "ssr")]
pub mod code_page;
#[cfg(feature = "ssr")]
pub mod page;
#[cfg(feature = "ssr")]
mod qr_code;
