//! Canned responses as files.

use super::{Team, draft, own};
use crate::common::{Owner, Reply};
use backend::canned::import::{FAULTS_MAX, FILE_MAX};
use domain::canned::{CannedResponse, OWN_MAX};

impl Team {
    async fn import(&self, who: &Owner, file: impl Into<reqwest::Body>) -> Reply {
        let path = format!("/api/app/stores/{}/canned-responses/import", self.store);
        let request = self.server.http.post(self.server.url(&path));
        Reply::to(request.header("cookie", &who.cookie).body(file)).await
    }

    /// What is said of a file that was taken in.
    async fn taken(&self, who: &Owner, file: impl Into<reqwest::Body>) -> String {
        self.import(who, file).await.json(200)
    }

    /// What is wrong with a file, by row.
    async fn faults(&self, who: &Owner, file: impl Into<reqwest::Body>) -> Vec<String> {
        let refused = self.import(who, file).await.problem(422);
        assert_eq!(refused.field.as_deref(), Some("file"));
        let mut lines = refused.detail.lines().map(str::to_owned);
        let first = lines.next().expect("a line");
        assert!(first.starts_with("Nothing was changed."), "{first}");
        lines.collect()
    }

    async fn export(&self, who: &Owner, format: &str) -> Reply {
        let path = format!(
            "/api/app/stores/{}/canned-responses/export?format={format}",
            self.store
        );
        let request = self.server.http.get(self.server.url(&path));
        Reply::to(request.header("cookie", &who.cookie)).await
    }
}

fn texts(responses: &[CannedResponse]) -> Vec<(&str, &str, bool)> {
    responses
        .iter()
        .map(|response| (&*response.keyword, &*response.text, response.mine))
        .collect()
}

#[tokio::test]
async fn a_file_adds_changes_and_leaves_alone() {
    let team = Team::start().await;
    team.create(&team.owner, draft("same", "As it is")).await;
    let old = team.create(&team.owner, draft("old", "Before")).await;
    let file = "keyword;title;text;category;mine\nsame;A title;As it is;;\nold;A title;After;Returns;no\nnew;New;Hi;;yes\n";
    let said = team.taken(&team.owner, file).await;
    assert_eq!(said, "1 added, 1 changed, 1 as before.");
    let list = team.list(&team.owner).await.responses;
    let expected = [
        ("new", "Hi", true),
        ("old", "After", false),
        ("same", "As it is", false),
    ];
    assert_eq!(texts(&list), expected);
    assert_eq!(list[1].id, old.id);
    team.server.finish().await;
}

#[tokio::test]
async fn one_wrong_row_and_nothing_is_taken_in() {
    let team = Team::start().await;
    team.create(&team.agent, own("hers", "A secret")).await;
    let file = r#"[
        {"keyword": "good", "text": "Fine"},
        {"keyword": "two words", "text": "Hm"},
        {"keyword": "good", "text": "Again"},
        {"keyword": "hers", "text": "Taken"},
        {"keyword": "typo", "text": "{{customer.nmae}}"},
        {"keyword": "empty"},
        7
    ]"#;
    let faults = team.faults(&team.owner, file).await;
    let rows: Vec<_> = faults
        .iter()
        .map(|fault| fault.split(':').next().expect("a row"))
        .collect();
    let expected = [
        "Row 2, keyword",
        "Row 3, keyword",
        "Row 4, keyword",
        "Row 5, text",
        "Row 6, text",
        "Row 7, row",
    ];
    assert_eq!(rows, expected, "{faults:#?}");
    assert!(!faults.concat().contains("secret"));
    assert_eq!(team.keywords(&team.owner).await, Vec::<String>::new());
    let many = format!("keyword,text\n{}", "a b,Hm\n".repeat(FAULTS_MAX + 3));
    let faults = team.faults(&team.owner, many).await;
    assert_eq!(faults.len(), FAULTS_MAX + 1);
    assert_eq!(faults.last().map(String::as_str), Some("And 3 more."));
    team.server.finish().await;
}

#[tokio::test]
async fn what_was_given_out_is_taken_in_elsewhere_as_it_was() {
    let (from, to) = (Team::start().await, Team::start().await);
    let text = "Hi {{customer.name|there}},\n=1+1; \"quoted\", ü";
    from.create(&from.owner, draft("ours", text)).await;
    from.create(&from.owner, own("mine", "For me")).await;
    let given = from.list(&from.owner).await.responses;
    for format in ["csv", "json"] {
        let file = from.export(&from.owner, format).await;
        assert_eq!(file.status, 200);
        assert!(file.header("content-disposition").contains(format));
        let said = to.taken(&to.owner, file.body).await;
        let expected = match format {
            "csv" => "2 added, 0 changed, 0 as before.",
            _ => "0 added, 0 changed, 2 as before.",
        };
        assert_eq!(said, expected);
        assert_eq!(texts(&to.list(&to.owner).await.responses), texts(&given));
    }
    from.server.finish().await;
    to.server.finish().await;
}

#[tokio::test]
async fn agents_take_in_their_own_and_nothing_for_the_team() {
    let team = Team::start().await;
    team.create(&team.owner, draft("ours", "For all")).await;
    let shared = "keyword,text,mine\nmine,For me,\nnew,For all,no\n";
    let faults = team.faults(&team.agent, shared).await;
    assert!(faults[0].starts_with("Row 3, mine:"), "{faults:?}");
    let changed = "keyword,text,mine\nours,For me,yes\n";
    assert_eq!(team.faults(&team.agent, changed).await.len(), 1);
    // What they were given out, they may send back.
    let all = team.export(&team.agent, "csv").await.body;
    let said = team.taken(&team.agent, all).await;
    assert_eq!(said, "0 added, 0 changed, 1 as before.");
    let own = "keyword,text\nmine,For me\n";
    let said = team.taken(&team.agent, own).await;
    assert_eq!(said, "1 added, 0 changed, 0 as before.");
    assert_eq!(team.keywords(&team.owner).await, ["ours"]);
    team.server.finish().await;
}

#[tokio::test]
async fn a_file_that_is_too_much_is_refused_as_a_whole() {
    let team = Team::start().await;
    team.fill(Some(&team.agent), OWN_MAX - 1).await;
    let two = "keyword,text\none,For me\ntwo,For me\n";
    let full = team.import(&team.agent, two).await.problem(409);
    assert!(full.kind.ends_with("/canned-response-limit"), "{full:?}");
    let one = "keyword,text\none,For me\n";
    let said = team.taken(&team.agent, one).await;
    assert_eq!(said, "1 added, 0 changed, 0 as before.");
    let large = vec![b'a'; FILE_MAX + 1];
    team.import(&team.owner, large).await.problem(413);
    let refused = team.import(&team.owner, "no table").await.problem(422);
    assert_eq!(refused.field.as_deref(), Some("file"));
    team.server.finish().await;
}
