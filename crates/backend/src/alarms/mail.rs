//! The mail to somebody of the team. What came up since the last one goes together: a hundred
//! shoppers who wait are one mail.

use super::queries::{self, MAILS, StillOwed};
use crate::{
    Ctx,
    error::Result,
    jobs::{self, Claimed, kinds::alarm_mail::AlarmMail},
    mail::Mail,
    notifications,
    public_url::PublicUrl,
    settings,
};
use domain::{
    UnixMillis,
    account::EmailAddress,
    ids::{StoreId, UserId},
    text,
    waiting::{Late, conversation_path, late_since, waiting_path},
};
use std::{fmt::Write, time::Duration};

/// Between two such mails to one person, whichever stores they are about, in milliseconds: no
/// more than six an hour.
pub(super) const PAUSE: UnixMillis = 10 * MINUTE;
/// Most shoppers that a mail names.
const NAMED: usize = 20;

const MINUTE: UnixMillis = 60_000;

/// What is to be done about the mail that somebody is owed.
enum Step {
    /// It is needed no more.
    Nothing,
    /// Not now.
    Later(Duration),
    /// It may be sent now.
    Send(Mail),
}

/// Tells somebody of the team who waits, unless it is too soon for that or they are answered by
/// now. Ends the job.
///
/// # Errors
/// If the database fails, or the mail can't be sent.
pub(crate) async fn tell(ctx: &Ctx, claimed: &Claimed, user_id: UserId) -> Result<()> {
    let store_id = claimed.store_id;
    let owed = {
        let mut connection = ctx.db().read().await?;
        queries::mails_owed_to(&mut connection, store_id, user_id).await?
    };
    let step = next_step(ctx, claimed, user_id, &owed).await?;
    let mut later = None;
    let mut settled: Vec<_> = owed.into_iter().map(|owed| owed.of(user_id)).collect();
    match step {
        Step::Nothing => {}
        Step::Send(mail) => ctx.mailer().send(&mail, ctx.now()).await?,
        Step::Later(delay) => {
            settled.clear();
            later = Some(delay);
        }
    }
    let claimed = claimed.clone();
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                queries::settle(tx, &MAILS, store_id, &settled).await?;
                if let Some(delay) = later {
                    let again = jobs::prepare(store_id, AlarmMail { user_id })?.after(delay);
                    jobs::enqueue(tx, vec![again]).await?;
                }
                jobs::finish(tx, &claimed).await
            })
        })
        .await
}

async fn next_step(
    ctx: &Ctx,
    claimed: &Claimed,
    user_id: UserId,
    owed: &[StillOwed],
) -> Result<Step> {
    let (store_id, job_id, now) = (claimed.store_id, claimed.id, ctx.now());
    // Another promise may be made by now, or none.
    let settings = settings::load(ctx, store_id).await?;
    let Some(minutes) = settings.chat.response_promise_minutes else {
        return Ok(Step::Nothing);
    };
    let until = late_since(minutes, now);
    let late: Vec<_> = owed
        .iter()
        .filter(|owed| owed.stands && owed.late.since <= until)
        .map(|owed| &owed.late)
        .collect();
    if late.is_empty() {
        return Ok(Step::Nothing);
    }
    let (address, wishes) = {
        let mut connection = ctx.db().read().await?;
        (
            queries::address(&mut connection, store_id, user_id).await?,
            notifications::of(&mut connection, user_id).await?,
        )
    };
    // Who has left, or has said no meanwhile.
    let Some((to, store)) = address.filter(|_| wishes.mail) else {
        return Ok(Step::Nothing);
    };
    if let Some(left) = wishes
        .quiet
        .as_ref()
        .and_then(|quiet| notifications::quiet_left(quiet, now))
    {
        return Ok(Step::Later(left));
    }
    let is_ours = ctx
        .db()
        .write(move |tx| {
            Box::pin(async move {
                queries::take_turn(tx.connection, user_id, job_id, now, now - PAUSE).await
            })
        })
        .await?;
    if !is_ours {
        let mut connection = ctx.db().read().await?;
        let last = queries::last_turn(&mut connection, user_id).await?;
        // Should the clock have been set back, the pause is no longer for that.
        let left = (last + PAUSE - now).clamp(1_000, PAUSE);
        return Ok(Step::Later(Duration::from_millis(left.unsigned_abs())));
    }
    Ok(Step::Send(mail(
        to,
        &store,
        (store_id, ctx.public_url()),
        &late,
        now,
    )))
}

/// Says who waits, not what they have written: that is for those who are signed in.
fn mail(
    to: EmailAddress,
    store: &str,
    (store_id, url): (StoreId, &PublicUrl),
    late: &[&Late],
    now: UnixMillis,
) -> Mail {
    let lead = match late.len() {
        1 => "A shopper is waiting for an answer".to_owned(),
        n => format!("{n} shoppers are waiting for an answer"),
    };
    let (mut plain, mut html) = (String::new(), String::new());
    for late in late.iter().take(NAMED) {
        let link = format!("{url}{}", conversation_path(store_id, late.conversation));
        let who = format!("{}, for {}", late.name, length(now - late.since));
        // Writing to a string doesn't fail.
        let _ = write!(plain, "{who}\n{link}\n\n");
        let _ = write!(
            html,
            "<li><a href=\"{}\">{}</a></li>",
            text::escaped(&link),
            text::escaped(&who)
        );
    }
    let all = format!("{url}{}", waiting_path(store_id));
    if late.len() > NAMED {
        let more = format!("and {} more", late.len() - NAMED);
        let _ = write!(plain, "{more}\n{all}\n\n");
        let _ = write!(
            html,
            "<li><a href=\"{}\">{more}</a></li>",
            text::escaped(&all)
        );
    }
    let (what, how) = (
        format!("Somebody waits longer at {store} than you have promised."),
        "You choose what you are told of on your account page:",
    );
    let account = format!("{url}/account");
    Mail {
        to,
        subject: format!("{lead}: {store}"),
        text: format!("{what}\n\n{plain}{how}\n{account}\n"),
        html: format!(
            "<p>{}</p><ul>{html}</ul><p>{how} <a href=\"{account}\">{account}</a></p>",
            text::escaped(&what),
            account = text::escaped(&account),
        ),
    }
}

/// E.g. `31 minutes`, `5 hours`, `2 days`.
fn length(millis: UnixMillis) -> String {
    let minutes = millis / MINUTE;
    let (count, unit) = match minutes {
        ..120 => (minutes.max(1), "minute"),
        120..2_880 => (minutes / 60, "hour"),
        _ => (minutes / 1_440, "day"),
    };
    match count {
        1 => format!("1 {unit}"),
        n => format!("{n} {unit}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::ConversationId;

    fn late(name: &str) -> Late {
        Late {
            conversation: ConversationId::generate(),
            since: 0,
            name: name.to_owned(),
        }
    }

    fn mail_about(late: &[Late]) -> Mail {
        let url = PublicUrl::parse("https://desk.example.com").expect("a URL");
        let to = EmailAddress::parse("maya@example.com").expect("an address");
        let late: Vec<_> = late.iter().collect();
        mail(
            to,
            "Lamps & <Light>",
            (StoreId::generate(), &url),
            &late,
            31 * MINUTE,
        )
    }

    #[test]
    fn what_shoppers_call_themselves_is_no_html() {
        let mail = mail_about(&[late("<img src=x onerror=alert(1)>\"&")]);
        assert!(!mail.html.contains("<img"), "{}", mail.html);
        assert!(mail.html.contains("&lt;img src=x"), "{}", mail.html);
        assert!(
            mail.html.contains("Lamps &amp; &lt;Light&gt;"),
            "{}",
            mail.html
        );
        assert!(
            mail.text
                .contains("<img src=x onerror=alert(1)>\"&, for 31 minutes"),
            "{}",
            mail.text
        );
    }

    #[test]
    fn one_shopper_is_led_to_and_many_are_counted() {
        let one = [late("Jane")];
        let mail = mail_about(&one);
        let link = format!("/inbox/{}", one[0].conversation);
        assert!(mail.text.contains(&link) && mail.html.contains(&link));
        assert_eq!(
            mail.subject,
            "A shopper is waiting for an answer: Lamps & <Light>"
        );
        let many: Vec<_> = (0..200).map(|n| late(&format!("Shopper {n}"))).collect();
        let mail = mail_about(&many);
        assert!(mail.subject.starts_with("200 shoppers are waiting"));
        assert!(mail.text.contains("and 180 more") && mail.html.contains("and 180 more"));
        assert_eq!(mail.text.matches("/inbox/").count(), NAMED);
    }

    #[test]
    fn lengths_are_said_in_whole_units() {
        let said: Vec<_> = [0, 1, 2, 119, 120, 2_879, 2_880, 10_080]
            .map(|minutes| length(minutes * MINUTE))
            .into();
        assert_eq!(
            said,
            [
                "1 minute",
                "1 minute",
                "2 minutes",
                "119 minutes",
                "2 hours",
                "47 hours",
                "2 days",
                "7 days"
            ]
        );
    }
}
