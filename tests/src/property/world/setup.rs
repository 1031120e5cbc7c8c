//! How a world is set up.

use anchor_lang::prelude::Pubkey;
use gimbal::instructions::token;
use gimbal::setup::tokens;

use super::{Tally, World, MANAGER, POSTER, PURSE};
use crate::property::plans;
use crate::property::run::TRACE_VARIABLE;
use crate::property::seen::MAX_LINES;
use crate::{Fixture, Signer, User, USDC};

/// Place of the receipt tokens' mint in a line's pinned list.
const COLLATERAL_MINT: usize = 6;
/// Tickets whose addresses are known beforehand.
const TICKETS: u64 = 320;

impl World {
    /// The world with this number, made anew.
    pub(super) fn build(number: u64) -> Self {
        let mut fx = Fixture::from_plan(plans::plan(number));
        let users: Vec<User> = (0..=MANAGER).map(|_| fx.depositor(PURSE)).collect();
        // The thief favours a holder of the vault.
        let thief = (number == plans::WITH_A_THIEF).then(|| fx.add_hostile(users[1].pubkey()));
        let deployment = &fx.deployment;
        let keepers = deployment.actors.keepers.iter().map(|keeper| deployment.base.account_of(&keeper.pubkey()));
        let (keeper_accounts, lines) = (keepers.collect(), deployment.lines.len());
        let ticket_keys = (0..TICKETS).map(|sequence| deployment.vault.ticket(sequence)).collect();
        Self::supply_receipts(&mut fx);
        let kind_accounts = users.iter().map(|user| Self::open_kind_accounts(&mut fx, user)).collect();
        // Who must sign is still checked by every program; only the arithmetic of signatures is left out.
        fx.chain.svm_mut().set_signature_verification(false);
        let shocked = vec![false; lines];
        let network = plans::has_engine(number).then(|| super::engine::set_up(&mut fx, users[POSTER].pubkey()));
        Self {
            fx,
            users,
            kind_accounts,
            keeper_accounts,
            thief,
            network,
            scales: Default::default(),
            shocked,
            outflow: Vec::new(),
            listed: 0,
            changes: Vec::new(),
            fault: None,
            trace: std::env::var_os(TRACE_VARIABLE).is_some(),
            tally: Tally::default(),
            word: "set-up",
            ticket_keys,
            seen: None,
        }
    }

    /// The markets' owner gets receipt tokens of every market, to send somewhere unasked.
    fn supply_receipts(fx: &mut Fixture) {
        let deployment = fx.deployment.clone();
        let owner = deployment.actors.venue_owner.pubkey();
        for line in deployment.lines.iter().take(deployment.plan.lines.len()) {
            let addresses = line.reserve.addresses;
            let mint = if line.pool.is_some() { deployment.token } else { deployment.base };
            tokens::issue(&mut fx.chain, &deployment.actors, &mint, &owner, PURSE).expect("tokens");
            let payer = deployment.actors.payer.pubkey();
            let account = token::create_associated(&payer, &owner, &addresses.collateral_mint, &anchor_spl::token::ID);
            let deposit = line.reserve.deposit(&owner, 1_000_000 * USDC);
            let all = [account, line.reserve.refresh(), deposit];
            fx.send(&all, &[&deployment.actors.venue_owner]).expect("receipts");
        }
    }

    /// Accounts for what a redemption in kind pays.
    fn open_kind_accounts(fx: &mut Fixture, user: &User) -> [[Pubkey; 2]; MAX_LINES] {
        let deployment = fx.deployment.clone();
        let payer = deployment.actors.payer.pubkey();
        let mut accounts = [[Pubkey::default(); 2]; MAX_LINES];
        for (line, places) in deployment.lines.iter().zip(&mut accounts) {
            let program = anchor_spl::token::ID;
            let mints = [line.context.pinned[COLLATERAL_MINT], deployment.token.key];
            let open = mints.map(|mint| token::create_associated(&payer, &user.pubkey(), &mint, &program));
            fx.send(&open, &[]).expect("token accounts");
            *places = mints.map(|mint| token::associated(&user.pubkey(), &mint, &program));
        }
        accounts
    }
}
