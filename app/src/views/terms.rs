//! What a vault charges, what bounds it, what stands still, and who may change that.

use gimbal_control::{Direction, Pauses, Role, Roles};
use gimbal_math::Shares;
use serde::Serialize;
use vault::{math, state::Vault};

use super::units::{named, Amount, When};

/// Rates in basis points, what has accrued, and who receives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeesView {
    /// Of NAV low a year.
    pub management_bps: u16,
    /// Of what a share gains above the mark.
    pub performance_bps: u16,
    /// Of what is paid in; stays in the pool.
    pub entry_bps: u16,
    /// Of what leaving shares are worth; stays in the pool.
    pub exit_bps: u16,
    /// The wallet that management and performance fees are minted to.
    pub recipient: Option<String>,
    /// Charged up to this moment; none before the first deposit.
    pub charged_until: Option<When>,
    /// Accrued and not yet minted.
    pub accrued: Amount,
    /// Ever minted to a recipient.
    pub minted: Amount,
}

impl FeesView {
    /// The fees of a vault.
    pub fn new(vault: &Vault) -> Self {
        let fees = &vault.fees;
        Self {
            management_bps: fees.management_bps,
            performance_bps: fees.performance_bps,
            entry_bps: fees.entry_bps,
            exit_bps: fees.exit_bps,
            recipient: named(&fees.recipient),
            charged_until: (fees.crystallised_at > 0).then(|| When::new(fees.crystallised_at)),
            accrued: Amount::new(vault.fee_shares, vault.base_decimals),
            minted: Amount::new(fees.minted, vault.base_decimals),
        }
    }
}

/// A limit of the vault and how much of it is in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Use {
    /// The limit.
    pub limit: Amount,
    /// In use now.
    pub used: Amount,
    /// What is left of it.
    pub left: Amount,
}

impl Use {
    fn new(limit: u64, used: u64, decimals: u8) -> Self {
        Self {
            limit: Amount::new(limit, decimals),
            used: Amount::new(used, decimals),
            left: Amount::new(limit.saturating_sub(used), decimals),
        }
    }
}

/// The vault's limits; none where one is switched off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LimitsView {
    /// Most that NAV high may be after an entry, base asset; unknown use while NAV is stale.
    pub deposit_cap: Option<Use>,
    /// The same limit where its use cannot be told.
    pub deposit_cap_alone: Option<Amount>,
    /// Instant exits of a day, shares.
    pub outflow: Option<Use>,
    /// Instant exits of a day, basis points of all shares.
    pub outflow_bps: u16,
    /// Smallest first deposit while there are no shares, base asset.
    pub min_first_deposit: Amount,
    /// Fewest shares of a ticket, unless it takes all of a holder's.
    pub min_ticket: Amount,
    /// From a request to the first deadline, seconds; as long again to the second.
    pub ticket_deadline: u32,
    /// From a request to the first fill, seconds.
    pub ticket_min_age: u32,
    /// Rise of the share price a day beyond which instant exits are paid at its start, basis points; 0 off.
    pub speed_up_bps: u16,
    /// Fall of the share price a day beyond which entries wait, basis points; 0 off.
    pub speed_down_bps: u16,
}

impl LimitsView {
    /// The limits of a vault at `now` (Unix seconds), with NAV high in base units where it is fresh.
    pub fn new(vault: &Vault, now: i64, nav_high: Option<u64>) -> Self {
        let (limits, decimals) = (&vault.limits, vault.base_decimals);
        let cap = (limits.deposit_cap != 0).then_some(limits.deposit_cap);
        let supply = Shares(vault.shares.saturating_add(vault.fee_shares));
        let outflow = (limits.outflow_bps != 0).then(|| {
            let used = math::outflow_at(vault.outflow, limits.outflow_bps, supply, now).used;
            let limit = math::outflow_limit_down(limits.outflow_bps, supply, used);
            // Money that came in lately is room on top of the limit: what it left below zero may leave as well.
            let credit = if used < 0 { used.unsigned_abs() } else { 0 };
            Use::new(limit.saturating_add(credit), u64::try_from(used).unwrap_or(0), decimals)
        });
        Self {
            deposit_cap: cap.zip(nav_high).map(|(cap, high)| Use::new(cap, high.min(cap), decimals)),
            deposit_cap_alone: cap.filter(|_| nav_high.is_none()).map(|cap| Amount::new(cap, decimals)),
            outflow,
            outflow_bps: limits.outflow_bps,
            min_first_deposit: Amount::new(vault.min_first_deposit, decimals),
            min_ticket: Amount::new(limits.min_ticket, decimals),
            ticket_deadline: limits.deadline(),
            ticket_min_age: limits.ticket_min_age,
            speed_up_bps: limits.speed_up_bps,
            speed_down_bps: limits.speed_down_bps,
        }
    }
}

/// A direction that stands still for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PauseView {
    /// `deposits`, `instant_exits` or `new_money`.
    pub direction: &'static str,
    /// When it ends by itself.
    pub until: When,
}

/// The pauses in force at `now` (Unix seconds): of the vault, and of its ledger's new money.
pub fn pauses(vault: &Pauses, ledger: &Pauses, now: i64) -> Vec<PauseView> {
    let all = [
        ("deposits", vault, Direction::Deposits, 0),
        ("instant_exits", vault, Direction::InstantExits, 1),
        ("new_money", ledger, Direction::NewMoney, 2),
    ];
    let paused = all.into_iter().filter(|(_, pauses, direction, _)| pauses.is_paused(*direction, now));
    paused
        .map(|(direction, pauses, _, place)| PauseView { direction, until: When::new(pauses.directions[place].until) })
        .collect()
}

/// Who holds which power over one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RolesView {
    /// What the roles are over: `vault`, `ledger`, `book`, or a feed's label.
    pub of: String,
    /// May change everything, what raises risk after a wait; none when ownership was renounced.
    pub owner: Option<String>,
    /// Becomes owner by accepting.
    pub pending_owner: Option<String>,
    /// May move bounds within the owner's.
    pub curator: Option<String>,
    /// May only reduce risk, and veto what waits.
    pub guardian: Option<String>,
    /// Roles that were given up for ever.
    pub renounced: Vec<&'static str>,
}

impl RolesView {
    /// The roles over the account that `of` names.
    pub fn new(of: impl Into<String>, roles: &Roles) -> Self {
        let renounced = [("owner", Role::Owner), ("curator", Role::Curator), ("guardian", Role::Guardian)];
        Self {
            of: of.into(),
            owner: named(&roles.owner),
            pending_owner: named(&roles.pending_owner),
            curator: named(&roles.curator),
            guardian: named(&roles.guardian),
            renounced: renounced
                .into_iter()
                .filter(|(_, role)| roles.is_renounced(*role))
                .map(|(name, _)| name)
                .collect(),
        }
    }

    /// Whether these are the same posts held by the same keys, whatever they are over.
    pub fn same_holders(&self, other: &Self) -> bool {
        let of = String::new();
        Self { of: of.clone(), ..self.clone() } == Self { of, ..other.clone() }
    }
}

/// Who may pay in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GateView {
    /// Anybody.
    Open,
    /// Wallets on the list with this root.
    List {
        /// The root, hexadecimal.
        root: String,
    },
}

impl GateView {
    /// The gate of a vault.
    pub fn new(vault: &Vault) -> Self {
        match vault.gate_root {
            root if root == [0; 32] => Self::Open,
            root => Self::List { root: hex::encode(root) },
        }
    }
}
