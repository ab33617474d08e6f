//! What became of an order that was put.

/// What putting an order did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is new.
    Created,
    /// There was another one of this number, which it replaced.
    Replaced,
    /// It was there already, the same in everything.
    Unchanged,
}
