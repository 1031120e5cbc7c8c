//! The ways out for some shares: how much at once, how much by a recall, by a ticket when, in kind from when.

use serde::Serialize;
use vault::{error::VaultError, math::Flow};

use super::flow::{refusal, Kind, Refusal};
use super::queue::{Surroundings, WaitsFor};
use super::units::{Amount, When};
use crate::exit::{greatest, ExitPlan};
use crate::preview::{Preview, PreviewError};
use gimbal_control::Direction;

/// The part of what a venue had that is left alone, one in so many: it may have been drawn on since.
const HEADROOM: u64 = 100;

/// Some shares and what they would be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Shares.
    pub shares: Amount,
    /// Base asset for them, after the exit fee.
    pub assets: Amount,
}

impl Part {
    fn of(flow: Option<&Flow>, decimals: u8) -> Self {
        let (shares, assets) = flow.map_or((0, 0), |flow| (flow.shares.0, flow.assets.0));
        Self { shares: Amount::new(shares, decimals), assets: Amount::new(assets, decimals) }
    }
}

/// A ticket that would be requested now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketOption {
    /// Shares already in the queue.
    pub ahead_shares: Amount,
    /// What it would wait for.
    pub waits_for: WaitsFor,
    /// The earliest moment it could be paid, as things stand; none where that cannot be told.
    pub expected: Option<When>,
    /// From here on it is paid without a fresh NAV, and cash may be demanded for it.
    pub overdue: When,
    /// From here on the part of everything can be taken in kind.
    pub in_kind: When,
}

/// The ways out for some shares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exits {
    /// At once, from free cash.
    pub instantly: Part,
    /// At once with a recall from the next line of the withdraw order, cash included.
    pub by_recall: Part,
    /// The line that it would be recalled from.
    pub recall_line: Option<u16>,
    /// Why less than all leaves at once.
    pub held_by: Option<Refusal>,
    /// By a ticket.
    pub by_ticket: TicketOption,
}

impl Exits {
    /// The ways out for `shares`, all that one share account holds.
    pub fn new(preview: &Preview, shares: u64) -> Self {
        let decimals = preview.vault.base_decimals;
        let whole = all_at_once(preview, shares);
        let now = whole.or_else(|| ExitPlan::new(preview, shares, shares).ok()?.now);
        let recalled = if whole.is_some() { None } else { by_recall(preview, shares) };
        let held_by = match recalled.as_ref().or(now.as_ref()) {
            Some(flow) if flow.shares.0 >= shares => None,
            _ => held_by(preview, shares),
        };
        Self {
            instantly: Part::of(now.as_ref(), decimals),
            by_recall: Part::of(recalled.as_ref().or(now.as_ref()), decimals),
            recall_line: recalled.and(preview.ledger.next_to_withdraw()),
            held_by,
            by_ticket: ticket(preview, shares),
        }
    }
}

/// What `shares` are paid where free cash is enough for all of them; none where it is not, or where exits are held up.
pub fn all_at_once(preview: &Preview, shares: u64) -> Option<Flow> {
    preview.vault.require_open(Direction::InstantExits, preview.now).ok()?;
    preview.redeem(shares).ok()
}

/// Why `shares` cannot all leave at once from cash; none where they can, or where there are none.
pub fn held_by(preview: &Preview, shares: u64) -> Option<Refusal> {
    if shares == 0 {
        return None;
    }
    let open = preview.vault.require_open(Direction::InstantExits, preview.now).map_err(PreviewError::from);
    let error = open.and_then(|()| preview.redeem(shares).map(|_| ())).err()?;
    Some(refusal(Kind::Redeem, error))
}

/// The most of `shares` that can leave at once when the next line of the withdraw order pays what cash lacks, and what they
/// are paid; none where that is no more than cash alone pays, or where instant exits are closed.
pub fn by_recall(preview: &Preview, shares: u64) -> Option<Flow> {
    preview.vault.require_open(Direction::InstantExits, preview.now).ok()?;
    let free = preview.free_cash().ok()?;
    let id = preview.ledger.next_to_withdraw()?;
    let line = preview.ledger.line(id).ok()?;
    let back = line.low.min(line.liquidity);
    let most = free.saturating_add(back - back / HEADROOM);
    let fits = |part: u64| match redeem_whatever_cash(preview, part) {
        Ok(flow) => flow.assets.0 <= most,
        Err(PreviewError::Vault { error: VaultError::ZeroAssets | VaultError::ZeroShares }) => true,
        Err(_) => false,
    };
    let part = greatest(shares, fits);
    let flow = redeem_whatever_cash(preview, part).ok()?;
    (flow.assets.0 > free).then_some(flow)
}

/// What a redemption gives where cash is no question.
///
/// # Errors
///
/// [`PreviewError::Vault`] with what the redemption would refuse.
pub fn redeem_whatever_cash(preview: &Preview, shares: u64) -> Result<Flow, PreviewError> {
    Ok(vault::preview::redeem(&preview.vault, &preview.nav, preview.now, shares)?)
}

fn ticket(preview: &Preview, shares: u64) -> TicketOption {
    let vault = &preview.vault;
    let around = Surroundings { vault, ledger: &preview.ledger, nav: Some(preview.nav), now: preview.now };
    let waits_for = around.payable_with(vault.queued_shares.saturating_add(shares));
    let ready_at = preview.now.saturating_add(i64::from(vault.limits.ticket_min_age));
    let (overdue, in_kind) = vault.deadlines(preview.now).unwrap_or((i64::MAX, i64::MAX));
    TicketOption {
        ahead_shares: Amount::new(vault.queued_shares, vault.base_decimals),
        waits_for: match waits_for {
            WaitsFor::Fill | WaitsFor::Recall if ready_at > preview.now => WaitsFor::Age,
            other => other,
        },
        expected: matches!(waits_for, WaitsFor::Fill | WaitsFor::Recall).then(|| When::new(ready_at)),
        overdue: When::new(overdue),
        in_kind: When::new(in_kind),
    }
}
