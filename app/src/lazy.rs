//! Views that a browser loads when they are wanted. Those of one area are one
//! file; on the server all of them are there.

use crate::ui::{Button, Glyph};
use futures::FutureExt;
use leptos::{prelude::*, task::spawn_local, wasm_split::SplitLoaderError};
use std::pin::Pin;

/// Something that is being loaded.
pub type Loading<T> = Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// A view of an area; made by [`lazy_views!`].
#[derive(Debug, Clone, Copy)]
pub struct Lazy {
    /// The area's name.
    pub area: &'static str,
    /// Loads the area, unless it is there.
    pub load: fn() -> Loading<()>,
    /// Loads the area and makes the view.
    pub build: fn() -> Loading<AnyView>,
}

impl Lazy {
    /// Loads the area, unless it is there; whether it is there then.
    pub async fn load(self) -> bool {
        (self.load)().await.is_ok()
    }

    /// The view; `None` if its area is not there and can't be loaded.
    pub async fn build(self) -> Option<AnyView> {
        (self.build)().await.ok()
    }

    /// The view, if [`Lazy::load`] has ended well.
    #[must_use]
    pub fn built(self) -> Option<AnyView> {
        (self.build)().now_or_never()?.ok()
    }
}

/// `NAME, area, load, build => Component;`: a [`Lazy`] called `NAME` for each component. The other
/// names are those of functions that the splitter needs.
macro_rules! lazy_views {
    ($($(#[$about:meta])* $name:ident, $area:ident, $load:ident, $build:ident => $view:ident;)*) => {
        $(
            #[leptos::wasm_split::wasm_split(
                $area,
                wasm_split_path = ::leptos::wasm_split,
                fallible,
                preload($load)
            )]
            fn $build() -> Result<AnyView, leptos::wasm_split::SplitLoaderError> {
                Ok($view().into_any())
            }

            $(#[$about])*
            pub const $name: $crate::lazy::Lazy = $crate::lazy::Lazy {
                area: stringify!($area),
                load: || Box::pin($load()),
                build: || Box::pin($build()),
            };
        )*
    };
}
pub(crate) use lazy_views;

/// A part of a page that is loaded when it is shown.
#[component]
pub fn Later(
    /// The part.
    part: Lazy,
    /// Stands there before.
    #[prop(into)]
    before: ViewFn,
) -> impl IntoView {
    // Whether it is loaded; `None` until that is known.
    let loaded = RwSignal::new(None);
    let load = move || {
        loaded.set(None);
        spawn_local(async move {
            let is_loaded = part.load().await;
            // It may have gone meanwhile.
            loaded.try_set(Some(is_loaded));
        });
    };
    Effect::new(move |_| load());
    move || match loaded.get() {
        Some(true) => part.built().into_any(),
        None => before.run(),
        Some(false) => view! {
            <div role="alert">
                <Button glyph=Glyph::Retry on_press=move |()| load()>
                    "This could not be loaded. Try again"
                </Button>
            </div>
        }
        .into_any(),
    }
}
