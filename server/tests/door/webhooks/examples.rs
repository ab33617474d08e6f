//! The examples of docs/WEBHOOKS.md, run where their language is there: they have to believe
//! what is sent, and nothing else.

use super::{signed, told_all};
use crate::common::TestServer;
use std::{fs, path::Path, process::Command};
use tempfile::TempDir;

/// A language of the examples: what marks its block, what runs it, and how it is called with
/// secret, header and the file of the body.
struct Language {
    fence: &'static str,
    interpreter: &'static str,
    file: &'static str,
    before: &'static str,
    call: &'static str,
}

const LANGUAGES: [Language; 3] = [
    Language {
        fence: "```js\n",
        interpreter: "node",
        file: "check.mjs",
        before: "",
        call: r#"
import { readFileSync } from "node:fs";
const [secret, header, file] = process.argv.slice(2);
console.log(isFromShopdesk(secret, header, readFileSync(file)));
"#,
    },
    Language {
        fence: "```python\n",
        interpreter: "python3",
        file: "check.py",
        before: "",
        call: r#"
import sys
body = open(sys.argv[3], "rb").read()
print(str(is_from_shopdesk(sys.argv[1], sys.argv[2], body)).lower())
"#,
    },
    Language {
        fence: "```php\n",
        interpreter: "php",
        file: "check.php",
        before: "<?php\n",
        call: r#"
$body = file_get_contents($argv[3]);
echo is_from_shopdesk($argv[1], $argv[2], $body) ? "true" : "false";
"#,
    },
];

/// A delivery as somebody receives it.
struct Received<'r> {
    secret: &'r str,
    header: &'r str,
    body: &'r str,
}

impl Language {
    /// What its example says of a delivery; `None` where nothing runs it.
    fn says(&self, docs: &str, folder: &Path, received: &Received<'_>) -> Option<String> {
        let example = docs.split_once(self.fence).expect("an example").1;
        let example = example.split_once("```").expect("its end").0;
        let script = folder.join(self.file);
        let body = folder.join("body");
        let text = format!("{}{example}{}", self.before, self.call);
        fs::write(&script, text).expect("a script");
        fs::write(&body, received.body).expect("a body");
        let done = Command::new(self.interpreter)
            .arg(&script)
            .args([received.secret, received.header])
            .arg(&body)
            .output()
            .ok()?;
        let printed = String::from_utf8_lossy(&done.stdout).trim().to_owned();
        let errors = String::from_utf8_lossy(&done.stderr).into_owned();
        Some(if printed.is_empty() { errors } else { printed })
    }
}

fn docs() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/WEBHOOKS.md");
    fs::read_to_string(path).expect("docs/WEBHOOKS.md")
}

#[tokio::test]
async fn the_examples_believe_what_is_sent_and_nothing_else() {
    let server = TestServer::start().await;
    let (shop, receiver, _, secret) = told_all(&server).await;
    let shopper = server.shopper(&shop).await;
    shopper.send("Größe L, “bitte”?").await;
    server.idle().await;
    let told = receiver.told();
    let told = told.iter().find(|told| told.event() == "message.created");
    let told = told.expect("told");
    let sent = Received {
        secret: &secret,
        header: told.header("shopdesk-signature"),
        body: &told.text,
    };
    let now = server.ctx.now() / 1_000;
    let changed = told.text.replace("bitte", "danke");
    let [old, early] = [now - 400, now + 400].map(|time| signed(&secret, time, &told.text));
    let bare = sent.header.split_once("v1=").expect("a signature").1;
    let newer = format!("t={},v1={bare}", now + 1);
    let with_header = |header| Received { header, ..sent };
    let refused = [
        Received {
            secret: "whsec_another",
            ..sent
        },
        Received {
            body: &changed,
            ..sent
        },
        with_header(&old),
        with_header(&early),
        with_header(&newer),
        with_header("t=1,v1="),
        with_header(""),
    ];
    let (docs, folder) = (docs(), TempDir::new().expect("a folder"));
    let mut ran = 0;
    for language in &LANGUAGES {
        let name = language.interpreter;
        let Some(said) = language.says(&docs, folder.path(), &sent) else {
            continue;
        };
        assert_eq!(said, "true", "{name}");
        for (at, received) in refused.iter().enumerate() {
            let said = language.says(&docs, folder.path(), received);
            assert_eq!(said.as_deref(), Some("false"), "{name}: {at}");
        }
        ran += 1;
    }
    assert!(ran > 0, "not one of the languages is here");
    server.finish().await;
}

#[tokio::test]
async fn the_line_for_the_shell_makes_the_signature() {
    let docs = docs();
    let line = docs
        .split_once("In a shell, to try it: `")
        .expect("a line")
        .1;
    let line = line.split_once('`').expect("its end").0;
    let (secret, time, body) = ("whsec_1", 1_795_953_600, "{\"text\":\"Größe\"}");
    let done = Command::new("sh")
        .args(["-c", line])
        .env("secret", secret)
        .env("t", time.to_string())
        .env("body", body)
        .output()
        .expect("a shell");
    let printed = String::from_utf8_lossy(&done.stdout);
    // Where there is no openssl nothing is printed.
    if done.status.success() {
        let expected = signed(secret, time, body);
        let (_, hash) = expected.split_once("v1=").expect("a signature");
        assert!(printed.contains(hash), "{printed}");
    }
}
