//! Carries out what depositors wish, with bounds as a careful wallet sets them, and keeps their accounts.

use super::record::{DepositorAccount, Sender, Tally};
use super::value_down;
use crate::demo::population::{Depositor, Wish};
use crate::demo::world::{Fault, Holding, Outcome, UserAction, VaultState, World};

/// How far an outcome may lie from the preview, basis points.
const SLIPPAGE_BPS: u64 = 50;
/// The refusals that send a careful wallet to the queue.
const QUEUE_INSTEAD: [&str; 2] = ["InsufficientCash", "OutflowLimitReached"];

/// What a depositor has paid and received so far.
#[derive(Clone, Copy, Debug, Default)]
struct Account {
    deposited: u64,
    withdrawn: u64,
    transactions: u64,
}

/// The accounts of all depositors.
pub struct Ledger {
    accounts: Vec<Account>,
}

impl Ledger {
    /// Accounts of so many depositors.
    pub fn new(depositors: usize) -> Self {
        Self { accounts: vec![Account::default(); depositors] }
    }

    /// Sends a depositor's transaction, counts it, and books what it moved.
    pub fn send(
        &mut self,
        world: &mut dyn World,
        tally: &mut Tally,
        depositor: usize,
        action: UserAction,
    ) -> Result<Outcome, Fault> {
        let before = world.holding(depositor)?.wallet;
        let outcome = world.user(depositor, action)?;
        tally.count(Sender::User, action.instruction(), &outcome);
        if outcome.is_done() {
            let after = world.holding(depositor)?.wallet;
            let account = &mut self.accounts[depositor];
            account.deposited += before.saturating_sub(after);
            account.withdrawn += after.saturating_sub(before);
            account.transactions += 1;
        }
        Ok(outcome)
    }

    /// Carries out a wish; an instant exit for which cash is short becomes a ticket.
    pub fn fulfil(
        &mut self,
        world: &mut dyn World,
        tally: &mut Tally,
        depositor: usize,
        wish: Wish,
        open_line: usize,
    ) -> Result<(), Fault> {
        let vault = world.vault()?;
        let holding = world.holding(depositor)?;
        let Some(action) = action_for(wish, &vault, &holding, open_line) else { return Ok(()) };
        let outcome = self.send(world, tally, depositor, action)?;
        let shares = match action {
            UserAction::Redeem { shares, .. } => shares,
            UserAction::Withdraw { assets, .. } => value_down(assets, vault.shares, vault.nav[0]).min(holding.shares),
            _ => return Ok(()),
        };
        if QUEUE_INSTEAD.iter().any(|name| outcome.is_refused_as(name)) && shares > 0 {
            self.send(world, tally, depositor, UserAction::RequestRedeem { shares })?;
        }
        Ok(())
    }

    /// Claims whatever tickets have been paid.
    pub fn claim(
        &mut self,
        world: &mut dyn World,
        tally: &mut Tally,
        depositor: usize,
        holding: &Holding,
    ) -> Result<(), Fault> {
        for ticket in holding.tickets.iter().filter(|ticket| ticket.claimable > 0) {
            self.send(world, tally, depositor, UserAction::Claim { ticket: ticket.sequence })?;
        }
        Ok(())
    }

    /// The final accounts, shares valued at the mid NAV.
    pub fn close(self, world: &dyn World, population: &[Depositor]) -> Result<Vec<DepositorAccount>, Fault> {
        let vault = world.vault()?;
        let close = |(index, (account, depositor)): (usize, (Account, &Depositor))| {
            let holding = world.holding(index)?;
            let queued: u64 = holding.tickets.iter().map(|ticket| ticket.shares_left).sum();
            let claimable: u64 = holding.tickets.iter().map(|ticket| ticket.claimable).sum();
            let shares = holding.shares + queued;
            Ok(DepositorAccount {
                temperament: depositor.temperament,
                deposited: account.deposited,
                withdrawn: account.withdrawn,
                shares,
                value: value_down(shares, vault.nav[1], vault.shares) + claimable,
                transactions: account.transactions,
            })
        };
        self.accounts.into_iter().zip(population).enumerate().map(close).collect()
    }
}

/// The transaction for a wish, or none where the purse does not carry it any more.
fn action_for(wish: Wish, vault: &VaultState, holding: &Holding, line: usize) -> Option<UserAction> {
    let [low, _, high] = vault.nav;
    let shares_for = |assets: u64, nav: u64| value_down(assets, vault.shares, nav);
    let assets_for = |shares: u64, nav: u64| value_down(shares, nav, vault.shares);
    Some(match wish {
        Wish::Deposit(assets) | Wish::DepositAndAllocate(assets) => {
            let assets = assets.min(holding.wallet);
            let min_shares = less(shares_for(assets, high));
            match wish {
                _ if assets == 0 => return None,
                Wish::Deposit(_) => UserAction::Deposit { assets, min_shares },
                _ => UserAction::DepositAndAllocate { assets, min_shares, line },
            }
        }
        Wish::Mint(shares) => {
            let bound = more(assets_for(shares, high));
            // A risen share price may have outgrown the wallet.
            let (shares, max_assets) = match bound <= holding.wallet {
                true => (shares, bound),
                false => (less(shares_for(holding.wallet, high)), holding.wallet),
            };
            (shares > 0).then_some(UserAction::Mint { shares, max_assets })?
        }
        Wish::Withdraw(assets) => {
            let bound = more(shares_for(assets, low));
            let (assets, max_shares) = match bound <= holding.shares {
                true => (assets, bound),
                false => (assets.min(less(assets_for(holding.shares, low))), holding.shares),
            };
            (assets > 0).then_some(UserAction::Withdraw { assets, max_shares })?
        }
        Wish::Redeem(shares) => {
            let shares = shares.min(holding.shares);
            (shares > 0).then_some(UserAction::Redeem { shares, min_assets: less(assets_for(shares, low)) })?
        }
        Wish::Queue(shares) => {
            let shares = shares.min(holding.shares);
            (shares > 0).then_some(UserAction::RequestRedeem { shares })?
        }
        Wish::Cancel(ticket) => UserAction::Cancel { ticket },
    })
}

/// An amount less the slippage, rounded down.
fn less(amount: u64) -> u64 {
    value_down(amount, 10_000 - SLIPPAGE_BPS, 10_000)
}

/// An amount and the slippage, rounded down, and two units for the roundings of small amounts.
fn more(amount: u64) -> u64 {
    value_down(amount, 10_000 + SLIPPAGE_BPS, 10_000).saturating_add(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> VaultState {
        // 1.25 a share at low, 1.3 at high.
        VaultState { nav: [1_250_000, 1_275_000, 1_300_000], shares: 1_000_000, ..VaultState::default() }
    }

    #[test]
    fn bounds_lie_half_a_percent_from_the_preview() {
        let holding = Holding { wallet: 1_000_000, shares: 500_000, tickets: Vec::new() };
        let action = |wish| action_for(wish, &vault(), &holding, 2).expect("an action");
        // 260,000 / 1.3 = 200,000; less 0.5 % = 199,000.
        assert_eq!(action(Wish::Deposit(260_000)), UserAction::Deposit { assets: 260_000, min_shares: 199_000 });
        assert_eq!(
            action(Wish::DepositAndAllocate(260_000)),
            UserAction::DepositAndAllocate { assets: 260_000, min_shares: 199_000, line: 2 }
        );
        // 200,000 × 1.3 = 260,000; and 0.5 % = 261,300, and two.
        assert_eq!(action(Wish::Mint(200_000)), UserAction::Mint { shares: 200_000, max_assets: 261_302 });
        // 250,000 / 1.25 = 200,000; and 0.5 % = 201,000, and two.
        assert_eq!(action(Wish::Withdraw(250_000)), UserAction::Withdraw { assets: 250_000, max_shares: 201_002 });
        // 200,000 × 1.25 = 250,000; less 0.5 % = 248,750.
        assert_eq!(action(Wish::Redeem(200_000)), UserAction::Redeem { shares: 200_000, min_assets: 248_750 });
        assert_eq!(action(Wish::Queue(9)), UserAction::RequestRedeem { shares: 9 });
    }

    #[test]
    fn wishes_beyond_the_purse_shrink_or_vanish() {
        let poor = Holding { wallet: 1_000, shares: 0, tickets: Vec::new() };
        for wish in [Wish::Withdraw(5), Wish::Redeem(5), Wish::Queue(5)] {
            assert_eq!(action_for(wish, &vault(), &poor, 0), None);
        }
        match action_for(Wish::Mint(1_000_000), &vault(), &poor, 0) {
            // 1,000 / 1.3 = 769; less 0.5 % = 765.
            Some(UserAction::Mint { shares, max_assets }) => assert_eq!((shares, max_assets), (765, 1_000)),
            other => panic!("{other:?}"),
        }
    }
}
