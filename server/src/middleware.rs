//! What happens to every request.

pub mod client_ip;
pub mod headers;
pub mod origin;
pub mod request_log;
