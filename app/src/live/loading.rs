//! What was loaded once and must stay right.

use super::connection::use_connection;
use domain::events::ServerEvent;
use leptos::{prelude::*, task::spawn_local};
use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

/// Events come in bursts; the server is asked once per burst.
const PAUSE: Duration = Duration::from_millis(200);

type Loading<T> = Pin<Box<dyn Future<Output = Option<T>>>>;
type Load<T> = Arc<dyn Fn() -> Loading<T> + Send + Sync>;

/// Something of the server's that a page shows. It is asked for again after
/// the events that are about it, and after every reconnect, since events may
/// have been missed.
///
/// What an answer means is for the page to say ([`Live::taken_by`]): rows
/// change in place, messages join those that are there.
///
/// An answer that a newer one has overtaken is dropped, and so is one that
/// comes when the page is gone. One that fails changes nothing: what is shown
/// stays until the next event or reconnect.
pub struct Live<T: 'static> {
    load: StoredValue<Load<T>>,
    take: StoredValue<Option<Callback<T>>>,
    due: StoredValue<bool>,
    requests: StoredValue<Requests>,
}

/// The requests so far, in the order in which they were sent. Answers may come
/// in another.
#[derive(Debug, Clone, Copy, Default)]
struct Requests {
    sent: u64,
    answered: u64,
}

impl Requests {
    /// The number of the next one.
    fn send(&mut self) -> u64 {
        self.sent += 1;
        self.sent
    }

    /// Whether the answer to this one says something new.
    fn answer(&mut self, number: u64) -> bool {
        let is_newer = number > self.answered;
        self.answered = number.max(self.answered);
        is_newer
    }
}

impl<T: 'static> Clone for Live<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static> Copy for Live<T> {}

impl<T: 'static> fmt::Debug for Live<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}

impl<T: 'static> Live<T> {
    /// What `load` asks for, as long as the component is there. `None` stands
    /// for an answer that is of no use: it failed, or is about something that
    /// isn't open any more.
    pub fn new<Answer>(load: impl Fn() -> Answer + Send + Sync + 'static) -> Self
    where
        Answer: Future<Output = Option<T>> + 'static,
    {
        let live = Self {
            load: StoredValue::new(Arc::new(move || Box::pin(load()) as Loading<T>)),
            take: StoredValue::new(None),
            due: StoredValue::new(false),
            requests: StoredValue::new(Requests::default()),
        };
        use_connection().on_connect(move || live.refetch_soon());
        live
    }

    /// Asks again after every event that `is_about` it.
    #[must_use]
    pub fn refetch_on(
        self,
        is_about: impl Fn(&ServerEvent) -> bool + Send + Sync + 'static,
    ) -> Self {
        use_connection().on_event(move |event| {
            if is_about(&event) {
                self.refetch_soon();
            }
        });
        self
    }

    /// Gives the answers to `take`.
    pub fn taken_by(self, take: impl Fn(T) + Send + Sync + 'static) {
        self.take.set_value(Some(Callback::new(take)));
    }

    /// Asks again, soon and once.
    pub fn refetch_soon(self) {
        if self.due.try_get_value() != Some(false) {
            return;
        }
        self.due.set_value(true);
        set_timeout(
            move || {
                // The page may be gone by now.
                if self.due.try_set_value(false).is_none() {
                    self.refetch();
                }
            },
            PAUSE,
        );
    }

    /// Asks again at once.
    pub fn refetch(self) {
        let Some(load) = self.load.try_get_value() else {
            return;
        };
        let Some(number) = self.requests.try_update_value(Requests::send) else {
            return;
        };
        let loading = load();
        spawn_local(async move {
            let Some(answer) = loading.await else {
                return;
            };
            let is_newer = self
                .requests
                .try_update_value(|requests| requests.answer(number));
            if is_newer == Some(true)
                && let Some(take) = self.take.get_value()
            {
                take.run(answer);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_a_newer_one_has_overtaken_is_dropped() {
        let mut requests = Requests::default();
        let (first, second) = (requests.send(), requests.send());
        assert!(requests.answer(second));
        assert!(!requests.answer(first));
    }

    #[test]
    fn an_answer_is_of_use_while_a_newer_one_is_on_its_way() {
        let mut requests = Requests::default();
        let (first, second) = (requests.send(), requests.send());
        assert!(requests.answer(first));
        assert!(requests.answer(second));
    }
}
