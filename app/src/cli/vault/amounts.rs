//! Amounts as they are typed and shown, and how much worse a result may be.

use super::super::operation::TransactionArgs;
use crate::amount;
use crate::views::bound::Bound;
use crate::views::flow::Kind;
use crate::views::units::Amount;
use anyhow::{bail, Result};
use clap::Args;
use std::fmt;
use std::str::FromStr;

/// Most of the slippage that can be asked for, basis points: all.
const MAX_SLIPPAGE: u16 = 10_000;

/// What somebody typed as an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// All that there is.
    Max,
    /// An amount in whole tokens or shares.
    Ui(String),
}

impl FromStr for Typed {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "max" => Self::Max,
            other => Self::Ui(other.to_owned()),
        })
    }
}

impl fmt::Display for Typed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Max => formatter.write_str("max"),
            Self::Ui(text) => formatter.write_str(text),
        }
    }
}

impl Typed {
    /// Units of what has `decimals`, where `max` means `all`.
    ///
    /// # Errors
    ///
    /// Anything but plain digits, too many decimals, zero.
    pub fn units(&self, decimals: u8, all: impl FnOnce() -> Result<u64>) -> Result<u64> {
        match self {
            Self::Max => all(),
            Self::Ui(text) => positive(text, decimals),
        }
    }
}

/// Units of an amount above zero.
///
/// # Errors
///
/// As [`amount::parse`] says, and for zero.
pub fn positive(text: &str, decimals: u8) -> Result<u64> {
    match amount::parse(text, decimals)? {
        0 => bail!("an amount of zero moves nothing: give a larger one, or max"),
        units => Ok(units),
    }
}

/// Where all who sign must come to the same bytes, nothing can be taken from the state of the chain: neither what `max` is
/// nor a bound.
///
/// # Errors
///
/// If the amount is `max`, or no `bound` is given where `option` would take it.
pub fn require_fixed(args: &TransactionArgs, amount: &Typed, bound: Option<&str>, option: &str) -> Result<()> {
    if !args.fixed() {
        return Ok(());
    }
    if *amount == Typed::Max {
        bail!("with --blockhash all who sign must come to the same bytes: give the amount instead of max");
    }
    if bound.is_none() {
        bail!("with --blockhash all who sign must come to the same bytes: give the bound itself, with {option}");
    }
    Ok(())
}

/// How much worse than previewed a result may be.
#[derive(Args, Clone, Debug)]
pub struct Slippage {
    /// How much worse than previewed the result may be, basis points
    ///
    /// NAV moves between the preview and the transaction. What comes out worse than this is refused by the program, and
    /// nothing moves.
    #[arg(long, value_name = "BPS", default_value = "10", value_parser = bps)]
    pub slippage_bps: u16,
}

impl Slippage {
    /// The bound of a flow that comes to `result` on its free side, unless one is `given` in UI units.
    ///
    /// # Errors
    ///
    /// If the bound that is given is no amount.
    pub fn bound(&self, kind: Kind, result: u64, given: Option<&str>, decimals: u8) -> Result<Bound> {
        match given {
            Some(text) => Ok(Bound::exactly(kind, amount::parse(text, decimals)?, decimals)),
            None => Ok(Bound::within(kind, result, self.slippage_bps, decimals)),
        }
    }
}

/// Basis points from 0 to 10,000.
///
/// # Errors
///
/// Anything else.
pub fn bps(text: &str) -> Result<u16, String> {
    match text.parse::<u16>() {
        Ok(bps) if bps <= MAX_SLIPPAGE => Ok(bps),
        _ => Err(format!("give basis points from 0 to {MAX_SLIPPAGE}; 10 are 0.1 %")),
    }
}

/// An amount of the base asset in words: with its ticker where the vault's feed is a known asset's.
pub fn assets(amount: &Amount, symbol: &str) -> String {
    format!("{} {symbol}", amount.ui)
}

/// A number of shares in words.
pub fn shares(amount: &Amount) -> String {
    match amount.ui.as_str() {
        "1" => "1 share".to_owned(),
        ui => format!("{ui} shares"),
    }
}

/// A bound in words: "at least 99.9 shares".
pub fn bound_words(bound: &Bound, symbol: &str) -> String {
    let how = if bound.what.starts_with("min") { "at least" } else { "at most" };
    let what = if bound.what.ends_with("shares") { shares(&bound.amount) } else { assets(&bound.amount, symbol) };
    format!("{how} {what}, else nothing happens")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_is_a_word_and_anything_else_an_amount() {
        let units = |text: &str| text.parse::<Typed>().unwrap().units(6, || Ok(77));
        assert_eq!(units("max").unwrap(), 77);
        assert_eq!(units("1.5").unwrap(), 1_500_000);
        for (text, part) in [
            ("0", "an amount of zero moves nothing"),
            ("0.000000", "an amount of zero moves nothing"),
            ("1.0000001", "has 7 digits after the point, but this token has only 6"),
            ("-1", "'-1' is not an amount"),
            ("MAX", "'MAX' is not an amount"),
        ] {
            let error = units(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    #[test]
    fn slippage_is_within_reason_and_a_given_bound_wins() {
        assert_eq!(bps("0"), Ok(0));
        assert_eq!(bps("10000"), Ok(10_000));
        assert!(bps("10001").is_err() && bps("-1").is_err() && bps("0.5").is_err());
        let slippage = Slippage { slippage_bps: 100 };
        assert_eq!(slippage.bound(Kind::Deposit, 1_000, None, 6).unwrap().amount.base_units, 990);
        assert_eq!(slippage.bound(Kind::Deposit, 1_000, Some("0.0005"), 6).unwrap().amount.base_units, 500);
        assert!(slippage.bound(Kind::Deposit, 1_000, Some("x"), 6).is_err());
    }

    #[test]
    fn bounds_are_told_in_words() {
        let words = |kind, units| bound_words(&Bound::exactly(kind, units, 6), "USDC");
        assert_eq!(words(Kind::Deposit, 1_000_000), "at least 1 share, else nothing happens");
        assert_eq!(words(Kind::Mint, 2_500_000), "at most 2.5 USDC, else nothing happens");
        assert_eq!(words(Kind::Withdraw, 2_000_000), "at most 2 shares, else nothing happens");
        assert_eq!(words(Kind::Redeem, 1), "at least 0.000001 USDC, else nothing happens");
    }
}
