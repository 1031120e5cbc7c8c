//! The vault with its ledger, and the ledger's book.

use anchor_lang::{prelude::Pubkey, solana_program::program_pack::Pack};
use anchor_spl::token::spl_token::state as token_state;
use gimbal::chain::{Chain, ChainError};
use gimbal::instructions::{router, vault as builders};
use gimbal::readers;
use risk_oracle::Book;
use solana_instruction::Instruction;
use strategy_router::Ledger;
use vault::Vault;

use super::{compare_numbers, limit, who, Compare, Made, State, Step};
use crate::remedy::{self, Target};
use crate::setup::Setup;

/// Makes the vault, its share mint and token accounts, and its ledger.
pub struct Make<'a> {
    pub setup: &'a Setup,
}

impl Make<'_> {
    fn compare_vault(&self, compare: &mut Compare, vault: &Vault) {
        let setup = self.setup;
        let (key, decimals) = (setup.vault.addresses.vault, setup.decimals);
        let fixed = "nothing changes it: make a vault with another index";
        compare.field("vault.base_mint", vault.base_mint, setup.vault.base_mint, fixed);
        compare.field("vault.base_feed", vault.base_feed, setup.vault.base_feed, fixed);
        let amount = |units| limit(units, decimals);
        let (is, file) = (vault.min_first_deposit, setup.args.min_first_deposit);
        compare.field("vault.min_first_deposit", amount(is), amount(file), fixed);

        let set = remedy::fees(&key);
        let (is, file) = (vault.fees.args(), setup.args.fees);
        compare.option("vault.fees", "recipient", who(&is.recipient), who(&file.recipient), &set, "");
        let rates = "vault.fees";
        compare_numbers!(compare, rates, is, file, &set, "", [management_bps, performance_bps, entry_bps, exit_bps]);

        let (prefix, set) = ("vault.limits", remedy::vault_limits(&key));
        let (is, file) = (vault.limits.args(), setup.args.terms);
        // The vault's word for no cap is zero.
        let cap = |units: u64| if units == 0 { "none".to_owned() } else { amount(units) };
        let command = format!("{set} --deposit-cap {}", amount(file.deposit_cap));
        compare.field("vault.limits.deposit_cap", cap(is.deposit_cap), cap(file.deposit_cap), &command);
        compare.option(prefix, "min_ticket", amount(is.min_ticket), amount(file.min_ticket), &set, "");
        compare_numbers!(compare, prefix, is, file, &set, "s", [ticket_deadline, ticket_min_age]);
        compare_numbers!(compare, prefix, is, file, &set, "", [outflow_bps, speed_up_bps, speed_down_bps]);
        compare.roles(Target::Vault(&key), &vault.roles, setup);
    }

    fn compare_ledger(&self, compare: &mut Compare, ledger: &Ledger) {
        let setup = self.setup;
        let key = setup.vault.addresses.vault;
        let policy = |number: u8| match number {
            0 => "bands".to_owned(),
            1 => "water-filling".to_owned(),
            2 => "inverse-variance".to_owned(),
            other => format!("number {other}"),
        };
        let file = policy(setup.policy);
        compare.field("router.policy", policy(ledger.policy), &file, &remedy::policy(&key, &file));
        let (prefix, set) = ("router", remedy::ledger_limits(&key));
        let (is, file) = (ledger.limits, setup.args.limits);
        compare_numbers!(compare, prefix, is, file, &set, "s", [max_valuation_age, epoch]);
        compare_numbers!(compare, prefix, is, file, &set, "", [min_cash_bps, loss_budget_bps, keeper_loss_budget_bps]);
        let amount = |units| limit(units, setup.decimals);
        compare.option(prefix, "keeper_pay", amount(is.keeper_pay), amount(file.keeper_pay), &set, "");
        let (pay, bounties) = (amount(is.keeper_pay_budget), amount(is.bounty_budget));
        compare.option(prefix, "keeper_pay_budget", pay, amount(file.keeper_pay_budget), &set, "");
        let target = |bps: u16| if bps == u16::MAX { "none".to_owned() } else { bps.to_string() };
        let (aimed, aim) = (target(is.target_volatility_bps), target(file.target_volatility_bps));
        compare.option(prefix, "target_volatility_bps", aimed, aim, &set, "");
        compare_numbers!(compare, prefix, is, file, &set, "", [bounty_bps]);
        compare.option(prefix, "bounty_budget", bounties, amount(file.bounty_budget), &set, "");
        compare.roles(Target::Ledger(&key), &ledger.roles, setup);
    }
}

impl Step for Make<'_> {
    fn name(&self) -> String {
        "vault".to_owned()
    }

    fn what(&self) -> String {
        "vault and ledger with fees, limits, policy and roles".to_owned()
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let addresses = self.setup.vault.addresses;
        let Some(vault) = readers::read_if_exists::<Vault>(chain, &addresses.vault)? else {
            return Ok(State::Missing);
        };
        let ledger: Ledger = readers::read(chain, &addresses.ledger)?;
        let mut compare = Compare::default();
        self.compare_vault(&mut compare, &vault);
        self.compare_ledger(&mut compare, &ledger);
        Ok(compare.state())
    }

    fn authority(&self, _: &dyn Chain) -> Result<Pubkey, ChainError> {
        Ok(self.setup.owner)
    }

    /// The policy in the same transaction: a vault that is there has the one of its file, or somebody changed it.
    fn transactions(&self, _: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let Setup { owner, payer, vault, args, policy, .. } = self.setup;
        let (mint, program) = (&vault.base_mint, &vault.base_token_program);
        let mut instructions = vec![builders::initialize(owner, payer, mint, program, &vault.base_feed, args.clone())];
        if *policy != 0 {
            instructions.push(router::set_policy(owner, &vault.addresses.ledger, *policy));
        }
        Ok(vec![instructions])
    }

    fn makes(&self) -> Vec<Made> {
        let addresses = self.setup.vault.addresses;
        let accounts = [
            ("vault", addresses.vault, Vault::SPACE),
            ("share mint", addresses.share_mint, token_state::Mint::LEN),
            ("ticket escrow", addresses.escrow, token_state::Account::LEN),
            ("claims", addresses.claims, token_state::Account::LEN),
            ("ledger", addresses.ledger, Ledger::SPACE),
            ("cash", addresses.cash, token_state::Account::LEN),
        ];
        let made = accounts.map(|(name, key, bytes)| Made { name: name.to_owned(), key: Some(key), bytes });
        made.to_vec()
    }
}

/// Opens the ledger's book.
pub struct OpenBook<'a> {
    pub setup: &'a Setup,
}

impl Step for OpenBook<'_> {
    fn name(&self) -> String {
        "book".to_owned()
    }

    fn what(&self) -> String {
        "the oracle's limits of what the ledger may hold".to_owned()
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let setup = self.setup;
        let Some(book) = readers::read_if_exists::<Book>(chain, &setup.vault.addresses.book)? else {
            return Ok(State::Missing);
        };
        let key = setup.vault.addresses.vault;
        let mut compare = Compare::default();
        compare.roles(Target::Book(&key), &book.roles, setup);
        Ok(compare.state())
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        super::owner_of_ledger(self.setup, chain)
    }

    fn transactions(&self, _: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let Setup { owner, payer, vault, .. } = self.setup;
        Ok(vec![vec![router::open_book(owner, payer, &vault.addresses)]])
    }

    fn makes(&self) -> Vec<Made> {
        vec![Made { name: self.name(), key: Some(self.setup.vault.addresses.book), bytes: Book::SPACE }]
    }
}
