//! Writing rows. A row that is there already stays as it is.

use super::database::{Database, Value};
use super::events::Entry;
use super::rows::{Change, Charge, Flow, KeeperAction, Place, PricePoint, TicketTerms};
use super::IndexError;

/// Writes the rows of one vault.
pub(super) struct Store<'a> {
    pub(super) database: &'a mut Database,
    pub(super) vault: String,
}

impl Store<'_> {
    /// Writes any row but a price, which [`Store::price`] writes.
    pub(super) fn entry(&mut self, entry: &Entry) -> Result<(), IndexError> {
        match entry {
            Entry::Flow(flow) => self.flow(flow),
            Entry::Ticket(terms) => self.ticket(terms),
            Entry::Charge(charge) => self.charge(charge),
            Entry::Action(action) => self.action(action),
            Entry::Change(change) => self.change(change),
            Entry::Priced { .. } => Ok(()),
        }
    }

    fn place(&self, place: &Place) -> Vec<Value> {
        vec![
            self.vault.as_str().into(),
            place.signature.as_str().into(),
            place.position.into(),
            slot(place.slot),
            place.ordinal.into(),
            place.time.into(),
        ]
    }

    pub(super) fn flow(&mut self, flow: &Flow) -> Result<(), IndexError> {
        let mut values = self.place(&flow.place);
        values.extend([
            flow.kind.name().into(),
            flow.owner.to_string().into(),
            flow.other.map(|key| key.to_string()).into(),
            flow.ticket.map(|key| key.to_string()).into(),
            flow.sequence.into(),
            flow.shares.into(),
            flow.assets.into(),
            flow.fee.into(),
            flow.in_kind.into(),
        ]);
        self.insert(
            "INSERT INTO flows (vault, signature, position, slot, ordinal, time, kind, owner, other, ticket, sequence,
                shares, assets, fee, in_kind)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING",
            &values,
        )
    }

    fn ticket(&mut self, terms: &TicketTerms) -> Result<(), IndexError> {
        let values = [
            self.vault.as_str().into(),
            terms.ticket.to_string().into(),
            terms.sequence.into(),
            terms.requested_at.into(),
            terms.shares.into(),
            terms.min_assets.into(),
            terms.overdue_at.into(),
            terms.in_kind_at.into(),
            terms.exit_bps.into(),
        ];
        self.insert(
            "INSERT INTO tickets (vault, ticket, sequence, requested_at, shares, min_assets, overdue_at, in_kind_at,
                exit_bps)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            &values,
        )
    }

    fn charge(&mut self, charge: &Charge) -> Result<(), IndexError> {
        let mut values = self.place(&charge.place);
        values.extend(
            [charge.management, charge.performance, charge.shares, charge.mark, charge.nav, charge.supply]
                .map(Value::from),
        );
        self.insert(
            "INSERT INTO fees (vault, signature, position, slot, ordinal, time, management, performance, shares, mark,
                nav, supply)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
            &values,
        )
    }

    fn action(&mut self, action: &KeeperAction) -> Result<(), IndexError> {
        let mut values = self.place(&action.place);
        values.extend([
            action.kind.as_str().into(),
            action.actor.to_string().into(),
            action.line.into(),
            action.amount.into(),
            action.loss.into(),
            action.pay.into(),
        ]);
        self.insert(
            "INSERT INTO keeper_actions (vault, signature, position, slot, ordinal, time, kind, actor, line, amount,
                loss, pay)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
            &values,
        )
    }

    fn change(&mut self, change: &Change) -> Result<(), IndexError> {
        let mut values = self.place(&change.place);
        values.extend([
            change.program.as_str().into(),
            change.kind.as_str().into(),
            change.authority.map(|key| key.to_string()).into(),
            change.details.as_str().into(),
        ]);
        self.insert(
            "INSERT INTO changes (vault, signature, position, slot, ordinal, time, program, kind, authority, details)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
            &values,
        )
    }

    /// Writes a price; `id` names it among the vault's.
    pub(super) fn price(&mut self, id: &str, point: &PricePoint) -> Result<(), IndexError> {
        let values = [
            self.vault.as_str().into(),
            id.into(),
            slot(point.place.slot),
            point.place.ordinal.into(),
            point.place.position.into(),
            point.place.time.into(),
            point.source.name().into(),
            point.low.into(),
            point.mid.into(),
            point.high.into(),
            point.supply.into(),
            point.leaving.into(),
            point.exit_bps.into(),
        ];
        self.insert(
            "INSERT INTO prices (vault, id, slot, ordinal, position, time, source, low, mid, high, supply, leaving,
                exit_bps)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
            &values,
        )
    }

    fn insert(&mut self, sql: &str, values: &[Value]) -> Result<(), IndexError> {
        self.database.execute(sql, values).map(|_| ())
    }
}

/// A slot as it is stored. No chain reaches 2^63 of them.
pub(super) fn slot(slot: u64) -> Value {
    Value::Int(i64::try_from(slot).unwrap_or(i64::MAX))
}
