//! Where the embedding model and ONNX Runtime are, if nobody says it.

use crate::config::AiOptions;
use std::{
    ffi::OsString,
    fmt,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// The model's folder, below each place.
const MODEL: &str = "models/all-MiniLM-L6-v2";
/// The file that makes it a model's.
const WEIGHTS: &str = "model.onnx";
/// The runtime's library, below each place.
const RUNTIME: &str = "onnxruntime/libonnxruntime.so";

/// The folders that are looked through, in this order.
#[derive(Debug, PartialEq, Eq)]
pub struct Places(Vec<PathBuf>);

impl Places {
    /// The data folder, if there is one, beside the executable, and what
    /// `./dev setup` has filled.
    #[must_use]
    pub fn here(data_dir: Option<&Path>) -> Self {
        let executable = std::env::current_exe().ok();
        Self::of(data_dir, executable.as_deref(), |name| {
            std::env::var_os(name)
        })
    }

    fn of(
        data_dir: Option<&Path>,
        executable: Option<&Path>,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Self {
        let folder = |name| {
            variable(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        // As in scripts/env.sh.
        let cache = folder("SHOPDESK_CACHE").or_else(|| {
            folder("XDG_CACHE_HOME")
                .or_else(|| Some(folder("HOME")?.join(".cache")))
                .map(|caches| caches.join("shopdesk"))
        });
        let beside = executable.and_then(Path::parent);
        // Installed as /usr/local/bin/shopdesk, say.
        let installed = beside
            .filter(|folder| folder.ends_with("bin"))
            .and_then(Path::parent)
            .map(|prefix| prefix.join("lib/shopdesk"));
        let places = [
            data_dir.map(Path::to_path_buf),
            beside.map(Path::to_path_buf),
            installed,
            cache,
        ];
        Self(places.into_iter().flatten().collect())
    }

    /// `given`, with what it doesn't name taken from the first place that has
    /// it.
    #[must_use]
    pub fn complete(&self, given: &AiOptions) -> AiOptions {
        let model = || self.first(MODEL, |model| model.join(WEIGHTS).is_file());
        // It becomes a part of this process.
        let runtime = || self.first(RUNTIME, is_nobody_elses);
        AiOptions {
            embedding_model_dir: given.embedding_model_dir.clone().or_else(model),
            ort_dylib_path: given.ort_dylib_path.clone().or_else(runtime),
            ..given.clone()
        }
    }

    /// Tells the operator what is used, or where it was looked for.
    pub fn log(&self, used: &AiOptions) {
        match (&used.embedding_model_dir, &used.ort_dylib_path) {
            (Some(model), Some(runtime)) => {
                tracing::info!(model = %model.display(), runtime = %runtime.display(), "embedding model found");
            }
            (None, _) => tracing::warn!(
                looked_for = MODEL,
                below = %self,
                "no embedding model found; put one there, or say where it is by EMBEDDING_MODEL_DIR"
            ),
            (Some(_), None) => tracing::warn!(
                looked_for = RUNTIME,
                below = %self,
                "no ONNX Runtime found; put it there, or say where it is by ORT_DYLIB_PATH"
            ),
        }
    }

    fn first(&self, name: &str, is_there: impl Fn(&Path) -> bool) -> Option<PathBuf> {
        let mut candidates = self.0.iter().map(|place| place.join(name));
        candidates.find(|candidate| is_there(candidate))
    }
}

/// Whether a file, and the folder it is in, belong to this process's user or
/// root, and not everybody may change them. (Their group may: on many systems it
/// is the user's own.)
fn is_nobody_elses(file: &Path) -> bool {
    let own = rustix::process::geteuid().as_raw();
    let is_own = |path: &Path| {
        let found = path.metadata();
        found.is_ok_and(|found| [0, own].contains(&found.uid()) && found.mode() & 0o002 == 0)
    };
    file.is_file() && is_own(file) && file.parent().is_some_and(is_own)
}

impl fmt::Display for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places: Vec<_> = self
            .0
            .iter()
            .map(|place| place.display().to_string())
            .collect();
        f.write_str(&places.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use std::{
        fs::{self, Permissions},
        os::unix::fs::PermissionsExt,
    };
    use tempfile::TempDir;

    #[derive(Parser)]
    struct Given {
        #[command(flatten)]
        ai: AiOptions,
    }

    fn nothing_given() -> AiOptions {
        AiOptions {
            embedding_model_dir: None,
            ort_dylib_path: None,
            ..Given::parse_from(["test"]).ai
        }
    }

    fn put(place: &Path, name: &str) -> PathBuf {
        let file = place.join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(&file, "").expect("written");
        file
    }

    #[test]
    fn the_data_folder_comes_first_and_the_cache_last() {
        let places = |variables: &'static [(&str, &str)]| {
            let data = Some(Path::new("/data"));
            let executable = Some(Path::new("/usr/bin/shopdesk"));
            let named = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            };
            Places::of(data, executable, named).to_string()
        };
        let before = "/data, /usr/bin, /usr/lib/shopdesk";
        assert_eq!(places(&[]), before);
        for (variables, cache) in [
            (&[("HOME", "/home/maya")][..], "/home/maya/.cache/shopdesk"),
            (
                &[("HOME", "/home/maya"), ("XDG_CACHE_HOME", "/caches")],
                "/caches/shopdesk",
            ),
            (
                &[("XDG_CACHE_HOME", "/caches"), ("SHOPDESK_CACHE", "/cache")],
                "/cache",
            ),
            (
                &[("XDG_CACHE_HOME", "/caches"), ("SHOPDESK_CACHE", "")],
                "/caches/shopdesk",
            ),
        ] {
            assert_eq!(places(variables), format!("{before}, {cache}"));
        }
    }

    #[test]
    fn the_first_place_that_has_it_is_taken() {
        let folders: Vec<_> = (0..3).map(|_| TempDir::new().expect("a folder")).collect();
        let places = Places(
            folders
                .iter()
                .map(|folder| folder.path().to_path_buf())
                .collect(),
        );
        let found = places.complete(&nothing_given());
        assert_eq!(
            (found.embedding_model_dir, found.ort_dylib_path),
            (None, None)
        );

        // A folder without the weights is no model.
        put(folders[0].path(), "models/all-MiniLM-L6-v2/tokenizer.json");
        let weights = put(folders[1].path(), "models/all-MiniLM-L6-v2/model.onnx");
        put(folders[2].path(), "models/all-MiniLM-L6-v2/model.onnx");
        let runtime = put(folders[2].path(), RUNTIME);
        let found = places.complete(&nothing_given());
        assert_eq!(found.embedding_model_dir.as_deref(), weights.parent());
        assert_eq!(found.ort_dylib_path, Some(runtime));
    }

    #[test]
    fn a_library_that_others_can_change_is_not_taken() {
        let folder = TempDir::new().expect("a folder");
        let runtime = put(folder.path(), RUNTIME);
        let places = Places(vec![folder.path().to_path_buf()]);
        let found = || places.complete(&nothing_given()).ort_dylib_path;
        for changeable in [runtime.as_path(), runtime.parent().expect("a folder")] {
            let mode = |mode| fs::set_permissions(changeable, Permissions::from_mode(mode));
            mode(0o755).expect("changed");
            assert_eq!(found(), Some(runtime.clone()));
            mode(0o777).expect("changed");
            assert_eq!(found(), None, "{}", changeable.display());
            mode(0o755).expect("changed");
        }
    }

    #[test]
    fn what_is_given_wins() {
        let folder = TempDir::new().expect("a folder");
        put(folder.path(), "models/all-MiniLM-L6-v2/model.onnx");
        let runtime = put(folder.path(), RUNTIME);
        let given = AiOptions {
            embedding_model_dir: Some("/elsewhere".into()),
            ..nothing_given()
        };
        let found = Places(vec![folder.path().to_path_buf()]).complete(&given);
        assert_eq!(found.embedding_model_dir, given.embedding_model_dir);
        assert_eq!(found.ort_dylib_path, Some(runtime));
    }
}
