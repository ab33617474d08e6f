//! An upgrade meets databases of every earlier version, with rows in them.

use crate::{
    cache::Caches,
    db::{Db, Kind},
    jobs::Jobs,
    realtime::Realtime,
    testing,
};
use domain::ids::StoreId;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row, migrate::Migrator};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;

/// The migrations of a database, in their order.
fn migrations(url: &str) -> (Kind, Vec<PathBuf>) {
    let (kind, name) = match url.starts_with("postgres") {
        true => (Kind::Postgres, "postgres"),
        false => (Kind::Sqlite, "sqlite"),
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(name);
    let files = fs::read_dir(folder).expect("the migrations");
    let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    (kind, files)
}

/// As a server of that version left it, with a store, a visitor and an order.
async fn leave_at(url: &str, files: &[PathBuf], store: StoreId) {
    let folder = TempDir::new().expect("a folder");
    for file in files {
        let name = file.file_name().expect("a name");
        fs::copy(file, folder.path().join(name)).expect("copied");
    }
    let mut connection = AnyConnection::connect(url).await.expect("a database");
    let earlier = Migrator::new(folder.path()).await.expect("migrations");
    earlier
        .run(&mut connection)
        .await
        .expect("an earlier schema");
    for row in [
        format!(
            "INSERT INTO stores (id, name, public_key, faq_version, created_at) VALUES ('{store}', 'Lamps', 'key', 0, 1)"
        ),
        format!(
            "INSERT INTO orders (store_id, id, number, email, status, payment_status, currency, total_minor, placed_at, items, shipments) VALUES ('{store}', '{store}', '1001', 'jane@example.com', 'shipped', 'paid', 'USD', 1, 1, '[]', '[{{\"tracking_number\":\"1z 999-AA1 01 2345 6784\"}},{{\"carrier\":\"DHL\"}}]')"
        ),
        format!(
            "INSERT INTO visitors (id, store_id, name, email, locale, created_at, last_seen_at) VALUES ('{store}', '{store}', 'Jane', 'jane@example.com', 'en', 1, 1)"
        ),
    ] {
        let inserted = sqlx::query(AssertSqlSafe(row)).execute(&mut connection);
        inserted.await.expect("a row");
    }
    connection.close().await.expect("closed");
}

#[tokio::test]
async fn a_database_of_every_earlier_schema_is_brought_up_to_date() {
    sqlx::any::install_default_drivers();
    let folder = TempDir::new().expect("a folder");
    let (_, files) = migrations(&testing::new_database(&folder).await.expect("a database"));
    assert!(files.len() > 1);
    for count in 1..=files.len() {
        let folder = TempDir::new().expect("a folder");
        let url = testing::new_database(&folder).await.expect("a database");
        let (kind, store) = (migrations(&url).0, StoreId::generate());
        leave_at(&url, &files[..count], store).await;
        let caches = Arc::<Caches>::default();
        let db = Db::connect(&url, Realtime::start(), caches, Jobs::default()).await;
        let db = db.unwrap_or_else(|error| panic!("from {count} of them: {error}"));
        assert_eq!(db.kind(), kind);
        let mut connection = db.read().await.expect("a connection");
        let query = "SELECT name, customer_id FROM visitors WHERE store_id = $1";
        let visitor = sqlx::query(query).bind(store.to_string());
        let visitor = visitor.fetch_one(&mut *connection).await.expect("her row");
        let name: String = visitor.try_get("name").expect("a name");
        assert_eq!(name, "Jane");
        let query = "SELECT number FROM order_parcels WHERE store_id = $1 AND order_id = $1";
        let parcels = sqlx::query(query).bind(store.to_string());
        let parcels = parcels.fetch_all(&mut *connection).await.expect("rows");
        let parcels = parcels.iter().map(|row| row.get::<String, _>("number"));
        assert_eq!(parcels.collect::<Vec<_>>(), ["1Z999AA10123456784"]);
        drop(connection);
        db.close().await;
    }
}
