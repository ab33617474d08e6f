//! Notes that speak to somebody of the team.

use super::ids;
use crate::common::{Owner, Shop, Shopper, TestServer, database};
use crate::forms::{call, fields};
use backend::conversations;
use domain::{
    events::{Mention, ServerEvent},
    ids::{MessageId, UserId},
    inbox::{InboxCounts, InboxPage, Thread},
    message::Message,
};

/// A shop with two in its team, and a conversation.
pub(super) async fn team(server: &TestServer) -> (Owner, Owner, Shop, Shopper) {
    let (owner, shop) = server.owner_with_shop().await;
    let agent = server.add_owner("Tom Berg", "tom@example.com").await;
    join(server, &shop, agent.user.id).await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Hello").await;
    (owner, agent, shop, shopper)
}

async fn join(server: &TestServer, shop: &Shop, user: UserId) {
    let store = shop.id;
    let sql = format!(
        "INSERT INTO memberships (store_id, user_id, role) VALUES ('{store}', '{user}', 'agent')"
    );
    database::write(&server.ctx, sql).await;
}

/// What somebody writes to their team, or to the shopper.
pub(super) async fn say(
    server: &TestServer,
    by: &Owner,
    shop: &Shop,
    shopper: &Shopper,
    (is_note, body): (bool, &str),
) -> Message {
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("conversation", shopper.conversation.to_string().as_str()),
        ("id", MessageId::generate().to_string().as_str()),
        ("body", body),
        ("is_note", if is_note { "true" } else { "false" }),
    ]);
    call(server, &by.cookie, "inbox/reply", &form)
        .await
        .json(200)
}

async fn counts(server: &TestServer, of: &Owner, shop: &Shop) -> InboxCounts {
    let form = fields([("store", shop.id.to_string().as_str())]);
    call(server, &of.cookie, "inbox/counts", &form)
        .await
        .json(200)
}

/// Those that the list of mentions shows.
async fn listed(server: &TestServer, of: &Owner, shop: &Shop) -> InboxPage {
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("view[tab]", "all"),
        ("view[who]", "mentioned"),
    ]);
    call(server, &of.cookie, "inbox/list", &form)
        .await
        .json(200)
}

pub(super) async fn read(
    server: &TestServer,
    by: &Owner,
    shop: &Shop,
    shopper: &Shopper,
    seq: i64,
) {
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("conversation", shopper.conversation.to_string().as_str()),
        ("seq", seq.to_string().as_str()),
    ]);
    call(server, &by.cookie, "inbox/mark-read", &form)
        .await
        .json::<()>(200);
}

fn told(event: ServerEvent) -> Option<Mention> {
    match event {
        ServerEvent::Mention(mention) => Some(mention),
        _ => None,
    }
}

/// The time has come for the mails.
async fn mails(server: &TestServer) -> Vec<String> {
    let due = "UPDATE jobs SET state = 'ready', run_at = 0 WHERE kind = 'mention_mail'";
    database::write(&server.ctx, due).await;
    server.ctx.jobs().wake();
    server.idle().await;
    let Ok(folder) = std::fs::read_dir(server.data_dir().join("mail")) else {
        return Vec::new();
    };
    folder
        .map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("a mail"))
        .collect()
}

#[tokio::test]
async fn whom_a_note_names_is_told_finds_it_and_has_seen_it_once_they_read_it() {
    let server = TestServer::start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    let mut socket = server.agent_socket(&agent, shop.id, &[]).await;
    socket.ready().await;
    let note = (true, "@tom berg, is this\nours? @Ada Olsen too");
    let note = say(&server, &owner, &shop, &shopper, note).await;
    let heard = socket.until(told).await;
    assert_eq!(
        (heard.user, heard.message_id, heard.conversation_id),
        (agent.user.id, note.id, shopper.conversation)
    );
    assert_eq!(
        (heard.by.as_deref(), heard.excerpt.as_str()),
        (Some("Ada Olsen"), "@tom berg, is this ours? @Ada Olsen too")
    );
    assert_eq!(counts(&server, &agent, &shop).await.mentions, 1);
    assert_eq!(
        ids(&listed(&server, &agent, &shop).await.rows),
        [shopper.conversation]
    );
    // Nobody speaks to themselves.
    assert_eq!(counts(&server, &owner, &shop).await.mentions, 0);
    assert_eq!(ids(&listed(&server, &owner, &shop).await.rows), []);
    // What was read before it leaves it unseen; that somebody else reads it, too.
    read(&server, &agent, &shop, &shopper, note.seq - 1).await;
    read(&server, &owner, &shop, &shopper, note.seq).await;
    assert_eq!(counts(&server, &agent, &shop).await.mentions, 1);
    read(&server, &agent, &shop, &shopper, note.seq).await;
    assert_eq!(counts(&server, &agent, &shop).await.mentions, 0);
    assert_eq!(ids(&listed(&server, &agent, &shop).await.rows), []);
    server.finish().await;
}

#[tokio::test]
async fn a_reply_and_people_of_other_teams_are_no_mentions() {
    let server = TestServer::start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    let stranger = server.add_owner("Eve Hart", "eve@example.com").await;
    let theirs = server.open_shop(&stranger, "Theirs", |_| {}).await;
    say(&server, &owner, &shop, &shopper, (false, "Hello @Tom Berg")).await;
    say(&server, &owner, &shop, &shopper, (true, "@Eve Hart, look")).await;
    assert_eq!(counts(&server, &agent, &shop).await.mentions, 0);
    assert_eq!(database::rows(&server.ctx, "mentions").await, 0);
    // A mention counts in its own store only.
    join(&server, &shop, stranger.user.id).await;
    say(&server, &owner, &shop, &shopper, (true, "@Eve Hart, look")).await;
    assert_eq!(counts(&server, &stranger, &shop).await.mentions, 1);
    assert_eq!(counts(&server, &stranger, &theirs).await.mentions, 0);
    assert_eq!(ids(&listed(&server, &stranger, &theirs).await.rows), []);
    server.finish().await;
}

#[tokio::test]
async fn a_note_that_comes_twice_speaks_to_nobody_twice() {
    let server = TestServer::start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    let form = fields([
        ("store", shop.id.to_string().as_str()),
        ("conversation", shopper.conversation.to_string().as_str()),
        ("id", MessageId::generate().to_string().as_str()),
        ("body", "@Tom Berg @Tom Berg"),
        ("is_note", "true"),
    ]);
    for _ in 0..2 {
        let reply = call(&server, &owner.cookie, "inbox/reply", &form).await;
        reply.json::<Message>(200);
    }
    assert_eq!(database::rows(&server.ctx, "mentions").await, 1);
    assert_eq!(counts(&server, &agent, &shop).await.mentions, 1);
    server.finish().await;
}

#[tokio::test]
async fn who_does_not_look_at_it_gets_a_mail_and_nobody_else() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    let seen = say(&server, &owner, &shop, &shopper, (true, "@Tom Berg, one")).await;
    read(&server, &agent, &shop, &shopper, seen.seq).await;
    let note = (true, "@Tom Berg, <b>two</b>");
    let note = say(&server, &owner, &shop, &shopper, note).await;
    let mails = mails(&server).await;
    let [mail] = mails.as_slice() else {
        panic!("{} mails", mails.len())
    };
    assert!(mail.contains("To: tom@example.com"), "{mail}");
    // A long line is folded by quoted-printable.
    let body = mail.replace("=\r\n", "").replace("=3D", "=");
    let link = format!(
        "/stores/{}/inbox/{}?message={}",
        shop.id, shopper.conversation, note.id
    );
    assert!(body.contains(&link), "{body}");
    assert!(body.contains("@Tom Berg, <b>two</b>"), "{body}");
    assert!(body.contains("@Tom Berg, &lt;b&gt;two&lt;/b&gt;"), "{body}");
    server.finish().await;
}

#[tokio::test]
async fn several_mentions_in_a_conversation_are_one_mail_and_one_in_spam_is_none() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    for body in ["@Tom Berg, one", "@Tom Berg, two", "@Tom Berg, three"] {
        say(&server, &owner, &shop, &shopper, (true, body)).await;
    }
    let pills = server.shopper(&shop).await;
    pills.send("Buy my pills").await;
    say(&server, &owner, &shop, &pills, (true, "@Tom Berg, spam?")).await;
    assert_eq!(counts(&server, &agent, &shop).await.mentions, 2);
    conversations::set_spam(&server.ctx, &shop.member, pills.conversation, true)
        .await
        .expect("spam");
    // What no list shows isn't counted.
    assert_eq!(counts(&server, &agent, &shop).await.mentions, 1);
    let mails = mails(&server).await;
    let [mail] = mails.as_slice() else {
        panic!("{} mails", mails.len())
    };
    assert!(mail.contains("@Tom Berg, one"), "{mail}");
    server.finish().await;
}

#[tokio::test]
async fn who_opens_a_thread_learns_which_note_of_it_they_have_not_seen() {
    let server = TestServer::start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    let note = say(&server, &owner, &shop, &shopper, (true, "@Tom Berg, look")).await;
    backend::auth::rename(&server.ctx, &agent.user, "Thomas Berg", None)
        .await
        .expect("renamed");
    let thread = async |by: &Owner| -> Thread {
        let form = fields([
            ("store", shop.id.to_string().as_str()),
            ("conversation", shopper.conversation.to_string().as_str()),
        ]);
        call(&server, &by.cookie, "inbox/thread", &form)
            .await
            .json(200)
    };
    assert_eq!(thread(&owner).await.mentioned_seq, 0);
    assert_eq!(thread(&agent).await.mentioned_seq, note.seq);
    read(&server, &agent, &shop, &shopper, note.seq).await;
    assert_eq!(thread(&agent).await.mentioned_seq, 0);
    server.finish().await;
}

#[tokio::test]
async fn who_has_left_the_team_gets_no_mail() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, agent, shop, shopper) = team(&server).await;
    say(&server, &owner, &shop, &shopper, (true, "@Tom Berg, look")).await;
    let left = format!(
        "DELETE FROM memberships WHERE store_id = '{}' AND user_id = '{}'",
        shop.id, agent.user.id
    );
    database::write(&server.ctx, left).await;
    assert_eq!(mails(&server).await, Vec::<String>::new());
    server.finish().await;
}
