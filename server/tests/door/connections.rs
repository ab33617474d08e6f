//! Clients that hold connections open: none of them keeps the server from the
//! others.

use crate::common::{Socket, TestServer, within};
use shopdesk::{connections::Limits, http::upload::Pace};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};
use tokio_tungstenite::tungstenite::Error;

const LIMITS: Limits = Limits {
    total: 100,
    of_client: 3,
    head_within: Duration::from_secs(60),
    stalled_within: Duration::from_secs(60),
    uploads: Pace {
        window: Duration::from_secs(60),
        least: 1,
        in_all: Duration::from_secs(60),
    },
};

/// A connection from another address of this machine.
async fn connect_from(address: [u8; 4], server: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((address, 0).into()).expect("an address");
    socket.connect(server).await.expect("a connection")
}

/// Asks for `/healthz` and reads until the server closes.
async fn answer(stream: &mut TcpStream) -> String {
    let request = b"GET /healthz HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.expect("sent");
    read_all(stream).await
}

async fn read_all(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    within("the end of the connection", stream.read_to_end(&mut read))
        .await
        .expect("readable");
    String::from_utf8(read).expect("text")
}

#[tokio::test]
async fn a_client_that_never_ends_its_head_is_cut_off() {
    let limits = Limits {
        head_within: Duration::from_millis(200),
        ..LIMITS
    };
    let server = TestServer::with().connections(limits).start().await;
    for beginning in ["", "GET /healthz HTTP/1.1\r\nhost: "] {
        let mut stream = TcpStream::connect(server.addr).await.expect("a connection");
        stream.write_all(beginning.as_bytes()).await.expect("sent");
        assert!(!read_all(&mut stream).await.contains("ok\n"));
    }
    server.finish().await;
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answer_is_cut_off() {
    let limits = Limits {
        total: 1,
        stalled_within: Duration::from_millis(200),
        ..LIMITS
    };
    let server = TestServer::with().connections(limits).start().await;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    let mut stalled = socket.connect(server.addr).await.expect("a connection");
    // More than the buffers between the two hold.
    let request = "GET /pkg/shopdesk.wasm HTTP/1.1\r\nhost: shop\r\n\r\n".repeat(8);
    stalled.write_all(request.as_bytes()).await.expect("sent");
    let again = async {
        while !answer(&mut connect_from([127, 0, 0, 2], server.addr).await)
            .await
            .ends_with("ok\n")
        {}
    };
    within("its place", again).await;
    drop(stalled);
    server.finish().await;
}

#[tokio::test]
async fn a_client_has_so_many_connections_and_the_others_theirs() {
    let server = TestServer::with().connections(LIMITS).start().await;
    let mut idle = Vec::new();
    for _ in 0..LIMITS.of_client {
        idle.push(connect_from([127, 0, 0, 2], server.addr).await);
    }
    let mut one_more = connect_from([127, 0, 0, 2], server.addr).await;
    let refusal = answer(&mut one_more).await;
    assert!(refusal.starts_with("HTTP/1.1 429"), "{refusal}");
    assert!(refusal.contains("/problems/rate-limited"), "{refusal}");
    assert!(
        refusal.to_lowercase().contains("retry-after: "),
        "{refusal}"
    );

    let mut other = connect_from([127, 0, 0, 3], server.addr).await;
    assert!(answer(&mut other).await.ends_with("ok\n"));

    // What was closed counts no longer.
    answer(&mut idle.pop().expect("an idle one")).await;
    let again = async {
        while !answer(&mut connect_from([127, 0, 0, 2], server.addr).await)
            .await
            .ends_with("ok\n")
        {}
    };
    within("a place", again).await;
    server.finish().await;
}

#[tokio::test]
async fn a_server_that_is_full_says_so_at_once() {
    let limits = Limits { total: 2, ..LIMITS };
    let server = TestServer::with().connections(limits).start().await;
    let mut idle = Vec::new();
    for client in 2..4 {
        idle.push(connect_from([127, 0, 0, client], server.addr).await);
    }
    let refusal = answer(&mut connect_from([127, 0, 0, 4], server.addr).await).await;
    assert!(refusal.starts_with("HTTP/1.1 503"), "{refusal}");
    assert!(refusal.contains("/problems/busy"), "{refusal}");
    drop(idle);
    server.stop().await;
}

#[tokio::test]
async fn a_client_behind_a_proxy_has_so_many_sockets_and_the_others_theirs() {
    let server = TestServer::with()
        .trust_proxy()
        .connections(LIMITS)
        .start()
        .await;
    let connect = async |client: &str| {
        let headers = [("x-forwarded-for", client)];
        Socket::connect(server.addr, "/widget/v1/ws", &headers).await
    };
    let mut open = Vec::new();
    for _ in 0..LIMITS.of_client {
        open.push(connect("2001:db8:1::1").await.expect("a socket"));
    }
    // Another address of the same site is the same client.
    match connect("2001:db8:1:ffff::1").await {
        Err(Error::Http(response)) => {
            assert_eq!(response.status(), 429);
            assert!(response.headers().contains_key("retry-after"));
            let body = response.body().as_deref().unwrap_or_default();
            let body = String::from_utf8_lossy(body);
            assert!(body.contains("/problems/rate-limited"), "{body}");
        }
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("one too many"),
    }
    assert!(connect("2001:db8:2::1").await.is_ok());
    drop(open);
    let again = async { while connect("2001:db8:1::1").await.is_err() {} };
    within("a place", again).await;
    server.finish().await;
}

#[tokio::test]
async fn a_socket_keeps_the_place_of_its_connection() {
    let limits = Limits { total: 1, ..LIMITS };
    let server = TestServer::with().connections(limits).start().await;
    let socket = Socket::connect(server.addr, "/widget/v1/ws", &[])
        .await
        .expect("a socket");
    let refusal = answer(&mut connect_from([127, 0, 0, 2], server.addr).await).await;
    assert!(refusal.starts_with("HTTP/1.1 503"), "{refusal}");
    drop(socket);
    server.stop().await;
}

#[tokio::test]
async fn sockets_leave_a_quarter_of_the_connections_to_requests() {
    let limits = Limits {
        total: 4,
        of_client: 4,
        ..LIMITS
    };
    let server = TestServer::with().connections(limits).start().await;
    let connect = async || Socket::connect(server.addr, "/widget/v1/ws", &[]).await;
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(connect().await.expect("a socket"));
    }
    match connect().await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 503),
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("one too many"),
    }
    let mut stream = connect_from([127, 0, 0, 2], server.addr).await;
    assert!(answer(&mut stream).await.ends_with("ok\n"));
    drop(open);
    server.finish().await;
}
