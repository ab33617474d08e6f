//! Files of canned responses, taken in as a whole or not at all, and given out.

use super::{
    file::{self, CannedFormat, Rows},
    keyword_taken,
    queries::{self, Visible},
    tell_agents,
};
use crate::{
    Ctx,
    access::{Permission, Principal},
    db::Tx,
    error::{Conflict, Error, Forbidden, Result},
};
use domain::{
    Invalid, UnixMillis,
    canned::{CannedDraft, CannedResponse, OWN_MAX, SHARED_MAX},
    ids::{CannedResponseId, StoreId, UserId},
};
use std::collections::{HashMap, HashSet};

/// All that somebody may use, as a file.
///
/// # Errors
/// If the database fails.
pub async fn export(ctx: &Ctx, who: &Principal, format: CannedFormat) -> Result<Vec<u8>> {
    who.require(Permission::UseCannedResponses)?;
    let mut connection = ctx.db().read().await?;
    let all = queries::list(&mut connection, Visible::to(who)).await?;
    file::written(&all, format)
}

/// Largest file, in bytes: room for every response that there can be.
pub const FILE_MAX: usize = 8 * 1024 * 1024;
/// Most rows that are told one by one to be wrong.
pub const FAULTS_MAX: usize = 50;

/// What was done with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Responses with a keyword that there was none of.
    pub added: usize,
    /// Responses that say something else now.
    pub changed: usize,
    /// Responses that say what they said before.
    pub unchanged: usize,
}

/// Takes in a file. A keyword that is there already gets the file's texts. If one row can't be
/// taken, nothing is changed.
///
/// # Errors
/// [`Error::Invalid`] for `file` if it can't be read, or for the rows that can't be taken,
/// one in a line; [`Error::Conflict`] if there were too many then.
pub async fn import(ctx: &Ctx, who: &Principal, file: Vec<u8>) -> Result<Imported> {
    who.require(Permission::ChangeOwnCannedResponses)?;
    let user = who.user().ok_or(Error::Forbidden(Forbidden::NotByKey))?.id;
    let rows = file::rows(file)?;
    let (who, now) = (who.clone(), ctx.now());
    ctx.db()
        .write(move |tx| {
            Box::pin(async move {
                tx.lock(who.store_id).await?;
                let plan = Plan::of(tx, &who, rows).await?;
                plan.check()?;
                plan.carry_out(tx, who.store_id, user, now).await?;
                Ok(plan.done)
            })
        })
        .await
}

/// What is to be done.
struct Plan {
    done: Imported,
    /// What is wrong with rows, each in a line.
    faults: Vec<String>,
    added: Vec<CannedDraft>,
    changed: Vec<(CannedResponseId, CannedDraft)>,
    /// How many there will be, shared and one's own.
    counts: [i64; 2],
}

/// What is there before.
struct Before {
    visible: HashMap<String, CannedResponse>,
    keywords: HashSet<String>,
    may_share: bool,
}

impl Plan {
    async fn of(tx: &mut Tx<'_>, who: &Principal, rows: Rows) -> Result<Self> {
        let visible = queries::list(tx.connection, Visible::to(who)).await?;
        let mine = i64::try_from(visible.iter().filter(|one| one.mine).count()).unwrap_or_default();
        let all = i64::try_from(visible.len()).unwrap_or_default();
        let before = Before {
            keywords: queries::keywords(tx.connection, who.store_id).await?,
            visible: visible
                .into_iter()
                .map(|response| (response.keyword.clone(), response))
                .collect(),
            may_share: who.has(Permission::ChangeSharedCannedResponses),
        };
        let mut plan = Self {
            done: Imported::default(),
            faults: Vec::new(),
            added: Vec::new(),
            changed: Vec::new(),
            counts: [all - mine, mine],
        };
        let mut seen = HashMap::new();
        for (number, row) in rows {
            let draft = row.and_then(|row| row.draft(!before.may_share));
            let taken = draft.and_then(|draft| plan.take(number, draft, &before, &mut seen));
            if let Err(invalid) = taken {
                let mut more = invalid.more.iter();
                let all = std::iter::once(&invalid).chain(&mut more);
                let faults = all.map(|Invalid { field, message, .. }| {
                    format!("Row {number}, {field}: {message}")
                });
                plan.faults.extend(faults);
            }
        }
        Ok(plan)
    }

    fn take(
        &mut self,
        number: u64,
        draft: CannedDraft,
        before: &Before,
        seen: &mut HashMap<String, u64>,
    ) -> Result<(), Invalid> {
        if let Some(first) = seen.insert(draft.keyword.clone(), number) {
            let words = format!("Row {first} has this keyword, too.");
            return Err(Invalid::new("keyword", words));
        }
        let there = before.visible.get(&draft.keyword);
        if there.is_some_and(|there| there.is_made_of(&draft)) {
            self.done.unchanged += 1;
            return Ok(());
        }
        let is_shared = !draft.mine || there.is_some_and(|there| !there.mine);
        if is_shared && !before.may_share {
            return Err(Invalid::new(
                "mine",
                "Only owners and admins can change what the team shares.",
            ));
        }
        if let Some(there) = there {
            self.counts[usize::from(there.mine)] -= 1;
            self.counts[usize::from(draft.mine)] += 1;
            self.done.changed += 1;
            self.changed.push((there.id, draft));
        } else if before.keywords.contains(&draft.keyword) {
            return Err(keyword_taken());
        } else {
            self.counts[usize::from(draft.mine)] += 1;
            self.done.added += 1;
            self.added.push(draft);
        }
        Ok(())
    }

    /// Whether every row can be taken.
    fn check(&self) -> Result<(), Invalid> {
        if self.faults.is_empty() {
            return Ok(());
        }
        let mut words = "Nothing was changed. Please mend these rows:".to_owned();
        for fault in self.faults.iter().take(FAULTS_MAX) {
            words.push('\n');
            words.push_str(fault);
        }
        if self.faults.len() > FAULTS_MAX {
            let more = self.faults.len() - FAULTS_MAX;
            words.push_str(&format!("\nAnd {more} more."));
        }
        Err(Invalid::new("file", words))
    }

    async fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        store_id: StoreId,
        user: UserId,
        now: UnixMillis,
    ) -> Result<()> {
        let [shared, mine] = self.counts;
        if shared > SHARED_MAX || mine > OWN_MAX {
            return Err(Error::Conflict(Conflict::CannedResponseLimit));
        }
        let owner = |draft: &CannedDraft| draft.mine.then_some(user);
        for (id, draft) in &self.changed {
            queries::update(tx.connection, store_id, *id, owner(draft), draft, now).await?;
        }
        for draft in &self.added {
            let id = CannedResponseId::generate();
            queries::insert(tx.connection, store_id, id, owner(draft), draft, now).await?;
        }
        tell_agents(tx, store_id);
        Ok(())
    }
}
