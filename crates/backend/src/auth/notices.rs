//! What an account's owner is told by mail: somebody else may have done it.

use crate::{
    db::Tx,
    error::Result,
    jobs::{
        self,
        kinds::account_notice::{AccountNotice, Notice},
    },
    stores,
};
use domain::{UnixMillis, ids::UserId};

/// Tells the owner of an account, as a part of the write that did it. Jobs are a store's; an
/// account's go with the oldest store, which is that of whoever runs the installation.
pub(super) async fn tell(
    tx: &mut Tx<'_>,
    user_id: UserId,
    notice: Notice,
    at: UnixMillis,
) -> Result<()> {
    let Some(store_id) = stores::queries::oldest(tx.connection).await? else {
        return Ok(());
    };
    let job = AccountNotice {
        user_id,
        notice,
        at,
    };
    jobs::enqueue(tx, vec![jobs::prepare(store_id, job)?]).await
}
