//! Accounts: the second factor, forgotten passwords, and the profile.

mod password_reset;
mod profile;
mod required;
mod two_factor;

use crate::common::{Owner, Reply, TestServer, people::PASSWORD};
use crate::forms::{call, fields, page, send_form};
use backend::auth::SESSION_COOKIE;
use domain::UnixMillis;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

const TWO_FACTOR: &str = "/account/two-factor";
const MINUTE: UnixMillis = 60_000;

/// An authenticator app, written anew from RFC 6238.
struct App {
    key: Vec<u8>,
}

impl App {
    /// One that was given the key that a page shows.
    fn scanning(page: &Reply) -> Self {
        let (_, rest) = page.body.split_once("key-text\">").expect("a key");
        let (key, _) = rest.split_once('<').expect("an end");
        let mut bits = String::new();
        for letter in key.chars().filter(|c| *c != ' ') {
            let five = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter);
            bits.push_str(&format!("{:05b}", five.expect("base32")));
        }
        let bytes = bits.as_bytes().chunks_exact(8);
        let bytes = bytes.map(|eight| std::str::from_utf8(eight).expect("bits"));
        Self {
            key: bytes
                .map(|eight| u8::from_str_radix(eight, 2).expect("a byte"))
                .collect(),
        }
    }

    /// What it shows now, or `steps` of 30 seconds later.
    fn code(&self, server: &TestServer, steps: i64) -> String {
        let step = server.ctx.clock().now() / 30_000 + steps;
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.key).expect("a key");
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let at = usize::from(hash[19] & 15);
        let bytes = hash[at..at + 4].try_into().expect("four bytes");
        let number = u32::from_be_bytes(bytes) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    /// A code that nobody has used: time goes on.
    fn fresh_code(&self, server: &TestServer) -> String {
        server.ctx.clock().advance(30_000);
        self.code(server, 0)
    }

    /// One that is wrong now and around now.
    fn wrong_code(&self, server: &TestServer) -> String {
        let right: Vec<_> = (-2..=2).map(|steps| self.code(server, steps)).collect();
        let mut codes = (0..).map(|n| format!("{n:06}"));
        codes.find(|code| !right.contains(code)).expect("a code")
    }
}

/// What a browser sends back of the cookies that a reply sets, after those of `before`.
fn cookies_after(before: &str, reply: &Reply) -> String {
    let mut jar: Vec<(String, String)> = Vec::new();
    let set = reply.headers.get_all("set-cookie").iter();
    let set = set.map(|cookie| {
        cookie
            .to_str()
            .expect("text")
            .split(';')
            .next()
            .expect("a pair")
    });
    for pair in before
        .split("; ")
        .chain(set)
        .filter(|pair| !pair.is_empty())
    {
        let (name, value) = pair.split_once('=').expect("a pair");
        jar.retain(|(kept, _)| kept != name);
        if !value.is_empty() {
            jar.push((name.to_owned(), value.to_owned()));
        }
    }
    let pairs: Vec<_> = jar
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("; ")
}

/// Sets a second factor up as the pages do; the app, and the recovery codes.
async fn set_up(server: &TestServer, owner: &Owner) -> (App, Vec<String>) {
    let form = fields([("password", PASSWORD)]);
    let begun = send_form(
        server,
        &owner.cookie,
        "account/two-factor/begin",
        &form,
        TWO_FACTOR,
    )
    .await;
    assert_eq!((begun.status, begun.header("location")), (302, TWO_FACTOR));
    let app = App::scanning(&page(server, &owner.cookie, TWO_FACTOR).await);
    let form = fields([("code", app.code(server, 0).as_str())]);
    let confirmed = send_form(
        server,
        &owner.cookie,
        "account/two-factor/confirm",
        &form,
        TWO_FACTOR,
    )
    .await;
    assert_eq!(
        (confirmed.status, confirmed.header("location")),
        (302, TWO_FACTOR)
    );
    let cookies = cookies_after(&owner.cookie, &confirmed);
    let codes = recovery_codes(&page(server, &cookies, TWO_FACTOR).await);
    (app, codes)
}

/// The recovery codes that a page shows.
fn recovery_codes(page: &Reply) -> Vec<String> {
    let items = page.body.split("<li><code>").skip(1);
    items
        .map(|item| item.split('<').next().expect("a code").to_owned())
        .collect()
}

/// The first step of a sign-in, which leads to the second: the cookie that waits.
async fn first_step(server: &TestServer, email: &str, password: &str) -> String {
    let form = fields([("email", email), ("password", password)]);
    let reply = call(server, "", "account/sign-in", &form).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("location"), "/sign-in/code?next=/");
    let cookies = cookies_after("", &reply);
    assert!(!cookies.contains(SESSION_COOKIE), "{cookies}");
    cookies
}

/// The second step.
async fn second_step(server: &TestServer, cookies: &str, code: &str) -> Reply {
    call(
        server,
        cookies,
        "account/sign-in-code",
        &fields([("code", code)]),
    )
    .await
}

async fn is_signed_in(server: &TestServer, cookie: &str) -> bool {
    let reply = call(server, cookie, "account/current", &fields([])).await;
    reply.status == 200
}
