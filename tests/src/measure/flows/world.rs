//! A vault with everything on that an instruction can be made to pay for.

use anchor_lang::prelude::Pubkey;
use gimbal::{bundle::with_budget, chain::Chain};
use solana_instruction::Instruction;
use vault::math::{gate_leaf, gate_node, rose_too_fast};
use vault::state::Moment;
use vault::{FeesArgs, VaultLimitsArgs};

use crate::{Fixture, Outcome, User, DAY, USDC};

/// Hashes of a proof on the world's list: as many as a list of a million wallets needs.
pub const PROOF: u8 = 20;
/// First deadline of a ticket, seconds.
pub const DEADLINE: u64 = 7 * DAY;
/// Least age of a ticket, seconds.
const MIN_AGE: u32 = 60;
/// What Alice paid in, base units.
const HERS: u64 = 200_000 * USDC;

/// Fees of all four kinds, a deposit cap, limits of outflow and of the price's speed both ways, a least ticket, a least
/// age, and a list of who may pay in; lines that all hold money; a price that rose too fast to be paid at once, and is
/// above the mark.
#[derive(Clone)]
pub struct World {
    /// The chain.
    pub fx: Fixture,
    /// On the list, with some 200,000 shares.
    pub alice: User,
    /// Whom fees are paid to.
    pub recipient: User,
}

/// A vault whose `count` lines all hold money, and nothing is on.
pub fn invested(count: usize) -> Fixture {
    let mut fx = Fixture::with_lines(count);
    let founder = fx.depositor(1_000_000 * USDC);
    fx.vault().deposit(&founder, 1_000_000 * USDC, 0).expect("the first deposit");
    invest(&mut fx, count);
    fx
}

fn invest(fx: &mut Fixture, count: usize) {
    fx.refresh_all();
    for place in 0..count {
        fx.router().rebalance(place).expect("money for every line");
        fx.refresh_all();
    }
}

/// The most of each fee that the vault's code allows but for the performance fee, to `recipient`.
pub fn fees(recipient: &User) -> FeesArgs {
    FeesArgs {
        recipient: recipient.pubkey(),
        management_bps: 500,
        performance_bps: 2_000,
        entry_bps: 100,
        exit_bps: 100,
    }
}

/// The proof of whoever the list was made for by [`root_for`].
pub fn proof() -> Vec<[u8; 32]> {
    (0..PROOF).map(|depth| [depth; 32]).collect()
}

/// The root of a list with `wallet` on it.
pub fn root_for(fx: &Fixture, wallet: &Pubkey) -> [u8; 32] {
    let leaf = gate_leaf(&fx.deployment.vault.addresses.vault, wallet);
    proof().iter().fold(leaf, |node, other| gate_node(&node, other))
}

impl World {
    /// Everything is on, and a day's fees are not due yet: they were charged eight hours ago.
    pub fn new(count: usize) -> Self {
        let mut fx = Fixture::with_lines(count);
        let owner = fx.deployment.actors.owner.insecure_clone();
        let (recipient, founder) = (fx.depositor(0), fx.depositor(1_000_000 * USDC));
        let alice = fx.depositor(2 * HERS);
        fx.vault().set_fees(&owner, fees(&recipient)).expect("fees before the first deposit");
        let limits = VaultLimitsArgs {
            deposit_cap: 100_000_000 * USDC,
            min_ticket: USDC,
            ticket_min_age: MIN_AGE,
            outflow_bps: 5_000,
            speed_up_bps: 50,
            speed_down_bps: 500,
            ..VaultLimitsArgs::default()
        };
        fx.vault().set_limits(&owner, limits).expect("limits before the first deposit");
        fx.vault().deposit(&founder, 1_000_000 * USDC, 0).expect("the first deposit");

        let root = root_for(&fx, &alice.pubkey());
        fx.vault().set_gate(&owner, root).expect("a list");
        fx.vault().admit(&alice.pubkey(), proof()).expect("Alice is on the list");
        let mut world = Self { fx, alice, recipient };
        world.deposit(HERS).expect("Alice's deposit");
        invest(&mut world.fx, count);

        // Fees are charged a day later, which begins a speed window; an hour later there is an exit.
        world.fx.pass(DAY);
        world.fx.vault().crystallise().expect("a day's fees");
        world.fx.pass(3_600);
        world.fx.vault().redeem(&world.alice, 100 * USDC, 0).expect("an exit");
        let gift = world.fx.depositor(24_000 * USDC);
        let cash = world.fx.deployment.vault.addresses.cash;
        world.fx.donate(&gift, &cash, 24_000 * USDC).expect("a gift of 2%");
        world.fx.router().harvest_cash().expect("the gift is adopted");
        world.fx.pass(7 * 3_600);
        world.assert_prices(false);
        world
    }

    /// Everything is on, and a day's fees for time and gains are due. The next flow begins another window of speed, with
    /// the last flow's price, before the gift.
    pub fn due(count: usize) -> Self {
        let mut world = Self::new(count);
        world.fx.pass(16 * 3_600 + 1_800);
        world.assert_prices(true);
        world
    }

    /// Whether a day's fees are due, for time and gains; and that the price rose too fast.
    fn assert_prices(&self, is_due: bool) {
        let now = self.fx.chain.clock().expect("a clock").unix_timestamp;
        let at = Moment { now, nav: self.fx.ledger().nav(now).expect("a fresh NAV") };
        let mut vault = self.fx.vault_state();
        let charged = vault.crystallise_if_due(now, at.nav.low).expect("fees");
        assert_eq!(charged.is_some(), is_due);
        if let Some(charged) = charged {
            assert!(!charged.due.management.is_zero() && !charged.due.performance.is_zero(), "{charged:?}");
        }
        let price = vault.touch_speed(&at).expect("a price");
        assert!(rose_too_fast(&vault.speed, price, vault.limits.speed_up_bps), "{price} after {:?}", vault.speed);
    }

    /// [`World::new`] or [`World::due`].
    pub fn of(count: usize, is_due: bool) -> Self {
        if is_due {
            Self::due(count)
        } else {
            Self::new(count)
        }
    }

    /// Sends what only Alice signs.
    pub fn send(&mut self, instructions: &[Instruction]) -> Outcome {
        self.fx.send(&with_budget(instructions), &[&self.alice.key])
    }

    /// An entry of Alice's, with the proof that she may pay in.
    pub fn enter(&mut self, entry: Instruction) -> Outcome {
        let entry = self.fx.deployment.vault.as_member(&self.alice.pubkey(), entry);
        self.send(&[entry])
    }

    /// Alice pays `assets` in.
    pub fn deposit(&mut self, assets: u64) -> Outcome {
        let deposit = self.fx.deployment.vault.deposit(&self.alice.pubkey(), assets, 0);
        self.enter(deposit)
    }

    /// Queues `count` tickets of Alice's for at least `min_assets` each, and lets them grow old enough.
    pub fn queue(&mut self, count: u8, min_assets: u64) {
        for _ in 0..count {
            let alice = self.alice.clone();
            self.fx.vault().request_redeem_at_least(&alice, 100 * USDC, min_assets).expect("a ticket");
        }
        self.fx.pass(MIN_AGE.into());
    }
}
