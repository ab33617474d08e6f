//! The examples of docs/IDENTITY.md, run where their language is there: what they sign
//! must be believed.

use super::Signing;
use std::{ffi::OsStr, path::Path, process::Command};

#[path = "../../../../docs/identity/sign.rs"]
mod sign;

/// Each with the interpreter that runs it.
const SCRIPTS: [(&str, &str); 4] = [
    ("node", "sign.mjs"),
    ("python3", "sign.py"),
    ("php", "sign.php"),
    ("ruby", "sign.rb"),
];

const NAME: &str = "Zoë \"Zo\" Ångström";

/// What the script prints; `None` where nothing runs it.
fn signed_by(interpreter: &str, script: &OsStr, secret: &str) -> Option<String> {
    let done = Command::new(interpreter)
        .arg(script)
        .args(["cus_42", "zoe@example.com", NAME])
        .env("SHOPDESK_IDENTITY_SECRET", secret)
        .output()
        .ok()?;
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{interpreter}: {errors}");
    let printed = String::from_utf8(done.stdout).expect("text");
    Some(printed.trim().to_owned())
}

impl Signing {
    async fn believes(&self, identity: &str) {
        let zoe = self.server.shopper(&self.shop).await;
        let zoe = zoe.identified(identity).await;
        zoe.send("Hello").await;
        let (visitor, _) = self.visitor(&zoe).await;
        assert_eq!(visitor.customer_id.as_deref(), Some("cus_42"));
        assert_eq!(visitor.email.as_deref(), Some("zoe@example.com"));
        assert_eq!(visitor.name.as_deref(), Some(NAME));
    }
}

#[tokio::test]
async fn what_the_examples_sign_is_believed() {
    let signing = Signing::new().await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/identity");
    let mut ran = 0;
    for (interpreter, script) in SCRIPTS {
        let script = folder.join(script);
        assert!(script.exists(), "{}", script.display());
        if let Some(identity) = signed_by(interpreter, script.as_os_str(), &signing.secret) {
            signing.believes(&identity).await;
            ran += 1;
        }
    }
    assert!(ran > 0, "not one of the languages is here");
    let identity = sign::sign(&signing.secret, "cus_42", "zoe@example.com", NAME);
    signing.believes(&identity.expect("a clock")).await;
    signing.server.finish().await;
}
