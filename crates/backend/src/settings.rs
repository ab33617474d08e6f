//! A store's settings: read as a whole, saved by section.

pub(crate) mod queries;
#[cfg(test)]
mod tests;

use crate::{
    Ctx,
    access::{Permission, Principal},
    cache::Forget,
    error::{Error, Result},
    realtime::hub::{Outgoing, Topic},
};
use domain::{
    events::{Noun, ServerEvent},
    ids::StoreId,
    settings::{Revision, Section, SectionName, StoreSettings, StoredSection, StoredSettings},
    waiting::late_since,
};
use std::sync::Arc;

/// The settings of a store, for work that follows them.
pub(crate) async fn load(ctx: &Ctx, store_id: StoreId) -> Result<Arc<StoreSettings>> {
    let read = async {
        let mut connection = ctx.db().read().await?;
        let stored = queries::load(&mut connection, store_id).await?;
        Ok(Some(Arc::new(stored.settings)))
    };
    let settings = ctx.caches().settings.get(&store_id, read).await?;
    Ok(settings.unwrap_or_default())
}

/// The settings of a store with their versions, for people who edit them.
///
/// # Errors
/// If the database fails.
pub async fn stored(ctx: &Ctx, who: &Principal) -> Result<StoredSettings> {
    who.require(Permission::ReadSettings)?;
    let mut connection = ctx.db().read().await?;
    queries::load(&mut connection, who.store_id).await
}

/// The version of a section that is stored now.
///
/// # Errors
/// [`Error::Forbidden`] for those who may not change it.
pub async fn version(ctx: &Ctx, who: &Principal, name: SectionName) -> Result<i64> {
    who.require(Permission::ChangeSettings)?;
    let mut connection = ctx.db().read().await?;
    let stored = queries::load(&mut connection, who.store_id).await?;
    Ok(stored.revision(name).version)
}

/// Saves a section if `expected_version` is still the stored one, and tells the
/// widgets that are open.
///
/// # Errors
/// [`Error::Invalid`] for a field; [`Error::Forbidden`] for agents;
/// [`Error::VersionConflict`] with what is stored now if somebody saved the
/// section meanwhile: nothing is changed then.
pub async fn save(
    ctx: &Ctx,
    who: &Principal,
    section: impl Into<Section>,
    expected_version: i64,
) -> Result<StoredSection> {
    who.require(Permission::ChangeSettings)?;
    let section = section.into().validated()?;
    let (store_id, saver, now) = (who.store_id, who.actor.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                let saved = queries::save(
                    tx.connection,
                    store_id,
                    &section,
                    expected_version,
                    &saver,
                    now,
                )
                .await?;
                let Some(version) = saved else {
                    let current = queries::load(tx.connection, store_id).await?;
                    return Err(Error::VersionConflict(Box::new(
                        current.section(section.name()),
                    )));
                };
                tx.effects.forget(Forget::Settings(store_id));
                if let Section::Chat(chat) = &section {
                    // Something else may be promised. Who waits less than that isn't late any
                    // more, and raises another alarm once they are.
                    let late_since = chat
                        .response_promise_minutes
                        .map(|minutes| late_since(minutes, now));
                    queries::calm(tx.connection, store_id, late_since).await?;
                    tx.effects.publish(Outgoing {
                        topic: Topic::Store(store_id),
                        event: ServerEvent::changed(Noun::Waits),
                    });
                }
                // Who of the team answers is nothing that a widget shows.
                if section.name() != SectionName::Assignment {
                    tx.effects.publish(Outgoing {
                        topic: Topic::Widgets(store_id),
                        event: ServerEvent::ConfigChanged {},
                    });
                }
                Ok(StoredSection {
                    section,
                    revision: Revision {
                        version,
                        changed_by: saver.name().map(str::to_owned),
                        changed_at: Some(now),
                    },
                })
            })
        })
        .await
}
