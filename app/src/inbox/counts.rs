//! How many conversations there are, for everybody who shows it.

use super::api;
use crate::live::Live;
use domain::{
    events::{Noun, ServerEvent},
    ids::StoreId,
    inbox::{InboxCounts, Tab},
    waiting::Late,
};
use leptos::prelude::*;

/// The counts of the open store.
#[derive(Debug, Clone, Copy)]
pub struct Counts {
    counts: RwSignal<Option<InboxCounts>>,
    /// Apart, so that rows hear of it only when it changes.
    promise_minutes: RwSignal<u32>,
}

impl Counts {
    /// Makes them available to all components below, as those of `store`.
    pub fn provide(store: Signal<Option<StoreId>>) -> Self {
        let counts = RwSignal::new(None::<InboxCounts>);
        let promise_minutes = RwSignal::new(0);
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
        live.taken_by(move |now| {
            let promised = now.promise_minutes.unwrap_or(0);
            if promise_minutes.get_untracked() != promised {
                promise_minutes.set(promised);
            }
            counts.set(Some(now));
        });
        Effect::new(move |_| {
            store.track();
            counts.set(None);
            live.refetch_soon();
        });
        let counts = Self {
            counts,
            promise_minutes,
        };
        provide_context(counts);
        counts
    }

    /// How many conversations a tab holds, once that was asked for; tracked.
    #[must_use]
    pub fn of(self, tab: Tab) -> Option<i64> {
        self.counts
            .with(|counts| counts.as_ref().map(|counts| counts.of(tab)))
    }

    /// Whose shoppers wait too long; as [`Counts::of`].
    #[must_use]
    pub fn late(self) -> Option<Vec<Late>> {
        self.counts
            .with(|counts| counts.as_ref().map(|counts| counts.late.clone()))
    }

    /// Of more than those the one whose wait began last; tracked.
    #[must_use]
    pub fn newest_late(self) -> Option<Late> {
        self.counts
            .with(|counts| counts.as_ref()?.newest_late.clone())
    }

    /// How many there are of those; tracked.
    #[must_use]
    pub fn late_count(self) -> usize {
        self.counts
            .with(|counts| counts.as_ref().map_or(0, |counts| counts.late.len()))
    }

    /// Within how many minutes a person is to answer; 0 if nothing is promised, or that isn't
    /// known yet. Tracked.
    #[must_use]
    pub fn promise_minutes(self) -> u32 {
        self.promise_minutes.get()
    }

    /// In how many a note that whoever looks hasn't seen speaks to them; as [`Counts::of`].
    #[must_use]
    pub fn mentions(self) -> Option<i64> {
        self.counts
            .with(|counts| counts.as_ref().map(|counts| counts.mentions))
    }

    /// How many conversations hold something unread; as [`Counts::of`].
    #[must_use]
    pub fn unread(self) -> Option<i64> {
        self.counts
            .with(|counts| counts.as_ref().map(|counts| counts.unread))
    }
}

/// The page's [`Counts`].
#[must_use]
pub fn use_counts() -> Counts {
    expect_context()
}
