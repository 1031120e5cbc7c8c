//! From a walk through a vault's history to statements.

use anchor_lang::prelude::Pubkey;

use super::account::{Account, Told};
use super::lots::{Disposal, Lot};
use super::period::Period;
use super::replay::{Opening, Replay};
use super::report::{DisposalLine, Fees, FlowLine, LotLine, Position, Profit, Statement, TicketLine, Totals};
use super::returns::{money_weighted, yearly, Returns};
use crate::index::rows::FlowKind;
use crate::views::units::{Amount, Gain, When};

/// Makes statements of one vault.
pub(super) struct Maker<'a> {
    pub vault: &'a Pubkey,
    pub decimals: u8,
    pub period: &'a Period,
    pub replay: &'a Replay,
}

impl Maker<'_> {
    fn amount(&self, units: u64) -> Amount {
        Amount::new(units, self.decimals)
    }

    fn gain(&self, units: i128) -> Gain {
        Gain::new(units, self.decimals)
    }

    /// The statement of `owner`, who may never have held anything.
    pub fn statement(&self, owner: &Pubkey) -> Statement {
        let nobody = Account::default();
        let account = self.replay.accounts.get(owner).unwrap_or(&nobody);
        let opening = self.replay.openings.get(owner).copied().unwrap_or_default();
        let prices = &self.replay.prices;
        let (closing_mid, closing_exit) = (account.at_mid(prices), account.at_exit(prices));
        let brought: i128 = account.told.iter().map(|told| told.value).sum();
        let profit = |closing: u64, opening: u64| i128::from(closing) - i128::from(opening) - brought;
        let realised: i128 = account.disposals.iter().map(Disposal::gain).sum();
        let cost = account.lots.cost();
        let fees = account.borne;
        let total = [fees.entry, fees.exit, fees.management, fees.performance].into_iter().fold(0, u64::saturating_add);
        let end = self.replay.last.min(self.period.until.saturating_sub(1));
        Statement {
            vault: self.vault.to_string(),
            owner: owner.to_string(),
            decimals: self.decimals,
            from: (self.period.from > 0).then(|| When::new(self.period.from)),
            to: When::new(end.max(self.period.from)),
            opening: self.opening(&opening),
            closing: self.closing(account, closing_mid, closing_exit),
            flows: account.told.iter().map(|told| self.flow(told)).collect(),
            totals: self.totals(account),
            fees: Fees {
                entry: self.amount(fees.entry),
                exit: self.amount(fees.exit),
                management: self.amount(fees.management),
                performance: self.amount(fees.performance),
                total: self.amount(total),
            },
            profit: Profit {
                mid: self.gain(profit(closing_mid, opening.at_mid)),
                exit: self.gain(profit(closing_exit, opening.at_exit)),
            },
            returns: returns(account, &opening, closing_mid, self.period.from, end),
            disposals: account.disposals.iter().map(|disposal| self.disposal(disposal)).collect(),
            lots: self.lots(account),
            realised: self.gain(realised),
            unrealised: self.gain(i128::from(prices.at_mid(account.shares())) - i128::from(cost)),
            tickets: self.tickets(owner),
        }
    }

    fn opening(&self, opening: &Opening) -> Position {
        let (low_at, mid_at) = self.replay.opening_prices.times();
        Position {
            shares: self.amount(opening.wallet),
            escrowed: self.amount(opening.escrowed),
            claimable: self.amount(opening.claimable),
            value_mid: self.amount(opening.at_mid),
            value_exit: self.amount(opening.at_exit),
            cost: self.amount(opening.cost),
            mid_at: mid_at.map(When::new),
            low_at: low_at.map(When::new),
        }
    }

    fn closing(&self, account: &Account, value_mid: u64, value_exit: u64) -> Position {
        let (low_at, mid_at) = self.replay.prices.times();
        Position {
            shares: self.amount(account.wallet),
            escrowed: self.amount(account.escrowed),
            claimable: self.amount(account.claimable),
            value_mid: self.amount(value_mid),
            value_exit: self.amount(value_exit),
            cost: self.amount(account.lots.cost()),
            mid_at: mid_at.map(When::new),
            low_at: low_at.map(When::new),
        }
    }

    fn flow(&self, told: &Told) -> FlowLine {
        let flow = &told.flow;
        FlowLine {
            time: When::new(flow.place.time),
            kind: flow.kind.name(),
            shares: self.amount(flow.shares),
            assets: self.amount(flow.assets),
            fee: self.amount(flow.fee),
            value: self.gain(told.value),
            ticket: flow.sequence,
            other: self.other(told),
            signature: flow.place.signature.clone(),
        }
    }

    /// The other party of a flow, seen from whom it is told to.
    fn other(&self, told: &Told) -> Option<String> {
        let flow = &told.flow;
        let came = flow.kind == FlowKind::TransferTicket && told.value > 0;
        if came { Some(flow.owner) } else { flow.other }.map(|key| key.to_string())
    }

    fn totals(&self, account: &Account) -> Totals {
        let sums = &account.sums;
        Totals {
            deposited: self.amount(sums.deposited),
            redeemed: self.amount(sums.redeemed),
            filled: self.amount(sums.filled),
            claimed: self.amount(sums.claimed),
            in_kind_cash: self.amount(sums.in_kind_cash),
            in_kind_other: self.amount(sums.in_kind_other),
            received: self.amount(sums.received),
            sent: self.amount(sums.sent),
            fee_shares: self.amount(sums.collected),
        }
    }

    fn disposal(&self, disposal: &Disposal) -> DisposalLine {
        DisposalLine {
            time: When::new(disposal.at),
            kind: disposal.how,
            acquired: When::new(disposal.acquired_at),
            shares: self.amount(disposal.shares),
            proceeds: self.amount(disposal.proceeds),
            cost: self.amount(disposal.cost),
            gain: self.gain(disposal.gain()),
        }
    }

    fn lots(&self, account: &Account) -> Vec<LotLine> {
        let line = |lot: &Lot| LotLine {
            acquired: When::new(lot.acquired_at),
            kind: lot.how,
            shares: self.amount(lot.shares),
            cost: self.amount(lot.cost),
            value: self.amount(self.replay.prices.at_mid(lot.shares)),
        };
        account.lots.iter().map(line).collect()
    }

    fn tickets(&self, owner: &Pubkey) -> Vec<TicketLine> {
        let mut lines = Vec::new();
        for (key, ticket) in self.replay.tickets.iter().filter(|(_, ticket)| ticket.owner == *owner) {
            let Some(terms) = self.replay.terms.get(key) else { continue };
            let status = match (ticket.left, ticket.claimable, ticket.is_passed) {
                (0, 0, _) => continue,
                (0, _, _) => "claimable",
                (_, _, true) => "passed",
                (_, _, false) => "open",
            };
            lines.push(TicketLine {
                sequence: terms.sequence,
                ticket: key.to_string(),
                status,
                shares: self.amount(ticket.left),
                claimable: self.amount(ticket.claimable),
                requested: When::new(terms.requested_at),
                overdue: When::new(terms.overdue_at),
                in_kind: When::new(terms.in_kind_at),
            });
        }
        lines.sort_by_key(|line| line.sequence);
        lines
    }
}

fn returns(account: &Account, opening: &Opening, closing: u64, from: i64, end: i64) -> Returns {
    let begin = if opening.at_mid > 0 { Some(from) } else { account.money.first().map(|(time, _)| *time) };
    let Some(begin) = begin else { return Returns::default() };
    // After the last of it has left, nothing is at stake any more.
    let over = if closing > 0 { None } else { account.money.last().map(|(time, _)| *time) };
    let end = over.unwrap_or(end);
    let seconds = end - begin;
    let mut money = account.money.clone();
    if opening.at_mid > 0 {
        money.insert(0, (from, -i128::from(opening.at_mid)));
    }
    if closing > 0 {
        money.push((end, i128::from(closing)));
    }
    let time_weighted = account.growth.total(closing as f64);
    let money_weighted = money_weighted(&money);
    Returns {
        seconds,
        time_weighted,
        time_weighted_yearly: time_weighted.and_then(|total| yearly(total, seconds)),
        money_weighted,
        money_weighted_yearly: money_weighted.and_then(|total| yearly(total, seconds)),
    }
}
