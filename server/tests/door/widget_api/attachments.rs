//! Files that are sent with a message. How they get to the server is another
//! matter: here they are there already.

use crate::common::{Shop, Shopper, TestServer, database, people::new_message};
use domain::{
    ids::{AttachmentId, MessageId, StoreId},
    message::{Message, MessageKind},
    problem::Problem,
    widget_api::NewMessage,
};

/// Files of the shopper's in their conversation.
async fn uploaded<const N: usize>(
    server: &TestServer,
    shop: &Shop,
    shopper: &Shopper,
    names: [&str; N],
) -> [AttachmentId; N] {
    let ids = [(); N].map(|()| AttachmentId::generate());
    for (id, name) in ids.iter().zip(names) {
        let (store, conversation) = (shop.id, shopper.conversation);
        database::write(
            &server.ctx,
            format!(
                "INSERT INTO attachments (store_id, id, conversation_id, uploader_kind, uploader_id,
                    message_id, state, name, mime, size, created_at)
                 SELECT '{store}', '{id}', id, 'visitor', visitor_id, NULL, 'ready', '{name}', 'image/png', 7, 0
                 FROM conversations WHERE store_id = '{store}' AND id = '{conversation}'"
            ),
        )
        .await;
    }
    ids
}

fn with_files(body: &str, attachment_ids: &[AttachmentId]) -> NewMessage {
    NewMessage {
        attachment_ids: attachment_ids.to_vec(),
        ..new_message(body)
    }
}

async fn refused_field(shopper: &Shopper, message: &NewMessage) -> String {
    let problem: Problem = shopper.post_message(message).await.json(422);
    problem.field.expect("a field")
}

#[tokio::test]
async fn files_go_with_a_message_even_without_a_word() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    let files = uploaded(&server, &shop, &shopper, ["lamp.png", "box.png"]).await;
    let mut inbox = server
        .agent_socket(&owner, shop.id, &[(shopper.conversation, 0)])
        .await;
    inbox.ready().await;

    let message = with_files("", &files);
    let stored: Message = shopper.post_message(&message).await.json(201);
    assert_eq!((stored.seq, stored.kind), (1, MessageKind::Attachments));
    let sent: Vec<_> = stored.attachments.iter().map(|file| file.id).collect();
    assert_eq!(sent, files);
    assert_eq!(stored.body, "lamp.png, box.png", "readable alone");
    let seen = inbox.message().await;
    assert_eq!(seen.attachments, stored.attachments);
    let row = inbox
        .until(|event| match event {
            domain::events::ServerEvent::Conversation(row) => Some(row),
            _ => None,
        })
        .await;
    assert_eq!(
        (row.unread, row.last_excerpt.as_str()),
        (1, "lamp.png, box.png")
    );

    // A retry is the same message; another one can't have the same files.
    let again: Message = shopper.post_message(&message).await.json(200);
    assert_eq!(again.attachments, stored.attachments);
    let other = with_files("Once more", &files[..1]);
    assert_eq!(refused_field(&shopper, &other).await, "attachment_ids");
    let history = shopper.history(0).await;
    assert_eq!(history.messages.len(), 1);
    assert_eq!(history.messages[0].attachments, stored.attachments);

    let [third] = uploaded(&server, &shop, &shopper, ["bill.pdf"]).await;
    let said: Message = shopper
        .post_message(&with_files("Here it is", &[third]))
        .await
        .json(201);
    assert_eq!(
        (said.kind, said.body.as_str()),
        (MessageKind::Text, "Here it is")
    );
    assert_eq!(said.attachments[0].name, "bill.pdf");
    server.finish().await;
}

#[tokio::test]
async fn files_that_are_not_ones_own_to_send_are_refused_and_nothing_is_stored() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let (shopper, other) = (server.shopper(&shop).await, server.shopper(&shop).await);
    let names = ["mine", "unready", "elsewhere", "theirs", "agents", "abroad"];
    let [mine, unready, elsewhere, theirs, agents, abroad] =
        uploaded(&server, &shop, &shopper, names).await;
    // Each differs from a good one in one thing.
    let others = format!(
        "(SELECT visitor_id FROM conversations WHERE id = '{}')",
        other.conversation
    );
    let neighbour = StoreId::generate();
    for change in [
        format!("UPDATE attachments SET state = 'pending' WHERE id = '{unready}'"),
        format!(
            "UPDATE attachments SET conversation_id = '{}' WHERE id = '{elsewhere}'",
            other.conversation
        ),
        format!("UPDATE attachments SET uploader_id = {others} WHERE id = '{theirs}'"),
        format!("UPDATE attachments SET uploader_kind = 'user' WHERE id = '{agents}'"),
        format!(
            "INSERT INTO stores (id, name, public_key, faq_version, created_at)
             VALUES ('{neighbour}', 'Neighbour', 'neighbour', 0, 0)"
        ),
        // A conversation may have the same id in two stores.
        format!(
            "INSERT INTO conversations (store_id, id, visitor_id, status, last_seq, last_sender, last_excerpt,
                last_message_at, unread, agent_read_seq, visitor_read_seq, owner_epoch, ai_active, ai_handled,
                needs_human, awaiting_order, changed_seq, request_hash, created_at)
             SELECT '{neighbour}', id, visitor_id, status, 0, last_sender, last_excerpt, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
                'x', 0
             FROM conversations WHERE id = '{}'",
            shopper.conversation
        ),
        format!("UPDATE attachments SET store_id = '{neighbour}' WHERE id = '{abroad}'"),
    ] {
        database::write(&server.ctx, change).await;
    }
    let unknown = AttachmentId::generate();
    for wrong in [unready, elsewhere, theirs, agents, abroad, unknown] {
        let message = with_files("Look", &[mine, wrong]);
        assert_eq!(refused_field(&shopper, &message).await, "attachment_ids");
    }
    let twice = with_files("Look", &[mine, mine]);
    assert_eq!(refused_field(&shopper, &twice).await, "attachment_ids");
    let many = with_files("Look", &[(); 6].map(|()| AttachmentId::generate()));
    assert_eq!(refused_field(&shopper, &many).await, "attachment_ids");
    assert_eq!(refused_field(&shopper, &new_message("")).await, "body");
    assert_eq!(shopper.history(0).await.messages.len(), 0);

    // None of that has used the good one up.
    let message = with_files("Look", &[mine]);
    let stored: Message = shopper.post_message(&message).await.json(201);
    assert_eq!(stored.seq, 1);
    server.finish().await;
}

#[tokio::test]
async fn a_file_that_two_messages_want_goes_with_one() {
    let server = TestServer::start().await;
    let (_, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    let [file] = uploaded(&server, &shop, &shopper, ["lamp.png"]).await;
    let messages = [(); 8].map(|()| with_files("Look", &[file]));
    let replies =
        futures::future::join_all(messages.iter().map(|message| shopper.post_message(message)))
            .await;
    let stored: Vec<_> = replies.iter().filter(|reply| reply.status == 201).collect();
    assert_eq!(stored.len(), 1);
    assert!(
        replies
            .iter()
            .all(|reply| [201, 422].contains(&reply.status))
    );
    let message: Message = stored[0].json(201);
    let with_it = database::count(
        &server.ctx,
        format!(
            "SELECT COUNT(*) AS n FROM attachments WHERE id = '{file}' AND message_id = '{}'",
            MessageId::from(message.id.uuid())
        ),
    )
    .await;
    assert_eq!(with_it, 1);
    server.finish().await;
}
