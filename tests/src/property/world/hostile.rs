//! What must not work: theft, accounts that do not belong there, and going round for a profit.

use anchor_lang::prelude::{AccountMeta, Pubkey};
use gimbal::instructions::{router, token};
use solana_instruction::Instruction;

use super::{World, HOLDERS};
use crate::property::action::Action;
use crate::property::checks::{Call, Violation};
use crate::property::{leave, round_trip};
use crate::Signer;

impl World {
    /// Runs hostile calls; false for any other action.
    pub(super) fn run_hostile(&mut self, action: &Action) -> Result<bool, Violation> {
        match *action {
            Action::Steal { way, thief, victim } => self.steal(way, Self::holder(thief), Self::holder(victim))?,
            Action::Twist { flow, user, place, other } => self.twist(flow, Self::holder(user), place, other)?,
            Action::RoundTrip { seed, slots } => round_trip::run(self, seed, slots)?,
            Action::Fault { number } => self.fault = Some(number),
            Action::Leave { way } => leave::run(self, way)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn steal(&mut self, way: u64, thief: usize, victim: usize) -> Result<(), Violation> {
        if thief == victim {
            return Ok(());
        }
        let Some(instruction) = self.theft(way, thief, victim) else { return Ok(()) };
        let done =
            self.transact(Call::Foreign { signer: Some(thief) }, &[unsigned_by_others(instruction, &self.key(thief))])?;
        if done {
            let detail = format!("way {way} worked for user {thief} against user {victim}");
            return Err(Violation { rule: "what is another's cannot be taken", detail });
        }
        Ok(())
    }

    /// An attempt to take what is another's; none where there is nothing of that kind.
    fn theft(&mut self, way: u64, thief: usize, victim: usize) -> Option<Instruction> {
        let ticket = self.own_ticket(victim, way);
        let (me, them) = (self.users[thief].clone(), self.users[victim].clone());
        let deployment = &self.fx.deployment;
        let (vault, base) = (deployment.vault, deployment.base);
        let transfer = |from: &Pubkey, authority: &Pubkey| {
            token::transfer(from, &base.key, &me.base, authority, 1, base.decimals, &base.program)
        };
        let shares = anchor_spl::token::ID;
        let take_shares = |from: &Pubkey, authority: &Pubkey| {
            token::transfer(from, &vault.addresses.share_mint, &me.shares, authority, 1, base.decimals, &shares)
        };
        Some(match way % 12 {
            0 => {
                let mut accounts = vault.claim_accounts(&me.pubkey(), ticket?);
                accounts.destination = me.base;
                vault.instruction(accounts, ::vault::instruction::Claim {})
            }
            1 => vault.instruction(vault.cancel_accounts(&me.pubkey(), ticket?), ::vault::instruction::Cancel {}),
            2 => {
                let mut accounts = vault.redeem_accounts(&me.pubkey());
                accounts.shares = them.shares;
                vault.instruction(accounts, ::vault::instruction::Redeem { shares: 1_000, min_assets: 0 })
            }
            3 => {
                let mut accounts = vault.redeem_accounts(&me.pubkey());
                accounts.shares = vault.addresses.escrow;
                vault.instruction(accounts, ::vault::instruction::Redeem { shares: 1_000, min_assets: 0 })
            }
            4 => transfer(&vault.addresses.cash, &vault.addresses.ledger),
            5 => transfer(&vault.addresses.claims, &vault.addresses.vault),
            6 => transfer(&them.base, &me.pubkey()),
            7 => take_shares(&vault.addresses.escrow, &vault.addresses.vault),
            8 => take_shares(&them.shares, &me.pubkey()),
            9 => {
                let mut accounts = vault.deposit_accounts(&me.pubkey());
                accounts.source = them.base;
                vault.instruction(accounts, ::vault::instruction::Deposit { assets: 1_000, min_shares: 0 })
            }
            10 => router::collect_pay(&vault, &deployment.actors.keepers[0].pubkey()),
            _ => router::rebalance(&vault, &deployment.lines[0].context, &me.pubkey()),
        })
    }

    fn twist(&mut self, flow: u64, user: usize, place: u64, other: u64) -> Result<(), Violation> {
        let Some(mut instruction) = self.honest(flow, user) else { return Ok(()) };
        let candidates = self.candidates();
        let key = candidates[(other % candidates.len() as u64) as usize];
        let count = instruction.accounts.len() as u64;
        instruction.accounts[(place % count) as usize].pubkey = key;
        let instruction = unsigned_by_others(instruction, &self.key(user));
        self.transact(Call::Foreign { signer: Some(user) }, &[instruction]).map(drop)
    }

    /// An instruction that this user could send.
    fn honest(&mut self, flow: u64, user: usize) -> Option<Instruction> {
        let seen = self.look();
        let (key, shares) = (self.key(user), seen.users[user].shares / 3);
        let ticket = self.own_ticket(user, flow);
        let deployment = &self.fx.deployment;
        let (vault, payer) = (deployment.vault, deployment.actors.payer.pubkey());
        let line = &deployment.lines[0].context;
        Some(match flow % 12 {
            0 => vault.deposit(&key, 1_000_000, 0),
            1 => vault.mint(&key, 1_000_000, u64::MAX),
            2 => vault.withdraw(&key, shares.min(1_000_000), u64::MAX),
            3 => vault.redeem(&key, shares, 0),
            4 => vault.request_redeem(&key, &payer, seen.vault.ticket_tail, shares),
            5 => vault.fill_tickets(seen.vault.ticket_head, 3),
            6 => vault.claim(&key, ticket?),
            7 => vault.cancel(&key, ticket?),
            8 => router::recall(&vault, line, &key, seen.ledger.queue_need()),
            9 => router::harvest(&vault, line),
            10 => router::refresh(&vault, line),
            _ => vault.deposit_and_allocate(&key, 1_000_000, 0, line),
        })
    }

    /// Accounts to put where others belong.
    fn candidates(&self) -> Vec<Pubkey> {
        let deployment = &self.fx.deployment;
        let addresses = deployment.vault.addresses;
        let mut keys = vec![
            addresses.vault,
            addresses.share_mint,
            addresses.escrow,
            addresses.claims,
            addresses.ledger,
            addresses.cash,
            addresses.book,
            deployment.base.key,
            deployment.token.key,
            anchor_spl::token::ID,
            anchor_spl::token_2022::ID,
            anchor_lang::system_program::ID,
            ::vault::ID,
            strategy_router::ID,
            risk_oracle::ID,
            lending_venue::ID,
        ];
        keys.extend(self.users[..HOLDERS].iter().flat_map(|user| [user.pubkey(), user.base, user.shares]));
        keys.extend(self.keeper_accounts.iter());
        for line in &deployment.lines {
            keys.extend([line.addresses.venue, line.addresses.position, line.addresses.token]);
            keys.extend(line.context.pinned.iter());
        }
        keys.extend(deployment.feeds.all().iter().take(2).map(|feed| feed.key));
        keys.extend((0..4).map(|sequence| self.ticket_key(sequence)));
        keys
    }
}

/// The instruction with nobody's signature but the signer's own: signatures of others cannot be had. The payer of fees
/// signs every transaction.
fn unsigned_by_others(mut instruction: Instruction, signer: &Pubkey) -> Instruction {
    let strip = |meta: &mut AccountMeta| meta.is_signer &= meta.pubkey == *signer;
    instruction.accounts.iter_mut().for_each(strip);
    instruction
}
