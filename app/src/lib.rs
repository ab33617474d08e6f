//! The dashboard of Shopdesk, rendered on the server and hydrated in the
//! browser.
//!
//! Invariant: with feature `hydrate` there is no backend in here; what the
//! browser needs of it goes through the server functions in `<noun>/api.rs`.

// The view! macro nests one type per element.
#![recursion_limit = "512"]

#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("`ssr` is the server's half and `hydrate` the browser's: choose one of them");
#[cfg(all(any(feature = "ssr", feature = "hydrate"), not(erase_components)))]
compile_error!(
    "build with `--cfg erase_components`, as .cargo/config.toml says: RUSTFLAGS in the environment takes its place"
);

mod account;
mod addresses;
mod alarms;
mod api_keys;
mod browser;
mod canned;
mod commands;
#[cfg(feature = "ssr")]
mod cookies;
pub mod error;
mod faq;
mod frame;
mod identity;
mod inbox;
mod join;
mod json;
mod live;
mod not_found;
mod orders;
#[cfg(feature = "ssr")]
mod request;
mod resource;
#[cfg(feature = "ssr")]
mod response;
mod rooms;
mod router;
mod session;
mod stores;
mod team;
mod ui;
mod upload;
mod webhooks;
mod widget;

use leptos::{config::LeptosOptions, prelude::*};
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::Router;

#[cfg(feature = "ssr")]
pub use request::{ClientIp, RequestSpan};

/// Sets the chosen theme before anything is painted.
const THEME_SCRIPT: &str = "try{var t=localStorage.getItem('shopdesk.theme');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch(e){}";

/// During an update a page may get the two files of different versions, which
/// don't fit: it is loaded once more.
const RELOAD_ONCE: &str = "e=>{try{var k='shopdesk.reloaded';if(sessionStorage.getItem(k)!==location.href){sessionStorage.setItem(k,location.href);location.reload();return}}catch(_){}throw e}";

/// The document around the dashboard. `version` changes with the files of the
/// browser's half and is part of their addresses.
#[must_use]
pub fn shell(options: LeptosOptions, version: &str) -> AnyView {
    #[cfg(feature = "ssr")]
    response::send_content_security_policy();
    let (folder, name) = (options.site_pkg_dir.clone(), options.output_name.clone());
    let style = format!("/{folder}/{name}.css?v={version}");
    // They name one another, so the version is a folder of theirs.
    let file = |ending: &str| format!("/{folder}/{version}/{name}.{ending}");
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <script nonce=leptos::nonce::use_nonce()>{THEME_SCRIPT}</script>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="apple-touch-icon" href="/icons/192.png"/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <link
                    rel="preload"
                    href="/fonts/inter-latin-wght-normal.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin=""
                />
                <link rel="stylesheet" href=style/>
                <AutoReload options/>
                <Hydration module=file("js") wasm=file("wasm")/>
                <MetaTags/>
            </head>
            <body>
                <App/>
                // After the dashboard: the browser's half takes over from the
                // body's first child on. The style sheet puts it at the top.
                <noscript class="no-script">
                    "This page needs JavaScript to save changes. Reading, replying and signing in work without it."
                </noscript>
            </body>
        </html>
    }
    .into_any()
}

/// Loads the browser's half. leptos' own component knows no addresses that
/// change with the files.
#[component]
fn Hydration(module: String, wasm: String) -> impl IntoView {
    let script = format!(
        "import({module:?}).then(m=>m.default({{module_or_path:{wasm:?}}}).then(m.hydrate)).catch({RELOAD_ONCE})"
    );
    view! {
        <link rel="modulepreload" href=module/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin=""/>
        <script type="module" nonce=leptos::nonce::use_nonce()>
            {script}
        </script>
    }
    .into_any()
}

/// The dashboard.
#[component]
pub fn App() -> AnyView {
    provide_meta_context();
    ui::time::Clock::provide();
    Effect::new(|_| browser::forget_posted_error());
    view! {
        <Router>
            <router::DashboardRoutes/>
        </Router>
    }
    .into_any()
}

/// Takes over the page that the server has rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    browser::watch_moves();
    leptos::mount::hydrate_body(App);
}
