//! All sentence vectors of one store's FAQ in flat memory.

/// The roles of an item's vectors, in the order of `texts_to_embed`:
/// question, question with answer, answer, then one for each variant.
const FIXED_ROLES: usize = 3;

/// Vectors of all items: one mean vector each for the first pass over
/// everything, and all of them for a closer look at a few.
#[derive(Debug, Default)]
pub struct Vectors {
    dimensions: usize,
    /// Normalised mean of the three fixed vectors, `items × dimensions`; zeros when not embedded.
    means: Vec<f32>,
    /// All vectors, item after item, `_ × dimensions`.
    rows: Vec<f32>,
    /// First row of each item in `rows`, and the end.
    starts: Vec<usize>,
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
    /// Takes the vectors of every item. An item with vectors missing, of
    /// another length than the first one's, or not finite counts as not embedded.
    pub fn build(items: impl Iterator<Item = Vec<Vec<f32>>>) -> Self {
        let mut vectors = Self {
            starts: vec![0],
            ..Self::default()
        };
        for item in items {
            vectors.add(&item);
        }
        vectors
    }

    fn add(&mut self, item: &[Vec<f32>]) {
        let mut mean = vec![0.0; self.dimensions];
        if item.len() >= FIXED_ROLES {
            if self.dimensions == 0 {
                self.set_dimensions(item[0].len());
                mean = vec![0.0; self.dimensions];
            }
            let fits = |v: &Vec<f32>| {
                v.len() == self.dimensions && v.iter().all(|value| value.is_finite())
            };
            if item.iter().all(fits) {
                for vector in item {
                    self.rows.extend_from_slice(vector);
                }
                for vector in &item[..FIXED_ROLES] {
                    mean.iter_mut()
                        .zip(vector)
                        .for_each(|(sum, value)| *sum += value);
                }
                normalise(&mut mean);
            }
        }
        self.means.extend_from_slice(&mean);
        self.starts.push(self.rows.len() / self.dimensions.max(1));
    }

    /// Items seen before the first embedded one get their (empty) mean now.
    fn set_dimensions(&mut self, dimensions: usize) {
        self.dimensions = dimensions;
        self.means = vec![0.0; (self.starts.len() - 1) * dimensions];
    }

    /// Is no item embedded?
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Can this query vector be compared with the stored ones?
    pub fn accepts(&self, query: &[f32]) -> bool {
        self.dimensions > 0 && query.len() == self.dimensions
    }

    /// Cosine of the query with every item's mean; 0 where not embedded.
    pub fn first_pass(&self, query: &[f32]) -> Vec<f32> {
        self.means
            .chunks_exact(self.dimensions)
            .map(|mean| dot(mean, query))
            .collect()
    }

    /// Exact cosines with one item; `None` when it isn't embedded.
    pub fn cosines(&self, query: &[f32], item: usize) -> Option<Cosines> {
        let rows = &self.rows
            [self.starts[item] * self.dimensions..self.starts[item + 1] * self.dimensions];
        let mut cosines = rows
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
        let vectors = Vectors::build(
            [
                Vec::new(),
                embedded,
                vec![vec![1.0; 3]; 3],
                vec![vec![f32::NAN; 9]; 3],
                vec![unit(8); 3],
            ]
            .into_iter(),
        );
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
        let vectors = Vectors::build([Vec::new(), Vec::new()].into_iter());
        assert!(vectors.is_empty());
        assert!(!vectors.accepts(&unit(0)) && !vectors.accepts(&[]));
    }
}
