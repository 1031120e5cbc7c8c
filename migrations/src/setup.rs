//! The set-up file with every question answered: addresses, base units, and what the venues name.

mod engine;
mod lines;
mod router;

use anchor_lang::prelude::{error, Pubkey};
use anyhow::{anyhow, bail, Context, Result};
use gimbal::chain::{Chain, ChainError};
use gimbal::decode::program_name;
use gimbal::instructions::{oracle, vault::VaultContext};
use gimbal::pda::{LineAddresses, VaultAddresses};
use gimbal::readers;
use gimbal::setup::venues::{PoolAccounts, ReserveAccounts};
use risk_oracle::{FeedParams, RegisterFeedArgs, SetLineRiskArgs, SetRiskArgs};
use strategy_router::LineParams;
use vault::{FeesArgs, VaultLimitsArgs};

use crate::config::{self, Config, Party};
use crate::keys::KeyFiles;

pub use engine::{Engine, Network, OwnNetwork};

/// Decimals of a peg: USD × 10^12, as the oracle counts prices.
pub const PRICE_DECIMALS: u8 = 12;

/// What is to be there when all is done.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The first owner, who makes everything.
    pub owner: Pubkey,
    /// Pays fees and rent.
    pub payer: Pubkey,
    /// The zero key for nobody.
    pub curator: Pubkey,
    /// The zero key for nobody.
    pub guardian: Pubkey,
    /// Whom it is handed to.
    pub final_owner: Option<Pubkey>,
    /// The vault's addresses.
    pub vault: VaultContext,
    /// Digits after the point of the base asset.
    pub decimals: u8,
    /// How the vault is made.
    pub args: vault::InitializeArgs,
    /// The ledger's policy.
    pub policy: u8,
    /// The feeds.
    pub feeds: Vec<Feed>,
    /// The risks, in the order of their rows.
    pub risks: Vec<SetRiskArgs>,
    /// The lines, in the order of their numbers.
    pub lines: Vec<Line>,
    /// Numbers of lines in the order in which exits draw on them; empty for their own order.
    pub withdraw_order: Vec<u16>,
    /// Who may turn the crank.
    pub keepers: Vec<Pubkey>,
    /// The book's risk engine; none to leave it as it is.
    pub engine: Option<Engine>,
    /// What the lookup table holds.
    pub table: Vec<Pubkey>,
}

/// A feed.
#[derive(Clone, Debug)]
pub struct Feed {
    /// What the file calls it.
    pub name: String,
    /// Its address.
    pub key: Pubkey,
    /// Who registered it, or is to.
    pub authority: Pubkey,
    /// How it is registered.
    pub args: RegisterFeedArgs,
}

/// A line.
#[derive(Clone, Debug)]
pub struct Line {
    /// What the file calls it.
    pub name: String,
    /// Its accounts.
    pub addresses: LineAddresses,
    /// Its bounds.
    pub params: LineParams,
    /// The lending market's reserve.
    pub reserve: ReserveAccounts,
    /// The pool of a swapped line.
    pub pool: Option<PoolAccounts>,
    /// The feed of a swapped line's token.
    pub token_feed: Option<Pubkey>,
    /// Its limits in the book.
    pub risk: SetLineRiskArgs,
}

impl Setup {
    /// Answers every question from the file, the keys, and the accounts that were there before Gimbal.
    ///
    /// # Errors
    ///
    /// Values out of range, by their key; programs, mints, reserves and pools that the chain does not have.
    pub fn resolve(config: &Config, files: &KeyFiles, payer: Pubkey, chain: &dyn Chain) -> Result<Self> {
        check_programs(chain)?;
        let roles = &config.roles;
        let role = |key: &str, party: &Option<Party>| match party {
            Some(party) => files.address(key, party),
            None => Ok(Pubkey::default()),
        };
        let owner = files.address("roles.owner", &roles.owner)?;
        let curator = role("roles.curator", &roles.curator)?;
        let guardian = role("roles.guardian", &roles.guardian)?;
        let base_mint = config.vault.base_mint.0;
        let mint = readers::mint(chain, &base_mint).context("vault.base_mint")?;
        let decimals = mint.decimals;

        let feeds = resolve_feeds(config, owner, curator, guardian)?;
        let feed_key = |key: &str, name: &str| config.feed(key, name).map(|place| feeds[place].key);
        let vault = VaultContext {
            addresses: VaultAddresses::derive(&owner, config.vault.index),
            base_mint,
            base_token_program: mint.token_program,
            base_feed: feed_key("vault.base_feed", &config.vault.base_feed)?,
        };
        let recipient = role("vault.fees.recipient", &config.vault.fees.recipient)?;
        let args = vault::InitializeArgs {
            index: config.vault.index,
            curator,
            guardian,
            min_first_deposit: config.vault.min_first_deposit.units("vault.min_first_deposit", decimals)?,
            limits: router::limits(&config.router, decimals)?,
            fees: fees(&config.vault.fees, recipient)?,
            terms: terms(&config.vault.limits, decimals)?,
        };
        let risks = lines::resolve_risks(config, decimals)?;
        let mut all = Vec::with_capacity(config.lines.len());
        for (number, line) in (1_u16..).zip(&config.lines) {
            let addresses = LineAddresses::of(&vault.addresses.ledger, number);
            all.push(lines::resolve_line(config, line, addresses, &vault, decimals, chain, &feed_key)?);
        }
        let withdraw_order = config.router.withdraw_order.iter().map(|name| {
            let place = config.line("router.withdraw_order", name)?;
            Ok(all[place].addresses.id)
        });
        let withdraw_order = withdraw_order.collect::<Result<_>>()?;
        let keepers = config.keepers.iter().enumerate();
        let keepers = keepers.map(|(place, party)| files.address(&format!("keepers[{place}]"), party));
        let keepers: Vec<Pubkey> = keepers.collect::<Result<_>>()?;
        let known = engine::Known { files, owner, curator, guardian, lines: &all, feed: &feed_key };
        let engine = engine::resolve(config, &known, chain)?;
        let network = engine.iter().filter_map(|engine| engine.network.as_ref()).map(|network| network.key);
        let table = lines::table(&vault, &feeds, &all, &keepers, network)?;
        Ok(Self {
            owner,
            payer,
            curator,
            guardian,
            final_owner: roles
                .final_owner
                .as_ref()
                .map(|party| files.address("roles.final_owner", party))
                .transpose()?,
            vault,
            decimals,
            args,
            policy: config.router.policy.number(),
            feeds,
            risks,
            lines: all,
            withdraw_order,
            keepers,
            engine,
            table,
        })
    }
}

impl Setup {
    /// The lookup table that the vault names; none while there is no vault, or it names none.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn lookup_table(&self, chain: &dyn Chain) -> Result<Option<Pubkey>, ChainError> {
        let vault = readers::read_if_exists::<vault::Vault>(chain, &self.vault.addresses.vault)?;
        Ok(vault.map(|vault| vault.lookup_table).filter(|table| *table != Pubkey::default()))
    }
}

impl Setup {
    /// The network that is made here.
    pub fn own_network(&self) -> Option<&Pubkey> {
        let network = self.engine.as_ref()?.network.as_ref()?;
        network.own.as_ref().map(|_| &network.key)
    }
}

/// Nothing is deployed here: the three programs must be there.
fn check_programs(chain: &dyn Chain) -> Result<()> {
    let programs = [vault::ID, strategy_router::ID, risk_oracle::ID];
    for (program, account) in programs.iter().zip(chain.get_multiple(&programs)?) {
        if !account.is_some_and(|account| account.executable) {
            let name = program_name(program).unwrap_or("program");
            bail!("this cluster does not have the {name}, {program}: check --url, or deploy it with `anchor deploy`");
        }
    }
    Ok(())
}

fn resolve_feeds(config: &Config, owner: Pubkey, curator: Pubkey, guardian: Pubkey) -> Result<Vec<Feed>> {
    let resolve = |feed: &config::Feed| {
        let key = |name: &str| format!("feeds.{}.{name}", feed.name);
        let set = config.feed_params.get(&feed.params).with_context(|| key("params"))?;
        let peg = feed.peg.as_ref().map(|peg| peg.units(&key("peg"), PRICE_DECIMALS)).transpose()?.unwrap_or_default();
        let params = FeedParams {
            max_age: set.max_age,
            max_future: set.max_future,
            max_confidence_bps: set.max_confidence_bps,
            wide_confidence_bps: set.wide_confidence_bps,
            max_divergence_bps: set.max_divergence_bps,
            max_stable_gap_bps: set.max_stable_gap_bps,
            // A feed without a peg keeps no band.
            peg_band_bps: if peg == 0 { 0 } else { set.peg_band_bps },
            stable_bps_per_hour: set.stable_bps_per_hour,
            peg,
        };
        params.validate().map_err(|error| anyhow!("feed_params.{}: {}", feed.params, sentence(error)))?;
        let authority = feed.authority.map_or(owner, |authority| authority.0);
        let args = RegisterFeedArgs {
            feed_id: feed.id.0,
            second_feed_id: feed.second_id.map_or([0; 32], |id| id.0),
            curator,
            guardian,
            params,
        };
        Ok(Feed { name: feed.name.clone(), key: oracle::feed_address(&authority, &feed.id.0), authority, args })
    };
    config.feeds.iter().map(resolve).collect()
}

fn fees(fees: &config::Fees, recipient: Pubkey) -> Result<FeesArgs> {
    let args = FeesArgs {
        recipient,
        management_bps: fees.management_bps,
        performance_bps: fees.performance_bps,
        entry_bps: fees.entry_bps,
        exit_bps: fees.exit_bps,
    };
    args.validate().map_err(|error| anyhow!("vault.fees: {error}"))?;
    Ok(args)
}

fn terms(limits: &config::VaultLimits, decimals: u8) -> Result<VaultLimitsArgs> {
    let args = VaultLimitsArgs {
        // The vault's word for no cap is zero.
        deposit_cap: limits.deposit_cap.units_or("vault.limits.deposit_cap", decimals, 0)?,
        min_ticket: limits.min_ticket.units("vault.limits.min_ticket", decimals)?,
        ticket_deadline: limits.ticket_deadline,
        ticket_min_age: limits.ticket_min_age,
        outflow_bps: limits.outflow_bps,
        speed_up_bps: limits.speed_up_bps,
        speed_down_bps: limits.speed_down_bps,
    };
    args.validate().map_err(|error| anyhow!("vault.limits: {error}"))?;
    Ok(args)
}

/// An Anchor error's own words.
pub(crate) fn sentence(error: error::Error) -> String {
    match error {
        error::Error::AnchorError(error) => error.error_msg,
        other => other.to_string(),
    }
}
