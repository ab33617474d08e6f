//! A forgotten password.

pub mod api;
#[cfg(feature = "ssr")]
pub mod forgot_page;
#[cfg(feature = "ssr")]
pub mod reset_page;
