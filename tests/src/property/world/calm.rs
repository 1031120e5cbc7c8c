//! The same call in a world without limits of risk: what passes there and was refused here was refused for its risk.

use risk_oracle::state::RegimeState;
use risk_oracle::{Book, RiskParams};
use solana_instruction::Instruction;

use super::World;
use crate::property::checks::{self, hold, Call, Violation};
use crate::property::seen::Seen;
use crate::ChainError;

impl World {
    /// A call that takes money out or risk down and was refused is refused as well where the book limits and cuts nothing.
    pub(super) fn not_for_its_risk(
        &mut self,
        call: &Call,
        instructions: &[Instruction],
        before: &Seen,
        error: &ChainError,
    ) -> Result<(), Violation> {
        if !checks::risk::lowers_risk(call) || !before.book.is_live() {
            return Ok(());
        }
        let Some(after) = self.without_limits(instructions) else { return Ok(()) };
        let meant = match *call {
            Call::Rebalance { place } => checks::risk::takes_out(place, before, &after),
            _ => true,
        };
        hold!("risk never keeps money in", !meant, "{call:?} passes without limits, and was refused: {error}");
        Ok(())
    }

    /// The world after these instructions where the book limits nothing, is calm and follows no network; none where they
    /// are refused there as well. The world itself stays as it is.
    pub fn without_limits(&mut self, instructions: &[Instruction]) -> Option<Seen> {
        let kept = self.fx.chain.clone();
        let book = self.fx.deployment.vault.addresses.book;
        self.edit(&book, |book: &mut Book| {
            (book.params, book.regime) = (RiskParams::NONE, RegimeState::calm());
            (book.network, book.contagion_at) = Default::default();
            book.lines.iter_mut().for_each(|line| (line.cap, line.cap_bps) = (u64::MAX, 10_000));
            book.risks.iter_mut().for_each(|risk| (risk.cap, risk.cap_bps) = (u64::MAX, 10_000));
        });
        let done = self.send_unsigned(instructions).is_ok();
        let seen = done.then(|| Seen::of(self));
        self.fx.chain = kept;
        seen
    }
}
