//! `gimbal admin feed`: how a feed judges prices, and what it forecasts from them.

use super::super::arguments::address;
use super::super::parse::seconds;
use super::super::session::Session;
use super::guarded::{self, Guarded, GuardedArgs};
use super::model::{self, Model};
use super::target::Target;
use crate::amount;
use crate::instructions::oracle;
use crate::readers;
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Result};
use clap::{Args, Subcommand};
use risk_oracle::state::Feed as State;
use risk_oracle::FeedParams;

/// Decimals of a peg: USD per whole token times 10^12.
const PEG_DECIMALS: u8 = 12;

/// How a feed judges prices, and what it forecasts from them
#[derive(Debug, Subcommand)]
pub enum Feed {
    /// Set a feed's parameters; what is not given stays; the owner signs
    ///
    /// What tightens is in force at once. On a feed that has prices whatever loosens waits.
    Params(Box<Params>),
    /// Refit a feed's volatility models; what is not given stays; the owner signs
    ///
    /// On a feed that has prices every refit waits, and the next bar that closes is the first that meets it.
    Model(Box<Model>),
}

/// Options of `feed params`.
#[derive(Args, Debug)]
pub struct Params {
    /// The feed
    #[arg(value_name = "FEED", value_parser = address)]
    pub feed: Pubkey,
    /// Oldest price that is taken or used: 1s to 2d
    #[arg(long, value_name = "SPAN", value_parser = seconds)]
    pub max_age: Option<u32>,
    /// How far a price may be ahead of the clock: 0 to 5m
    #[arg(long, value_name = "SPAN", value_parser = seconds)]
    pub max_future: Option<u32>,
    /// Confidence above this is refused, basis points of the price: 1 to 1,000
    #[arg(long, value_name = "BPS")]
    pub max_confidence_bps: Option<u16>,
    /// Confidence above this stops deposits, basis points of the price
    #[arg(long, value_name = "BPS")]
    pub wide_confidence_bps: Option<u16>,
    /// Two sources further apart than this stop deposits, basis points: 1 to 2,000
    #[arg(long, value_name = "BPS")]
    pub max_divergence_bps: Option<u16>,
    /// A price further than this from the stable price stops deposits, basis points: 1 to 10,000
    #[arg(long, value_name = "BPS")]
    pub max_stable_gap_bps: Option<u16>,
    /// A price further than this from the peg stops deposits, basis points: 1 to 5,000
    #[arg(long, value_name = "BPS")]
    pub peg_band_bps: Option<u16>,
    /// Speed limit of the stable price, basis points of itself per hour: 1 to 10,000
    #[arg(long, value_name = "BPS")]
    pub stable_bps_per_hour: Option<u16>,
    /// The peg, USD per whole token; 0 for none
    #[arg(long, value_name = "USD")]
    pub peg: Option<String>,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Runs a command of the family.
///
/// # Errors
///
/// Each a sentence with a next step.
pub fn run(session: &mut Session, command: &Feed) -> Result<()> {
    match command {
        Feed::Params(options) => set_params(session, options),
        Feed::Model(options) => model::run(session, options),
    }
}

fn set_params(session: &mut Session, options: &Params) -> Result<()> {
    let now = readers::read::<State>(session.chain()?, &options.feed)?.params();
    let params = FeedParams {
        max_age: options.max_age.unwrap_or(now.max_age),
        max_future: options.max_future.unwrap_or(now.max_future),
        max_confidence_bps: options.max_confidence_bps.unwrap_or(now.max_confidence_bps),
        wide_confidence_bps: options.wide_confidence_bps.unwrap_or(now.wide_confidence_bps),
        max_divergence_bps: options.max_divergence_bps.unwrap_or(now.max_divergence_bps),
        max_stable_gap_bps: options.max_stable_gap_bps.unwrap_or(now.max_stable_gap_bps),
        peg_band_bps: options.peg_band_bps.unwrap_or(now.peg_band_bps),
        stable_bps_per_hour: options.stable_bps_per_hour.unwrap_or(now.stable_bps_per_hour),
        peg: match &options.peg {
            Some(text) => amount::parse(text, PEG_DECIMALS)?,
            None => now.peg,
        },
    };
    if params == now {
        bail!("nothing would change: give other parameters, see `gimbal admin feed params --help`");
    }
    params.validate().map_err(|error| anyhow::anyhow!("{error}; see `gimbal admin feed params --help`"))?;
    let instruction = oracle::set_feed_params(&session.owner_key()?, &options.feed, params);
    let target = Target::feed(&options.feed);
    let title = "Set the feed's parameters".to_owned();
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}
