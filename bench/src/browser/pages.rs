//! The pages of the inbox's list without a browser: what each costs the database.

use crate::{
    failure::Failure,
    report::row,
    statistics::{milliseconds, percentile, short},
};
use backend::{Ctx, access::Principal, conversations};
use domain::inbox::{InboxView, Sort, Tab};
use std::time::Instant;

/// How often each is asked for.
const TIMES: usize = 20;

/// Measures the first page of some views, and one far down.
///
/// # Errors
/// If the database fails.
pub async fn measure(ctx: &Ctx, member: &Principal) -> Result<String, Failure> {
    let of = InboxView::from;
    let unread = |tab| InboxView {
        unread: true,
        ..of(tab)
    };
    let mut text = String::new();
    for (what, view) in [
        ("Open", of(Tab::Open)),
        (
            "Open, who waits longest",
            InboxView {
                sort: Sort::Waiting,
                ..of(Tab::Open)
            },
        ),
        ("Open, unread", unread(Tab::Open)),
        ("Resolved", of(Tab::Resolved)),
        ("Resolved, unread: none is", unread(Tab::Resolved)),
        ("All", of(Tab::All)),
        ("All, unread", unread(Tab::All)),
    ] {
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let began = Instant::now();
            conversations::list(ctx, member, view, None).await?;
            times.push(milliseconds(began.elapsed()));
        }
        text.push_str(&line(&format!("list, {what}"), &mut times));
    }
    text.push_str(&walk(ctx, member).await?);
    Ok(text)
}

/// Page by page through what is resolved: a page far down costs what the first one does.
async fn walk(ctx: &Ctx, member: &Principal) -> Result<String, Failure> {
    let (mut times, mut after) = (Vec::new(), None);
    loop {
        let began = Instant::now();
        let page = conversations::list(ctx, member, Tab::Resolved.into(), after).await?;
        times.push(milliseconds(began.elapsed()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let last = times.len().saturating_sub(TIMES);
    let pages = times.len();
    Ok(line(
        &format!("list, Resolved, the last {TIMES} of {pages} pages"),
        &mut times[last..],
    ))
}

fn line(what: &str, times: &mut [f64]) -> String {
    let [p50, p95] = [0.5, 0.95].map(|share| short(percentile(times, share)));
    row(what, &format!("{p50:>9} {p95:>9}"))
}
