//! A text as numbers: a few that are thought out, and hashed words and pieces of words.

use super::lexicon::{fold, set, weight};
use std::{collections::HashSet, sync::LazyLock};

/// The numbers that are thought out.
pub(super) const THOUGHT_OUT: usize = 52;
/// Places for hashed words.
pub(super) const BUCKETS: usize = 1 << 12;
/// Length of the hashed part: about as long as the rest.
const HASHED: f32 = 2.0;
/// Characters that are read: a text that goes on and on says at its beginning how it sounds.
const READ: usize = 2_000;

/// A text's numbers, without its embedding.
pub(super) struct Features {
    pub thought_out: Vec<f32>,
    /// Which places have something, and what.
    pub hashed: Vec<(usize, f32)>,
    /// Whether it is loud: by one of the strongest words, by shouting, by a furious face.
    pub is_loud: bool,
}

impl Features {
    pub fn of(text: &str) -> Self {
        let text: String = text.chars().take(READ).collect();
        let words = words(&text);
        Self {
            thought_out: thought_out(&text, &words),
            hashed: hashed(&words),
            is_loud: is_loud(&text, &words),
        }
    }
}

struct Lists {
    not: HashSet<&'static str>,
    very: HashSet<&'static str>,
    but: HashSet<&'static str>,
    asking: HashSet<&'static str>,
    again: HashSet<&'static str>,
    you: HashSet<&'static str>,
    me: HashSet<&'static str>,
    please: HashSet<&'static str>,
    nobody: HashSet<&'static str>,
}

/// Small words of all four languages; folded, an English "n't" drawn in.
static LISTS: LazyLock<Lists> = LazyLock::new(|| Lists {
    not: set(
        "not no never none nobody nothing neither nor without cannot cant dont doesnt didnt isnt wasnt arent \
         werent wont wouldnt couldnt shouldnt hasnt havent hadnt aint hardly barely nicht kein keine keinen keiner \
         keines keinem nie niemals nichts niemand ohne kaum pas jamais rien personne aucun aucune sans ni ne n \
         nunca nada nadie ningun ninguna ninguno sin tampoco jamas zero null cero",
    ),
    very: set(
        "very so really extremely totally absolutely super completely incredibly such too sehr wirklich total absolut \
         extrem echt voll richtig mega tres vraiment tellement trop totalement muy tan realmente totalmente demasiado",
    ),
    but: set("but however although though yet aber jedoch doch mais pourtant pero sino aunque"),
    asking: set(
        "what when where who why how which can could do does is are will would may wo wann was wie wer warum welche \
         welcher kann gibt ist sind haben habt ou quand comment combien quel quelle pourquoi puis avez est donde \
         cuando como cuanto que cual por puedo tienen teneis hay",
    ),
    again: set(
        "again still always ever even anymore constantly yet another twice weeks week months days hours hour wieder \
         noch immer schon wochen monate tage tagen stunden endlich encore toujours deja semaines mois jours heures \
         otra vez sigo sigue siempre semanas meses dias horas",
    ),
    you: set(
        "you your u ur youre yourself yours du dein ihr euer eure euch sie ihre ihrer vous votre vos tu ton vuestro \
         vuestra vuestros sus su usted ustedes os",
    ),
    me: set("i my me we our us ich mein meine wir je j mon ma nous mi mis yo"),
    please: set("please pls plz bitte svp favor"),
    nobody: set("nobody noone niemand keiner keine personne aucune aucun nadie ninguna none"),
});

const LAUGHS: &str = "😍❤♥😊🙏👍👏🥰😀😃😄😁🙂☺🎉💕💖💯😘🤗✨🥳😎💙💚💜🤩👌⭐🌟";
const FROWNS: &str = "😡👎🤬😤🙄😠😒😢😭😞😔😩😫🤦🤮💔😑😕☹🖕😾";

/// The words of a text, folded; "don't" is one, "j'ai" two, names and links none.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in text.split_whitespace() {
        if part.starts_with("http://") || part.starts_with("https://") || is_name(part) {
            continue;
        }
        let part = fold(&part.replace(['’', '`'], "'"));
        for word in part.split(|c: char| !c.is_alphanumeric() && c != '\'') {
            let word = word.trim_matches('\'');
            match word.split_once('\'') {
                Some((before, "t")) => words.push(format!("{before}t")),
                Some((before, after)) => {
                    words.push(before.to_owned());
                    if after.chars().count() > 2 || before.chars().count() <= 2 {
                        words.push(after.to_owned());
                    }
                }
                None if word.is_empty() => {}
                None => words.push(word.to_owned()),
            }
        }
    }
    words
}

/// "@shop"
fn is_name(part: &str) -> bool {
    let rest = part.strip_prefix('@');
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// What the listed words say together.
#[derive(Default)]
struct Said {
    pleased: f32,
    annoyed: f32,
    most_pleased: f32,
    most_annoyed: f32,
    first: f32,
    last: f32,
    after_but: f32,
    is_pleased: bool,
    is_annoyed: bool,
    turned_to_annoyed: f32,
    turned_to_pleased: f32,
}

fn said(words: &[String]) -> Said {
    let lists = &*LISTS;
    let (mut said, mut is_after_but) = (Said::default(), false);
    for (n, word) in words.iter().enumerate() {
        if lists.but.contains(&**word) {
            (is_after_but, said.after_but) = (true, 0.0);
        }
        let mut value = weight(word);
        if value == 0.0 {
            continue;
        }
        let before = &words[n.saturating_sub(3)..n];
        if before.iter().any(|word| lists.not.contains(&**word)) {
            // "not good" is bad, "not bad" is hardly good.
            if value > 0.0 {
                said.turned_to_annoyed += 1.0;
                value *= -0.7;
            } else {
                said.turned_to_pleased += 1.0;
                value *= -0.4;
            }
        }
        if before
            .last()
            .is_some_and(|word| lists.very.contains(&**word))
        {
            value *= 1.3;
        }
        if value > 0.0 {
            said.pleased += value;
            said.most_pleased = said.most_pleased.max(value);
            said.is_pleased = true;
        } else {
            said.annoyed -= value;
            said.most_annoyed = said.most_annoyed.max(-value);
            said.is_annoyed = true;
        }
        if said.first == 0.0 {
            said.first = value;
        }
        said.last = value;
        if is_after_but {
            said.after_but += value;
        }
    }
    said
}

fn thought_out(text: &str, words: &[String]) -> Vec<f32> {
    let lists = &*LISTS;
    let said = said(words);
    let is = |yes: bool| f32::from(u8::from(yes));
    let up_to = |count: usize, most: u8| {
        f32::from(u8::try_from(count).unwrap_or(u8::MAX).min(most)) / f32::from(most)
    };
    let of = |list: &HashSet<&str>| words.iter().filter(|word| list.contains(&***word)).count();
    let marks = |mark: char| text.matches(mark).count();
    let shouted = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| word.chars().count() >= 3 && word.chars().all(char::is_uppercase));
    let smiles = [":)", ":-)", "<3", ":D", ";)"].map(|one| text.matches(one).count());
    let laughs =
        text.chars().filter(|c| LAUGHS.contains(*c)).count() + smiles.iter().sum::<usize>();
    let sighs = [":(", ":-(", ":/ "].map(|one| text.matches(one).count());
    let frowns = text.chars().filter(|c| FROWNS.contains(*c)).count() + sighs.iter().sum::<usize>();
    let thanks = words.iter().filter(|word| is_thanks(word)).count();
    let starts_with_thanks = words.first().is_some_and(|word| is_thanks(word));
    let (asks, stars) = (marks('?') > 0, text.trim_end().ends_with('?'));
    let not = of(&lists.not);
    let again = of(&lists.again);
    let is_question = words
        .first()
        .is_some_and(|word| lists.asking.contains(&**word));
    let early = words
        .iter()
        .take(3)
        .any(|word| lists.asking.contains(&**word));
    let count = words.len();
    #[expect(clippy::cast_precision_loss, reason = "a message has few words")]
    let length = (count as f32).ln_1p() / 4.0;
    let quoted = text.contains(['"', '“', '«', '„']);
    let (pleased, annoyed) = (said.is_pleased, said.is_annoyed);
    vec![
        (said.pleased / 4.0).tanh(),
        (said.annoyed / 4.0).tanh(),
        ((said.pleased - said.annoyed) / 4.0).tanh(),
        said.most_pleased / 3.0,
        said.most_annoyed / 3.0,
        (said.last / 2.0).tanh(),
        (said.first / 2.0).tanh(),
        (said.after_but / 3.0).tanh(),
        is(pleased),
        is(annoyed),
        is(pleased && annoyed),
        said.turned_to_annoyed.min(2.0),
        said.turned_to_pleased.min(2.0),
        is(asks),
        is(stars),
        is(is_question),
        is(early),
        up_to(marks('!'), 3),
        is(marks('!') > 0),
        up_to(marks('?'), 3),
        is(["??", "?!", "!?"].iter().any(|one| text.contains(one))),
        up_to(shouted.count(), 3),
        is(text.contains("...") || text.contains('…')),
        up_to(laughs, 2) * 2.0,
        up_to(frowns, 2) * 2.0,
        up_to(thanks, 2),
        is(starts_with_thanks),
        is(thanks > 0 && annoyed),
        up_to(not, 3),
        up_to(again, 3),
        up_to(of(&lists.you), 3),
        up_to(of(&lists.me), 3),
        length,
        is(count <= 3),
        is(count > 15),
        is(text.contains(|c: char| c.is_ascii_digit())),
        is(text.starts_with('@')),
        is(!pleased && !annoyed),
        is(of(&lists.please) > 0),
        is(text.contains("http")),
        is(pleased && !annoyed),
        is(annoyed && !pleased),
        is(asks && annoyed),
        is(asks && pleased),
        // What sarcasm is made of.
        is(pleased && again > 0),
        is(pleased && not > 0),
        is(pleased && frowns > 0),
        is(pleased && quoted),
        is(annoyed && again > 0),
        is(of(&lists.nobody) > 0),
        is(not > 0 && again > 0),
        is(thanks > 0 && asks),
    ]
}

/// The faces of fury.
const FURY: &str = "😡🤬🖕😤";

fn is_loud(text: &str, words: &[String]) -> bool {
    let strongest = |word: &String| weight(word) <= -3.0;
    let shouted = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| word.chars().count() >= 4 && word.chars().all(char::is_uppercase));
    words.iter().any(strongest)
        || text.contains("!!")
        || text.contains("?!")
        || shouted.count() >= 2
        || text.contains(|c| FURY.contains(c))
}

fn is_thanks(word: &str) -> bool {
    [
        "thank", "thx", "thanx", "tysm", "danke", "merci", "gracias", "cheers", "kudos", "bravo",
    ]
    .iter()
    .any(|beginning| word.starts_with(beginning))
        || word == "ty"
}

/// Words, pairs of words and pieces of words, each in its place; all together of one length,
/// so that a long text doesn't shout.
fn hashed(words: &[String]) -> Vec<(usize, f32)> {
    let mut seen = HashSet::new();
    for word in words {
        seen.insert(hash(word, ""));
        let framed: Vec<char> = format!("<{word}>").chars().collect();
        for size in [4, 5] {
            for piece in framed.windows(size) {
                seen.insert(hash(&piece.iter().collect::<String>(), "#"));
            }
        }
    }
    let edge = String::new();
    let firsts = [&edge].into_iter().chain(words);
    for (one, next) in firsts.zip(words.iter().chain([&edge])) {
        seen.insert(hash(one, next) ^ 1);
    }
    let mut places: Vec<usize> = seen
        .into_iter()
        .map(|hash| usize::try_from(hash % BUCKETS as u64).unwrap_or_default())
        .collect();
    places.sort_unstable();
    let mut hashed: Vec<(usize, f32)> = Vec::new();
    for place in places {
        match hashed.last_mut() {
            Some((last, count)) if *last == place => *count += 1.0,
            _ => hashed.push((place, 1.0)),
        }
    }
    let length = hashed
        .iter()
        .map(|(_, count)| count * count)
        .sum::<f32>()
        .sqrt();
    for (_, count) in &mut hashed {
        *count *= HASHED / length.max(1.0);
    }
    hashed
}

/// FNV-1a, the same on every machine and for ever.
fn hash(one: &str, other: &str) -> u64 {
    let bytes = one.bytes().chain([0xff]).chain(other.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The low bits of FNV are weak.
    hash ^ (hash >> 29) ^ (hash >> 47)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_read_as_they_are_meant() {
        assert_eq!(
            words("@Shop Don’t http://a.b/c j'ai it's ÉTÉ, ok!"),
            ["dont", "j", "ai", "it", "s", "ete", "ok"]
        );
    }

    proptest! {
        #[test]
        fn any_text_has_its_numbers(text: String) {
            let features = Features::of(&text);
            prop_assert_eq!(features.thought_out.len(), THOUGHT_OUT);
            prop_assert!(features.thought_out.iter().all(|value| value.is_finite()));
            let in_place = |(place, value): &(usize, f32)| *place < BUCKETS && value.is_finite();
            prop_assert!(features.hashed.iter().all(in_place));
        }
    }
}
