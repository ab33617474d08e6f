//! What a list shows while it is empty: a picture, a sentence, an action.

use leptos::prelude::*;

/// The picture of an empty list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// Speech bubbles.
    Conversations,
    /// A shelf of books.
    Faq,
    /// A parcel.
    Orders,
    /// A shop front.
    Stores,
    /// A signpost.
    Lost,
}

impl Picture {
    /// Filled shapes in the soft and in the strong tint, and the lines.
    fn shapes(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Conversations => (
                "M22 30h64a8 8 0 0 1 8 8v30a8 8 0 0 1-8 8H46L30 90V76h-8a8 8 0 0 1-8-8V38a8 8 0 0 1 8-8z",
                "M78 54h52a8 8 0 0 1 8 8v24a8 8 0 0 1-8 8h-6v12l-14-12H78a8 8 0 0 1-8-8V62a8 8 0 0 1 8-8z",
                "M26 46h44M26 58h28M84 70h40M84 80h24",
            ),
            Self::Faq => (
                "M18 28h30v76H18zM52 28h24v76H52z",
                "M84 34l28-8 20 72-28 8z",
                "M10 106h132M26 44h14M26 52h14M58 44h12M94 50l14-4M97 60l14-4",
            ),
            Self::Orders => (
                "M30 48l46-22 46 22v44l-46 22-46-22z",
                "M76 70l46-22v44l-46 22z",
                "M30 48l46 22 46-22M76 70v44M53 37l46 22v16",
            ),
            Self::Stores => (
                "M28 54h96v52H28z",
                "M22 28h108l10 26H12zM40 70h26v36H40z",
                "M44 28l-6 26M76 28v26M108 28l6 26M82 72h28v18H82zM10 106h132",
            ),
            Self::Lost => (
                "M36 30h72l14 14-14 14H36z",
                "M116 66H54L40 80l14 14h62z",
                "M76 18v12M76 58v8M76 94v16M52 110h48M50 44h38M64 80h38",
            ),
        }
    }
}

/// A picture, a sentence and an action.
#[component]
pub fn EmptyState(
    /// The picture.
    picture: Picture,
    /// What isn't there yet.
    #[prop(into)]
    title: String,
    /// How it will come.
    #[prop(into)]
    text: String,
    /// The one action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (soft, strong, lines) = picture.shapes();
    view! {
        <div class="empty">
            <svg class="empty-picture" viewBox="0 0 152 124" aria-hidden="true" focusable="false">
                <path class="empty-soft" d=soft></path>
                <path class="empty-strong" d=strong></path>
                <path class="empty-lines" d=lines></path>
            </svg>
            <p class="empty-title">{title}</p>
            <p class="muted">{text}</p>
            {children.map(|children| view! { <div class="empty-action">{children()}</div> })}
        </div>
    }
    .into_any()
}
