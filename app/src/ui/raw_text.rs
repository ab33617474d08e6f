//! Texts that leptos writes into the document as they are.

/// `text` as the child of an element that leptos leaves unescaped when it
/// renders on the server: `<textarea>`, and leptos_meta's `<title>`. In the
/// browser a child is a text node, which needs no escaping.
#[must_use]
pub fn raw_text(text: &str) -> String {
    #[cfg(feature = "ssr")]
    return html_escape::encode_text(text).into_owned();
    #[cfg(not(feature = "ssr"))]
    return text.to_owned();
}
