//! What is heard and seen outside the page. A browser that doesn't let us is left in peace.

use domain::push::WAITING_TAG;
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AudioContext, Notification, NotificationOptions, NotificationPermission, ServiceWorkerContainer,
};

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
    let (tone, volume) = (context.create_oscillator()?, context.create_gain()?);
    tone.connect_with_audio_node(&volume)?;
    volume.connect_with_audio_node(&context.destination())?;
    let begin = context.current_time();
    let end = begin + 2.0 * STEP;
    tone.frequency().set_value_at_time(TONES[0], begin)?;
    tone.frequency().set_value_at_time(TONES[1], begin + STEP)?;
    // What ends at once cracks.
    volume.gain().set_value_at_time(VOLUME, begin)?;
    volume.gain().linear_ramp_to_value_at_time(0.0, end)?;
    tone.start()?;
    tone.stop_with_when(end)?;
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

/// Lets the browser ask whether it may show notifications, and hears what it may `then`.
pub fn ask_to_notify(then: impl FnOnce(Permission) + 'static) {
    if let Ok(asking) = Notification::request_permission() {
        spawn_local(async move {
            let _ = JsFuture::from(asking).await;
            then(permission());
        });
    }
}

/// Shows `text`, where that is allowed. Pressed, it leads to this page, which has the link.
pub(super) fn notify(text: &str) {
    if permission() != Permission::Granted {
        return;
    }
    let options = NotificationOptions::new();
    // One in the place of the last: a flood is no stack of notifications.
    options.set_tag(WAITING_TAG);
    // Some browsers have notifications for service workers only.
    let _ = Notification::new_with_options(text, &options);
}

/// Has the service worker tell the server again where this browser is reached.
pub(super) fn renew_push() {
    let workers = js_sys::Reflect::get(&window().navigator(), &"serviceWorker".into());
    // Missing on pages that aren't served over TLS or from this machine.
    if let Some(workers) = workers.ok().filter(JsValue::is_object)
        && let Some(worker) = workers
            .unchecked_into::<ServiceWorkerContainer>()
            .controller()
    {
        let _ = worker.post_message(&"renew".into());
    }
}
