//! Whether other servers are there. Who is alone has nobody to tell.

use super::Origin;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// How long a server or a connection may be silent, though each server says every ten
/// seconds that it is there and hears itself, before it is given up.
pub(super) const SILENCE_MAX: Duration = Duration::from_secs(35);
/// How long the others may take to answer who has just joined.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// What is known of the other servers. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Others {
    state: Arc<Mutex<State>>,
    /// They are to hear of this server.
    greets: Arc<Notify>,
}

#[derive(Default)]
struct State {
    /// When each was last heard.
    heard: HashMap<Origin, Instant>,
    /// Since when they can be heard; none while they can't.
    listens_since: Option<Instant>,
    joins: bool,
    /// Something wasn't sent, since nobody was there.
    kept_back: bool,
}

impl State {
    fn are_there(&self, now: Instant) -> bool {
        let Some(since) = self.listens_since else {
            return true;
        };
        let is_there = |at: &Instant| now.duration_since(*at) < SILENCE_MAX;
        now.duration_since(since) < ANSWER_WITHIN || self.heard.values().any(is_there)
    }

    fn listening(&mut self, now: Instant) {
        self.listens_since = Some(now);
        self.joins = true;
    }

    /// Whether nobody was there before.
    fn heard(&mut self, origin: Origin, now: Instant) -> bool {
        let was_alone = !self.are_there(now);
        self.heard
            .retain(|_, at| now.duration_since(*at) < SILENCE_MAX);
        self.heard.insert(origin, now);
        was_alone
    }

    fn are_away(&mut self, now: Instant) -> bool {
        let away = !self.are_there(now);
        self.kept_back |= away;
        away
    }

    fn missed(&mut self, now: Instant) -> bool {
        self.are_there(now) && std::mem::take(&mut self.kept_back)
    }
}

impl Others {
    /// They can be heard from now on, and are asked who is there.
    pub fn listening(&self) {
        self.lock().listening(Instant::now());
        self.greets.notify_one();
    }

    /// They can't be heard any more: there may be any number of them.
    pub fn deaf(&self) {
        self.lock().listens_since = None;
    }

    /// `origin` has said something. It may have missed what was kept back.
    pub fn heard(&self, origin: Origin) {
        let was_alone = self.lock().heard(origin, Instant::now());
        if was_alone {
            self.greets.notify_one();
        }
    }

    /// One of them asks who is there.
    pub fn greet(&self) {
        self.greets.notify_one();
    }

    /// Whether a hint can be kept back: nobody is there to be told.
    pub fn are_away(&self) -> bool {
        self.lock().are_away(Instant::now())
    }

    /// Ends when they are to hear of this server.
    pub async fn greeted(&self) {
        self.greets.notified().await;
    }

    /// Whether this server has just begun to listen. Says so once.
    pub fn joins(&self) -> bool {
        std::mem::take(&mut self.lock().joins)
    }

    /// Whether somebody is there now who may have missed what was kept back. Says so
    /// once.
    pub fn missed(&self) -> bool {
        self.lock().missed(Instant::now())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One that began to listen, and the time when nobody has answered.
    fn alone() -> (State, Instant) {
        let (mut state, now) = (State::default(), Instant::now());
        state.listening(now);
        (state, now + ANSWER_WITHIN)
    }

    #[test]
    fn who_can_hear_nobody_may_not_be_alone() {
        let (mut state, now) = alone();
        assert!(state.are_away(now));
        state.listens_since = None;
        assert!(!state.are_away(now));
    }

    #[test]
    fn who_joins_waits_for_an_answer() {
        let (mut state, now) = alone();
        assert!(!state.are_away(now - ANSWER_WITHIN));
        assert!(state.are_away(now));
    }

    #[test]
    fn who_comes_later_is_told_once_that_something_was_kept_back() {
        let (mut state, now) = alone();
        assert!(state.are_away(now));
        assert!(!state.missed(now), "nobody is there to miss it");
        assert!(state.heard(Origin::generate(), now));
        assert!(state.missed(now));
        assert!(!state.missed(now));
        assert!(!state.are_away(now));
    }

    #[test]
    fn who_is_silent_for_long_is_gone_and_has_missed_something_when_it_is_back() {
        let (mut state, now) = alone();
        let other = Origin::generate();
        state.heard(other.clone(), now);
        let later = now + SILENCE_MAX;
        assert!(!state.are_away(later - Duration::from_millis(1)));
        assert!(state.are_away(later));
        assert!(state.heard(other, later));
        assert!(state.missed(later));
    }
}
