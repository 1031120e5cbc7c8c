//! The set-up file: everything that a vault is made from, in one TOML file.
//!
//! Amounts are text in whole tokens of the base asset ("12.5"), caps may be "unlimited"; rates are basis points, times
//! seconds. Keys are addresses, or names of keypair files (ending in `.json`) beside the file or in the directory that the
//! command line names.

mod check;
mod engine;
mod values;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{anyhow, Context, Result};
use serde::Deserialize;

pub use engine::{Engine, Network, Protocol, Scenario};
pub use values::{Address, Amount, FeedId, Party, Points, Policy};

/// The whole file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Who may do what.
    pub roles: Roles,
    /// The vault.
    pub vault: Vault,
    /// The ledger.
    pub router: Router,
    /// Sets of feed parameters by name.
    pub feed_params: BTreeMap<String, FeedParams>,
    /// The feeds.
    pub feeds: Vec<Feed>,
    /// The risks of the book, in the order of its rows.
    #[serde(default)]
    pub risks: Vec<Risk>,
    /// The ledger's lines, numbered from 1.
    #[serde(default)]
    pub lines: Vec<Line>,
    /// Keys that may turn the crank.
    #[serde(default)]
    pub keepers: Vec<Party>,
    /// The book's risk engine; left as it is unless given.
    pub engine: Option<Engine>,
    /// The contagion network that the book follows; none unless given.
    pub network: Option<Network>,
}

/// `[roles]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// Makes everything, signs each step, and is the first owner. Part of the vault's address.
    pub owner: Party,
    /// Pays fees and rent; the owner unless named.
    pub payer: Option<Party>,
    /// May move bounds within the owner's; nobody unless named.
    pub curator: Option<Party>,
    /// May reduce risk at once, and veto; nobody unless named.
    pub guardian: Option<Party>,
    /// Whom everything is handed to at the end, and who has to accept it; the owner stays unless named.
    pub final_owner: Option<Party>,
}

/// `[vault]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vault {
    /// Number among the owner's vaults.
    #[serde(default)]
    pub index: u16,
    /// The asset it takes and pays.
    pub base_mint: Address,
    /// Name of that asset's feed.
    pub base_feed: String,
    /// Smallest deposit into an empty vault, base asset.
    pub min_first_deposit: Amount,
    /// What is charged.
    pub fees: Fees,
    /// What bounds entries and exits.
    pub limits: VaultLimits,
}

/// `[vault.fees]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fees {
    /// The wallet that fees are paid to; needed where any accrues.
    pub recipient: Option<Party>,
    /// Basis points of NAV a year.
    pub management_bps: u16,
    /// Basis points of gains above the mark.
    pub performance_bps: u16,
    /// Basis points of what is paid in.
    pub entry_bps: u16,
    /// Basis points of what is paid out.
    pub exit_bps: u16,
}

/// `[vault.limits]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultLimits {
    /// Most that NAV may be after an entry, base asset, or "unlimited".
    pub deposit_cap: Amount,
    /// Fewest shares of a ticket.
    pub min_ticket: Amount,
    /// From a request to the forced recall, seconds.
    pub ticket_deadline: u32,
    /// From a request to the first fill, seconds.
    pub ticket_min_age: u32,
    /// Most shares that leave at once within a day, basis points; 0 for no limit.
    pub outflow_bps: u16,
    /// Rise of the share price within a day beyond which exits are paid at its start, basis points; 0 for no limit.
    pub speed_up_bps: u16,
    /// Fall of the share price within a day beyond which entries wait, basis points; 0 for no limit.
    pub speed_down_bps: u16,
}

/// `[router]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Router {
    /// How rebalances find their way.
    pub policy: Policy,
    /// Oldest valuation that NAV may be made of, seconds.
    pub max_valuation_age: u32,
    /// Length of an epoch of budgets, seconds.
    pub epoch: u32,
    /// Cash that no rebalance may deploy, basis points of NAV.
    pub min_cash_bps: u16,
    /// What all keepers together may lose in an epoch, basis points of NAV.
    pub loss_budget_bps: u16,
    /// What one keeper may lose in an epoch, basis points of NAV.
    pub keeper_loss_budget_bps: u16,
    /// Pay of one useful action, base asset.
    pub keeper_pay: Amount,
    /// Pay of all keepers in one epoch, base asset.
    pub keeper_pay_budget: Amount,
    /// Volatility that the inverse-variance policy aims at, basis points a year; none unless given.
    pub target_volatility_bps: Option<u16>,
    /// Bounty of whoever reduces a line that must come down, basis points of what came back; none unless given.
    #[serde(default)]
    pub bounty_bps: u16,
    /// All bounties of one epoch, base asset; none unless given.
    pub bounty_budget: Option<Amount>,
    /// Names of lines in the order in which exits draw on them; the lines' own order unless given.
    #[serde(default)]
    pub withdraw_order: Vec<String>,
}

/// `[feed_params.NAME]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedParams {
    /// Oldest price that is taken or used, seconds.
    pub max_age: u32,
    /// How far a price may be ahead of the clock, seconds.
    pub max_future: u32,
    /// Confidence above this is refused, basis points of the price.
    pub max_confidence_bps: u16,
    /// Confidence above this raises a flag, basis points of the price.
    pub wide_confidence_bps: u16,
    /// Two sources further apart raise a flag, basis points.
    pub max_divergence_bps: u16,
    /// A price further from the stable price raises a flag, basis points.
    pub max_stable_gap_bps: u16,
    /// A price further from the peg raises a flag, basis points.
    pub peg_band_bps: u16,
    /// Speed limit of the stable price, basis points of itself an hour.
    pub stable_bps_per_hour: u16,
}

/// `[[feeds]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// What this file calls it.
    pub name: String,
    /// Pyth's id.
    pub id: FeedId,
    /// Pyth's id of a second source.
    pub second_id: Option<FeedId>,
    /// Whose feed it is; one of another authority must be there already. The owner's unless named.
    pub authority: Option<Address>,
    /// Name of a set of parameters.
    pub params: String,
    /// The asset's peg in USD, such as "1".
    pub peg: Option<Amount>,
}

/// `[[risks]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Risk {
    /// Its name, at most 16 characters, such as "issuer:Circle".
    pub label: String,
    /// Most that all lines which carry it may be worth, basis points of NAV.
    pub cap_bps: u16,
    /// The same in base asset, or "unlimited".
    pub cap: Amount,
}

/// `[[lines]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What this file calls it.
    pub name: String,
    /// The lending market's reserve. All else that the venue names is read from it.
    pub reserve: Address,
    /// The pool in which the base asset is swapped into what the reserve lends; none where that is the base asset.
    pub pool: Option<Address>,
    /// Name of the feed of what the reserve lends, where there is a pool.
    pub token_feed: Option<String>,
    /// Least weight, basis points of NAV.
    pub min_bps: u16,
    /// Weight that the bands are around, basis points of NAV.
    pub target_bps: u16,
    /// Greatest weight, basis points of NAV.
    pub max_bps: u16,
    /// Distance from the target within which nothing moves, basis points.
    pub band_bps: u16,
    /// Least seconds between two rebalances.
    pub cooldown: u32,
    /// Greatest value, base asset, or "unlimited".
    pub cap: Amount,
    /// Widening with age, parts per 10^9 of the value per √second.
    pub widen_rate: u32,
    /// Greatest loss of one move against the prices' bound, basis points.
    pub max_slippage_bps: u16,
    /// Taken off what the venue could not pay now, basis points.
    pub haircut_bps: u16,
    /// Oldest venue state that may be valued, slots.
    pub max_venue_age: u32,
    /// Labels of the risks that it carries, at most four.
    #[serde(default)]
    pub risks: Vec<String>,
    /// Name of the feed whose price moves the line, one of `engine.assets`; none unless given.
    pub asset: Option<String>,
    /// Label of its protocol in the network; none unless given.
    pub protocol: Option<String>,
    /// Whether the regime scales its caps; it does unless given.
    pub scaled: Option<bool>,
    /// Most that the book lets it be worth, basis points of NAV.
    pub risk_cap_bps: u16,
    /// The same in base asset, or "unlimited".
    pub risk_cap: Amount,
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, or says what no set-up file says: with its line and the key.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}: give a set-up file with --config", path.display()))?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    /// Reads a file's text.
    ///
    /// # Errors
    ///
    /// As [`Config::load`], without the file's name.
    pub fn parse(text: &str) -> Result<Self> {
        let config: Self = toml::from_str(text).map_err(|error| anyhow!(check::place(text, &error)))?;
        config.check_names()?;
        Ok(config)
    }

    /// Every key that the file names, with the place that names it.
    pub fn parties(&self) -> Vec<(String, &Party)> {
        let roles = &self.roles;
        let mut named = vec![("roles.owner".to_owned(), &roles.owner)];
        let optional = [
            ("roles.payer", &roles.payer),
            ("roles.curator", &roles.curator),
            ("roles.guardian", &roles.guardian),
            ("roles.final_owner", &roles.final_owner),
            ("vault.fees.recipient", &self.vault.fees.recipient),
        ];
        named.extend(optional.into_iter().filter_map(|(key, party)| Some((key.to_owned(), party.as_ref()?))));
        named.extend(self.keepers.iter().enumerate().map(|(place, party)| (format!("keepers[{place}]"), party)));
        let posters = self.network.iter().flat_map(|network| network.posters.iter().enumerate());
        named.extend(posters.map(|(place, party)| (format!("network.posters[{place}]"), party)));
        named
    }
}
