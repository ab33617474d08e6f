//! The dashboard at its door: accounts and sessions, pages without any script,
//! settings and the FAQ.

mod canned;
mod drafts;
mod faq;
mod orders;
mod pages;
mod settings;

use crate::common::{Owner, Reply, TestServer, database, people::PASSWORD};
use crate::forms::{Fields, call, fields, page, request, send_form, session_of};
use domain::{account::Account, ids::StoreId, problem::Problem};
use sqlx::Row;
use std::collections::BTreeSet;

const SIGN_UP: [(&str, &str); 4] = [
    ("name", "Ada Olsen"),
    ("email", "ada@example.com"),
    ("password", PASSWORD),
    ("store_name", "Lamps"),
];

fn sign_in_form<'a>(email: &'a str, password: &'a str) -> [(&'a str, &'a str); 2] {
    [("email", email), ("password", password)]
}

fn sign_in_form_of(account: u32) -> Fields {
    fields([
        ("email", &format!("nobody{account}@example.com")),
        ("password", PASSWORD),
    ])
}

/// Asserts that a session cookie is as safe as cookies get, and still sent
/// when somebody follows a link.
fn assert_cookie(reply: &Reply, max_age: &str) {
    let parts: BTreeSet<&str> = reply.header("set-cookie").split("; ").skip(1).collect();
    assert_eq!(
        parts,
        BTreeSet::from(["HttpOnly", "SameSite=Lax", "Path=/", max_age])
    );
}

async fn is_signed_in(server: &TestServer, cookie: &str) -> bool {
    let reply = call(server, cookie, "account/current", &fields([])).await;
    match reply.status {
        200 => true,
        401 => false,
        status => panic!("{status}: {}", reply.body),
    }
}

/// Calls a server function of a store, as its owner.
async fn in_store(
    server: &TestServer,
    owner: &Owner,
    store: StoreId,
    path: &str,
    more: Fields,
) -> Reply {
    let store = fields([("store", store.to_string().as_str())]);
    call(server, &owner.cookie, path, &[store, more].concat()).await
}

/// Texts of a column.
async fn texts(server: &TestServer, sql: &'static str) -> Vec<String> {
    let mut connection = server.ctx.db().read().await.expect("a connection");
    let rows = sqlx::query(sql)
        .fetch_all(&mut *connection)
        .await
        .expect("rows");
    rows.iter()
        .map(|row| row.try_get(0).expect("text"))
        .collect()
}

async fn sign_up(server: &TestServer) -> Reply {
    let reply = send_form(server, "", "account/sign-up", &SIGN_UP, "/sign-up").await;
    assert_eq!(reply.status, 302, "{reply:?}");
    reply
}

#[tokio::test]
async fn a_sign_up_that_cannot_be_taken_makes_no_account() {
    let server = TestServer::start().await;
    assert_eq!(page(&server, "", "/").await.header("location"), "/sign-up");
    for (field, value) in [
        ("name", ""),
        ("name", "x\u{0}y"),
        ("email", "ada"),
        ("password", "short"),
        ("password", &"x".repeat(201)),
        ("store_name", " "),
        ("store_name", &"x".repeat(81)),
    ] {
        let form = SIGN_UP.map(|(name, good)| (name, if name == field { value } else { good }));
        let problem: Problem = call(&server, "", "account/sign-up", &form).await.json(422);
        assert_eq!(problem.field.as_deref(), Some(field), "{value:?}");
    }
    // Who fills in a form is told everything at once.
    let form = SIGN_UP.map(|(name, _)| (name, "-"));
    let problem: Problem = call(&server, "", "account/sign-up", &form).await.json(422);
    let errors = problem.errors.expect("several").0;
    let wrong: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(wrong, ["email", "password"]);
    let form = SIGN_UP.map(|(name, _)| (name, ""));
    let reply = send_form(&server, "", "account/sign-up", &form, "/sign-up").await;
    let leads_to = reply.header("location");
    let path = leads_to.find("/sign-up").map_or("/", |at| &leads_to[at..]);
    let back = page(&server, "", path).await.body;
    for words in ["be empty.", "like an email address"] {
        assert!(back.contains(words), "{leads_to}: {back}");
    }
    assert_eq!(database::rows(&server.ctx, "users").await, 0);
    server.finish().await;
}

#[tokio::test]
async fn of_several_who_sign_up_at_once_one_is_the_first_owner() {
    let server = TestServer::start().await;
    let form = |n: &'static str| {
        SIGN_UP.map(|(name, value)| (name, if name == "email" { n } else { value }))
    };
    let [first, second, third] = [
        form("a@example.com"),
        form("b@example.com"),
        form("c@example.com"),
    ];
    let replies: [Reply; 3] = tokio::join!(
        send_form(&server, "", "account/sign-up", &first, "/sign-up"),
        call(&server, "", "account/sign-up", &second),
        call(&server, "", "account/sign-up", &third),
    )
    .into();
    let new: Vec<_> = replies
        .iter()
        .filter(|reply| reply.headers.contains_key("set-cookie"))
        .collect();
    let [new] = new.as_slice() else {
        panic!("{} owners", new.len())
    };
    assert_cookie(new, "Max-Age=2592000");
    assert_eq!(new.header("location"), "/");
    assert_eq!(
        (
            database::rows(&server.ctx, "users").await,
            database::rows(&server.ctx, "stores").await
        ),
        (1, 1)
    );
    server.finish().await;
}

#[tokio::test]
async fn nobody_signs_up_after_the_first_owner() {
    let server = TestServer::start().await;
    sign_up(&server).await;
    let again = call(&server, "", "account/sign-up", &SIGN_UP).await;
    let problem: Problem = again.json(409);
    assert!(problem.detail.contains("sign in"), "{problem:?}");
    let form = page(&server, "", "/sign-up").await.body;
    assert!(form.contains("Already set up"));
    assert_eq!(page(&server, "", "/").await.header("location"), "/sign-in");
    server.finish().await;
}

#[tokio::test]
async fn the_owner_of_one_store_begins_there() {
    let server = TestServer::start().await;
    let session = session_of(&sign_up(&server).await);
    let account: Account = call(&server, &session, "account/current", &fields([]))
        .await
        .json(200);
    let overview = format!("/stores/{}", account.stores[0].id);
    let begin = page(&server, &session, "/").await;
    assert_eq!(begin.header("location"), overview);
    server.finish().await;
}

#[tokio::test]
async fn signing_in_and_out_works_by_script_and_without() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let right = sign_in_form("Ada@Example.com ", PASSWORD);

    let by_script = call(&server, "", "account/sign-in", &right).await;
    assert_eq!((by_script.status, by_script.header("location")), (200, "/"));
    assert!(by_script.headers.contains_key("serverfnredirect"));
    let by_form = send_form(&server, "", "account/sign-in", &right, "/sign-in").await;
    assert_eq!((by_form.status, by_form.header("location")), (302, "/"));
    for reply in [by_script, by_form] {
        assert_cookie(&reply, "Max-Age=2592000");
        let session = session_of(&reply);
        assert!(is_signed_in(&server, &session).await);
        let out = send_form(
            &server,
            &session,
            "account/sign-out",
            &fields([]),
            "/account",
        )
        .await;
        assert_eq!((out.status, out.header("location")), (302, "/sign-in"));
        assert_cookie(&out, "Max-Age=0");
        assert!(
            !is_signed_in(&server, &session).await,
            "the session is over on the server, too"
        );
    }
    assert!(
        is_signed_in(&server, &owner.cookie).await,
        "other sessions go on"
    );
    let out = call(&server, &owner.cookie, "account/sign-out", &fields([])).await;
    assert_eq!((out.status, out.header("location")), (200, "/sign-in"));

    for (next, leads_to) in [
        ("/stores?x=1", "/stores?x=1"),
        ("https://evil.test/", "/"),
        ("//evil.test", "/"),
        ("/\\evil.test", "/"),
        ("/a\r\nset-cookie: x=1", "/"),
        ("/\u{1}", "/"),
        ("/\u{7f}", "/"),
    ] {
        let form = [right.as_slice(), &[("next", next)]].concat();
        let reply = send_form(&server, "", "account/sign-in", &form, "/sign-in").await;
        assert_eq!(reply.header("location"), leads_to, "{next:?}");
    }
    server.finish().await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_the_same() {
    let server = TestServer::start().await;
    server.sign_up().await;
    let too_long = "x".repeat(201);
    let mut answers = BTreeSet::new();
    for (email, password) in [
        ("ada@example.com", "not the password"),
        ("nobody@example.com", "not the password"),
        ("nobody@example.com", PASSWORD),
        ("no address", PASSWORD),
        ("ada@example.com", ""),
        ("ada@example.com", &too_long),
    ] {
        let reply = call(
            &server,
            "",
            "account/sign-in",
            &sign_in_form(email, password),
        )
        .await;
        assert!(!reply.headers.contains_key("set-cookie"));
        answers.insert((reply.status, reply.body));
        let reply = send_form(
            &server,
            "",
            "account/sign-in",
            &sign_in_form(email, password),
            "/sign-in",
        )
        .await;
        assert!(
            reply.status == 302
                && reply
                    .header("location")
                    .starts_with(&server.url("/sign-in?")),
            "{reply:?}"
        );
        assert!(!reply.headers.contains_key("set-cookie"));
        // The page it leads to says what was wrong, without any script.
        let path = reply
            .header("location")
            .strip_prefix(&server.url(""))
            .expect("the same server")
            .to_owned();
        assert!(
            page(&server, "", &path)
                .await
                .body
                .contains("belong together")
        );
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(answers.iter().all(|(status, _)| *status == 401));
    server.finish().await;
}

/// `shopdesk_device=…` of a reply that begins a session.
fn device_of(reply: &Reply) -> String {
    let cookies = reply.headers.get_all("set-cookie").iter();
    let mut cookies = cookies.filter_map(|cookie| cookie.to_str().ok());
    let device = cookies.find(|cookie| cookie.starts_with("shopdesk_device="));
    let device = device.expect("a device's cookie");
    let attributes: BTreeSet<&str> = device.split("; ").skip(1).collect();
    let expected = ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"];
    assert_eq!(attributes, BTreeSet::from(expected));
    device.split(';').next().unwrap_or_default().to_owned()
}

/// The statuses of `n` attempts with `cookie` and a wrong password.
async fn wrong_attempts(server: &TestServer, cookie: &str, email: &str, n: usize) -> Vec<u16> {
    let form = sign_in_form(email, "a wrong password");
    let mut statuses = Vec::new();
    for _ in 0..n {
        statuses.push(call(server, cookie, "account/sign-in", &form).await.status);
    }
    statuses
}

#[tokio::test]
async fn others_attempts_keep_nobody_out_where_they_have_signed_in_before() {
    let server = TestServer::start().await;
    server.sign_up().await;
    server.add_owner("Eve", "eve@example.com").await;
    let right = sign_in_form("ada@example.com", PASSWORD);
    let device = device_of(&call(&server, "", "account/sign-in", &right).await);
    let eves = sign_in_form("eve@example.com", PASSWORD);
    let eves = device_of(&call(&server, "", "account/sign-in", &eves).await);

    // Somebody else, at the same address: until nobody new is let in.
    wrong_attempts(&server, "", "ada@example.com", 12).await;
    let refused = call(&server, "", "account/sign-in", &right).await;
    assert_eq!(refused.status, 429);
    let known = call(&server, &device, "account/sign-in", &right).await;
    assert_eq!(known.status, 200, "{known:?}");

    // Another account's device, and one that was made up, are no help.
    let forged = format!("{}x", device);
    for cookie in [eves, forged, "shopdesk_device=ada@example.com".to_owned()] {
        let reply = call(&server, &cookie, "account/sign-in", &right).await;
        assert_eq!(reply.status, 429, "{cookie}");
    }
    // It opens nothing, and guessing from it is slowed down as well.
    assert!(!is_signed_in(&server, &device).await);
    let statuses = wrong_attempts(&server, &device, "ada@example.com", 11).await;
    assert_eq!((statuses[0], statuses[10]), (401, 429), "{statuses:?}");
    server.finish().await;
}

#[tokio::test]
async fn guessing_passwords_is_slowed_down_and_locks_nobody_out() {
    let server = TestServer::with().trust_proxy().start().await;
    server.sign_up().await;
    server.add_owner("Eve", "eve@example.com").await;
    // The sign-ins of both preparations count as well, by account.
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(
            call(
                &server,
                "",
                "account/sign-in",
                &sign_in_form("ada@example.com", "a wrong password"),
            )
            .await
            .status,
        );
    }
    assert_eq!(statuses, [vec![401; 10], vec![429; 2]].concat());
    let right = call(
        &server,
        "",
        "account/sign-in",
        &sign_in_form("ADA@example.com", PASSWORD),
    )
    .await;
    let problem: Problem = right.json(429);
    assert!(problem.detail.contains("again in"), "{problem:?}");
    assert!(!right.headers.contains_key("set-cookie"));
    assert_eq!(
        call(
            &server,
            "",
            "account/sign-in",
            &sign_in_form("eve@example.com", PASSWORD)
        )
        .await
        .status,
        200
    );
    // Who guesses keeps the owner out at no other place.
    let form = sign_in_form("ada@example.com", PASSWORD);
    let elsewhere = request(&server, "", "account/sign-in", &form)
        .header("x-forwarded-for", "203.0.113.9")
        .header("accept", "application/json");
    assert_eq!(Reply::to(elsewhere).await.status, 200);
    server.finish().await;
}

#[tokio::test]
async fn guessing_from_one_address_is_slowed_down_however_it_is_written() {
    let server = TestServer::with().trust_proxy().start().await;
    let guess = async |forwarded: String, account: u32| {
        let form = sign_in_form_of(account);
        let request = request(&server, "", "account/sign-in", &form);
        let request = request.header("x-forwarded-for", forwarded);
        Reply::to(request.header("accept", "application/json"))
            .await
            .status
    };
    // What stands before the last address is the client's own invention.
    let mut guesses = 0..200;
    let refused = loop {
        let n = guesses.next().expect("a limit");
        let status = guess(format!("203.0.113.{n}, 2001:db8:7:7::{n:x}"), n).await;
        if status != 401 {
            break status;
        }
    };
    assert_eq!((refused, guesses.start >= 50), (429, true));
    assert_eq!(guess("2001:db8:7:8::1".to_owned(), 200).await, 401);
    assert_eq!(guess("198.51.100.1".to_owned(), 201).await, 401);
    server.finish().await;
}

#[tokio::test]
async fn secrets_are_stored_as_hashes_and_a_bad_cookie_is_no_session() {
    let server = TestServer::start().await;
    let (owner, shop) = server.owner_with_shop().await;
    let shopper = server.shopper(&shop).await;
    let (name, token) = owner.cookie.split_once('=').expect("a pair");
    assert_eq!(token.len(), 43, "256 bits");
    assert_eq!(
        texts(&server, "SELECT token_hash FROM sessions").await,
        [backend::tokens::hash(token)]
    );
    assert_eq!(
        texts(&server, "SELECT token_hash FROM visitor_tokens").await,
        [backend::tokens::hash(&shopper.token)]
    );
    let password = texts(&server, "SELECT password_hash FROM users").await;
    assert!(password[0].starts_with("$argon2id$"), "{password:?}");

    let mut tampered = token.to_owned();
    tampered.replace_range(..1, if token.starts_with('a') { "b" } else { "a" });
    let hash = backend::tokens::hash(token);
    for cookie in [
        format!("{name}={tampered}"),
        format!("{name}={hash}"),
        format!("{name}="),
        format!("{name}={token}{token}"),
        format!("other={token}"),
        format!("{name}2={token}"),
        "'; DROP TABLE sessions; --".to_owned(),
    ] {
        assert!(!is_signed_in(&server, &cookie).await, "{cookie}");
        assert_eq!(
            page(&server, &cookie, "/stores").await.header("location"),
            "/sign-in?next=/stores",
            "{cookie}"
        );
    }
    assert!(is_signed_in(&server, &format!("theme=dark; {}", owner.cookie)).await);
    database::write(&server.ctx, "UPDATE sessions SET expires_at = 1").await;
    assert!(!is_signed_in(&server, &owner.cookie).await, "expired");
    server.finish().await;
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let elsewhere = server.sign_in("ada@example.com", PASSWORD).await;
    let new = "a much better password";
    for (field, form) in [
        ("current", [("current", "not mine"), ("new", new)]),
        ("new", [("current", PASSWORD), ("new", "short")]),
    ] {
        let problem: Problem = call(&server, &owner.cookie, "account/change-password", &form)
            .await
            .json(422);
        assert_eq!(problem.field.as_deref(), Some(field));
        assert!(is_signed_in(&server, &elsewhere.cookie).await);
    }
    let form = [("current", PASSWORD), ("new", new)];
    let changed = call(&server, &owner.cookie, "account/change-password", &form).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_cookie(&changed, "Max-Age=2592000");
    assert!(is_signed_in(&server, &session_of(&changed)).await);
    for old in [owner.cookie, elsewhere.cookie] {
        assert!(!is_signed_in(&server, &old).await);
    }
    for (password, status) in [(PASSWORD, 401), (new, 200)] {
        assert_eq!(
            call(
                &server,
                "",
                "account/sign-in",
                &sign_in_form("ada@example.com", password)
            )
            .await
            .status,
            status
        );
    }
    server.finish().await;
}
