//! Values of the set-up file that are more than text and numbers.

use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::str::FromStr;

use anchor_lang::prelude::Pubkey;
use anyhow::{Context, Result};
use gimbal::amount::{self, AmountError};
use risk_oracle::Scores;
use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// An address in base58.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address(pub Pubkey);

/// A key: an address, or a keypair file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Party {
    /// An address: nobody signs for it here, unless its keypair is given beside the file.
    Address(Pubkey),
    /// A keypair file, relative to the directory of keys.
    File(PathBuf),
}

/// Pyth's id of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedId(pub [u8; 32]);

/// An amount in whole tokens, not yet in base units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount(String);

/// Points of risk, 0 to 100; unknown unless given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Points(pub u8);

/// How rebalances find their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Fixed targets in bands.
    Bands,
    /// Marginal rates, levelled.
    WaterFilling,
    /// Inverse variance up to a volatility target.
    InverseVariance,
}

impl Policy {
    /// The router's number.
    pub fn number(self) -> u8 {
        match self {
            Self::Bands => 0,
            Self::WaterFilling => 1,
            Self::InverseVariance => 2,
        }
    }
}

impl Default for Points {
    fn default() -> Self {
        Self(Scores::UNKNOWN)
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("'{text}' is not an address: give 32 bytes in base58"))
    }
}

impl FromStr for Party {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(key) = text.parse() {
            return Ok(Self::Address(key));
        }
        match text.ends_with(".json") {
            true => Ok(Self::File(text.into())),
            false => {
                Err(format!("'{text}' is neither an address nor the name of a keypair file (which ends in .json)"))
            }
        }
    }
}

impl FromStr for FeedId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is not a feed id: give 64 hexadecimal digits");
        let digits = text.strip_prefix("0x").unwrap_or(text);
        if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let mut id = [0; 32];
        for (place, byte) in id.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[2 * place..2 * place + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(id))
    }
}

impl FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Whether it has too many digits depends on the mint, which only the chain knows.
        match amount::parse(text, amount::MAX_DECIMALS) {
            Ok(_) | Err(AmountError::TooLarge(_)) => Ok(Self(text.to_owned())),
            Err(_) if text == "unlimited" => Ok(Self(text.to_owned())),
            Err(_) => Err(format!("'{text}' is not an amount: write whole tokens such as \"1250\" or \"0.75\"")),
        }
    }
}

impl Amount {
    /// Base units of a token with `decimals`.
    ///
    /// # Errors
    ///
    /// More digits than the token has, more than 64 bits hold, and "unlimited".
    pub fn units(&self, key: &str, decimals: u8) -> Result<u64> {
        amount::parse(&self.0, decimals).with_context(|| key.to_owned())
    }

    /// The same, where "unlimited" stands for `unlimited`.
    ///
    /// # Errors
    ///
    /// As [`Amount::units`], "unlimited" apart.
    pub fn units_or(&self, key: &str, decimals: u8, unlimited: u64) -> Result<u64> {
        match self.0 == "unlimited" {
            true => Ok(unlimited),
            false => self.units(key, decimals),
        }
    }
}

/// Reads points, or the word for none.
struct FromPoints;

impl Visitor<'_> for FromPoints {
    type Value = Points;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0 (least risk) to 100 (most), or \"unknown\"")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Points, E> {
        let points = u8::try_from(number).ok().filter(|points| *points <= Scores::WORST);
        points.map(Points).ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Points, E> {
        match text {
            "unknown" => Ok(Points::default()),
            other => Err(E::invalid_value(Unexpected::Str(other), &self)),
        }
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FromPoints)
    }
}

/// Reads a value from text, and says what was expected where it is no text.
struct FromText<T>(PhantomData<T>, &'static str);

impl<T: FromStr<Err = String>> Visitor<'_> for FromText<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.1)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

macro_rules! from_text {
    ($($type:ident: $expected:literal),* $(,)?) => {$(
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(FromText(PhantomData, $expected))
            }
        }
    )*};
}

from_text! {
    Address: "an address as text",
    Party: "an address or a keypair file as text",
    FeedId: "64 hexadecimal digits as text",
    Amount: "an amount as text, such as \"12.5\"",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_counted_in_the_tokens_units() {
        let amount = |text: &str| text.parse::<Amount>().unwrap();
        assert_eq!(amount("12.5").units("k", 6).unwrap(), 12_500_000);
        assert_eq!(amount("18446744073709").units("k", 6).unwrap(), 18_446_744_073_709_000_000);
        assert_eq!(amount("unlimited").units_or("k", 6, u64::MAX).unwrap(), u64::MAX);
        let too_fine = amount("0.0000001").units("vault.limits.min_ticket", 6).unwrap_err();
        assert!(format!("{too_fine:#}").starts_with("vault.limits.min_ticket: '0.0000001' has 7 digits"));
        for wrong in ["", "-1", "1,5", "1_000", "all", ".5"] {
            assert!(wrong.parse::<Amount>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_party_is_an_address_or_a_file() {
        let key = Pubkey::new_from_array([3; 32]);
        assert_eq!(key.to_string().parse(), Ok(Party::Address(key)));
        assert_eq!("keys/owner.json".parse(), Ok(Party::File("keys/owner.json".into())));
        assert!("owner".parse::<Party>().unwrap_err().contains("'owner' is neither an address nor"));
    }

    #[test]
    fn a_feed_id_is_64_digits() {
        let id = FeedId([0xab; 32]);
        assert_eq!("ab".repeat(32).parse(), Ok(id));
        assert_eq!(format!("0x{}", "AB".repeat(32)).parse(), Ok(id));
        for wrong in ["", "ab", &"zz".repeat(32), &"+a".repeat(32), &"é".repeat(32)] {
            assert!(wrong.parse::<FeedId>().is_err(), "{wrong}");
        }
    }
}
