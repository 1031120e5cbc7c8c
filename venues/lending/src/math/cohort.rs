//! What one cohort of borrowers does in one step, as plain numbers.
//!
//! A cohort holds collateral of a volatile asset and owes the reserve's asset.
//!
//! 1. It rebuilds lost collateral towards its home size, by a share a step.
//! 2. If its loan to value reaches the liquidation threshold, a liquidator repays a part of the debt and
//!    takes collateral worth that and a bonus. If the collateral no longer covers debt and bonus, the
//!    liquidator takes all of it for what it is worth less the bonus, and the rest of the debt is
//!    **never repaid**: the reserve's depositors lose it. A liquidator short of money repays what it has.
//! 3. Else it moves, by a share a step, towards the debt it wants:
//!    collateral value × target loan to value × (price ÷ slow price, within ½ and 1½)
//!    × (1 − borrow rate ÷ choke rate), never beyond a margin below the threshold.
//!
//! So a rising market pulls loans out until the rate on the curve stops them, a falling one pushes
//! repayments in, and a crash liquidates. All numbers are integers; each division says which way it rounds.
//! Values are millionths of a US dollar.

use crate::{error::LendingError, state::Cohort};

/// Basis points in one.
const FULL_BPS: u128 = 10_000;
/// Least and greatest factor of the trend, basis points.
const TREND_BPS: (u128, u128) = (5_000, 15_000);
/// Distance the wanted loan to value keeps from the liquidation threshold, basis points.
const LIQUIDATION_MARGIN_BPS: u128 = 300;
/// Below this debt a liquidator repays all of it at once, millionths of a dollar.
const SMALL_DEBT: u128 = 2_000_000;
/// A price of one dollar.
pub const PRICE_SCALE: u128 = 1_000_000_000_000;

/// What the world is like in this step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conditions {
    /// Price of the collateral, USD a whole token × 10^12.
    pub price: u64,
    /// Price of the loan asset, same unit.
    pub loan_price: u64,
    /// Decimals of the loan asset.
    pub loan_decimals: u32,
    /// What the cohort owes, units rounded up.
    pub debt: u64,
    /// Yearly borrow rate, basis points rounded up.
    pub borrow_rate_bps: u32,
    /// The most the reserve would lend, units.
    pub room: u64,
    /// What the borrowers have to repay with, units.
    pub wallet: u64,
    /// What the liquidators have to repay with, units.
    pub liquidators: u64,
}

/// What the cohort does to the reserve in this step, units of the loan asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Move {
    /// New loan.
    pub borrow: u64,
    /// Repaid by the cohort.
    pub repay: u64,
    /// Repaid by liquidators.
    pub liquidate: u64,
    /// Whether what remains of the debt will never be repaid.
    pub default_on_rest: bool,
}

type Outcome<T> = Result<T, LendingError>;

fn mul_div_down(a: u128, b: u128, d: u128) -> Outcome<u128> {
    a.checked_mul(b).and_then(|product| product.checked_div(d)).ok_or(LendingError::MathOverflow)
}

fn mul_div_up(a: u128, b: u128, d: u128) -> Outcome<u128> {
    let product = a.checked_mul(b).ok_or(LendingError::MathOverflow)?;
    if d == 0 {
        return Err(LendingError::MathOverflow);
    }
    Ok(product.div_ceil(d))
}

fn units(value: u128) -> Outcome<u64> {
    u64::try_from(value).map_err(|_| LendingError::MathOverflow)
}

impl Conditions {
    /// Units of the loan asset worth one dollar's millionth at a price of one, times 10^12.
    fn unit_scale(&self) -> Outcome<u128> {
        10u128.checked_pow(self.loan_decimals).and_then(|d| d.checked_mul(1_000_000)).ok_or(LendingError::MathOverflow)
    }

    /// Value of `amount` units of the loan asset, rounded up.
    fn value_up(&self, amount: u64) -> Outcome<u128> {
        mul_div_up(u128::from(amount), u128::from(self.loan_price), self.unit_scale()?)
    }

    /// Units of the loan asset worth `value`, rounded down.
    fn units_down(&self, value: u128) -> Outcome<u64> {
        units(mul_div_down(value, self.unit_scale()?, u128::from(self.loan_price))?)
    }

    /// Value of `collateral` millionths of a token, rounded down.
    fn collateral_value_down(&self, collateral: u64) -> Outcome<u128> {
        mul_div_down(u128::from(collateral), u128::from(self.price), PRICE_SCALE)
    }
}

/// Lets `cohort` act once. Its collateral, prices and cumulative figures change here; its loan does not.
pub fn step(cohort: &mut Cohort, now: &Conditions) -> Outcome<Move> {
    if now.price == 0 || now.loan_price == 0 {
        return Err(LendingError::ZeroPrice);
    }
    rebuild_collateral(cohort)?;
    follow_price(cohort, now.price)?;
    let value = now.collateral_value_down(cohort.collateral)?;
    let debt_value = now.value_up(now.debt)?;
    let threshold = mul_div_down(value, u128::from(cohort.liquidation_ltv_bps), FULL_BPS)?;
    if now.debt > 0 && debt_value >= threshold {
        return liquidate(cohort, now, value, debt_value);
    }
    adjust(cohort, now, value, debt_value)
}

fn rebuild_collateral(cohort: &mut Cohort) -> Outcome<()> {
    let missing = u128::from(cohort.home_collateral.saturating_sub(cohort.collateral));
    let rebuilt = units(mul_div_down(missing, u128::from(cohort.refill_bps), FULL_BPS)?)?;
    cohort.collateral = cohort.collateral.checked_add(rebuilt).ok_or(LendingError::MathOverflow)?;
    Ok(())
}

fn follow_price(cohort: &mut Cohort, price: u64) -> Outcome<()> {
    cohort.price = price;
    if cohort.slow_price == 0 {
        cohort.slow_price = price;
        return Ok(());
    }
    let weight = u128::from(cohort.slow_bps);
    let old = mul_div_down(u128::from(cohort.slow_price), FULL_BPS.saturating_sub(weight), 1)?;
    let new = mul_div_down(u128::from(price), weight, 1)?;
    let sum = old.checked_add(new).ok_or(LendingError::MathOverflow)?;
    cohort.slow_price = units(mul_div_down(sum, 1, FULL_BPS)?)?.max(1);
    Ok(())
}

fn liquidate(cohort: &mut Cohort, now: &Conditions, value: u128, debt_value: u128) -> Outcome<Move> {
    let with_bonus = FULL_BPS.checked_add(u128::from(cohort.bonus_bps)).ok_or(LendingError::MathOverflow)?;
    let covered_value = mul_div_down(value, FULL_BPS, with_bonus)?;
    let covers_debt = covered_value >= debt_value;
    let wanted = if !covers_debt {
        now.units_down(covered_value)?.min(now.debt)
    } else if debt_value <= SMALL_DEBT {
        now.debt
    } else {
        units(mul_div_up(u128::from(now.debt), u128::from(cohort.close_factor_bps), FULL_BPS)?)?.min(now.debt)
    };
    let paid = wanted.min(now.liquidators);
    let exhausted = !covers_debt && paid == wanted;
    if exhausted {
        cohort.collateral = 0;
    } else {
        let seized_value = mul_div_up(now.value_up(paid)?, with_bonus, FULL_BPS)?;
        let seized = mul_div_up(seized_value, PRICE_SCALE, u128::from(now.price))?;
        cohort.collateral = u64::try_from(seized).map_or(0, |seized| cohort.collateral.saturating_sub(seized));
    }
    cohort.liquidated = cohort.liquidated.checked_add(paid).ok_or(LendingError::MathOverflow)?;
    Ok(Move { liquidate: paid, default_on_rest: exhausted && paid < now.debt, ..Move::default() })
}

fn adjust(cohort: &Cohort, now: &Conditions, value: u128, debt_value: u128) -> Outcome<Move> {
    let wanted = wanted_debt_value(cohort, now, value)?;
    let speed = u128::from(cohort.speed_bps);
    if wanted >= debt_value {
        let more = now.units_down(mul_div_down(wanted.saturating_sub(debt_value), speed, FULL_BPS)?)?;
        return Ok(Move { borrow: more.min(now.room), ..Move::default() });
    }
    let less = now.units_down(mul_div_down(debt_value.saturating_sub(wanted), speed, FULL_BPS)?)?;
    Ok(Move { repay: less.min(now.wallet).min(now.debt), ..Move::default() })
}

fn wanted_debt_value(cohort: &Cohort, now: &Conditions, value: u128) -> Outcome<u128> {
    let (least, most) = TREND_BPS;
    let trend = mul_div_down(u128::from(now.price), FULL_BPS, u128::from(cohort.slow_price))?.clamp(least, most);
    let choke = u128::from(cohort.choke_rate_bps);
    let appetite = choke.saturating_sub(u128::from(now.borrow_rate_bps));
    let ltv = mul_div_down(u128::from(cohort.target_ltv_bps), trend, FULL_BPS)?;
    let ltv = mul_div_down(ltv, appetite, choke.max(1))?;
    let ceiling = u128::from(cohort.liquidation_ltv_bps).saturating_sub(LIQUIDATION_MARGIN_BPS);
    mul_div_down(value, ltv.min(ceiling), FULL_BPS)
}
