//! The document of `/api/v1` as a page: made here, with its own style, for browsers with
//! and without scripts.

use super::v1::document::document;
use axum::{
    http::{HeaderName, header},
    response::{IntoResponse, Response},
};
use domain::text::escaped;
use serde_json::{Map, Value};
use std::{fmt::Write, sync::LazyLock};

const STYLE: &str = include_str!("docs.css");
/// Nothing but the style that is in the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static PAGE: LazyLock<String> = LazyLock::new(|| whole(document()));

/// `GET /api/docs`
pub async fn page() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (HeaderName::from_static("content-security-policy"), POLICY),
    ];
    (headers, PAGE.as_str()).into_response()
}

/// An operation with where it is.
struct Operation<'a> {
    method: String,
    path: &'a str,
    is: &'a Value,
}

impl Operation<'_> {
    fn id(&self) -> &str {
        self.is["operationId"].as_str().unwrap_or_default()
    }

    fn is_of(&self, tag: &str) -> bool {
        self.is["tags"][0] == tag
    }
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            operations.push(Operation {
                method: method.to_uppercase(),
                path,
                is: operation,
            });
        }
    }
    operations
}

fn whole(document: &Value) -> String {
    let operations = operations(document);
    let (mut index, mut body) = (String::new(), String::new());
    for tag in document["tags"].as_array().into_iter().flatten() {
        let name = text(&tag["name"]);
        let of_tag: Vec<_> = operations
            .iter()
            .filter(|operation| operation.is_of(tag["name"].as_str().unwrap_or_default()))
            .collect();
        push(&mut index, &format!("<li>{name}<ul>"));
        push(
            &mut body,
            &format!(
                "<section><h2>{name}</h2><p>{}</p>",
                text(&tag["description"])
            ),
        );
        for operation in of_tag {
            let (id, summary) = (escaped(operation.id()), text(&operation.is["summary"]));
            push(
                &mut index,
                &format!("<li><a href=\"#{id}\">{}</a></li>", summary),
            );
            push(&mut body, &article(operation, document));
        }
        push(&mut index, "</ul></li>");
        push(&mut body, "</section>");
    }
    let (title, about) = (
        text(&document["info"]["title"]),
        text(&document["info"]["description"]),
    );
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head><body><header><h1>{title}</h1><p>{about}</p><p>Send a key as <code>Authorization: Bearer sd_…</code>; admins make keys in the dashboard under <b>API keys</b>. For programs: <a href=\"v1/openapi.json\">openapi.json</a> (OpenAPI 3.1).</p></header><div class=\"columns\"><nav aria-label=\"Operations\"><ul>{index}</ul></nav><main>{body}</main></div></body></html>"
    )
}

fn article(operation: &Operation<'_>, document: &Value) -> String {
    let (id, path) = (escaped(operation.id()), escaped(operation.path));
    let method = &operation.method;
    let summary = text(&operation.is["summary"]);
    let mut out = format!(
        "<article id=\"{id}\"><h3>{}</h3><p class=\"address\"><b class=\"{}\">{method}</b> <code>{path}</code></p>",
        summary,
        method.to_lowercase()
    );
    if let Some(more) = operation.is["description"].as_str() {
        let _ = write!(out, "<p>{}</p>", prose(more));
    }
    let scope = text(&operation.is["security"][0]["api_key"][0]);
    let _ = write!(out, "<p>Scope: <code>{scope}</code></p>");
    push(&mut out, &parameters(operation.is));
    if let Some(body) = operation.is.get("requestBody") {
        push(&mut out, "<h4>Sent</h4>");
        push(&mut out, &content(body, document));
    }
    push(&mut out, "<h4>Answers</h4><dl>");
    for (status, response) in operation.is["responses"].as_object().into_iter().flatten() {
        let response = resolved(response, document);
        let _ = write!(
            out,
            "<dt><code>{}</code></dt><dd>{}{}</dd>",
            escaped(status),
            text(&response["description"]),
            content(response, document)
        );
    }
    push(&mut out, "</dl></article>");
    out
}

fn parameters(operation: &Value) -> String {
    let rows: String = operation
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|parameter| {
            let must = if parameter["required"] == true {
                "needed"
            } else {
                ""
            };
            format!(
                "<tr><td><code>{}</code></td><td>{}</td><td>{must}</td><td>{}</td></tr>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                text(&parameter["description"])
            )
        })
        .collect();
    if rows.is_empty() {
        return rows;
    }
    format!(
        "<h4>Parameters</h4><div class=\"scroll\"><table><thead><tr><th>Name</th><th>In</th><th></th><th>What</th></tr></thead><tbody>{rows}</tbody></table></div>"
    )
}

/// What is sent or answered: its fields, and examples, folded away.
fn content(holder: &Value, document: &Value) -> String {
    let mut out = String::new();
    for media in holder["content"]
        .as_object()
        .into_iter()
        .flat_map(Map::values)
    {
        let schema = resolved(&media["schema"], document);
        let item = resolved(&schema["properties"]["items"]["items"], document);
        push(
            &mut out,
            &fields(if item.is_object() { item } else { schema }),
        );
        if let Some(example) = media.get("example") {
            push(&mut out, &folded("Example", example));
        }
        for (name, example) in media["examples"].as_object().into_iter().flatten() {
            push(&mut out, &folded(&escaped(name), &example["value"]));
        }
    }
    out
}

/// The fields of an object; of a list those of its items. Problems are told apart by
/// their examples.
fn fields(schema: &Value) -> String {
    let rows: String = schema["properties"]
        .as_object()
        .filter(|fields| !fields.contains_key("detail"))
        .into_iter()
        .flatten()
        .map(|(name, field)| {
            let required = schema["required"].as_array();
            let must = required.is_some_and(|all| all.iter().any(|one| one == name.as_str()));
            format!(
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>",
                escaped(name),
                escaped(&kind(field)),
                if must { "always" } else { "" },
                text(&field["description"])
            )
        })
        .collect();
    if rows.is_empty() {
        return rows;
    }
    format!(
        "<details><summary>Fields</summary><div class=\"scroll\"><table><tbody>{rows}</tbody></table></div></details>"
    )
}

/// A field's type in a word.
fn kind(field: &Value) -> String {
    let name = |schema: &Value| {
        let reference = schema["$ref"].as_str();
        reference
            .and_then(|path| path.rsplit('/').next())
            .map(str::to_owned)
    };
    if let Some(name) = name(field) {
        return name;
    }
    if field["items"].is_object() {
        return format!("list of {}", kind(&field["items"]));
    }
    match &field["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            let kinds: Vec<_> = kinds.iter().filter_map(Value::as_str).collect();
            kinds.join(" or ")
        }
        _ => {
            let parts = field["oneOf"].as_array().or(field["allOf"].as_array());
            let parts: Vec<_> = parts.into_iter().flatten().map(kind).collect();
            parts.join(" or ")
        }
    }
}

fn resolved<'a>(value: &'a Value, document: &'a Value) -> &'a Value {
    value["$ref"]
        .as_str()
        .and_then(|reference| document.pointer(reference.trim_start_matches('#')))
        .unwrap_or(value)
}

fn folded(title: &str, example: &Value) -> String {
    let json = serde_json::to_string_pretty(example).unwrap_or_default();
    format!(
        "<details><summary>{title}</summary><pre>{}</pre></details>",
        escaped(&json)
    )
}

fn push(out: &mut String, html: &str) {
    out.push_str(html);
}

fn text(value: &Value) -> String {
    prose(value.as_str().unwrap_or_default())
}

/// What stands between backquotes is code.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(|(at, part)| match at % 2 {
            0 => escaped(part),
            _ => format!("<code>{}</code>", escaped(part)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_on_the_page() {
        let page = whole(document());
        let operations = operations(document());
        assert!(operations.len() > 15);
        for operation in operations {
            let id = operation.id();
            assert!(page.contains(&format!("<article id=\"{id}\">")), "{id}");
        }
    }

    #[test]
    fn the_page_asks_nobody_for_anything() {
        let page = whole(document());
        for elsewhere in ["<script", "<link", "<img", "@import", "url("] {
            assert!(!page.contains(elsewhere), "{elsewhere}");
        }
    }

    #[test]
    fn texts_are_no_markup() {
        assert_eq!(escaped("<b>&\""), "&lt;b&gt;&amp;&quot;");
        assert_eq!(prose("its `<b>` is"), "its <code>&lt;b&gt;</code> is");
    }
}
