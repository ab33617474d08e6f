//! Settings by section, with the version that is replaced.

use super::Api;
use crate::{
    common::Reply,
    forms::{call, fields, section_fields},
};
use backend::{api_keys, settings};
use domain::{
    problem::{Code, Problem},
    settings::{Look, SectionName},
};
use serde_json::{Value, json};

async fn put(api: &Api, section: &str, if_match: Option<&str>, value: &Value) -> Reply {
    let url = api.server.url(&format!("/api/v1/settings/{section}"));
    let mut request = api.server.http.put(url).bearer_auth(&api.key.token);
    if let Some(tag) = if_match {
        request = request.header("if-match", tag);
    }
    Reply::to(request.json(value)).await
}

async fn read(api: &Api, section: &str) -> (Value, String) {
    let reply = api.get(&format!("/settings/{section}")).await;
    (reply.json(200), reply.header("etag").to_owned())
}

#[tokio::test]
async fn every_section_can_be_read_and_written_back() {
    let api = Api::start().await;
    for name in SectionName::ALL {
        let (value, etag) = read(&api, name.as_str()).await;
        let reply = put(&api, name.as_str(), Some(&etag), &value).await;
        assert_eq!(reply.json::<Value>(200), value);
        assert_ne!(reply.header("etag"), etag);
    }
    api.get("/settings/moon").await.problem(404);
    api.server.finish().await;
}

#[tokio::test]
async fn who_names_an_old_version_changes_nothing_and_is_shown_the_new_one() {
    let api = Api::start().await;
    let (mut value, etag) = read(&api, "chat").await;
    value["greeting"] = json!("Welcome");
    let first = put(&api, "chat", Some(&etag), &value).await;
    assert_eq!(first.status, 200);
    value["greeting"] = json!("Go away");
    for stale in [etag.as_str(), "\"99\"", "nonsense"] {
        let problem = put(&api, "chat", Some(stale), &value).await.problem(412);
        assert!(problem.is(Code::StaleVersion));
        let current = json!(problem.current.expect("what is stored"));
        assert_eq!(current["section"]["chat"]["greeting"], "Welcome");
    }
    assert_eq!(read(&api, "chat").await.0["greeting"], "Welcome");
    api.server.finish().await;
}

#[tokio::test]
async fn whoever_saved_a_section_is_named_person_or_key() {
    let api = Api::start().await;
    let named = async |section| {
        let stored = settings::stored(&api.server.ctx, &api.shop.member).await;
        stored.expect("settings").revision(section).changed_by
    };
    let (value, _) = read(&api, "look").await;
    assert_eq!(put(&api, "look", Some("*"), &value).await.status, 200);
    assert_eq!(
        named(SectionName::Look).await.as_deref(),
        Some("Back office")
    );
    // Somebody who edits the section meanwhile reads who was faster.
    let fields = [
        section_fields(Look::default(), 0),
        fields([("store", api.shop.id.to_string().as_str())]),
    ]
    .concat();
    let refused = call(&api.server, &api.owner.cookie, "widget/save", &fields).await;
    let current = refused
        .json::<Problem>(409)
        .current
        .expect("what is stored");
    assert_eq!(current.revision.changed_by.as_deref(), Some("Back office"));

    // A key that was revoked keeps its name; a person after it has their own.
    api_keys::revoke(&api.server.ctx, &api.shop.member, api.key.key.id)
        .await
        .expect("revoked");
    assert_eq!(
        named(SectionName::Look).await.as_deref(),
        Some("Back office")
    );
    let version = current.revision.version;
    let saved = settings::save(&api.server.ctx, &api.shop.member, Look::default(), version);
    saved.await.expect("the only saver");
    assert_eq!(named(SectionName::Look).await.as_deref(), Some("Ada Olsen"));
    api.server.finish().await;
}

#[tokio::test]
async fn a_version_must_be_named_or_every_one_be_meant() {
    let api = Api::start().await;
    let (value, _) = read(&api, "look").await;
    let problem = put(&api, "look", None, &value).await.problem(428);
    assert!(problem.is(Code::VersionMissing));
    assert_eq!(put(&api, "look", Some("*"), &value).await.status, 200);
    assert_eq!(put(&api, "look", Some("W/\"1\""), &value).await.status, 200);
    api.server.finish().await;
}

#[tokio::test]
async fn what_is_known_is_not_sent_again() {
    let api = Api::start().await;
    let (_, etag) = read(&api, "look").await;
    let request = api
        .server
        .http
        .get(api.server.url("/api/v1/settings/look"))
        .bearer_auth(&api.key.token)
        .header("if-none-match", &etag);
    assert_eq!(Reply::to(request).await.status, 304);
    api.server.finish().await;
}

#[tokio::test]
async fn a_value_that_cannot_be_taken_is_refused_by_its_field() {
    let api = Api::start().await;
    let refused = put(&api, "look", Some("*"), &json!({"side_spacing": 201})).await;
    assert_eq!(refused.problem(422).field.as_deref(), Some("side_spacing"));
    put(&api, "look", Some("*"), &json!({"side_spacing": "wide"}))
        .await
        .problem(422);
    put(&api, "look", Some("*"), &json!([1])).await.problem(422);
    api.server.finish().await;
}
