//! Shops that orders are looked up in, as merchants connect them.

use crate::{Invalid, UnixMillis, both, ids::OrderSourceId, order::Order, text};
use serde::{Deserialize, Serialize};

/// Longest address of a shop, in characters.
pub const ADDRESS_MAX: usize = 300;
/// Longest key, in characters.
pub const KEY_MAX: usize = 500;
/// Most sources of a store.
pub const SOURCES_MAX: usize = 5;

/// What runs the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderSourceKind {
    /// Medusa v2, by its Admin API.
    Medusa,
    /// Shopify, by its Admin API.
    Shopify,
    /// WooCommerce, by its REST API v3.
    Woocommerce,
}

impl OrderSourceKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Medusa, Self::Shopify, Self::Woocommerce];

    /// The word that is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Medusa => "medusa",
            Self::Shopify => "shopify",
            Self::Woocommerce => "woocommerce",
        }
    }

    /// The kind of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// As people say it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Medusa => "Medusa",
            Self::Shopify => "Shopify",
            Self::Woocommerce => "WooCommerce",
        }
    }
}

/// Why a shop can't be asked, or what is wrong with its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceTrouble {
    /// Nothing answers at the address.
    NoConnection,
    /// Its name leads nowhere.
    UnknownHost,
    /// It answers too slowly.
    TimedOut,
    /// The address leads into a private network that the operator hasn't allowed.
    PrivateAddress,
    /// It sends its callers on to another address.
    Redirected,
    /// The key isn't taken: it is wrong, or was revoked.
    WrongKey,
    /// The key is taken, but not for orders.
    NotAllowed,
    /// It asks for fewer calls.
    TooManyCalls,
    /// It says that it failed.
    Failing,
    /// It isn't the API of such a shop.
    NotThisShop,
    /// It answers with more than is read.
    TooLarge,
    /// The stored key can't be read with the installation's secret.
    KeyLost,
    /// It doesn't know the publishable key.
    WrongPublishableKey,
    /// It has more orders that could be meant than can be looked through.
    TooManyToSearch,
}

impl SourceTrouble {
    /// Every trouble.
    pub const ALL: [Self; 14] = [
        Self::NoConnection,
        Self::UnknownHost,
        Self::TimedOut,
        Self::PrivateAddress,
        Self::Redirected,
        Self::WrongKey,
        Self::NotAllowed,
        Self::TooManyCalls,
        Self::Failing,
        Self::NotThisShop,
        Self::TooLarge,
        Self::KeyLost,
        Self::WrongPublishableKey,
        Self::TooManyToSearch,
    ];

    /// The word that is stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoConnection => "no_connection",
            Self::UnknownHost => "unknown_host",
            Self::TimedOut => "timed_out",
            Self::PrivateAddress => "private_address",
            Self::Redirected => "redirected",
            Self::WrongKey => "wrong_key",
            Self::NotAllowed => "not_allowed",
            Self::TooManyCalls => "too_many_calls",
            Self::Failing => "failing",
            Self::NotThisShop => "not_this_shop",
            Self::TooLarge => "too_large",
            Self::KeyLost => "key_lost",
            Self::WrongPublishableKey => "wrong_publishable_key",
            Self::TooManyToSearch => "too_many_to_search",
        }
    }

    /// The trouble of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|trouble| trouble.as_str() == word)
    }

    /// What is wrong and what to do about it, for the merchant.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoConnection => {
                "Nothing answers at this address. Check that the shop's server is running and that its port is open."
            }
            Self::UnknownHost => "There is no such host. Check the address for typing errors.",
            Self::TimedOut => {
                "The shop took longer than 5 seconds to answer. It may be overloaded, or a firewall may be in the way."
            }
            Self::PrivateAddress => {
                "This address is in a private network. Whoever runs Shopdesk can allow it with SHOPDESK_PRIVATE_HOSTS."
            }
            Self::Redirected => {
                "The address sends on to another one. Enter the address that it ends at."
            }
            Self::WrongKey => {
                "The shop refused the key. Make a new one in the shop's admin, and connect the shop again with it."
            }
            Self::NotAllowed => {
                "The shop takes the key, but not for reading orders. Give the key that permission in the shop's admin, or make a new one that has it."
            }
            Self::TooManyCalls => {
                "The shop takes no more calls for now. It will be asked again by itself."
            }
            Self::Failing => {
                "The shop answered with an error of its own. Its server's log says more."
            }
            Self::NotThisShop => {
                "Something answers at this address, but not the API of such a shop. Check the address and the shop system. Of Medusa it is the address of the backend, not of the storefront."
            }
            Self::TooLarge => "The shop's answer was too large to be read.",
            Self::KeyLost => {
                "The stored key can't be read any more, since the installation's secret has changed. Disconnect the shop and connect it again."
            }
            Self::WrongPublishableKey => {
                "The shop doesn't know this publishable key. Copy one from its admin, under Settings → Publishable API Keys."
            }
            Self::TooManyToSearch => {
                "The shop has more orders that could be meant than can be looked through. Look for the order in the shop's own admin."
            }
        }
    }

    /// Whether the shop itself couldn't be asked, which may pass. Else it does well, and has
    /// only more than was looked through: asking again finds no more.
    #[must_use]
    pub fn is_of_shop(self) -> bool {
        self != Self::TooManyToSearch
    }

    /// The input of the form that it is about.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::WrongKey | Self::NotAllowed | Self::KeyLost => "key",
            Self::WrongPublishableKey => "publishable_key",
            _ => "address",
        }
    }
}

/// A shop that is to be connected, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectShop {
    /// What runs it.
    pub kind: OrderSourceKind,
    /// Where its API is, e.g. `https://api.example.com`.
    pub address: String,
    /// Its secret API key; of WooCommerce both, as `ck_…:cs_…`, of Shopify an app's id and
    /// secret in the same way, or an access token alone.
    pub key: String,
    /// Of Medusa: its publishable API key, with which its customers' own tokens are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publishable_key: Option<String>,
}

impl ConnectShop {
    /// The same, without spaces around, if it may be one. Whether the address is one is
    /// for whoever asks it.
    ///
    /// # Errors
    /// [`Invalid`] for `address`, `key` or `publishable_key`.
    pub fn checked(self) -> Result<Self, Invalid> {
        let publishable_key = match self.kind {
            OrderSourceKind::Medusa => {
                publishable_key(self.publishable_key.as_deref().unwrap_or_default())
            }
            OrderSourceKind::Shopify | OrderSourceKind::Woocommerce => Ok(None),
        };
        let address = text::required("address", &self.address, ADDRESS_MAX);
        let (address, (key, publishable_key)) = both(
            address,
            both(checked_key(self.kind, &self.key), publishable_key),
        )?;
        let address = address.trim_end_matches('/');
        Ok(Self {
            address: match address.contains("://") {
                true => address.to_owned(),
                false => format!("https://{address}"),
            },
            key,
            publishable_key,
            ..self
        })
    }
}

fn checked_key(kind: OrderSourceKind, typed: &str) -> Result<String, Invalid> {
    let key = text::required("key", typed, KEY_MAX)?;
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Invalid::new(
            "key",
            "A key has no spaces and no special characters. Copy it once more.",
        ));
    }
    if kind == OrderSourceKind::Woocommerce && !is_pair(&key) {
        return Err(Invalid::new(
            "key",
            "Enter the consumer key, which begins with ck_, and the consumer secret, which begins with cs_.",
        ));
    }
    Ok(key)
}

/// A publishable API key of Medusa as it was typed, without spaces around; `None` if it is
/// empty.
///
/// # Errors
/// [`Invalid`] if it is no such key. A secret one must not get here: this one is shown.
pub fn publishable_key(typed: &str) -> Result<Option<String>, Invalid> {
    let key = text::optional("publishable_key", typed, KEY_MAX)?;
    if key.is_empty() {
        return Ok(None);
    }
    if !key.starts_with("pk_") || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Invalid::new(
            "publishable_key",
            "A publishable key begins with pk_ and has no spaces. Copy it once more.",
        ));
    }
    Ok(Some(key))
}

/// Whether it is a consumer key and a consumer secret.
fn is_pair(key: &str) -> bool {
    key.split_once(':')
        .is_some_and(|(key, secret)| !key.is_empty() && !secret.is_empty())
}

/// What a shop has, as it says when it is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFound {
    /// How many orders.
    pub orders: i64,
    /// When the newest one was placed.
    pub newest_at: Option<UnixMillis>,
}

/// What came of asking a connected shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceTest {
    /// It works.
    Found(SourceFound),
    /// It doesn't.
    Trouble(SourceTrouble),
}

/// A connected shop, as the dashboard shows it. Its key is never shown again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectedShop {
    pub id: OrderSourceId,
    /// What runs it.
    pub kind: OrderSourceKind,
    /// Where its API is.
    pub address: String,
    /// With which its customers' own tokens are taken. It is no secret: the shop's pages
    /// have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publishable_key: Option<String>,
    /// What was wrong when it was last asked.
    pub trouble: Option<SourceTrouble>,
    /// Since when.
    pub trouble_since: Option<UnixMillis>,
    /// When that was last known to be so.
    pub asked_at: UnixMillis,
    /// When it was connected.
    #[serde(default)]
    pub connected_at: UnixMillis,
    /// When it last answered as it should.
    #[serde(default)]
    pub worked_at: Option<UnixMillis>,
    /// How many orders it had when it was last asked how many.
    #[serde(default)]
    pub orders: Option<i64>,
}

impl ConnectedShop {
    /// That it couldn't be asked.
    #[must_use]
    pub fn unasked(&self, trouble: SourceTrouble) -> UnaskedSource {
        UnaskedSource {
            name: self.kind.label().to_owned(),
            address: self.address.clone(),
            trouble,
        }
    }
}

/// What the source is called that holds the orders that were imported or sent here.
pub const BUILT_IN: &str = "Built in";

/// A source that couldn't be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnaskedSource {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub address: String,
    /// Why.
    pub trouble: SourceTrouble,
}

/// The orders of a shopper, for the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopperOrders {
    /// The latest, newest first.
    pub orders: Vec<Order>,
    /// Where more of them may be.
    pub trouble: Vec<UnaskedSource>,
}

/// A place where orders are looked up, and how it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderSourceState {
    /// Its place in the merchant's order, from 1 on: of two sources that have one order the
    /// first one's word counts.
    pub position: u32,
    /// Its id; missing for the built-in orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<OrderSourceId>,
    /// What runs the shop; missing for the built-in orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<OrderSourceKind>,
    /// Its name.
    pub name: String,
    /// Where its API is; missing for the built-in orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Whether it can be asked right now.
    pub is_available: bool,
    /// What was wrong when it was last asked, if something was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<SourceTrouble>,
    /// Since when.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<UnixMillis>,
    /// When it last answered as it should; written down every few minutes.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success_at: Option<UnixMillis>,
    /// When it was connected.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected_at: Option<UnixMillis>,
    /// How many orders it has, as it last said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orders: Option<i64>,
    /// How it writes order numbers, as learned from its orders: an example of each way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub number_forms: Vec<String>,
}

/// The sources of a store's orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSourceList {
    /// The connected shops, in the merchant's order.
    pub shops: Vec<ConnectedShop>,
    /// How many of them come before the built-in orders.
    #[serde(default)]
    pub built_in_at: usize,
    /// How many orders are built in.
    #[serde(default)]
    pub built_in_orders: i64,
    /// Whether the person asking may connect and disconnect shops.
    pub may_change: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop(address: &str, key: &str) -> Result<ConnectShop, Invalid> {
        ConnectShop {
            kind: OrderSourceKind::Medusa,
            address: address.to_owned(),
            key: key.to_owned(),
            publishable_key: None,
        }
        .checked()
    }

    #[test]
    fn an_address_without_a_scheme_is_one_of_https() {
        let checked = shop("shop.myshopify.com", "sk_1").expect("a shop");
        assert_eq!(checked.address, "https://shop.myshopify.com");
    }

    #[test]
    fn woocommerce_has_two_keys() {
        let connect = |key: &str| {
            ConnectShop {
                kind: OrderSourceKind::Woocommerce,
                address: "https://shop.example.com".to_owned(),
                key: key.to_owned(),
                publishable_key: Some("pk_1".to_owned()),
            }
            .checked()
        };
        let checked = connect("ck_1:cs_1").expect("a shop");
        assert_eq!(checked.publishable_key, None, "that is Medusa's");
        for half in ["ck_1", "ck_1:", ":cs_1"] {
            assert_eq!(connect(half).expect_err(half).field, "key");
        }
    }

    #[test]
    fn a_secret_key_is_no_publishable_one() {
        assert_eq!(publishable_key("  "), Ok(None));
        assert_eq!(publishable_key(" pk_1\n"), Ok(Some("pk_1".to_owned())));
        let long = format!("pk_{}", "x".repeat(KEY_MAX));
        for wrong in ["sk_1", "pk_1 pk_2", "pk_ü", &long] {
            let refused = publishable_key(wrong).expect_err(wrong);
            assert_eq!(refused.field, "publishable_key");
        }
    }

    #[test]
    fn what_was_copied_with_spaces_is_taken_without() {
        let checked = shop(" https://api.example.com/ ", " sk_1 \n").expect("a shop");
        assert_eq!(checked.address, "https://api.example.com");
        assert_eq!(checked.key, "sk_1");
    }

    #[test]
    fn what_cannot_be_an_address_or_a_key_is_refused() {
        let long = "x".repeat(KEY_MAX + 1);
        for (address, key, field) in [
            ("", "sk_1", "address"),
            ("https://x", "", "key"),
            ("https://x", "two words", "key"),
            ("https://x", "schlüssel", "key"),
            ("https://x", &long, "key"),
        ] {
            assert_eq!(shop(address, key).expect_err(key).field, field);
        }
    }
}
