use anchor_lang::prelude::*;
use gimbal_venue_wire::klend::layout as at;

use crate::{
    error::LendingError,
    state::{reserve, Borrowers, Cohort, Market, MAX_COHORTS},
};

/// A cohort as its author describes it. [`Cohort`] says what each number does.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct CohortParams {
    /// Name of the collateral, ASCII, zero padded.
    pub symbol: [u8; 8],
    /// Collateral it starts with and rebuilds towards, millionths of a whole token.
    pub collateral: u64,
    /// Loan to value it wants at a flat price and free money, basis points.
    pub target_ltv_bps: u16,
    /// Loan to value from which it is liquidated, basis points.
    pub liquidation_ltv_bps: u16,
    /// A liquidator's bonus, basis points.
    pub bonus_bps: u16,
    /// Share of the debt one liquidation repays, basis points.
    pub close_factor_bps: u16,
    /// Yearly borrow rate at which it wants no loan, basis points.
    pub choke_rate_bps: u32,
    /// Share of the way to what it wants that one step goes, basis points.
    pub speed_bps: u16,
    /// Share of the missing collateral rebuilt in one step, basis points.
    pub refill_bps: u16,
    /// Weight of the newest price in the slow average, basis points.
    pub slow_bps: u16,
}

impl CohortParams {
    fn validate(&self) -> Result<()> {
        let shares = [
            self.liquidation_ltv_bps,
            self.bonus_bps,
            self.close_factor_bps,
            self.speed_bps,
            self.refill_bps,
            self.slow_bps,
        ];
        require!(shares.iter().all(|share| *share <= 10_000), LendingError::InvalidConfig);
        require!(
            self.target_ltv_bps < self.liquidation_ltv_bps && self.close_factor_bps > 0 && self.choke_rate_bps > 0,
            LendingError::InvalidConfig
        );
        Ok(())
    }

    fn cohort(&self) -> Cohort {
        Cohort {
            symbol: self.symbol,
            collateral: self.collateral,
            home_collateral: self.collateral,
            target_ltv_bps: self.target_ltv_bps,
            liquidation_ltv_bps: self.liquidation_ltv_bps,
            bonus_bps: self.bonus_bps,
            close_factor_bps: self.close_factor_bps,
            choke_rate_bps: self.choke_rate_bps,
            speed_bps: self.speed_bps,
            refill_bps: self.refill_bps,
            slow_bps: self.slow_bps,
            ..Cohort::default()
        }
    }
}

/// Accounts of `set_cohorts`.
#[derive(Accounts)]
pub struct SetCohorts<'info> {
    /// The market's owner.
    pub owner: Signer<'info>,
    /// The market.
    #[account(has_one = owner @ LendingError::InvalidMarketOwner)]
    pub market: AccountLoader<'info, Market>,
    /// Its reserve.
    /// CHECK: owner, length and discriminator are checked on every access.
    #[account(
        constraint = reserve::field(&reserve, at::LENDING_MARKET)? == market.key() @ ErrorCode::ConstraintHasOne,
    )]
    pub reserve: UncheckedAccount<'info>,
    /// The reserve's borrowers.
    #[account(mut, has_one = reserve)]
    pub borrowers: AccountLoader<'info, Borrowers>,
}

impl<'info> SetCohorts<'info> {
    fn validate(cohorts: &[CohortParams]) -> Result<()> {
        require!(cohorts.len() <= MAX_COHORTS, LendingError::TooManyCohorts);
        cohorts.iter().try_for_each(CohortParams::validate)
    }

    /// - Replaces all cohorts; one with debt cannot be replaced.
    #[access_control(Self::validate(&cohorts))]
    pub fn handler(ctx: Context<'info, Self>, cohorts: Vec<CohortParams>) -> Result<()> {
        let mut borrowers = ctx.accounts.borrowers.load_mut()?;
        require!(borrowers.cohorts.iter().all(|cohort| cohort.loan.debt_sf == [0; 2]), LendingError::CohortHasDebt);
        borrowers.cohorts = [Cohort::default(); MAX_COHORTS];
        for (place, params) in borrowers.cohorts.iter_mut().zip(&cohorts) {
            *place = params.cohort();
        }
        borrowers.cohort_count = u8::try_from(cohorts.len()).map_err(|_| LendingError::TooManyCohorts)?;
        Ok(())
    }
}
