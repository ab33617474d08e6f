//! The browser's own part: its service worker, and its subscription at its push service.

use crate::alarms::{Permission, permission};
use domain::push::PushTarget;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Notification, PushManager, PushSubscription, PushSubscriptionOptionsInit,
    ServiceWorkerRegistration,
};

/// Whether this is a browser.
const HERE: bool = cfg!(feature = "hydrate");
/// What shows the messages. It does nothing else, and keeps no pages.
const WORKER: &str = "/push-worker.js";

/// Why a browser can't be subscribed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It was told to show no notifications.
    Denied,
    /// It has no push service, or can't reach it.
    NoService,
}

impl Refusal {
    /// What is wrong and what to do about it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Denied => {
                "This browser shows no notifications of Shopdesk. Allow them in its settings for this page, then try again."
            }
            Self::NoService => {
                "This browser's push service doesn't answer. Check the connection, or use another browser."
            }
        }
    }
}

/// Whether the browser knows push messages at all. Most do over TLS only.
pub fn can() -> bool {
    let has = |of: &JsValue, name: &str| {
        js_sys::Reflect::get(of, &name.into()).is_ok_and(|value| !value.is_undefined())
    };
    HERE && permission() != Permission::Missing
        && has(&window(), "PushManager")
        && has(&window().navigator(), "serviceWorker")
}

/// Whether the browser has a subscription.
pub async fn is_subscribed() -> bool {
    let found: Result<bool, JsValue> = async {
        let worker = window().navigator().service_worker();
        let registration = JsFuture::from(worker.get_registration()).await?;
        let Ok(registration) = registration.dyn_into::<ServiceWorkerRegistration>() else {
            return Ok(false);
        };
        Ok(subscription(&registration.push_manager()?).await?.is_some())
    }
    .await;
    found.unwrap_or(false)
}

/// Asks for the permission, and subscribes at the browser's push service for messages by whoever
/// has the private part of `key`.
pub async fn subscribe(key: &str) -> Result<PushTarget, Refusal> {
    let asked: Result<(), JsValue> = async {
        JsFuture::from(Notification::request_permission()?).await?;
        Ok(())
    }
    .await;
    if asked.is_err() || permission() != Permission::Granted {
        return Err(Refusal::Denied);
    }
    target(key).await.ok().flatten().ok_or(Refusal::NoService)
}

async fn target(key: &str) -> Result<Option<PushTarget>, JsValue> {
    let workers = window().navigator().service_worker();
    JsFuture::from(workers.register(WORKER)).await?;
    let registration: ServiceWorkerRegistration =
        JsFuture::from(workers.ready()?).await?.dyn_into()?;
    let manager = registration.push_manager()?;
    // One that was made for another key can't be made anew beside it.
    if let Some(old) = subscription(&manager).await? {
        JsFuture::from(old.unsubscribe()?).await?;
    }
    let options = PushSubscriptionOptionsInit::new();
    options.set_user_visible_only(true);
    options.set_application_server_key_opt_str(Some(key));
    let new = JsFuture::from(manager.subscribe_with_options(&options)?).await?;
    let json = new.dyn_into::<PushSubscription>()?.to_json()?;
    Ok(json.get_endpoint().and_then(|endpoint| {
        let keys = json.get_keys()?;
        Some(PushTarget {
            endpoint,
            p256dh: keys.get_p256dh()?,
            auth: keys.get_auth()?,
        })
    }))
}

/// Ends the subscription; the server has forgotten it already.
pub async fn unsubscribe() {
    let _: Result<(), JsValue> = async {
        let worker = window().navigator().service_worker();
        let registration = JsFuture::from(worker.get_registration()).await?;
        let registration: ServiceWorkerRegistration = registration.dyn_into()?;
        if let Some(old) = subscription(&registration.push_manager()?).await? {
            JsFuture::from(old.unsubscribe()?).await?;
        }
        Ok(())
    }
    .await;
}

async fn subscription(manager: &PushManager) -> Result<Option<PushSubscription>, JsValue> {
    let found = JsFuture::from(manager.get_subscription()?).await?;
    Ok(found.dyn_into().ok())
}
