//! Instructions that may wait, from their data: the accounts that each takes, and the same instruction with the values that
//! are in force now.

use super::target::{Part, State, Target};
use crate::chain::Chain;
use crate::instructions::{network, oracle, router, router::CodeSlots, router::LineContext, vault::VaultContext};
use crate::pda::VaultAddresses;
use anchor_lang::{prelude::AccountMeta, prelude::Pubkey, AnchorDeserialize, Discriminator, InstructionData};
use anyhow::{bail, Context, Result};
use gimbal_control::change::decode;
use risk_oracle::instruction as of_oracle;
use risk_oracle::state::{Book, Network};
use risk_oracle::{
    SetAssetArgs, SetEdgeCapArgs, SetLineModelArgs, SetLineRiskArgs, SetPosterArgs, SetProtocolArgs, SetRiskArgs,
    SetScenarioArgs,
};
use solana_instruction::Instruction;
use strategy_router::instruction as of_router;
use strategy_router::state::LimitsArgs;
use strategy_router::LineParams;
use vault::instruction as of_vault;

/// The vault as far as administrative instructions name its accounts: they follow from its address, and no chain is asked.
pub fn context(vault: &Pubkey) -> VaultContext {
    let none = Pubkey::default();
    VaultContext { addresses: VaultAddresses::of(vault), base_mint: none, base_token_program: none, base_feed: none }
}

/// The instruction that `data` is, with the accounts that it takes, as `authority` would send it at once.
///
/// # Errors
///
/// For data that no instruction of the target's queue has, and for a new line, whose accounts only its proposer knows.
pub fn instruction(chain: &dyn Chain, target: &Target, authority: &Pubkey, data: &[u8]) -> Result<Instruction> {
    let known = match target.part {
        Part::Vault => vault_instruction(target, authority, data),
        Part::Ledger => ledger_instruction(chain, target, authority, data)?,
        Part::Book | Part::Feed | Part::Network => oracle_instruction(target, authority, data),
    };
    let mut instruction =
        known.with_context(|| format!("no change of {} is such an instruction: check the data", target.shown()))?;
    instruction.data = data.to_vec();
    Ok(instruction)
}

fn read<T: AnchorDeserialize + Discriminator>(data: &[u8]) -> Option<T> {
    decode(data).ok().flatten()
}

fn vault_instruction(target: &Target, authority: &Pubkey, data: &[u8]) -> Option<Instruction> {
    let vault = context(&target.key);
    if let Some(of_vault::SetFees { fees }) = read(data) {
        return Some(vault.set_fees(authority, fees));
    }
    if let Some(of_vault::SetLimits { limits }) = read(data) {
        return Some(vault.set_limits(authority, limits));
    }
    if let Some(of_vault::SetCurator { curator }) = read(data) {
        return Some(vault.set_curator(authority, &curator));
    }
    let of_vault::SetGuardian { guardian } = read(data)?;
    Some(vault.set_guardian(authority, &guardian))
}

fn ledger_instruction(
    chain: &dyn Chain,
    target: &Target,
    authority: &Pubkey,
    data: &[u8],
) -> Result<Option<Instruction>> {
    let ledger = &target.key;
    if let Some(of_router::SetLimits { limits }) = read(data) {
        return Ok(Some(router::set_limits(authority, ledger, limits)));
    }
    if let Some(of_router::SetBounds { line, params }) = read(data) {
        return Ok(Some(router::set_bounds(authority, ledger, line, params)));
    }
    if let Some(of_router::SetStatus { line, status }) = read(data) {
        return Ok(Some(router::set_status(authority, ledger, line, status)));
    }
    if let Some(of_router::ApproveVenue { line, program_slot, swap_slot }) = read(data) {
        let addresses = target.vault.context("a ledger belongs to a vault")?;
        let line = LineContext::read(chain, &addresses, line)?;
        let slots = CodeSlots { program: program_slot, swap: swap_slot };
        return Ok(Some(router::approve_venue(authority, ledger, &line, slots)));
    }
    if let Some(of_router::AddStrategy { args }) = read(data) {
        bail!(
            "line {} is added by the tool that proposed it, which knows its accounts: run the migration again",
            args.id
        );
    }
    if let Some(of_router::SetCurator { curator }) = read(data) {
        return Ok(Some(router::set_curator(authority, ledger, &curator)));
    }
    let guardian = read(data).map(|of_router::SetGuardian { guardian }| guardian);
    Ok(guardian.map(|guardian| router::set_guardian(authority, ledger, &guardian)))
}

fn oracle_instruction(target: &Target, authority: &Pubkey, data: &[u8]) -> Option<Instruction> {
    let key = &target.key;
    match target.part {
        Part::Feed => {
            if let Some(of_oracle::SetFeedParams { params }) = read(data) {
                return Some(oracle::set_feed_params(authority, key, params));
            }
            if let Some(of_oracle::SetModel { params }) = read(data) {
                return Some(oracle::set_model(authority, key, params));
            }
        }
        Part::Network => {
            if let Some(of_oracle::SetProtocol { args }) = read(data) {
                return Some(network::set_protocol(authority, key, args));
            }
            if let Some(of_oracle::SetEdgeCap { args }) = read(data) {
                return Some(network::set_edge_cap(authority, key, args));
            }
            if let Some(of_oracle::SetPoster { args }) = read(data) {
                return Some(network::set_poster(authority, key, args));
            }
            if let Some(of_oracle::SetNetworkParams { params }) = read(data) {
                return Some(network::set_network_params(authority, key, params));
            }
        }
        _ => {
            if let Some(of_oracle::SetRisk { args }) = read(data) {
                return Some(oracle::set_risk(authority, key, args));
            }
            if let Some(of_oracle::SetLineRisk { args }) = read(data) {
                return Some(oracle::set_line_risk(authority, key, args));
            }
            if let Some(of_oracle::SetAsset { args }) = read(data) {
                return Some(oracle::set_asset(authority, key, args));
            }
            if let Some(of_oracle::SetLineModel { args }) = read(data) {
                return Some(oracle::set_line_model(authority, key, args));
            }
            if let Some(of_oracle::SetRiskParams { params }) = read(data) {
                return Some(oracle::set_risk_params(authority, key, params));
            }
            if let Some(of_oracle::SetScenario { args }) = read(data) {
                return Some(oracle::set_scenario(authority, key, args));
            }
            if let Some(of_oracle::SetNetwork { network: followed }) = read(data) {
                return Some(network::set_network(authority, key, &followed));
            }
        }
    }
    if let Some(of_oracle::SetCurator { curator }) = read(data) {
        return Some(oracle::set_curator(authority, key, &curator));
    }
    let of_oracle::SetGuardian { guardian } = read(data)?;
    Some(oracle::set_guardian(authority, key, &guardian))
}

/// The accounts that proposing an instruction takes besides: the line's venue, for the approval of its code.
pub fn named_when_proposed(instruction: &Instruction) -> Vec<AccountMeta> {
    let approves = instruction.data.starts_with(of_router::ApproveVenue::DISCRIMINATOR);
    match instruction.accounts.get(2) {
        // Owner, ledger, the line's venue.
        Some(venue) if approves && instruction.program_id == strategy_router::ID => {
            vec![AccountMeta::new_readonly(venue.pubkey, false)]
        }
        _ => Vec::new(),
    }
}

/// The data of the same instruction with the values in force; none where there is nothing that it replaces.
pub fn in_force(state: &State, data: &[u8]) -> Option<Vec<u8>> {
    match state {
        State::Vault(vault) => {
            if read::<of_vault::SetFees>(data).is_some() {
                return Some(of_vault::SetFees { fees: vault.fees.args() }.data());
            }
            if read::<of_vault::SetLimits>(data).is_some() {
                return Some(of_vault::SetLimits { limits: vault.limits.args() }.data());
            }
            if read::<of_vault::SetCurator>(data).is_some() {
                return Some(of_vault::SetCurator { curator: vault.roles.curator }.data());
            }
            read::<of_vault::SetGuardian>(data)?;
            Some(of_vault::SetGuardian { guardian: vault.roles.guardian }.data())
        }
        State::Ledger(ledger) => {
            let line = |id: u16| ledger.lines.iter().find(|line| line.is_used() && line.id == id);
            if read::<of_router::SetLimits>(data).is_some() {
                return Some(of_router::SetLimits { limits: limits_of(ledger) }.data());
            }
            if let Some(of_router::SetBounds { line: id, .. }) = read(data) {
                let params = LineParams::of(line(id)?);
                return Some(of_router::SetBounds { line: id, params }.data());
            }
            if let Some(of_router::SetStatus { line: id, .. }) = read(data) {
                return Some(of_router::SetStatus { line: id, status: line(id)?.status }.data());
            }
            if read::<of_router::SetCurator>(data).is_some() {
                return Some(of_router::SetCurator { curator: ledger.roles.curator }.data());
            }
            read::<of_router::SetGuardian>(data)?;
            Some(of_router::SetGuardian { guardian: ledger.roles.guardian }.data())
        }
        State::Book(book) => book_in_force(book, data),
        State::Feed(feed) => {
            if read::<of_oracle::SetFeedParams>(data).is_some() {
                return Some(of_oracle::SetFeedParams { params: feed.params() }.data());
            }
            if read::<of_oracle::SetModel>(data).is_some() {
                return Some(of_oracle::SetModel { params: feed.engine.params }.data());
            }
            oracle_roles(&feed.roles, data)
        }
        State::Network(network) => network_in_force(network, data),
    }
}

fn book_in_force(book: &Book, data: &[u8]) -> Option<Vec<u8>> {
    if let Some(of_oracle::SetRisk { args }) = read(data) {
        let row = book.risks.get(usize::from(args.index)).filter(|row| row.used == 1)?;
        let args = SetRiskArgs { index: args.index, label: row.label, cap_bps: row.cap_bps, cap: row.cap };
        return Some(of_oracle::SetRisk { args }.data());
    }
    if let Some(of_oracle::SetLineRisk { args }) = read(data) {
        let row = book.line(args.line)?;
        let args = SetLineRiskArgs { line: args.line, risks: row.risks, cap_bps: row.cap_bps, cap: row.cap };
        return Some(of_oracle::SetLineRisk { args }.data());
    }
    if let Some(of_oracle::SetAsset { args }) = read(data) {
        let feed = book.assets.get(usize::from(args.index))?.feed;
        return Some(of_oracle::SetAsset { args: SetAssetArgs { feed, ..args } }.data());
    }
    if let Some(of_oracle::SetLineModel { args }) = read(data) {
        let model = book.model(args.line)?;
        let args = SetLineModelArgs {
            line: args.line,
            asset: model.asset,
            protocol: model.protocol,
            scaled: model.scaled == 1,
        };
        return Some(of_oracle::SetLineModel { args }.data());
    }
    if read::<of_oracle::SetRiskParams>(data).is_some() {
        return Some(of_oracle::SetRiskParams { params: book.params }.data());
    }
    if let Some(of_oracle::SetScenario { args }) = read(data) {
        let scenario = *book.scenarios.get(usize::from(args.index))?;
        return Some(of_oracle::SetScenario { args: SetScenarioArgs { scenario, ..args } }.data());
    }
    if read::<of_oracle::SetNetwork>(data).is_some() {
        return Some(of_oracle::SetNetwork { network: book.network }.data());
    }
    oracle_roles(&book.roles, data)
}

fn network_in_force(network: &Network, data: &[u8]) -> Option<Vec<u8>> {
    if let Some(of_oracle::SetProtocol { args }) = read(data) {
        let row = network.protocol(args.index).ok()?;
        let args = SetProtocolArgs {
            index: args.index,
            label: row.label,
            program: row.program,
            scores: row.scores,
            loss_bps: row.loss_bps,
        };
        return Some(of_oracle::SetProtocol { args }.data());
    }
    if let Some(of_oracle::SetEdgeCap { args }) = read(data) {
        let cap_bps = network.edge(args.protocol, args.counterparty).ok()?.cap_bps;
        return Some(of_oracle::SetEdgeCap { args: SetEdgeCapArgs { cap_bps, ..args } }.data());
    }
    if let Some(of_oracle::SetPoster { args }) = read(data) {
        let key = network.posters.get(usize::from(args.place))?.key;
        return Some(of_oracle::SetPoster { args: SetPosterArgs { key, ..args } }.data());
    }
    if read::<of_oracle::SetNetworkParams>(data).is_some() {
        return Some(of_oracle::SetNetworkParams { params: network.params }.data());
    }
    oracle_roles(&network.roles, data)
}

fn oracle_roles(roles: &gimbal_control::Roles, data: &[u8]) -> Option<Vec<u8>> {
    if read::<of_oracle::SetCurator>(data).is_some() {
        return Some(of_oracle::SetCurator { curator: roles.curator }.data());
    }
    read::<of_oracle::SetGuardian>(data)?;
    Some(of_oracle::SetGuardian { guardian: roles.guardian }.data())
}

/// A ledger's limits as an argument.
pub fn limits_of(ledger: &strategy_router::state::Ledger) -> LimitsArgs {
    let limits = &ledger.limits;
    LimitsArgs {
        max_valuation_age: limits.max_valuation_age,
        epoch: limits.epoch,
        min_cash_bps: limits.min_cash_bps,
        loss_budget_bps: limits.loss_budget_bps,
        keeper_loss_budget_bps: limits.keeper_loss_budget_bps,
        keeper_pay: limits.keeper_pay,
        keeper_pay_budget: limits.keeper_pay_budget,
        target_volatility_bps: limits.target_volatility_bps,
        bounty_bps: limits.bounty_bps,
        bounty_budget: limits.bounty_budget,
    }
}
