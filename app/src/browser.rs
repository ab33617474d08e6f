//! The browser's own facilities. Each does nothing while a page is rendered on
//! the server, so that components need not ask where they run.

use domain::UnixMillis;
use leptos::prelude::*;
use std::{cell::RefCell, ops::Range, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{HtmlTextAreaElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// Whether this is a browser.
const HERE: bool = cfg!(feature = "hydrate");

/// Milliseconds since 1970, UTC.
#[must_use]
pub fn now() -> UnixMillis {
    #[cfg(feature = "hydrate")]
    {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "whole milliseconds fit an i64"
        )]
        let now = js_sys::Date::now() as UnixMillis;
        now
    }
    #[cfg(not(feature = "hydrate"))]
    {
        use std::time::{SystemTime, UNIX_EPOCH};
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .ok()
            .and_then(|since| UnixMillis::try_from(since.as_millis()).ok())
            .unwrap_or_default()
    }
}

/// The browser's time zone, such as `Europe/Berlin`.
#[must_use]
pub fn time_zone() -> Option<String> {
    if !HERE {
        return None;
    }
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    let zone = js_sys::Reflect::get(&format.resolved_options(), &"timeZone".into());
    zone.ok()?.as_string()
}

/// A stored text of this browser.
#[must_use]
pub fn stored(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps a text in this browser; an empty one is forgotten. A browser that
/// refuses storage only loses the convenience.
pub fn store(key: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = if text.is_empty() {
            storage.remove_item(key)
        } else {
            storage.set_item(key, text)
        };
    }
}

fn storage() -> Option<web_sys::Storage> {
    HERE.then(|| window().local_storage().ok().flatten())
        .flatten()
}

/// Copies a text; tells whether that worked.
pub async fn copy(text: &str) -> bool {
    if !HERE {
        return false;
    }
    // Missing on pages that aren't served over TLS or from this machine.
    let clipboard = js_sys::Reflect::get(&window().navigator(), &"clipboard".into());
    if !clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    let writing = window().navigator().clipboard().write_text(text);
    wasm_bindgen_futures::JsFuture::from(writing).await.is_ok()
}

/// Loads another page from the server.
pub fn go_to(path: &str) {
    if HERE {
        let _ = window().location().set_href(path);
    }
}

/// Posts fields as a form does, also while the page goes. Nobody hears the answer; fields of more
/// than 64 KiB are not sent.
pub fn send_beacon(path: &str, fields: &[(&str, String)]) {
    if !HERE {
        return;
    }
    let Ok(form) = web_sys::UrlSearchParams::new() else {
        return;
    };
    for (name, value) in fields {
        form.append(name, value);
    }
    let _ = window()
        .navigator()
        .send_beacon_with_opt_url_search_params(path, Some(&form));
}

/// Whether the server answers at `path`, whatever it says.
pub async fn can_reach(path: &str) -> bool {
    HERE && gloo_net::http::RequestBuilder::new(path)
        .method(gloo_net::http::Method::HEAD)
        .send()
        .await
        .is_ok()
}

/// Calls `on_link` with the address of each link of this installation that the pointer or the
/// focus comes to, as long as the page is there.
#[cfg(feature = "hydrate")]
pub fn watch_links(on_link: fn(&str)) {
    let listener = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|target| target.closest("a[href^='/']").ok().flatten());
        if let Some(href) = link.and_then(|link| link.get_attribute("href")) {
            on_link(&href);
        }
    });
    for event in ["pointerover", "focusin"] {
        let listener = listener.as_ref().unchecked_ref();
        let _ = document().add_event_listener_with_callback(event, listener);
    }
    listener.forget();
}

/// Path and query of the page.
#[must_use]
pub fn current_path() -> String {
    if !HERE {
        return String::new();
    }
    let location = window().location();
    format!(
        "{}{}",
        location.pathname().unwrap_or_default(),
        location.search().unwrap_or_default()
    )
}

/// Takes the problem of a form that was posted without any script out of the
/// address, so that it isn't shown again after a reload.
pub fn forget_posted_error() {
    if !HERE {
        return;
    }
    let location = window().location();
    let search = location.search().unwrap_or_default();
    let Ok(query) = web_sys::UrlSearchParams::new_with_str(&search) else {
        return;
    };
    if !query.has("__err") {
        return;
    }
    query.delete("__err");
    query.delete("__path");
    let path = location.pathname().unwrap_or_default();
    let rest = String::from(query.to_string());
    let address = if rest.is_empty() {
        path
    } else {
        format!("{path}?{rest}")
    };
    if let Ok(history) = window().history() {
        let state = history.state().unwrap_or_default();
        let _ = history.replace_state_with_url(&state, "", Some(&address));
    }
}

/// Scheme, host and port of the page.
#[must_use]
pub fn origin() -> Option<String> {
    HERE.then(|| window().location().origin().ok()).flatten()
}

/// Whether the page is in sight.
#[must_use]
pub fn is_visible() -> bool {
    HERE && document().visibility_state() == web_sys::VisibilityState::Visible
}

/// Whether the keyboard belongs to an input, a dialog or an open menu, so that
/// single keys are not shortcuts.
#[must_use]
pub fn is_typing() -> bool {
    if !HERE {
        return false;
    }
    let in_input = document().active_element().is_some_and(|element| {
        match element.tag_name().as_str() {
            // Space is all that is typed there.
            "INPUT" => element.get_attribute("type").as_deref() != Some("checkbox"),
            name => matches!(name, "TEXTAREA" | "SELECT"),
        }
    });
    in_input || is_asked()
}

/// The id of the element that has the focus.
#[must_use]
pub fn focused_id() -> Option<String> {
    HERE.then(|| Some(document().active_element()?.id()))
        .flatten()
}

/// The focused element and the one around it that fits `selector`, if there is one.
#[must_use]
pub fn focused_within(selector: &str) -> Option<(web_sys::HtmlElement, web_sys::Element)> {
    let focused = HERE.then(|| document().active_element()).flatten()?;
    let around = focused.closest(selector).ok()??;
    Some((focused.dyn_into().ok()?, around))
}

/// Gives an element the focus back if nothing has it, and scrolls nowhere.
pub fn focus_again(element: &web_sys::HtmlElement) {
    let active = document().active_element();
    if !HERE || active.is_some_and(|active| active.tag_name() != "BODY") {
        return;
    }
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &"preventScroll".into(), &true.into());
    let focus = js_sys::Reflect::get(element, &"focus".into());
    if let Some(focus) = focus
        .ok()
        .and_then(|focus| focus.dyn_into::<js_sys::Function>().ok())
    {
        let _ = focus.call1(element, &options);
    }
}

/// The first element within another one that fits `selector`.
#[must_use]
pub fn within(element: &web_sys::Element, selector: &str) -> Option<web_sys::HtmlElement> {
    let found = element.query_selector(selector).ok().flatten();
    found.and_then(|found| found.dyn_into().ok())
}

/// The elements within another one that fit `selector` and stand one below the other, with how far
/// it is from each to the next one, in pixels: their heights, whose fractions don't add up to more
/// than one pixel.
#[must_use]
pub fn heights(element: &web_sys::Element, selector: &str) -> Vec<(web_sys::HtmlElement, i32)> {
    let Ok(found) = element.query_selector_all(selector) else {
        return Vec::new();
    };
    let all = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok());
    let all: Vec<web_sys::HtmlElement> = all.collect();
    let mut tops: Vec<_> = all.iter().map(|element| element.offset_top()).collect();
    tops.extend(
        all.last()
            .map(|last| last.offset_top() + last.offset_height()),
    );
    let heights = tops.windows(2).map(|ends| ends[1] - ends[0]);
    let heights: Vec<_> = heights.collect();
    all.into_iter().zip(heights).collect()
}

/// Whether a dialog is open.
#[must_use]
pub fn has_dialog() -> bool {
    HERE && document()
        .query_selector("dialog[open]")
        .is_ok_and(|found| found.is_some())
}

/// Puts the focus on the first element that fits `selector`.
pub fn focus(selector: &str) {
    focus_if_there(selector);
}

/// As [`focus`]; whether there is one.
pub fn focus_if_there(selector: &str) -> bool {
    if !HERE {
        return false;
    }
    let found = document()
        .query_selector(selector)
        .ok()
        .flatten()
        .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    found.is_some_and(|element| element.focus().is_ok())
}

/// Puts the focus on the element that is `by` places after the focused one, among those that
/// fit `selector`; at the end it begins anew.
pub fn focus_beside(selector: &str, by: i32) {
    if !HERE {
        return;
    }
    let Ok(all) = document().query_selector_all(selector) else {
        return;
    };
    let focused = document().active_element();
    let at = |index| all.item(index);
    let here = (0..all.length()).find(|index| {
        at(*index).is_some_and(|node| {
            focused
                .as_ref()
                .is_some_and(|focused| node.is_same_node(Some(focused)))
        })
    });
    let count = i64::from(all.length()).max(1);
    let next = here.map_or(0, |here| {
        (i64::from(here) + i64::from(by)).rem_euclid(count)
    });
    let next = u32::try_from(next).unwrap_or_default();
    if let Some(element) = at(next).and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Takes the focus away from where it is.
pub fn blur() {
    if HERE
        && let Some(element) = document().active_element()
        && let Ok(element) = element.dyn_into::<web_sys::HtmlElement>()
    {
        let _ = element.blur();
    }
}

/// Clicks the first element that fits `selector`.
pub fn click(selector: &str) {
    if let Some(element) = all(selector).first() {
        element.click();
    }
}

/// Moves the focus `by` elements among those that fit `selector`, from before the first one if
/// it is on none; `false` if there is none to move to.
pub fn walk(selector: &str, by: isize) -> bool {
    let all = all(selector);
    let active = HERE.then(|| document().active_element()).flatten();
    let at = all.iter().position(|element| {
        active
            .as_ref()
            .is_some_and(|active| element.is_same_node(Some(active)))
    });
    let next = match at {
        Some(at) => at.checked_add_signed(by),
        None => (by > 0).then_some(0),
    };
    let next = next.and_then(|next| all.get(next));
    next.is_some_and(|next| next.focus().is_ok())
}

fn all(selector: &str) -> Vec<web_sys::HtmlElement> {
    let found = HERE
        .then(|| document().query_selector_all(selector).ok())
        .flatten();
    let Some(found) = found else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|at| found.item(at)?.dyn_into().ok())
        .collect()
}

/// Whether a dialog is open, over everything else.
#[must_use]
pub fn is_asked() -> bool {
    HERE && document()
        .query_selector("dialog[open]")
        .ok()
        .flatten()
        .is_some()
}

/// The text box of this id.
#[must_use]
pub fn text_area(id: &str) -> Option<HtmlTextAreaElement> {
    HERE.then(|| document().get_element_by_id(id)?.dyn_into().ok())
        .flatten()
}

/// What stands before the cursor of a text box.
#[must_use]
pub fn before_cursor(area: &HtmlTextAreaElement) -> String {
    let cursor = area.selection_start().ok().flatten().unwrap_or_default();
    let units = area
        .value()
        .encode_utf16()
        .take(cursor as usize)
        .collect::<Vec<_>>();
    String::from_utf16_lossy(&units)
}

/// Types `text` into a text box as a person would, over the last `back` characters before the
/// cursor and over what is selected.
pub fn type_over(area: &HtmlTextAreaElement, back: &str, text: &str) {
    let units = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap_or_default();
    let cursor = area.selection_start().ok().flatten().unwrap_or_default();
    let end = area.selection_end().ok().flatten().unwrap_or(cursor);
    let start = cursor.saturating_sub(units(back));
    let _ = area.set_range_text_with_start_and_end(text, start, end);
    let _ = area.focus();
    let after = start + units(text);
    let _ = area.set_selection_range(after, after);
}

/// Selects a part of what stands in a text box; `at` counts bytes.
pub fn select(area: &HtmlTextAreaElement, at: Range<usize>) {
    let value = area.value();
    let units = |to: usize| {
        let before = value.get(..to).unwrap_or_default();
        u32::try_from(before.encode_utf16().count()).unwrap_or_default()
    };
    let _ = area.set_selection_range(units(at.start), units(at.end));
}

/// Scrolls so that the element of this id can be seen, if it can't.
pub fn reveal(id: &str) {
    if !HERE {
        return;
    }
    if let Some(element) = document().get_element_by_id(id) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Scrolls the element of this id into the middle.
pub fn show_in_middle(id: &str) {
    if HERE && let Some(element) = document().get_element_by_id(id) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Center);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Says that the next page is on its way, or isn't any more. Seen only if it takes a while.
pub fn set_loading(is_loading: bool) {
    if !HERE {
        return;
    }
    let Ok(Some(content)) = document().query_selector("#content") else {
        return;
    };
    let _ = match is_loading {
        true => content.set_attribute("aria-busy", "true"),
        false => content.remove_attribute("aria-busy"),
    };
}

/// Opens the menu of the key `name`, with the focus on its first field or action.
pub fn open_menu(name: &str) {
    if !HERE {
        return;
    }
    let menu = format!("[data-menu={name}]");
    if let Ok(Some(element)) = document().query_selector(&menu) {
        let _ = element.set_attribute("open", "");
        focus(&format!("{menu} .menu-list :is(input, button)"));
    }
}

/// The point in time of a field for date and time, in the browser's zone.
#[must_use]
pub fn local_time(text: &str) -> Option<UnixMillis> {
    let at = HERE.then(|| js_sys::Date::parse(text))?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole milliseconds fit an i64"
    )]
    at.is_finite().then_some(at as UnixMillis)
}

/// Moves a row of the inbox to the side, over the name of what is done there; back to its place
/// where there is none. From `far` on it is marked as decided.
pub fn shift_row(id: domain::ids::ConversationId, by: i32, name: Option<&str>, far: i32) {
    let row = HERE.then(|| document().get_element_by_id(&format!("row-{id}")));
    let Some(item) = row.flatten().and_then(|row| row.parent_element()) else {
        return;
    };
    let _ = match name {
        Some(name) => item.set_attribute("data-swipe", name),
        None => item.remove_attribute("data-swipe"),
    };
    let _ = item.toggle_attribute_with_force("data-leftward", by < 0);
    let _ = item.toggle_attribute_with_force("data-decided", by.abs() >= far);
    if let Some(item) = item.dyn_ref() {
        set_properties(item, &[("--swipe", &format!("{by}px"))]);
    }
}

/// Sets properties of an element by script, custom ones too: the page's policy allows no
/// `style` attributes.
pub fn set_properties(element: &web_sys::HtmlElement, properties: &[(&str, &str)]) {
    let style = element.style();
    for (name, value) in properties {
        let _ = style.set_property(name, value);
    }
}

/// Asks the browser to warn before the page is closed while `holds` says so,
/// and calls `on_leave` with the address instead of following a link, or going back or
/// forward.
pub fn guard_leaving(
    holds: impl Fn() -> bool + Clone + 'static,
    on_leave: impl Fn(String) + Clone + 'static,
) {
    if !HERE {
        return;
    }
    let closing_holds = holds.clone();
    let closing = window_event_listener(leptos::ev::beforeunload, move |event| {
        if closing_holds() {
            event.prevent_default();
        }
    });
    on_cleanup(move || closing.remove());
    let here = current_path();
    let (moves, leaves) = (holds.clone(), on_leave.clone());
    let on_move = Rc::new(move || {
        let is_held = moves();
        if is_held {
            let there = current_path();
            // The browser is there already, the page is not.
            let history = window().history();
            let _ = history
                .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&here)));
            leaves(there);
        }
        is_held
    });
    ON_MOVE.set(Some(on_move));
    on_cleanup(|| ON_MOVE.set(None));
    on_click_before_router(move |event| {
        let Some(address) = followed(&event).filter(|_| holds()) else {
            return;
        };
        event.prevent_default();
        event.stop_propagation();
        on_leave(address);
    });
}

thread_local! {
    /// Asked when the browser goes back or forward; keeps the page if it says so.
    static ON_MOVE: RefCell<Option<Rc<dyn Fn() -> bool>>> = const { RefCell::new(None) };
}

/// Lets a page keep the browser from going back or forward. To be called before the router
/// is there: of a window's listeners the first one is called first.
#[cfg(feature = "hydrate")]
pub fn watch_moves() {
    // As long as the page: dropping the handle removes nothing.
    let _ = window_event_listener(leptos::ev::popstate, |event| {
        let on_move = ON_MOVE.with_borrow(Clone::clone);
        if on_move.is_some_and(|is_held| is_held()) {
            event.stop_immediate_propagation();
        }
    });
}

/// The address of this installation's page that a click leads to, in this tab.
fn followed(event: &web_sys::Event) -> Option<String> {
    let event: &web_sys::MouseEvent = event.unchecked_ref();
    let target: web_sys::Element = event.target()?.dyn_into().ok()?;
    let link = target.closest("a[href]").ok().flatten()?;
    let new_tab =
        event.ctrl_key() || event.meta_key() || event.shift_key() || link.has_attribute("target");
    link.get_attribute("href")
        .filter(|href| !new_tab && href.starts_with('/'))
}

/// Listens in the capture phase, so as to come before the router, until the owner goes.
fn on_click_before_router(listener: impl Fn(web_sys::Event) + 'static) {
    let listener = Closure::<dyn Fn(web_sys::Event)>::new(listener);
    let _ = document().add_event_listener_with_callback_and_bool(
        "click",
        listener.as_ref().unchecked_ref(),
        true,
    );
    let listener = StoredValue::new_local(listener);
    on_cleanup(move || {
        listener.with_value(|listener| {
            let _ = document().remove_event_listener_with_callback_and_bool(
                "click",
                listener.as_ref().unchecked_ref(),
                true,
            );
        });
    });
}

/// Whether the browser's language counts hours to twelve.
#[cfg(feature = "hydrate")]
#[must_use]
pub fn counts_to_twelve() -> bool {
    thread_local! {
        static TWELVE: bool = hour_cycle().is_some_and(|hours| hours.is_truthy());
    }
    TWELVE.with(|twelve| *twelve)
}

#[cfg(feature = "hydrate")]
fn hour_cycle() -> Option<wasm_bindgen::JsValue> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"hour".into(), &"numeric".into()).ok()?;
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &options);
    js_sys::Reflect::get(&format.resolved_options(), &"hour12".into()).ok()
}
