use super::*;
use domain::webhook::WebhookEvent;
use std::collections::{BTreeMap, BTreeSet};

/// What `router.rs` routes under `/api/v1`, by method and path.
fn routed() -> BTreeSet<(String, String)> {
    let router = include_str!("../../../../router.rs");
    let begin = router.find("fn api_routes").expect("the routes");
    let routes = router[begin..].split(".fallback(").next().expect("routes");
    let mut found = BTreeSet::new();
    for route in routes.split(".route(").skip(1) {
        let path = route.split('"').nth(1).expect("a path");
        for method in ["get", "post", "put", "delete"] {
            if route.contains(&format!("{method}(v1::")) {
                found.insert((method.to_owned(), format!("/api/v1{path}")));
            }
        }
    }
    found
}

fn documented() -> BTreeMap<(String, String), &'static Value> {
    let mut found = BTreeMap::new();
    for (path, methods) in document()["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            found.insert((method.clone(), path.clone()), operation);
        }
    }
    found
}

/// What `value` refers to, or it itself.
fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => document()
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference} leads nowhere")),
        None => value,
    }
}

#[test]
fn every_section_of_the_settings_is_described() {
    let any = &document()["components"]["schemas"]["AnySection"]["anyOf"];
    assert_eq!(any.as_array().map(Vec::len), Some(SectionName::ALL.len()));
}

#[test]
fn the_events_of_webhooks_are_listed_by_the_words_that_are_sent() {
    let listed = &document()["components"]["schemas"]["WebhookEvent"]["enum"];
    assert_eq!(*listed, serde_json::json!(WebhookEvent::ALL));
}

#[test]
fn the_document_is_pinned() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_sort_maps(true);
    settings.bind(|| insta::assert_json_snapshot!("openapi", document()));
}

#[test]
fn what_is_routed_is_documented_and_nothing_else() {
    let documented: BTreeSet<_> = documented().into_keys().collect();
    assert_eq!(routed(), documented);
    assert!(documented.len() > 15);
}

#[test]
fn it_is_openapi_3_1() {
    let version = document()["openapi"].as_str().expect("a version");
    assert!(version.starts_with("3.1."), "{version}");
}

#[test]
fn every_operation_takes_one_scope_and_has_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for (at, operation) in documented() {
        let scopes = operation["security"][0]["api_key"].as_array();
        let scopes = scopes.unwrap_or_else(|| panic!("{at:?} takes no key"));
        let known = scopes
            .iter()
            .filter_map(|scope| Scope::from_word(scope.as_str()?));
        assert_eq!((known.count(), scopes.len()), (1, 1), "{at:?}");
        assert!(names.insert(operation["operationId"].as_str()), "{at:?}");
        assert!(operation["summary"].is_string(), "{at:?}");
    }
}

#[test]
fn whatever_is_sent_and_answered_has_an_example() {
    for (at, operation) in documented() {
        let answers = operation["responses"].as_object().expect("answers");
        for holder in answers.values().chain(operation.get("requestBody")) {
            let holder = resolved(holder);
            for (media, content) in holder["content"].as_object().into_iter().flatten() {
                let has = content.get("example").or(content.get("examples"));
                assert!(has.is_some(), "{at:?}: {media} of {holder}");
            }
        }
    }
}

#[test]
fn every_refusal_is_a_problem() {
    for (at, operation) in documented() {
        for (status, answer) in operation["responses"].as_object().expect("answers") {
            if status.as_str() >= "400" {
                let answer = resolved(answer);
                assert!(answer["description"] != "", "{at:?} {status}");
                let schema = &answer["content"][PROBLEM]["schema"]["$ref"];
                assert_eq!(schema, PROBLEM_SCHEMA, "{at:?} {status}");
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|field| references(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    references(document(), &mut found);
    assert!(found.len() > 10);
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(document().pointer(pointer).is_some(), "{reference}");
    }
}
