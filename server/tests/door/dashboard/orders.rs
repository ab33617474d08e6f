//! Orders: files taken in and given out, and one order by hand.

use super::in_store;
use crate::{
    common::{Owner, PATIENCE, Reply, TestServer, within},
    forms::{Fields, fields, page},
};
use domain::{
    ids::StoreId,
    message::Sender,
    order::{Order, OrderPage, OrderStatus, PaymentStatus},
    order_import::{FILE_MAX, ImportChange, ImportCounts, ImportReport, OrderColumn, ROWS_MAX},
    problem::Problem,
};
use shopdesk::{connections::Limits, http::upload::Pace};
use std::time::Duration;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

const TABLE: &str = "Name,Email,Financial Status,Fulfillment Status,Currency,Total,Created at,Lineitem quantity,Lineitem name\n\
    #1001,jane@example.com,paid,fulfilled,EUR,118.50,2026-11-01 10:00:00 +0100,2,Größe L\n";

/// A store without orders.
struct Books {
    server: TestServer,
    owner: Owner,
    store: StoreId,
}

impl Books {
    async fn new() -> Self {
        Self::on(TestServer::start().await).await
    }

    /// On a server that lets files come so slowly.
    async fn at_pace(uploads: Pace) -> Self {
        let limits = Limits {
            uploads,
            ..Limits::of_this_process()
        };
        Self::on(TestServer::with().connections(limits).start().await).await
    }

    async fn on(server: TestServer) -> Self {
        let (owner, shop) = server.owner_with_shop().await;
        Self {
            server,
            owner,
            store: shop.id,
        }
    }

    fn path(&self, rest: &str) -> String {
        path_of(self.store, rest)
    }

    async fn import(&self, query: &str, file: impl Into<reqwest::Body>) -> Reply {
        let address = self.server.url(&self.path(&format!("import?{query}")));
        let request = self.server.http.post(address);
        Reply::to(request.header("cookie", &self.owner.cookie).body(file)).await
    }

    async fn call(&self, path: &str, form: Fields) -> Reply {
        in_store(&self.server, &self.owner, self.store, path, form).await
    }

    async fn orders(&self) -> Vec<Order> {
        let form = fields([("search", ""), ("offset", "0")]);
        self.call("orders/list", form)
            .await
            .json::<OrderPage>(200)
            .orders
    }

    /// An import that goes on until its connection is closed.
    async fn begin_import(&self, length: &str) -> TcpStream {
        self.begin_import_into(self.store, length).await
    }

    /// An import that has its turn, and keeps it until its connection is closed.
    async fn hold_import_into(&self, store: StoreId) -> TcpStream {
        let length = "Content-Length: 100\r\nExpect: 100-continue";
        let mut stream = self.begin_import_into(store, length).await;
        let answer = answer_to(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 100"), "{answer}");
        stream
    }

    /// As [`Self::begin_import`], into any store of the owner.
    async fn begin_import_into(&self, store: StoreId, length: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.server.addr)
            .await
            .expect("a connection");
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n{length}\r\n\r\n",
            path_of(store, "import?step=preview"),
            self.server.addr,
            self.owner.cookie
        );
        stream.write_all(head.as_bytes()).await.expect("a request");
        stream
    }
}

fn path_of(store: StoreId, rest: &str) -> String {
    format!("/api/app/stores/{store}/orders/{rest}")
}

/// The beginning of what is answered to a request that may not have come to its end.
async fn answer_to(mut stream: impl AsyncRead + Unpin) -> String {
    let mut answer = vec![0; 4_096];
    let read = within("an answer", stream.read(&mut answer))
        .await
        .expect("an answer");
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

fn order_form(more: &[(&str, &str)]) -> Fields {
    let order = fields([
        ("order[number]", "#7"),
        ("order[email]", "Jane@Example.com"),
        ("order[status]", "shipped"),
        ("order[payment_status]", "paid"),
        ("order[currency]", "usd"),
        ("order[total_minor]", "100"),
        ("order[placed_at]", "1"),
    ]);
    let more = more
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    order.into_iter().chain(more).collect()
}

#[tokio::test]
async fn a_shops_export_is_shown_first_and_imported_then() {
    let books = Books::new().await;
    // As Excel saves it.
    let utf_16 = std::iter::once(0xFEFF).chain(TABLE.encode_utf16());
    let file: Vec<u8> = utf_16.flat_map(u16::to_le_bytes).collect();
    let preview: ImportReport = books.import("step=preview", file.clone()).await.json(200);
    assert!(!preview.applied);
    assert_eq!(preview.orders[0].change, Some(ImportChange::New));
    assert_eq!(books.orders().await, []);

    let report: ImportReport = books.import("step=apply_all", file.clone()).await.json(200);
    assert!(report.applied);
    let one = ImportCounts {
        new: 1,
        ..ImportCounts::default()
    };
    assert_eq!(report.counts, one);
    let orders = books.orders().await;
    assert_eq!(orders[0].number, "1001");
    assert_eq!(orders[0].total_minor, 11_850);
    assert_eq!(orders[0].items[0].name, "Größe L");
    let again: ImportReport = books.import("step=preview", file).await.json(200);
    assert_eq!(again.counts.unchanged, 1);
    books.server.finish().await;
}

#[tokio::test]
async fn a_file_of_200_000_rows_is_imported_whole_or_not_at_all() {
    const ITEMS: usize = 20;
    const ORDERS: usize = ROWS_MAX / ITEMS;
    let books = Books::new().await;
    let (head, row) = TABLE.split_once('\n').expect("a head");
    let file = |last: &str| {
        let rows = (0..ORDERS).flat_map(|order| {
            let row = row.replace("1001", &(1_000 + order).to_string());
            (0..ITEMS).map(move |item| row.replace("Größe L", &format!("Part {item}")))
        });
        let mut rows: Vec<String> = rows.collect();
        if let Some(row) = rows.last_mut() {
            *row = row.replace("118.50", last);
        }
        format!("{head}\n{}", rows.concat())
    };
    // The very last row is wrong.
    let report: ImportReport = books.import("step=apply_all", file("much")).await.json(200);
    assert!(!report.applied);
    assert_eq!(report.faults[0].row as usize, ROWS_MAX + 1);
    assert_eq!(books.orders().await, []);

    let good = file("118.50");
    let report: ImportReport = books.import("step=apply_all", good.clone()).await.json(200);
    assert!(report.applied);
    assert_eq!(report.counts.new as usize, ORDERS);
    let last = (999 + ORDERS).to_string();
    let form = fields([("search", last.as_str()), ("offset", "0")]);
    let page: OrderPage = books.call("orders/list", form).await.json(200);
    assert_eq!(page.orders[0].items.len(), ITEMS);

    let too_long = good + row;
    let refused: Problem = books.import("step=preview", too_long).await.problem(422);
    let detail = refused.detail;
    assert!(detail.contains("200,000"), "{detail}");
    books.server.finish().await;
}

#[tokio::test]
async fn a_shopper_is_answered_from_what_was_imported() {
    let books = Books::new().await;
    let shop = books.server.shop(&books.owner, books.store).await;
    books
        .import("step=apply_all", TABLE)
        .await
        .json::<ImportReport>(200);
    let shopper = books.server.shopper(&shop).await;
    let mut socket = shopper.socket(0).await;
    shopper.send("Where is my order #1001?").await;
    let answer = socket.message_from(Sender::Ai).await;
    assert!(answer.body.contains("1001"), "{}", answer.body);
    assert!(answer.body.contains("Größe L"), "{}", answer.body);
    books.server.finish().await;
}

#[tokio::test]
async fn the_merchant_says_what_the_file_does_not() {
    let books = Books::new().await;
    let file = "no,sum,day\n1,5.00,2026-11-01\n";
    let preview: ImportReport = books.import("step=preview", file).await.json(200);
    assert!(preview.missing.contains(&OrderColumn::Number));
    let query = "step=apply_all&columns=number,total,placed_at&status=delivered&payment_status=paid&currency=EUR";
    let report: ImportReport = books.import(query, file).await.json(200);
    assert!(report.applied);
    let orders = books.orders().await;
    assert_eq!(orders[0].status, OrderStatus::Delivered);
    assert_eq!(orders[0].payment_status, PaymentStatus::Paid);
    books.server.finish().await;
}

#[tokio::test]
async fn what_is_no_file_of_orders_is_refused_with_a_reason() {
    let books = Books::new().await;
    for (query, file) in [
        ("step=preview", &b""[..]),
        ("step=preview", b"PK\x03\x04workbook"),
        ("step=preview", b"\x00\x01\x02\x03"),
        ("step=preview", b"[{]"),
        ("step=preview&columns=colour", TABLE.as_bytes()),
        ("step=preview&columns=number", TABLE.as_bytes()),
        ("step=preview&currency=XYZ", TABLE.as_bytes()),
    ] {
        let problem = books.import(query, file).await.problem(422);
        assert!(problem.field.is_some(), "{query}: {problem:?}");
    }
    for query in ["", "step=destroy", "step=preview&status=lost"] {
        books.import(query, TABLE).await.problem(400);
    }
    assert_eq!(books.orders().await, []);
    books.server.finish().await;
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_before_it_has_come() {
    let books = Books::new().await;
    // 10 GB by its own word.
    let stream = books.begin_import("Content-Length: 10737418240").await;
    let answer = answer_to(stream).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    // And without one, as soon as it is too much.
    let mut stream = books.begin_import("Transfer-Encoding: chunked").await;
    let part = vec![b'x'; 1024 * 1024];
    for _ in 0..=FILE_MAX / part.len() {
        let size = format!("{:x}\r\n", part.len());
        let chunk = [size.as_bytes(), &part, b"\r\n"].concat();
        // The server may have closed it.
        if stream.write_all(&chunk).await.is_err() {
            break;
        }
    }
    let answer = answer_to(stream).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    books.server.finish().await;
}

#[tokio::test]
async fn a_store_imports_one_file_at_a_time() {
    let books = Books::new().await;
    let first = books.hold_import_into(books.store).await;
    let problem: Problem = books.import("step=preview", TABLE).await.problem(409);
    assert_eq!(problem.kind, "/problems/import-running");
    drop(first);
    within("the first import to end", async {
        while books.import("step=preview", TABLE).await.status != 200 {}
    })
    .await;
    books.server.finish().await;
}

#[tokio::test]
async fn a_file_that_comes_too_slowly_is_refused_and_leaves_its_place() {
    let short = Pace {
        window: Duration::from_millis(200),
        least: 10_000,
        in_all: PATIENCE,
    };
    let in_all = Pace {
        window: PATIENCE,
        least: 1,
        in_all: Duration::from_millis(200),
    };
    for (pace, comes_at_all) in [(short, false), (short, true), (in_all, true)] {
        let books = Books::at_pace(pace).await;
        let stream = books.begin_import("Content-Length: 10000000").await;
        let (answered, mut sending) = stream.into_split();
        // A byte now and then, as somebody sends who wants to keep the place.
        let trickle = async move {
            while comes_at_all && sending.write_all(b"x").await.is_ok() {
                sleep(Duration::from_millis(5)).await;
            }
            sending
        };
        let trickle = tokio::spawn(trickle);
        let answer = answer_to(answered).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(answer.contains("/problems/too-slow"), "{answer}");
        within("the place to be free", async {
            while books.import("step=preview", TABLE).await.status != 200 {}
        })
        .await;
        trickle.abort();
        books.server.finish().await;
    }
}

#[tokio::test]
async fn an_account_imports_into_so_many_stores_and_others_into_theirs() {
    let books = Books::new().await;
    let (server, owner) = (&books.server, &books.owner);
    let mut slow = Vec::new();
    for name in ["Second", "Third"] {
        let shop = server.open_shop(owner, name, |_| {}).await;
        slow.push(books.hold_import_into(shop.id).await);
    }
    let refused = books.import("step=preview", TABLE).await;
    let problem = refused.problem(429);
    assert_eq!(problem.kind, "/problems/rate-limited");
    assert!(problem.detail.contains("other stores"), "{problem:?}");
    assert!(refused.header("retry-after").parse::<u32>().is_ok());

    let other = server.add_owner("Bo", "bo@example.com").await;
    let address = server.url(&path_of(other.first_store, "import?step=preview"));
    let request = server.http.post(address).header("cookie", &other.cookie);
    Reply::to(request.body(TABLE))
        .await
        .json::<ImportReport>(200);

    drop(slow);
    within("the slow ones to end", async {
        while books.import("step=preview", TABLE).await.status != 200 {}
    })
    .await;
    books.server.finish().await;
}

#[tokio::test]
async fn an_export_is_what_an_import_takes() {
    let books = Books::new().await;
    books
        .import("step=apply_all", TABLE)
        .await
        .json::<ImportReport>(200);
    for (format, kind) in [
        ("csv", "text/csv; charset=utf-8"),
        ("json", "application/json"),
    ] {
        let path = books.path(&format!("export?format={format}"));
        let reply = page(&books.server, &books.owner.cookie, &path).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), kind);
        let name = format!("attachment; filename=\"orders.{format}\"");
        assert_eq!(reply.header("content-disposition"), name);
        let again: ImportReport = books.import("step=preview", reply.body).await.json(200);
        assert_eq!((again.counts.unchanged, again.counts.good()), (1, 1));
    }
    books.server.finish().await;
}

#[tokio::test]
async fn an_order_is_edited_and_deleted_by_hand() {
    let books = Books::new().await;
    let form = order_form(&[
        ("order[items][0][name]", "Lamp"),
        ("order[items][0][quantity]", "2"),
        (
            "order[shipments][0][tracking_url]",
            "https://track.example.com/1",
        ),
    ]);
    let saved: Order = books.call("orders/save", form).await.json(200);
    assert_eq!(
        (saved.number.as_str(), saved.email.as_str()),
        ("7", "jane@example.com")
    );
    let number = || fields([("number", "#7")]);
    let found: Order = books.call("orders/get", number()).await.json(200);
    assert_eq!(found, saved);
    let address = format!("/stores/{}/orders/7", books.store);
    let shown = page(&books.server, &books.owner.cookie, &address).await;
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("Order #7") && shown.body.contains("https://track.example.com/1"));

    assert_eq!(books.call("orders/remove", number()).await.status, 200);
    assert_eq!(books.call("orders/get", number()).await.status, 404);
    let gone = page(&books.server, &books.owner.cookie, &address).await;
    assert_eq!(gone.status, 404);
    books.server.finish().await;
}

#[tokio::test]
async fn a_new_order_replaces_none_of_its_number() {
    let books = Books::new().await;
    let parcel = [
        ("order[items][0][name]", "Lamp"),
        ("order[items][0][quantity]", "1"),
        (
            "order[items][0][image_url]",
            "https://shop.example.com/lamp.webp",
        ),
        ("order[shipments][0][carrier]", "DHL"),
        ("order[shipments][0][status]", "out_for_delivery"),
        ("order[shipments][0][changed_at]", "1795953600000"),
    ];
    let first: Order = books
        .call("orders/save", order_form(&parcel))
        .await
        .json(200);
    assert_eq!(first.shipments[0].changed_at, Some(1_795_953_600_000));
    assert!(first.items[0].picture().is_some());
    let refused: Problem = books.call("orders/save", order_form(&[])).await.json(422);
    assert_eq!(refused.field.as_deref(), Some("number"));
    assert!(refused.detail.contains("#7"), "{refused:?}");
    assert_eq!(books.orders().await, [first]);
    let address = format!("/stores/{}/orders/new", books.store);
    let shown = page(&books.server, &books.owner.cookie, &address).await;
    assert!(shown.status == 200 && shown.body.contains("Create order"));
    books.server.finish().await;
}

#[tokio::test]
async fn a_form_undoes_nothing_that_was_put_while_it_was_open() {
    let books = Books::new().await;
    let opened: Order = books.call("orders/save", order_form(&[])).await.json(200);
    let edit = |status: &str| {
        let mut form = order_form(&[]);
        form.extend(order_form(&[]).into_iter().map(|(name, value)| {
            let name = name.replace("order[", "opened[");
            (name, value)
        }));
        for (name, value) in &mut form {
            if name.as_str() == "order[status]" {
                *value = status.to_owned();
            }
        }
        books.call("orders/save", form)
    };
    let delivered: Order = edit("delivered").await.json(200);
    assert_ne!(delivered, opened);
    let problem: Problem = edit("returned").await.json(409);
    assert_eq!(problem.kind, "/problems/order-changed");
    assert_eq!(books.orders().await, [delivered]);
    books.server.finish().await;
}

#[tokio::test]
async fn an_order_that_cannot_be_stored_is_refused_at_its_field() {
    let books = Books::new().await;
    for (name, value, field) in [
        ("order[email]", "jane", "email"),
        ("order[currency]", "XYZ", "currency"),
        ("order[total_minor]", "-1", "total_minor"),
        (
            "order[shipments][0][tracking_url]",
            "javascript:alert(1)",
            "shipments",
        ),
    ] {
        let mut form = order_form(&[]);
        form.retain(|(known, _)| known != name);
        form.push((name.to_owned(), value.to_owned()));
        let problem: Problem = books.call("orders/save", form).await.json(422);
        assert_eq!(problem.field.as_deref(), Some(field));
    }
    assert_eq!(books.orders().await, []);
    books.server.finish().await;
}
