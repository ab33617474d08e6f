//! The command line as operators and scripts use it, and the options that
//! stand in more than one place.

use crate::{
    common::{Reply, TestServer, client, database, executable::Home, people::HERE},
    forms::{encoded, session_of},
};
use backend::{Ctx, api_keys, auth, demo, stores, testing};
use clap::CommandFactory;
use leptos::config::LeptosOptions;
use serde_json::Value;
use shopdesk::config::Cli;
use std::{
    collections::BTreeSet,
    ffi::{OsStr, OsString},
    io::Write,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};
use tempfile::TempDir;

const EVALS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../evals");

/// The executable with nothing of the environment but what is said here.
fn shopdesk(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shopdesk"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    shopdesk(arguments).output().expect("the executable runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// A failure is exit code 1, nothing on stdout, and one line on stderr.
fn assert_fails(output: &Output, says: &str) {
    let line = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{line}");
    assert_eq!(text(&output.stdout), "");
    assert_eq!(line.lines().count(), 1, "{line}");
    assert!(
        line.starts_with("shopdesk: ") && line.contains(says),
        "{line}"
    );
}

/// The one JSON object on stdout.
fn json(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let value: Value = serde_json::from_slice(&output.stdout).expect("one JSON value");
    assert!(value.is_object());
    value
}

fn assert_has_numbers(report: &Value, fields: &[&str]) {
    for field in fields {
        assert!(report[*field].is_number(), "{field} in {report}");
    }
}

fn eval_file(name: &str) -> String {
    let path: PathBuf = [EVALS, name].iter().collect();
    path.to_str().expect("UTF-8").to_owned()
}

fn written(folder: &TempDir, name: &str, content: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("a writable folder");
    path.to_str().expect("UTF-8").to_owned()
}

/// What the server reads of the dashboard's options, as one comparable value.
fn comparable(options: &LeptosOptions) -> [String; 5] {
    [
        options.output_name.to_string(),
        options.site_root.to_string(),
        options.site_pkg_dir.to_string(),
        options.site_addr.to_string(),
        options.reload_port.to_string(),
    ]
}

#[test]
fn the_dashboards_options_are_the_same_wherever_they_stand() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let parse = |name: &str| {
        let text = std::fs::read_to_string(root.join(name)).expect("readable");
        text.parse::<toml::Table>().expect("TOML")
    };
    let cargo = parse("Cargo.toml");
    let projects = cargo["workspace"]["metadata"]["leptos"]
        .as_array()
        .expect("several projects");
    let app = projects
        .iter()
        .find(|project| project["name"].as_str() == Some("app"))
        .expect("the dashboard's project");
    let file = parse("Leptos.toml");
    let options = file["package"]["metadata"]["leptos"]
        .as_table()
        .expect("a table");
    assert!(!options.is_empty());
    for (name, value) in options {
        assert_eq!(
            app.get(name),
            Some(value),
            "{name} in Leptos.toml and Cargo.toml"
        );
    }

    let leptos_toml = root.join("Leptos.toml");
    let read = leptos::config::get_configuration(leptos_toml.to_str()).expect("readable by leptos");
    let addr: SocketAddr = options["site-addr"]
        .as_str()
        .and_then(|addr| addr.parse().ok())
        .expect("an address");
    // The tests run in this package's folder, which has no Leptos.toml.
    assert!(!Path::new("Leptos.toml").exists());
    let built_in = shopdesk::start::leptos_options(addr).expect("built in");
    assert_eq!(comparable(&built_in), comparable(&read.leptos_options));
}

#[test]
fn the_widgets_project_writes_where_the_executable_looks() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let cargo: toml::Table = std::fs::read_to_string(manifest)
        .expect("readable")
        .parse()
        .expect("TOML");
    let projects = cargo["workspace"]["metadata"]["leptos"]
        .as_array()
        .expect("several projects");
    let folder_of = |name: &str| {
        let project = projects
            .iter()
            .find(|project| project["name"].as_str() == Some(name))
            .expect("a project");
        assert_eq!(project["bin-target"].as_str(), Some("shopdesk"));
        format!(
            "{}/{}",
            project["site-root"].as_str().unwrap_or(""),
            project["site-pkg-dir"].as_str().unwrap_or("")
        )
    };
    assert_eq!(
        (folder_of("app"), folder_of("widget")),
        ("dist/app/pkg".into(), "dist/widget/widget".into())
    );
}

#[test]
fn the_demos_well_known_password_is_not_served_to_others() {
    for reached in [
        &["--addr", "0.0.0.0:0"][..],
        &["--addr", "[::]:0"],
        &["--addr", "192.0.2.1:0"],
        &["--addr", "127.0.0.1:0", "--trust-proxy"],
    ] {
        let folder = TempDir::new().expect("a folder");
        let data = folder.path().join("data");
        let kept = ["--data-dir", data.to_str().expect("UTF-8")];
        let output = run(&[&["serve", "--demo"][..], reached, &kept].concat());
        assert_fails(&output, "--demo-public");
        assert!(!data.exists(), "refused before anything is made");
    }
}

#[tokio::test]
async fn the_demos_well_known_key_is_for_this_machine_alone() {
    let alone = TestServer::with().demo().start().await;
    let proxied = TestServer::with().demo().trust_proxy().start().await;
    for (server, counts) in [(alone, true), (proxied, false)] {
        let call = server.http.get(server.url("/api/v1/conversations"));
        let reply = Reply::to(call.bearer_auth(demo::API_KEY)).await;
        assert_eq!(reply.status != 401, counts, "{reply:?}");
        server.finish().await;
    }
}

#[test]
fn wrong_use_exits_with_2() {
    for arguments in [
        vec![],
        vec!["nonsense"],
        vec!["serve", "--nonsense"],
        vec!["serve", "--addr", "somewhere"],
        vec!["eval"],
        vec!["eval", "wismo"],
        vec!["eval", "faq", "one.json"],
        vec!["eval", "wismo", "a.csv", "--errors", "many"],
        vec!["user", "add", "--email", "a@b.example"],
        vec!["api-key", "create", "--store", "demo"],
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
    for arguments in [["--help"], ["--version"]] {
        assert_eq!(run(&arguments).status.code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn eval_wismo_prints_the_figures_of_the_contract() {
    let report = json(&run(&["eval", "wismo", &eval_file("wismo.csv")]));
    assert_has_numbers(
        &report,
        &[
            "n",
            "tp",
            "fp",
            "fn",
            "precision",
            "recall",
            "f1",
            "ns_per_message",
        ],
    );
    assert!(report["n"].as_u64() >= Some(150), "{report}");
    assert_eq!(report.get("errors"), None);

    let folder = TempDir::new().expect("a folder");
    let cases = "text,expected\nwhere is my order #1001?,wismo\n\"do you ship to Peru, too?\",other\nhello,wismo\n";
    let file = written(&folder, "cases.csv", cases);
    let report = json(&run(&["eval", "wismo", &file, "--errors", "5"]));
    for (field, expected) in [("n", 3), ("tp", 1), ("fp", 0), ("fn", 1)] {
        assert_eq!(report[field], expected, "{field} in {report}");
    }
    assert_eq!(report["errors"][0]["text"], "hello");
    assert_eq!(report.get("parts"), None);

    let cases = "text,expected,language,split\nwhere is my order,wismo,en,tuned\nwo ist mein paket,wismo,de,held_out\nhi,wismo,de,held_out\n";
    let file = written(&folder, "parts.csv", cases);
    let report = json(&run(&["eval", "wismo", &file]));
    assert_eq!(report["parts"][0]["language"], "de", "{report}");
    assert_eq!(report["parts"][0]["recall"], 0.5, "{report}");
    let floors = |recall: &str| {
        let floors = format!("language,split,precision,recall\nde,held_out,1,{recall}\n");
        written(&folder, "floors.csv", &floors)
    };
    let output = run(&["eval", "wismo", &file, "--floors", &floors("0.5")]);
    assert_eq!(output.status.code(), Some(0));
    let output = run(&["eval", "wismo", &file, "--floors", &floors("0.6")]);
    assert_eq!(output.status.code(), Some(1));
    let says = text(&output.stderr);
    assert!(says.contains("de held_out: recall 0.500 < 0.600"), "{says}");
}

#[test]
fn eval_wismo_explains_a_message() {
    let output = run(&["eval", "wismo", "--explain", "where is my bag, flight 22"]);
    assert_eq!(output.status.code(), Some(0));
    let says = text(&output.stdout);
    for line in ["verdict: other", "pack: en", "veto: "] {
        assert!(says.contains(line), "{says}");
    }
    let both = ["eval", "wismo", "a.csv", "--explain", "hi"];
    assert_eq!(run(&both).status.code(), Some(2));
}

#[test]
fn eval_faq_prints_the_figures_of_the_contract() {
    let (faq, queries) = (eval_file("faq.json"), eval_file("faq_queries.csv"));
    // By keywords alone, so that the figures are the same on every machine.
    let report = json(&run(&["eval", "faq", &faq, &queries]));
    let fields = [
        "n",
        "top1",
        "top3",
        "mrr",
        "in_scope_answered",
        "answered_correct",
        "out_of_scope_answered",
        "ms_per_query",
    ];
    assert_has_numbers(&report, &fields);
    assert!(report["n"].as_u64() >= Some(100), "{report}");

    let folder = TempDir::new().expect("a folder");
    let faq = written(
        &folder,
        "faq.json",
        r#"[{"id":"returns","question":"How do I return an item?","answer":"Print the label.","variants":["Sending something back"]},
            {"id":"wash","question":"How do I wash linen?","answer":"At 40 °C."}]"#,
    );
    let queries = written(
        &folder,
        "queries.csv",
        "text,expected_id\nhow do I return an item,returns\nis the moon made of cheese,\n",
    );
    let report = json(&run(&["eval", "faq", &faq, &queries]));
    for (field, expected) in [
        ("n", 2.0),
        ("top1", 1.0),
        ("in_scope_answered", 1.0),
        ("out_of_scope_answered", 0.0),
    ] {
        assert_eq!(
            report[field].as_f64(),
            Some(expected),
            "{field} in {report}"
        );
    }
}

#[test]
fn evals_that_cannot_be_done_say_why_in_one_line() {
    let folder = TempDir::new().expect("a folder");
    let wrong_label = written(&folder, "label.csv", "text,expected\nhello,maybe\n");
    let wrong_columns = written(&folder, "columns.csv", "question,label\nhello,wismo\n");
    let wrong_json = written(&folder, "faq.json", "{\"id\":");
    let queries = eval_file("faq_queries.csv");
    for (arguments, says) in [
        (
            vec!["eval", "sentiment", &wrong_label],
            "it must be positive, neutral or negative",
        ),
        (
            vec!["eval", "wismo", "/nowhere/cases.csv"],
            "/nowhere/cases.csv",
        ),
        (
            vec!["eval", "wismo", &wrong_label],
            "it must be wismo or other",
        ),
        (vec!["eval", "wismo", &wrong_columns], "columns.csv"),
        (
            vec!["eval", "faq", "/nowhere/faq.json", &queries],
            "/nowhere/faq.json",
        ),
        (vec!["eval", "faq", &wrong_json, &queries], "faq.json"),
    ] {
        assert_fails(&run(&arguments), says);
    }
}

/// `shopdesk user add` on a database, with the password on standard input.
fn add_user(database: &str, email: &str, store: &str, password: &str) -> Output {
    let arguments = [
        "user",
        "add",
        "--email",
        email,
        "--name",
        "Ada",
        "--store",
        store,
        "--database-url",
        database,
    ];
    let mut child = shopdesk(&arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the executable runs");
    let mut stdin = child.stdin.take().expect("piped");
    // The executable may have ended without reading it.
    let _ = stdin.write_all(format!("{password}\r\n").as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the executable ends")
}

#[tokio::test]
async fn an_added_account_can_sign_in_and_owns_its_store() {
    let folder = TempDir::new().expect("a folder");
    let database = testing::new_database(&folder).await.expect("a database");
    let password = " spaces are part of it ";

    // What is refused leaves nothing behind: the same address is free afterwards.
    for (email, store, wrong_password, says) in [
        ("ada", "Shop", password, "email address"),
        ("ada@shop.example", "", password, "can't be empty"),
        (
            "ada@shop.example",
            "Shop",
            "short",
            "at least 10 characters",
        ),
    ] {
        assert_fails(&add_user(&database, email, store, wrong_password), says);
    }
    let added = add_user(&database, "Ada@Shop.example", "Ada's Shop", password);
    assert_eq!(added.status.code(), Some(0), "{}", text(&added.stderr));
    assert_eq!(text(&added.stdout), "ada@shop.example can sign in now.\n");
    assert_fails(
        &add_user(&database, "ada@shop.example", "Another", password),
        "already",
    );

    let ctx = Ctx::connect(testing::config(database))
        .await
        .expect("the same database");
    let session = auth::sign_in(&ctx, "ada@shop.example", password, HERE)
        .await
        .expect("the right password")
        .session()
        .expect("no second factor");
    let user = auth::user_of_session(&ctx, &session.token)
        .await
        .expect("readable")
        .expect("signed in");
    let account = stores::account(&ctx, &user).await.expect("an account");
    let stores: Vec<_> = account
        .stores
        .iter()
        .map(|store| (store.name.as_str(), store.role))
        .collect();
    assert_eq!(stores, [("Ada's Shop", domain::role::Role::Owner)]);
    ctx.db().close().await;
}

#[tokio::test]
async fn a_second_factor_is_switched_off_for_who_has_lost_it() {
    let folder = TempDir::new().expect("a folder");
    let database = testing::new_database(&folder).await.expect("a database");
    let email = "ada@shop.example";
    let added = add_user(&database, email, "Shop", "a long password");
    assert_eq!(added.status.code(), Some(0), "{}", text(&added.stderr));
    let reset = |email: &str| {
        run(&[
            "user",
            "reset-two-factor",
            email,
            "--database-url",
            &database,
        ])
    };
    assert_fails(&reset("nobody@shop.example"), "no such account");
    assert_fails(&reset(email), "not switched on");

    let ctx = Ctx::connect(testing::config(database.clone()))
        .await
        .expect("the same database");
    database::write(
        &ctx,
        "INSERT INTO two_factor (user_id, sealed_key, begun_at, confirmed_at, last_step)
         SELECT id, 'sealed', 1, 1, 1 FROM users",
    )
    .await;
    let sign_in = || auth::sign_in(&ctx, email, "a long password", HERE);
    let first = sign_in().await.expect("the right password");
    assert!(first.session().is_none(), "it takes a code");
    let done = reset("Ada@shop.example");
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert!(text(&done.stdout).starts_with("ada@shop.example signs in with the password alone"));
    let again = sign_in().await.expect("the right password");
    assert!(again.session().is_some());
    ctx.db().close().await;
}

#[tokio::test]
async fn a_link_for_a_new_password_is_printed_alone() {
    let folder = TempDir::new().expect("a folder");
    let database = testing::new_database(&folder).await.expect("a database");
    let email = "ada@shop.example";
    let added = add_user(&database, email, "Shop", "a long password");
    assert_eq!(added.status.code(), Some(0), "{}", text(&added.stderr));
    let link = |email: &str, public_url: &str| {
        run(&[
            "user",
            "reset-password",
            email,
            "--public-url",
            public_url,
            "--database-url",
            &database,
        ])
    };
    let url = "https://desk.example.com";
    assert_fails(&link("nobody@shop.example", url), "no such account");
    assert_fails(&link(email, "desk"), "https://support.example.com");
    let made = link(email, url);
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    let token = text(&made.stdout)
        .strip_prefix("https://desk.example.com/reset-password/")
        .and_then(|rest| rest.strip_suffix('\n'))
        .expect("a link and nothing else");

    let ctx = Ctx::connect(testing::config(database.clone()))
        .await
        .expect("the same database");
    auth::reset::reset(&ctx, token, "another good password", "here")
        .await
        .expect("a good link");
    let signed_in = auth::sign_in(&ctx, email, "another good password", HERE).await;
    assert!(signed_in.is_ok_and(|signed_in| signed_in.session().is_some()));
    ctx.db().close().await;
}

#[tokio::test]
async fn a_key_is_made_for_a_store_and_printed_alone() {
    let folder = TempDir::new().expect("a folder");
    let database = testing::new_database(&folder).await.expect("a database");
    let added = add_user(&database, "ada@shop.example", "Shop", "a long password");
    assert_eq!(added.status.code(), Some(0), "{}", text(&added.stderr));
    let ctx = Ctx::connect(testing::config(database.clone()))
        .await
        .expect("the same database");
    let session = auth::sign_in(&ctx, "ada@shop.example", "a long password", HERE)
        .await
        .expect("the right password")
        .session()
        .expect("no second factor");
    let user = auth::user_of_session(&ctx, &session.token).await;
    let user = user.expect("readable").expect("signed in");
    let account = stores::account(&ctx, &user).await.expect("an account");
    let member = stores::member(&ctx, &user, account.stores[0].id)
        .await
        .expect("a member");
    let store = stores::overview(&ctx, &member).await.expect("a store");

    let create = |store: &str, scopes: &str| {
        run(&[
            "api-key",
            "create",
            "--store",
            store,
            "--scopes",
            scopes,
            "--name",
            "Back office",
            "--database-url",
            &database,
        ])
    };
    for (store, scopes, says) in [
        ("nowhere", "faq:read", "no such store"),
        (&*store.public_key, "faq:all", "faq:all"),
        (&*store.public_key, "", "at least one"),
    ] {
        assert_fails(&create(store, scopes), says);
    }
    let made = create(&store.public_key, "faq:read,orders:read");
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    let token = text(&made.stdout).strip_suffix('\n').expect("a line");
    let who = api_keys::authenticate(&ctx, token).await.expect("a key");
    assert_eq!(who.store_id, store.id);
    ctx.db().close().await;
}

/// Every variable that is an option of `command` or of what is below it.
fn variables_of(command: &clap::Command) -> BTreeSet<OsString> {
    let own = command.get_arguments().filter_map(clap::Arg::get_env);
    let mut variables: BTreeSet<_> = own.map(OsString::from).collect();
    for below in command.get_subcommands() {
        variables.extend(variables_of(below));
    }
    variables
}

#[test]
fn a_variable_that_is_empty_is_one_that_is_not_set() {
    // The server ends where it would make its data folder: behind all options.
    let folder = TempDir::new().expect("a folder");
    written(&folder, "data", "not a folder");
    let serve = |empty: &[&OsString]| {
        let variables = empty.iter().map(|name| (name, ""));
        let mut serve = shopdesk(&["serve"]);
        let output = serve.envs(variables).current_dir(&folder).output();
        output.expect("the executable runs")
    };
    let expected = serve(&[]);
    assert_fails(&expected, "File exists");
    let variables = variables_of(&Cli::command());
    assert!(variables.contains(OsStr::new("SHOPDESK_ADDR")));
    for name in &variables {
        assert_eq!(serve(&[name]), expected, "{name:?}");
    }
    assert_eq!(serve(&Vec::from_iter(&variables)), expected);
}

#[tokio::test]
async fn the_embedding_model_is_found_in_the_data_folder_or_the_cache() {
    for cached in [false, true] {
        let (home, cache) = (Home::new().await, TempDir::new().expect("a folder"));
        let place = if cached { cache.path() } else { home.folder() };
        for file in [
            "models/all-MiniLM-L6-v2/model.onnx",
            "onnxruntime/libonnxruntime.so",
        ] {
            let file = place.join(file);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
            std::fs::write(file, "").expect("written");
        }
        let cache = cache.path().to_str().expect("UTF-8");
        let arguments = ["--addr", "127.0.0.1:0"];
        let mut server = home.launch_with(&arguments, &[("SHOPDESK_CACHE", cache)]);
        let log = server.log_until("embedding model found").await;
        let found = log.last().expect("a line");
        assert!(found.contains(place.to_str().expect("UTF-8")), "{found}");
    }
}

#[tokio::test]
async fn a_server_without_an_embedding_model_says_where_it_looked() {
    let home = Home::new().await;
    let mut server = home.launch(&["--addr", "127.0.0.1:0"]);
    let log = server.log_until("no embedding model found").await;
    let line = log.last().expect("a line");
    let data = home.folder().to_str().expect("UTF-8");
    assert!(
        line.contains(data) && line.contains("EMBEDDING_MODEL_DIR"),
        "{line}"
    );
}

#[tokio::test]
async fn the_demos_account_ends_with_the_demo() {
    let home = Home::new().await;
    let sign_in = async |addr: SocketAddr| {
        let form = [("email", demo::EMAIL), ("password", demo::PASSWORD)];
        let address = format!("http://{addr}/api/app/account/sign-in");
        let request = client()
            .post(address)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(&form));
        Reply::to(request.header("accept", "application/json")).await
    };
    let account = async |addr: SocketAddr, cookie: &str| {
        let address = format!("http://{addr}/api/app/account/current");
        Reply::to(client().post(address).header("cookie", cookie))
            .await
            .status
    };
    let mut server = home.start(&["--demo"]);
    let addr = server.address().await;
    let signed_in = sign_in(addr).await;
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
    let cookie = session_of(&signed_in);
    assert_eq!(account(addr, &cookie).await, 200);
    server.terminate().await;

    let mut server = home.start(&[]);
    let addr = server.address().await;
    assert_eq!(account(addr, &cookie).await, 401, "its session goes on");
    assert_eq!(sign_in(addr).await.status, 401);
    server.terminate().await;

    let mut server = home.start(&["--demo"]);
    let addr = server.address().await;
    assert_eq!(sign_in(addr).await.status, 200);
    server.kill();
}

#[tokio::test]
async fn who_goes_on_with_a_demos_data_signs_up_as_the_first_owner() {
    let home = Home::new().await;
    let mut server = home.start(&["--demo"]);
    server.address().await;
    server.terminate().await;

    let mut server = home.start(&[]);
    let addr = server.address().await;
    let form = [
        ("name", "Maya"),
        ("email", "maya@example.com"),
        ("password", "a long password"),
        ("store_name", "Lamps"),
    ];
    let sign_up = client()
        .post(format!("http://{addr}/api/app/account/sign-up"))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(encoded(&form));
    let signed_up = Reply::to(sign_up).await;
    assert_eq!(signed_up.status, 200, "{signed_up:?}");
    server.terminate().await;
}

#[test]
fn the_demos_address_is_no_other_account() {
    let folder = TempDir::new().expect("a folder");
    let database = format!("sqlite://{}/shop.db?mode=rwc", folder.path().display());
    assert_fails(
        &add_user(&database, "Owner@demo.shop", "Shop", "a password of mine"),
        "belongs to the demo",
    );
}

#[test]
fn a_server_with_a_bad_setting_says_what_is_wrong_with_it() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().to_str().expect("UTF-8");
    for (name, value, says) in [
        ("SHOPDESK_SECRET", "c0ffee", "needs at least 32"),
        ("SHOPDESK_SECRET", "!", "neither hex nor base64"),
        (
            "SHOPDESK_PUBLIC_URL",
            "example.com/shop",
            "https://support.example.com",
        ),
    ] {
        let mut serve = shopdesk(&["serve", "--addr", "127.0.0.1:0", "--data-dir", data]);
        let output = serve
            .env(name, value)
            .output()
            .expect("the executable runs");
        assert_fails(&output, says);
    }
}

#[test]
fn a_new_data_folder_is_its_owners_alone() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("new/data");
    let output = run(&["migrate", "--data-dir", data.to_str().expect("UTF-8")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let mode = std::fs::metadata(data)
        .expect("a folder")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn systemd_waits_for_as_long_as_a_server_takes_to_stop() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/shopdesk.service");
    let unit = std::fs::read_to_string(unit).expect("readable");
    let waits = unit
        .lines()
        .find_map(|line| line.strip_prefix("TimeoutStopSec="));
    let seconds: u64 = waits.expect("a time").parse().expect("seconds");
    assert!(Duration::from_secs(seconds) > shopdesk::command::stops_within());
}

#[test]
fn migrating_twice_is_no_error() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("a/new/folder");
    for _ in 0..2 {
        let output = run(&["migrate", "--data-dir", data.to_str().expect("UTF-8")]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    assert!(data.join("shopdesk.db").exists());
}
