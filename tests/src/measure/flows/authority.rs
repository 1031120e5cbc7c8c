//! Fees, the list of who may pay in, and what waits before it changes a live vault.

use gimbal::bundle::with_budget;
use gimbal::instructions::changes::presenting;
use vault::{FeesArgs, VaultLimitsArgs};

use super::world::{fees, proof, root_for, World};
use super::Meter;
use crate::{Keypair, Signer, USDC};

/// Of each of them.
const CEILING: u64 = 40_000;

/// Charging and collecting fees, and admitting.
pub fn terms(meter: &mut Meter) {
    let mut world = World::due(16);
    meter.note("`crystallise`, 16 lines", CEILING, world.fx.vault().crystallise());
    let recipient = world.recipient.pubkey();
    meter.note("`collect_fees`", CEILING, world.fx.vault().collect_fees(&recipient));

    let mut world = World::new(1);
    let owner = owner(&world);
    let wallet = world.alice.pubkey();
    meter.note("`admit`, proof of 20, once more", CEILING, world.fx.vault().admit(&wallet, proof()));
    let newcomer = Keypair::new_from_array([4; 32]).pubkey();
    let root = root_for(&world.fx, &newcomer);
    world.fx.vault().set_gate(&owner, root).expect("a list");
    meter.note("`admit`, proof of 20", CEILING, world.fx.vault().admit(&newcomer, proof()));
}

/// Proposing, vetoing, applying and closing.
pub fn changes(meter: &mut Meter) {
    let mut world = World::new(16);
    let (owner, queue) = (owner(&world), world.fx.vault_queue());
    let guardian = world.fx.deployment.actors.guardian.insecure_clone();
    let vault = world.fx.deployment.vault;
    let dearer = FeesArgs { performance_bps: 3_000, ..fees(&world.recipient) };
    let set = vault.set_fees(&owner.pubkey(), dearer);
    let first = world.fx.vault_state().change_nonce;
    meter.note("`propose_change` of fees", CEILING, world.fx.propose(queue, &set));
    let veto = queue.veto(&guardian.pubkey(), first);
    meter.note("`veto_change`", CEILING, world.fx.send(&[veto], &[&guardian]));
    let payer = world.fx.deployment.actors.payer.pubkey();
    meter.note("`close_change`", CEILING, world.fx.send(&[queue.close(&payer, first)], &[]));

    world.fx.propose(queue, &set).expect("a proposal");
    world.fx.wait_for(queue, first + 1);
    let apply = with_budget(&[presenting(set, &queue.change(first + 1))]);
    meter.note("`set_fees`, a rise that has waited, fees due", CEILING, world.fx.send(&apply, &[&owner]));

    let wider = VaultLimitsArgs { deposit_cap: 200_000_000 * USDC, ..VaultLimitsArgs::default() };
    let set = vault.set_limits(&owner.pubkey(), wider);
    let waited = world.fx.waited(queue, set);
    meter.note("`set_limits`, wider ones that have waited", CEILING, world.fx.send(&[waited], &[&owner]));
}

fn owner(world: &World) -> Keypair {
    world.fx.deployment.actors.owner.insecure_clone()
}
