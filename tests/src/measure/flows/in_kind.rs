//! A part of everything as it lies, up to the most lines that a ledger has.

use gimbal::bundle::with_budget;
use gimbal::chain::Chain;
use gimbal::instructions::{router::KindSource, token};
use gimbal::transaction;
use solana_instruction::Instruction;

use super::world::{World, DEADLINE};
use super::Meter;
use crate::Signer;

/// Of a transaction that pays from a few lines.
const FEW: u64 = 100_000;
/// Of one that pays from sixteen: what a transaction with one instruction asks for.
const ALL: u64 = 200_000;
/// Receivers that one transaction makes.
const MADE_AT_ONCE: usize = 5;

/// A ticket's part of cash and lines, to accounts of its owner.
pub fn in_kind(meter: &mut Meter) {
    for (count, lines, ceiling) in [(1, "1 line", FEW), (3, "3 lines", FEW), (16, "16 lines", ALL)] {
        let mut world = World::new(count);
        world.queue(1, 0);
        world.fx.warp(2 * DEADLINE);
        let (redeem, sources) = redemption(&mut world);
        assert_eq!(sources, count, "every line pays");
        let (bytes, locks) = size(&world, &redeem);
        let name = format!("`redeem_in_kind`, {lines}: {locks} accounts, {bytes} bytes");
        meter.note(name, ceiling, world.send(&[redeem]));
    }
}

/// What takes Alice's ticket 0 in kind, to accounts that are made before, and from how many token accounts.
fn redemption(world: &mut World) -> (Instruction, usize) {
    let payer = world.fx.deployment.actors.payer.pubkey();
    let owner = world.alice.pubkey();
    let sources = world.fx.vault().kind_sources();
    let make = |source: &KindSource| token::create_associated(&payer, &owner, &source.mint, &source.token_program);
    for some in sources.chunks(MADE_AT_ONCE) {
        let make: Vec<Instruction> = some.iter().map(make).collect();
        world.fx.send(&with_budget(&make), &[]).expect("accounts that receive");
    }
    let receiver = |source: &KindSource| token::associated(&owner, &source.mint, &source.token_program);
    let paid: Vec<_> = sources.iter().map(|source| (*source, Some(receiver(source)))).collect();
    (world.fx.deployment.vault.redeem_in_kind(&owner, 0, &paid), sources.len())
}

/// Bytes and locks of the transaction that sends `redeem` with its budget, paid for by the deployment's payer.
///
/// # Panics
///
/// If it fits no transaction.
fn size(world: &World, redeem: &Instruction) -> (usize, usize) {
    let actors = &world.fx.deployment.actors;
    let tables = std::slice::from_ref(&world.fx.deployment.table);
    let blockhash = world.fx.chain.latest_blockhash().expect("a blockhash");
    let all = with_budget(std::slice::from_ref(redeem));
    let signed = transaction::build(&actors.payer, &all, &[&world.alice.key], tables, blockhash);
    let signed = signed.unwrap_or_else(|error| panic!("{error}"));
    (transaction::size(&signed), transaction::locks(&signed.message))
}
