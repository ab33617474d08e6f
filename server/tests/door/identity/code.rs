//! A code by email.

use super::Signing;
use crate::common::{
    Reply, Shopper, database,
    people::{new_message, start_request},
};
use domain::{
    problem::{Code, Problem},
    widget_api::{ConversationStarted, Identified, StartConversation},
};
use serde_json::json;

const JANE: &str = "jane@example.com";
const MINUTE: i64 = 60_000;

impl Signing {
    /// The code in the newest mail.
    pub async fn mailed_code(&self) -> String {
        self.server.idle().await;
        let mails = self.mails();
        let newest = mails.last().expect("a mail");
        let subject = newest
            .lines()
            .find_map(|line| line.strip_prefix("Subject: "));
        let code: String = subject
            .expect("a subject")
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        assert_eq!(code.len(), 6, "{newest}");
        code
    }

    /// Every mail that was sent, the oldest first.
    fn mails(&self) -> Vec<String> {
        let folder = self.server.data_dir().join("mail");
        let Ok(files) = std::fs::read_dir(folder) else {
            return Vec::new();
        };
        let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
        paths.sort();
        paths
            .iter()
            .map(|path| std::fs::read_to_string(path).expect("a mail"))
            .collect()
    }
}

async fn ask(shopper: &Shopper, email: &str) -> u16 {
    shopper.post("/code", &json!({"email": email})).await.status
}

#[track_caller]
fn assert_refused(reply: &Reply) {
    let problem: Problem = reply.problem(401);
    assert!(problem.is(Code::CodeRefused), "{problem:?}");
}

impl Shopper {
    async fn give(&self, code: &str) -> Reply {
        self.post("/code/verify", &json!({"code": code})).await
    }

    /// Gives the right code.
    pub async fn proven(&self, code: &str) -> Self {
        let identified: Identified = self.give(code).await.json(200);
        assert!(identified.conversation.verified);
        Self {
            token: identified.token,
            ..self.clone()
        }
    }
}

#[tokio::test]
async fn a_code_proves_the_address_it_was_sent_to() {
    let signing = Signing::new().await;
    let shopper = signing.server.shopper(&signing.shop).await;
    shopper.send("Hello").await;
    assert_eq!(ask(&shopper, "Jane@Example.com").await, 204);
    let code = signing.mailed_code().await;
    assert!(signing.mails()[0].contains("To: jane@example.com"));
    let shopper = shopper.proven(&code).await;
    let (visitor, verified) = signing.visitor(&shopper).await;
    assert!(verified);
    assert_eq!(visitor.email.as_deref(), Some(JANE));
    assert_eq!(visitor.customer_id, None);
    // It counts once.
    assert_refused(&shopper.give(&code).await);
    signing.server.finish().await;
}

#[tokio::test]
async fn a_code_ends_the_sockets_that_were_open_before() {
    let signing = Signing::new().await;
    let shopper = signing.server.shopper(&signing.shop).await;
    let mut socket = shopper.socket(0).await;
    socket.ready().await;
    assert_eq!(ask(&shopper, JANE).await, 204);
    let code = signing.mailed_code().await;
    assert_refused(&shopper.give("nonsense").await);
    socket.settled().await;
    shopper.proven(&code).await;
    socket.ended().await;
    signing.server.finish().await;
}

#[tokio::test]
async fn three_wrong_codes_end_the_right_one() {
    let signing = Signing::new().await;
    let shopper = signing.server.shopper(&signing.shop).await;
    assert_refused(&shopper.give("123456").await);
    ask(&shopper, JANE).await;
    let code = signing.mailed_code().await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for _ in 0..3 {
        assert_refused(&shopper.give(wrong).await);
    }
    assert_refused(&shopper.give(&code).await);
    assert!(!shopper.conversation().await.verified);
    signing.server.finish().await;
}

#[tokio::test]
async fn a_code_counts_for_ten_minutes_in_its_conversation() {
    let signing = Signing::new().await;
    let shopper = signing.server.shopper(&signing.shop).await;
    let other = signing.server.shopper(&signing.shop).await;
    ask(&shopper, JANE).await;
    let code = signing.mailed_code().await;
    assert_refused(&other.give(&code).await);
    signing.server.ctx.clock().advance(11 * MINUTE);
    assert_refused(&shopper.give(&code).await);
    ask(&shopper, JANE).await;
    let newer = signing.mailed_code().await;
    shopper.proven(&newer).await;
    signing.server.finish().await;
}

#[tokio::test]
async fn an_address_gets_three_codes_whoever_asks() {
    let signing = Signing::new().await;
    for _ in 0..3 {
        let shopper = signing.server.shopper(&signing.shop).await;
        assert_eq!(ask(&shopper, JANE).await, 204);
    }
    let shopper = signing.server.shopper(&signing.shop).await;
    assert_eq!(ask(&shopper, JANE).await, 429);
    assert_eq!(ask(&shopper, "omar@example.com").await, 204);
    signing.server.idle().await;
    assert_eq!(signing.mails().len(), 4);
    signing.server.finish().await;
}

#[tokio::test]
async fn nothing_is_sent_to_what_is_no_address_or_to_whom_is_known() {
    let signing = Signing::new().await;
    let shopper = signing.server.shopper(&signing.shop).await;
    for wrong in ["", "jane", "jane@example.com, omar@example.com"] {
        assert_eq!(ask(&shopper, wrong).await, 422, "{wrong}");
    }
    let jane = signing.signed_in(signing.jane()).await;
    assert_eq!(ask(&jane, "omar@example.com").await, 422);
    signing.server.idle().await;
    assert_eq!(signing.mails().len(), 0);
    assert_eq!(database::rows(&signing.server.ctx, "email_codes").await, 0);
    signing.server.finish().await;
}

#[tokio::test]
async fn what_somebody_proved_by_a_code_stays_theirs_when_another_signs_in() {
    let signing = Signing::new().await;
    let guest = signing.server.shopper(&signing.shop).await;
    guest.send("Hello").await;
    ask(&guest, JANE).await;
    let code = signing.mailed_code().await;
    let guest = guest.proven(&code).await;

    let problem = guest.identify(&signing.omar()).await.problem(409);
    assert!(problem.is(Code::OtherCustomer), "{problem:?}");
    // Nor with a conversation that begins under the same token.
    let request = StartConversation {
        identity: Some(signing.omar()),
        message: Some(new_message("Hello")),
        ..start_request()
    };
    let path = format!("/widget/v1/stores/{}/conversations", signing.shop.key);
    let post = signing.server.http.post(signing.server.url(&path));
    let started: ConversationStarted = Reply::to(post.bearer_auth(&guest.token).json(&request))
        .await
        .json(201);
    let omar = Shopper {
        token: started.token,
        conversation: started.conversation.id,
        ..guest.clone()
    };
    assert_eq!(
        (omar.sees(&guest).await, guest.sees(&omar).await),
        (404, 404)
    );
    // The customer with that address is who proved it.
    guest.identified(&signing.jane()).await;
    signing.server.finish().await;
}

#[tokio::test]
async fn a_code_ends_the_tokens_from_before() {
    let signing = Signing::new().await;
    let request = StartConversation {
        message: Some(new_message("Hello")),
        ..start_request()
    };
    let before = signing.server.shopper_with(&signing.shop, &request).await;
    ask(&before, JANE).await;
    let code = signing.mailed_code().await;
    let jane = before.proven(&code).await;
    assert_ne!(jane.token, before.token);
    assert_eq!(
        (jane.sees(&before).await, before.sees(&jane).await),
        (200, 401)
    );
    // Nor does the request that began it give another one.
    let start = signing
        .server
        .start_conversation(&signing.shop.key, &request)
        .await;
    let problem = start.problem(409);
    assert!(problem.is(Code::StartedByOther), "{problem:?}");
    signing.server.finish().await;
}

#[tokio::test]
async fn a_code_proves_nothing_once_its_conversation_is_a_customers() {
    let signing = Signing::new().await;
    let guest = signing.server.shopper(&signing.shop).await;
    ask(&guest, JANE).await;
    let code = signing.mailed_code().await;
    let omar = guest.identified(&signing.omar()).await;
    assert_refused(&omar.give(&code).await);
    let (visitor, _) = signing.visitor(&omar).await;
    assert_eq!(visitor.email.as_deref(), Some("omar@example.com"));
    assert_eq!(omar.sees(&guest).await, 200);
    signing.server.finish().await;
}

#[tokio::test]
async fn codes_that_have_ended_are_not_kept() {
    let signing = Signing::new().await;
    for email in [JANE, "omar@example.com"] {
        let shopper = signing.server.shopper(&signing.shop).await;
        ask(&shopper, email).await;
    }
    signing.server.idle().await;
    assert_eq!(database::rows(&signing.server.ctx, "email_codes").await, 2);
    signing.server.ctx.clock().advance(11 * MINUTE);
    let shopper = signing.server.shopper(&signing.shop).await;
    ask(&shopper, JANE).await;
    assert_eq!(database::rows(&signing.server.ctx, "email_codes").await, 1);
    signing.server.finish().await;
}

#[tokio::test]
async fn too_many_tries_of_codes_have_to_wait() {
    let signing = Signing::new().await;
    let shopper = signing.server.shopper(&signing.shop).await;
    for _ in 0..20 {
        assert_refused(&shopper.give("000000").await);
    }
    let problem = shopper.give("000000").await.problem(429);
    assert!(problem.is(Code::RateLimited), "{problem:?}");
    // Signing in is another thing.
    shopper.identified(&signing.jane()).await;
    signing.server.finish().await;
}
