//! How many conversations hold something unread, for everybody who shows it.

use super::api;
use crate::live::Live;
use domain::{events::ServerEvent, ids::StoreId};
use leptos::prelude::*;

/// The open store's unread count.
#[derive(Debug, Clone, Copy)]
pub struct Unread(RwSignal<Option<i64>>);

impl Unread {
    /// Makes it available to all components below, as that of `store`.
    pub fn provide(store: Signal<Option<StoreId>>) -> Self {
        let count = RwSignal::new(None);
        let live = Live::new(move || {
            let asked = store.get_untracked();
            async move {
                let count = api::unread_count(asked?).await.ok()?;
                (store.try_get_untracked()? == asked).then_some(count)
            }
        })
        .refetch_on(|event| matches!(event, ServerEvent::Conversation(_)));
        live.taken_by(move |unread| count.set(Some(unread)));
        Effect::new(move |_| {
            store.track();
            count.set(None);
            live.refetch_soon();
        });
        provide_context(Self(count));
        Self(count)
    }

    /// The count, once it was asked for; tracked.
    #[must_use]
    pub fn count(self) -> Option<i64> {
        self.0.get()
    }
}

/// The page's [`Unread`].
#[must_use]
pub fn use_unread() -> Unread {
    expect_context()
}
