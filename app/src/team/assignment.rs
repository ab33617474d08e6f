//! Whose a conversation becomes that needs a person: by hand, or by turns.

use crate::{
    error::AppError,
    ui::{
        Card, Choice, FormError, Glyph, Icon, Look, ScriptForm, Submit, TextField, by_script,
        use_toasts,
    },
    widget,
};
use domain::{
    Invalid,
    ids::StoreId,
    settings::{
        Assignment, AssignmentRule, Revision, Section, SectionName, StoredSection, StoredSettings,
        parse_limit,
    },
};
use leptos::prelude::*;

/// What came of a save.
enum Saved {
    Done(StoredSection),
    /// Somebody else was faster.
    Theirs(StoredSection),
}

/// The rule, for those who may change it.
#[component]
pub fn AssignmentCard(
    /// The store.
    store: StoreId,
    /// As it was when the page was loaded.
    stored: StoredSettings,
) -> impl IntoView {
    let toasts = use_toasts();
    let version = StoredValue::new(stored.revision(SectionName::Assignment).version);
    let Assignment {
        rule,
        limit_per_person,
    } = stored.settings.assignment;
    let rule = RwSignal::new(rule);
    let limit = RwSignal::new(typed(limit_per_person));
    let theirs = RwSignal::new(None::<String>);
    let form = ScriptForm::new();
    let read = move || -> Result<Assignment, Invalid> {
        Ok(Assignment {
            rule: rule.get_untracked(),
            limit_per_person: limit.with_untracked(|typed| parse_limit(typed))?,
        })
    };
    let save = by_script(move || {
        let assignment = match read() {
            Ok(assignment) => assignment,
            Err(invalid) => return form.show(Some(invalid.into())),
        };
        let from = version.get_value();
        let work = async move {
            match widget::api::save(store, assignment.into(), from).await {
                Ok(stored) => Ok(Saved::Done(stored)),
                Err(AppError { problem }) => match problem.current {
                    Some(theirs) => Ok(Saved::Theirs(*theirs)),
                    None => Err(AppError { problem }),
                },
            }
        };
        form.send(work, move |saved| match saved {
            Saved::Done(stored) => {
                version.set_value(stored.revision.version);
                if let Section::Assignment(assignment) = stored.section {
                    limit.set(typed(assignment.limit_per_person));
                }
                theirs.set(None);
                toasts.say("Assignment saved.");
            }
            Saved::Theirs(stored) => {
                version.set_value(stored.revision.version);
                theirs.set(in_words(&stored));
            }
        });
    });
    view! {
        <Card
            title="Assignment"
            why="Whose a conversation becomes that needs a person and is nobody’s yet."
        >
            <form class="form" on:submit=save>
                <FormError error=form.general()/>
                {move || {
                    theirs
                        .get()
                        .map(|theirs| {
                            view! {
                                <div class="banner" role="alert">
                                    <Icon glyph=Glyph::Warning large=true/>
                                    <p>{theirs}</p>
                                </div>
                            }
                        })
                }}
                <fieldset class="choices">
                    <legend class="sr-only">"Who decides it"</legend>
                    <Choice
                        group="rule"
                        title=AssignmentRule::ByHand.name()
                        text="Your team takes conversations from the inbox, or gives them to each other."
                        value=AssignmentRule::ByHand
                        chosen=rule
                    />
                    <Choice
                        group="rule"
                        title=AssignmentRule::RoundRobin.name()
                        text="Whoever is available takes turns: the one who was given a conversation longest ago is next. While nobody is, conversations wait."
                        value=AssignmentRule::RoundRobin
                        chosen=rule
                    />
                </fieldset>
                <div hidden=move || rule.get() != AssignmentRule::RoundRobin>
                    <div class="form-narrow">
                        <TextField
                            label="Open conversations per person, at most"
                            name="limit_per_person"
                            kind="number"
                            value=limit
                            error=form.about("limit_per_person")
                            help="Whoever has so many is given no more until one is resolved or snoozed. 0: no limit."
                        />
                    </div>
                </div>
                <div>
                    <Submit form=*form look=Look::Plain>
                        "Save assignment"
                    </Submit>
                </div>
            </form>
        </Card>
    }
    .into_any()
}

fn typed(limit: u32) -> String {
    limit.to_string()
}

/// What somebody else has saved, as it is told to whoever was slower.
fn in_words(stored: &StoredSection) -> Option<String> {
    let Section::Assignment(theirs) = &stored.section else {
        return None;
    };
    let Revision { changed_by, .. } = &stored.revision;
    let who = changed_by.as_deref().unwrap_or("Somebody");
    let rule = theirs.rule.name().to_lowercase();
    let limit = match (theirs.rule, theirs.limit_per_person) {
        (AssignmentRule::ByHand, _) => String::new(),
        (AssignmentRule::RoundRobin, 0) => ", no limit".to_owned(),
        (AssignmentRule::RoundRobin, limit) => format!(", at most {limit} each"),
    };
    Some(format!(
        "Not saved: {who} has saved “{rule}{limit}” meanwhile. Save again to have yours in its place."
    ))
}
