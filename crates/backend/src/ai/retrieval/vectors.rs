//! All sentence vectors of one store's FAQ.

use std::sync::Arc;

/// The roles of an item's vectors, in the order of `texts_to_embed`:
/// question, question with answer, answer, then one for each variant.
const FIXED_ROLES: usize = 3;

/// Vectors of all items, by the items' numbers. A copy shares them with its
/// original.
#[derive(Debug, Clone, Default)]
pub struct Vectors {
    /// 0 as long as no item is embedded.
    dimensions: usize,
    embedded: usize,
    items: Vec<Option<Arc<Embedded>>>,
}

/// One item's vectors: a mean for the first pass over everything, and all of
/// them for a closer look at a few.
#[derive(Debug)]
struct Embedded {
    /// Normalised mean of the three fixed vectors.
    mean: Vec<f32>,
    /// All vectors, one after the other.
    rows: Vec<f32>,
}

/// Cosines of a query with one item, -1..=1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cosines {
    /// Best of question and variants.
    pub question: f32,
    /// Question and answer embedded as one text.
    pub both: f32,
    /// The answer alone.
    pub answer: f32,
}

impl Vectors {
    /// Takes the vectors of an item, instead of those that it had. An item with
    /// vectors missing, of another length than the others', or not finite counts
    /// as not embedded.
    pub fn put(&mut self, item: usize, vectors: &[Vec<f32>]) {
        self.remove(item);
        if self.items.len() <= item {
            self.items.resize(item + 1, None);
        }
        let Some(fixed) = vectors.get(..FIXED_ROLES) else {
            return;
        };
        let dimensions = match self.dimensions {
            0 => fixed[0].len(),
            dimensions => dimensions,
        };
        let fits = |v: &Vec<f32>| v.len() == dimensions && v.iter().all(|value| value.is_finite());
        if dimensions == 0 || !vectors.iter().all(fits) {
            return;
        }
        let mut mean = vec![0.0; dimensions];
        for vector in fixed {
            mean.iter_mut()
                .zip(vector)
                .for_each(|(sum, value)| *sum += value);
        }
        normalise(&mut mean);
        let rows = vectors.concat();
        self.items[item] = Some(Arc::new(Embedded { mean, rows }));
        self.dimensions = dimensions;
        self.embedded += 1;
    }

    /// Forgets the vectors of an item.
    pub fn remove(&mut self, item: usize) {
        if self.items.get_mut(item).and_then(Option::take).is_some() {
            self.embedded -= 1;
        }
        if self.embedded == 0 {
            self.dimensions = 0;
        }
    }

    /// How much memory an item's vectors take.
    pub fn bytes(&self, item: usize) -> usize {
        let embedded = self.items.get(item).and_then(Option::as_ref);
        embedded.map_or(0, |item| {
            size_of::<f32>() * (item.mean.len() + item.rows.len())
        })
    }

    /// Is no item embedded?
    pub fn is_empty(&self) -> bool {
        self.embedded == 0
    }

    /// Can this query vector be compared with the stored ones?
    pub fn accepts(&self, query: &[f32]) -> bool {
        self.dimensions > 0 && query.len() == self.dimensions
    }

    /// Cosine of the query with every number's mean; 0 where nothing is embedded.
    pub fn first_pass(&self, query: &[f32]) -> Vec<f32> {
        self.items
            .iter()
            .map(|item| item.as_ref().map_or(0.0, |item| dot(&item.mean, query)))
            .collect()
    }

    /// Exact cosines with one item; `None` when it isn't embedded.
    pub fn cosines(&self, query: &[f32], item: usize) -> Option<Cosines> {
        let mut cosines = self
            .items
            .get(item)?
            .as_ref()?
            .rows
            .chunks_exact(self.dimensions)
            .map(|row| dot(row, query));
        let (question, both, answer) = (cosines.next()?, cosines.next()?, cosines.next()?);
        Some(Cosines {
            question: cosines.fold(question, f32::max),
            both,
            answer,
        })
    }
}

/// Sum of products, in eight lanes so that the compiler can use vector instructions.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a_chunks
        .remainder()
        .iter()
        .zip(b_chunks.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for lane in 0..8 {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// Scales to length 1; a zero vector stays.
fn normalise(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(at: usize) -> Vec<f32> {
        (0..9).map(|i| if i == at { 1.0 } else { 0.0 }).collect()
    }

    #[test]
    fn items_without_usable_vectors_are_skipped() {
        let embedded = vec![unit(0), unit(1), unit(2), unit(3)];
        let mut vectors = Vectors::default();
        let items = [
            Vec::new(),
            embedded,
            vec![vec![1.0; 3]; 3],
            vec![vec![f32::NAN; 9]; 3],
            vec![unit(8); 3],
        ];
        for (at, item) in items.iter().enumerate() {
            vectors.put(at, item);
        }
        assert!(vectors.accepts(&unit(0)) && !vectors.accepts(&[1.0]));
        assert_eq!(vectors.cosines(&unit(0), 0), None);
        assert_eq!(vectors.cosines(&unit(0), 2), None);
        assert_eq!(vectors.cosines(&unit(0), 3), None);
        let by_variant = vectors.cosines(&unit(3), 1).expect("embedded");
        assert_eq!(
            by_variant,
            Cosines {
                question: 1.0,
                both: 0.0,
                answer: 0.0
            }
        );
        let first = vectors.first_pass(&unit(8));
        assert_eq!(first.len(), 5);
        assert!((first[4] - 1.0).abs() < 1e-6 && first[0] == 0.0);
    }

    #[test]
    fn nothing_embedded_accepts_no_query() {
        let mut vectors = Vectors::default();
        vectors.put(0, &[]);
        vectors.put(1, &vec![unit(0); 3]);
        vectors.remove(1);
        assert!(vectors.is_empty());
        assert!(!vectors.accepts(&unit(0)) && !vectors.accepts(&[]));
    }
}
