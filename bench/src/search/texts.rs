//! What is written and looked for: words as frequent as those of a language are, and names.

/// Frequent words of shoppers and shops, the most frequent first.
const WORDS: [&str; 96] = [
    "the",
    "i",
    "to",
    "my",
    "is",
    "it",
    "and",
    "you",
    "for",
    "order",
    "a",
    "of",
    "in",
    "have",
    "this",
    "can",
    "on",
    "not",
    "with",
    "please",
    "but",
    "was",
    "when",
    "we",
    "hi",
    "be",
    "your",
    "are",
    "delivery",
    "parcel",
    "that",
    "me",
    "thanks",
    "refund",
    "how",
    "if",
    "do",
    "what",
    "from",
    "there",
    "at",
    "will",
    "return",
    "hello",
    "still",
    "an",
    "as",
    "size",
    "shipping",
    "address",
    "has",
    "so",
    "would",
    "like",
    "just",
    "tracking",
    "received",
    "where",
    "number",
    "by",
    "colour",
    "email",
    "help",
    "or",
    "payment",
    "days",
    "item",
    "know",
    "which",
    "been",
    "get",
    "week",
    "change",
    "exchange",
    "wrong",
    "arrived",
    "customer",
    "price",
    "discount",
    "code",
    "invoice",
    "broken",
    "lamp",
    "pillow",
    "linen",
    "cotton",
    "blue",
    "sand",
    "cancel",
    "store",
    "card",
    "confirm",
    "stock",
    "available",
    "warehouse",
    "damaged",
];
const SYLLABLES: [&str; 24] = [
    "ba", "re", "fun", "dal", "or", "der", "shi", "pin", "tra", "lo", "mi", "ke", "su", "port",
    "an", "swe", "ti", "on", "vel", "cor", "du", "gra", "ple", "ven",
];
const FIRST: [&str; 32] = [
    "Anna", "Ben", "Clara", "David", "Elena", "Felix", "Greta", "Hugo", "Ida", "Jonas", "Katja",
    "Lars", "Maya", "Noah", "Olga", "Paul", "Quentin", "Rosa", "Sven", "Tilda", "Ulrich", "Vera",
    "William", "Xenia", "Yusuf", "Zoë", "Jürgen", "Søren", "Chloé", "Mateusz", "Aiko", "Wei",
];
const LAST: [&str; 32] = [
    "Andersson",
    "Becker",
    "Costa",
    "Dubois",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Hoffmann",
    "Ivanova",
    "Jensen",
    "Kowalski",
    "Larsen",
    "Moreau",
    "Novak",
    "Olsen",
    "Petrov",
    "Quinn",
    "Rossi",
    "Schmidt",
    "Tanaka",
    "Urban",
    "Vogel",
    "Weber",
    "Xu",
    "Yilmaz",
    "Zimmermann",
    "Lindqvist",
    "Nakamura",
    "Okafor",
    "Silva",
    "Berg",
    "Haddad",
];
const JAPANESE: [&str; 4] = [
    "注文した商品がまだ届きません。",
    "返品の方法を教えてください。",
    "東京都への配送はいつですか？",
    "サイズを交換したいです。",
];

/// Numbers that are the same in every run.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).unwrap_or_default()
    }
}

/// A word: the frequent ones as often as a language has them, and 60,000 others.
fn word(dice: &mut Dice) -> String {
    if dice.below(100) < 78 {
        // The n-th most frequent is about 1/n as frequent.
        let share = dice.below(1_000_000) as f64 / 1e6;
        let rank = (WORDS.len() as f64).powf(share) - 1.0;
        return WORDS[(rank as usize).min(WORDS.len() - 1)].to_owned();
    }
    rare(dice.below(245) * dice.below(245))
}

/// One of the rarer words.
pub fn rare(number: usize) -> String {
    let mut dice = Dice::new(number as u64 + 77);
    let syllables = 2 + dice.below(3);
    (0..syllables)
        .map(|_| SYLLABLES[dice.below(SYLLABLES.len())])
        .collect()
}

/// A message.
pub fn message(number: usize) -> String {
    let mut dice = Dice::new(number as u64 + 1);
    if number % 50 == 7 {
        return JAPANESE[dice.below(JAPANESE.len())].repeat(1 + dice.below(3));
    }
    let length = 4 + dice.below(22);
    let mut words: Vec<_> = (0..length).map(|_| word(&mut dice)).collect();
    if number % 20 == 3 {
        words.push(format!("#{}", 100_000 + dice.below(50_000)));
    }
    words.join(" ")
}

/// A shopper's name.
pub fn name(number: usize) -> String {
    let mut dice = Dice::new(number as u64 + 5);
    format!(
        "{} {}",
        FIRST[dice.below(FIRST.len())],
        LAST[dice.below(LAST.len())]
    )
}

/// Their address.
pub fn email(number: usize) -> String {
    format!("{}{number}@example.com", rare(number % 3_000))
}

/// What somebody types, a kind each: how it is called, and what is typed.
pub fn typed() -> Vec<(&'static str, Vec<String>)> {
    let own = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    vec![
        (
            "a frequent word",
            own(&[
                "order",
                "refund",
                "delivery ",
                "parcel",
                "damaged",
                "warehouse",
            ]),
        ),
        ("a rare word", (1..7).map(|n| rare(n * 5_003)).collect()),
        (
            "a word being typed",
            own(&["ref", "refu", "deli", "ship", "trac", "war"]),
        ),
        (
            "two words",
            own(&[
                "refund order",
                "wrong size",
                "blue lamp",
                "damaged parcel",
                "invoice email",
                "linen pill",
            ]),
        ),
        (
            "a sentence",
            own(&[
                "where is my order",
                "the parcel has not arrived",
                "can i return it",
                "refund for the lamp",
            ]),
        ),
        (
            "a name",
            own(&[
                "Jürgen Schmidt",
                "anna web",
                "soren",
                "Maya Olsen",
                "chloe",
                "naka",
            ]),
        ),
        (
            "a mistyped name",
            own(&[
                "Jurgen Schmdit",
                "anan weber",
                "Kowalksi",
                "zimmermnan",
                "Lindqivst",
            ]),
        ),
        (
            "an order's number",
            own(&["104242", "#131313", "125001", "149998"]),
        ),
        ("Japanese", own(&["届きません", "返品", "東京都", "配送"])),
        (
            "nothing of it there",
            own(&["xylophone", "qqqq", "refund xylophone"]),
        ),
    ]
}
