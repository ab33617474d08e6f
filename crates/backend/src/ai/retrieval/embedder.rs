//! The sentence embedding model: all-MiniLM-L6-v2 (or another of the same
//! form) on ONNX Runtime, loaded on first use. [`model`] runs it, [`batches`]
//! decides what is run together, [`recent`] remembers what was asked.

mod batches;
mod model;
mod recent;

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use batches::{Batches, Turn};
pub use model::EmbedderUnavailable;
use model::{MODEL_FILE, Model, TOKENIZER_FILES};

/// Start of every Linux shared library.
const ELF_MAGIC: [u8; 4] = *b"\x7fELF";

/// Sentence embedder. Making one is cheap; the first text loads the model
/// (about 0.3 s, blocking). A failure to load is remembered and not tried
/// again. Meant to be shared between threads: texts that come at the same time
/// share a run of the model, and the runs are one at a time.
pub struct Embedder {
    model_dir: PathBuf,
    ort_dylib: Option<PathBuf>,
    model_id: String,
    loaded: OnceLock<Result<Model, EmbedderUnavailable>>,
    batches: Batches,
}

impl Embedder {
    /// An embedder for the model in `model_dir` (`model.onnx` with its
    /// tokenizer files). `ort_dylib` is the ONNX Runtime library; without it
    /// `ORT_DYLIB_PATH` is used.
    pub fn from_dir(model_dir: &Path, ort_dylib: Option<&Path>) -> Self {
        let model_id = model_dir.file_name().map_or_else(
            || "unnamed".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        );
        let ort_dylib = ort_dylib.map(Path::to_path_buf).or_else(|| {
            std::env::var_os("ORT_DYLIB_PATH")
                .filter(|path| !path.is_empty())
                .map(PathBuf::from)
        });
        Self {
            model_dir: model_dir.to_path_buf(),
            ort_dylib,
            model_id,
            loaded: OnceLock::new(),
            batches: Batches::default(),
        }
    }

    /// Name of the model (its folder's name): vectors of another model can't
    /// be compared with this one's.
    pub fn model_id(&self) -> &str {
        &self.model_id
    }

    /// Are the files there and of the right kind? Loads nothing.
    pub fn probe(&self) -> Result<(), EmbedderUnavailable> {
        if let Some(Err(reason)) = self.loaded.get() {
            return Err(reason.clone());
        }
        if !self.is_configured() {
            return Err(EmbedderUnavailable::new(
                "no embedding model is configured (EMBEDDING_MODEL_DIR)",
            ));
        }
        for name in TOKENIZER_FILES.iter().chain([&MODEL_FILE]) {
            let path = self.model_dir.join(name);
            if !path.is_file() {
                return Err(EmbedderUnavailable::new(format!(
                    "the embedding model is incomplete: {} is missing",
                    path.display()
                )));
            }
        }
        self.check_dylib().map(|_| ())
    }

    /// Does it work, as far as is known? [`Embedder::probe`] says whether it can
    /// be tried; this also whether the last run has failed.
    pub fn health(&self) -> Result<(), EmbedderUnavailable> {
        self.probe()?;
        self.batches.failure().map_or(Ok(()), Err)
    }

    /// Whether somebody has asked for a model; [`Embedder::probe`] says whether
    /// it can be used.
    pub fn is_configured(&self) -> bool {
        !self.model_dir.as_os_str().is_empty()
    }

    /// L2-normalised vectors of `texts`, in order. Blocking (milliseconds for
    /// each text; call it off the async threads). Texts over 256 word pieces
    /// are cut. Questions come first: see [`Embedder::embed_question`].
    ///
    /// # Errors
    /// If the model can't be loaded, or fails for one of the texts.
    pub fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedderUnavailable> {
        self.in_turn(texts, Turn::Background)
    }

    /// The same for what a shopper waits for: it comes before everything that
    /// nobody waits for, shares its run of the model with other questions, and
    /// is remembered for the next one who asks it.
    ///
    /// # Errors
    /// If the model can't be loaded, or fails for one of the texts.
    pub fn embed_question(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedderUnavailable> {
        self.in_turn(texts, Turn::Question)
    }

    fn in_turn(&self, texts: &[&str], turn: Turn) -> Result<Vec<Vec<f32>>, EmbedderUnavailable> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let model = self.model()?;
        let vectors = self.batches.embed(
            texts,
            turn,
            |text| model.as_it_sees(text),
            |batch| model.embed(batch),
        )?;
        Ok(vectors.iter().map(|vector| vector.to_vec()).collect())
    }

    /// Is it one whole word of the model's vocabulary (so no typing error)?
    /// False when the model can't be loaded.
    pub fn knows_word(&self, word: &str) -> bool {
        self.model().is_ok_and(|model| model.knows_word(word))
    }

    fn model(&self) -> Result<&Model, EmbedderUnavailable> {
        self.loaded
            .get_or_init(|| {
                self.probe()?;
                let model = Model::load(&self.model_dir, self.check_dylib()?);
                if let Err(reason) = &model {
                    tracing::warn!(%reason, "there are no embeddings; words alone decide what is found");
                }
                model
            })
            .as_ref()
            .map_err(Clone::clone)
    }

    /// The library's path, if it looks like a shared library. Checked before
    /// the runtime is touched, which doesn't take a wrong file well.
    fn check_dylib(&self) -> Result<&Path, EmbedderUnavailable> {
        let Some(path) = self.ort_dylib.as_deref() else {
            return Err(EmbedderUnavailable::new(
                "ONNX Runtime is not configured: set ORT_DYLIB_PATH to libonnxruntime.so",
            ));
        };
        let mut magic = [0; ELF_MAGIC.len()];
        File::open(path)
            .and_then(|mut file| file.read_exact(&mut magic))
            .map_err(|error| {
                EmbedderUnavailable::new(format!(
                    "can't read ONNX Runtime at {}: {error}",
                    path.display()
                ))
            })?;
        if cfg!(target_os = "linux") && magic != ELF_MAGIC {
            return Err(EmbedderUnavailable::new(format!(
                "{} is not a shared library (set ORT_DYLIB_PATH to libonnxruntime.so)",
                path.display()
            )));
        }
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with `names` in it, each holding `content`.
    fn folder(name: &str, names: &[&str], content: &[u8]) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("embedder-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("a folder for the test");
        for name in names {
            std::fs::write(dir.join(name), content).expect("a file for the test");
        }
        dir
    }

    fn refusal(embedder: &Embedder) -> String {
        let reason = embedder
            .embed(&["hello"])
            .expect_err("nothing usable is there");
        assert_eq!(
            embedder.embed(&["hello"]),
            Err(reason.clone()),
            "remembered"
        );
        assert_eq!(
            embedder.probe(),
            Err(reason.clone()),
            "told without loading again"
        );
        assert!(!embedder.knows_word("hello"));
        reason.to_string()
    }

    #[test]
    fn a_missing_model_is_a_clear_error() {
        let reason = refusal(&Embedder::from_dir(Path::new("/nowhere/mini"), None));
        assert!(
            reason.contains("/nowhere/mini/tokenizer.json is missing"),
            "{reason}"
        );
        assert_eq!(
            Embedder::from_dir(Path::new("/nowhere/mini"), None).model_id(),
            "mini"
        );
    }

    #[test]
    fn a_missing_or_broken_library_is_a_clear_error() {
        let files: Vec<&str> = TOKENIZER_FILES
            .iter()
            .copied()
            .chain([MODEL_FILE])
            .collect();
        let dir = folder("library", &files, b"{}");
        let missing = refusal(&Embedder::from_dir(
            &dir,
            Some(Path::new("/nowhere/libonnx.so")),
        ));
        assert!(missing.contains("/nowhere/libonnx.so"), "{missing}");
        let text = refusal(&Embedder::from_dir(&dir, Some(&dir.join("config.json"))));
        assert!(
            text.contains("can't read") || text.contains("not a shared library"),
            "{text}"
        );
        let broken = folder("broken", &["lib.so"], b"\x7fELF and then nothing").join("lib.so");
        // In a process that has loaded a good library already, that one serves,
        // and the empty model is what is refused.
        refusal(&Embedder::from_dir(&dir, Some(&broken)));
        for dir in [dir, broken.parent().expect("a folder").to_path_buf()] {
            std::fs::remove_dir_all(dir).expect("the test's own folder");
        }
    }

    #[test]
    fn a_run_that_failed_shows_until_one_works() {
        let files: Vec<&str> = TOKENIZER_FILES
            .iter()
            .copied()
            .chain([MODEL_FILE])
            .collect();
        let dir = folder("failing", &files, b"\x7fELF");
        let embedder = Embedder::from_dir(&dir, Some(&dir.join("config.json")));
        let run = |vectors: Result<Vec<Vec<f32>>, EmbedderUnavailable>| {
            let key = str::to_owned;
            let done = embedder
                .batches
                .embed(&["hello"], Turn::Background, key, |_| vectors.clone());
            (done.is_ok(), embedder.health(), embedder.probe())
        };
        assert_eq!(embedder.health(), Ok(()));
        let reason = EmbedderUnavailable::new("out of memory");
        let failed = run(Err(reason.clone()));
        // It may be tried again.
        assert_eq!(failed, (false, Err(reason), Ok(())));
        assert_eq!(run(Ok(vec![vec![1.0]])), (true, Ok(()), Ok(())));
        std::fs::remove_dir_all(dir).expect("the test's own folder");
    }

    #[test]
    fn vectors_are_normalised_and_near_for_near_texts() {
        let Some(dir) = std::env::var_os("EMBEDDING_MODEL_DIR") else {
            eprintln!("EMBEDDING_MODEL_DIR is not set: run without the model");
            let nothing = Embedder::from_dir(Path::new("/nowhere"), None);
            assert_eq!(nothing.embed(&[]), Ok(Vec::new()));
            return;
        };
        let embedder = Embedder::from_dir(Path::new(&dir), None);
        let long = "word ".repeat(3_000);
        let texts = [
            "What is your return policy?",
            "How do I send something back?",
            "",
            long.as_str(),
        ];
        let vectors = embedder.embed(&texts).expect("the model works");
        for vector in &vectors {
            let length: f32 = vector.iter().map(|value| value * value).sum();
            assert!((length - 1.0).abs() < 1e-3, "{length}");
        }
        let cosine: f32 = vectors[0].iter().zip(&vectors[1]).map(|(a, b)| a * b).sum();
        assert!((cosine - 0.316).abs() < 0.01, "{cosine}");
        assert!(embedder.knows_word("weather") && !embedder.knows_word("retrun"));
    }
}
