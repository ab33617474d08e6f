//! `shopdesk backup` and `shopdesk restore`, by the executable itself.

use std::{
    fs::{self, Permissions},
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shopdesk"));
    command
        .args(arguments)
        .arg("--data-dir")
        .arg(data)
        .env_remove("DATABASE_URL")
        .env("SHOPDESK_PASSWORD", "correct horse battery")
        .env("SHOPDESK_LOG", "info");
    command
}

fn shopdesk(data: &Path, arguments: &[&str]) -> Output {
    command(data, arguments)
        .output()
        .expect("the executable runs")
}

fn add_user(data: &Path, email: &str) -> Output {
    shopdesk(
        data,
        &[
            "user", "add", "--email", email, "--name", "Maya", "--store", "Shop",
        ],
    )
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

#[test]
fn a_backup_brings_back_what_was_there() {
    let folder = TempDir::new().expect("a folder");
    let (data, file) = (folder.path().join("data"), folder.path().join("backup.db"));
    let file_name = file.to_str().expect("a UTF-8 name");
    assert!(add_user(&data, "maya@example.com").status.success());
    assert!(shopdesk(&data, &["backup", file_name]).status.success());

    // What comes after the backup is undone by restoring it.
    assert!(add_user(&data, "later@example.com").status.success());
    let restored = shopdesk(&data, &["restore", file_name]);
    assert!(restored.status.success(), "{}", said(&restored));
    assert!(add_user(&data, "later@example.com").status.success());
    let again = add_user(&data, "maya@example.com");
    assert_eq!(again.status.code(), Some(1));
    assert!(data.join("shopdesk.db.before-restore").exists());
}

#[test]
fn nothing_is_overwritten_by_mistake() {
    let folder = TempDir::new().expect("a folder");
    let (data, file) = (folder.path().join("data"), folder.path().join("notes.txt"));
    let file_name = file.to_str().expect("a UTF-8 name");
    assert!(add_user(&data, "maya@example.com").status.success());
    fs::write(&file, "shopping list").expect("written");

    let backup = shopdesk(&data, &["backup", file_name]);
    assert_eq!(backup.status.code(), Some(1));
    assert_eq!(said(&backup).lines().count(), 1);
    let restore = shopdesk(&data, &["restore", file_name]);
    assert_eq!(restore.status.code(), Some(1));
    assert!(
        said(&restore).contains("is not a backup"),
        "{}",
        said(&restore)
    );
    assert_eq!(
        fs::read_to_string(&file).ok().as_deref(),
        Some("shopping list")
    );
    assert_eq!(add_user(&data, "maya@example.com").status.code(), Some(1));
}

#[test]
fn a_running_server_keeps_its_data_to_itself() {
    let folder = TempDir::new().expect("a folder");
    let (data, file) = (folder.path().join("data"), folder.path().join("backup.db"));
    let file_name = file.to_str().expect("a UTF-8 name");
    let serve = ["serve", "--addr", "127.0.0.1:0"];
    let mut server = command(&data, &serve)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the executable runs");
    let log = BufReader::new(server.stderr.take().expect("its log"));
    let listening = |line: &str| line.contains(" listening ");
    let is_up = log
        .lines()
        .map_while(Result::ok)
        .any(|line| listening(&line));
    assert!(is_up, "the server ended");

    // What may go on beside it: a copy, another account.
    assert!(add_user(&data, "maya@example.com").status.success());
    assert!(shopdesk(&data, &["backup", file_name]).status.success());
    for refused in [
        shopdesk(&data, &["restore", file_name]),
        shopdesk(&data, &serve),
    ] {
        assert_eq!(refused.status.code(), Some(1));
        assert!(
            said(&refused).contains("a server is running"),
            "{}",
            said(&refused)
        );
    }
    // However it ends, its hold on the data ends with it.
    server.kill().expect("killed");
    server.wait().expect("ended");
    let restored = shopdesk(&data, &["restore", file_name]);
    assert!(restored.status.success(), "{}", said(&restored));
}

#[test]
fn a_broken_database_can_be_replaced_and_is_kept() {
    let folder = TempDir::new().expect("a folder");
    // No character of a folder's name has a meaning of its own.
    let (data, file) = (
        folder.path().join("shop #1? 100%20"),
        folder.path().join("backup.db"),
    );
    let file_name = file.to_str().expect("a UTF-8 name");
    assert!(add_user(&data, "maya@example.com").status.success());
    assert!(shopdesk(&data, &["backup", file_name]).status.success());
    fs::write(data.join("shopdesk.db"), "broken").expect("written");
    assert_eq!(add_user(&data, "maya@example.com").status.code(), Some(1));

    let restored = shopdesk(&data, &["restore", file_name]);
    assert!(restored.status.success(), "{}", said(&restored));
    let again = add_user(&data, "maya@example.com");
    assert!(said(&again).contains("already"), "{}", said(&again));
    let kept = fs::read_to_string(data.join("shopdesk.db.before-restore"));
    assert_eq!(kept.ok().as_deref(), Some("broken"));

    // A database that isn't ours is no empty shop.
    let foreign = folder.path().join("foreign.db");
    fs::write(&foreign, b"SQLite format 3\0 and nothing more").expect("written");
    let restore = shopdesk(&data, &["restore", foreign.to_str().expect("UTF-8")]);
    assert_eq!(restore.status.code(), Some(1));
    assert!(!data.join("shopdesk.db.decided").exists());
    assert!(said(&add_user(&data, "maya@example.com")).contains("already"));
}

#[test]
fn a_restore_that_was_interrupted_leaves_no_empty_shop() {
    let folder = TempDir::new().expect("a folder");
    let (data, file) = (folder.path().join("data"), folder.path().join("backup.db"));
    let file_name = file.to_str().expect("a UTF-8 name");
    assert!(add_user(&data, "maya@example.com").status.success());
    assert!(shopdesk(&data, &["backup", file_name]).status.success());
    // What was there is put aside, what comes isn't in its place yet.
    let database = data.join("shopdesk.db");
    fs::rename(&database, data.join("shopdesk.db.before-restore")).expect("moved");
    fs::copy(&file, data.join("shopdesk.db.decided")).expect("copied");

    for command in [
        add_user(&data, "eve@example.com"),
        shopdesk(&data, &["migrate"]),
    ] {
        assert_eq!(command.status.code(), Some(1));
        assert!(
            said(&command).contains("restore was interrupted"),
            "{command:?}"
        );
    }
    let restored = shopdesk(&data, &["restore", file_name]);
    assert!(
        said(&restored).contains("finished just now"),
        "{restored:?}"
    );
    let again = add_user(&data, "maya@example.com");
    assert!(said(&again).contains("already"), "{again:?}");
}

#[test]
fn nobody_else_can_read_what_is_written() {
    let folder = TempDir::new().expect("a folder");
    let (data, file) = (folder.path().join("data"), folder.path().join("backup.db"));
    let file_name = file.to_str().expect("a UTF-8 name");
    let open = |path: &Path| fs::set_permissions(path, Permissions::from_mode(0o644));
    assert!(add_user(&data, "maya@example.com").status.success());
    assert!(shopdesk(&data, &["backup", file_name]).status.success());
    assert_eq!(others_may_read(&file), Vec::<PathBuf>::new());
    open(&file).expect("ours");
    assert!(shopdesk(&data, &["restore", file_name]).status.success());
    assert_eq!(others_may_read(&data), Vec::<PathBuf>::new());

    // What an earlier version has left.
    open(&data.join("shopdesk.db")).expect("ours");
    let mut server = command(&data, &["serve", "--addr", "127.0.0.1:0", "--demo"])
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("the executable runs");
    let log = BufReader::new(server.stderr.take().expect("its log"));
    let mut lines = log.lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains(" listening ")));
    assert!(data.join("shopdesk.db-wal").exists());
    let open = others_may_read(&data);
    server.kill().expect("killed");
    server.wait().expect("ended");
    assert_eq!(open, Vec::<PathBuf>::new());
}

/// What somebody else may read, write or enter of `path` and all below it.
fn others_may_read(path: &Path) -> Vec<PathBuf> {
    let about = fs::metadata(path).expect("there");
    let mut open = Vec::new();
    if about.permissions().mode() & 0o077 != 0 {
        open.push(path.to_path_buf());
    }
    if about.is_dir() {
        for below in fs::read_dir(path).expect("a folder") {
            open.extend(others_may_read(&below.expect("readable").path()));
        }
    }
    open
}
