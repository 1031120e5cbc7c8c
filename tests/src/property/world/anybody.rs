//! What keepers do, and what anybody may.

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::router;
use solana_instruction::Instruction;

use super::{part_of, World, POSTER};
use crate::property::action::Action;
use crate::property::checks::{Call, Violation};
use crate::{Asset, Signer};

impl World {
    /// Runs what keepers and strangers do; false for any other action.
    pub(in crate::property) fn run_anybody(&mut self, action: &Action) -> Result<bool, Violation> {
        match *action {
            Action::Crank {} => self.crank()?,
            Action::Update { asset } => self.update(asset)?,
            Action::Refresh { line } => self.refresh(line)?,
            Action::Value { line } => self.value(line)?,
            Action::Rebalance { keeper, line } => self.rebalance(keeper, line)?,
            Action::CollectPay { keeper } => self.collect_pay(keeper)?,
            Action::Recall { line, part, by } => self.recall(line, part, by)?,
            Action::Derisk { line, by } => self.derisk(line, by)?,
            Action::Harvest { line } => self.harvest(line)?,
            Action::HarvestCash {} => self.harvest_cash()?,
            Action::Demand {} => self.demand()?,
            Action::Crystallise {} => self.crystallise()?,
            Action::CollectFees {} => self.collect_fees()?,
            _ => return Ok(false),
        };
        Ok(true)
    }

    /// The key that signs for a role: 0 a stranger, 1 the guardian, 2 the curator, 3 the owner.
    pub(in crate::property) fn role(&self, by: u64) -> Pubkey {
        let actors = &self.fx.deployment.actors;
        match by % 4 {
            0 => self.key(0),
            1 => actors.guardian.pubkey(),
            2 => actors.curator.pubkey(),
            _ => actors.owner.pubkey(),
        }
    }

    pub(in crate::property) fn crank(&mut self) -> Result<bool, Violation> {
        for asset in [0, 1] {
            self.update(asset)?;
        }
        for line in 0..self.fx.deployment.lines.len() as u64 {
            self.refresh(line)?;
        }
        Ok(true)
    }

    /// Posts the present price of an asset anew and brings it to its feed.
    pub(in crate::property) fn update(&mut self, asset: u64) -> Result<bool, Violation> {
        let asset = if asset.is_multiple_of(2) { Asset::Base } else { Asset::Token };
        let feed = *self.fx.deployment.feeds.get(asset);
        let price = self.fx.deployment.plan.price(asset);
        self.outside(|fx| feed.post(&mut fx.chain, price, 0)).expect("a price account");
        self.transact(Call::Price, &[feed.update()])
    }

    pub(in crate::property) fn refresh(&mut self, line: u64) -> Result<bool, Violation> {
        let place = self.place(line);
        if self.thief.is_some_and(|thief| thief.place == place) {
            self.refresh_thief();
        }
        let instructions = self.fx.deployment.refresh_line(&self.fx.deployment.lines[place]);
        self.transact(Call::Value { place }, &instructions)
    }

    pub(in crate::property) fn value(&mut self, line: u64) -> Result<bool, Violation> {
        let place = self.place(line);
        let instruction = router::refresh(&self.fx.deployment.vault, &self.fx.deployment.lines[place].context);
        self.transact(Call::Value { place }, &[instruction])
    }

    fn rebalance(&mut self, keeper: u64, line: u64) -> Result<bool, Violation> {
        let (place, keeper) = (self.place(line), self.keeper(keeper));
        let deployment = &self.fx.deployment;
        let key = deployment.actors.keepers[keeper].pubkey();
        let instruction = router::rebalance(&deployment.vault, &deployment.lines[place].context, &key);
        self.transact(Call::Rebalance { place }, &[deployment.lines[place].reserve.refresh(), instruction])
    }

    /// The place of a keeper.
    pub(in crate::property) fn keeper(&self, number: u64) -> usize {
        (number % self.keeper_accounts.len() as u64) as usize
    }

    fn collect_pay(&mut self, keeper: u64) -> Result<bool, Violation> {
        let keeper = self.keeper(keeper);
        let key = self.fx.deployment.actors.keepers[keeper].pubkey();
        let instruction = router::collect_pay(&self.fx.deployment.vault, &key);
        self.transact(Call::CollectPay { keeper }, &[instruction])
    }

    pub(in crate::property) fn recall(&mut self, line: u64, part: u64, by: u64) -> Result<bool, Violation> {
        let (place, seen) = (self.place(line), self.look());
        let all = if by.is_multiple_of(4) { seen.ledger.queue_need() } else { seen.row(place).mid };
        let (amount, signer) = (part_of(all, part), self.role(by));
        let instruction = self.recall_instruction(place, &signer, amount);
        self.transact(Call::Recall { place, by_stranger: by.is_multiple_of(4) }, &[instruction])
    }

    pub(in crate::property) fn recall_instruction(&self, place: usize, signer: &Pubkey, amount: u64) -> Instruction {
        let deployment = &self.fx.deployment;
        router::recall(&deployment.vault, &deployment.lines[place].context, signer, amount)
    }

    pub(in crate::property) fn derisk(&mut self, line: u64, by: u64) -> Result<bool, Violation> {
        let (place, user) = (self.place(line), if by % 3 == 2 { POSTER } else { 0 });
        let shown = by % 3 != 1;
        let network = self.network.filter(|_| shown);
        let deployment = &self.fx.deployment;
        let bounty = router::Bounty { destination: Some(self.users[user].base), network };
        let context = &deployment.lines[place].context;
        let instruction = router::derisk_for(&deployment.vault, context, &self.key(user), bounty);
        let all = [deployment.lines[place].reserve.refresh(), instruction];
        self.transact(Call::Derisk { place, user, shown }, &all)
    }

    pub(in crate::property) fn harvest(&mut self, line: u64) -> Result<bool, Violation> {
        let place = self.place(line);
        let deployment = &self.fx.deployment;
        let instruction = router::harvest(&deployment.vault, &deployment.lines[place].context);
        self.transact(Call::Harvest { place }, &[deployment.lines[place].reserve.refresh(), instruction])
    }

    pub(in crate::property) fn demand(&mut self) -> Result<bool, Violation> {
        let head = self.look().vault.ticket_head;
        let instruction = self.fx.deployment.vault.demand(head);
        self.transact(Call::Demand, &[instruction])
    }

    pub(in crate::property) fn crystallise(&mut self) -> Result<bool, Violation> {
        let instruction = self.fx.deployment.vault.crystallise();
        self.transact(Call::Crystallise, &[instruction])
    }

    pub(in crate::property) fn collect_fees(&mut self) -> Result<bool, Violation> {
        let wallet = self.look().vault.fees.recipient;
        let instruction = self.fx.deployment.vault.collect_fees(&wallet);
        self.transact(Call::CollectFees, &[instruction])
    }

    pub(in crate::property) fn harvest_cash(&mut self) -> Result<bool, Violation> {
        let instruction = router::harvest_cash(&self.fx.deployment.vault);
        self.transact(Call::HarvestCash, &[instruction])
    }
}
