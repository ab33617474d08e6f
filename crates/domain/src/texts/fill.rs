//! Templates: texts with `{name}` where something is put in.

/// Puts values in the places of their names. Other places stay as they are,
/// and so does a value that looks like one.
#[must_use]
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, (name, after))) = next_place(rest) {
        filled.push_str(before);
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// A number in the form that the language has for it.
#[must_use]
pub(super) fn counted(one: &str, other: &str, count: usize) -> String {
    let template = if count == 1 { one } else { other };
    fill(template, &[("count", &count.to_string())])
}

/// What stands before the next place, its name, and what comes after it.
pub(super) fn next_place(template: &str) -> Option<(&str, (&str, &str))> {
    let (before, rest) = template.split_once('{')?;
    Some((before, rest.split_once('}')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_take_the_places_of_their_names() {
        let fill = |template| fill(template, &[("name", "{count}"), ("count", "3")]);
        assert_eq!(fill("{name}: {count}, {count}"), "{count}: 3, 3");
        assert_eq!(fill("{other} {name"), "{other} {name");
        assert_eq!(fill("äö{count}ü"), "äö3ü");
    }

    #[test]
    fn one_is_singular_and_nothing_is_not() {
        let counted = |count| counted("{count} message", "{count} messages", count);
        assert_eq!(counted(0), "0 messages");
        assert_eq!(counted(1), "1 message");
        assert_eq!(counted(2), "2 messages");
    }
}
