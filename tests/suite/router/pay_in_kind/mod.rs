//! `pay_in_kind`: a part of everything as it lies. The vault is a key of the test here.

mod accounts;
mod forgone;
mod in_flight;
mod payment;
mod sixteen;

use super::*;

use anchor_lang::prelude::{AccountMeta, Pubkey};
use gimbal::instructions::{
    router::{kind_sources, KindSource},
    token,
};
use gimbal::setup::tokens;

/// The router in a receiver's place.
const FORGONE: Pubkey = strategy_router::ID;

/// `count` lines with `each` base units, of 1,000 USDC of Alice's; the rest lies in cash.
fn kind(count: usize, each: u64) -> (Fixture, Keypair) {
    let mut fx = Fixture::from_plan(quiet(1));
    let alice = fx.depositor(1_000 * USDC);
    let vault = own::with_lines(&mut fx, &quiet(count).lines.into_iter().map(without_width).collect::<Vec<_>>());
    own::credit(&mut fx, &vault, &alice, 1_000 * USDC).unwrap();
    for place in 0..count {
        own::allocate_to(&mut fx, &vault, place, each).unwrap();
        assert_eq!(fx.line(place).position, each);
    }
    (fx, vault)
}

fn without_width(mut line: LinePlan) -> LinePlan {
    line.params.widen_rate = 0;
    line
}

/// Where a part is paid to.
#[derive(Clone)]
struct Leaver {
    base: Pubkey,
    sources: Vec<KindSource>,
    receivers: Vec<Pubkey>,
}

impl Leaver {
    /// Bob, with an account for everything that lies in the ledger.
    fn bob(fx: &mut Fixture) -> Self {
        let bob = fx.depositor(0);
        let ledger = fx.deployment.vault.addresses.ledger;
        let sources = kind_sources(&fx.chain, &ledger, &fx.ledger()).unwrap();
        let payer = fx.deployment.actors.payer.pubkey();
        let mut receivers = Vec::new();
        for source in &sources {
            let create = token::create_associated(&payer, &bob.pubkey(), &source.mint, &source.token_program);
            fx.send(&[create], &[]).unwrap();
            receivers.push(token::associated(&bob.pubkey(), &source.mint, &source.token_program));
        }
        Self { base: bob.base, sources, receivers }
    }

    fn groups(&self) -> Vec<[AccountMeta; 4]> {
        let pairs = self.sources.iter().zip(&self.receivers);
        pairs.map(|(source, to)| if *to == FORGONE { source.forgone() } else { source.paid_to(to) }).collect()
    }

    fn take(&self, fx: &mut Fixture, vault: &Keypair, share: (u64, u64)) -> Outcome {
        take(fx, vault, Some(self.base), &self.groups(), share)
    }

    /// What has arrived, the base asset apart.
    fn received(&self, fx: &Fixture) -> Vec<u64> {
        let amount = |account: &Pubkey| if *account == FORGONE { 0 } else { fx.balance(account) };
        self.receivers.iter().map(amount).collect()
    }
}

fn take(
    fx: &mut Fixture,
    vault: &Keypair,
    base: Option<Pubkey>,
    groups: &[[AccountMeta; 4]],
    share: (u64, u64),
) -> Outcome {
    let take = own::pay_in_kind_instruction(fx, &vault.pubkey(), base, groups.concat(), share);
    fx.send(&gimbal::bundle::with_budget(&[take]), &[vault])
}

fn values(fx: &Fixture, place: usize) -> [u64; 4] {
    let line = fx.line(place);
    [line.position, line.low, line.mid, line.high]
}

/// Writes bytes of a token account as no transaction here could.
fn tamper(fx: &mut Fixture, account: &Pubkey, offset: usize, bytes: &[u8]) {
    let mut content = fx.chain.require_account(account).unwrap();
    content.data[offset..offset + bytes.len()].copy_from_slice(bytes);
    fx.chain.set_account(account, content).unwrap();
}
