//! How shares leave: at once from cash, with a recall, or by a ticket; and the bounds of each part.

use super::ground::Ground;
use super::leave::Redeem;
use crate::exit::ExitPlan;
use crate::preview::{Preview, PreviewError};
use crate::views::bound::Bound;
use crate::views::exits::{all_at_once, by_recall, held_by};
use crate::views::flow::Kind;
use anyhow::Result;
use vault::math::Flow;

/// How shares leave.
pub(super) struct Way {
    /// What leaves at once; none where nothing can.
    pub(super) now: Option<Flow>,
    /// The line that pays what cash lacks for that.
    pub(super) line: Option<u16>,
    /// Share units that queue.
    pub(super) queued: u64,
}

impl Way {
    /// From cash where that is enough for all; else with a recall where that brings more; the rest queues.
    pub(super) fn plan(preview: &Preview, shares: u64, held: u64) -> Result<Self, PreviewError> {
        if let Some(flow) = all_at_once(preview, shares) {
            return Ok(Self { now: Some(flow), line: None, queued: 0 });
        }
        let line = preview.ledger.next_to_withdraw();
        if let (Some(flow), Some(line)) = (by_recall(preview, shares), line) {
            let queued = shares - flow.shares.0;
            let min_ticket = preview.vault.limits.min_ticket;
            // A rest that is too small for a ticket leaves the recall for another time.
            if queued == 0 || queued >= min_ticket || shares == held {
                return Ok(Self { now: Some(flow), line: Some(line), queued });
            }
        }
        let ExitPlan { now, queued } = ExitPlan::new(preview, shares, held)?;
        Ok(Self { now, line: None, queued })
    }
}

/// The worst results that are accepted, base units.
pub(super) struct Bounds {
    /// For what leaves at once.
    pub(super) now: Option<Bound>,
    /// For the ticket; zero for any.
    pub(super) queued: u64,
}

impl Bounds {
    /// A bound that was given counts for all the shares, pro rata. Without one the part that leaves at once has the
    /// slippage's, and a ticket none: its price is that of its turn, and a bound would have it passed.
    pub(super) fn new(ground: &Ground, options: &Redeem, way: &Way) -> Result<Self> {
        let decimals = ground.decimals();
        let at_once = way.now.map_or(0, |flow| flow.shares.0);
        let Some(given) = options.min_assets.as_deref() else {
            let bound = |flow: Flow| options.slippage.bound(Kind::Redeem, flow.assets.0, None, decimals);
            return Ok(Self { now: way.now.map(bound).transpose()?, queued: 0 });
        };
        let all = crate::amount::parse(given, decimals)?;
        let part = |shares: u64| {
            let whole = u128::from(at_once) + u128::from(way.queued);
            u64::try_from((u128::from(all) * u128::from(shares)).div_ceil(whole.max(1))).unwrap_or(u64::MAX)
        };
        let now = way.now.map(|flow| Bound::exactly(Kind::Redeem, part(flow.shares.0), decimals));
        Ok(Self { now, queued: part(way.queued) })
    }
}

/// Why all of it cannot leave at once, and how much can.
pub(super) fn held_up(ground: &Ground, preview: &Preview, way: &Way, shares: u64) -> anyhow::Error {
    let why = held_by(preview, shares).map_or_else(|| "InsufficientCash".to_owned(), |refusal| refusal.name);
    let can = way.now.map_or(0, |flow| flow.shares.0);
    anyhow::anyhow!(
        "only {} of {} can leave at once ({why}), and --no-queue was given: redeem that many, or leave --no-queue out to queue the rest",
        ground.amount(can).ui,
        ground.shares(shares)
    )
}
