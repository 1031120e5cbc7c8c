//! What holders of shares do.

use gimbal::instructions::router::kind_sources;
use gimbal::instructions::token;
use solana_instruction::Instruction;

use super::{part_of, World};
use crate::property::action::Action;
use crate::property::checks::{Call, Violation};
use crate::property::model::Books;
use crate::Signer;

impl World {
    /// Runs a holder's action; false for any other.
    pub(in crate::property) fn run_user(&mut self, action: &Action) -> Result<bool, Violation> {
        match *action {
            Action::Deposit { user, assets } => self.deposit(Self::holder(user), assets)?,
            Action::DepositInto { user, assets, line } => self.deposit_into(Self::holder(user), assets, line)?,
            Action::Mint { user, shares } => self.mint(Self::holder(user), shares)?,
            Action::Withdraw { user, part } => self.withdraw(Self::holder(user), part)?,
            Action::Redeem { user, part } => self.redeem(Self::holder(user), part)?,
            Action::Request { user, part, bound } => self.request(Self::holder(user), part, bound)?,
            Action::Fill { count } => self.fill(count)?,
            Action::Claim { user, nth } => self.claim(Self::holder(user), nth)?,
            Action::Cancel { user, nth } => self.cancel(Self::holder(user), nth)?,
            Action::Hand { user, nth, to } => self.hand(Self::holder(user), nth, Self::holder(to))?,
            Action::InKind { user, nth, forgone } => self.in_kind(Self::holder(user), nth, forgone)?,
            Action::RedeemRecall { user, part, line } => self.redeem_recall(Self::holder(user), part, line)?,
            Action::Admit { user } => self.admit(Self::holder(user))?,
            Action::Give { user, to, part } => self.give(Self::holder(user), Self::holder(to), part)?,
            Action::Burn { user, part } => self.burn(Self::holder(user), part)?,
            Action::Donate { user, place, assets } => self.donate(Self::holder(user), place, assets)?,
            Action::DonateShares { user, part } => self.donate_shares(Self::holder(user), part)?,
            _ => return Ok(false),
        };
        Ok(true)
    }

    pub(in crate::property) fn deposit(&mut self, user: usize, assets: u64) -> Result<bool, Violation> {
        let vault = &self.fx.deployment.vault;
        let instruction = self.entry(user, vault.deposit(&self.key(user), assets, 0));
        self.transact(Call::Deposit { user, assets }, &[instruction])
    }

    pub(in crate::property) fn deposit_into(&mut self, user: usize, assets: u64, line: u64) -> Result<bool, Violation> {
        let place = self.place(line);
        let context = &self.fx.deployment.lines[place].context;
        let vault = &self.fx.deployment.vault;
        let instruction = self.entry(user, vault.deposit_and_allocate(&self.key(user), assets, 0, context));
        self.transact(Call::DepositInto { user, assets, place }, &[instruction])
    }

    pub(in crate::property) fn mint(&mut self, user: usize, shares: u64) -> Result<bool, Violation> {
        let instruction = self.entry(user, self.fx.deployment.vault.mint(&self.key(user), shares, u64::MAX));
        self.transact(Call::Mint { user, shares }, &[instruction])
    }

    pub(in crate::property) fn withdraw(&mut self, user: usize, part: u64) -> Result<bool, Violation> {
        let seen = self.look();
        let shares = part_of(seen.users[user].shares, part);
        // While NAV is stale any amount will do: it must be refused.
        let exit = |low| Books::of(&seen).leaving(low, seen.now);
        let worth = seen.nav.map_or(u128::from(shares), |nav| exit(nav.low).paid(shares.into()));
        let assets = u64::try_from(worth).expect("no more than the pool holds");
        let instruction = self.fx.deployment.vault.withdraw(&self.key(user), assets, u64::MAX);
        self.transact(Call::Withdraw { user, assets }, &[instruction])
    }

    pub(in crate::property) fn redeem(&mut self, user: usize, part: u64) -> Result<bool, Violation> {
        let shares = part_of(self.look().users[user].shares, part);
        let instruction = self.fx.deployment.vault.redeem(&self.key(user), shares, 0);
        self.transact(Call::Redeem { user, shares }, &[instruction])
    }

    /// An entry with the membership of a holder, where he has one.
    fn entry(&self, user: usize, instruction: Instruction) -> Instruction {
        let vault = &self.fx.deployment.vault;
        let key = self.key(user);
        match self.fx.chain.svm().account_data(&vault.member(&key)) {
            Some(_) => vault.as_member(&key, instruction),
            None => instruction,
        }
    }

    pub(in crate::property) fn request(&mut self, user: usize, part: u64, bound: u64) -> Result<bool, Violation> {
        let seen = self.look();
        let shares = part_of(seen.users[user].shares, part);
        let (vault, payer) = (&self.fx.deployment.vault, self.fx.deployment.actors.payer.pubkey());
        let low = seen.nav.map_or(0, |nav| nav.low);
        let worth = Books::of(&seen).leaving(low, seen.now).paid(shares.into());
        let bound = [0, worth * 9 / 10, worth, worth * 11 / 10][(bound % 4) as usize];
        let bound = u64::try_from(bound).expect("about what the pool holds");
        let tail = seen.vault.ticket_tail;
        let instruction = vault.request_redeem_at_least(&self.key(user), &payer, tail, shares, bound);
        self.transact(Call::Request { user, shares, bound }, &[instruction])
    }

    fn hand(&mut self, user: usize, nth: u64, to: usize) -> Result<bool, Violation> {
        let Some(sequence) = self.own_ticket(user, nth) else { return Ok(false) };
        let instruction = self.fx.deployment.vault.transfer_ticket(&self.key(user), sequence, &self.key(to));
        self.transact(Call::Hand { sequence, to }, &[instruction])
    }

    pub(in crate::property) fn in_kind(&mut self, user: usize, nth: u64, forgone: u64) -> Result<bool, Violation> {
        let Some(sequence) = self.own_ticket(user, nth) else { return Ok(false) };
        let (vault, seen) = (self.fx.deployment.vault, self.look());
        let sources = kind_sources(&self.fx.chain, &vault.addresses.ledger, &seen.ledger).expect("token accounts");
        let accounts = &self.kind_accounts[user];
        let receivers = sources.into_iter().enumerate().map(|(place, source)| {
            let line = usize::from(source.line - 1);
            let is_token = source.source == self.fx.deployment.lines[line].addresses.token;
            let kept = forgone >> place & 1 == 0;
            (source, kept.then_some(accounts[line][usize::from(is_token)]))
        });
        let receivers: Vec<_> = receivers.collect();
        let instruction = vault.redeem_in_kind(&self.key(user), sequence, &receivers);
        let all = receivers.iter().all(|(_, receiver)| receiver.is_some());
        self.transact(Call::InKind { user, sequence, all }, &[instruction])
    }

    pub(in crate::property) fn redeem_recall(&mut self, user: usize, part: u64, line: u64) -> Result<bool, Violation> {
        let shares = part_of(self.look().users[user].shares, part);
        let place = self.place(line);
        let context = &self.fx.deployment.lines[place].context;
        let instruction = self.fx.deployment.vault.redeem_and_recall(&self.key(user), shares, 0, context);
        self.transact(Call::RedeemRecall { user, shares, place }, &[instruction])
    }

    fn admit(&mut self, user: usize) -> Result<bool, Violation> {
        let (key, payer) = (self.key(user), self.fx.deployment.actors.payer.pubkey());
        let Some(proof) = self.list(self.listed).proof(&key) else { return Ok(false) };
        let instruction = self.fx.deployment.vault.admit(&payer, &key, proof);
        self.transact(Call::Admin { waited: None }, &[instruction])
    }

    pub(in crate::property) fn fill(&mut self, count: u64) -> Result<bool, Violation> {
        let count = count % 10;
        let head = self.look().vault.ticket_head;
        let instruction = self.fx.deployment.vault.fill_tickets(head, count as u8);
        self.transact(Call::Fill { count }, &[instruction])
    }

    /// The sequence numbers of a user's tickets.
    pub(in crate::property) fn own_tickets(&mut self, user: usize) -> Vec<u64> {
        let (seen, key) = (self.look(), self.key(user));
        seen.tickets.iter().filter(|ticket| ticket.owner == key).map(|ticket| ticket.sequence).collect()
    }

    /// The sequence number of a user's ticket by its number among his own.
    pub(in crate::property) fn own_ticket(&mut self, user: usize, nth: u64) -> Option<u64> {
        let own = self.own_tickets(user);
        own.get((nth % own.len().max(1) as u64) as usize).copied()
    }

    pub(in crate::property) fn claim(&mut self, user: usize, nth: u64) -> Result<bool, Violation> {
        let Some(sequence) = self.own_ticket(user, nth) else { return Ok(false) };
        let instruction = self.fx.deployment.vault.claim(&self.key(user), sequence);
        self.transact(Call::Claim { user, sequence }, &[instruction])
    }

    pub(in crate::property) fn cancel(&mut self, user: usize, nth: u64) -> Result<bool, Violation> {
        let Some(sequence) = self.own_ticket(user, nth) else { return Ok(false) };
        let instruction = self.fx.deployment.vault.cancel(&self.key(user), sequence);
        self.transact(Call::Cancel { user, sequence }, &[instruction])
    }

    /// A transfer of shares from a holder to any share account.
    fn send_shares(&self, user: usize, to: &anchor_lang::prelude::Pubkey, shares: u64) -> Instruction {
        let (vault, from) = (&self.fx.deployment.vault, &self.users[user]);
        let (mint, decimals) = (&vault.addresses.share_mint, self.fx.deployment.base.decimals);
        token::transfer(&from.shares, mint, to, &from.pubkey(), shares, decimals, &anchor_spl::token::ID)
    }

    pub(in crate::property) fn give(&mut self, user: usize, to: usize, part: u64) -> Result<bool, Violation> {
        let shares = part_of(self.look().users[user].shares, part);
        let instruction = self.send_shares(user, &self.users[to].shares, shares);
        self.transact(Call::Give { user, to, shares }, &[instruction])
    }

    fn donate_shares(&mut self, user: usize, part: u64) -> Result<bool, Violation> {
        let shares = part_of(self.look().users[user].shares, part);
        let escrow = self.fx.deployment.vault.addresses.escrow;
        let instruction = self.send_shares(user, &escrow, shares);
        self.transact(Call::DonateShares { user, shares }, &[instruction])
    }

    fn burn(&mut self, user: usize, part: u64) -> Result<bool, Violation> {
        let shares = part_of(self.look().users[user].shares, part);
        let holder = &self.users[user];
        let mint = self.fx.deployment.vault.addresses.share_mint;
        let program = anchor_spl::token::ID;
        let burn = anchor_spl::token::spl_token::instruction::burn;
        let instruction = burn(&program, &holder.shares, &mint, &holder.pubkey(), &[], shares)
            .expect("the token program's own builder refuses only foreign program ids");
        self.transact(Call::Burn { user, shares }, &[instruction])
    }

    pub(in crate::property) fn donate(&mut self, user: usize, place: u64, assets: u64) -> Result<bool, Violation> {
        let deployment = &self.fx.deployment;
        let assets = assets.min(self.fx.balance(&self.users[user].base));
        let to = match place % 3 {
            0 => deployment.vault.addresses.cash,
            1 => deployment.vault.addresses.claims,
            _ => deployment.lines[0].reserve.addresses.supply_vault,
        };
        let (base, from) = (deployment.base, &self.users[user]);
        let instruction =
            token::transfer(&from.base, &base.key, &to, &from.pubkey(), assets, base.decimals, &base.program);
        self.transact(Call::Donate { user, place: place % 3, assets }, &[instruction])
    }
}
