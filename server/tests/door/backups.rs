//! `shopdesk backup` and `shopdesk restore`, by the executable itself.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};
use tempfile::TempDir;

fn shopdesk(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_shopdesk"))
        .args(arguments)
        .arg("--data-dir")
        .arg(data)
        .env_remove("DATABASE_URL")
        .env("SHOPDESK_PASSWORD", "correct horse battery")
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
