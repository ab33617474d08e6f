use super::*;
use std::{sync::mpsc, thread};

/// A model that gives each text its length as a vector, keeps what each run was
/// given, and can be told to wait in a run.
#[derive(Default)]
struct Fake {
    runs: Mutex<Vec<Vec<String>>>,
    gate: Mutex<Option<mpsc::Receiver<()>>>,
}

impl Fake {
    fn run(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedderUnavailable> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        self.runs.lock().expect("a lock").push(texts.clone());
        let gate = self.gate.lock().expect("a lock").take();
        if let Some(gate) = gate {
            gate.recv().expect("the gate opens");
        }
        assert!(!texts.contains(&"panic".to_owned()), "the model panics");
        if texts.contains(&"bad".to_owned()) {
            return Err(EmbedderUnavailable::new("can't take it"));
        }
        Ok(texts.iter().map(|text| vec![text.len() as f32]).collect())
    }

    fn runs(&self) -> Vec<Vec<String>> {
        self.runs.lock().expect("a lock").clone()
    }
}

fn embed(
    batches: &Batches,
    fake: &Fake,
    texts: &[&str],
    turn: Turn,
) -> Result<Vec<f32>, EmbedderUnavailable> {
    let vectors = batches.embed(texts, turn, str::to_lowercase, |batch| fake.run(batch))?;
    Ok(vectors.iter().map(|vector| vector[0]).collect())
}

/// Runs "first" and, while the model is busy with it, queues `others` one after
/// the other; gives back the texts of every run.
fn while_busy(others: &[(&'static str, Turn)]) -> Vec<Vec<String>> {
    let (batches, fake) = (Batches::default(), Fake::default());
    let (open, gate) = mpsc::channel();
    *fake.gate.lock().expect("a lock") = Some(gate);
    thread::scope(|scope| {
        let (batches, fake) = (&batches, &fake);
        scope.spawn(|| embed(batches, fake, &["first"], Turn::Question));
        until(|| fake.runs().len() == 1);
        for (at, &(text, turn)) in others.iter().enumerate() {
            scope.spawn(move || {
                let found = embed(batches, fake, &[text], turn);
                assert_eq!(found, Ok(vec![text.len() as f32]));
            });
            until(|| {
                let state = batches.lock();
                state.questions.len() + state.background.len() == at + 1
            });
        }
        open.send(()).expect("the model waits");
    });
    fake.runs()
}

fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        thread::yield_now();
    }
}

fn wanted(state: &mut State, text: &str, turn: Turn) {
    state.want(text.to_owned(), text, turn);
}

fn texts(batch: &[Arc<Wanted>]) -> Vec<&str> {
    batch.iter().map(|wanted| wanted.text.as_str()).collect()
}

#[test]
fn texts_that_come_during_a_run_share_the_next() {
    let runs = while_busy(&[
        ("one", Turn::Question),
        ("two", Turn::Question),
        ("three", Turn::Question),
    ]);
    assert_eq!(runs, [vec!["first"], vec!["one", "two", "three"]]);
}

#[test]
fn questions_go_before_what_nobody_waits_for() {
    let runs = while_busy(&[
        ("item", Turn::Background),
        ("question", Turn::Question),
        ("other item", Turn::Background),
    ]);
    assert_eq!(
        runs,
        [vec!["first"], vec!["question"], vec!["item", "other item"]]
    );
}

#[test]
fn a_question_takes_the_same_text_of_the_background_along() {
    let runs = while_busy(&[
        ("item", Turn::Background),
        ("same", Turn::Background),
        ("Same", Turn::Question),
    ]);
    assert_eq!(runs, [vec!["first"], vec!["same"], vec!["item"]]);
}

#[test]
fn the_same_question_is_run_once() {
    let (batches, fake) = (Batches::default(), Fake::default());
    let asked = ["Returns?", "returns?", "Shipping?", "RETURNS?"];
    for _ in 0..3 {
        let found = embed(&batches, &fake, &asked, Turn::Question);
        assert_eq!(found, Ok(vec![8.0, 8.0, 9.0, 8.0]));
    }
    assert_eq!(fake.runs(), [vec!["Returns?", "Shipping?"]]);
}

#[test]
fn what_nobody_waits_for_is_not_remembered() {
    let (batches, fake) = (Batches::default(), Fake::default());
    for _ in 0..2 {
        let found = embed(&batches, &fake, &["item"], Turn::Background);
        assert_eq!(found, Ok(vec![4.0]));
    }
    assert_eq!(fake.runs().len(), 2);
    assert!(batches.lock().open.is_empty(), "nothing is left behind");
}

#[test]
fn a_text_the_model_cannot_take_fails_alone() {
    let (batches, fake) = (Batches::default(), Fake::default());
    let (open, gate) = mpsc::channel();
    *fake.gate.lock().expect("a lock") = Some(gate);
    thread::scope(|scope| {
        let (batches, fake) = (&batches, &fake);
        scope.spawn(|| embed(batches, fake, &["first"], Turn::Question));
        until(|| fake.runs().len() == 1);
        let good = scope.spawn(|| embed(batches, fake, &["good"], Turn::Question));
        let bad = scope.spawn(|| embed(batches, fake, &["bad"], Turn::Question));
        until(|| batches.lock().questions.len() == 2);
        open.send(()).expect("the model waits");
        assert_eq!(good.join().expect("no panic"), Ok(vec![4.0]));
        assert!(bad.join().expect("no panic").is_err());
    });
    assert!(
        embed(&batches, &fake, &["bad"], Turn::Question).is_err(),
        "tried again, not remembered"
    );
    assert_eq!(fake.runs().last(), Some(&vec!["bad".to_owned()]));
}

#[test]
fn a_panic_in_the_model_is_an_error_and_the_next_text_works() {
    let (batches, fake) = (Batches::default(), Fake::default());
    assert!(embed(&batches, &fake, &["panic"], Turn::Question).is_err());
    let found = embed(&batches, &fake, &["fine"], Turn::Question);
    assert_eq!(found, Ok(vec![4.0]));
}

#[test]
fn too_few_vectors_are_an_error() {
    let batches = Batches::default();
    let found = batches.embed(&["a"], Turn::Question, str::to_owned, |_| Ok(Vec::new()));
    assert!(found.is_err());
}

#[test]
fn many_threads_get_each_its_own() {
    let (batches, fake) = (Batches::default(), Fake::default());
    thread::scope(|scope| {
        for thread in 0..16 {
            let (batches, fake) = (&batches, &fake);
            scope.spawn(move || {
                for at in 0..50 {
                    let text = "x".repeat((thread * 50 + at) % 97 + 1);
                    let turn = if at % 3 == 0 {
                        Turn::Background
                    } else {
                        Turn::Question
                    };
                    let found = embed(batches, fake, &[&text, "y"], turn);
                    assert_eq!(found, Ok(vec![text.len() as f32, 1.0]));
                }
            });
        }
    });
    let state = batches.lock();
    assert!(state.open.is_empty() && !state.is_running);
}

#[test]
fn a_run_takes_texts_of_about_one_length_and_leaves_none_behind() {
    let batches = Batches::default();
    let mut state = batches.lock();
    let (long, longer) = ("l".repeat(300), "m".repeat(390));
    for text in ["short one", &long, "another", &longer, "a third"] {
        wanted(&mut state, text, Turn::Question);
    }
    assert_eq!(
        texts(&state.next_batch()),
        ["short one", "another", "a third"]
    );
    assert_eq!(texts(&state.next_batch()), [long.as_str(), &longer]);
    assert!(state.next_batch().is_empty());
}

#[test]
fn what_nobody_waits_for_has_its_turn_under_any_load() {
    let batches = Batches::default();
    let mut state = batches.lock();
    wanted(&mut state, "item", Turn::Background);
    let runs = (0..).map(|at| {
        wanted(&mut state, &"q".repeat(at % 900 + 1), Turn::Question);
        texts(&state.next_batch()).contains(&"item")
    });
    let waited = runs.take(100).position(|is_items_turn| is_items_turn);
    assert_eq!(waited, Some(QUESTIONS_IN_A_ROW as usize));
}
