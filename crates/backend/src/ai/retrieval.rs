//! FAQ retrieval: which item of a store's FAQ answers a question, if any.
//!
//! No database and no network. A question is put right ([`text`], [`spelling`]),
//! compared with every item by meaning ([`embedder`], [`vectors`]) and by words
//! ([`concepts`], [`bm25`]), [`score`] turns what was found into one
//! calibrated confidence, and [`decision`] decides: the same question, relevant,
//! or stay silent. Without the embedding model everything works by words alone, with
//! thresholds of their own.
//!
//! ```text
//! let index = FaqIndex::build(entries);
//! let (hits, decision) = answer(&index, "how do i send something back??", Some(&embedder), 5);
//! ```

pub mod bm25;
pub mod concepts;
pub mod decision;
pub mod embedder;
pub mod eval;
pub mod index;
pub mod score;
pub mod spelling;
pub mod text;
pub mod vectors;

pub use decision::{Decision, answer, decide};
pub use embedder::{Embedder, EmbedderUnavailable};
pub use eval::{EvalItem, FaqReport, evaluate};
pub use index::{FaqEntry, FaqIndex, Hit, texts_to_embed};
