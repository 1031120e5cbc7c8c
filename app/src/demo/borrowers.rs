//! The borrowers of one lending venue: three cohorts, holding BTC, ETH and SOL as collateral.
//!
//! Demand for loans follows the market (people borrow dollars against what rises), collateral is marked at every step,
//! a cohort past its liquidation threshold is liquidated by halves, and where collateral no longer covers the debt the
//! rest is written off and falls on the suppliers. Debts are kept in step with the venue's own books, which accrue the
//! interest. All arithmetic is on integers.

use super::prices::{Asset, Prices, PRICE_SCALE};

/// Debt over collateral value when a loan is taken, basis points.
const OPENING_LTV: u64 = 5_500;
/// Above this a cohort is liquidated.
const LIQUIDATION_LTV: u64 = 8_000;
/// Collateral given to liquidators per debt repaid, basis points.
const LIQUIDATION_PRICE: u64 = 10_500;
/// Smaller changes of demand are not acted upon, basis points of the supply.
const DEMAND_BAND: u64 = 60;
const BPS: u64 = 10_000;

/// What the cohorts of a venue do at one step, in venue token units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// New loans.
    pub borrow: u64,
    /// Paid back, by choice or by liquidation.
    pub repay: u64,
    /// Never to be paid.
    pub bad_debt: u64,
}

/// One cohort: the same asset, the same fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cohort {
    /// Venue token units owed.
    debt: u64,
    /// Collateral in 10^-6 of the asset's whole token.
    collateral: u64,
}

/// The borrowers of one venue.
#[derive(Clone, Debug)]
pub struct Borrowers {
    cohorts: [Cohort; 3],
    /// Utilisation wanted in a flat market, basis points of the supply.
    appetite: u64,
    /// USD × 10^12 of one whole venue token (10^6 units) at the last step.
    token_price: u64,
}

impl Borrowers {
    /// Borrowers who want `appetite` basis points of the supply in a flat market.
    pub fn new(appetite: u64) -> Self {
        Self { cohorts: Default::default(), appetite, token_price: PRICE_SCALE }
    }

    /// One step: marks, liquidates, then moves towards demand. `available` and `borrowed` are the venue's books;
    /// `week_bps` is the change of each asset over the last week; `token_price` that of the token lent.
    pub fn step(
        &mut self,
        (available, borrowed): (u64, u64),
        prices: &Prices,
        week_bps: &[i64; 3],
        token_price: u64,
    ) -> Moves {
        self.token_price = token_price.max(1);
        self.reconcile(borrowed);
        let mut moves = Moves::default();
        for asset in Asset::ALL {
            self.liquidate(asset, prices, &mut moves);
        }
        self.follow_demand(available.saturating_add(moves.repay), prices, week_bps, &mut moves);
        moves
    }

    /// Spreads the venue's books over the cohorts by their debt, so that interest reaches them; dust to the last.
    fn reconcile(&mut self, borrowed: u64) {
        let owed: u64 = self.cohorts.iter().map(|cohort| cohort.debt).sum();
        let mut rest = borrowed;
        for cohort in &mut self.cohorts {
            cohort.debt = if owed == 0 { 0 } else { scale(cohort.debt, borrowed, owed) };
            rest = rest.saturating_sub(cohort.debt);
        }
        self.cohorts[Asset::Sol.index()].debt += rest;
    }

    fn liquidate(&mut self, asset: Asset, prices: &Prices, moves: &mut Moves) {
        let price = prices[asset.index()];
        let token_price = self.token_price;
        let cohort = &mut self.cohorts[asset.index()];
        let value = token_units(cohort.collateral, price, token_price);
        if cohort.debt == 0 || u128::from(cohort.debt) * u128::from(BPS) <= u128::from(value) * u128::from(LIQUIDATION_LTV)
        {
            return;
        }
        if cohort.debt >= value {
            // Everything is sold; what it does not cover is lost.
            let repaid = scale(value, BPS, LIQUIDATION_PRICE).min(cohort.debt);
            moves.repay += repaid;
            moves.bad_debt += cohort.debt - repaid;
            *cohort = Cohort::default();
            return;
        }
        let repaid = cohort.debt.div_ceil(2);
        let seized = collateral_for(scale(repaid, LIQUIDATION_PRICE, BPS), price, token_price);
        cohort.collateral = cohort.collateral.saturating_sub(seized);
        cohort.debt -= repaid;
        moves.repay += repaid;
    }

    fn follow_demand(&mut self, available: u64, prices: &Prices, week_bps: &[i64; 3], moves: &mut Moves) {
        let debt: u64 = self.cohorts.iter().map(|cohort| cohort.debt).sum();
        let supply = available.saturating_add(debt);
        // A week of +10 % raises the wanted utilisation by 4 points; it never reaches what would leave nothing to lend.
        let mood = week_bps.iter().sum::<i64>() / 3 * 4 / 10;
        let wanted_bps = self.appetite.saturating_add_signed(mood.clamp(-3_000, 1_500)).clamp(1_000, 9_200);
        let wanted = scale(supply, wanted_bps, BPS);
        if wanted.abs_diff(debt) < scale(supply, DEMAND_BAND, BPS) {
            return;
        }
        if wanted > debt {
            let amount = (wanted - debt).min(available);
            let best = Asset::ALL.into_iter().max_by_key(|asset| week_bps[asset.index()]).unwrap_or(Asset::Btc);
            self.lend(best, amount, prices);
            moves.borrow += amount;
        } else {
            let amount = debt - wanted;
            for cohort in &mut self.cohorts {
                let share = scale(cohort.debt, amount, debt);
                cohort.collateral = cohort.collateral.saturating_sub(scale(cohort.collateral, share, cohort.debt.max(1)));
                cohort.debt -= share;
                moves.repay += share;
            }
        }
    }

    fn lend(&mut self, asset: Asset, amount: u64, prices: &Prices) {
        let collateral = collateral_for(scale(amount, BPS, OPENING_LTV), prices[asset.index()], self.token_price);
        let cohort = &mut self.cohorts[asset.index()];
        cohort.debt = cohort.debt.saturating_add(amount);
        cohort.collateral = cohort.collateral.saturating_add(collateral.max(1));
    }

    /// The staged squeeze: takes everything that is left, against the asset that rose most; returns the amount.
    pub fn take_all(&mut self, (available, borrowed): (u64, u64), prices: &Prices, token_price: u64) -> u64 {
        self.token_price = token_price.max(1);
        self.reconcile(borrowed);
        self.lend(Asset::Btc, available, prices);
        available
    }

    /// The staged loss: `bps` of the largest cohort's debt turns out to be uncovered; returns the amount.
    pub fn default_on(&mut self, borrowed: u64, bps: u64) -> u64 {
        self.reconcile(borrowed);
        let Some(cohort) = self.cohorts.iter_mut().max_by_key(|cohort| cohort.debt) else { return 0 };
        let lost = scale(cohort.debt, bps, BPS);
        cohort.debt -= lost;
        lost
    }
}

/// amount × numerator / denominator, rounded down; 0 for a denominator of 0.
fn scale(amount: u64, numerator: u64, denominator: u64) -> u64 {
    if denominator == 0 {
        return 0;
    }
    u64::try_from(u128::from(amount) * u128::from(numerator) / u128::from(denominator)).unwrap_or(u64::MAX)
}

/// Value of collateral in venue token units, rounded down.
fn token_units(collateral: u64, price: u64, token_price: u64) -> u64 {
    scale(collateral, price, token_price)
}

/// Collateral worth an amount of venue token units, rounded down.
fn collateral_for(amount: u64, price: u64, token_price: u64) -> u64 {
    scale(amount, token_price, price)
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: u64 = PRICE_SCALE;
    const FLAT: [i64; 3] = [0; 3];
    const PRICES: Prices = [50_000 * P, 3_000 * P, 100 * P];

    #[test]
    fn demand_follows_the_market() {
        let mut borrowers = Borrowers::new(7_000);
        // 70 % of a supply of 1,000,000.
        assert_eq!(borrowers.step((1_000_000, 0), &PRICES, &FLAT, P), Moves { borrow: 700_000, ..Moves::default() });
        // +10 % a week: mood 400 bps, so 74 %.
        let rise = borrowers.step((300_000, 700_000), &PRICES, &[1_000; 3], P);
        assert_eq!(rise, Moves { borrow: 40_000, ..Moves::default() });
        // −25 % a week: mood −1,000 bps, so 60 %; rounding of the shares may leave units behind.
        let fall = borrowers.step((260_000, 740_000), &PRICES, &[-2_500; 3], P);
        assert!(fall.repay.abs_diff(140_000) <= 3 && fall.borrow == 0 && fall.bad_debt == 0, "{fall:?}");
    }

    #[test]
    fn small_changes_of_demand_cost_no_transaction() {
        let mut borrowers = Borrowers::new(7_000);
        borrowers.step((1_000_000, 0), &PRICES, &FLAT, P);
        assert_eq!(borrowers.step((303_000, 700_000), &PRICES, &FLAT, P), Moves::default());
    }

    #[test]
    fn a_slow_fall_is_liquidated_without_loss() {
        let mut borrowers = Borrowers::new(7_000);
        borrowers.step((1_000_000, 0), &PRICES, &[9, 0, 0], P);
        // Debt 700,000 against 1,272,727 of BTC; after −35 % against 827,272: 84.6 %, above 80 %.
        let down = [PRICES[0] * 65 / 100, PRICES[1], PRICES[2]];
        let moves = borrowers.step((300_000, 700_000), &down, &FLAT, P);
        assert_eq!(moves.bad_debt, 0);
        assert_eq!(moves.repay, 350_000);
    }

    #[test]
    fn a_fall_in_one_step_below_the_debt_leaves_bad_debt() {
        let mut borrowers = Borrowers::new(7_000);
        borrowers.step((1_000_000, 0), &PRICES, &[0, 0, 9], P);
        // 1,272,727 of SOL at −60 % is 509,090; liquidators pay 1/1.05 of it: 484,847; 215,153 are lost.
        let down = [PRICES[0], PRICES[1], PRICES[2] * 40 / 100];
        let moves = borrowers.step((300_000, 700_000), &down, &FLAT, P);
        assert!(moves.repay.abs_diff(484_847) <= 105, "{moves:?}");
        assert_eq!(moves.repay + moves.bad_debt, 700_000);
    }

    #[test]
    fn interest_reaches_the_cohorts() {
        let mut borrowers = Borrowers::new(7_000);
        borrowers.step((1_000_000, 0), &PRICES, &FLAT, P);
        borrowers.reconcile(710_007);
        assert_eq!(borrowers.cohorts.iter().map(|cohort| cohort.debt).sum::<u64>(), 710_007);
    }

    #[test]
    fn the_staged_events_name_their_amounts() {
        let mut borrowers = Borrowers::new(7_000);
        borrowers.step((1_000_000, 0), &PRICES, &FLAT, P);
        assert_eq!(borrowers.take_all((300_000, 700_000), &PRICES, P), 300_000);
        // One cohort holds everything (ties go to the last of the equal, here SOL), BTC the squeeze's 300,000.
        assert_eq!(borrowers.default_on(1_000_000, 500), 35_000);
    }
}
