//! Canned Responses.

mod files;

use super::in_store;
use crate::{
    common::{Owner, Reply, TestServer, database, people::new_message},
    forms::{Fields, fields},
};
use domain::{
    canned::{CannedList, CannedResponse, OWN_MAX, SHARED_MAX},
    events::{Noun, ServerEvent},
    ids::{CannedResponseId, StoreId},
    problem::Problem,
};
use futures::future::join_all;

/// A store with an owner and an agent.
struct Team {
    server: TestServer,
    owner: Owner,
    agent: Owner,
    store: StoreId,
}

impl Team {
    async fn start() -> Self {
        let server = TestServer::start().await;
        let (owner, shop) = server.owner_with_shop().await;
        let agent = server.add_owner("Agent", "agent@example.com").await;
        let (store, user) = (shop.id, agent.user.id);
        database::write(&server.ctx, format!("INSERT INTO memberships (store_id, user_id, role) VALUES ('{store}', '{user}', 'agent')")).await;
        Self {
            server,
            owner,
            agent,
            store,
        }
    }

    async fn call(&self, who: &Owner, path: &str, form: Fields) -> Reply {
        in_store(&self.server, who, self.store, path, form).await
    }

    /// Adds one that nobody has; how it is stored.
    async fn create(&self, who: &Owner, form: Fields) -> CannedResponse {
        let before = self.list(who).await.responses;
        let saved = self.call(who, "canned/save", form).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        let after = self.list(who).await.responses;
        let mut new = after.into_iter().filter(|one| !before.contains(one));
        new.next().expect("a new one")
    }

    async fn list(&self, who: &Owner) -> CannedList {
        self.call(who, "canned/list", vec![]).await.json(200)
    }

    async fn keywords(&self, who: &Owner) -> Vec<String> {
        let list = self.list(who).await.responses;
        list.into_iter().map(|response| response.keyword).collect()
    }

    /// Fills the shelf that the team shares, or a person's own.
    async fn fill(&self, owner: Option<&Owner>, count: i64) {
        let (store, owner) = (self.store, owner.map(|owner| owner.user.id));
        let rows: Vec<_> = (0..count)
            .map(|_| {
                let id = CannedResponseId::generate();
                let owner = owner.map_or("NULL".to_owned(), |id| format!("'{id}'"));
                format!("('{store}', '{id}', '{id}', 'T', 'T', {owner}, 0, 1)")
            })
            .collect();
        let insert = "INSERT INTO canned_responses (store_id, id, keyword, title, text, owner_id, uses, updated_at) VALUES ";
        database::write(&self.server.ctx, format!("{insert}{}", rows.join(", "))).await;
    }
}

fn draft(keyword: &str, text: &str) -> Fields {
    fields([
        ("draft[keyword]", keyword),
        ("draft[title]", "A title"),
        ("draft[text]", text),
    ])
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_response_is_said_at_once() {
    let team = Team::start().await;
    let form = fields([
        ("draft[keyword]", "no spaces"),
        ("draft[title]", ""),
        ("draft[text]", "{{nobody}}"),
    ]);
    let problem: Problem = team.call(&team.owner, "canned/save", form).await.json(422);
    assert_eq!(problem.field.as_deref(), Some("keyword"));
    let errors = problem.errors.expect("several").0;
    let wrong: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(wrong, ["keyword", "title", "text"]);
    team.server.finish().await;
}

fn own(keyword: &str, text: &str) -> Fields {
    [draft(keyword, text), fields([("draft[mine]", "true")])].concat()
}

fn of(response: &CannedResponse) -> Fields {
    fields([("response", response.id.to_string().as_str())])
}

#[tokio::test]
async fn a_response_is_made_changed_and_deleted() {
    let team = Team::start().await;
    let category = fields([("draft[category]", " Returns ")]);
    let form = [draft("/Refund", "Hi {{customer.name|there}}"), category].concat();
    let made = team.create(&team.owner, form).await;
    assert_eq!(
        (made.keyword.as_str(), made.category.as_deref(), made.mine),
        ("refund", Some("Returns"), false)
    );
    let list = team.list(&team.owner).await.responses;
    assert_eq!(list, std::slice::from_ref(&made));

    let changed = [of(&made), draft("money-back", "Soon.")].concat();
    let changed = team.call(&team.owner, "canned/save", changed).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let changed = team.list(&team.owner).await.responses.remove(0);
    assert_eq!(
        (changed.id, changed.keyword.as_str()),
        (made.id, "money-back")
    );
    assert_eq!(
        (changed.text.as_str(), changed.category.as_ref()),
        ("Soon.", None)
    );
    assert_eq!(team.list(&team.agent).await.responses, [changed]);

    for expected in [200, 404] {
        let deleted = team.call(&team.owner, "canned/delete", of(&made)).await;
        assert_eq!(deleted.status, expected);
    }
    assert_eq!(team.list(&team.owner).await.responses, []);
    team.server.finish().await;
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_by_its_field() {
    let team = Team::start().await;
    for (field, form) in [
        ("keyword", draft("two words", "Soon.")),
        ("text", draft("refund", " ")),
        ("text", draft("refund", &"x".repeat(5_001))),
        ("text", draft("refund", "Hi {{customer.nmae}}")),
    ] {
        let refused = team.call(&team.owner, "canned/save", form).await;
        assert_eq!(refused.json::<Problem>(422).field.as_deref(), Some(field));
    }
    assert_eq!(
        database::rows(&team.server.ctx, "canned_responses").await,
        0
    );
    team.server.finish().await;
}

#[tokio::test]
async fn a_keyword_means_one_thing_in_the_whole_team() {
    let team = Team::start().await;
    team.create(&team.agent, own("refund", "Soon.")).await;
    for form in [draft("REFUND", "Later."), own("refund", "Later.")] {
        let refused = team.call(&team.owner, "canned/save", form).await;
        assert_eq!(
            refused.json::<Problem>(422).field.as_deref(),
            Some("keyword")
        );
        assert!(!refused.body.contains("Soon."));
    }
    let other = team.create(&team.owner, draft("bye", "Bye!")).await;
    let renamed = [of(&other), draft("refund", "Bye!")].concat();
    let refused = team.call(&team.owner, "canned/save", renamed).await;
    assert_eq!(
        refused.json::<Problem>(422).field.as_deref(),
        Some("keyword")
    );
    let same = [of(&other), draft("bye", "Good-bye!")].concat();
    let kept = team.call(&team.owner, "canned/save", same).await;
    assert_eq!(kept.status, 200, "its own keyword");
    team.server.finish().await;
}

#[tokio::test]
async fn of_two_people_with_one_keyword_at_once_one_gets_it() {
    let team = Team::start().await;
    for keyword in ["one", "two", "three"] {
        let replies = join_all((0..6).map(|at| {
            let who = if at % 2 == 0 {
                &team.owner
            } else {
                &team.agent
            };
            team.call(who, "canned/save", own(keyword, "Mine!"))
        }));
        let mut made = 0;
        for reply in replies.await {
            match reply.status {
                200 => made += 1,
                _ => assert_eq!(reply.json::<Problem>(422).field.as_deref(), Some("keyword")),
            }
        }
        assert_eq!(made, 1, "{keyword}");
    }
    assert_eq!(
        database::rows(&team.server.ctx, "canned_responses").await,
        3
    );
    team.server.finish().await;
}

#[tokio::test]
async fn what_is_somebodys_own_nobody_else_sees_or_changes() {
    let team = Team::start().await;
    let agents = team.create(&team.agent, own("mine", "A secret")).await;
    let shared = team.create(&team.owner, draft("ours", "For all")).await;
    assert!(agents.mine);
    assert_eq!(team.keywords(&team.agent).await, ["mine", "ours"]);
    assert_eq!(team.keywords(&team.owner).await, ["ours"]);
    for (path, form) in [
        (
            "canned/save",
            [of(&agents), own("mine", "Not any more")].concat(),
        ),
        (
            "canned/save",
            [of(&agents), draft("mine", "Not any more")].concat(),
        ),
        ("canned/note-use", of(&agents)),
        ("canned/delete", of(&agents)),
    ] {
        let refused = team.call(&team.owner, path, form).await;
        assert_eq!(refused.status, 404, "{path}: {}", refused.body);
    }
    assert_eq!(team.list(&team.agent).await.responses, [agents, shared]);
    team.server.finish().await;
}

#[tokio::test]
async fn agents_have_their_own_and_change_none_that_is_shared() {
    let team = Team::start().await;
    let shared = team.create(&team.owner, draft("ours", "For all")).await;
    let mine = team.create(&team.agent, own("mine", "For me")).await;
    for (path, form) in [
        ("canned/save", draft("another", "For all")),
        (
            "canned/save",
            [of(&shared), draft("ours", "Changed")].concat(),
        ),
        // To take it from the others is to change it.
        (
            "canned/save",
            [of(&shared), own("ours", "For all")].concat(),
        ),
        (
            "canned/save",
            [of(&mine), draft("mine", "For all")].concat(),
        ),
        ("canned/delete", of(&shared)),
    ] {
        let refused = team.call(&team.agent, path, form).await;
        assert_eq!(refused.status, 403, "{path}: {}", refused.body);
    }
    let changed = [of(&mine), own("mine", "For me alone")].concat();
    let changed = team.call(&team.agent, "canned/save", changed).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let list = team.list(&team.agent).await.responses;
    assert_eq!(list[0].text, "For me alone");
    assert!(!team.list(&team.agent).await.may_share);
    assert!(team.list(&team.owner).await.may_share);
    let deleted = team.call(&team.agent, "canned/delete", of(&mine)).await;
    assert_eq!(deleted.status, 200);
    assert_eq!(team.keywords(&team.agent).await, ["ours"]);
    team.server.finish().await;
}

#[tokio::test]
async fn an_owner_takes_one_back_from_the_team_and_gives_it_again() {
    let team = Team::start().await;
    let shared = team.create(&team.owner, draft("ours", "For all")).await;
    for (form, of_agent) in [(own("ours", "For all"), 0), (draft("ours", "For all"), 1)] {
        let changed = [of(&shared), form].concat();
        let changed = team.call(&team.owner, "canned/save", changed).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        assert_eq!(team.keywords(&team.agent).await.len(), of_agent);
    }
    team.server.finish().await;
}

#[tokio::test]
async fn who_leaves_the_team_takes_their_own_along() {
    let team = Team::start().await;
    team.create(&team.agent, own("mine", "For me")).await;
    team.create(&team.owner, draft("ours", "For all")).await;
    let (store, user) = (team.store, team.agent.user.id);
    database::write(
        &team.server.ctx,
        format!("DELETE FROM memberships WHERE store_id = '{store}' AND user_id = '{user}'"),
    )
    .await;
    assert_eq!(team.keywords(&team.owner).await, ["ours"]);
    team.create(&team.owner, draft("mine", "For all")).await;
    team.server.finish().await;
}

#[tokio::test]
async fn a_use_is_counted_for_the_whole_team() {
    let team = Team::start().await;
    let shared = team.create(&team.owner, draft("ours", "For all")).await;
    assert_eq!((shared.uses, shared.last_used_at), (0, None));
    for who in [&team.owner, &team.agent, &team.agent] {
        let noted = team.call(who, "canned/note-use", of(&shared)).await;
        assert_eq!(noted.status, 200, "{}", noted.body);
    }
    let used = &team.list(&team.owner).await.responses[0];
    assert_eq!(used.uses, 3);
    assert!(used.last_used_at.is_some_and(|at| at >= shared.updated_at));
    assert_eq!(used.updated_at, shared.updated_at);
    team.server.finish().await;
}

#[tokio::test]
async fn a_full_shelf_takes_no_more_and_leaves_the_others_alone() {
    let team = Team::start().await;
    team.fill(None, SHARED_MAX).await;
    team.fill(Some(&team.agent), OWN_MAX).await;
    for (who, form) in [
        (&team.owner, draft("one-more", "For all")),
        (&team.agent, own("one-more", "For me")),
    ] {
        let full = team
            .call(who, "canned/save", form)
            .await
            .json::<Problem>(409);
        assert!(full.kind.ends_with("/canned-response-limit"), "{full:?}");
    }
    let mine = team.create(&team.owner, own("one-more", "For me")).await;
    let shared = [of(&mine), draft("one-more", "For all")].concat();
    team.call(&team.owner, "canned/save", shared)
        .await
        .json::<Problem>(409);
    team.server.finish().await;
}

fn is_change(event: ServerEvent) -> Option<()> {
    event.is_change_of(Noun::CannedResponses).then_some(())
}

#[tokio::test]
async fn open_pages_hear_of_every_change_and_use() {
    let team = Team::start().await;
    let mut socket = team.server.agent_socket(&team.agent, team.store, &[]).await;
    socket.ready().await;
    let shared = team.create(&team.owner, draft("ours", "For all")).await;
    socket.until(is_change).await;
    team.call(&team.owner, "canned/note-use", of(&shared)).await;
    socket.until(is_change).await;
    team.call(&team.owner, "canned/delete", of(&shared)).await;
    socket.until(is_change).await;
    team.server.finish().await;
}

#[tokio::test]
async fn a_reply_with_an_unfilled_variable_is_not_sent() {
    let team = Team::start().await;
    let shop = team.server.shop(&team.owner, team.store).await;
    let shopper = team.server.shopper(&shop).await;
    let reply = |body: &str| {
        fields([
            ("conversation", shopper.conversation.to_string().as_str()),
            ("id", new_message("").id.to_string().as_str()),
            ("body", body),
        ])
    };
    let form = reply("Your order #{{order.number}} is on its way.");
    let refused = team
        .call(&team.owner, "inbox/reply", form)
        .await
        .json::<Problem>(422);
    assert_eq!(refused.field.as_deref(), Some("body"));
    assert!(refused.detail.contains("{{order.number}}"));
    assert_eq!(database::rows(&team.server.ctx, "messages").await, 0);
    let other = reply("Put {{ product.title }} into the theme.");
    let sent = team.call(&team.owner, "inbox/reply", other).await;
    assert_eq!(sent.status, 200, "{}", sent.body);
    team.server.finish().await;
}
