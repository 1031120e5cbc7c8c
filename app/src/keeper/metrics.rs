//! Numbers for Prometheus, in the OpenMetrics text format.

use std::sync::atomic::AtomicU64;
use std::sync::Arc;

use anchor_lang::prelude::Pubkey;
use prometheus_client::encoding::{text, EncodeLabelSet};
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram};
use prometheus_client::registry::{Registry, Unit};

use super::journal::{CycleEnd, Outcome, Spending};
use super::planner::Round;
use super::ActionKind;

/// Bounds of a cycle's length, seconds: from one that found nothing to one that waited for an expiry.
const CYCLE_SECONDS: [f64; 10] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAction {
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRefusal {
    kind: &'static str,
    name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfKind {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfResult {
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfVault {
    vault: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfSource {
    counted: &'static str,
}

type Amount = Gauge<u64, AtomicU64>;

/// The keeper's numbers. Clones share them.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Numbers>);

#[derive(Debug)]
struct Numbers {
    registry: Registry,
    cycles: Family<OfResult, Counter>,
    cycle_seconds: Histogram,
    actions: Family<OfAction, Counter>,
    refusals: Family<OfRefusal, Counter>,
    due: Family<OfKind, Amount>,
    put_off: Counter,
    beyond_budget: Counter,
    lamports: Counter,
    pay: Family<OfVault, Counter>,
    spent: Family<OfSource, Amount>,
    limit: Amount,
    under_way: Amount,
    vaults: Amount,
    slot: Amount,
    wallet: Amount,
    chain_errors: Counter,
    journal_errors: Counter,
    healthy: Amount,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        let mut numbers = Numbers {
            registry: Registry::with_prefix("gimbal_keeper"),
            cycles: Family::default(),
            cycle_seconds: Histogram::new(CYCLE_SECONDS),
            actions: Family::default(),
            refusals: Family::default(),
            due: Family::default(),
            put_off: Counter::default(),
            beyond_budget: Counter::default(),
            lamports: Counter::default(),
            pay: Family::default(),
            spent: Family::default(),
            limit: Gauge::default(),
            under_way: Gauge::default(),
            vaults: Gauge::default(),
            slot: Gauge::default(),
            wallet: Gauge::default(),
            chain_errors: Counter::default(),
            journal_errors: Counter::default(),
            healthy: Gauge::default(),
        };
        numbers.register();
        Self(Arc::new(numbers))
    }

    /// What `/metrics` answers.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail; should it ever, what was written is still true.
        let _ = text::encode(&mut text, &self.0.registry);
        text
    }

    pub(super) fn planned(&self, round: &Round) {
        for kind in ActionKind::ALL {
            let due = round.actions.iter().filter(|action| action.kind == kind).count();
            self.0.due.get_or_create(&OfKind { kind: kind.name() }).set(due as u64);
        }
        self.0.vaults.set(round.vaults as u64);
        self.0.slot.set(round.clock.slot);
        self.0.wallet.set(round.wallet);
    }

    pub(super) fn refused(&self, kind: ActionKind, name: &str) {
        self.0.refusals.get_or_create(&OfRefusal { kind: kind.name(), name: name.to_owned() }).inc();
        self.count(kind, "refused");
    }

    pub(super) fn settled(&self, kind: ActionKind, outcome: &Outcome) {
        self.count(
            kind,
            match outcome {
                Outcome::Landed { .. } => "landed",
                Outcome::Failed { .. } => "failed",
                Outcome::Expired => "expired",
            },
        );
    }

    fn count(&self, kind: ActionKind, outcome: &'static str) {
        self.0.actions.get_or_create(&OfAction { kind: kind.name(), outcome }).inc();
    }

    pub(super) fn paid(&self, lamports: u64, pay: &[(Pubkey, u64)]) {
        self.0.lamports.inc_by(lamports);
        for (vault, pay) in pay {
            self.0.pay.get_or_create(&OfVault { vault: vault.to_string() }).inc_by(*pay);
        }
    }

    pub(super) fn spending(&self, spending: &Spending, limit: u64) {
        let Spending { settled, reserved, outside } = *spending;
        for (counted, lamports) in [("settled", settled), ("reserved", reserved), ("outside", outside)] {
            self.0.spent.get_or_create(&OfSource { counted }).set(lamports);
        }
        self.0.limit.set(limit);
    }

    pub(super) fn tallied(&self, tally: &CycleEnd) {
        self.0.put_off.inc_by(tally.put_off);
    }

    pub(super) fn beyond_budget(&self) {
        self.0.beyond_budget.inc();
    }

    pub(super) fn under_way(&self, flights: usize) {
        self.0.under_way.set(flights as u64);
    }

    pub(super) fn chain_error(&self) {
        self.0.chain_errors.inc();
    }

    pub(super) fn journal_error(&self) {
        self.0.journal_errors.inc();
    }

    pub(super) fn cycle(&self, seconds: f64, went_well: bool) {
        self.0.cycle_seconds.observe(seconds);
        self.0.cycles.get_or_create(&OfResult { result: if went_well { "done" } else { "broken-off" } }).inc();
        self.0.healthy.set(u64::from(went_well));
    }
}

impl Numbers {
    fn register(&mut self) {
        let Self { registry, .. } = self;
        registry.register("cycles", "Turns of the loop, by how they ended", self.cycles.clone());
        registry.register_with_unit("cycle", "Length of a turn of the loop", Unit::Seconds, self.cycle_seconds.clone());
        registry.register("actions", "Actions, by kind and outcome", self.actions.clone());
        registry.register("refusals", "Actions that a trial refused, by error", self.refusals.clone());
        registry.register("due", "Actions due in the last plan", self.due.clone());
        registry.register("put_off", "Actions put off", self.put_off.clone());
        registry.register("beyond_budget", "Transactions put off for the hour's budget", self.beyond_budget.clone());
        registry.register("spent_lamports", "Lamports spent by this process", self.lamports.clone());
        registry.register("pay", "Pay that vaults promised, in their base units", self.pay.clone());
        registry.register(
            "hour_lamports",
            "Lamports spent in the last hour, by how they are known",
            self.spent.clone(),
        );
        registry.register("hour_limit_lamports", "Lamports that may be spent in an hour", self.limit.clone());
        registry.register("under_way", "Transactions whose outcome is not known", self.under_way.clone());
        registry.register("vaults", "Vaults in the last plan", self.vaults.clone());
        registry.register("slot", "Slot of the last plan", self.slot.clone());
        registry.register("wallet_lamports", "Balance of the keeper's key", self.wallet.clone());
        registry.register("chain_errors", "Questions that no node answered", self.chain_errors.clone());
        registry.register("journal_errors", "Writes that the journal refused", self.journal_errors.clone());
        registry.register("healthy", "1 if the last turn of the loop went well", self.healthy.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_what_was_counted() {
        let metrics = Metrics::new();
        let vault = Pubkey::new_from_array([7; 32]);
        let landed = Outcome::Landed { slot: 1, lamports: 5_000, pay: vec![(vault, 30)] };
        metrics.settled(ActionKind::RecallOverdue, &landed);
        metrics.paid(5_000, &[(vault, 30)]);
        metrics.paid(5_100, &[(vault, 12)]);
        metrics.refused(ActionKind::Refresh, "StaleVenue");
        metrics.spending(&Spending { settled: 1, reserved: 2, outside: 3 }, 50);
        metrics.cycle(0.3, true);
        let text = metrics.text();
        for line in [
            "gimbal_keeper_actions_total{kind=\"recall-overdue\",outcome=\"landed\"} 1",
            "gimbal_keeper_actions_total{kind=\"refresh\",outcome=\"refused\"} 1",
            "gimbal_keeper_refusals_total{kind=\"refresh\",name=\"StaleVenue\"} 1",
            "gimbal_keeper_spent_lamports_total 10100",
            &format!("gimbal_keeper_pay_total{{vault=\"{vault}\"}} 42"),
            "gimbal_keeper_hour_lamports{counted=\"outside\"} 3",
            "gimbal_keeper_hour_limit_lamports 50",
            "gimbal_keeper_cycle_seconds_bucket{le=\"0.5\"} 1",
            "gimbal_keeper_cycle_seconds_bucket{le=\"0.25\"} 0",
            "gimbal_keeper_healthy 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }
}
