//! Shares that went from wallet to wallet without the vault: told by no event, seen in token balances.
//!
//! What each wallet's share accounts gained in a transaction, less what the transaction's events gave it, came from another
//! wallet. Somebody may redeem for another by delegation; then the signer gained what he redeemed, and the owner lost it,
//! and the redemption is the owner's.

use std::collections::BTreeMap;

use anchor_lang::prelude::Pubkey;

use super::rows::{Flow, FlowKind, Place};
use crate::chain::TokenChange;

/// Positions from which transfers out are counted: after every event of a transaction.
const OUT: i64 = 1 << 32;

/// What `flow` does to its owner's share accounts, share units.
pub fn wallet_effect(kind: FlowKind, shares: u64) -> i128 {
    let shares = i128::from(shares);
    match kind {
        FlowKind::Deposit | FlowKind::Cancel | FlowKind::Collect | FlowKind::Received => shares,
        FlowKind::Redeem | FlowKind::Request | FlowKind::Sent => -shares,
        FlowKind::Fill | FlowKind::Claim | FlowKind::Pass | FlowKind::TransferTicket | FlowKind::InKind => 0,
    }
}

/// Gives redemptions to the wallets that lost the shares, and returns the transfers of the transaction. `changes` are its
/// token balances; of them only accounts of `share_mint` but `escrow` count.
pub fn attribute(
    flows: &mut [&mut Flow],
    changes: &[TokenChange],
    share_mint: &Pubkey,
    escrow: &Pubkey,
    place: &Place,
) -> Vec<Flow> {
    let mut rest: BTreeMap<Pubkey, i128> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.mint == *share_mint && change.account != *escrow) {
        *rest.entry(change.owner).or_default() += i128::from(change.after) - i128::from(change.before);
    }
    for flow in flows.iter() {
        *rest.entry(flow.owner).or_default() -= wallet_effect(flow.kind, flow.shares);
    }
    for flow in flows.iter_mut().filter(|flow| flow.kind == FlowKind::Redeem) {
        redeem_for_another(flow, &mut rest);
    }
    transfers(&rest, place)
}

/// A redemption whose signer gained what it burnt, while one other wallet lost just that.
fn redeem_for_another(flow: &mut Flow, rest: &mut BTreeMap<Pubkey, i128>) {
    let burnt = i128::from(flow.shares);
    if rest.get(&flow.owner) != Some(&burnt) {
        return;
    }
    let mut losers = rest.iter().filter(|(_, lost)| **lost == -burnt).map(|(owner, _)| *owner);
    if let (Some(loser), None) = (losers.next(), losers.next()) {
        rest.remove(&flow.owner);
        rest.remove(&loser);
        flow.other = Some(flow.owner);
        flow.owner = loser;
    }
}

/// One row for each wallet that gained or lost; with the other one's name where there are only two.
pub fn transfers(rest: &BTreeMap<Pubkey, i128>, place: &Place) -> Vec<Flow> {
    let moved: Vec<(Pubkey, i128)> = rest.iter().map(|(owner, by)| (*owner, *by)).filter(|(_, by)| *by != 0).collect();
    let pair = moved.len() == 2 && moved.iter().map(|(_, by)| by).sum::<i128>() == 0;
    let mut flows = Vec::with_capacity(moved.len());
    for (index, (owner, by)) in moved.iter().enumerate() {
        let kind = if *by > 0 { FlowKind::Received } else { FlowKind::Sent };
        let position = match kind {
            // What came in can be redeemed in the same transaction, and what went out was bought before.
            FlowKind::Received => -1 - index as i64,
            _ => OUT + index as i64,
        };
        flows.push(Flow {
            place: Place { position, ..place.clone() },
            kind,
            owner: *owner,
            other: pair.then(|| moved[1 - index].0),
            ticket: None,
            sequence: None,
            shares: u64::try_from(by.unsigned_abs()).unwrap_or(u64::MAX),
            assets: 0,
            fee: 0,
            in_kind: 0,
        });
    }
    flows
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINT: Pubkey = Pubkey::new_from_array([9; 32]);
    const ESCROW: Pubkey = Pubkey::new_from_array([8; 32]);

    fn key(byte: u8) -> Pubkey {
        Pubkey::new_from_array([byte; 32])
    }

    fn change(account: u8, owner: u8, before: u64, after: u64) -> TokenChange {
        TokenChange { account: key(account), mint: MINT, owner: key(owner), before, after }
    }

    fn flow(kind: FlowKind, owner: u8, shares: u64) -> Flow {
        let mut flow = transfers(&BTreeMap::from([(key(owner), 1)]), &Place::default()).remove(0);
        (flow.kind, flow.shares) = (kind, shares);
        flow
    }

    fn run(flows: &mut [Flow], changes: &[TokenChange]) -> Vec<(FlowKind, Pubkey, Option<Pubkey>, u64)> {
        let mut all: Vec<&mut Flow> = flows.iter_mut().collect();
        let moved = attribute(&mut all, changes, &MINT, &ESCROW, &Place::default());
        moved.into_iter().map(|flow| (flow.kind, flow.owner, flow.other, flow.shares)).collect()
    }

    #[test]
    fn what_events_explain_is_no_transfer() {
        let mut flows = [flow(FlowKind::Deposit, 1, 50), flow(FlowKind::Request, 2, 30)];
        let escrow = TokenChange { account: ESCROW, mint: MINT, owner: key(7), before: 0, after: 30 };
        let changes = [change(11, 1, 0, 50), change(12, 2, 40, 10), escrow];
        assert!(run(&mut flows, &changes).is_empty());
        // Another mint is none of ours.
        let foreign = TokenChange { mint: key(5), ..change(11, 1, 0, 50) };
        assert!(run(&mut [], &[foreign]).is_empty());
    }

    #[test]
    fn a_plain_transfer_names_both_sides() {
        let moved = run(&mut [], &[change(11, 1, 100, 60), change(12, 2, 0, 40)]);
        let expected = vec![(FlowKind::Sent, key(1), Some(key(2)), 40), (FlowKind::Received, key(2), Some(key(1)), 40)];
        assert_eq!(moved, expected);
        // Between two accounts of one wallet nothing moves.
        assert!(run(&mut [], &[change(11, 1, 100, 60), change(12, 1, 0, 40)]).is_empty());
    }

    #[test]
    fn a_burn_by_a_holder_has_no_other_side() {
        assert_eq!(run(&mut [], &[change(11, 1, 100, 99)]), vec![(FlowKind::Sent, key(1), None, 1)]);
    }

    #[test]
    fn a_delegate_redeems_for_the_owner() {
        let mut flows = [flow(FlowKind::Redeem, 3, 25)];
        assert!(run(&mut flows, &[change(11, 1, 100, 75)]).is_empty());
        assert_eq!((flows[0].owner, flows[0].other), (key(1), Some(key(3))));
        // Two losers of the same amount leave it open whose redemption it was.
        let mut flows = [flow(FlowKind::Redeem, 3, 25)];
        let moved = run(&mut flows, &[change(11, 1, 100, 75), change(12, 2, 100, 75)]);
        assert_eq!(flows[0].owner, key(3));
        assert_eq!(moved.len(), 3);
    }

    #[test]
    fn received_shares_can_be_redeemed_in_the_same_transaction() {
        let mut flows = [flow(FlowKind::Redeem, 2, 40)];
        let mut all: Vec<&mut Flow> = flows.iter_mut().collect();
        let changes = [change(11, 1, 100, 50), change(12, 2, 0, 10)];
        let moved = attribute(&mut all, &changes, &MINT, &ESCROW, &Place::default());
        let received = moved.iter().find(|flow| flow.kind == FlowKind::Received).unwrap();
        assert_eq!((received.owner, received.shares, received.place.position < 0), (key(2), 50, true));
        let sent = moved.iter().find(|flow| flow.kind == FlowKind::Sent).unwrap();
        assert_eq!((sent.owner, sent.shares, sent.place.position >= OUT), (key(1), 50, true));
    }
}
