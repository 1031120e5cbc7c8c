//! Events of the vault.

use super::{action, flow, Entry, Wallets};
use crate::decode::events::VaultEvent;
use crate::index::rows::{Charge, Flow, FlowKind, KeeperAction, Place, TicketTerms};

pub(super) fn entries(event: &VaultEvent, place: &Place, wallets: &mut dyn Wallets, in_kind: u64) -> Vec<Entry> {
    match event {
        VaultEvent::Deposited(it) => {
            let owner = wallets.of_account(&it.recipient, &it.depositor);
            let other = (owner != it.depositor).then_some(it.depositor);
            let amounts = Flow {
                other,
                shares: it.shares,
                assets: it.assets,
                fee: it.fee,
                ..flow(place, FlowKind::Deposit, owner)
            };
            vec![Entry::Flow(amounts), Entry::Priced { is_entry: true, nav: it.nav, supply: it.supply }]
        }
        VaultEvent::Redeemed(it) => {
            let amounts =
                Flow { shares: it.shares, assets: it.assets, fee: it.fee, ..flow(place, FlowKind::Redeem, it.holder) };
            vec![Entry::Flow(amounts), Entry::Priced { is_entry: false, nav: it.nav, supply: it.supply }]
        }
        VaultEvent::RedemptionRequested(it) => {
            let terms = TicketTerms {
                ticket: it.ticket,
                sequence: it.sequence,
                requested_at: it.time,
                shares: it.shares,
                min_assets: it.min_assets,
                overdue_at: it.overdue_at,
                in_kind_at: it.in_kind_at,
                exit_bps: it.exit_fee_bps,
            };
            let request = flow(place, FlowKind::Request, it.owner);
            let ticket = (Some(it.ticket), Some(it.sequence));
            vec![Entry::Flow(of_ticket(request, ticket, it.shares, 0)), Entry::Ticket(terms)]
        }
        VaultEvent::TicketFilled(it) => {
            let owner = wallets.of_ticket(&it.ticket);
            let fill = Flow { fee: it.fee, ..flow(place, FlowKind::Fill, owner) };
            let paid = KeeperAction { amount: it.assets, ..action(place, "fill_tickets", wallets.payer()) };
            vec![
                Entry::Flow(of_ticket(fill, (Some(it.ticket), Some(it.sequence)), it.shares, it.assets)),
                Entry::Action(paid),
                Entry::Priced { is_entry: false, nav: it.nav, supply: it.supply },
            ]
        }
        VaultEvent::Claimed(it) => {
            let claim = flow(place, FlowKind::Claim, it.owner);
            vec![Entry::Flow(of_ticket(claim, (Some(it.ticket), Some(it.sequence)), 0, it.assets))]
        }
        VaultEvent::TicketCancelled(it) => {
            let cancel = flow(place, FlowKind::Cancel, it.owner);
            vec![Entry::Flow(of_ticket(cancel, (Some(it.ticket), Some(it.sequence)), it.shares, 0))]
        }
        VaultEvent::TicketPassed(it) => {
            let pass = flow(place, FlowKind::Pass, wallets.of_ticket(&it.ticket));
            vec![Entry::Flow(of_ticket(pass, (Some(it.ticket), Some(it.sequence)), it.shares, 0))]
        }
        VaultEvent::TicketTransferred(it) => {
            let pass_on = Flow { other: Some(it.owner), ..flow(place, FlowKind::TransferTicket, it.previous) };
            vec![Entry::Flow(of_ticket(pass_on, (Some(it.ticket), Some(it.sequence)), 0, 0))]
        }
        VaultEvent::RedeemedInKind(it) => {
            let left = Flow { in_kind, ..flow(place, FlowKind::InKind, it.owner) };
            vec![Entry::Flow(of_ticket(left, (Some(it.ticket), Some(it.sequence)), it.shares, it.cash))]
        }
        VaultEvent::OverdueDemanded(it) => {
            vec![Entry::Action(KeeperAction { amount: it.overdue, ..action(place, "demand", wallets.payer()) })]
        }
        VaultEvent::FeesCrystallised(it) => {
            let charge = Charge {
                place: place.clone(),
                management: it.management,
                performance: it.performance,
                shares: it.shares,
                mark: it.mark,
                nav: it.nav,
                supply: it.supply,
            };
            vec![Entry::Charge(charge), Entry::Priced { is_entry: false, nav: it.nav, supply: it.supply }]
        }
        VaultEvent::FeesCollected(it) => {
            let collected = Flow { shares: it.shares, ..flow(place, FlowKind::Collect, it.recipient) };
            let minted = KeeperAction { amount: it.shares, ..action(place, "collect_fees", wallets.payer()) };
            vec![Entry::Flow(collected), Entry::Action(minted)]
        }
        _ => Vec::new(),
    }
}

fn of_ticket(
    flow: Flow,
    (ticket, sequence): (Option<anchor_lang::prelude::Pubkey>, Option<u64>),
    shares: u64,
    assets: u64,
) -> Flow {
    Flow { ticket, sequence, shares, assets, ..flow }
}
