//! What is heard and seen outside the page. A browser that doesn't let us is left in peace.

use crate::browser;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{AudioContext, Notification, NotificationOptions, NotificationPermission};

/// Whether this is a browser.
const HERE: bool = cfg!(feature = "hydrate");
/// The two tones, in hertz.
const TONES: [f32; 2] = [660.0, 880.0];
/// How loud they are, of 1.
const VOLUME: f32 = 0.2;
/// From one tone to the next, in seconds.
const STEP: f64 = 0.18;

/// Plays a short sound. Until somebody has touched the page browsers play none.
pub fn chime() {
    if HERE {
        let _ = play();
    }
}

fn play() -> Result<(), JsValue> {
    let context = AudioContext::new()?;
    let volume = context.create_gain()?;
    volume.connect_with_audio_node(&context.destination())?;
    let mut at = context.current_time();
    volume.gain().set_value_at_time(VOLUME, at)?;
    for pitch in TONES {
        let tone = context.create_oscillator()?;
        tone.frequency().set_value(pitch);
        tone.connect_with_audio_node(&volume)?;
        tone.start_with_when(at)?;
        at += STEP;
        tone.stop_with_when(at)?;
    }
    // What ends at once cracks.
    volume.gain().linear_ramp_to_value_at_time(0.0, at)?;
    set_timeout(
        move || {
            let _ = context.close();
        },
        Duration::from_secs(1),
    );
    Ok(())
}

/// Whether the browser shows notifications of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// It knows none.
    Missing,
    /// Nobody was asked.
    Unasked,
    /// It does.
    Granted,
    /// It was told not to.
    Denied,
}

/// See [`Permission`].
#[must_use]
pub fn permission() -> Permission {
    if !HERE || !js_sys::Reflect::has(&window(), &"Notification".into()).unwrap_or(false) {
        return Permission::Missing;
    }
    match Notification::permission() {
        NotificationPermission::Granted => Permission::Granted,
        NotificationPermission::Default => Permission::Unasked,
        _ => Permission::Denied,
    }
}

/// Lets the browser ask whether it may show notifications; what it may then.
pub async fn ask_to_notify() -> Permission {
    if permission() == Permission::Unasked
        && let Ok(asking) = Notification::request_permission()
    {
        let _ = wasm_bindgen_futures::JsFuture::from(asking).await;
    }
    permission()
}

/// Shows that somebody waits, where that is allowed. It leads to `href`.
pub(super) fn notify(name: &str, href: &str) {
    if permission() != Permission::Granted {
        return;
    }
    let options = NotificationOptions::new();
    options.set_body("Waiting longer than promised.");
    // One in the place of the last: a flood is no stack of notifications.
    options.set_tag("shopdesk.waiting");
    if let Ok(shown) = Notification::new_with_options(name, &options) {
        let href = href.to_owned();
        let open = Closure::once_into_js(move || {
            let _ = window().focus();
            browser::go_to(&href);
        });
        shown.set_onclick(Some(open.unchecked_ref()));
    }
}
