//! What developers' programs call.

pub mod docs;
pub mod v1;
