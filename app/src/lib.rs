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
mod lazy;
mod live;
mod not_found;
mod orders;
#[cfg(feature = "ssr")]
mod plain;
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
use std::collections::HashMap;

#[cfg(feature = "ssr")]
pub use request::{ClientIp, RequestSpan};

/// Sets the chosen theme before anything is painted.
const THEME_SCRIPT: &str = "try{var t=localStorage.getItem('shopdesk.theme');if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch(e){}";

/// During an update a page may get the two files of different versions, which
/// don't fit: it is loaded once more.
const RELOAD_ONCE: &str = "e=>{try{var k='shopdesk.reloaded';if(sessionStorage.getItem(k)!==location.href){sessionStorage.setItem(k,location.href);location.reload();return}}catch(_){}throw e}";

/// The files of the browser's half.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// Changes with them; part of their addresses.
    pub version: String,
    /// What is loaded beside the first file for each area, without the ending.
    pub areas: HashMap<String, Vec<String>>,
}

/// The document around the dashboard, which loads `files`.
#[must_use]
pub fn shell(options: LeptosOptions, files: &Files) -> AnyView {
    #[cfg(feature = "ssr")]
    response::send_content_security_policy();
    let Files { version, areas } = files;
    let (folder, name) = (options.site_pkg_dir.clone(), options.output_name.clone());
    // They name one another, so the version is a folder of theirs.
    let file = |name: &str| format!("/{folder}/{version}/{name}");
    let area = page_path().and_then(|path| areas.get(router::areas::page_at(&path)?.0.area));
    let area = area.into_iter().flatten();
    let area = area.map(|name| file(&format!("{name}.wasm"))).collect();
    let style = style(&options, version);
    let (module, wasm) = (file(&format!("{name}.js")), file(&format!("{name}.wasm")));
    let script = view! {
        <AutoReload options/>
        <Hydration module wasm area/>
    };
    let body = view! {
        <App/>
        // After the dashboard: the browser's half takes over from the
        // body's first child on. The style sheet puts it at the top.
        <noscript class="no-script">
            "This page needs JavaScript to save changes. Reading, replying and signing in work without it."
        </noscript>
    };
    document(style, script.into_any(), body.into_any())
}

/// The document around a page that no script takes over. See [`plain`].
#[cfg(feature = "ssr")]
#[must_use]
pub fn plain_shell(options: &LeptosOptions, files: &Files) -> AnyView {
    response::send_content_security_policy();
    response::keep_nowhere();
    let style = style(options, &files.version);
    document(style, ().into_any(), view! { <PlainApp/> }.into_any())
}

/// The address of the style sheet.
fn style(options: &LeptosOptions, version: &str) -> String {
    let (folder, name) = (&options.site_pkg_dir, &options.output_name);
    format!("/{folder}/{name}.css?v={version}")
}

fn document(style: String, script: AnyView, body: AnyView) -> AnyView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content"/>
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
                {script}
                <MetaTags/>
            </head>
            <body>{body}</body>
        </html>
    }
    .into_any()
}

/// Loads the browser's half, and of its areas the one of the page. leptos' own component knows no
/// addresses that change with the files.
#[component]
fn Hydration(module: String, wasm: String, area: Vec<String>) -> impl IntoView {
    let script = format!(
        "import({module:?}).then(m=>m.default({{module_or_path:{wasm:?}}}).then(m.load).then(m.hydrate)).catch({RELOAD_ONCE})"
    );
    let files = std::iter::once(wasm).chain(area).map(|file| {
        view! {
            <link rel="preload" href=file r#as="fetch" r#type="application/wasm" crossorigin=""/>
        }
    });
    view! {
        <link rel="modulepreload" href=module/>
        {files.collect_view()}
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

/// The path of the page that is rendered.
fn page_path() -> Option<String> {
    #[cfg(feature = "ssr")]
    let path = response::page_path().map(|path| path.split('?').next().unwrap_or_default().into());
    #[cfg(not(feature = "ssr"))]
    let path = None;
    path
}

/// Loads the area of the page that the server has rendered. Without it [`hydrate`] can't take over.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn load() -> Result<(), wasm_bindgen::JsValue> {
    console_error_panic_hook::set_once();
    match router::areas::page_at(path_of(&browser::current_path())) {
        Some(page) if !page.0.load().await => Err("a part of the page could not be loaded".into()),
        _ => Ok(()),
    }
}

/// The pages of the dashboard that no script takes over.
#[cfg(feature = "ssr")]
#[component]
pub fn PlainApp() -> AnyView {
    provide_meta_context();
    ui::time::Clock::provide();
    view! {
        <Router>
            <router::PlainRoutes/>
        </Router>
    }
    .into_any()
}

/// Takes over the page that the server has rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    browser::watch_moves();
    browser::watch_links(|address| {
        if let Some(page) = router::areas::page_at(path_of(address)) {
            leptos::task::spawn_local(async move {
                page.0.load().await;
            });
        }
    });
    leptos::mount::hydrate_body(App);
}

#[cfg(feature = "hydrate")]
fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}
