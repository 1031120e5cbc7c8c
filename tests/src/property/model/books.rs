//! The vault's counts and what a flow does to them: fees, price windows, entries and exits.

use super::{down, up, Pool, VIRTUAL};
use crate::property::seen::Seen;

/// Binary places of share prices.
const PRICE_BITS: u32 = 40;
/// Seconds between two crystallisations, and of a window of the price's speed.
const DAY: i64 = 86_400;
/// Seconds of the management fee's year, times the basis points of a whole.
const YEAR_BPS: u128 = 31_536_000 * BPS;
const BPS: u128 = 10_000;

/// Base asset and shares that change sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Base units.
    pub assets: u128,
    /// Share units.
    pub shares: u128,
    /// Of the assets, or of what the shares were worth, what stays in the pool as a fee, base units.
    pub fee: u128,
}

/// What a user asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Exactly so many base units in.
    Deposit(u64),
    /// Exactly so many shares bought.
    Mint(u64),
    /// Exactly so many base units out.
    Withdraw(u64),
    /// Exactly so many shares given.
    Redeem(u64),
}

impl Wish {
    /// Whether it brings something in.
    pub fn is_entry(self) -> bool {
        matches!(self, Self::Deposit(_) | Self::Mint(_))
    }
}

/// What leavers are priced by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// With the fee shares of the running day.
    pub pool: Pool,
    /// Without them.
    pub supply: u128,
    /// Exit fee, basis points.
    pub fee_bps: u128,
}

impl Exit {
    /// What `shares` are paid: their worth rounded down less the fee rounded up, no fee where nobody stays.
    pub fn paid(&self, shares: u128) -> u128 {
        self.pool.redeem(shares) - self.fee(shares)
    }

    /// What is kept of their worth.
    pub fn fee(&self, shares: u128) -> u128 {
        let gross = self.pool.redeem(shares);
        if shares >= self.supply {
            0
        } else {
            up(gross, self.fee_bps, BPS)
        }
    }

    /// Shares for exactly `assets` out, and what is kept of their worth.
    pub fn shares_for(&self, assets: u128) -> (u128, u128) {
        let free = self.pool.withdraw(assets);
        if self.fee_bps == 0 || free >= self.supply {
            return (free, 0);
        }
        let gross = up(assets, BPS, BPS - self.fee_bps);
        (self.pool.withdraw(gross), gross - assets)
    }
}

/// The vault's counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Books {
    /// Shares in issue.
    pub shares: u128,
    /// Shares accrued as fees.
    pub fee_shares: u128,
    /// Highest price charged up to, × 2^40.
    pub mark: u128,
    /// When fees were charged last.
    pub crystallised_at: i64,
    /// Start, price, last price and time of the last price of the speed window.
    pub speed: (i64, u128, u128, i64),
    /// Net outflow that counts, share units, and up to when it has leaked.
    pub outflow: (i128, i64),
    /// Second, NAV high and shares of the cheapest entry of the last second in which there was one.
    pub cheapest: (i64, u128, u128),
    management_bps: u128,
    performance_bps: u128,
    entry_bps: u128,
    exit_bps: u128,
    speed_up: u128,
    speed_down: u128,
    outflow_bps: u128,
}

impl Books {
    /// As they stand.
    pub fn of(seen: &Seen) -> Self {
        let vault = &seen.vault;
        let (fees, limits, speed) = (&vault.fees, &vault.limits, &vault.speed);
        Self {
            shares: vault.shares.into(),
            fee_shares: vault.fee_shares.into(),
            mark: fees.mark.into(),
            crystallised_at: fees.crystallised_at,
            speed: (speed.start, speed.price.into(), speed.last_price.into(), speed.last_at),
            outflow: (vault.outflow.used.into(), vault.outflow.at),
            outflow_bps: limits.outflow_bps.into(),
            cheapest: (vault.entry.at, vault.entry.assets.into(), vault.entry.shares.into()),
            management_bps: fees.management_bps.into(),
            performance_bps: fees.performance_bps.into(),
            entry_bps: fees.entry_bps.into(),
            exit_bps: fees.exit_bps.into(),
            speed_up: limits.speed_up_bps.into(),
            speed_down: limits.speed_down_bps.into(),
        }
    }

    /// Both kinds of shares with `nav` base units.
    pub fn pool(&self, nav: u64) -> Pool {
        Pool { assets: nav.into(), shares: self.shares + self.fee_shares }
    }

    /// Fee shares that charging at `low` and `now` would make, rounded down, and whether anything is due at all.
    fn due(&self, low: u64, now: i64) -> (u128, bool) {
        let pool = self.pool(low);
        if pool.shares == 0 {
            return (0, false);
        }
        let seconds = u128::try_from(now - self.crystallised_at).unwrap_or(0);
        let management = down(pool.assets, (self.management_bps * seconds).min(YEAR_BPS / 2), YEAR_BPS);
        let price = ((pool.assets - management + VIRTUAL) << PRICE_BITS) / (pool.shares + VIRTUAL);
        let gain = (price.saturating_sub(self.mark) * pool.shares) >> PRICE_BITS;
        let performance = down(gain, self.performance_bps, BPS);
        let fee = management + performance;
        (down(fee, pool.shares + VIRTUAL, pool.assets + VIRTUAL - fee), fee > 0)
    }

    /// Charges fees if a day has passed; how many shares that made.
    pub fn crystallise_if_due(&mut self, low: u64, now: i64) -> u128 {
        if now - self.crystallised_at < DAY {
            return 0;
        }
        let made = self.due(low, now).0;
        self.fee_shares += made;
        let pool = self.pool(low);
        if pool.shares > 0 {
            self.mark = self.mark.max(((pool.assets + VIRTUAL) << PRICE_BITS).div_ceil(pool.shares + VIRTUAL));
        }
        self.crystallised_at = now;
        made
    }

    /// What leavers are priced by at `low`, before the limit of speed.
    pub fn leaving(&self, low: u64, now: i64) -> Exit {
        let pool = self.pool(low);
        let (due, any) = self.due(low, now);
        let priced = Pool { assets: pool.assets, shares: pool.shares + due + u128::from(any) };
        Exit { pool: priced, supply: pool.shares, fee_bps: self.exit_bps }
    }

    /// Moves the speed window on; the price at `mid`.
    pub fn touch(&mut self, mid: u64, now: i64) -> u128 {
        if self.speed_up == 0 && self.speed_down == 0 {
            return 0;
        }
        let pool = self.pool(mid);
        let price = ((pool.assets + VIRTUAL) << PRICE_BITS) / (pool.shares + VIRTUAL);
        if pool.shares == 0 {
            self.speed = (0, 0, 0, 0);
        }
        let (start, base, last, last_at) = self.speed;
        if base == 0 || now - start >= DAY {
            let remembered = last != 0 && now - last_at < 2 * DAY;
            self.speed = (now, if remembered { last } else { price }, price, now);
        } else {
            self.speed = (start, base, price, now);
        }
        price
    }

    /// What a flow moves, and the books after it; none where the price falls too fast for an entry or too much has left.
    pub fn flow(&mut self, seen: &Seen, nav: &strategy_router::state::Nav, wish: Wish) -> Option<Move> {
        let now = seen.now;
        self.crystallise_if_due(nav.low, now);
        let entered = wish.is_entry() && self.shares + self.fee_shares == 0;
        if entered {
            self.crystallised_at = now;
            self.mark = ((u128::from(nav.high) + VIRTUAL) << PRICE_BITS).div_ceil(VIRTUAL);
        }
        let price = self.touch(nav.mid, now);
        let base = self.speed.1;
        if wish.is_entry() {
            if self.speed_down > 0 && price * BPS < base * (BPS - self.speed_down) {
                return None;
            }
            let pool = self.pool(nav.high);
            let moved = self.entry(pool, wish);
            let (at, assets, shares) = self.cheapest;
            let was_cheaper = at == now
                && (assets + VIRTUAL) * (pool.shares + VIRTUAL) <= (pool.assets + VIRTUAL) * (shares + VIRTUAL);
            if !was_cheaper {
                self.cheapest = (now, pool.assets, pool.shares);
            }
            self.leak(pool.shares, now);
            self.outflow.0 -= if self.outflow_bps == 0 { 0 } else { moved.shares as i128 };
            self.shares += moved.shares;
            return Some(moved);
        }
        let mut exit = self.leaving(nav.low, now);
        if self.speed_up > 0 && price * BPS > base * (BPS + self.speed_up) {
            let shares = self.shares + self.fee_shares + VIRTUAL;
            let bounded = ((base * shares) >> PRICE_BITS).saturating_sub(VIRTUAL);
            exit.pool.assets = exit.pool.assets.min(bounded);
        }
        exit.pool.assets = exit.pool.assets.min(self.held(&exit, now));
        let moved = match wish {
            Wish::Withdraw(assets) => {
                let (shares, fee) = exit.shares_for(assets.into());
                Move { assets: assets.into(), shares, fee }
            }
            Wish::Redeem(shares) => {
                let shares = u128::from(shares);
                Move { assets: exit.paid(shares), shares, fee: exit.fee(shares) }
            }
            Wish::Deposit(_) | Wish::Mint(_) => return None,
        };
        self.leak(exit.supply, now);
        if self.outflow_bps > 0 {
            let limit = self.outflow_limit(exit.supply);
            self.outflow.0 += moved.shares as i128;
            if self.outflow.0 > limit {
                return None;
            }
        }
        self.shares = self.shares.saturating_sub(moved.shares);
        Some(moved)
    }

    /// What the pool would hold at the price of this second's cheapest entry; all of it where there was none.
    pub fn held(&self, exit: &Exit, now: i64) -> u128 {
        let (at, assets, shares) = self.cheapest;
        if at != now {
            return exit.pool.assets;
        }
        down(assets + VIRTUAL, exit.supply + VIRTUAL, shares + VIRTUAL).saturating_sub(VIRTUAL)
    }

    /// The limit's part of the shares that were there before what the bucket counts.
    fn outflow_limit(&self, supply: u128) -> i128 {
        (supply as i128 + self.outflow.0) * self.outflow_bps as i128 / BPS as i128
    }

    /// What has left leaks by the limit a day, rounded down; what came in fades by its part of a day, rounded up.
    fn leak(&mut self, supply: u128, now: i64) {
        if self.outflow_bps == 0 {
            return;
        }
        let (used, at) = self.outflow;
        let seconds = i128::from((now - at).max(0));
        let used = if used < 0 {
            used + (-used * seconds.min(DAY.into()) + i128::from(DAY) - 1) / i128::from(DAY)
        } else {
            (used - self.outflow_limit(supply) * seconds / i128::from(DAY)).max(0)
        };
        self.outflow = (used, now);
    }

    fn entry(&self, pool: Pool, wish: Wish) -> Move {
        match wish {
            Wish::Deposit(assets) => {
                let assets = u128::from(assets);
                let fee = up(assets, self.entry_bps, BPS);
                Move { assets, shares: pool.deposit(assets - fee), fee }
            }
            Wish::Mint(shares) | Wish::Redeem(shares) | Wish::Withdraw(shares) => {
                let net = pool.mint(shares.into());
                let assets = up(net, BPS, BPS - self.entry_bps);
                Move { assets, shares: shares.into(), fee: assets - net }
            }
        }
    }
}
