//! What the widget needs of the browser, in one place. Everything here may be
//! missing or refused on a stranger's page, so nothing here panics.

use domain::UnixMillis;
use js_sys::{Array, Date, Function, Intl, Object, Promise, Reflect};
use std::{cell::RefCell, pin::Pin};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{CustomEvent, CustomEventInit, Event, EventTarget, Storage, VisibilityState, Window};

/// The page's window.
pub fn window() -> Window {
    leptos::leptos_dom::helpers::window()
}

/// The time by the shopper's clock.
pub fn now() -> UnixMillis {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds are whole")]
    let now = Date::now() as i64;
    now
}

/// A number from 0 to 1, for jitter.
pub fn random() -> f64 {
    js_sys::Math::random()
}

/// Waits. Timers sleep with the device: check the clock afterwards.
pub async fn sleep(ms: u32) {
    let promise = Promise::new(&mut |resolve, _| {
        let ms = i32::try_from(ms).unwrap_or(i32::MAX);
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
    });
    let _ = JsFuture::from(promise).await;
}

/// Whether the browser believes it has a network.
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// Whether the page can be seen.
pub fn is_visible() -> bool {
    leptos::leptos_dom::helpers::document().visibility_state() == VisibilityState::Visible
}

/// Whether the window covers the whole screen, as on a phone.
pub fn is_phone() -> bool {
    let query = window().match_media("(max-width: 479.98px)");
    matches!(query, Ok(Some(list)) if list.matches())
}

/// Whether typing brings up a keyboard on the screen.
pub fn has_touch_keyboard() -> bool {
    let query = window().match_media("(hover: none) and (pointer: coarse)");
    matches!(query, Ok(Some(list)) if list.matches())
}

/// Does `work` in the background. Boxed, so that all share the code that drives them.
pub fn spawn(work: impl Future<Output = ()> + 'static) {
    let work: Pin<Box<dyn Future<Output = ()>>> = Box::pin(work);
    spawn_local(work);
}

/// Calls `f` on every such event, as long as the page lives.
pub fn listen(target: &EventTarget, name: &str, f: impl FnMut(Event) + 'static) {
    let f: Box<dyn FnMut(Event)> = Box::new(f);
    let closure = Closure::<dyn FnMut(Event)>::new(f);
    let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    closure.forget();
}

/// Fires a custom event; the loader listens to those on its element.
pub fn dispatch(target: &EventTarget, name: &str, detail: &JsValue) {
    let init = CustomEventInit::new();
    init.set_detail(detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(name, &init) {
        let _ = target.dispatch_event(&event);
    }
}

/// Puts text on the clipboard where the page may do that.
pub fn copy(text: &str) {
    let navigator: JsValue = window().navigator().into();
    let clipboard = Reflect::get(&navigator, &"clipboard".into()).unwrap_or_default();
    let write = Reflect::get(&clipboard, &"writeText".into()).ok();
    if let Some(write) = write.and_then(|write| write.dyn_into::<Function>().ok()) {
        let _ = write.apply(&clipboard, &Array::of1(&text.into()));
    }
}

/// The number of the day in the shopper's own time zone.
pub fn day_of(at: UnixMillis) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "whole minutes")]
    let offset = Date::new(&js_time(at)).get_timezone_offset() as i64;
    (at - offset * 60_000).div_euclid(86_400_000)
}

/// Says in which language dates are written from now on. The tag has to be one
/// that browsers take: they throw at others.
pub fn set_locale(tag: &str) {
    LOCALE.set(Array::of1(&tag.into()));
}

/// "14:05" as the shopper writes it.
pub fn time_text(at: UnixMillis) -> String {
    TIME_FORMAT.with(|format| formatted(format, at))
}

/// "Tuesday, 4 March" as the shopper writes it.
pub fn date_text(at: UnixMillis) -> String {
    DATE_FORMAT.with(|format| formatted(format, at))
}

/// "1,180.50" as the shopper writes it.
pub fn amount_text(minor: i64, decimals: u32) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "exact for every amount that matters"
    )]
    let amount = minor as f64 / f64::from(10_u32.pow(decimals));
    let options = Object::new();
    for name in ["minimumFractionDigits", "maximumFractionDigits"] {
        let _ = Reflect::set(&options, &name.into(), &decimals.into());
    }
    let format = Intl::NumberFormat::new(&LOCALE.with_borrow(Array::clone), &options).format();
    let text = format.call1(&JsValue::UNDEFINED, &amount.into());
    text.ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

fn js_time(at: UnixMillis) -> JsValue {
    #[expect(
        clippy::cast_precision_loss,
        reason = "exact for every date that matters"
    )]
    let at = at as f64;
    JsValue::from_f64(at)
}

fn formatted(format: &Function, at: UnixMillis) -> String {
    let text = format.call1(&JsValue::UNDEFINED, &js_time(at));
    text.ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

fn date_format(fields: &[(&str, &str)]) -> Function {
    let options = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    Intl::DateTimeFormat::new(&LOCALE.with_borrow(Array::clone), &options).format()
}

thread_local! {
    static LOCALE: RefCell<Array> = RefCell::new(Array::new());
    // Making a format takes a thousand times as long as using it.
    static TIME_FORMAT: Function = date_format(&[("hour", "numeric"), ("minute", "2-digit")]);
    static DATE_FORMAT: Function = date_format(&[("weekday", "long"), ("day", "numeric"), ("month", "long")]);
}

thread_local! {
    /// What the browser refused to store, kept for as long as the page lives.
    static UNSTORED: RefCell<Vec<(String, String)>> = const { RefCell::new(Vec::new()) };
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn tab_storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// Reads a text that this tab has noted.
pub fn noted(key: &str) -> Option<String> {
    tab_storage()?.get_item(key).ok().flatten()
}

/// Notes a text for as long as this tab lives. A browser that refuses loses the convenience.
pub fn note(key: &str, text: &str) {
    if let Some(storage) = tab_storage() {
        let _ = storage.set_item(key, text);
    }
}

/// Reads a stored text.
pub fn stored(key: &str) -> Option<String> {
    UNSTORED
        .with_borrow(|unstored| {
            unstored
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, text)| text.clone())
        })
        .or_else(|| storage()?.get_item(key).ok().flatten())
}

/// Stores a text, or removes it. If the browser refuses, the text is kept in
/// memory.
pub fn store(key: &str, text: Option<&str>) {
    let storage = storage();
    let is_stored = match text {
        Some(text) => storage.is_some_and(|storage| storage.set_item(key, text).is_ok()),
        None => storage.is_none_or(|storage| storage.remove_item(key).is_ok()),
    };
    UNSTORED.with_borrow_mut(|unstored| {
        unstored.retain(|(name, _)| name != key);
        if let Some(text) = text.filter(|_| !is_stored) {
            unstored.push((key.to_owned(), text.to_owned()));
        }
    });
}
