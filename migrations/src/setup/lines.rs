//! Risks, lines, and what the lookup table holds.

use anchor_lang::prelude::Pubkey;
use anyhow::{anyhow, bail, Context, Result};
use gimbal::chain::Chain;
use gimbal::instructions::vault::VaultContext;
use gimbal::pda::LineAddresses;
use gimbal::setup::venues::{PoolAccounts, ReserveAccounts};
use gimbal::setup::{feeds::price_account, lines::label, tables, venues};
use risk_oracle::{SetLineRiskArgs, SetRiskArgs, NO_RISK};
use strategy_router::LineParams;

use super::{Feed, Line};
use crate::config::{self, Config};

pub(super) fn resolve_risks(config: &Config, decimals: u8) -> Result<Vec<SetRiskArgs>> {
    if config.risks.len() > risk_oracle::RISKS {
        bail!("risks: a book holds {} risks, not {}", risk_oracle::RISKS, config.risks.len());
    }
    let resolve = |(index, risk): (u8, &config::Risk)| {
        let key = |name: &str| format!("risks.{}.{name}", risk.label);
        let printable = risk.label.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        if !(1..=16).contains(&risk.label.len()) || !printable {
            bail!("{}: a label has 1 to 16 printable ASCII characters", key("label"));
        }
        let cap_bps = share(&key("cap_bps"), risk.cap_bps)?;
        let cap = risk.cap.units_or(&key("cap"), decimals, u64::MAX)?;
        Ok(SetRiskArgs { index, label: label(&risk.label), cap_bps, cap })
    };
    (0_u8..).zip(&config.risks).map(resolve).collect()
}

/// A part of the whole: at most 10,000 basis points.
fn share(key: &str, bps: u16) -> Result<u16> {
    match bps <= 10_000 {
        true => Ok(bps),
        false => bail!("{key}: {bps} basis points are more than all; at most 10,000"),
    }
}

pub(super) fn resolve_line(
    config: &Config,
    line: &config::Line,
    addresses: LineAddresses,
    vault: &VaultContext,
    decimals: u8,
    chain: &dyn Chain,
    feed: &dyn Fn(&str, &str) -> Result<Pubkey>,
) -> Result<Line> {
    let key = |name: &str| format!("lines.{}.{name}", line.name);
    let params = LineParams {
        min_bps: line.min_bps,
        target_bps: line.target_bps,
        max_bps: line.max_bps,
        band_bps: line.band_bps,
        cooldown: line.cooldown,
        cap: line.cap.units_or(&key("cap"), decimals, u64::MAX)?,
        widen_rate: line.widen_rate,
        max_slippage_bps: line.max_slippage_bps,
        haircut_bps: line.haircut_bps,
        max_venue_age: line.max_venue_age,
    };
    params.validate().map_err(|error| anyhow!("lines.{}: {error}", line.name))?;
    let reserve = ReserveAccounts::read(chain, &line.reserve.0).with_context(|| key("reserve"))?;
    let pool = line.pool.map(|pool| PoolAccounts::read(chain, &pool.0).with_context(|| key("pool"))).transpose()?;
    let lent = reserve.liquidity.0;
    match &pool {
        None if lent != vault.base_mint => {
            bail!("{}: it lends {lent}, not the base asset; name a pool", key("reserve"))
        }
        Some(pool) if !(pool.mints.contains(&lent) && pool.mints.contains(&vault.base_mint)) => {
            bail!("{}: it does not swap the base asset into {lent}, which the reserve lends", key("pool"))
        }
        _ => {}
    }
    let mut risks = [NO_RISK; 4];
    for (place, label) in risks.iter_mut().zip(&line.risks) {
        *place = u8::try_from(config.risk(&key("risks"), label)?).with_context(|| key("risks"))?;
    }
    let risk = SetLineRiskArgs {
        line: addresses.id,
        risks,
        cap_bps: share(&key("risk_cap_bps"), line.risk_cap_bps)?,
        cap: line.risk_cap.units_or(&key("risk_cap"), decimals, u64::MAX)?,
    };
    let token_feed = line.token_feed.as_deref().map(|name| feed(&key("token_feed"), name)).transpose()?;
    Ok(Line { name: line.name.clone(), addresses, params, reserve, pool, token_feed, risk })
}

/// What the lookup table holds, each address once.
pub(super) fn table(
    vault: &VaultContext,
    feeds: &[Feed],
    lines: &[Line],
    keepers: &[Pubkey],
    network: impl Iterator<Item = Pubkey>,
) -> Result<Vec<Pubkey>> {
    let mut programs = Vec::new();
    for line in lines {
        programs.push(line.reserve.program);
        programs.extend(line.pool.map(|pool| pool.program));
    }
    let posted = feeds.iter().map(|feed| (feed.key, price_account(&feed.args.feed_id)));
    let mut all = tables::common_addresses(vault, &programs, posted, keepers.iter().copied());
    let second = feeds.iter().map(|feed| feed.args.second_feed_id).filter(|id| *id != [0; 32]);
    all.extend(second.map(|id| price_account(&id)));
    for line in lines {
        all.extend(venues::table_addresses(&line.addresses, &line.reserve, line.pool.as_ref()));
    }
    all.extend(network);
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|address| seen.insert(*address));
    if all.len() > tables::MOST_ADDRESSES {
        bail!("lines: they name {} accounts, and a lookup table holds {}", all.len(), tables::MOST_ADDRESSES);
    }
    Ok(all)
}
