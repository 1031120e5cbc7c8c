//! Events of the router that keepers, or anybody in their place, set off.

use super::{action, Entry, Wallets};
use crate::decode::events::RouterEvent;
use crate::index::rows::{KeeperAction, Place};

pub(super) fn entries(event: &RouterEvent, place: &Place, wallets: &mut dyn Wallets) -> Vec<Entry> {
    let payer = wallets.payer();
    let row = match event {
        RouterEvent::Valued(it) => {
            KeeperAction { line: Some(it.line), amount: it.mid, ..action(place, "refresh", payer) }
        }
        RouterEvent::Allocated(it) => {
            KeeperAction { line: Some(it.line), amount: it.amount, ..action(place, "allocate", payer) }
        }
        RouterEvent::Recalled(it) => {
            KeeperAction { line: Some(it.line), amount: it.amount, ..action(place, "recall", it.by) }
        }
        RouterEvent::Rebalanced(it) => KeeperAction {
            line: Some(it.line),
            amount: it.amount,
            loss: Some(it.loss),
            pay: Some(it.pay),
            ..action(place, if it.deployed { "rebalance_in" } else { "rebalance_out" }, it.keeper)
        },
        RouterEvent::Harvested(it) if it.line == 0 => {
            KeeperAction { amount: it.gain, ..action(place, "harvest_cash", payer) }
        }
        RouterEvent::Harvested(it) => {
            KeeperAction { line: Some(it.line), amount: it.gain, ..action(place, "harvest", payer) }
        }
        RouterEvent::Derisked(it) => {
            let pay = (it.bounty > 0).then_some(it.bounty);
            KeeperAction { line: Some(it.line), amount: it.amount, pay, ..action(place, "derisk", it.by) }
        }
        RouterEvent::Reported(it) => KeeperAction { amount: it.nav, ..action(place, "report", payer) },
        RouterEvent::KeeperPaid(it) => KeeperAction { amount: it.amount, ..action(place, "collect_pay", it.keeper) },
        _ => return Vec::new(),
    };
    vec![Entry::Action(row)]
}
