//! How many conversations there are, for everybody who shows it.

use super::api;
use crate::live::Live;
use domain::{
    events::{Noun, ServerEvent},
    ids::StoreId,
    inbox::InboxCounts,
};
use leptos::prelude::*;

/// The counts of the open store.
#[derive(Debug, Clone, Copy)]
pub struct Counts(RwSignal<Option<InboxCounts>>);

impl Counts {
    /// Makes them available to all components below, as those of `store`.
    pub fn provide(store: Signal<Option<StoreId>>) -> Self {
        let counts = RwSignal::new(None);
        let live = Live::new(move || {
            let asked = store.get_untracked();
            async move {
                let counts = api::counts(asked?).await.ok()?;
                (store.try_get_untracked()? == asked).then_some(counts)
            }
        })
        .refetch_on(|event| {
            matches!(event, ServerEvent::Conversation(_))
                || event.is_change_of(Noun::Conversations)
                || event.is_change_of(Noun::Waits)
        });
        live.taken_by(move |now| counts.set(Some(now)));
        Effect::new(move |_| {
            store.track();
            counts.set(None);
            live.refetch_soon();
        });
        provide_context(Self(counts));
        Self(counts)
    }

    /// All of them, once they were asked for; tracked.
    #[must_use]
    pub fn get(self) -> Option<InboxCounts> {
        self.0.get()
    }

    /// How many conversations hold something unread; as [`Counts::get`].
    #[must_use]
    pub fn unread(self) -> Option<i64> {
        self.get().map(|counts| counts.unread)
    }
}

/// The page's [`Counts`].
#[must_use]
pub fn use_counts() -> Counts {
    expect_context()
}
