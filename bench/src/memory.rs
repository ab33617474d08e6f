//! Memory of a server with nothing to do, with idle sockets, and with the
//! embedding model.

use crate::{
    child::{Memory, Server},
    database::Engine,
    failure::Failure,
    options::Extent,
    product::{Ai, Product, start_conversation},
    report::row,
    statistics::grouped,
    texts::FAQ_QUESTION,
    watcher::{Socket, SocketDoor},
};
use domain::{
    events::{HEARTBEAT_SECONDS, Hello},
    ids::MessageId,
    message::Sender,
    widget_api::{History, NewMessage},
};
use futures::{StreamExt, TryStreamExt, stream};
use shopdesk::config::AiOptions;
use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// Until every socket has had a heartbeat.
const HEARTBEAT: Duration = Duration::from_secs(HEARTBEAT_SECONDS + 5);
/// Requests and sockets opened at the same time.
const AT_ONCE: usize = 32;
/// Open files that this process needs for anything but sockets.
const OTHER_FILES: usize = 100;
/// How long the answer that loads the model may take.
const ANSWERED_WITHIN: Duration = Duration::from_secs(60);

/// Measures two servers, one after the other, on the same data.
///
/// # Errors
/// If a server can't be started. What else is missing is told in its row.
pub async fn measure(ai: &AiOptions, extent: Extent) -> Result<String, Failure> {
    // The demo shop with its FAQ embedded, so that no job loads the model.
    let product = Product::start(Ai::On(ai), &Engine::Sqlite).await?;
    let prepared = product.open(Ai::On(ai)).await;
    let database = product.stop().await;
    prepared?;

    let folder = database.folder.path();
    let mut rows = idle_sockets(ai, extent.sockets, folder).await?;
    match with_model(ai, folder).await {
        Ok(memory) => rows.push_str(&memory_row(
            "after an FAQ answer: embedding model loaded",
            memory,
        )),
        Err(reason) => rows.push_str(&row(
            "with the embedding model",
            &format!("not measured: {reason}"),
        )),
    }
    Ok(rows)
}

async fn idle_sockets(ai: &AiOptions, wanted: usize, folder: &Path) -> Result<String, Failure> {
    let server = Server::start(folder, ai).await?;
    server.settle().await?;
    let mut rows = memory_row("idle, demo shop's data, model not loaded", server.memory()?);

    let count = affordable(wanted);
    if count < wanted {
        let needed = wanted + OTHER_FILES;
        let value = format!("{count} instead of {wanted}: needs `ulimit -n {needed}`");
        rows.push_str(&row("sockets", &value));
    }
    let client = reqwest::Client::builder().no_proxy().build()?;
    let doors: Vec<SocketDoor> = stream::iter(0..count)
        .map(|_| visitor(&client, server.addr))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    server.settle().await?;
    let before = server.memory()?;
    let what = format!("after {} conversations were started", grouped(count as f64));
    rows.push_str(&memory_row(&what, before));

    let sockets: Vec<Socket> = stream::iter(&doors)
        .map(|door| door.open(|_| {}))
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    let mut open = JoinSet::new();
    for mut socket in sockets {
        // Reading answers the server's pings.
        open.spawn(async move { while let Some(Ok(_)) = socket.next().await {} });
    }
    tokio::time::sleep(HEARTBEAT).await;
    while open.try_join_next().is_some() {}
    let after = server.memory()?;
    let still_open = open.len();
    let what = format!(
        "with {} idle sockets, after a heartbeat",
        grouped(still_open as f64)
    );
    rows.push_str(&memory_row(&what, after));
    if still_open == 0 {
        return Err("no socket stayed open".into());
    }
    let per_socket = |before: f64, after: f64| grouped((after - before) / still_open as f64);
    let value = format!(
        "{:>9} bytes resident, {} of them the server's own",
        per_socket(before.resident, after.resident),
        per_socket(before.anonymous, after.anonymous),
    );
    rows.push_str(&row("an idle socket", &value));
    Ok(rows)
}

/// A new visitor's socket, with one conversation.
async fn visitor(client: &reqwest::Client, addr: SocketAddr) -> Result<SocketDoor, Failure> {
    let door = start_conversation(client, addr).await?;
    Ok(SocketDoor {
        url: format!("ws://{addr}/widget/v1/ws"),
        cookie: None,
        hello: Hello {
            token: Some(door.token),
            store: None,
            cursors: [(door.conversation_id, 0)].into_iter().collect(),
        },
    })
}

/// Memory after one question that only the embedding model's shop answers.
async fn with_model(ai: &AiOptions, folder: &Path) -> Result<Memory, Failure> {
    if ai.embedding_model_dir.is_none() || ai.ort_dylib_path.is_none() {
        return Err("there is no model; set EMBEDDING_MODEL_DIR and ORT_DYLIB_PATH".into());
    }
    let server = Server::start(folder, ai).await?;
    let client = reqwest::Client::builder().no_proxy().build()?;
    let door = start_conversation(&client, server.addr).await?;
    let question = NewMessage::text(MessageId::generate(), FAQ_QUESTION);
    let posted = client
        .post(&door.url)
        .bearer_auth(&door.token)
        .json(&question)
        .send()
        .await?;
    posted.error_for_status()?;
    let history = format!(
        "http://{}/widget/v1/conversations/{}",
        server.addr, door.conversation_id
    );
    let started = Instant::now();
    loop {
        let reply = client
            .get(&history)
            .bearer_auth(&door.token)
            .send()
            .await?
            .error_for_status()?;
        let history: History = reply.json().await?;
        if history
            .messages
            .iter()
            .any(|message| message.sender == Sender::Ai)
        {
            break;
        }
        if started.elapsed() > ANSWERED_WITHIN {
            return Err("the AI didn't answer within a minute".into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    server.settle().await?;
    server.memory()
}

fn memory_row(what: &str, memory: Memory) -> String {
    let mebibytes = |bytes: f64| format!("{:.1} MiB", bytes / 1024.0 / 1024.0);
    let cgroup = memory
        .cgroup
        .map_or_else(|| "n/a, it can't be given one".to_owned(), mebibytes);
    let value = format!(
        "{:>9} resident, {} of it its own; cgroup: {cgroup}",
        mebibytes(memory.resident),
        mebibytes(memory.anonymous),
    );
    row(what, &value)
}

/// As many sockets as this process may open, at most `wanted`. The server
/// raises its own limit as it starts; this process can't.
fn affordable(wanted: usize) -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let soft = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))
        .and_then(|limits| limits.split_whitespace().next()?.parse::<usize>().ok());
    soft.map_or(wanted, |soft| wanted.min(soft.saturating_sub(OTHER_FILES)))
}
