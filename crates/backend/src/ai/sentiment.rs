//! How a shopper sounds: a small linear head over the sentence embedding, a list of words and
//! hashed pieces of words. [`features`] turns a text into numbers, [`head`] weighs them,
//! [`train`](mod@train) finds the weights; they are kept in `sentiment/head.bin`. Without the
//! embedding model a second head, which knows the words alone, decides.

mod eval;
mod features;
mod head;
mod judge;
mod lexicon;
mod train;

pub use domain::sentiment::Sentiment;
pub use eval::{Figures, Report, Row, evaluate};
pub use head::Judged;
pub use judge::judge;
pub use train::train;
