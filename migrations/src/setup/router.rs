//! The ledger's limits, each held to its hard range by the file's key.

use std::ops::RangeInclusive;

use anyhow::{anyhow, bail, Result};
use gimbal::amount;
use strategy_router::state::{Limits, LimitsArgs};
use strategy_router::state::{MAX_BOUNTY_BPS, MAX_EPOCH, MAX_LOSS_BUDGET_BPS, MAX_VALUATION_AGE, MIN_EPOCH};

use crate::config;

/// The ledger's limits.
///
/// # Errors
///
/// A value out of its range, by its key, with what is allowed.
pub(super) fn limits(router: &config::Router, decimals: u8) -> Result<LimitsArgs> {
    let args = LimitsArgs {
        max_valuation_age: router.max_valuation_age,
        epoch: router.epoch,
        min_cash_bps: router.min_cash_bps,
        loss_budget_bps: router.loss_budget_bps,
        keeper_loss_budget_bps: router.keeper_loss_budget_bps,
        keeper_pay: router.keeper_pay.units("router.keeper_pay", decimals)?,
        keeper_pay_budget: router.keeper_pay_budget.units("router.keeper_pay_budget", decimals)?,
        target_volatility_bps: router.target_volatility_bps.unwrap_or(u16::MAX),
        bounty_bps: router.bounty_bps,
        bounty_budget: match &router.bounty_budget {
            Some(amount) => amount.units("router.bounty_budget", decimals)?,
            None => 0,
        },
    };
    within("max_valuation_age", args.max_valuation_age, 1..=MAX_VALUATION_AGE, "seconds")?;
    within("epoch", args.epoch, MIN_EPOCH..=MAX_EPOCH, "seconds")?;
    within("min_cash_bps", args.min_cash_bps, 0..=10_000, "basis points")?;
    within("loss_budget_bps", args.loss_budget_bps, 0..=MAX_LOSS_BUDGET_BPS, "basis points")?;
    within("bounty_bps", args.bounty_bps, 0..=MAX_BOUNTY_BPS, "basis points")?;
    if args.keeper_loss_budget_bps > args.loss_budget_bps {
        let (is, most) = (args.keeper_loss_budget_bps, args.loss_budget_bps);
        bail!("router.keeper_loss_budget_bps: {is} is more than router.loss_budget_bps, {most}");
    }
    for (key, units) in [("keeper_pay", args.keeper_pay), ("bounty_budget", args.bounty_budget)] {
        if units > args.keeper_pay_budget {
            let [is, most] = [units, args.keeper_pay_budget].map(|units| amount::format(units, decimals));
            bail!("router.{key}: {is} is more than router.keeper_pay_budget, {most}");
        }
    }
    Limits::try_from(args).map_err(|error| anyhow!("router: {error}"))?;
    Ok(args)
}

fn within<T: PartialOrd + std::fmt::Display>(key: &str, is: T, range: RangeInclusive<T>, unit: &str) -> Result<()> {
    match range.contains(&is) {
        true => Ok(()),
        false => bail!("router.{key}: {is} is out of range; give {} to {} {unit}", range.start(), range.end()),
    }
}
