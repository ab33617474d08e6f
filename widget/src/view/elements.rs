//! Elements, one by one.

use leptos::prelude::document;
use web_sys::Element;

/// A new element at the end of `parent`, in the direction of its `text` if it has one; none
/// if the page lets nothing be made.
pub fn add(parent: Option<&Element>, tag: &str, class: &str, text: &str) -> Option<Element> {
    let element = document().create_element(tag).ok()?;
    element.set_class_name(class);
    if !text.is_empty() {
        element.set_text_content(Some(text));
        set(&element, "dir", "auto");
    }
    parent?.append_child(&element).ok()?;
    Some(element)
}

/// Gives it an attribute.
pub fn set(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}
