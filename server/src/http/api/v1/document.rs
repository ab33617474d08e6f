//! The OpenAPI document of `/api/v1`. Handlers say what is their own; what all have in
//! common is added here: refusals, limits, examples.

use super::{
    canned, conversations, examples, faq, messages, orders, search, settings, store, tags, team,
    visitors, webhooks,
};
use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use domain::{
    Invalid,
    api_key::Scope,
    conversation::Status,
    ids::{
        CannedResponseId, ConversationId, FaqCategoryId, FaqItemId, InvitationId, MessageId, TagId,
        VisitorId, WebhookDeliveryId, WebhookId,
    },
    problem::{
        Cause, Code, Conflict, Forbidden, Malformed, Noun, Problem, RateLimit, Unauthorized,
    },
    search::Author,
    settings::{Look, Revision, SectionName, StoredSection},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::LazyLock};
use utoipa::OpenApi;

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
const PROBLEM_SCHEMA: &str = "#/components/schemas/Problem";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Shopdesk REST API",
        version = "1",
        description = "Times are Unix milliseconds UTC, ids are UUIDs. A key belongs to one store and has scopes; each operation names the one that it takes. Who makes something makes its id (UUIDv7): the same request again changes nothing and is answered with 200. Lists hold `items` and `next`, which goes back as `after` until it is null. Unknown fields are to be ignored: later versions add some.",
    ),
    paths(
        store::get,
        settings::get,
        settings::put,
        conversations::list,
        conversations::get,
        messages::list,
        messages::create,
        conversations::resolve,
        conversations::reopen,
        conversations::snooze,
        conversations::assign,
        conversations::spam,
        conversations::block,
        conversations::merge,
        conversations::unmerge,
        conversations::read,
        search::find,
        tags::list,
        tags::create,
        tags::update,
        tags::delete,
        tags::put_on,
        tags::take_off,
        visitors::list,
        visitors::get,
        faq::list_categories,
        faq::create_category,
        faq::rename_category,
        faq::place_category,
        faq::delete_category,
        faq::list_items,
        faq::create_item,
        faq::get_item,
        faq::update_item,
        faq::place_item,
        faq::delete_item,
        faq::try_question,
        canned::list,
        canned::create,
        canned::get,
        canned::update,
        canned::delete,
        orders::list,
        orders::get,
        orders::put,
        orders::delete,
        orders::list_sources,
        team::members,
        team::invitations,
        team::invite,
        team::revoke,
        webhooks::list,
        webhooks::create,
        webhooks::delete,
        webhooks::deliveries,
        webhooks::replay,
    ),
    // Those that paths and queries name aren't found by themselves.
    components(schemas(
        Problem,
        SectionName,
        Status,
        Author,
        ConversationId,
        MessageId,
        VisitorId,
        FaqCategoryId,
        FaqItemId,
        CannedResponseId,
        WebhookId,
        WebhookDeliveryId,
        TagId,
        InvitationId,
    )),
    tags(
        (name = "Store", description = "The store and its team"),
        (name = "Settings", description = "What the merchant decides, by section"),
        (name = "Conversations", description = "Conversations and their messages"),
        (name = "Visitors", description = "Shoppers"),
        (name = "FAQ", description = "What the AI answers from"),
        (name = "Canned responses", description = "What agents put into replies by a keyword"),
        (name = "Orders", description = "What order tracking answers from"),
        (name = "Team", description = "Who answers shoppers, and who is invited to"),
        (name = "Webhooks", description = "Who is told what happens"),
    ),
)]
struct Bare;

static DOCUMENT: LazyLock<Value> = LazyLock::new(complete);
static TEXT: LazyLock<String> = LazyLock::new(|| DOCUMENT.to_string());

/// The whole document.
#[must_use]
pub fn document() -> &'static Value {
    &DOCUMENT
}

/// `GET /openapi.json`
pub async fn get() -> Response {
    let headers = [
        (header::CONTENT_TYPE, JSON),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, TEXT.as_str()).into_response()
}

fn complete() -> Value {
    // Serde has no reason to fail; an empty document fails the tests.
    let mut document = serde_json::to_value(Bare::openapi()).unwrap_or_default();
    document["components"]["securitySchemes"] = json!({"api_key": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key of the store, as Authorization: Bearer sd_…",
    }});
    document["components"]["headers"] = limits();
    for (status, codes) in common() {
        document["components"]["responses"][status] = refusal(&codes);
    }
    refer_to_items(&mut document);
    for operation in operations_mut(&mut document) {
        split_text(operation);
        add_refusals(operation);
        add_merged(operation);
        add_limits(operation);
        add_examples(operation);
    }
    document
}

/// Every operation of `document`.
fn operations_mut(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    paths
        .into_iter()
        .flat_map(|paths| paths.values_mut())
        .filter_map(Value::as_object_mut)
        .flat_map(|path| path.values_mut())
}

/// A list holds things that have a name.
fn refer_to_items(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else {
        return;
    };
    for (name, schema) in schemas {
        if let Some(item) = name.strip_prefix("List_") {
            schema["properties"]["items"]["items"] =
                json!({"$ref": format!("#/components/schemas/{item}")});
        }
    }
}

/// The first sentence of a handler's comment is the summary. What may go wrong is said
/// by the responses.
fn split_text(operation: &mut Value) {
    let part = |name: &str| operation[name].as_str().unwrap_or_default();
    let all = format!("{}\n{}", part("summary"), part("description"));
    let all = all.split("# Errors").next().unwrap_or_default();
    let words: Vec<_> = all.split_whitespace().collect();
    let all = words.join(" ");
    let (summary, rest) = all.split_once(". ").unwrap_or((&all, ""));
    operation["summary"] = json!(summary.trim_end_matches('.'));
    match rest {
        "" => drop(
            operation
                .as_object_mut()
                .map(|fields| fields.remove("description")),
        ),
        rest => operation["description"] = json!(rest),
    }
}

/// One cause of each code that `/api/v1` answers with.
fn causes() -> Vec<Cause> {
    let look = StoredSection {
        section: Look::default().into(),
        revision: Revision::default(),
    };
    let invalid = Invalid::new("name", "This can't be empty.");
    vec![
        Cause::Malformed(Malformed::Json("EOF while parsing an object".to_owned())),
        Cause::Unauthorized(Unauthorized::WrongApiKey),
        Cause::Forbidden(Forbidden::Scope(Scope::FaqWrite)),
        Cause::NotFound(Noun::Id),
        Cause::Conflict(Conflict::IdTaken),
        Cause::Conflict(Conflict::CategoryLimit),
        Cause::Conflict(Conflict::FaqFull),
        Cause::Conflict(Conflict::CannedResponseLimit),
        Cause::Conflict(Conflict::WebhookLimit),
        Cause::Conflict(Conflict::InvitationLimit),
        Cause::Conflict(Conflict::InvitationUsed),
        Cause::Conflict(Conflict::MergeFinal),
        Cause::Merged(conversation()),
        Cause::StaleVersion(Some(Box::new(look))),
        Cause::TooLarge,
        Cause::UnsupportedMediaType,
        Cause::Invalid(invalid),
        Cause::VersionMissing,
        Cause::RateLimited {
            limit: RateLimit::ApiCall,
            retry_after_seconds: 1,
        },
        Cause::Internal,
        Cause::Busy,
        Cause::Unavailable,
        Cause::TimedOut,
    ]
}

fn conversation() -> ConversationId {
    let fixed = Value::from("01a20000-0000-7000-8000-000000000001");
    serde_json::from_value(fixed).unwrap_or_else(|_| unreachable!("it is a UUID"))
}

/// What several operations are refused for, by status.
fn common() -> BTreeMap<String, Vec<Code>> {
    let mut by_status = BTreeMap::<_, Vec<_>>::new();
    for code in [
        Code::Malformed,
        Code::WrongApiKey,
        Code::MissingScope,
        Code::NotFound,
        Code::TooLarge,
        Code::UnsupportedMediaType,
        Code::Invalid,
        Code::RateLimited,
        Code::Internal,
        Code::Busy,
        Code::Unavailable,
        Code::TimedOut,
    ] {
        by_status
            .entry(code.status().to_string())
            .or_default()
            .push(code);
    }
    by_status
}

/// Those of [`common`] that `operation` may be refused for; what a handler names as the
/// description of a status is filled in.
fn add_refusals(operation: &mut Value) {
    let has_body = operation.get("requestBody").is_some();
    let takes_query = operation["parameters"]
        .as_array()
        .is_some_and(|given| given.iter().any(|parameter| parameter["in"] == "query"));
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    for (status, response) in responses.iter_mut() {
        if status.as_str() >= "400" {
            let named = response["description"].as_str().unwrap_or_default();
            let codes: Vec<_> = named.split(", ").filter_map(code_of).collect();
            *response = refusal(&codes);
        }
    }
    for status in common().into_keys() {
        let may_be = match status.as_str() {
            "413" | "415" => has_body,
            "400" | "422" => has_body || takes_query,
            _ => true,
        };
        if may_be {
            let shared = json!({"$ref": format!("#/components/responses/{status}")});
            responses.insert(status, shared);
        }
    }
}

/// What is asked of a conversation may be asked of one that was merged.
fn add_merged(operation: &mut Value) {
    let takes_id = operation["parameters"]
        .as_array()
        .is_some_and(|given| given.iter().any(|parameter| parameter["name"] == "id"));
    let is_of_conversation = operation["tags"][0] == "Conversations" && takes_id;
    if let Some(responses) = operation["responses"].as_object_mut()
        && is_of_conversation
    {
        responses.insert("410".to_owned(), refusal(&[Code::ConversationMerged]));
    }
}

fn code_of(name: &str) -> Option<Code> {
    let mut all = Code::ALL.iter().copied();
    all.find(|code| code.as_str() == name)
}

/// A response with an example of each code.
fn refusal(codes: &[Code]) -> Value {
    let titles: Vec<_> = codes.iter().map(|code| code.title()).collect();
    let mut response = json!({
        "description": titles.join("; "),
        "content": {PROBLEM: {"schema": {"$ref": PROBLEM_SCHEMA}, "examples": {}}},
    });
    for cause in causes() {
        let code = cause.code();
        if codes.contains(&code) {
            let problem = json!({"value": Problem::from(cause)});
            response["content"][PROBLEM]["examples"][code.as_str()] = problem;
        }
    }
    if codes.iter().any(|code| matches!(code.status(), 429 | 503)) {
        response["headers"]["Retry-After"] =
            number_header("Seconds to wait before the next try", false);
    }
    if codes.contains(&Code::WrongApiKey) {
        response["headers"]["WWW-Authenticate"] = json!({
            "description": "How a key is sent: Bearer",
            "schema": {"type": "string"},
        });
    }
    response
}

/// The headers of everybody who is let in.
const LIMITS: [(&str, &str); 3] = [
    ("RateLimit-Limit", "Requests that the key has at once"),
    ("RateLimit-Remaining", "How many of them are left"),
    (
        "RateLimit-Reset",
        "Seconds until all of them are there again",
    ),
];

fn limits() -> Value {
    let headers = LIMITS.map(|(name, about)| (name.to_owned(), number_header(about, true)));
    Value::Object(headers.into_iter().collect())
}

fn number_header(about: &str, required: bool) -> Value {
    json!({
        "description": about,
        "required": required,
        "schema": {"type": "integer", "minimum": 0},
    })
}

fn add_limits(operation: &mut Value) {
    let responses = operation["responses"].as_object_mut();
    for (status, response) in responses.into_iter().flatten() {
        if status.as_str() < "400" {
            for (name, _) in LIMITS {
                response["headers"][name] = json!({"$ref": format!("#/components/headers/{name}")});
            }
        }
    }
}

/// An example wherever JSON is sent or answered.
fn add_examples(operation: &mut Value) {
    if let Some(body) = operation.get_mut("requestBody") {
        add_example(body);
    }
    let responses = operation["responses"].as_object_mut();
    for (_, response) in responses.into_iter().flatten() {
        add_example(response);
    }
}

fn add_example(holder: &mut Value) {
    let content = holder.get_mut("content").and_then(|all| all.get_mut(JSON));
    let Some(content) = content else { return };
    let schema = content["schema"]["$ref"].as_str().unwrap_or_default();
    let name = schema.rsplit('/').next().unwrap_or_default();
    if let Some(example) = examples::of(name) {
        content["example"] = example;
    }
}

#[cfg(test)]
mod tests;
