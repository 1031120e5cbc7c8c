//! The strategy router's instructions as a test sends them. Lines are named by their place in the deployment, from 0.

use anchor_lang::prelude::Pubkey;
use gimbal::bundle::with_budget;
use gimbal::instructions::{
    changes::{presenting, Queue},
    router::{self, LineContext},
    vault::VaultContext,
};
use gimbal_control::{Direction, Role, CHANGE_DELAY};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use strategy_router::{LimitsArgs, LineParams};

use crate::{queue::remaining, Fixture, Outcome};

/// Sends the strategy router's instructions. Nothing is bundled in front of them.
pub struct RouterClient<'a> {
    /// The fixture.
    pub fx: &'a mut Fixture,
    /// Whether what may have to wait is proposed, waits, and is applied.
    pub queued: bool,
}

impl RouterClient<'_> {
    fn vault(&self) -> VaultContext {
        self.fx.deployment.vault
    }

    fn ledger(&self) -> Pubkey {
        self.fx.deployment.vault.addresses.ledger
    }

    fn line(&self, place: usize) -> LineContext {
        self.fx.deployment.lines[place].context.clone()
    }

    fn id(&self, place: usize) -> u16 {
        self.fx.deployment.lines[place].addresses.id
    }

    /// Venue calls take more than the default of compute units.
    fn call(&mut self, instruction: Instruction, signers: &[&dyn Signer]) -> Outcome {
        self.fx.send(&with_budget(&[instruction]), signers)
    }

    /// What may have to wait does: it is proposed, two days pass, everything is refreshed, and it is applied.
    pub fn queued(mut self) -> Self {
        self.queued = true;
        self
    }

    /// Sends what may have to wait.
    fn guarded(&mut self, instruction: Instruction, signer: &Keypair) -> Outcome {
        if !self.queued {
            return self.call(instruction, &[signer]);
        }
        let change = self.next_change();
        self.propose_change(signer, &instruction)?;
        self.fx.pass(CHANGE_DELAY.unsigned_abs());
        self.apply(signer, instruction, &change)
    }

    /// The ledger's queue.
    pub fn queue(&self) -> Queue {
        self.fx.ledger_queue()
    }

    /// The account of the change that is proposed next.
    pub fn next_change(&self) -> Pubkey {
        self.queue().change(self.fx.ledger().change_nonce)
    }

    /// Queues an instruction of the router.
    pub fn propose_change(&mut self, signer: &Keypair, waiting: &Instruction) -> Outcome {
        let (queue, nonce) = (self.queue(), self.fx.ledger().change_nonce);
        let payer = self.fx.deployment.actors.payer.pubkey();
        let propose = queue.propose(&signer.pubkey(), &payer, nonce, waiting, remaining(&queue, waiting));
        self.fx.send(&[propose], &[signer])
    }

    /// Sends an instruction with a change.
    pub fn apply(&mut self, signer: &Keypair, waiting: Instruction, change: &Pubkey) -> Outcome {
        self.call(presenting(waiting, change), &[signer])
    }

    /// Stops a change.
    pub fn veto_change(&mut self, signer: &Keypair, nonce: u64) -> Outcome {
        let veto = self.queue().veto(&signer.pubkey(), nonce);
        self.fx.send(&[veto], &[signer])
    }

    /// Closes a change.
    pub fn close_change(&mut self, payer: &Pubkey, nonce: u64) -> Outcome {
        let close = self.queue().close(payer, nonce);
        self.fx.send(&[close], &[])
    }

    /// Gives a role up.
    pub fn renounce(&mut self, signer: &Keypair, role: Role) -> Outcome {
        let instruction = router::renounce(&signer.pubkey(), &self.ledger(), role);
        self.fx.send(&[instruction], &[signer])
    }

    /// The keeper with this number in the deployment.
    pub fn keeper(&self, number: usize) -> Keypair {
        self.fx.deployment.actors.keepers[number].insecure_clone()
    }

    /// Values a line, its venue as it is.
    pub fn refresh(&mut self, place: usize) -> Outcome {
        let instruction = router::refresh(&self.vault(), &self.line(place));
        self.fx.send(&[instruction], &[])
    }

    /// Rebalances a line with the first keeper.
    pub fn rebalance(&mut self, place: usize) -> Outcome {
        let keeper = self.keeper(0);
        self.rebalance_by(&keeper, place)
    }

    /// Rebalances a line with any key.
    pub fn rebalance_by(&mut self, keeper: &Keypair, place: usize) -> Outcome {
        let instruction = router::rebalance(&self.vault(), &self.line(place), &keeper.pubkey());
        self.call(instruction, &[keeper])
    }

    /// Brings money back.
    pub fn recall(&mut self, signer: &Keypair, place: usize, amount: u64) -> Outcome {
        let instruction = router::recall(&self.vault(), &self.line(place), &signer.pubkey(), amount);
        self.call(instruction, &[signer])
    }

    /// Brings back what is too much.
    pub fn derisk(&mut self, signer: &Keypair, place: usize) -> Outcome {
        let instruction = router::derisk(&self.vault(), &self.line(place), &signer.pubkey());
        self.call(instruction, &[signer])
    }

    /// Brings back what is too much, for a bounty.
    pub fn derisk_for(&mut self, signer: &Keypair, place: usize, bounty: router::Bounty) -> Outcome {
        let instruction = router::derisk_for(&self.vault(), &self.line(place), &signer.pubkey(), bounty);
        self.call(instruction, &[signer])
    }

    /// Tells the book what lies where.
    pub fn report(&mut self) -> Outcome {
        let instruction = router::report(&self.vault());
        self.call(instruction, &[])
    }

    /// Adopts a line's surplus.
    pub fn harvest(&mut self, place: usize) -> Outcome {
        let instruction = router::harvest(&self.vault(), &self.line(place));
        self.call(instruction, &[])
    }

    /// Adopts surplus cash.
    pub fn harvest_cash(&mut self) -> Outcome {
        let instruction = router::harvest_cash(&self.vault());
        self.fx.send(&[instruction], &[])
    }

    /// Pays a keeper what it has earned.
    pub fn collect_pay(&mut self, keeper: &Keypair) -> Outcome {
        let instruction = router::collect_pay(&self.vault(), &keeper.pubkey());
        self.fx.send(&[instruction], &[keeper])
    }

    /// Sets the order in which exits draw on lines.
    pub fn set_withdraw_order(&mut self, signer: &Keypair, lines: &[u16]) -> Outcome {
        let instruction = router::set_withdraw_order(&signer.pubkey(), &self.ledger(), lines);
        self.fx.send(&[instruction], &[signer])
    }

    /// Registers a keeper.
    pub fn register_keeper(&mut self, signer: &Keypair, key: &Pubkey) -> Outcome {
        let payer = self.fx.deployment.actors.payer.pubkey();
        let instruction = router::register_keeper(&signer.pubkey(), &payer, &self.ledger(), key);
        self.fx.send(&[instruction], &[signer])
    }

    /// Lets a keeper act or stops it.
    pub fn set_keeper_active(&mut self, signer: &Keypair, key: &Pubkey, active: bool) -> Outcome {
        let instruction = router::set_keeper_active(&signer.pubkey(), &self.ledger(), key, active);
        self.fx.send(&[instruction], &[signer])
    }

    /// Sets the ledger's limits.
    pub fn set_limits(&mut self, signer: &Keypair, limits: LimitsArgs) -> Outcome {
        let instruction = router::set_limits(&signer.pubkey(), &self.ledger(), limits);
        self.guarded(instruction, signer)
    }

    /// Sets the ledger's policy.
    pub fn set_policy(&mut self, signer: &Keypair, policy: u8) -> Outcome {
        let instruction = router::set_policy(&signer.pubkey(), &self.ledger(), policy);
        self.fx.send(&[instruction], &[signer])
    }

    /// Sets a line's bounds.
    pub fn set_bounds(&mut self, signer: &Keypair, place: usize, params: LineParams) -> Outcome {
        let instruction = router::set_bounds(&signer.pubkey(), &self.ledger(), self.id(place), params);
        self.guarded(instruction, signer)
    }

    /// 1 active, 2 frozen, 3 winding down.
    pub fn set_status(&mut self, signer: &Keypair, place: usize, status: u8) -> Outcome {
        let instruction = router::set_status(&signer.pubkey(), &self.ledger(), self.id(place), status);
        self.guarded(instruction, signer)
    }

    /// Approves what a line's venue runs now.
    pub fn approve_venue(&mut self, signer: &Keypair, place: usize) -> Outcome {
        let slots = router::CodeSlots::read(&self.fx.chain, &self.line(place))?;
        let instruction = router::approve_venue(&signer.pubkey(), &self.ledger(), &self.line(place), slots);
        self.guarded(instruction, signer)
    }

    /// Adds a line, with the hash of the accounts that it has now.
    pub fn add_strategy(&mut self, signer: &Keypair, line: &router::NewLine) -> Outcome {
        let payer = self.fx.deployment.actors.payer.pubkey();
        let line = line.clone().sealed();
        let instruction = router::add_strategy(&signer.pubkey(), &payer, &self.ledger(), &line);
        self.guarded(instruction, signer)
    }

    /// Removes an empty line.
    pub fn remove_strategy(&mut self, signer: &Keypair, place: usize) -> Outcome {
        let instruction = router::remove_strategy(&signer.pubkey(), &self.ledger(), self.id(place), &signer.pubkey());
        self.fx.send(&[instruction], &[signer])
    }

    /// Pauses new money.
    pub fn pause(&mut self, signer: &Keypair, direction: Direction) -> Outcome {
        let instruction = router::pause(&signer.pubkey(), &self.ledger(), direction);
        self.fx.send(&[instruction], &[signer])
    }

    /// Ends a pause.
    pub fn lift(&mut self, signer: &Keypair, direction: Direction) -> Outcome {
        let instruction = router::lift(&signer.pubkey(), &self.ledger(), direction);
        self.fx.send(&[instruction], &[signer])
    }

    /// Proposes the next owner.
    pub fn propose_owner(&mut self, signer: &Keypair, next: &Pubkey) -> Outcome {
        let instruction = router::propose_owner(&signer.pubkey(), &self.ledger(), next);
        self.fx.send(&[instruction], &[signer])
    }

    /// Accepts the ownership.
    pub fn accept_owner(&mut self, signer: &Keypair) -> Outcome {
        let instruction = router::accept_owner(&signer.pubkey(), &self.ledger());
        self.fx.send(&[instruction], &[signer])
    }

    /// Names the curator.
    pub fn set_curator(&mut self, signer: &Keypair, curator: &Pubkey) -> Outcome {
        let instruction = router::set_curator(&signer.pubkey(), &self.ledger(), curator);
        self.guarded(instruction, signer)
    }

    /// Names the guardian.
    pub fn set_guardian(&mut self, signer: &Keypair, guardian: &Pubkey) -> Outcome {
        let instruction = router::set_guardian(&signer.pubkey(), &self.ledger(), guardian);
        self.guarded(instruction, signer)
    }
}
