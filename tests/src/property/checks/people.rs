//! Nobody loses or gains but who acted.

use super::{hold, Call, Violation};
use crate::property::model::down;
use crate::property::seen::Seen;
use crate::property::world::MANAGER;

/// Every holding and every keeper's account, apart from what the call says of them.
pub(super) fn check(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    for (user, (was, is)) in before.users.iter().zip(&after.users).enumerate() {
        let touched = match *call {
            Call::Deposit { user: who, .. }
            | Call::DepositInto { user: who, .. }
            | Call::Mint { user: who, .. }
            | Call::Withdraw { user: who, .. }
            | Call::Redeem { user: who, .. }
            | Call::RedeemRecall { user: who, .. }
            | Call::InKind { user: who, .. }
            | Call::Claim { user: who, .. }
            | Call::Cancel { user: who, .. }
            | Call::Request { user: who, .. }
            | Call::DonateShares { user: who, .. }
            | Call::Burn { user: who, .. }
            | Call::Donate { user: who, .. } => who == user,
            Call::CollectFees => user == MANAGER,
            // For a bounty.
            Call::Derisk { user: who, .. } => user == who,
            Call::Give { user: from, to, .. } => from == user || to == user,
            Call::Foreign { signer } => {
                signer == Some(user) || (is.base >= was.base && is.shares >= was.shares && no_less(&was.kind, &is.kind))
            }
            _ => false,
        };
        hold!("nobody else loses or gains", touched || was == is, "user {user}: {was:?}, then {is:?}");
    }
    for (keeper, (was, is)) in before.keepers.iter().zip(&after.keepers).enumerate() {
        let touched = matches!(call, Call::Foreign { .. }) && is >= was
            || matches!(*call, Call::CollectPay { keeper: paid } if paid == keeper);
        hold!("nobody else loses or gains", touched || was == is, "keeper {keeper}: {was}, then {is}");
    }
    exact(call, before, after)
}

fn no_less(was: &[[u64; 2]], is: &[[u64; 2]]) -> bool {
    was.iter().flatten().zip(is.iter().flatten()).all(|(was, is)| is >= was)
}

/// The simple transfers, to the unit.
fn exact(call: &Call, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let fell = |user: usize, base: u64, shares: u64| {
        let (was, is) = (before.users[user], after.users[user]);
        is.base + base == was.base && is.shares + shares == was.shares
    };
    let right = match *call {
        Call::Request { user, shares, .. } | Call::DonateShares { user, shares } | Call::Burn { user, shares } => {
            fell(user, 0, shares)
        }
        Call::Give { user, to, shares } if user != to => {
            fell(user, 0, shares) && after.users[to].shares == before.users[to].shares + shares
        }
        Call::Donate { user, assets, .. } => fell(user, assets, 0),
        Call::CollectFees => {
            let minted = after.users[MANAGER].shares - before.users[MANAGER].shares;
            minted == before.vault.fee_shares && after.vault.fee_shares == 0
        }
        Call::CollectPay { keeper } => {
            let paid = after.keepers[keeper] - before.keepers[keeper];
            paid > 0 && paid == before.ledger.keeper_owed - after.ledger.keeper_owed
        }
        Call::Derisk { user, .. } => {
            let (was, is) = (before.users[user], after.users[user]);
            let paid = after.ledger.bounties_paid - before.ledger.bounties_paid;
            (is.base, is.shares, is.kind) == (was.base + paid, was.shares, was.kind)
        }
        Call::InKind { user, sequence, all: true } => return in_kind(user, sequence, before, after),
        _ => true,
    };
    hold!("a transfer moves exactly its amount", right, "{call:?}");
    Ok(())
}

/// A redemption in kind pays the ticket's part of free cash and of every position, each rounded down.
fn in_kind(user: usize, sequence: u64, before: &Seen, after: &Seen) -> Result<(), Violation> {
    let part = before.ticket(sequence).map_or(0, |ticket| u128::from(ticket.shares_left));
    let of = |amount: u64| down(amount.into(), part, before.pool_shares()) as u64;
    let (was, is) = (before.users[user], after.users[user]);
    let cash = of(before.ledger.cash_tracked.saturating_sub(before.ledger.keeper_owed));
    hold!("a part in kind is exact", is.base - was.base == cash, "{} of cash, expected {cash}", is.base - was.base);
    for (place, line) in before.lines.iter().enumerate() {
        let row = before.row(place);
        let expected = [of(row.position.min(line.receipts)), of(row.in_flight.min(line.tokens))];
        let got = [0, 1].map(|which| is.kind[place][which] - was.kind[place][which]);
        // Every swapped line shares one account of the token; no world has two of them.
        let tokens_match = got[1] == expected[1] || row.swapped == 0;
        hold!(
            "a part in kind is exact",
            got[0] == expected[0] && tokens_match,
            "line {place}: {got:?}, expected {expected:?}"
        );
    }
    hold!("a part in kind is exact", is.shares == was.shares, "{} shares, then {}", was.shares, is.shares);
    Ok(())
}
