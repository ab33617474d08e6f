//! The recogniser as a whole: tables of cases, properties of any text, and the labelled set.

use proptest::prelude::*;

use super::eval::{Part, WismoCase, WismoFloor};
use super::pattern::STEPS_TAKEN;
use super::text::Text;
use super::{
    Asked, Claim, Intent, PACKS, READ_MAX, Reading, beginning, eval, explain, read, read_answer,
    read_as,
};
use std::path::Path;

fn asks(text: &str) -> bool {
    read(text).intent == Intent::OrderStatus
}

fn numbers(reading: &Reading) -> Vec<&str> {
    reading
        .order_numbers
        .iter()
        .map(|number| number.as_str())
        .collect()
}

#[test]
fn questions_about_an_order() {
    for text in [
        "Where is my order?",
        "wheres my oder",
        "were is my pacakge",
        "tracking",
        "wtf where's my stuff",
        "any update on my parcel?",
        "hi there! quick q - where’s my delivery 😀",
        "WHERE IS MY ORDER",
        "whereee is my orderrrr",
        "wheresmyorder",
        "where is my 📦",
        "Check order #1234",
        "says delivered but I don't have it",
        "stuck in transit",
        "still waiting",
        "shipped yet?",
        "how do I track my order?",
        "where is my order and how do I return it?",
        "ｗｈｅｒｅ ｉｓ ｍｙ ｏｒｄｅｒ",
    ] {
        assert!(asks(text), "{text}");
    }
}

#[test]
fn other_questions() {
    for text in [
        "",
        "?!",
        "how long does shipping take?",
        "do you ship to Canada",
        "what does shipping cost",
        "do you provide tracking numbers?",
        "cancel my order #1234",
        "can I change my delivery address",
        "where is my refund for order #1234",
        "where is your store",
        "what is your track record",
        "can I order two?",
        "minimum order",
        "when will the red dress be back in stock",
        "where is my discount code",
        "I received my order, it's great",
        "my order arrived damaged",
    ] {
        assert!(!asks(text), "{text}");
    }
}

#[test]
fn order_numbers_in_any_message() {
    for (text, expected) in [
        ("where is #1234?", &["1234"][..]),
        ("where is order 1234", &["1234"]),
        ("order no. 1234", &["1234"]),
        ("my order number is sd-1234", &["SD-1234"]),
        ("order number: 7", &["7"]),
        ("order#1234", &["1234"]),
        ("order1234 please", &["1234"]),
        ("orders #1001 and 1002", &["1001", "1002"]),
        ("#1001, #1001 and #SD_9", &["1001"]),
        ("where is my parcel? 10432", &["10432"]),
        ("10432 where is my parcel", &["10432"]),
        ("cancel my order #1234", &["1234"]),
        (
            "is order 114-1234567-1234567 on its way",
            &["114-1234567-1234567"],
        ),
        ("I paid $1200 for my order, where is it", &[]),
        ("my order of 1200 dollars", &[]),
        ("where is my order? call 555-123-4567", &[]),
        ("where is my order? call +1 415 555 2671", &[]),
        ("where is my order from 2024-05-01", &[]),
        ("where is my order, I bought it in 2024", &[]),
        ("my order should be here at 10:30", &[]),
        ("where is my order 3 weeks later", &[]),
        ("I want to order 500 stickers", &[]),
        ("we order 2000 every year", &[]),
        ("where is my order? size 1040", &[]),
        ("you are #1", &[]),
        (
            "tracking number 1Z999AA10123456784, where is my parcel",
            &[],
        ),
    ] {
        assert_eq!(numbers(&read(text)), expected, "{text}");
    }
}

#[test]
fn tracking_numbers_in_any_message() {
    let parcels = |text: &str| -> Vec<String> {
        let found = read(text).tracking_numbers.into_iter();
        found.map(|number| number.as_str().to_owned()).collect()
    };
    for (text, expected) in [
        ("1Z999AA10123456784", &["1Z999AA10123456784"][..]),
        (
            "where is my order 1z999aa10123456784",
            &["1Z999AA10123456784"],
        ),
        ("any news on RR123456785DE?", &["RR123456785DE"]),
        ("tracking number NW482019375, where is it", &["NW482019375"]),
        ("tracking 123456789012", &["123456789012"]),
        (
            "my tracking number is 123456789012345",
            &["123456789012345"],
        ),
        ("where is parcel 123456789012", &["123456789012"]),
        ("where is my parcel? 123456789012345", &["123456789012345"]),
        (
            "where is 9400111899223197428497",
            &["9400111899223197428497"],
        ),
        ("where is my package TBA123456789012", &["TBA123456789012"]),
        ("where is 1Z 999 AA1 01 2345 6784?", &["1Z999AA10123456784"]),
        ("9400 1118 9922 3197 4284 97", &["9400111899223197428497"]),
        ("where are 9400 1118 and 9922", &[]),
        ("tracking number for order 1001", &[]),
        ("tracking for 10012345", &[]),
        ("where is order 123456789012", &[]),
        ("where is order number RR123456785DE", &[]),
        ("where is #123456789012", &[]),
        ("track order 123456789012", &[]),
        ("where is parcel 10432", &[]),
        ("where is my parcel? call me on 004915112345678", &[]),
        ("where is my parcel, I paid with card 4111111111111111", &[]),
        ("123456789012", &[]),
        ("where is RR123456784DE", &[]),
        ("where is my order SD-10012345", &[]),
    ] {
        assert_eq!(parcels(text), expected, "{text}");
        if !expected.is_empty() {
            assert!(asks(text), "{text}");
            assert!(read(text).order_numbers.is_empty(), "{text}");
        }
    }
}

#[test]
fn an_answer_is_a_tracking_number_by_its_form() {
    for (text, order, parcel) in [
        ("1Z999AA10123456784", None, Some("1Z999AA10123456784")),
        ("it's RR123456785DE", None, Some("RR123456785DE")),
        ("123456789012", Some("123456789012"), None),
        ("1001", Some("1001"), None),
    ] {
        let reading = read_answer(text);
        assert_eq!(numbers(&reading).first().copied(), order, "{text}");
        let found = reading.tracking_numbers.first();
        assert_eq!(found.map(|number| number.as_str()), parcel, "{text}");
    }
}

#[test]
fn emails_in_any_message() {
    for (text, expected) in [
        (
            "Jane.Doe+shop@Example.COM — where's my order?",
            &["jane.doe+shop@example.com"][..],
        ),
        ("mail <a@b.co>, or c@d-e.org.", &["a@b.co", "c@d-e.org"]),
        ("a@b.co A@B.CO", &["a@b.co"]),
        ("follow @handle or @shop.com", &[]),
        ("a@b", &[]),
        ("a@@b.co", &[]),
        ("a@b.co@c.de", &[]),
        ("a..b@c.de", &[]),
        ("logo@2x.png", &[]),
        ("a@b..co", &[]),
        ("mailto:jane@x.com", &["jane@x.com"]),
        ("a@b.mailto:jane@x.com", &["a@b.mailto", "jane@x.com"]),
    ] {
        assert_eq!(read(text).emails, expected, "{text}");
    }
}

#[test]
fn of_a_link_that_writes_a_mail_only_the_address_counts() {
    for text in [
        "mailto:jane@x.com?subject=hi",
        "<MAILTO:jane@x.com?subject=order%20#1234>",
        "mailto:jane@x.com?cc=joe@x.com&body=where%20is%20order-1234",
    ] {
        let Reading {
            intent,
            order_numbers,
            emails,
            ..
        } = read(text);
        assert_eq!(
            (intent, order_numbers, emails),
            (Intent::Other, vec![], vec!["jane@x.com".to_owned()]),
            "{text}"
        );
        assert_eq!(read_answer(text).order_numbers, [], "{text}");
    }
    let both = read("mailto:jane@x.com?subject=hi where is order #1234");
    assert_eq!((numbers(&both), both.emails.len()), (vec!["1234"], 1));
}

#[test]
fn answers_to_number_or_email() {
    for (text, number, email) in [
        ("#1234", "1234", ""),
        ("1234", "1234", ""),
        ("7", "7", ""),
        ("order 1234 please", "1234", ""),
        ("sure, it's SD-1001", "SD-1001", ""),
        ("a1b2c3", "A1B2C3", ""),
        ("jane@example.com", "", "jane@example.com"),
        ("my email is Jane@Example.com", "", "jane@example.com"),
        ("I think it was 1234, thanks!", "1234", ""),
    ] {
        let reading = read_answer(text);
        assert_eq!(reading.intent, Intent::OrderStatus, "{text}");
        assert_eq!(
            numbers(&reading).first().copied().unwrap_or_default(),
            number,
            "{text}"
        );
        assert_eq!(
            reading
                .emails
                .first()
                .map(String::as_str)
                .unwrap_or_default(),
            email,
            "{text}"
        );
    }
    for text in [
        "I don't know it",
        "no",
        "never mind",
        "how long does shipping take?",
        "cancel order 1234",
        "I want to return order 1234",
        "it was $1200",
        "2 weeks ago",
        "call me at 555-123-4567",
        "how much is the 1200 lumen lamp in blue?",
        "at 10:30",
    ] {
        assert_eq!(read_answer(text).intent, Intent::Other, "{text}");
    }
}

#[test]
fn a_message_yields_a_bounded_number_of_look_ups() {
    let many: String = (1000..2000)
        .map(|number| format!("#{number} a{number}@example.com "))
        .collect();
    let reading = read(&many);
    assert_eq!(
        (reading.order_numbers.len(), reading.emails.len()),
        (10, 10)
    );
}

#[test]
fn of_a_long_message_the_beginning_is_read() {
    let filler = "and so on ".repeat(1_000);
    let long = format!("Where is my order #1001? {filler} jane@example.com");
    let reading = read(&long);
    assert_eq!(
        (reading.intent, numbers(&reading)),
        (Intent::OrderStatus, vec!["1001"])
    );
    let steps = |text: &str| {
        STEPS_TAKEN.set(0);
        (read(text), read_answer(text), STEPS_TAKEN.get())
    };
    assert_eq!(steps(&long), steps(beginning(&long)));
    assert!(beginning(&long).chars().count() <= READ_MAX);
}

#[test]
fn the_beginning_ends_between_words() {
    let before = "é".repeat(READ_MAX - 4);
    assert_eq!(beginning(&format!("{before} 123456")), before);
    let short = "é".repeat(READ_MAX);
    assert_eq!(beginning(&short), short);
    assert_eq!(beginning(&format!("{short}é")), short);
}

/// Twice the text, twice the work: counted, not timed.
#[test]
fn work_is_linear_in_the_length() {
    let work = |text: &str| {
        STEPS_TAKEN.set(0);
        read_as(text, Asked::Nothing);
        read_as(text, Asked::OrderNumberOrEmail);
        STEPS_TAKEN.get() + Text::new(text).pieces().len()
    };
    for unit in [
        "a ",
        "1 ",
        "@",
        "a@",
        "a@b.co ",
        "#",
        ". ",
        "'",
        "-1",
        "where is my ",
        "not ",
        "my order ",
        "www.",
        "é",
        "📦",
        "$ ",
        "please ",
    ] {
        let (half, whole) = (
            unit.repeat(5_000 / unit.len()),
            unit.repeat(10_000 / unit.len()),
        );
        assert!(
            work(&whole) <= 2 * work(&half) + 5_000,
            "{unit}: {} after {}",
            work(&whole),
            work(&half)
        );
    }
}

fn rows<T: serde::de::DeserializeOwned>(file: &str) -> Vec<T> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../evals");
    let mut file = csv::Reader::from_path(folder.join(file)).expect("the labelled set");
    file.deserialize()
        .map(|row| row.expect("the columns"))
        .collect()
}

/// The labelled texts of a file, and the label.
fn labelled(file: &str) -> Vec<(String, String)> {
    rows(file)
}

#[test]
fn labelled_requests_for_a_person() {
    let rows = labelled("person.csv");
    let wanted = rows.iter().filter(|(_, label)| label == "person").count();
    assert!(wanted >= 60 && rows.len() - wanted >= 60);
    let wrong: Vec<_> = rows
        .iter()
        .filter(|(text, label)| read(text).wants_person != (label == "person"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn labelled_claims_about_orders() {
    let rows = labelled("claims.csv");
    assert!(rows.len() >= 100);
    let wrong: Vec<_> = rows
        .iter()
        .map(|(text, label)| (text, label.as_str(), read(text)))
        .filter(|(_, label, reading)| {
            let claim = match reading.claim {
                Some(Claim::MarkedDelivered) => "marked_delivered",
                Some(Claim::NotHere) => "not_here",
                None => "none",
            };
            claim != *label || reading.intent != Intent::OrderStatus
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_last_order_and_others() {
    for text in [
        "where is my last order",
        "where's my latest order?",
        "status of my most recent order",
        "my latest order",
        "track my newest order please",
        "has my last order shipped yet?",
        "any update on my most recent purchase?",
        "when will my last order arrive",
        "what is the status of the last thing I ordered",
        "where is the order I placed last?",
        "my last parcel hasn't arrived",
    ] {
        assert!(asks(text) && read(text).latest_only, "{text}");
    }
    for text in [
        "where is my order",
        "where are my last orders",
        "where are my last two orders",
        "where is my last order and the one before it",
        "where is my order? my last order took two days",
        "where is the order I placed last week",
        "not my last order, where is the other one",
        "nothing has come since my last order",
        "status of order 1001",
        "where are my recent orders",
    ] {
        assert!(!read(text).latest_only, "{text}");
    }
}

/// Who asks what the shop's FAQ answers doesn't ask for a person.
#[test]
fn questions_about_the_shop_ask_for_no_person() {
    for file in [
        "faq_queries.csv",
        "faq_demo_queries.csv",
        "faq_second_queries.csv",
    ] {
        for (text, item) in labelled(file) {
            assert!(item.is_empty() || !read(&text).wants_person, "{text}");
        }
    }
}

#[test]
fn real_words_are_no_slips() {
    for word in [
        "together",
        "another",
        "forward",
        "perform",
        "notice",
        "herein",
        "updater",
        "parson",
        "whereby",
        "sunday",
        "receiver",
        "retuned",
        "parcelled",
        "checkout",
        "amended",
        "talking",
        "taking",
        "trucking",
        "stacking",
        "boarder",
        "border",
        "older",
        "odder",
        "delivers",
        "packing",
        "parking",
        "passage",
        "passages",
        "denver",
        "walking",
        "counter",
        "tracy",
        "stopping",
        "persons",
    ] {
        assert!(!PACKS.iter().any(|pack| pack.corrects(word)), "{word}");
    }
    assert!(!asks("I want help talking to an agent"));
}

/// Goes over the vocabulary of the embedding model, where there is one.
#[test]
fn no_word_of_the_models_vocabulary_is_a_slip() {
    let Some(folder) = std::env::var_os("EMBEDDING_MODEL_DIR") else {
        eprintln!("EMBEDDING_MODEL_DIR is not set: run without the model");
        return;
    };
    let file = std::fs::read(Path::new(&folder).join("tokenizer.json")).expect("a tokenizer");
    let tokenizer: serde_json::Value = serde_json::from_slice(&file).expect("JSON");
    let vocabulary = tokenizer["model"]["vocab"].as_object().expect("words");
    let words = vocabulary
        .keys()
        .filter(|word| word.len() >= 4 && word.bytes().all(|letter| letter.is_ascii_lowercase()));
    let corrected: Vec<_> = words
        .filter(|word| PACKS.iter().any(|pack| pack.corrects(word)))
        .collect();
    assert!(
        vocabulary.len() > 10_000 && corrected.is_empty(),
        "{corrected:?}"
    );
}

#[derive(serde::Deserialize)]
struct Labelled {
    text: String,
    expected: String,
    language: String,
    split: String,
}

#[test]
fn labelled_set() {
    let cases: Vec<WismoCase> = rows::<Labelled>("wismo.csv")
        .into_iter()
        .map(|row| WismoCase {
            is_wismo: row.expected == "wismo",
            text: row.text,
            part: Part {
                language: row.language,
                split: row.split,
            },
        })
        .collect();
    // A person comes first: no question about an order may be taken for that wish.
    for case in &cases {
        assert!(
            !case.is_wismo || !read(&case.text).wants_person,
            "{}",
            case.text
        );
    }
    for language in ["en", "de", "fr", "es", "it", "pt", "nl"] {
        let of_it = || cases.iter().filter(|case| case.part.language == language);
        let positive = of_it().filter(|case| case.is_wismo).count();
        assert!(
            positive >= 150 && of_it().count() - positive >= 150,
            "{language}"
        );
    }
    let report = eval::evaluate(&cases, 20);
    let floors: Vec<WismoFloor> = rows("wismo_floors.csv");
    assert_eq!(floors.len(), 14);
    assert_eq!(report.below(&floors), [""; 0], "{report:#?}");
}

/// Nothing but the words and the parts of a pack's file that are told in `pack.rs`.
#[test]
fn packs_have_no_other_keys() {
    for (name, source) in [
        ("shared", include_str!("packs/shared.toml")),
        ("en", include_str!("packs/en.toml")),
        ("de", include_str!("packs/de.toml")),
        ("fr", include_str!("packs/fr.toml")),
        ("es", include_str!("packs/es.toml")),
        ("it", include_str!("packs/it.toml")),
        ("pt", include_str!("packs/pt.toml")),
        ("nl", include_str!("packs/nl.toml")),
    ] {
        let table: toml::Table = source.parse().expect("TOML");
        for key in table.keys() {
            assert!(
                [
                    "language",
                    "shared",
                    "split_at_apostrophe",
                    "spelling",
                    "words",
                    "phrases",
                    "classes",
                    "goods",
                    "signal",
                    "veto",
                    "person",
                    "person_veto",
                    "marked_delivered",
                    "marked_delivered_veto",
                    "not_here",
                    "not_here_veto",
                    "latest",
                    "latest_veto",
                ]
                .contains(&key.as_str()),
                "{name}: {key}"
            );
        }
    }
}

#[test]
fn what_was_bought_decides() {
    for (text, expected) in [
        ("where is my jacket", true),
        ("where is the bag i bought", true),
        ("where is my bag", false),
        ("where is my flight", false),
        ("when will the boots i ordered arrive", true),
        ("when will my new card arrive", false),
        ("my order hasn't arrived and my flight is on friday", true),
        ("my luggage hasn't arrived", false),
        ("my salary hasn't arrived", false),
        ("not receiving text messages", false),
        ("when does the update come out", false),
        ("the technician never showed up", false),
        ("still waiting", true),
        ("still waiting for my engineer", false),
        ("still waiting for your reply", false),
        ("been waiting in this chat for 20 min", false),
        ("still waiting on the curtains", true),
    ] {
        assert_eq!(asks(text), expected, "{text}");
    }
}

#[test]
fn facts_in_pieces() {
    for text in [
        "ordered on monday still nothing",
        "i ordered 5 days ago",
        "its been 2 weeks",
        "3 weeks now!!",
        "not delivered yet",
        "nothing yet",
        "was due friday",
        "it says delivered but",
        "#1234 status pls",
        "1234 shipped?",
        "88213 any update",
        "status 88213",
    ] {
        assert!(asks(text), "{text}");
    }
}

#[test]
fn the_order_of_words_in_a_second_language() {
    for text in [
        "my order when coming",
        "when come my package please",
        "why my order no arrive",
        "my order is not come",
        "i am waiting my order",
        "still no come my parcel",
    ] {
        assert!(asks(text), "{text}");
    }
}

#[test]
fn a_bare_noun_asks_nothing() {
    for text in [
        "order",
        "Shipment",
        "package",
        "delivery?",
        "Bestellung",
        "colis",
        "pedido",
    ] {
        assert!(!asks(text), "{text}");
    }
    for text in [
        "my order",
        "order #9912",
        "order 9912",
        "meine bestellung",
        "mi pedido",
    ] {
        assert!(asks(text), "{text}");
    }
}

#[test]
fn other_questions_with_the_words_of_orders() {
    for text in [
        "how do i know my order is authentic",
        "check stock for sku 4432",
        "price check on item 4432",
        "can i check if size m is in stock",
        "why is my order total so high",
        "my package includes roaming?",
        "in what order do i plug the cables",
        "if i order today when will it arrive",
        "what happens if my parcel gets lost",
    ] {
        assert!(!asks(text), "{text}");
    }
}

#[test]
fn a_person_comes_before_any_order() {
    for text in [
        "get me an agent where is my parcel",
        "let me talk to a human about my late parcel",
        "someone real please my order is missing",
        "ich will mit einem mitarbeiter reden wo mein paket ist",
        "je veux parler à un conseiller de ma commande",
        "quiero hablar con alguien de mi pedido",
        "vorrei parlare con qualcuno del mio ordine",
        "quero falar com alguém sobre meu pedido",
        "ik wil met een medewerker praten waar mijn pakket is",
    ] {
        let reading = read(text);
        assert!(
            reading.wants_person && !reading.asks_about_order(),
            "{text}"
        );
    }
}

#[test]
fn further_languages() {
    for (text, number) in [
        ("Wo bleibt mein Paket?", None),
        ("Bestellung 4411 ist noch nicht da", Some("4411")),
        ("Où en est ma commande n° 4411 ?", Some("4411")),
        ("Je n'ai toujours pas reçu mon colis", None),
        ("¿Dónde está mi pedido #4411?", Some("4411")),
        ("Todavía no me ha llegado el paquete", None),
        ("Dov'è il mio ordine?", None),
        ("Il pacco non è ancora arrivato, ordine 4411", Some("4411")),
        ("Cadê minha encomenda?", None),
        ("Meu pedido 4411 ainda não chegou", Some("4411")),
        ("Waar blijft mijn bestelling?", None),
        ("Bestelling 4411 nog niet ontvangen", Some("4411")),
    ] {
        assert!(asks(text), "{text}");
        assert_eq!(numbers(&read(text)), Vec::from_iter(number), "{text}");
    }
    for text in [
        "Wie lange dauert der Versand?",
        "Je veux annuler ma commande",
        "¿Cuánto tarda el envío?",
        "Dov'è il mio rimborso?",
        "Onde está meu voo?",
        "Ik wil mijn bestelling retourneren",
    ] {
        assert!(!asks(text), "{text}");
    }
}

#[test]
fn an_explanation_names_what_fired_and_what_silenced_it() {
    let explained = explain("wheres my pakage").to_string();
    for line in [
        "verdict: asks about an order",
        "pack: en",
        "read as: where is my package",
        "fired: where it is (question) in \"where is my package\"",
    ] {
        assert!(explained.contains(line), "{explained}");
    }
    let explained = explain("waiting for my flight, #1001").to_string();
    for line in [
        "verdict: other",
        "order number: 1001",
        "silenced: ",
        "by: about something of another trade, and nothing bought",
        "veto: about something of another trade, and nothing bought (beats explicit, reaches its message) in \"flight\"",
    ] {
        assert!(explained.contains(line), "{explained}");
    }
    let unnamed = explain("zork is still not here").to_string();
    assert!(unnamed.contains("by: nothing bought is named"), "{unnamed}");
    assert!(
        explain("talk to a human")
            .to_string()
            .contains("verdict: asks for a person")
    );
}

proptest! {
    #[test]
    fn any_text_is_read(text in any::<String>()) {
        for reading in [read(&text), read_answer(&text)] {
            for email in &reading.emails {
                prop_assert_eq!(email.matches('@').count(), 1);
                prop_assert_eq!(email, &email.to_lowercase());
                prop_assert!(!email.contains(char::is_whitespace));
            }
            for number in &reading.order_numbers {
                prop_assert_eq!(domain::order_number::OrderNumber::parse(number.as_str()), Some(number.clone()));
            }
        }
    }

    #[test]
    fn text_of_telling_parts_is_read(parts in proptest::collection::vec(
        prop::sample::select(&["order", "where", "my", "#", "@", "a@b.co", "1234", "-", ".", "'", "is", "not", "\u{200b}", "é", "📦", "?", "no", "$", "\n", "www.", "mailto:", "talk to", "person"][..]), 0..40))
    {
        let text = parts.concat();
        read(&text);
        let spaced = parts.join(" ");
        prop_assert_eq!(read(&spaced), read(&parts.join("   ")));
    }

    #[test]
    fn case_and_outer_blanks_do_not_matter(text in "[ -~]{0,80}") {
        let reading = read(&text);
        prop_assert_eq!(&read(&text.to_uppercase()), &reading);
        prop_assert_eq!(&read(&format!("  {text}\t ")), &reading);
    }

    #[test]
    fn order_numbers_round_trip(number in "[A-Z]{0,4}-?[0-9]{3,8}") {
        // "no" and "nr" are labels: "NO1234" is number 1234.
        prop_assume!(!number.starts_with('-') && !number.starts_with('N'));
        for text in [format!("where is order number {number}?"), format!("WHERE IS #{number}")] {
            let reading = read(&text);
            prop_assert_eq!(numbers(&reading), [number.as_str()]);
        }
        let reading = read_answer(&number.to_lowercase());
        prop_assert_eq!(numbers(&reading), [number.as_str()]);
    }

    #[test]
    fn emails_round_trip(email in "[a-z0-9]{1,10}([._+-][a-z0-9]{1,5}){0,2}@[a-z0-9]{1,10}(-[a-z0-9]{1,4})?\\.(com|de|co\\.uk)") {
        prop_assert_eq!(&read(&format!("it is {email}, thanks")).emails, &vec![email.clone()]);
        prop_assert_eq!(read_answer(&email).emails, vec![email]);
    }
}
