use super::{Customer, LEEWAY, LIFE_MAX, Refusal, customer, medusas_customer, of_medusa, sign};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{ids::OrderSourceId, shop_customer::ShopCustomer};
use proptest::prelude::*;
use serde_json::{Value, json};

const SECRET: &str = "identity_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
/// In seconds.
const NOW: i64 = 1_700_000_000;

fn header() -> Value {
    json!({"alg": "HS256", "typ": "JWT"})
}

fn claims() -> Value {
    json!({"customer_id": "cus_7", "email": "Jane@Example.com", "name": "Jane", "exp": NOW + 600})
}

/// [`claims`] with one of them replaced.
fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn read(token: &str) -> Result<Customer, Refusal> {
    customer(token, &[SECRET.as_bytes().to_vec()], NOW * 1_000)
}

fn read_claims(claims: &Value) -> Result<Customer, Refusal> {
    read(&sign(SECRET, &header(), claims))
}

#[test]
fn a_signed_identity_names_a_customer() {
    let jane = read_claims(&claims()).expect("a customer");
    assert_eq!(jane.id, "cus_7");
    assert_eq!(
        jane.email.map(String::from).as_deref(),
        Some("jane@example.com")
    );
    assert_eq!(jane.name.as_deref(), Some("Jane"));
}

#[test]
fn the_id_and_the_end_are_enough() {
    for claims in [
        json!({"customer_id": "7", "exp": NOW + 600}),
        json!({"customer_id": 7, "exp": NOW + 600, "email": null, "name": null, "more": [1]}),
        json!({"customer_id": " 7 ", "exp": 1_700_000_600.5, "email": " ", "name": ""}),
    ] {
        let known = read_claims(&claims).expect("a customer");
        assert_eq!(
            (known.id.as_str(), known.email, known.name),
            ("7", None, None)
        );
    }
}

#[test]
fn no_other_algorithm_is_taken() {
    for alg in [
        "none", "None", "", "HS384", "HS512", "RS256", "ES256", "hs256",
    ] {
        let token = sign(SECRET, &json!({"alg": alg}), &claims());
        assert_eq!(read(&token), Err(Refusal::Algorithm), "{alg}");
    }
    let critical = json!({"alg": "HS256", "crit": ["b64"], "b64": false});
    assert_eq!(
        read(&sign(SECRET, &critical, &claims())),
        Err(Refusal::Algorithm)
    );
}

#[test]
fn an_unsigned_identity_is_refused() {
    let token = sign(SECRET, &json!({"alg": "none"}), &claims());
    let (content, _) = token.rsplit_once('.').expect("a signature");
    assert_eq!(read(&format!("{content}.")), Err(Refusal::Algorithm));
    let token = sign(SECRET, &header(), &claims());
    let (content, _) = token.rsplit_once('.').expect("a signature");
    assert_eq!(read(&format!("{content}.")), Err(Refusal::Signature));
}

#[test]
fn another_secret_is_refused() {
    let token = sign("identity_of_another_store", &header(), &claims());
    assert_eq!(read(&token), Err(Refusal::Signature));
    let token = sign(SECRET, &header(), &claims());
    assert_eq!(customer(&token, &[], NOW * 1_000), Err(Refusal::Signature));
}

#[test]
fn any_of_the_secrets_may_have_signed_it() {
    let token = sign(SECRET, &header(), &claims());
    let secrets = [b"another".to_vec(), SECRET.as_bytes().to_vec()];
    assert!(customer(&token, &secrets, NOW * 1_000).is_ok());
}

#[test]
fn an_end_is_needed_and_at_most_an_hour_ahead() {
    let mut endless = claims();
    endless.as_object_mut().expect("claims").remove("exp");
    assert_eq!(read_claims(&endless), Err(Refusal::Claims));
    for (exp, expected) in [
        (NOW - LEEWAY + 1, None),
        (NOW - LEEWAY, Some(Refusal::Time)),
        (i64::MIN, Some(Refusal::Time)),
        (NOW + LIFE_MAX + LEEWAY, None),
        (NOW + LIFE_MAX + LEEWAY + 1, Some(Refusal::TooLong)),
        (i64::MAX, Some(Refusal::TooLong)),
    ] {
        assert_eq!(
            read_claims(&with("exp", json!(exp))).err(),
            expected,
            "{exp}"
        );
    }
    for wrong in [json!("soon"), json!(null), json!(1e300), json!([NOW])] {
        assert!(read_claims(&with("exp", wrong)).is_err());
    }
}

#[test]
fn an_identity_that_is_not_valid_yet_is_refused() {
    let later = with("nbf", json!(NOW + LEEWAY + 1));
    assert_eq!(read_claims(&later), Err(Refusal::Time));
    assert!(read_claims(&with("nbf", json!(NOW))).is_ok());
}

#[test]
fn claims_that_cannot_be_taken_are_refused() {
    for (name, value) in [
        ("customer_id", json!("")),
        ("customer_id", json!("x".repeat(201))),
        ("customer_id", json!("a\u{0}b")),
        ("customer_id", json!(null)),
        ("customer_id", json!("medusa:cus_7")),
        ("customer_id", json!({"id": 1})),
        ("email", json!("jane")),
        ("email", json!("jane@example.com, eve@example.com")),
        ("email", json!(7)),
    ] {
        let wrong = with(name, value);
        assert_eq!(read_claims(&wrong), Err(Refusal::Claims), "{wrong}");
    }
}

#[test]
fn a_long_name_is_cut() {
    let long = read_claims(&with("name", json!("é".repeat(500)))).expect("a customer");
    assert_eq!(long.name.map(|name| name.chars().count()), Some(121));
}

#[test]
fn what_is_no_token_is_malformed() {
    let long = sign(SECRET, &header(), &with("more", json!("x".repeat(4_000))));
    for wrong in ["", ".", "..", "a.b", "a.b.c", "e30.e30.e30.e30", &long] {
        assert_eq!(read(wrong), Err(Refusal::Malformed), "{wrong}");
    }
    // Padded, and the other alphabet: RFC 7515 has neither.
    let token = sign(SECRET, &header(), &claims());
    assert!(read(&format!("{token}=")).is_err());
}

/// What a Medusa says of its customer.
fn medusas() -> Value {
    json!({"actor_id": "cus_7", "actor_type": "customer", "exp": NOW + 24 * 60 * 60})
}

/// Whom `claims` name as a Medusa's would.
fn named(claims: &Value) -> Option<String> {
    of_medusa(&sign("jwt secret", &header(), claims), NOW * 1_000)
}

#[test]
fn the_token_of_a_medusas_customer_is_told_from_others() {
    assert_eq!(named(&medusas()).as_deref(), Some("cus_7"));
    for (name, value) in [
        ("actor_type", json!("user")),
        ("actor_type", json!(null)),
        ("actor_id", json!("")),
        ("actor_id", json!("a b")),
        ("actor_id", json!("x".repeat(ShopCustomer::ID_MAX + 1))),
        ("actor_id", json!(7)),
        ("exp", json!(NOW - LEEWAY)),
        ("exp", json!(null)),
    ] {
        let mut claims = medusas();
        claims[name] = value;
        assert_eq!(named(&claims), None, "{claims}");
    }
    assert_eq!(named(&claims()), None);
}

#[test]
fn what_is_not_signed_as_a_medusa_signs_is_none_of_its_tokens() {
    for alg in ["none", "", "RS256", "HS512"] {
        let token = sign("jwt secret", &json!({"alg": alg}), &medusas());
        assert_eq!(of_medusa(&token, NOW * 1_000), None, "{alg}");
    }
    let token = sign("jwt secret", &header(), &medusas());
    let (content, _) = token.rsplit_once('.').expect("a signature");
    for unsigned in [format!("{content}."), format!("{content}.AAAA")] {
        assert_eq!(of_medusa(&unsigned, NOW * 1_000), None);
    }
    assert_eq!(of_medusa(&"x".repeat(100_000), NOW * 1_000), None);
}

#[test]
fn a_medusas_customer_has_an_id_that_nobody_signs() {
    let customer = ShopCustomer {
        source_id: OrderSourceId::generate(),
        id: "cus_7".to_owned(),
    };
    let anna = medusas_customer(&customer, " Anna\u{7} ");
    assert_eq!(ShopCustomer::parse(&anna.id).as_ref(), Some(&customer));
    assert_eq!(
        read_claims(&with("customer_id", json!(anna.id))),
        Err(Refusal::Claims)
    );
    assert_eq!(anna.name.as_deref(), Some("Anna"));
    assert_eq!(anna.email, None, "anybody can name any address there");
    assert_eq!(medusas_customer(&customer, " ").name, None);
}

proptest! {
    #[test]
    fn telling_whose_a_token_is_never_panics(text in "\\PC{0,300}|([A-Za-z0-9_-]{0,80}\\.){2}[A-Za-z0-9_-]{43}") {
        prop_assert_eq!(of_medusa(&text, NOW * 1_000), None);
    }

    #[test]
    fn no_other_text_is_accepted(text in "\\PC{0,300}|([A-Za-z0-9_-]{0,80}\\.){2}[A-Za-z0-9_-]{43}") {
        prop_assert!(read(&text).is_err());
    }

    #[test]
    fn nothing_that_was_changed_is_accepted(at in 0usize..1_000, bit in 0u8..6) {
        let token = sign(SECRET, &header(), &claims());
        let mut bytes = token.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        if let Ok(changed) = String::from_utf8(bytes)
            && changed != token
        {
            prop_assert!(read(&changed).is_err());
        }
    }

    #[test]
    fn who_is_accepted_is_who_was_signed(id in "[\\PC&&[^ ]]{1,200}", life in 0i64..LIFE_MAX) {
        let claims = json!({"customer_id": id, "exp": NOW + life});
        prop_assume!(id.trim() == id && !id.is_empty());
        prop_assert_eq!(read_claims(&claims).map(|known| known.id), Ok(id));
    }

    #[test]
    fn claims_alone_prove_nothing(claims in "\\PC{0,200}", signature in proptest::array::uniform32(0u8..)) {
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let token = [part(br#"{"alg":"HS256"}"#), part(claims.as_bytes()), part(&signature)].join(".");
        prop_assert_eq!(read(&token), Err(Refusal::Signature));
    }
}
