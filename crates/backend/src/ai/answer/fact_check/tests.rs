use proptest::prelude::*;

use super::{check, same_language};

const SOURCE: &str = "You can return unused items within 30 days of delivery. \
    Standard shipping costs $4.90 and takes 3–5 business days; it is free over $1,000. \
    Members get 10% off. Call +1 (555) 010-4242 between 9 am and 5:30 pm, Monday to Friday. \
    Write to Help@Shop.example or see https://Shop.example/Returns. \
    The sale starts on 5 January 2027 (2027-01-05). Use code WELCOME10. \
    Wash at 40 °C. The warranty lasts two years.";

#[track_caller]
fn passes(answer: &str) {
    assert_eq!(check(answer, &[SOURCE]), Ok(()), "{answer}");
}

#[track_caller]
fn fails(answer: &str) {
    assert!(check(answer, &[SOURCE]).is_err(), "{answer}");
}

#[test]
fn the_same_fact_may_be_written_differently() {
    passes("You have thirty days to send it back, a 30-day window.");
    passes("Shipping is 4.9 dollars, or nothing above $1000.00.");
    passes("It takes three to five working days.");
    passes("Ten percent for members, 10 % in other words.");
    passes("Call +1 555 010 4242, 9:00 to 17:30, Mondays to Fridays.");
    passes("Mail help@shop.example or look at www.shop.example/Returns!");
    passes("See [the page](http://SHOP.example/Returns/).");
    passes("It starts January 5, 2027, or 2027/1/5.");
    passes("Enter welcome10 at checkout. Wash at 40 degrees. A two-year (2 years) warranty.");
}

#[test]
fn invented_facts_are_found() {
    fails("You have 60 days.");
    fails("You have 30 weeks.");
    fails("You have 30 business days.");
    fails("Delivery within 3 days.");
    fails("Shipping is $5.90.");
    fails("Shipping is €4.90.");
    fails("Members get 15% off.");
    fails("Members get $10 off.");
    fails("Call +1 555 010 4243.");
    fails("We are there from 8 am.");
    fails("We are there on Sunday, too.");
    fails("It will be there tomorrow.");
    fails("See https://shop.example/refunds");
    fails("See https://evil.example/Returns");
    fails("See https://shop.example'@EVIL.EXAMPLE/Returns");
    fails("Order at EVIL.EXAMPLE now");
    fails("Write to sales@shop.example");
    fails("It starts on 6 January.");
    fails("It starts on 2027-01-06.");
    fails("Use code WELCOME20.");
    fails("Twenty-one days");
    fails("three hundred items");
}

#[test]
fn the_mismatch_names_the_fact() {
    let mismatch = check("within sixty days", &[SOURCE]).expect_err("sixty days is invented");
    assert_eq!(mismatch.to_string(), "“60 day” is not in the sources");
}

#[test]
fn numbering_and_the_pronoun_one_are_no_facts() {
    passes("1. Open the page.\n2. Choose the one you like.\n 3) Send it within 30 days.");
    fails("Do it in 7 steps.");
    passes("No facts at all, and you may march on.");
    passes("");
    assert!(check("30 days", &[]).is_err());
    assert_eq!(check("Hello!", &[]), Ok(()));
}

#[test]
fn facts_may_come_from_several_sources() {
    let sources = ["Returns: 30 days.", "Label: $3.90."];
    assert_eq!(check("30 days, and the label is $3.90", &sources), Ok(()));
}

#[test]
fn odd_numbers_are_read_as_meant() {
    assert_eq!(check("4.50 €", &["4,50 €"]), Ok(()));
    assert_eq!(check("20000 mm", &["20,000 mm"]), Ok(()));
    assert_eq!(check("20000 mm", &["20.000 mm"]), Ok(()));
    assert!(check("20 mm", &["20,000 mm"]).is_err());
    assert_eq!(check("0.125 l", &["0.125 l"]), Ok(()));
    assert_eq!(check("order 1001", &["#1001"]), Ok(()));
    assert_eq!(check("9 to 5", &["9 am to 5 pm"]), Ok(()));
}

#[test]
fn languages_are_compared_when_both_are_long_enough() {
    let english = "You can return the items within thirty days of delivery, free of charge.";
    let german = "Wie lange habe ich Zeit, um die bestellten Sachen zurückzuschicken?";
    assert!(!same_language(german, english));
    assert!(same_language(
        "How long do I have to send my things back to you?",
        english
    ));
    assert!(same_language("retour?", english));
    assert!(same_language("", ""));
    assert!(!same_language(
        "Как долго я могу вернуть купленный у вас товар обратно?",
        english
    ));
}

/// Sentences with facts of every kind.
fn sentence() -> impl Strategy<Value = String> {
    let number = 2..5_000u32;
    prop_oneof![
        number.clone().prop_map(|n| format!("You have {n} days.")),
        number
            .clone()
            .prop_map(|n| format!("It costs ${n}.95 at most.")),
        number
            .clone()
            .prop_map(|n| format!("Save {n}% on all orders!")),
        number
            .clone()
            .prop_map(|n| format!("It takes {n}–{} business days.", n + 2)),
        number
            .clone()
            .prop_map(|n| format!("Look at https://shop.example/page/{n}.")),
        number
            .clone()
            .prop_map(|n| format!("Write to desk{n}@shop.example.")),
        number.clone().prop_map(|n| format!("Call 555-010-{n:04}.")),
        number
            .clone()
            .prop_map(|n| format!("Is it item {n}? It weighs {n} kg.")),
        (1..12u32, 10..60u32).prop_map(|(h, m)| format!("We open at {h}:{m} am.")),
        (1..29u32).prop_map(|day| format!("It starts on {day} March 2027.")),
        number.prop_map(|n| format!("Your code is SAVE{n}.")),
    ]
}

proptest! {
    #[test]
    fn sentences_of_the_sources_pass(
        sources in prop::collection::vec(prop::collection::vec(sentence(), 1..5), 1..4),
        order in any::<prop::sample::Index>(),
    ) {
        let texts: Vec<String> = sources.iter().map(|source| source.join(" ")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut sentences: Vec<String> = sources.concat();
        let by = order.index(sentences.len());
        sentences.rotate_left(by);
        prop_assert_eq!(check(&sentences.join(" "), &texts), Ok(()));
    }

    #[test]
    fn another_digit_fails(
        source in sentence(),
        which in any::<prop::sample::Index>(),
        by in 1..10u8,
    ) {
        let digits: Vec<usize> =
            source.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
        let at = digits[which.index(digits.len())];
        let digit = char::from(b'0' + (source.as_bytes()[at] - b'0' + by) % 10);
        let mut answer = source.clone();
        answer.replace_range(at..=at, &digit.to_string());
        // A range's two ends may trade places, and a leading zero changes nothing.
        prop_assume!(!source.contains('–') && digit != '0');
        prop_assert!(check(&answer, &[&source]).is_err(), "{} / {}", source, answer);
    }

    #[test]
    fn any_text_is_read_without_panic(answer in ".{0,200}", source in ".{0,200}") {
        let _ = check(&answer, &[&source]);
        prop_assert_eq!(check(&answer, &[&answer]).is_ok() || answer.contains('\n'), true);
    }
}

#[test]
fn a_link_is_compared_whole_whatever_it_holds() {
    let source = "See https://shop.example/size_(men)?filter[cut]=slim and https://shop.example/me?to=a@shop.example now.";
    for fits in [
        "It is at https://shop.example/size_(men)?filter[cut]=slim for you.",
        "Open https://shop.example/me?to=a@shop.example.",
    ] {
        assert_eq!(check(fits, &[source]), Ok(()), "{fits}");
    }
    for foreign in [
        "It is at https://shop.example/size_(women)?filter[cut]=slim",
        "Open https://shop.example/me?to=b@shop.example",
    ] {
        assert!(check(foreign, &[source]).is_err(), "{foreign}");
    }
}
