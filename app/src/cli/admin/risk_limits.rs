//! `gimbal admin book limits`: the limits and coefficients of the risk engine.

use super::super::arguments::address;
use super::super::parse::seconds;
use super::super::session::Session;
use super::guarded::{self, Guarded, GuardedArgs};
use super::target::read_book;
use crate::instructions::oracle;
use anchor_lang::prelude::Pubkey;
use anyhow::{anyhow, bail, Result};
use clap::{Args, ValueEnum};
use risk_oracle::RiskParams;

/// Settings to begin from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// A cautious vault's: limits on everything, and a regime that scales down
    Cautious,
    /// What a new book has: no limits, no thresholds, nothing scaled
    None,
}

/// Options of `book limits`.
#[derive(Args, Debug)]
pub struct Limits {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// Begin from these settings, not from those in force
    #[arg(long, value_enum, value_name = "NAME")]
    pub preset: Option<Preset>,
    /// Most value at risk, basis points of NAV, or none
    #[arg(long, value_name = "BPS", value_parser = most)]
    pub max_var_bps: Option<u16>,
    /// Most expected shortfall, basis points of NAV, or none
    #[arg(long, value_name = "BPS", value_parser = most)]
    pub max_shortfall_bps: Option<u16>,
    /// Most that any scenario may lose, basis points of NAV, or none
    #[arg(long, value_name = "BPS", value_parser = most)]
    pub max_stress_bps: Option<u16>,
    /// Most leverage of a line, (value + debt) / value in basis points, 10,000 (no debt) and more, or none
    #[arg(long, value_name = "BPS", value_parser = most_wide)]
    pub max_leverage_bps: Option<u32>,
    /// Least distance of a line's liquidation, thousandths of a standard deviation over the horizon, or none
    #[arg(long, value_name = "THOUSANDTHS", value_parser = least)]
    pub min_liquidation_sigma_milli: Option<u32>,
    /// Most concentration, the sum of (line's value / NAV)² in basis points, or none
    #[arg(long, value_name = "BPS", value_parser = most)]
    pub max_concentration_bps: Option<u16>,
    /// Most days that leaving a line may take, or none
    #[arg(long, value_name = "DAYS", value_parser = most)]
    pub max_exit_days: Option<u16>,
    /// What of a venue's available liquidity can be taken a day, basis points of it: 1 to 10,000
    #[arg(long, value_name = "BPS")]
    pub exit_share_bps: Option<u16>,
    /// Most that a line may be of its venue's available liquidity, basis points of it, or none
    #[arg(long, value_name = "BPS", value_parser = most)]
    pub max_liquidity_share_bps: Option<u16>,
    /// Oldest price, and oldest stress, with which new money is admitted: 60s and more, or none
    #[arg(long, value_name = "SPAN", value_parser = age)]
    pub max_sample_age: Option<u32>,
    /// For how long utilisation and depth must have shown a level before it counts: at most 1d
    #[arg(long, value_name = "SPAN", value_parser = seconds)]
    pub venue_confirm: Option<u32>,
    /// Days over which risk is measured: 1 to 30
    #[arg(long, value_name = "DAYS")]
    pub horizon_days: Option<u16>,
    /// Decay of the covariance, basis points: 9,000 to 10,000
    #[arg(long, value_name = "BPS")]
    pub decay_bps: Option<u16>,
    /// Least initial margin of a leveraged line, basis points of its collateral: 1 to 10,000
    #[arg(long, value_name = "BPS")]
    pub margin_floor_bps: Option<u16>,
    /// Fall of the price if all of what a venue can take were sold, basis points: at most 10,000
    #[arg(long, value_name = "BPS")]
    pub impact_bps: Option<u16>,
    /// Consecutive calmer bars after which the regime goes down by one level: 1 to 365
    #[arg(long, value_name = "BARS")]
    pub calm_days: Option<u16>,
    /// Speed at which scales loosen, basis points a day: 1 to 2,500
    #[arg(long, value_name = "BPS")]
    pub loosen_bps_per_day: Option<u16>,
    /// What calm, elevated, stressed and crisis leave of scaled caps and of leverage, basis points, such as 10000,7500,5000,2500
    #[arg(long, value_name = "BPS,BPS,BPS,BPS", value_parser = scales)]
    pub scales_bps: Option<[u16; 4]>,
    /// Volatility against that of the long run from which elevated, stressed and crisis begin, basis points, or none
    #[arg(long, value_name = "BPS,BPS,BPS", value_parser = thresholds_wide)]
    pub volatility_bps: Option<[u32; 3]>,
    /// Confidence against its mean of a month from which each level begins, basis points, or none
    #[arg(long, value_name = "BPS,BPS,BPS", value_parser = thresholds_wide)]
    pub confidence_bps: Option<[u32; 3]>,
    /// Move since the last close from which each level begins, thousandths of a standard deviation, or none
    #[arg(long, value_name = "N,N,N", value_parser = thresholds)]
    pub move_milli: Option<[u16; 3]>,
    /// Drawdown from the highest close kept from which each level begins, basis points, or none
    #[arg(long, value_name = "BPS,BPS,BPS", value_parser = thresholds)]
    pub drawdown_bps: Option<[u16; 3]>,
    /// Jumps in the last 22 bars from which each level begins, or none
    #[arg(long, value_name = "N,N,N", value_parser = thresholds)]
    pub jumps: Option<[u16; 3]>,
    /// Lent share of a venue from which each level begins, basis points, or none
    #[arg(long, value_name = "BPS,BPS,BPS", value_parser = thresholds)]
    pub utilisation_bps: Option<[u16; 3]>,
    /// How far a venue's liquidity is below its slow mean where each level begins, basis points, or none
    #[arg(long, value_name = "BPS,BPS,BPS", value_parser = thresholds)]
    pub depth_drop_bps: Option<[u16; 3]>,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

impl Limits {
    /// The settings that are asked for, where `now` are in force.
    fn params(&self, now: &RiskParams) -> RiskParams {
        let from = match self.preset {
            Some(Preset::Cautious) => RiskParams::CAUTIOUS,
            Some(Preset::None) => RiskParams::NONE,
            None => *now,
        };
        RiskParams {
            max_leverage_bps: self.max_leverage_bps.unwrap_or(from.max_leverage_bps),
            min_liquidation_sigma_milli: self.min_liquidation_sigma_milli.unwrap_or(from.min_liquidation_sigma_milli),
            max_sample_age: self.max_sample_age.unwrap_or(from.max_sample_age),
            venue_confirm_seconds: self.venue_confirm.unwrap_or(from.venue_confirm_seconds),
            volatility_bps: self.volatility_bps.unwrap_or(from.volatility_bps),
            confidence_bps: self.confidence_bps.unwrap_or(from.confidence_bps),
            decay_bps: self.decay_bps.unwrap_or(from.decay_bps),
            max_var_bps: self.max_var_bps.unwrap_or(from.max_var_bps),
            max_shortfall_bps: self.max_shortfall_bps.unwrap_or(from.max_shortfall_bps),
            max_stress_bps: self.max_stress_bps.unwrap_or(from.max_stress_bps),
            max_concentration_bps: self.max_concentration_bps.unwrap_or(from.max_concentration_bps),
            max_exit_days: self.max_exit_days.unwrap_or(from.max_exit_days),
            exit_share_bps: self.exit_share_bps.unwrap_or(from.exit_share_bps),
            max_liquidity_share_bps: self.max_liquidity_share_bps.unwrap_or(from.max_liquidity_share_bps),
            horizon_days: self.horizon_days.unwrap_or(from.horizon_days),
            calm_days: self.calm_days.unwrap_or(from.calm_days),
            loosen_bps_per_day: self.loosen_bps_per_day.unwrap_or(from.loosen_bps_per_day),
            margin_floor_bps: self.margin_floor_bps.unwrap_or(from.margin_floor_bps),
            impact_bps: self.impact_bps.unwrap_or(from.impact_bps),
            scales_bps: self.scales_bps.unwrap_or(from.scales_bps),
            move_milli: self.move_milli.unwrap_or(from.move_milli),
            drawdown_bps: self.drawdown_bps.unwrap_or(from.drawdown_bps),
            jumps: self.jumps.unwrap_or(from.jumps),
            utilisation_bps: self.utilisation_bps.unwrap_or(from.utilisation_bps),
            depth_drop_bps: self.depth_drop_bps.unwrap_or(from.depth_drop_bps),
        }
    }
}

pub(super) fn limits(session: &mut Session, options: &Limits) -> Result<()> {
    let (target, book, _) = read_book(session, &options.vault)?;
    let params = options.params(&book.params);
    if params == book.params {
        bail!("nothing would change: give other limits, see `gimbal admin book limits --help`");
    }
    params.validate().map_err(|error| anyhow!("{error}; see `gimbal admin book limits --help`"))?;
    let instruction = oracle::set_risk_params(&session.owner_key()?, &target.key, params);
    let title = "Set the limits of the book's risk engine".to_owned();
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}

/// A whole number, or `none` for a word's meaning of it.
fn number_or<T: std::str::FromStr>(text: &str, none: T) -> Result<T, String> {
    match text.trim() {
        "none" => Ok(none),
        number => number.parse().map_err(|_| "give a whole number that is not too large, or none".to_owned()),
    }
}

/// The largest number for `none`.
pub(super) fn most(text: &str) -> Result<u16, String> {
    number_or(text, u16::MAX)
}

fn most_wide(text: &str) -> Result<u32, String> {
    number_or(text, u32::MAX)
}

fn least(text: &str) -> Result<u32, String> {
    number_or(text, 0)
}

fn age(text: &str) -> Result<u32, String> {
    match text {
        "none" => Ok(u32::MAX),
        span => seconds(span).map_err(|error| format!("{error}, or none")),
    }
}

/// Three thresholds, of which any may be `none`; one `none` is three.
fn levels<T: std::str::FromStr + Copy>(text: &str, none: T) -> Result<[T; 3], String> {
    if text == "none" {
        return Ok([none; 3]);
    }
    let parts: Option<Vec<T>> = text.split(',').map(|part| number_or(part, none).ok()).collect();
    let wrong = || "give 3 whole numbers with commas between them, each or all of which may be none".to_owned();
    parts.and_then(|parts| parts.try_into().ok()).ok_or_else(wrong)
}

fn thresholds(text: &str) -> Result<[u16; 3], String> {
    levels(text, u16::MAX)
}

fn thresholds_wide(text: &str) -> Result<[u32; 3], String> {
    levels(text, u32::MAX)
}

fn scales(text: &str) -> Result<[u16; 4], String> {
    super::model::numbers(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_is_no_limit() {
        assert_eq!((most("500"), most("none")), (Ok(500), Ok(u16::MAX)));
        assert_eq!((most_wide("none"), least("none"), age("none")), (Ok(u32::MAX), Ok(0), Ok(u32::MAX)));
        assert_eq!(age("3h"), Ok(10_800));
        for wrong in ["", "-1", "65536", "a"] {
            assert!(most(wrong).is_err_and(|error| error.contains("or none")), "{wrong}");
        }
        assert!(age("soon").is_err_and(|error| error.contains("10m")));
    }

    #[test]
    fn thresholds_are_three() {
        assert_eq!(thresholds("2000,3500,none"), Ok([2_000, 3_500, u16::MAX]));
        assert_eq!(thresholds_wide("none"), Ok([u32::MAX; 3]));
        for wrong in ["", "1,2", "1,2,3,4", "1,2,65536"] {
            assert!(thresholds(wrong).is_err_and(|error| error.contains("3 whole numbers")), "{wrong}");
        }
        assert_eq!(scales("10000,7500,5000,2500"), Ok([10_000, 7_500, 5_000, 2_500]));
    }
}
