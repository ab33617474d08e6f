//! The mails: to whom, how many, and when not.

use super::{MINUTE, PROMISE, late, pass, pass_promise, promising, reply, triage, waiting};
use crate::common::{
    Owner, Reply, Shopper, TestServer, database,
    people::{new_message, start_request},
};
use crate::forms::{call, fields};
use crate::presence::open_page;
use crate::team::add;
use backend::{alarms, assignment};
use domain::{
    account::Account,
    events::{Noun, ServerEvent},
    inbox::Triage,
    notifications::time_of_day,
    problem::Problem,
    role::Role,
    settings::AssignmentRule,
    widget_api::StartConversation,
};
use futures::future::join_all;

/// Every mail that was sent, the oldest first, with its lines as they were before they were
/// encoded.
pub fn sent(server: &TestServer) -> Vec<String> {
    in_folder(&server.data_dir().join("mail"))
}

pub(super) fn in_folder(folder: &std::path::Path) -> Vec<String> {
    let Ok(files) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "eml"));
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let mail = std::fs::read_to_string(path).expect("a mail");
            mail.replace("=\r\n", "").replace("=3D", "=")
        })
        .collect()
}

/// To whom mails were sent, in order of the addresses.
fn recipients(server: &TestServer) -> Vec<String> {
    let to = |mail: String| {
        let line = mail.lines().find_map(|line| line.strip_prefix("To: "));
        line.expect("somebody").to_owned()
    };
    let mut recipients: Vec<_> = sent(server).into_iter().map(to).collect();
    recipients.sort();
    recipients
}

/// Chooses what somebody is told of, as their account page does.
async fn choose(server: &TestServer, who: &Owner, chosen: &[(&str, &str)]) -> Reply {
    call(server, &who.cookie, "account/notifications", chosen).await
}

fn names(mail: &str, shopper: &Shopper) -> bool {
    mail.contains(&format!("/inbox/{}", shopper.conversation))
}

/// Ends what put mails off.
async fn time_comes(server: &TestServer) {
    database::make_due(&server.ctx, "alarm_mail").await;
    server.idle().await;
}

#[tokio::test]
async fn what_is_nobodys_is_mailed_to_the_team_once_and_leads_to_it() {
    let server = TestServer::with().mails_are_read().start().await;
    let (_, shop) = promising(&server).await;
    add(&server, &shop, "Tom", Role::Agent).await;
    let shopper = waiting(&server, &shop).await;
    pass_promise(&server).await;
    assert_eq!(recipients(&server), ["ada@example.com", "tom@example.com"]);
    let mail = sent(&server).remove(0);
    assert!(mail.contains("Subject: A shopper is waiting for an answer: Lamps & Light"));
    assert!(names(&mail, &shopper), "{mail}");
    // Neither what was written nor anything that opens something.
    assert!(!mail.contains("in blue"), "{mail}");
    assert!(!mail.contains(&shopper.token), "{mail}");
    for _ in 0..3 {
        pass(&server, 30).await;
    }
    assert_eq!(sent(&server).len(), 2);
    server.finish().await;
}

#[tokio::test]
async fn where_mails_reach_nobody_none_is_written() {
    let server = TestServer::start().await;
    let (owner, shop) = promising(&server).await;
    waiting(&server, &shop).await;
    pass_promise(&server).await;
    assert_eq!(late(&server, &owner, &shop).await.len(), 1);
    assert_eq!(sent(&server).len(), 0);
    assert_eq!(database::rows(&server.ctx, "alarm_mails").await, 0);
    server.finish().await;
}

#[tokio::test]
async fn what_is_somebodys_is_mailed_to_them_alone() {
    let server = TestServer::with().mails_are_read().start().await;
    let (_, shop) = promising(&server).await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    let shopper = waiting(&server, &shop).await;
    triage(&server, &shop, &shopper, Triage::Assign(tom.user.id)).await;
    pass_promise(&server).await;
    assert_eq!(recipients(&server), ["tom@example.com"]);
    server.finish().await;
}

#[tokio::test]
async fn who_is_given_one_by_the_rule_is_mailed_as_well() {
    let server = TestServer::with().mails_are_read().start().await;
    let (_, shop) = promising(&server).await;
    server
        .set_up(&shop, |settings| {
            settings.assignment.rule = AssignmentRule::RoundRobin;
        })
        .await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    waiting(&server, &shop).await;
    pass_promise(&server).await;
    assert_eq!(recipients(&server), ["ada@example.com", "tom@example.com"]);
    pass(&server, 30).await;
    open_page(&server, &tom, shop.id).await;
    assignment::give(&server.ctx).await.expect("a database");
    server.idle().await;
    assert_eq!(
        recipients(&server),
        ["ada@example.com", "tom@example.com", "tom@example.com"]
    );
    server.finish().await;
}

#[tokio::test]
async fn who_is_given_a_shopper_who_waits_too_long_is_mailed() {
    let server = TestServer::with().mails_are_read().start().await;
    let (_, shop) = promising(&server).await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    let mia = add(&server, &shop, "Mia", Role::Agent).await;
    let shopper = waiting(&server, &shop).await;
    let calm = waiting(&server, &shop).await;
    triage(&server, &shop, &shopper, Triage::Assign(tom.user.id)).await;
    reply(&server, &shop, &calm).await;
    pass_promise(&server).await;
    assert_eq!(recipients(&server), ["tom@example.com"]);
    // Nobody waits there.
    triage(&server, &shop, &calm, Triage::Assign(mia.user.id)).await;
    server.idle().await;
    assert_eq!(recipients(&server).len(), 1);

    triage(&server, &shop, &shopper, Triage::Assign(mia.user.id)).await;
    server.idle().await;
    assert_eq!(recipients(&server), ["mia@example.com", "tom@example.com"]);
    // Once: to give it to whom it is changes nothing.
    triage(&server, &shop, &shopper, Triage::Assign(mia.user.id)).await;
    pass(&server, 30).await;
    assert_eq!(recipients(&server).len(), 2);
    server.finish().await;
}

#[tokio::test]
async fn who_takes_a_shopper_who_waits_too_long_is_sent_no_mail() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    let shopper = waiting(&server, &shop).await;
    triage(&server, &shop, &shopper, Triage::Assign(tom.user.id)).await;
    pass_promise(&server).await;
    triage(&server, &shop, &shopper, Triage::Assign(owner.user.id)).await;
    server.idle().await;
    assert_eq!(recipients(&server), ["tom@example.com"]);
    server.finish().await;
}

#[tokio::test]
async fn in_quiet_hours_one_mail_waits_however_many_shoppers_do() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    quiet_now(&server, &owner, 120).await;
    for _ in 0..3 {
        waiting(&server, &shop).await;
        pass_promise(&server).await;
    }
    assert_eq!(sent(&server).len(), 0);
    let sql = "SELECT COUNT(*) AS n FROM jobs WHERE kind = 'alarm_mail'".to_owned();
    assert_eq!(database::count(&server.ctx, sql).await, 1);
    assert_eq!(database::rows(&server.ctx, "alarm_mails").await, 3);
    server.ctx.clock().advance(180 * MINUTE);
    time_comes(&server).await;
    let [mail] = sent(&server).try_into().expect("one mail");
    assert!(mail.contains("3 shoppers"), "{mail}");
    server.finish().await;
}

#[tokio::test]
async fn who_has_said_no_is_sent_no_mail() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    assert_eq!(choose(&server, &tom, &[("sound", "on")]).await.status, 200);
    let (nobodys, his) = (waiting(&server, &shop).await, waiting(&server, &shop).await);
    triage(&server, &shop, &his, Triage::Assign(tom.user.id)).await;
    pass_promise(&server).await;
    assert_eq!(recipients(&server), ["ada@example.com"]);
    let mail = sent(&server).remove(0);
    assert!(names(&mail, &nobodys) && !names(&mail, &his), "{mail}");
    // On the pages it is seen all the same.
    assert_eq!(late(&server, &owner, &shop).await.len(), 2);
    server.finish().await;
}

#[tokio::test]
async fn a_flood_is_one_mail_and_what_comes_soon_after_waits_for_the_next() {
    let server = TestServer::with()
        .mails_are_read()
        .without_rate_limits()
        .start()
        .await;
    let (_, shop) = promising(&server).await;
    for _ in 0..200 {
        let start = domain::widget_api::StartConversation {
            message: Some(crate::common::people::new_message("Hello")),
            ..start_request()
        };
        server.shopper_with(&shop, &start).await;
    }
    pass_promise(&server).await;
    assert_eq!(sent(&server).len(), 1);
    assert!(sent(&server)[0].contains("Subject: 200 shoppers are waiting"));

    server.ctx.clock().advance(-i64::from(PROMISE) * MINUTE);
    let (second, third, answered) = (
        waiting(&server, &shop).await,
        waiting(&server, &shop).await,
        waiting(&server, &shop).await,
    );
    pass_promise(&server).await;
    time_comes(&server).await;
    assert_eq!(sent(&server).len(), 1, "it is too soon");
    reply(&server, &shop, &answered).await;
    pass(&server, 10).await;
    time_comes(&server).await;
    let mails = sent(&server);
    assert_eq!(mails.len(), 2);
    assert!(mails[1].contains("Subject: 2 shoppers are waiting"));
    assert!(names(&mails[1], &second) && names(&mails[1], &third));
    assert!(!names(&mails[1], &answered));
    server.finish().await;
}

#[tokio::test]
async fn two_stores_of_one_person_share_the_pause() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    let other = server
        .open_shop(&owner, "Chairs", |settings| {
            settings.chat.response_promise_minutes = Some(PROMISE);
        })
        .await;
    waiting(&server, &shop).await;
    waiting(&server, &other).await;
    pass_promise(&server).await;
    assert_eq!(sent(&server).len(), 1);
    pass(&server, 10).await;
    time_comes(&server).await;
    let mails = sent(&server).join("\n");
    assert_eq!(sent(&server).len(), 2);
    assert!(mails.contains(": Chairs") && mails.contains(": Lamps & Light"));
    server.finish().await;
}

/// The hours around now in UTC are quiet for somebody.
async fn quiet_now(server: &TestServer, who: &Owner, minutes: i64) {
    let now = server.ctx.now() / MINUTE;
    let time = |at: i64| time_of_day(u16::try_from(at.rem_euclid(1_440)).expect("a minute"));
    let (from, until) = (time(now - 60), time(now + minutes));
    let chosen = [
        ("mail", "on"),
        ("quiet_from", from.as_str()),
        ("quiet_until", until.as_str()),
        ("time_zone", "UTC"),
    ];
    assert_eq!(choose(server, who, &chosen).await.status, 200);
}

#[tokio::test]
async fn quiet_hours_put_the_mail_off_until_they_are_over() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    quiet_now(&server, &owner, 120).await;
    let (answered, waits) = (waiting(&server, &shop).await, waiting(&server, &shop).await);
    pass_promise(&server).await;
    time_comes(&server).await;
    assert_eq!(sent(&server).len(), 0);
    assert_eq!(late(&server, &owner, &shop).await.len(), 2);
    reply(&server, &shop, &answered).await;
    pass(&server, 120).await;
    time_comes(&server).await;
    let mails = sent(&server);
    assert_eq!(mails.len(), 1);
    assert!(names(&mails[0], &waits) && !names(&mails[0], &answered));
    server.finish().await;
}

#[tokio::test]
async fn who_was_answered_before_the_mail_went_out_is_in_none() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    quiet_now(&server, &owner, 120).await;
    let shopper = waiting(&server, &shop).await;
    pass_promise(&server).await;
    reply(&server, &shop, &shopper).await;
    pass(&server, 120).await;
    time_comes(&server).await;
    assert_eq!(sent(&server).len(), 0);
    let owed = database::rows(&server.ctx, "alarm_mails").await;
    assert_eq!(owed, 0);
    server.finish().await;
}

#[tokio::test]
async fn a_promise_that_is_no_longer_made_is_in_no_mail() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    quiet_now(&server, &owner, 120).await;
    waiting(&server, &shop).await;
    pass_promise(&server).await;
    server
        .set_up(&shop, |settings| {
            settings.chat.response_promise_minutes = None;
        })
        .await;
    pass(&server, 120).await;
    time_comes(&server).await;
    assert_eq!(sent(&server).len(), 0);
    assert_eq!(database::rows(&server.ctx, "alarm_mails").await, 0);
    server.finish().await;
}

#[tokio::test]
async fn a_longer_promise_alarms_again_once_it_is_broken() {
    let server = TestServer::with().mails_are_read().start().await;
    let (owner, shop) = promising(&server).await;
    let shopper = waiting(&server, &shop).await;
    pass_promise(&server).await;
    assert_eq!(sent(&server).len(), 1);
    server
        .set_up(&shop, |settings| {
            settings.chat.response_promise_minutes = Some(3 * PROMISE);
        })
        .await;
    assert_eq!(late(&server, &owner, &shop).await, []);
    pass(&server, i64::from(PROMISE)).await;
    assert_eq!(sent(&server).len(), 1);
    let mut socket = server.agent_socket(&owner, shop.id, &[]).await;
    socket.ready().await;
    pass(&server, i64::from(PROMISE)).await;
    let is_told = |event: ServerEvent| event.is_change_of(Noun::Waits).then_some(());
    socket.until(is_told).await;
    assert_eq!(late(&server, &owner, &shop).await, [shopper.conversation]);
    assert_eq!(sent(&server).len(), 2);
    server.finish().await;
}

#[tokio::test]
async fn a_name_stands_on_one_line_of_a_mail_and_turns_no_other_words() {
    let server = TestServer::with().mails_are_read().start().await;
    let (_, shop) = promising(&server).await;
    let mut start = StartConversation {
        message: Some(new_message("Hello")),
        ..crate::common::people::start_request()
    };
    start.visitor.name = Some("Ann\nhttps://evil.example\u{202E}".to_owned());
    server.shopper_with(&shop, &start).await;
    server.idle().await;
    pass_promise(&server).await;
    let [mail] = &sent(&server)[..] else {
        panic!("one mail")
    };
    let plain = mail.replace("=\r\n", "");
    assert!(
        plain.contains("Ann https://evil.example, for 30 minutes"),
        "{mail}"
    );
    server.finish().await;
}

#[tokio::test]
async fn quiet_hours_can_be_saved_without_script() {
    let server = TestServer::start().await;
    let owner = server.sign_up().await;
    let page = server
        .http
        .get(server.url("/account"))
        .header("cookie", &owner.cookie);
    let page = Reply::to(page).await.body;
    let field = page.find("name=\"time_zone\"").expect("the field");
    let end = field + page[field..].find('>').expect("its end");
    assert!(
        page[field..end].contains("value=\"UTC\""),
        "{}",
        &page[field..end]
    );
    server.finish().await;
}

#[tokio::test]
async fn who_has_left_the_team_is_sent_nothing_any_more() {
    let server = TestServer::with().mails_are_read().start().await;
    let (_, shop) = promising(&server).await;
    let tom = add(&server, &shop, "Tom", Role::Agent).await;
    quiet_now(&server, &tom, 120).await;
    waiting(&server, &shop).await;
    pass_promise(&server).await;
    let form = fields([("store", shop.id.to_string().as_str())]);
    assert_eq!(
        call(&server, &tom.cookie, "team/leave", &form).await.status,
        200
    );
    server.idle().await;
    pass(&server, 120).await;
    time_comes(&server).await;
    assert_eq!(recipients(&server), ["ada@example.com"]);
    server.finish().await;
}

#[tokio::test]
async fn an_account_keeps_what_it_chooses_and_refuses_what_it_cant() {
    let server = TestServer::with().mails_are_read().start().await;
    let owner = server.sign_up().await;
    let account = async || -> Account {
        let none: [(&str, &str); 0] = [];
        call(&server, &owner.cookie, "account/current", &none)
            .await
            .json(200)
    };
    let first = account().await.notifications;
    assert!(first.mail && first.sound && !first.browser && first.quiet.is_none());
    let chosen = [
        ("browser", "on"),
        ("quiet_from", "22:00"),
        ("quiet_until", "07:30"),
        ("time_zone", "Europe/Berlin"),
    ];
    assert_eq!(choose(&server, &owner, &chosen).await.status, 200);
    let now = account().await.notifications;
    assert!(!now.mail && !now.sound && now.browser);
    let quiet = now.quiet.clone().expect("quiet hours");
    assert_eq!((quiet.from, quiet.until), (1_320, 450));
    for (from, until, zone, field) in [
        ("22:00", "", "UTC", "quiet_until"),
        ("25:00", "07:00", "UTC", "quiet_from"),
        ("07:00", "07:00", "UTC", "quiet_until"),
        ("22:00", "07:00", "Atlantis/Center", "quiet_from"),
    ] {
        let wrong = [
            ("mail", "on"),
            ("quiet_from", from),
            ("quiet_until", until),
            ("time_zone", zone),
        ];
        let problem: Problem = choose(&server, &owner, &wrong).await.json(422);
        assert_eq!(problem.field.as_deref(), Some(field));
    }
    assert_eq!(account().await.notifications, now);
    // The page shows it without any script.
    let request = server.http.get(server.url("/account"));
    let page = Reply::to(request.header("cookie", &owner.cookie)).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("value=\"22:00\"") && page.body.contains("value=\"07:30\""));
    // Nobody else's.
    let eva = server.add_owner("Eva", "eva@example.com").await;
    let none: [(&str, &str); 0] = [];
    let theirs: Account = call(&server, &eva.cookie, "account/current", &none)
        .await
        .json(200);
    assert_eq!(theirs.notifications, first);
    assert_eq!(
        choose(
            &server,
            &Owner {
                cookie: String::new(),
                ..eva
            },
            &chosen
        )
        .await
        .status,
        401
    );
    server.finish().await;
}

#[tokio::test]
async fn who_look_at_the_same_moment_raise_each_alarm_once() {
    let server = TestServer::with()
        .mails_are_read()
        .without_rate_limits()
        .start()
        .await;
    let (owner, shop) = promising(&server).await;
    let mut shoppers = Vec::new();
    for _ in 0..30 {
        shoppers.push(waiting(&server, &shop).await);
    }
    server.ctx.clock().advance(i64::from(PROMISE) * MINUTE);
    let looks = (0..6).map(|_| alarms::raise(&server.ctx));
    let raised: usize = join_all(looks)
        .await
        .into_iter()
        .map(|raised| raised.expect("a database"))
        .sum();
    // The server's own look may have had some.
    assert!(raised <= 30, "{raised}");
    assert_eq!(late(&server, &owner, &shop).await.len(), 30);
    server.idle().await;
    pass(&server, 10).await;
    time_comes(&server).await;
    // No more than twenty are named; none of them twice.
    let mails = sent(&server);
    for shopper in &shoppers {
        let named = mails.iter().filter(|mail| names(mail, shopper)).count();
        assert!(named <= 1, "{named}");
    }
    let told: usize = mails.iter().map(|mail| told_by(mail)).sum();
    assert_eq!(told, 30);
    server.finish().await;
}

/// How many shoppers a mail is about.
pub(super) fn told_by(mail: &str) -> usize {
    let subject = mail.lines().find_map(|line| line.strip_prefix("Subject: "));
    let first = subject.expect("a subject").split(' ').next();
    first.and_then(|count| count.parse().ok()).unwrap_or(1)
}
