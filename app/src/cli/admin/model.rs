//! `gimbal admin feed model`: the coefficients of a feed's volatility models.

use super::super::arguments::address;
use super::super::session::Session;
use super::guarded::{self, Guarded, GuardedArgs};
use super::target::Target;
use crate::instructions::oracle;
use crate::readers;
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use clap::Args;
use risk_oracle::state::{Feed, ModelParams};

/// Options of `feed model`.
#[derive(Args, Debug)]
pub struct Model {
    /// The feed
    #[arg(value_name = "FEED", value_parser = address)]
    pub feed: Pubkey,
    /// Begin from the coefficients that a new feed has, not from those in force
    #[arg(long)]
    pub from_default: bool,
    /// Decay of the EWMA, basis points: 8,000 to 9,900
    #[arg(long, value_name = "BPS")]
    pub ewma_bps: Option<u16>,
    /// Alpha and beta of GARCH(1,1), basis points, such as 1000,8500
    #[arg(long, value_name = "BPS,BPS", value_parser = numbers::<2>)]
    pub garch_bps: Option<[u16; 2]>,
    /// HAR weights of the last day, week and month, basis points, such as 3500,3500,4000
    #[arg(long, value_name = "BPS,BPS,BPS", value_parser = numbers::<3>)]
    pub har_bps: Option<[u16; 3]>,
    /// Alpha and beta of GARCH(1,1) on range variance, basis points
    #[arg(long, value_name = "BPS,BPS", value_parser = numbers::<2>)]
    pub range_bps: Option<[u16; 2]>,
    /// Weights of EWMA, GARCH, HAR and range model before anything is learned: basis points, 10,000 together
    #[arg(long, value_name = "BPS,BPS,BPS,BPS", value_parser = numbers::<4>)]
    pub prior_bps: Option<[u16; 4]>,
    /// Bars of the long-run means: 30 to 2,000
    #[arg(long, value_name = "BARS")]
    pub long_run_bars: Option<u16>,
    /// A return counts with at most this many tenths of a standard deviation: 30 to 100
    #[arg(long, value_name = "TENTHS")]
    pub clamp_tenths: Option<u16>,
    /// Learning rate of the mixture, basis points: 0 to 5,000
    #[arg(long, value_name = "BPS")]
    pub learning_bps: Option<u16>,
    /// What is left after a day of a model's score, basis points: 9,000 to 9,999
    #[arg(long, value_name = "BPS")]
    pub discount_bps: Option<u16>,
    /// Level of the tails, basis points: 10 to 500; another level begins the backtest anew
    #[arg(long, value_name = "BPS")]
    pub tail_level_bps: Option<u16>,
    /// The tail quantile before any residual is seen, thousandths of a standard deviation: 1,000 to 10,000
    #[arg(long, value_name = "THOUSANDTHS")]
    pub tail_prior_milli: Option<u16>,
    /// Residuals that this prior counts for: 50 to 5,000
    #[arg(long, value_name = "RESIDUALS")]
    pub tail_prior_weight: Option<u16>,
    /// Bars with samples in fewer hours than this are thin: 2 to 24
    #[arg(long, value_name = "HOURS")]
    pub thin_samples: Option<u16>,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

impl Model {
    /// The coefficients that are asked for, where `now` are in force.
    fn params(&self, now: &ModelParams) -> ModelParams {
        let from = if self.from_default { ModelParams::DEFAULT } else { *now };
        ModelParams {
            ewma_bps: self.ewma_bps.unwrap_or(from.ewma_bps),
            garch_bps: self.garch_bps.unwrap_or(from.garch_bps),
            har_bps: self.har_bps.unwrap_or(from.har_bps),
            range_bps: self.range_bps.unwrap_or(from.range_bps),
            prior_bps: self.prior_bps.unwrap_or(from.prior_bps),
            long_run_bars: self.long_run_bars.unwrap_or(from.long_run_bars),
            clamp_tenths: self.clamp_tenths.unwrap_or(from.clamp_tenths),
            learning_bps: self.learning_bps.unwrap_or(from.learning_bps),
            discount_bps: self.discount_bps.unwrap_or(from.discount_bps),
            tail_level_bps: self.tail_level_bps.unwrap_or(from.tail_level_bps),
            tail_prior_milli: self.tail_prior_milli.unwrap_or(from.tail_prior_milli),
            tail_prior_weight: self.tail_prior_weight.unwrap_or(from.tail_prior_weight),
            thin_samples: self.thin_samples.unwrap_or(from.thin_samples),
        }
    }
}

/// Runs the command.
///
/// # Errors
///
/// Each a sentence with a next step.
pub fn run(session: &mut Session, options: &Model) -> Result<()> {
    let now = readers::read::<Feed>(session.chain()?, &options.feed)?.engine.params;
    let params = options.params(&now);
    if params == now {
        bail!("nothing would change: give other coefficients, see `gimbal admin feed model --help`");
    }
    params.validate().map_err(|error| anyhow::anyhow!("{error}; see `gimbal admin feed model --help`"))?;
    let instruction = oracle::set_model(&session.owner_key()?, &options.feed, params);
    let target = Target::feed(&options.feed);
    let title = "Refit the feed's volatility models".to_owned();
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}

/// `N` numbers between commas.
pub(super) fn numbers<const N: usize>(text: &str) -> Result<[u16; N], String> {
    let wrong = || format!("give {N} whole numbers with commas between them");
    let parts = text.split(',').map(|part| part.trim().parse::<u16>());
    let parts = parts.collect::<Result<Vec<u16>, _>>().map_err(|_| wrong())?;
    parts.try_into().map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_whole() {
        assert_eq!(numbers::<3>("3500, 3500,4000"), Ok([3_500, 3_500, 4_000]));
        for wrong in ["", "1,2", "1,2,3,4", "1,2,x", "1,2,65536", "1,2,-3"] {
            assert_eq!(numbers::<3>(wrong), Err("give 3 whole numbers with commas between them".to_owned()), "{wrong}");
        }
    }
}
