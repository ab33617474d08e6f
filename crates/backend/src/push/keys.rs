//! The keys with which a message is sealed for one browser.

use base64::{
    Engine,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use domain::push::PushTarget;
use p256::PublicKey;

/// Browsers write no padding; some libraries do.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The keys of a target.
pub(super) struct Keys {
    pub p256dh: PublicKey,
    pub auth: [u8; 16],
}

impl Keys {
    pub(super) fn of(target: &PushTarget) -> Option<Self> {
        let point = BASE64.decode(&target.p256dh).ok()?;
        let auth = BASE64.decode(&target.auth).ok()?;
        Some(Self {
            p256dh: PublicKey::from_sec1_bytes(&point).ok()?,
            auth: auth.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_none_are_told() {
        // The example of RFC 8291, 5.
        let target = |p256dh: &str, auth: &str| PushTarget {
            endpoint: "https://push.example.net/1".to_owned(),
            p256dh: p256dh.to_owned(),
            auth: auth.to_owned(),
        };
        let point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        let auth = "BTBZMqHH6r4Tts7J_aSIgg";
        assert!(Keys::of(&target(point, auth)).is_some());
        assert!(Keys::of(&target(point, &format!("{auth}=="))).is_some());
        assert!(Keys::of(&target(point, "BTBZMqHH6r4T")).is_none());
        assert!(Keys::of(&target(&point[..80], auth)).is_none());
        // A point that isn't on the curve.
        let off = format!("{}5", &point[..point.len() - 1]);
        let off = off.replace("BCVx", "BCVy");
        assert!(Keys::of(&target(&off, auth)).is_none());
    }
}
