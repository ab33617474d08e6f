//! Mails to people.

mod eml_folder;
mod memory;

use crate::{
    error::{Error, Result},
    public_url::PublicUrl,
    tokens,
};
use domain::{UnixMillis, account::EmailAddress};
use lettre::{
    Address, Message,
    message::{Mailbox, MultiPart},
};
use std::{
    path::PathBuf,
    time::{Duration, UNIX_EPOCH},
};

/// The name that mails come from.
const SENDER: &str = "Shopdesk";

/// A mail, in both forms that programs show.
#[derive(Clone)]
pub struct Mail {
    /// Whom it goes to.
    pub to: EmailAddress,
    /// One line; what isn't one is made one.
    pub subject: String,
    /// The text for programs that show no HTML.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// Sends mails.
pub struct Mailer {
    form: Form,
    domain: String,
}

enum Form {
    EmlFolder(eml_folder::EmlFolder),
    Memory(memory::Memory),
}

impl Mailer {
    /// Puts each mail as an `.eml` file into `folder`, which is made on first
    /// use.
    #[must_use]
    pub fn eml_folder(folder: PathBuf, public_url: &PublicUrl) -> Self {
        Self {
            form: Form::EmlFolder(eml_folder::EmlFolder::new(folder)),
            domain: public_url.mail_domain().to_owned(),
        }
    }

    /// Keeps mails in memory: for tests.
    #[must_use]
    pub fn in_memory(public_url: &PublicUrl) -> Self {
        Self {
            form: Form::Memory(memory::Memory::default()),
            domain: public_url.mail_domain().to_owned(),
        }
    }

    /// Which form runs, for the operator.
    #[must_use]
    pub fn form(&self) -> &'static str {
        match self.form {
            Form::EmlFolder(_) => "Files in the data folder (.eml)",
            Form::Memory(_) => "Memory (for tests)",
        }
    }

    /// Whether mails outlive the process.
    #[must_use]
    pub fn is_durable(&self) -> bool {
        matches!(self.form, Form::EmlFolder(_))
    }

    /// Sends `mail`, dated `now`.
    ///
    /// # Errors
    /// If it can't be put together, or be handed over.
    pub async fn send(&self, mail: &Mail, now: UnixMillis) -> Result<()> {
        let id = tokens::random::<12>()?;
        let message = self.message(mail, &id, now)?.formatted();
        match &self.form {
            Form::EmlFolder(folder) => folder.put(format!("{now}-{id}.eml"), message).await,
            Form::Memory(memory) => {
                memory.put(message);
                Ok(())
            }
        }
    }

    /// What was sent so far, if that is kept in memory.
    #[cfg(any(test, feature = "testing"))]
    pub fn sent(&self) -> Vec<String> {
        match &self.form {
            Form::EmlFolder(_) => Vec::new(),
            Form::Memory(memory) => memory.all(),
        }
    }

    fn message(&self, mail: &Mail, id: &str, now: UnixMillis) -> Result<Message> {
        let address = |text: &str| {
            text.parse::<Address>()
                .map_err(|error| Error::Internal(format!("a mail's address: {error}")))
        };
        let domain = &self.domain;
        let from = address(&format!("no-reply@{domain}"))?;
        let since_epoch = Duration::from_millis(u64::try_from(now).unwrap_or_default());
        Message::builder()
            .from(Mailbox::new(Some(SENDER.to_owned()), from))
            .to(Mailbox::new(None, address(mail.to.as_str())?))
            .subject(one_line(&mail.subject))
            .date(UNIX_EPOCH + since_epoch)
            .message_id(Some(format!("<{id}@{domain}>")))
            .multipart(MultiPart::alternative_plain_html(
                mail.text.clone(),
                mail.html.clone(),
            ))
            .map_err(|error| Error::Internal(format!("a mail: {error}")))
    }
}

/// A line break in a header would begin the next one.
fn one_line(text: &str) -> String {
    let words: Vec<_> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url() -> PublicUrl {
        PublicUrl::parse("https://support.example.com").expect("a URL")
    }

    fn mail(subject: &str) -> Mail {
        Mail {
            to: EmailAddress::parse("jane@example.com").expect("an address"),
            subject: subject.to_owned(),
            text: "Your parcel is on its way.".to_owned(),
            html: "<p>Your parcel is on its way.</p>".to_owned(),
        }
    }

    async fn sent(subject: &str) -> String {
        let mailer = Mailer::in_memory(&url());
        mailer
            .send(&mail(subject), 1_700_000_000_000)
            .await
            .expect("sent");
        mailer.sent().remove(0)
    }

    /// The head's lines, the folded ones joined.
    fn headers(mail: &str) -> Vec<String> {
        let (head, _) = mail.split_once("\r\n\r\n").expect("a head");
        head.replace("\r\n ", " ")
            .split("\r\n")
            .map(str::to_owned)
            .collect()
    }

    #[tokio::test]
    async fn a_mail_is_well_formed() {
        let mail = sent("Your order").await;
        let headers = headers(&mail);
        for expected in [
            "From: Shopdesk <no-reply@support.example.com>",
            "To: jane@example.com",
            "Subject: Your order",
            "Date: Tue, 14 Nov 2023 22:13:20 +0000",
            "MIME-Version: 1.0",
        ] {
            assert!(
                headers.iter().any(|line| line == expected),
                "{expected}: {headers:?}"
            );
        }
        assert!(
            mail.contains("Content-Type: text/plain; charset=utf-8"),
            "{mail}"
        );
        assert!(
            mail.contains("Content-Type: text/html; charset=utf-8"),
            "{mail}"
        );
    }

    #[tokio::test]
    async fn a_subject_begins_no_header_of_its_own() {
        for break_ in ["\r\n", "\n", "\r", "\u{85}", "\u{2028}", "\0"] {
            let mail = sent(&format!("Hello{break_}Bcc: eve@example.com")).await;
            let names: Vec<_> = headers(&mail)
                .iter()
                .filter_map(|line| Some(line.split_once(':')?.0.to_owned()))
                .collect();
            assert!(!names.iter().any(|name| name == "Bcc"), "{mail}");
        }
    }

    #[tokio::test]
    async fn a_subject_in_any_language_stays_within_ascii() {
        let mail = sent("Ihre Bestellung ist unterwegs – schöne Grüße 🎉").await;
        let subject = headers(&mail)
            .into_iter()
            .find(|line| line.starts_with("Subject: "))
            .expect("a subject");
        assert!(
            subject.is_ascii() && subject.contains("=?utf-8?"),
            "{subject}"
        );
    }

    #[tokio::test]
    async fn mails_in_a_folder_are_whole_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let mailer = Mailer::eml_folder(folder.path().join("mail"), &url());
        for _ in 0..2 {
            mailer.send(&mail("Your order"), 0).await.expect("sent");
        }
        let files: Vec<_> = std::fs::read_dir(folder.path().join("mail"))
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        assert_eq!(files.len(), 2);
        for file in files {
            assert_eq!(file.extension().and_then(|e| e.to_str()), Some("eml"));
            let text = std::fs::read_to_string(file).expect("a mail");
            assert!(text.contains("To: jane@example.com\r\n"), "{text}");
        }
    }
}
