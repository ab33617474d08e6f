//! Files on their way into a conversation: uploaded first, then claimed by the
//! message that they are sent with.

mod queries;

use crate::{
    access::Actor,
    db::Tx,
    error::{Error, Result},
};
use domain::{
    Invalid,
    ids::{AttachmentId, ConversationId, MessageId, StoreId},
    message::Attachment,
};

/// Claims files for a message of `uploader`, in the transaction that adds it. A
/// file is sent once; for the same message it may be claimed again.
///
/// # Errors
/// [`Error::Invalid`] if one isn't there, isn't ready, belongs to another
/// conversation or message, or is somebody else's: which of them isn't told.
pub(crate) async fn claim(
    tx: &mut Tx<'_>,
    store_id: StoreId,
    conversation_id: ConversationId,
    message_id: MessageId,
    uploader: &Actor,
    ids: &[AttachmentId],
) -> Result<Vec<Attachment>> {
    // In one order, so that two messages that want the same files don't wait for
    // each other.
    let mut in_order = ids.to_vec();
    in_order.sort_unstable();
    let mut claimed = Vec::with_capacity(ids.len());
    for id in in_order {
        let found = queries::claim(
            tx.connection,
            store_id,
            id,
            conversation_id,
            message_id,
            uploader,
        );
        claimed.push(found.await?.ok_or_else(not_to_be_sent)?);
    }
    claimed.sort_by_key(|file| ids.iter().position(|id| *id == file.id));
    Ok(claimed)
}

fn not_to_be_sent() -> Error {
    Invalid::new(
        "attachment_ids",
        "A file can't be sent: it isn't uploaded completely, or was sent already. Please attach it again.",
    )
    .into()
}
