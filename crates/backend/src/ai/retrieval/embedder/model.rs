//! The embedding model's files, loaded into ONNX Runtime.

use std::{
    collections::HashSet,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Mutex, PoisonError},
};

use fastembed::{
    InitOptionsUserDefined, Pooling, TextEmbedding, TokenizerFiles, UserDefinedEmbeddingModel,
};
use ort::environment::Environment;

/// Word pieces the model was made for; longer texts are cut.
const MAX_WORD_PIECES: usize = 256;
/// One thread a run: a question takes milliseconds, and the other cores serve requests.
const INTRA_THREADS: usize = 1;
/// Start of a word piece that goes on with a word.
const CONTINUED: &str = "##";

pub(super) const MODEL_FILE: &str = "model.onnx";
pub(super) const TOKENIZER_FILES: [&str; 4] = [
    "tokenizer.json",
    "config.json",
    "special_tokens_map.json",
    "tokenizer_config.json",
];

/// Why there are no embeddings, in one line a person can act on. Search goes
/// on by words alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EmbedderUnavailable(String);

impl EmbedderUnavailable {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// A loaded model.
pub(super) struct Model {
    model: Mutex<TextEmbedding>,
    /// The whole words of its vocabulary; a copy, for a look at one word must
    /// not wait for a run.
    words: HashSet<String>,
    /// Whether capitals make no difference to it.
    is_uncased: bool,
}

impl Model {
    /// Loads the model in `dir` with the ONNX Runtime library. Blocking.
    pub fn load(dir: &Path, dylib: &Path) -> Result<Self, EmbedderUnavailable> {
        let environment = runtime(dylib)?;
        let read = |name: &str| {
            let path = dir.join(name);
            std::fs::read(&path).map_err(|error| {
                EmbedderUnavailable(format!("can't read {}: {error}", path.display()))
            })
        };
        let tokenizer = TokenizerFiles {
            tokenizer_file: read("tokenizer.json")?,
            config_file: read("config.json")?,
            special_tokens_map_file: read("special_tokens_map.json")?,
            tokenizer_config_file: read("tokenizer_config.json")?,
        };
        let model = UserDefinedEmbeddingModel::new(read(MODEL_FILE)?, tokenizer)
            .with_pooling(Pooling::Mean);
        let options = InitOptionsUserDefined::new()
            .with_environment(environment)
            .with_max_length(MAX_WORD_PIECES)
            .with_intra_threads(INTRA_THREADS);
        let model = guarded(|| TextEmbedding::try_new_from_user_defined(model, options))?.map_err(
            |error| EmbedderUnavailable(format!("the embedding model can't be loaded: {error}")),
        )?;
        let pieces = |text: &str| {
            let encoded = model.tokenizer.encode(text, true);
            encoded.map(|encoded| encoded.get_ids().to_vec()).ok()
        };
        Ok(Self {
            words: model
                .tokenizer
                .get_vocab(false)
                .into_keys()
                .filter(|piece| !piece.starts_with(CONTINUED))
                .collect(),
            is_uncased: pieces("Return").is_some_and(|ids| Some(ids) == pieces("return")),
            model: Mutex::new(model),
        })
    }

    /// One run for all `texts`: their L2-normalised vectors, in order.
    pub fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedderUnavailable> {
        let mut model = self.model.lock().unwrap_or_else(PoisonError::into_inner);
        model
            .embed(texts, Some(texts.len()))
            .map_err(|error| EmbedderUnavailable(format!("embedding failed: {error}")))
    }

    /// What tells a text from others: texts for which this is the same have the
    /// same vector.
    pub fn as_it_sees(&self, text: &str) -> String {
        if self.is_uncased {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    }

    /// Is it one whole word of the vocabulary?
    pub fn knows_word(&self, word: &str) -> bool {
        self.words.contains(word)
    }
}

/// The process's one ONNX Runtime; the first library that loads is the one for
/// all. (A failure is remembered by the embedder that met it.)
fn runtime(dylib: &Path) -> Result<Environment, EmbedderUnavailable> {
    static RUNTIME: Mutex<Option<Environment>> = Mutex::new(None);
    let mut runtime = RUNTIME.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(environment) = &*runtime {
        return Ok(environment.clone());
    }
    let unusable = |error: &dyn std::fmt::Display| {
        EmbedderUnavailable(format!("ONNX Runtime can't be used: {error}"))
    };
    let builder = guarded(|| ort::init_from(dylib))?.map_err(|error| unusable(&error))?;
    let environment = guarded(|| builder.with_name("shopdesk").with_telemetry(false).build())?
        .map_err(|error| unusable(&error))?;
    Ok(runtime.insert(environment).clone())
}

/// Turns a panic inside the runtime's bindings into an error.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, EmbedderUnavailable> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| EmbedderUnavailable("ONNX Runtime failed unexpectedly".to_owned()))
}
