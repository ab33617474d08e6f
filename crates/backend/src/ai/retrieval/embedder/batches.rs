//! Turns the texts that many threads want embedded into runs of the model.
//!
//! One thread at a time runs the model; whoever comes meanwhile queues. When
//! the run ends, one of those who wait runs what has gathered as one batch.
//! There is no thread of its own to start, stop or lose: whoever waits for a
//! text can run it.

use std::{
    collections::{HashMap, VecDeque},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
};

use super::{
    model::EmbedderUnavailable,
    recent::{Recent, Vector},
};

/// Most texts of one run.
const BATCH_TEXTS: usize = 16;
/// Most bytes of one run, each text counted as long as the longest: about 50 ms
/// of work, which is what a question may have to wait for.
const QUESTION_BYTES: usize = 800;
/// The same for texts that nobody waits for.
const BACKGROUND_BYTES: usize = 400;
/// A text counts for no more bytes: the model sees only its beginning.
const BYTES_MAX: usize = 1_000;
/// Runs for questions in a row before one for the texts that nobody waits for.
const QUESTIONS_IN_A_ROW: u32 = 16;
/// Vectors of questions that are remembered (3 MB).
const REMEMBERED: usize = 2_048;
/// Longer questions are not remembered: nobody asks them in the same words.
const REMEMBERED_BYTES: usize = 400;

/// Who wants a text embedded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// A shopper who waits for an answer. Comes first, and is remembered.
    Question,
    /// Somebody with time.
    Background,
}

type Answer = Result<Vector, EmbedderUnavailable>;

/// A text that waits for its vector.
#[derive(Debug)]
struct Wanted {
    /// What tells it from others: texts of one key have one vector.
    key: String,
    text: String,
    answer: OnceLock<Answer>,
}

/// The texts that wait, and the vectors of those that were asked last.
#[derive(Debug)]
pub(super) struct Batches {
    state: Mutex<State>,
    /// A run has ended.
    ended: Condvar,
}

#[derive(Debug)]
struct State {
    /// In the order they came; a text may be in both queues if a question wants
    /// what was in the background.
    questions: VecDeque<Arc<Wanted>>,
    background: VecDeque<Arc<Wanted>>,
    /// Everything that has no answer yet, in a queue or in the model.
    open: HashMap<String, Open>,
    recent: Recent,
    /// Whether some thread is running the model.
    is_running: bool,
    /// Runs for questions since the last one for the background.
    questions_in_a_row: u32,
    /// Why the last run failed, if it did.
    failure: Option<EmbedderUnavailable>,
}

#[derive(Debug)]
struct Open {
    wanted: Arc<Wanted>,
    turn: Turn,
    is_in_model: bool,
}

impl Default for Batches {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                questions: VecDeque::new(),
                background: VecDeque::new(),
                open: HashMap::new(),
                recent: Recent::new(REMEMBERED),
                is_running: false,
                questions_in_a_row: 0,
                failure: None,
            }),
            ended: Condvar::new(),
        }
    }
}

impl Batches {
    /// The vectors of `texts`, in order. Blocks until they are there. `key` says
    /// which texts are the same to the model; `run` is one run of the model.
    pub fn embed(
        &self,
        texts: &[&str],
        turn: Turn,
        key: impl Fn(&str) -> String,
        run: impl Fn(&[&str]) -> Result<Vec<Vec<f32>>, EmbedderUnavailable>,
    ) -> Result<Vec<Vector>, EmbedderUnavailable> {
        let mut state = self.lock();
        let wanted: Vec<Arc<Wanted>> = texts
            .iter()
            .map(|text| state.want(key(text), text, turn))
            .collect();
        while wanted.iter().any(|wanted| wanted.answer.get().is_none()) {
            let batch = if state.is_running {
                Vec::new()
            } else {
                state.next_batch()
            };
            if batch.is_empty() {
                state = self
                    .ended
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.is_running = true;
            drop(state);
            let answers = run_batch(&batch, &run);
            state = self.lock();
            state.is_running = false;
            state.note(&answers);
            state.settle(&batch, answers);
            self.ended.notify_all();
        }
        drop(state);
        wanted
            .iter()
            .map(|wanted| match wanted.answer.get() {
                Some(answer) => answer.clone(),
                None => Err(EmbedderUnavailable::new("a text was left without a vector")),
            })
            .collect()
    }

    /// Why the last run failed, if it did: for all of its texts or for one.
    pub fn failure(&self) -> Option<EmbedderUnavailable> {
        self.lock().failure.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A place for a text: its vector if it is remembered, the place of the
    /// same text if that waits already, else the end of the queue.
    fn want(&mut self, key: String, text: &str, turn: Turn) -> Arc<Wanted> {
        if let Some(vector) = self.recent.get(&key) {
            return Arc::new(Wanted {
                key,
                text: String::new(),
                answer: OnceLock::from(Ok(vector)),
            });
        }
        if let Some(open) = self.open.get_mut(&key) {
            let wanted = Arc::clone(&open.wanted);
            if turn == Turn::Question && open.turn == Turn::Background {
                open.turn = turn;
                if !open.is_in_model {
                    self.questions.push_back(Arc::clone(&wanted));
                }
            }
            return wanted;
        }
        let wanted = Arc::new(Wanted {
            key: key.clone(),
            text: text.to_owned(),
            answer: OnceLock::new(),
        });
        let open = Open {
            wanted: Arc::clone(&wanted),
            turn,
            is_in_model: false,
        };
        self.open.insert(key, open);
        match turn {
            Turn::Question => self.questions.push_back(Arc::clone(&wanted)),
            Turn::Background => self.background.push_back(Arc::clone(&wanted)),
        }
        wanted
    }

    /// Takes what is to run next out of its queue: the text that has waited
    /// longest and those of about its length, for a run takes as long as if all
    /// were as long as its longest. Empty if nothing waits.
    fn next_batch(&mut self) -> Vec<Arc<Wanted>> {
        for queue in [&mut self.questions, &mut self.background] {
            queue.retain(|wanted| {
                let open = self.open.get(&wanted.key);
                open.is_some_and(|open| !open.is_in_model && Arc::ptr_eq(&open.wanted, wanted))
            });
        }
        let background_is_due =
            self.questions_in_a_row >= QUESTIONS_IN_A_ROW && !self.background.is_empty();
        let (queue, bytes) = if self.questions.is_empty() || background_is_due {
            self.questions_in_a_row = 0;
            (&mut self.background, BACKGROUND_BYTES)
        } else {
            self.questions_in_a_row += 1;
            (&mut self.questions, QUESTION_BYTES)
        };
        let Some(first) = queue.pop_front() else {
            return Vec::new();
        };
        let (mut shortest, mut longest) = (length(&first.text), length(&first.text));
        let mut batch = vec![first];
        queue.retain(|wanted| {
            let (short, long) = (
                shortest.min(length(&wanted.text)),
                longest.max(length(&wanted.text)),
            );
            let fits =
                batch.len() < BATCH_TEXTS && long <= 2 * short && long * (batch.len() + 1) <= bytes;
            if fits {
                (shortest, longest) = (short, long);
                batch.push(Arc::clone(wanted));
            }
            !fits
        });
        for wanted in &batch {
            if let Some(open) = self.open.get_mut(&wanted.key) {
                open.is_in_model = true;
            }
        }
        batch
    }

    /// Remembers how a run went, and logs it if it went otherwise than the last.
    fn note(&mut self, answers: &[Answer]) {
        let failure = answers.iter().find_map(|answer| answer.as_ref().err());
        match (&self.failure, failure) {
            (None, Some(reason)) => tracing::warn!(
                %reason,
                "the embedding model fails; until it works again, words alone decide what is found"
            ),
            (Some(_), None) => tracing::info!("the embedding model works again"),
            _ => {}
        }
        self.failure = failure.cloned();
    }

    fn settle(&mut self, batch: &[Arc<Wanted>], answers: Vec<Answer>) {
        for (wanted, answer) in batch.iter().zip(answers) {
            let open = self.open.remove(&wanted.key);
            let is_question = open.is_some_and(|open| open.turn == Turn::Question);
            if let (true, Ok(vector)) = (is_question, &answer)
                && wanted.key.len() <= REMEMBERED_BYTES
            {
                self.recent.put(wanted.key.clone(), Arc::clone(vector));
            }
            // Each is answered once: it was in one batch only.
            let _ = wanted.answer.set(answer);
        }
    }
}

/// What a text counts for in a run, in bytes; never nothing.
fn length(text: &str) -> usize {
    text.len().clamp(16, BYTES_MAX)
}

/// One run for all; if that fails, one for each, so that a text the model
/// can't take fails alone.
fn run_batch(
    batch: &[Arc<Wanted>],
    run: impl Fn(&[&str]) -> Result<Vec<Vec<f32>>, EmbedderUnavailable>,
) -> Vec<Answer> {
    let guarded = |texts: &[&str]| {
        let vectors = catch_unwind(AssertUnwindSafe(|| run(texts))).unwrap_or_else(|_| {
            Err(EmbedderUnavailable::new("ONNX Runtime failed unexpectedly"))
        })?;
        if vectors.len() == texts.len() {
            Ok(vectors)
        } else {
            Err(EmbedderUnavailable::new("the model gave too few vectors"))
        }
    };
    let texts: Vec<&str> = batch.iter().map(|wanted| wanted.text.as_str()).collect();
    match guarded(&texts) {
        Ok(vectors) => vectors
            .into_iter()
            .map(|vector| Ok(Vector::from(vector)))
            .collect(),
        Err(reason) if texts.len() == 1 => vec![Err(reason)],
        Err(_) => texts
            .iter()
            .map(|text| {
                let vectors = guarded(&[text])?;
                Ok(vectors.into_iter().flatten().collect())
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests;
