//! Building and sending each action, and what comes of it.

use anchor_lang::prelude::Pubkey;
use gimbal_control::Direction;
use lending_venue::{state::Borrowers, SimulateBorrowersArgs, WriteOffArgs};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::ChainWorld;
use crate::bundle::with_budget;
use crate::chain::{Chain, ChainError};
use crate::demo::compute::per_instruction;
use crate::demo::world::{KeeperAction, MarketAction, Outcome, RoleAction, UserAction};
use crate::instructions::{
    changes::{presenting, Queue},
    router, token,
};
use crate::prices::PRICE_SCALE;
use crate::readers;
use crate::setup::{tokens::Mint, Line};

/// `set_status` to take new money, and to be emptied.
const ACTIVE: u8 = 1;
const WINDING_DOWN: u8 = 3;
/// Decimals of the venues' receipt tokens, as klend gives them.
const RECEIPT_DECIMALS: u8 = 6;
/// Tickets that one instruction may fill.
const MAX_FILL: u64 = 8;

/// The name that the compute budget goes by in the list of a transaction's instructions; it is not reported.
const BUDGET: &str = "compute_budget";

/// Instructions with the names that reports use.
pub(super) type Named = Vec<(&'static str, Instruction)>;

impl ChainWorld {
    pub(super) fn send_user(&mut self, depositor: usize, action: UserAction) -> Result<Outcome, ChainError> {
        let vault = self.deployment.vault;
        let key = self.users[depositor].key.insecure_clone();
        let owner = key.pubkey();
        let tail = self.read_vault()?.ticket_tail;
        let instruction = match action {
            UserAction::Deposit { assets, min_shares } => vault.deposit(&owner, assets, min_shares),
            UserAction::DepositAndAllocate { assets, min_shares, line } => {
                vault.deposit_and_allocate(&owner, assets, min_shares, &self.line(line)?.context)
            }
            UserAction::Mint { shares, max_assets } => vault.mint(&owner, shares, max_assets),
            UserAction::Withdraw { assets, max_shares } => vault.withdraw(&owner, assets, max_shares),
            UserAction::Redeem { shares, min_assets } => vault.redeem(&owner, shares, min_assets),
            UserAction::RequestRedeem { shares } => vault.request_redeem(&owner, &owner, tail, shares),
            UserAction::Claim { ticket } => vault.claim(&owner, ticket),
            UserAction::Cancel { ticket } => vault.cancel(&owner, ticket),
        };
        let outcome = self.send(&key, &[], vec![(action.instruction(), instruction)])?;
        if outcome.is_done() {
            if let UserAction::RequestRedeem { .. } = action {
                self.users[depositor].tickets.push(tail);
            }
            if let UserAction::Claim { ticket } | UserAction::Cancel { ticket } = action {
                self.forget_if_closed(depositor, ticket)?;
            }
        }
        Ok(outcome)
    }

    /// A ticket that was spent is closed by the vault, and nobody needs to look for it again.
    fn forget_if_closed(&mut self, depositor: usize, ticket: u64) -> Result<(), ChainError> {
        let key = self.deployment.vault.ticket(ticket);
        if readers::read_if_exists::<vault::state::Ticket>(&self.chain, &key)?.is_none() {
            self.users[depositor].tickets.retain(|sequence| *sequence != ticket);
        }
        Ok(())
    }

    pub(super) fn send_keeper(&mut self, action: KeeperAction) -> Result<Outcome, ChainError> {
        let vault = self.deployment.vault;
        let keeper = self.keeper();
        let authority = keeper.pubkey();
        let instructions = match action {
            KeeperAction::Refresh => return self.refresh(&keeper),
            KeeperAction::Observe => {
                let named = self.observation()?;
                return self.send(&keeper, &[], named);
            }
            KeeperAction::SolveContagion => {
                let named = self.contagion();
                return self.send(&keeper, &[], named);
            }
            KeeperAction::PostLoss { venue, bps } => return self.post_loss(venue, bps),
            KeeperAction::Rebalance(line) => {
                vec![router::rebalance(&vault, &self.line(line)?.context, &authority)]
            }
            KeeperAction::FillTickets(count) => {
                let state = self.read_vault()?;
                let waiting = state.ticket_tail.saturating_sub(state.ticket_head);
                let count = u64::from(count).min(waiting).clamp(1, MAX_FILL) as u8;
                vec![vault.fill_tickets(state.ticket_head, count)]
            }
            KeeperAction::Recall { line, amount } => {
                vec![router::recall(&vault, &self.line(line)?.context, &authority, amount)]
            }
            KeeperAction::Harvest(line) => vec![router::harvest(&vault, &self.line(line)?.context)],
            KeeperAction::HarvestCash => vec![router::harvest_cash(&vault)],
            KeeperAction::Derisk(line) => vec![router::derisk(&vault, &self.line(line)?.context, &authority)],
            KeeperAction::CollectPay => vec![router::collect_pay(&vault, &authority)],
            KeeperAction::Crystallise => vec![vault.crystallise()],
            KeeperAction::CollectFees => {
                vec![vault.collect_fees(&super::plan::fee_recipient(self.deployment.plan.seed))]
            }
        };
        let named = instructions.into_iter().map(|instruction| (action.instruction(), instruction)).collect();
        self.send(&keeper, &[], named)
    }

    /// Brings every price to its feed, refreshes every venue, values every line: one transaction.
    fn refresh(&mut self, keeper: &Keypair) -> Result<Outcome, ChainError> {
        let mut named: Named = self.deployment.feeds.all().iter().map(|feed| ("update_feed", feed.update())).collect();
        for line in &self.deployment.lines {
            let [venue, valuation] = self.deployment.refresh_line(line);
            named.extend([("refresh_reserve", venue), ("refresh", valuation)]);
        }
        self.send(keeper, &[], named)
    }

    pub(super) fn send_role(&mut self, action: RoleAction) -> Result<Outcome, ChainError> {
        let vault = self.deployment.vault;
        let ledger = vault.addresses.ledger;
        let actors = &self.deployment.actors;
        let (owner, guardian) = (actors.owner.insecure_clone(), actors.guardian.insecure_clone());
        let (signer, instruction) = match action {
            RoleAction::ProposeActivation(line) => return self.propose_activation(&owner, line),
            RoleAction::Activate(line) => return self.activate(&owner, line),
            RoleAction::ProposeScores(row) => return self.propose_scores(row),
            RoleAction::RenewScores(row) => return self.renew_scores(row),
            RoleAction::PauseDeposits => {
                let instruction = vault.pause(&guardian.pubkey(), Direction::Deposits);
                (guardian, instruction)
            }
            RoleAction::LiftDeposits => {
                let instruction = vault.lift(&owner.pubkey(), Direction::Deposits);
                (owner, instruction)
            }
            RoleAction::WindDown(line) => {
                let id = self.line(line)?.addresses.id;
                let instruction = router::set_status(&guardian.pubkey(), &ledger, id, WINDING_DOWN);
                (guardian, instruction)
            }
        };
        self.send(&signer, &[], vec![(action.instruction(), instruction)])
    }

    /// Queues the line's return to work.
    fn propose_activation(&mut self, owner: &Keypair, line: usize) -> Result<Outcome, ChainError> {
        let (key, ledger) = (owner.pubkey(), self.deployment.vault.addresses.ledger);
        let nonce = readers::read::<strategy_router::Ledger>(&self.chain, &ledger)?.change_nonce;
        let activate = router::set_status(&key, &ledger, self.line(line)?.addresses.id, ACTIVE);
        let propose = Queue::Ledger(ledger).propose(&key, &key, nonce, &activate, []);
        self.reopening = Some(nonce);
        self.send(owner, &[], vec![("propose_change", propose)])
    }

    /// Applies that change, and closes it for its rent.
    fn activate(&mut self, owner: &Keypair, line: usize) -> Result<Outcome, ChainError> {
        let (key, ledger) = (owner.pubkey(), self.deployment.vault.addresses.ledger);
        let queue = Queue::Ledger(ledger);
        let activate = router::set_status(&key, &ledger, self.line(line)?.addresses.id, ACTIVE);
        let named = match self.reopening.take() {
            Some(nonce) => vec![
                ("set_status", presenting(activate, &queue.change(nonce))),
                ("close_change", queue.close(&key, nonce)),
            ],
            None => vec![("set_status", activate)],
        };
        self.send(owner, &[], named)
    }

    pub(super) fn send_market(&mut self, action: MarketAction) -> Result<Outcome, ChainError> {
        let owner = self.deployment.actors.venue_owner.insecure_clone();
        let named: Named = match action {
            MarketAction::Borrowers => self.market_step(),
            MarketAction::Squeeze { venue } => {
                let reserve = self.line(venue)?.reserve;
                vec![("refresh_reserve", reserve.refresh()), ("borrow", reserve.borrow(u64::MAX))]
            }
            MarketAction::Relax { venue } => {
                let reserve = self.line(venue)?.reserve;
                // The loan's interest is paid from the owner's own purse, which was filled at the start.
                vec![("refresh_reserve", reserve.refresh()), ("repay", reserve.repay(u64::MAX))]
            }
            MarketAction::WriteOff { venue, bps } => {
                let args = self.largest_loan(venue, bps)?;
                let reserve = self.line(venue)?.reserve;
                vec![("refresh_reserve", reserve.refresh()), ("write_off", reserve.write_off(args))]
            }
            MarketAction::GiveCash { amount } => {
                let base = self.deployment.base;
                let cash = self.deployment.vault.addresses.cash;
                vec![("transfer", gift(&owner, &base, &cash, amount))]
            }
            MarketAction::GiveReceipts { venue, amount } => {
                let line = self.line(venue)?;
                let key = line.reserve.addresses.collateral_mint;
                let receipts = Mint { key, decimals: RECEIPT_DECIMALS, program: anchor_spl::token::ID };
                vec![("transfer", gift(&owner, &receipts, &line.addresses.position, amount))]
            }
        };
        self.send(&owner, &[], named)
    }

    /// The pool follows its token's price, and every venue's borrowers act at the present prices.
    fn market_step(&mut self) -> Named {
        let mut named = Named::new();
        let pool = self.deployment.lines.iter().find_map(|line| line.pool);
        if let Some(pool) = pool.filter(|_| self.pool_price != self.token_price) {
            let base = self.deployment.base.key;
            named.push(("rebase", pool.context.rebase(pool.context.sqrt_price(&base, PRICE_SCALE, self.token_price))));
            self.pool_price = self.token_price;
        }
        for line in &self.deployment.lines {
            let loan_price = if line.token_feed.is_some() { self.token_price } else { PRICE_SCALE };
            let args = SimulateBorrowersArgs { collateral_prices: self.prices, loan_price };
            named.extend([
                ("refresh_reserve", line.reserve.refresh()),
                ("simulate_borrowers", line.reserve.simulate_borrowers(args)),
            ]);
        }
        named
    }

    /// The cohort that owes most in a venue, and the part to give up: basis points of all that the venue has lent.
    fn largest_loan(&self, venue: usize, bps: u64) -> Result<WriteOffArgs, ChainError> {
        let line = self.line(venue)?;
        let borrowed = self.read_venue(venue, line)?.borrowed;
        let borrowers: Borrowers = readers::read(&self.chain, &line.reserve.addresses.borrowers)?;
        let debt = |place: usize| borrowers.cohorts()[place].loan.debt_sf;
        let largest = (0..borrowers.cohorts().len()).max_by_key(|place| {
            let [low, high] = debt(*place);
            (high, low)
        });
        let borrower = largest.and_then(|place| u8::try_from(place).ok()).unwrap_or(Borrowers::OPERATOR);
        let amount = u128::from(borrowed) * u128::from(bps) / 10_000;
        Ok(WriteOffArgs { borrower, amount: u64::try_from(amount).unwrap_or(u64::MAX).max(1) })
    }

    pub(super) fn line(&self, place: usize) -> Result<&Line, ChainError> {
        self.deployment
            .lines
            .get(place)
            .ok_or_else(|| ChainError::Backend(format!("the demo has no line {place}: this is a fault of the demo")))
    }

    fn keeper(&self) -> Keypair {
        let actors = &self.deployment.actors;
        actors.keepers.first().unwrap_or(&actors.payer).insecure_clone()
    }

    /// Sends one transaction; a refusal is an outcome, anything else an error.
    pub(super) fn send(
        &mut self,
        payer: &dyn Signer,
        signers: &[&dyn Signer],
        named: Named,
    ) -> Result<Outcome, ChainError> {
        let (names, instructions): (Vec<_>, Vec<_>) = named.into_iter().unzip();
        let names: Vec<&'static str> = std::iter::once(BUDGET).chain(names).collect();
        match self.chain.execute(payer, &with_budget(&instructions), signers, &self.tables) {
            Ok(receipt) => {
                let done = Outcome::Done(per_instruction(&names, &receipt.logs));
                if let Some(recorder) = &mut self.recorder {
                    recorder.keep(&self.chain, receipt, payer.pubkey())?;
                }
                Ok(done)
            }
            Err(ChainError::Refused(refused)) => Ok(Outcome::Refused(refused.name())),
            Err(other) => Err(other),
        }
    }
}

/// A transfer from the giver's associated account.
fn gift(giver: &Keypair, mint: &Mint, destination: &Pubkey, amount: u64) -> Instruction {
    let from = mint.account_of(&giver.pubkey());
    token::transfer(&from, &mint.key, destination, &giver.pubkey(), amount, mint.decimals, &mint.program)
}
