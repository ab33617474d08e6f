//! A kind of job that does as it is told.

use crate::{
    Ctx,
    db::Tx,
    error::{Error, Result},
    jobs::{self, Claimed, Job, Policy, Run},
};
use domain::ids::StoreId;
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use std::time::Duration;

/// What happens when it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// It leaves its name in the database.
    Sign,
    Fail,
    Panic,
    Hang,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Probe {
    /// A number within its lane.
    pub number: i64,
    pub lane: String,
    pub key: Option<String>,
    pub deed: Deed,
}

impl Probe {
    pub fn new(lane: &str, number: i64) -> Self {
        Self {
            number,
            lane: lane.to_owned(),
            key: None,
            deed: Deed::Sign,
        }
    }
}

impl Job for Probe {
    const KIND: &'static str = "probe";
    const TITLE: &'static str = "Try the queue";
    const POLICY: Policy = Policy {
        queue: "probes",
        priority: 2,
        lease: Duration::from_secs(60),
        patience: Duration::from_secs(1),
        attempts: 3,
        concurrency: 20,
    };

    fn lane(&self) -> String {
        self.lane.clone()
    }

    fn dedupe_key(&self) -> Option<String> {
        self.key.clone()
    }
}

impl Run for Probe {
    async fn run(&self, ctx: &Ctx, claimed: &Claimed) -> Result<()> {
        match self.deed {
            Deed::Sign => {}
            Deed::Fail => return Err(Error::Internal("as it was told".to_owned())),
            Deed::Panic => panic!("as it was told"),
            Deed::Hang => futures::future::pending().await,
        }
        let (name, claimed) = (format!("{} {}", self.lane, self.number), claimed.clone());
        ctx.db()
            .write(move |tx| {
                Box::pin(async move {
                    write_down(tx.connection, claimed.store_id, &name).await?;
                    jobs::finish(tx, &claimed).await
                })
            })
            .await
    }

    async fn on_dead(&self, _ctx: &Ctx, tx: &mut Tx<'_>, store_id: StoreId) -> Result<()> {
        let name = format!("{} {} is dead", self.lane, self.number);
        write_down(tx.connection, store_id, &name).await
    }
}

/// One that never ends, and must renew its lease often.
#[derive(Debug, Serialize, Deserialize)]
pub struct Restless {}

impl Job for Restless {
    const KIND: &'static str = "restless";
    const TITLE: &'static str = "Never end";
    const POLICY: Policy = Policy {
        lease: Duration::from_millis(300),
        patience: Duration::from_secs(60),
        ..Probe::POLICY
    };

    fn lane(&self) -> String {
        "restless".to_owned()
    }
}

impl Run for Restless {
    async fn run(&self, _ctx: &Ctx, _claimed: &Claimed) -> Result<()> {
        futures::future::pending().await
    }
}

/// Leaves a name where the order of names can be seen. Twice the same is an
/// error.
async fn write_down(connection: &mut AnyConnection, store_id: StoreId, name: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO faq_categories (store_id, id, name, position)
         SELECT $1, $2, $2, COUNT(*) FROM faq_categories WHERE store_id = $1",
    )
    .bind(store_id.to_string())
    .bind(name)
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(Error::from)
}
