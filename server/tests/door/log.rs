//! The log of the executable.

use crate::common::{Reply, client, executable::Home};
use serde_json::Value;
use std::collections::HashSet;

const JSON: (&str, &str) = ("SHOPDESK_LOG_FORMAT", "json");
const ADDR: [&str; 2] = ["--addr", "127.0.0.1:0"];

/// The lines as objects.
fn parsed(lines: &[String]) -> Vec<Value> {
    let lines = lines.iter();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// Those that are written for each request.
fn access_lines(lines: &[String]) -> Vec<Value> {
    let mut lines = parsed(lines);
    lines.retain(|line| line["target"] == "access");
    lines
}

#[tokio::test]
async fn every_line_of_a_request_carries_the_id_that_the_client_is_told() {
    let home = Home::new().await;
    let mut server = home.launch_with(&ADDR, &[JSON]);
    let address = server.address().await;
    let secret = "sk-not-for-the-log";
    let url = format!("http://{address}/widget/v1/stores/{secret}/config?locale={secret}");
    let reply = Reply::to(client().get(url).header("x-request-id", "chosen")).await;
    let id = reply.header("x-request-id");
    // Without a proxy of ours nobody chooses the id.
    assert_ne!(id, "chosen");

    let lines = server.log_until(id).await;
    let lines = access_lines(&lines);
    let [line] = lines.as_slice() else {
        panic!("{lines:#?}")
    };
    assert_eq!(line["span"]["request.id"], id);
    assert_eq!(line["span"]["http.method"], "GET");
    assert_eq!(line["span"]["http.route"], "/widget/v1/stores/{key}/config");
    assert_eq!(line["fields"]["status"], 404);
    assert!(line["fields"]["milliseconds"].is_number(), "{line}");
    assert!(!line.to_string().contains(secret), "{line}");
}

#[tokio::test]
async fn a_socket_says_when_it_closes() {
    let home = Home::new().await;
    let mut server = home.launch_with(&ADDR, &[JSON]);
    let url = format!("ws://{}/widget/v1/ws", server.address().await);
    let (socket, answer) = tokio_tungstenite::connect_async(url)
        .await
        .expect("a socket");
    let id = answer.headers()["x-request-id"].to_str().expect("text");
    drop(socket);
    let lines = access_lines(&server.log_until("socket closed").await);
    let closed = lines
        .iter()
        .find(|line| line["fields"]["message"] == "socket closed");
    let closed = closed.expect("its line");
    assert_eq!(closed["span"]["request.id"], id);
    assert_eq!(closed["span"]["http.route"], "/widget/v1/ws");
}

#[tokio::test]
async fn a_fault_is_found_by_the_id_of_its_request() {
    let home = Home::new().await;
    if home.is_postgres() {
        return;
    }
    let mut server = home.launch_with(&ADDR, &[JSON]);
    let address = server.address().await;
    let mut connection = home.connect().await;
    sqlx::query("DROP TABLE users")
        .execute(&mut connection)
        .await
        .expect("dropped");
    let calls = ["/api/app/account/installation-is-empty", "/sign-in"];
    for path in calls {
        let url = format!("http://{address}{path}");
        let request = match path {
            "/sign-in" => client().get(url).header("accept", "text/html"),
            _ => client().post(url),
        };
        let reply = Reply::to(request).await;
        let id = reply.header("x-request-id");
        let lines = parsed(&server.log_until("\"access\"").await);
        let faults: Vec<_> = lines
            .iter()
            .filter(|line| line["level"] == "ERROR")
            .collect();
        assert!(!faults.is_empty(), "{path}: {lines:#?}");
        for fault in faults {
            assert_eq!(fault["span"]["request.id"], id, "{path}: {fault}");
        }
    }
}

#[tokio::test]
async fn a_proxys_id_is_kept_if_the_proxy_is_ours() {
    let home = Home::new().await;
    let mut server = home.launch_with(&[&ADDR[..], &["--trust-proxy"]].concat(), &[JSON]);
    let url = format!("http://{}/healthz", server.address().await);
    let mut ids = HashSet::new();
    for given in ["trace-7", "not one", "trace-7"] {
        let reply = Reply::to(client().get(&url).header("x-request-id", given)).await;
        ids.insert(reply.header("x-request-id").to_owned());
    }
    assert!(ids.contains("trace-7") && ids.len() == 2, "{ids:?}");
}

#[tokio::test]
async fn the_line_of_each_request_can_be_switched_off() {
    for off in [
        ("SHOPDESK_ACCESS_LOG", "off"),
        ("SHOPDESK_LOG", "info,access=off"),
    ] {
        let home = Home::new().await;
        let mut server = home.launch_with(&ADDR, &[JSON, off]);
        let url = format!("http://{}/healthz", server.address().await);
        Reply::to(client().get(url)).await;
        server.ask_to_end();
        let lines = server.log_until("stopped").await;
        assert!(access_lines(&lines).is_empty(), "{lines:#?}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_believed_is_named_once() {
    for (header, value) in [
        ("x-forwarded-for", "192.0.2.1"),
        ("forwarded", "for=192.0.2.1"),
    ] {
        let home = Home::new().await;
        let mut server = home.launch(&ADDR);
        let url = format!("http://{}/healthz", server.address().await);
        for _ in 0..2 {
            Reply::to(client().get(&url).header(header, value)).await;
        }
        server.ask_to_end();
        let lines = server.log_until("stopped").await;
        let told = lines.iter().filter(|line| line.contains("--trust-proxy"));
        assert_eq!(told.count(), 1, "{lines:#?}");
        assert!(!lines.iter().any(|line| line.contains("192.0.2.1")));
    }
}
