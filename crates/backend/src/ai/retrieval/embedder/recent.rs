//! The vectors of the questions that were asked last.

use std::{collections::HashMap, sync::Arc};

/// A sentence's vector, L2-normalised. Cheap to clone.
pub(super) type Vector = Arc<[f32]>;

/// A bounded memory in two generations: what is asked again moves to the young
/// one, and what is not is dropped with the old one.
#[derive(Debug)]
pub(super) struct Recent {
    young: HashMap<String, Vector>,
    old: HashMap<String, Vector>,
    /// Entries of one generation.
    generation: usize,
}

impl Recent {
    /// A memory of at most `capacity` vectors.
    pub fn new(capacity: usize) -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
            generation: (capacity / 2).max(1),
        }
    }

    /// The vector of `text`, if it is remembered.
    pub fn get(&mut self, text: &str) -> Option<Vector> {
        if let Some(vector) = self.young.get(text) {
            return Some(Arc::clone(vector));
        }
        let (text, vector) = self.old.remove_entry(text)?;
        self.put(text, Arc::clone(&vector));
        Some(vector)
    }

    /// Remembers the vector of `text`.
    pub fn put(&mut self, text: String, vector: Vector) {
        if self.young.len() >= self.generation {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(text, vector);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(value: f32) -> Vector {
        Arc::from([value])
    }

    #[test]
    fn what_is_asked_again_stays() {
        let mut recent = Recent::new(4);
        recent.put("often".to_owned(), vector(1.0));
        for at in 0..100_u8 {
            recent.put(format!("once {at}"), vector(0.0));
            assert_eq!(recent.get("often"), Some(vector(1.0)), "after {at}");
        }
        assert_eq!(recent.get("once 3"), None);
    }

    #[test]
    fn it_never_grows_over_its_capacity() {
        let mut recent = Recent::new(8);
        for at in 0..1_000_u16 {
            recent.put(at.to_string(), vector(0.0));
            assert!(recent.young.len() + recent.old.len() <= 8, "after {at}");
        }
    }
}
