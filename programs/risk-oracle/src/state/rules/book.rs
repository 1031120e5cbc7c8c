use anchor_lang::prelude::*;

use crate::error::OracleError;
use crate::state::{AssetRisk, Book, LINES, NO_LINE};

impl Book {
    /// What every instruction leaves: parameters, lines, models, regime and residuals are possible, and fit together.
    ///
    /// What a line's exposure says is the ledger's word and not judged here: a kind or terms that name no position count as
    /// the loss of everything.
    ///
    /// # Errors
    /// [`OracleError::InvariantViolated`], or the error that names a setting out of its range.
    #[inline(never)]
    pub fn invariant(&self) -> Result<()> {
        let used = self.risks.iter().filter(|risk| risk.used == 1).count();
        require!(usize::from(self.risk_count) == used, OracleError::InvariantViolated);
        require!(self.refusals <= self.assessments, OracleError::InvariantViolated);
        self.params.validate()?;
        self.lines.iter().try_for_each(|line| line.validate(&self.risks))?;
        self.models.iter().try_for_each(|model| model.validate(&self.assets))?;
        self.regime.validate(&self.params)?;
        require!(self.returns.is_consistent(), OracleError::InvariantViolated);
        Ok(())
    }

    /// What setters leave: the invariant; risks, assets and scenarios within their ranges, none of them twice; nothing
    /// is said of what is not defined.
    ///
    /// # Errors
    /// As [`Self::invariant`]; [`OracleError::LabelInvalid`], [`OracleError::CapBpsOutOfRange`],
    /// [`OracleError::AssetRepeated`], [`OracleError::ShockOutOfRange`].
    #[inline(never)]
    pub fn validate(&self) -> Result<()> {
        self.invariant()?;
        self.risks.iter().try_for_each(|risk| risk.validate())?;
        self.validate_lines()?;
        for (index, asset) in self.assets.iter().enumerate() {
            if asset.is_used() {
                require!(!self.follows_elsewhere(index, &asset.feed), OracleError::AssetRepeated);
            } else {
                require!(*asset == AssetRisk::default(), OracleError::InvariantViolated);
            }
        }
        self.validate_scenarios()?;
        require!(self.follows_network() || self.contagion_at == 0, OracleError::InvariantViolated);
        require!(self.assessments > 0 || self.assessed_at == 0, OracleError::InvariantViolated);
        require!(self.observations > 0 || self.observed_at == 0, OracleError::InvariantViolated);
        Ok(())
    }

    /// No line stands in two rows.
    fn validate_lines(&self) -> Result<()> {
        let mut ids: [u16; LINES] = self.lines.map(|line| line.line_id);
        ids.sort_unstable();
        let twice = ids.windows(2).any(|pair| matches!(pair, [a, b] if a == b && *a != NO_LINE));
        require!(!twice, OracleError::InvariantViolated);
        Ok(())
    }

    /// Scenarios are within their ranges, and only those that are defined were ever worked out.
    fn validate_scenarios(&self) -> Result<()> {
        let mut defined = 0u8;
        for (index, (scenario, at)) in self.scenarios.iter().zip(self.stressed_at).enumerate() {
            scenario.validate()?;
            require!(scenario.is_used() || at == 0, OracleError::InvariantViolated);
            if scenario.is_used() {
                defined |= 1 << (index & 7);
            }
        }
        let stressed = self.models.iter().fold(self.figures.stressed, |bits, model| bits | model.stressed);
        require!(stressed & !defined == 0, OracleError::InvariantViolated);
        Ok(())
    }
}
