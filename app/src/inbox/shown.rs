//! The rows of the inbox that stand in the page, and how much room the others take.

use super::state::{InboxState, Row};
use leptos::prelude::*;
use std::ops::Range;

/// A row that stands in the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Its place in the list, from 0.
    pub at: usize,
    /// The row.
    pub row: Row,
    /// Whether it stands there only since it has the focus.
    pub is_apart: bool,
}

/// Those rows, in their order; tracked.
#[must_use]
pub fn shown(inbox: InboxState) -> Vec<Shown> {
    let window = inbox.window.get();
    inbox.rows.with(|rows| {
        let Range { start, end } = window.of(rows.len());
        let shown = |at, is_apart| Shown {
            at,
            row: Row::clone(&rows[at]),
            is_apart,
        };
        let apart = window.apart.and_then(|id| {
            let at = rows.iter().position(|row| row.id == id)?;
            (!(start..end).contains(&at)).then_some(at)
        });
        let above = apart.filter(|at| *at < start).map(|at| shown(at, true));
        let below = apart.filter(|at| *at >= end).map(|at| shown(at, true));
        let within = (start..end).map(|at| shown(at, false));
        above.into_iter().chain(within).chain(below).collect()
    })
}

/// How high the rows above those are, and the rows below, in pixels; tracked.
#[must_use]
pub fn spaces(inbox: InboxState) -> [i32; 2] {
    let window = inbox.window.get();
    inbox.rows.with(|rows| {
        let Range { start, end } = window.of(rows.len());
        [&rows[..start], &rows[end..]].map(|rows| rows.iter().map(Row::height).sum())
    })
}
