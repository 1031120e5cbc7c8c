//! Leaving a vault: at once what may leave at once, the rest by a ticket.
//!
//! An instant exit is held by pauses, by the daily limit, and by the cash that neither keepers nor the queue are owed. A
//! ticket is held by none of them. [`ExitPlan`] splits what somebody wants to redeem accordingly, with a little headroom,
//! since cash and price may move between the plan and its transaction.

use anchor_lang::prelude::Pubkey;
use gimbal_control::Direction;
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;
use vault::{error::VaultError, math::Flow};

use crate::bundle::Suite;
use crate::chain::Chain;
use crate::instructions::vault::VaultContext;
use crate::preview::{Preview, PreviewError};
use crate::readers;

/// The part of free cash that is left alone, one in so many.
const HEADROOM: u64 = 1_000;

/// How somebody leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitPlan {
    /// What leaves at once, as it is priced now; none where nothing can.
    pub now: Option<Flow>,
    /// What queues, share units.
    pub queued: u64,
}

impl ExitPlan {
    /// The plan for `shares` of the `held` that lie in one share account.
    ///
    /// # Errors
    ///
    /// [`PreviewError::Vault`] with `ZeroShares` for none, and with `TicketTooSmall` where what cannot leave at once is
    /// less than a ticket may be.
    pub fn new(preview: &Preview, shares: u64, held: u64) -> Result<Self, PreviewError> {
        if shares == 0 {
            return Err(VaultError::ZeroShares.into());
        }
        let mut at_once = most_at_once(preview, shares)?;
        let min_ticket = preview.vault.limits.min_ticket;
        let rest = shares - at_once;
        // A ticket may be as small as it likes if nothing stays in the account.
        if rest > 0 && rest < min_ticket && shares != held {
            at_once = shares.checked_sub(min_ticket).ok_or(VaultError::TicketTooSmall)?;
        }
        let now = match at_once {
            0 => None,
            part => preview.redeem(part).ok(),
        };
        let queued = shares - now.map_or(0, |flow| flow.shares.0);
        Ok(Self { now, queued })
    }

    /// The user's instructions: a redemption, a request, or both, for at least `min_assets` in all, pro rata. `tail` is the
    /// vault's present `ticket_tail`.
    pub fn instructions(
        &self,
        vault: &VaultContext,
        holder: &Pubkey,
        payer: &Pubkey,
        tail: u64,
        min_assets: u64,
    ) -> Vec<Instruction> {
        let at_once = self.now.map_or(0, |flow| flow.shares.0);
        let all = u128::from(at_once) + u128::from(self.queued);
        let bound = |part: u64| {
            let part = (u128::from(min_assets) * u128::from(part)).div_ceil(all.max(1));
            u64::try_from(part).unwrap_or(u64::MAX)
        };
        let mut instructions = Vec::new();
        if at_once > 0 {
            instructions.push(vault.redeem(holder, at_once, bound(at_once)));
        }
        if self.queued > 0 {
            instructions.push(vault.request_redeem_at_least(holder, payer, tail, self.queued, bound(self.queued)));
        }
        instructions
    }
}

/// The most of `shares` that can leave at once, share units.
fn most_at_once(preview: &Preview, shares: u64) -> Result<u64, PreviewError> {
    if preview.vault.require_open(Direction::InstantExits, preview.now).is_err() {
        return Ok(0);
    }
    let free = preview.free_cash()?;
    let within = free - free / HEADROOM;
    let fits = |part: u64| match preview.redeem(part) {
        Ok(flow) => flow.assets.0 <= within,
        // Too little to be paid for is not too much.
        Err(PreviewError::Vault { error: VaultError::ZeroAssets | VaultError::ZeroShares }) => true,
        Err(_) => false,
    };
    Ok(greatest(shares, fits))
}

/// The greatest number up to `most` that fits, where whatever fits does so for anything smaller; zero is taken to fit.
pub fn greatest(most: u64, fits: impl Fn(u64) -> bool) -> u64 {
    if fits(most) {
        return most;
    }
    let (mut fitting, mut failing) = (0, most);
    while failing - fitting > 1 {
        let middle = fitting + (failing - fitting) / 2;
        if fits(middle) {
            fitting = middle;
        } else {
            failing = middle;
        }
    }
    fitting
}

impl Suite {
    /// How `holder` leaves with `shares`, for at least `min_assets` in all, and the transactions for it: everything
    /// refreshed, then both ways out. `payer` pays the ticket's rent.
    ///
    /// # Errors
    ///
    /// [`PreviewError::Ledger`] with `StaleNav` when lines must be refreshed before there is anything to plan with, and
    /// those of [`ExitPlan::new`] and [`Suite::bundle`].
    pub fn exit(
        &self,
        chain: &(impl Chain + ?Sized),
        holder: &Pubkey,
        payer: &Pubkey,
        shares: u64,
        min_assets: u64,
        tables: &[AddressLookupTableAccount],
    ) -> Result<(ExitPlan, Vec<Vec<Instruction>>), PreviewError> {
        let preview = Preview::read(chain, &self.vault.addresses.vault)?;
        let held = readers::balance(chain, &self.vault.share_account(holder))?;
        let plan = ExitPlan::new(&preview, shares, held)?;
        let flow = plan.instructions(&self.vault, holder, payer, preview.vault.ticket_tail, min_assets);
        let transactions = self.bundle(payer, &flow, tables).map_err(crate::chain::ChainError::from)?;
        Ok((plan, transactions))
    }
}

#[cfg(test)]
mod tests {
    use super::greatest;

    #[test]
    fn the_greatest_that_fits() {
        assert_eq!(greatest(10, |part| part <= 7), 7);
        assert_eq!(greatest(10, |_| true), 10);
        assert_eq!(greatest(10, |part| part == 0), 0);
        assert_eq!(greatest(0, |_| true), 0);
        assert_eq!(greatest(u64::MAX, |part| part < u64::MAX), u64::MAX - 1);
    }
}
