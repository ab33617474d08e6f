//! One store's FAQ in memory, ready to be searched.

use std::{
    cell::Cell,
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use super::{
    bm25::Bm25,
    embedder::Embedder,
    score::Evidence,
    spelling::Spelling,
    text::{is_prompt_injection, polish, sentences, words},
    vectors::Vectors,
};

/// Items looked at closely: this many of the best by vectors and as many by words.
const CANDIDATES: usize = 40;
/// Sentences of a long message that are searched one by one, besides the whole.
const MAX_SENTENCES: usize = 4;
/// Characters of a message that are searched for: about what the model sees of it.
const SEARCHED_MAX: usize = 1_000;
/// Words of a message that are compared with all that are known, to find out
/// what was meant: each costs as much as the FAQ has words.
const CORRECTED_MAX: usize = 20;
/// About how much memory the built-in words take in each index.
const BUILT_IN_BYTES: usize = 200_000;

/// One question with its answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FaqEntry {
    /// The item's id.
    pub id: String,
    pub question: String,
    pub answer: String,
    /// Other ways to ask the same.
    pub variants: Vec<String>,
    /// Vectors of [`texts_to_embed`], in that order, all of one length,
    /// L2-normalised. Empty = not embedded (yet): found by its words.
    pub vectors: Vec<Vec<f32>>,
}

/// What has to be embedded for one item, in order: the question, question and
/// answer as one text, the answer, then each variant.
pub fn texts_to_embed(question: &str, answer: &str, variants: &[String]) -> Vec<String> {
    let mut texts = vec![
        question.to_owned(),
        format!("{question} {answer}"),
        answer.to_owned(),
    ];
    texts.extend_from_slice(variants);
    texts
}

/// One item found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Number in the index, for [`FaqIndex::entry`].
    pub index: usize,
    /// The item's id.
    pub id: String,
    /// Cosine with the question or the nearest variant; `None` without vectors.
    pub cosine: Option<f32>,
    /// BM25 as a share of what an item made for this query would get, 0..=1.
    pub bm25: f32,
    /// Strength the hits are ordered by, about 0..=1.
    pub rank: f32,
    /// Calibrated probability that the item answers the query, 0..=1.
    pub score: f32,
    /// Is it the very question of the FAQ?
    pub is_same_question: bool,
}

/// A store's FAQ: words, vectors and spelling. A change costs as much as the item
/// that is changed; a copy shares with its original whatever isn't changed.
#[derive(Debug, Clone, Default)]
pub struct FaqIndex {
    /// The items by number; an empty one where a number is free.
    entries: Vec<Arc<FaqEntry>>,
    numbers: HashMap<String, usize>,
    free: Vec<usize>,
    bytes: usize,
    bm25: Bm25,
    vectors: Vectors,
    spelling: Spelling,
    /// The items that ask a question in these words, by question or variant.
    by_words: HashMap<String, Vec<usize>>,
}

impl FaqIndex {
    /// Indexes the items.
    pub fn build(entries: Vec<FaqEntry>) -> Self {
        let mut index = Self::default();
        for entry in entries {
            index.put(entry);
        }
        index
    }

    /// Adds an item, or takes it in the place of the one with its id.
    pub fn put(&mut self, mut entry: FaqEntry) {
        let vectors = std::mem::take(&mut entry.vectors);
        let number = match self.numbers.get(&entry.id) {
            // Only its vectors have come.
            Some(&number) if *self.entries[number] == entry => number,
            old => {
                if old.is_some() {
                    self.remove(&entry.id);
                }
                self.insert(entry)
            }
        };
        self.bytes -= self.vectors.bytes(number);
        self.vectors.put(number, &vectors);
        self.bytes += self.vectors.bytes(number);
    }

    fn insert(&mut self, entry: FaqEntry) -> usize {
        let number = self.free.pop().unwrap_or(self.entries.len());
        self.bm25
            .put(number, &entry.question, &entry.variants, &entry.answer);
        for text in texts(&entry) {
            self.spelling.learn(text);
        }
        for question in entry.variants.iter().chain([&entry.question]) {
            let items = self.by_words.entry(key(question)).or_default();
            if !items.contains(&number) {
                items.push(number);
            }
        }
        self.numbers.insert(entry.id.clone(), number);
        self.bytes += bytes(&entry);
        if number == self.entries.len() {
            self.entries.push(Arc::default());
        }
        self.entries[number] = Arc::new(entry);
        number
    }

    /// Takes an item out, if it is there.
    pub fn remove(&mut self, id: &str) {
        let Some(number) = self.numbers.remove(id) else {
            return;
        };
        let entry = std::mem::take(&mut self.entries[number]);
        self.bm25
            .remove(number, &entry.question, &entry.variants, &entry.answer);
        for text in texts(&entry) {
            self.spelling.forget(text);
        }
        for question in entry.variants.iter().chain([&entry.question]) {
            if let Entry::Occupied(mut items) = self.by_words.entry(key(question)) {
                items.get_mut().retain(|item| *item != number);
                if items.get().is_empty() {
                    items.remove();
                }
            }
        }
        self.bytes -= bytes(&entry) + self.vectors.bytes(number);
        self.vectors.remove(number);
        self.free.push(number);
    }

    /// The ids of the items, in no order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.numbers.keys().map(String::as_str)
    }

    /// Is the item of this id in it?
    pub fn holds(&self, id: &str) -> bool {
        self.numbers.contains_key(id)
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// About how much memory it takes, in bytes.
    pub fn bytes(&self) -> usize {
        BUILT_IN_BYTES + self.bytes
    }

    /// The item of a hit of this index (without its vectors).
    pub fn entry(&self, hit: &Hit) -> &FaqEntry {
        &self.entries[hit.index]
    }

    /// The whole search as production does it: typing errors and slang are put
    /// right, greetings dropped, a long message is also searched sentence by
    /// sentence, and the most confident reading wins. Blocking when `embedder`
    /// is given; when it fails, words alone decide. Nothing is embedded where
    /// that would change nothing: for the FAQ's own words, and as long as no
    /// item has vectors to compare with.
    pub fn look_up(&self, message: &str, embedder: Option<&Embedder>, limit: usize) -> Vec<Hit> {
        if self.is_empty() {
            return Vec::new();
        }
        let readings = self.readings(message, embedder);
        let texts: Vec<&str> = readings.iter().map(String::as_str).collect();
        if let Some(text) = texts.iter().find(|text| !self.asking(text).is_empty()) {
            return self.search(text, None, limit);
        }
        let embedder = embedder.filter(|_| !self.vectors.is_empty());
        let vectors = embedder.and_then(|embedder| embedder.embed_question(&texts).ok());
        let mut best: Vec<Hit> = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            let vector = vectors.as_ref().map(|vectors| vectors[at].as_slice());
            let hits = self.search(text, vector, limit);
            let confidence = |hits: &[Hit]| {
                hits.first().map_or(
                    -1.0,
                    |hit| if hit.is_same_question { 1.0 } else { hit.score },
                )
            };
            if confidence(&hits) > confidence(&best) {
                best = hits;
            }
        }
        best
    }

    /// The texts to search for a message: all that says something, and when
    /// that is several sentences, the first of them one by one. Empty for
    /// greetings, thanks, gibberish without a word, and orders to a language model.
    pub fn readings(&self, message: &str, embedder: Option<&Embedder>) -> Vec<String> {
        if is_prompt_injection(message) {
            return Vec::new();
        }
        let compared = Cell::new(0);
        let is_right = |word: &str| {
            if embedder.is_some_and(|embedder| embedder.knows_word(word)) {
                return true;
            }
            compared.set(compared.get() + 1);
            compared.get() > CORRECTED_MAX
        };
        let message = polish(beginning(message), |word| {
            self.spelling.correct(word, is_right)
        });
        let mut said = sentences(&message);
        said.retain(|sentence| !self.bm25.query(sentence).is_empty());
        match said.len() {
            0 => Vec::new(),
            1 => vec![said[0].to_owned()],
            _ => {
                let whole = said.join(" ");
                let single = said
                    .iter()
                    .take(MAX_SENTENCES)
                    .map(|sentence| (*sentence).to_owned());
                std::iter::once(whole).chain(single).collect()
            }
        }
    }

    /// One search: the `limit` best items for a text and (if there is one) its
    /// vector, best first. A vector of another length than the stored ones is
    /// ignored. No hits for a text without any word that can be searched for.
    pub fn search(&self, query: &str, query_vector: Option<&[f32]>, limit: usize) -> Vec<Hit> {
        if limit == 0 {
            return Vec::new();
        }
        self.weigh(query, query_vector)
            .into_iter()
            .take(limit)
            .map(|found| Hit {
                index: found.index,
                id: self.entries[found.index].id.clone(),
                cosine: found.evidence.cosines.map(|cosines| cosines.question),
                bm25: found.evidence.overlap.bm25,
                rank: found.rank,
                score: found.evidence.confidence(found.lead),
                is_same_question: found.is_same_question,
            })
            .collect()
    }

    /// Looks closely at the candidates, best first.
    fn weigh(&self, query: &str, query_vector: Option<&[f32]>) -> Vec<Weighed> {
        let terms = self.bm25.query(query);
        if terms.is_empty() {
            return Vec::new();
        }
        let vector = query_vector.filter(|vector| self.vectors.accepts(vector));
        let mut candidates = best_of(&self.bm25.scores(&terms), CANDIDATES);
        if let Some(vector) = vector {
            candidates.extend(best_of(&self.vectors.first_pass(vector), CANDIDATES));
        }
        let word_for_word = self.asking(query);
        candidates.extend(word_for_word);
        candidates.sort_unstable();
        candidates.dedup();

        let mut found: Vec<Weighed> = candidates
            .into_iter()
            .map(|index| {
                let evidence = Evidence {
                    cosines: vector.and_then(|vector| self.vectors.cosines(vector, index)),
                    overlap: self.bm25.overlap(&terms, index),
                };
                let is_same_question =
                    evidence.is_same_question() || word_for_word.contains(&index);
                Weighed {
                    index,
                    evidence,
                    rank: evidence.rank(),
                    lead: 0.0,
                    is_same_question,
                }
            })
            .collect();
        // The same question is the answer, however many others share its words.
        found.sort_by(|a, b| {
            b.is_same_question
                .cmp(&a.is_same_question)
                .then(b.rank.total_cmp(&a.rank))
                .then_with(|| self.entries[a.index].id.cmp(&self.entries[b.index].id))
        });
        let first = found.first().map_or(0.0, |best| best.rank);
        let second = found.get(1).map_or(0.0, |next| next.rank);
        for (at, item) in found.iter_mut().enumerate() {
            item.lead = item.rank - if at == 0 { second } else { first };
        }
        found
    }

    /// The items that ask just this.
    fn asking(&self, question: &str) -> &[usize] {
        self.by_words.get(&key(question)).map_or(&[], Vec::as_slice)
    }
}

/// What questions in the same words have in common.
fn key(question: &str) -> String {
    words(question).join(" ")
}

fn texts(entry: &FaqEntry) -> impl Iterator<Item = &str> {
    let variants = entry.variants.iter().map(String::as_str);
    variants.chain([entry.question.as_str(), entry.answer.as_str()])
}

/// About how much memory an item takes without its vectors: its texts, what is
/// kept of each word, and what every item has.
fn bytes(entry: &FaqEntry) -> usize {
    1_000 + 4 * texts(entry).map(str::len).sum::<usize>()
}

/// As much of a message as is searched for: whole sentences, unless too little
/// would be left of it; else whole words.
fn beginning(message: &str) -> &str {
    let Some((end, _)) = message.char_indices().nth(SEARCHED_MAX) else {
        return message;
    };
    let beginning = message[..end].trim_end();
    let cut_off = sentences(beginning).pop().unwrap_or_default();
    match beginning.strip_suffix(cut_off) {
        Some(whole) if whole.len() > beginning.len() / 2 => whole,
        _ => beginning
            .rsplit_once(char::is_whitespace)
            .map_or(beginning, |(whole, _)| whole),
    }
}

/// One candidate of a search with what is known of it.
struct Weighed {
    index: usize,
    evidence: Evidence,
    rank: f32,
    /// Rank minus the best other candidate's.
    lead: f32,
    is_same_question: bool,
}

/// Positions of the `count` highest scores above zero, in no order.
fn best_of(scores: &[f32], count: usize) -> Vec<usize> {
    let mut best: Vec<usize> = (0..scores.len()).filter(|&at| scores[at] > 0.0).collect();
    if best.len() > count {
        best.select_nth_unstable_by(count, |&a, &b| scores[b].total_cmp(&scores[a]));
        best.truncate(count);
    }
    best
}

#[cfg(test)]
mod tests;
