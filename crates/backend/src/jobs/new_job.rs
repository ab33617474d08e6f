//! Jobs that are about to be written.

use super::{
    job::Job,
    kinds,
    places::{Jobs, Place},
    queries::Exhumed,
};
use crate::{db::to_json, error::Result};
use domain::ids::{JobId, StoreId};
use serde::Serialize;
use std::{borrow::Cow, time::Duration};

/// A job that is about to be written: a row of `jobs`, as JSON.
#[derive(Serialize)]
pub struct NewJob {
    pub(super) id: JobId,
    pub(super) store_id: StoreId,
    kind: Cow<'static, str>,
    pub(super) payload: String,
    pub(super) lane: String,
    dedupe_key: Option<String>,
    /// Milliseconds until it is due.
    delay: i64,
    /// Behind another one of its lane that is written together with it.
    pub(super) follows: bool,
    /// Another one of its lane is written together with it.
    pub(super) followed: bool,
    /// The lease of one that is born claimed.
    lease: Option<String>,
    lease_ms: i64,
    /// Whether it may be born claimed.
    #[serde(skip)]
    may_begin: bool,
    #[serde(skip)]
    pub(super) place: Option<Place>,
}

/// `job` as a row that is ready to be written.
///
/// # Errors
/// If it can't be written as JSON.
pub fn prepare<J: Job>(store_id: StoreId, job: J) -> Result<NewJob> {
    Ok(NewJob {
        id: JobId::generate(),
        store_id,
        kind: Cow::Borrowed(J::KIND),
        payload: to_json(&job)?,
        lane: job.lane(),
        dedupe_key: job.dedupe_key(),
        delay: 0,
        follows: false,
        followed: false,
        lease: None,
        lease_ms: 0,
        may_begin: true,
        place: None,
    })
}

impl NewJob {
    /// A dead letter that is tried again.
    pub(super) fn again(id: JobId, store_id: StoreId, exhumed: Exhumed) -> Self {
        Self {
            id,
            store_id,
            kind: Cow::Owned(exhumed.kind),
            payload: exhumed.payload,
            lane: exhumed.lane,
            dedupe_key: exhumed.dedupe_key,
            delay: 0,
            follows: false,
            followed: false,
            lease: None,
            lease_ms: 0,
            may_begin: false,
            place: None,
        }
    }

    /// Its id; the key of its effect.
    #[must_use]
    pub fn id(&self) -> JobId {
        self.id
    }

    /// Due only after `delay`.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
        self
    }

    /// The job is written as running in `place`, and begun after the commit
    /// without anybody looking for it. If the transaction fails, the place is
    /// free again.
    #[must_use]
    pub(super) fn born_claimed(mut self, place: Place) -> Self {
        self.lease = Some(place.lease().to_owned());
        self.lease_ms = place.kind().lease_ms();
        self.place = Some(place);
        self
    }

    /// A place in which it may begin as soon as it is written, if there is one.
    pub(super) fn place_in(&self, queue: &Jobs) -> Option<Place> {
        if !self.may_begin || self.delay > 0 || self.follows {
            return None;
        }
        queue.reserve(kinds::named(&self.kind)?, self.store_id, &self.lane)
    }
}
