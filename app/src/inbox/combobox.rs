//! The reply box as a combobox, while a list of suggestions is open above it.

use crate::browser;
use leptos::{html, prelude::*};

/// What the box says of its list, as assistive technology knows such boxes: nothing while it is
/// closed; otherwise the list's id and the chosen option's, if there is something to choose.
pub fn describe(
    node: NodeRef<html::Textarea>,
    is_open: bool,
    list: &'static str,
    chosen: Option<String>,
) {
    if let Some(node) = node.get_untracked() {
        let is_list = chosen.is_some();
        for (name, value) in [
            ("role", is_open.then_some("combobox")),
            ("aria-autocomplete", is_open.then_some("list")),
            (
                "aria-expanded",
                is_open.then_some(if is_list { "true" } else { "false" }),
            ),
            ("aria-controls", is_list.then_some(list)),
            ("aria-activedescendant", chosen.as_deref()),
        ] {
            // Can't fail with these names.
            let _ = match value {
                Some(value) => node.set_attribute(name, value),
                None => node.remove_attribute(name),
            };
        }
    }
    if let Some(id) = chosen {
        // The list is drawn by then.
        request_animation_frame(move || browser::reveal(&id));
    }
}

/// Which of `count` is chosen after an arrow key, from top to bottom and round again; `None` for
/// other keys and where there is nothing to choose.
#[must_use]
pub fn moved(key: &str, chosen: usize, count: usize) -> Option<usize> {
    match key {
        "ArrowDown" if count > 0 => Some((chosen + 1) % count),
        "ArrowUp" if count > 0 => Some((chosen + count - 1) % count),
        _ => None,
    }
}
