//! A book of sixteen lines of every kind over eight assets, asked as its ledger would: a program whose PDA stands for the
//! ledger passes the question on, since sixteen exposures are more than a transaction holds.

pub mod asked;
mod held;
pub mod shocked;

pub use held::{held, Held};

use anchor_lang::{prelude::Pubkey, system_program};
use gimbal::chain::{Chain, Sandbox};
use gimbal::instructions::{build, oracle};
use gimbal::pda::event_authorities;
use outer_caller::{signer, wrap, wrap_stored};
use risk_oracle::state::{Book, Scenario, ASSETS, LINES, RISKS, SCENARIOS};
use risk_oracle::{
    accounts, instruction, AssessArgs, CreateBookArgs, SetAssetArgs, SetLineModelArgs, SetLineRiskArgs, SetRiskArgs,
    SetScenarioArgs, Verdict, NO_ROW,
};
use solana_account::Account;
use solana_signer::Signer;

use super::flows::engine::{feeds, params, remember, tell};
use super::{last_call, whole_budget};
use crate::{Fixture, Outcome};

/// Holds the data of a question.
const QUESTION: Pubkey = Pubkey::new_from_array([0xA5; 32]);

/// The book, and what its lines hold.
#[derive(Clone)]
pub struct Positions {
    /// The chain.
    pub fx: Fixture,
    /// The book of the outer program's PDA.
    pub book: Pubkey,
    /// Its eight feeds, which have a past.
    pub feeds: Vec<Pubkey>,
    /// What each line holds.
    pub held: [Held; LINES],
}

impl Positions {
    /// Every limit and every scenario is set; the book has seen sixty-four days, and nothing else yet.
    ///
    /// # Panics
    ///
    /// If an instruction is refused.
    pub fn new() -> Self {
        let mut fx = Fixture::with_lines(1);
        let (owner, payer) = (fx.deployment.actors.owner.insecure_clone(), fx.deployment.actors.payer.pubkey());
        let (key, ledger) = (owner.pubkey(), signer());
        let book = risk_oracle::seeds::find_book(&ledger).0;
        let create = accounts::CreateBook {
            ledger,
            payer,
            book,
            system_program: system_program::ID,
            event_authority: event_authorities().oracle,
            program: risk_oracle::ID,
        };
        let args = CreateBookArgs { owner: key, curator: key, guardian: key };
        let create = build(risk_oracle::ID, create, instruction::CreateBook { args });
        fx.send(&[wrap(&create)], &[]).expect("a book");
        let feeds = feeds(&mut fx);
        let mut setup = vec![oracle::set_risk_params(&key, &book, params())];
        for (index, feed) in (0..).zip(&feeds) {
            setup.push(oracle::set_asset(&key, &book, SetAssetArgs { index, feed: *feed }));
        }
        for index in 0..RISKS as u8 {
            let mut label = *b"risk:\0\0\0\0\0\0\0\0\0\0\0";
            label[5] = b'0' + index;
            let risk = SetRiskArgs { index, label, cap_bps: 10_000, cap: u64::MAX };
            setup.push(oracle::set_risk(&key, &book, risk));
        }
        // The book's order is the reverse of the ledger's: the longest search.
        for line in (1..=LINES as u16).rev() {
            let (asset, first) = ((line as u8 - 1) % ASSETS as u8, (line as u8 - 1) * 2);
            let risks = [first, first + 1, first + 2, first + 3].map(|index| index % RISKS as u8);
            let risk = SetLineRiskArgs { line, risks, cap_bps: 10_000, cap: u64::MAX };
            setup.push(oracle::set_line_risk(&key, &book, risk));
            let model = SetLineModelArgs { line, asset, protocol: 255, scaled: true };
            setup.push(oracle::set_line_model(&key, &book, model));
        }
        for instruction in setup {
            fx.send(&[instruction], &[&owner]).expect("a part of the book");
        }
        remember(&mut fx, book);
        let mut world = Self { fx, book, feeds, held: held() };
        for index in 0..SCENARIOS {
            world.set_scenario(index, [-1_000 * (index as i32 + 1); ASSETS], 5_000);
        }
        world
    }

    /// Sets a scenario.
    ///
    /// # Panics
    ///
    /// If it is refused.
    pub fn set_scenario(&mut self, index: usize, shocks_bps: [i32; ASSETS], volatility_bps: i32) {
        let owner = self.fx.deployment.actors.owner.insecure_clone();
        let mut scenario = Scenario { shocks_bps, volatility_bps, used: 1, ..Scenario::default() };
        scenario.label[..6].copy_from_slice(b"shock-");
        scenario.label[6] = b'0' + index as u8;
        let set = SetScenarioArgs { index: index as u8, scenario };
        let set = oracle::set_scenario(&owner.pubkey(), &self.book, set);
        self.fx.send(&[set], &[&owner]).expect("a scenario");
    }

    /// A question about new money for a row, with every line as it is held; a report for [`NO_ROW`].
    pub fn question(&self, line: u8, amount: u64) -> AssessArgs {
        let values = self.held.map(|held| held.value);
        AssessArgs {
            nav: values.iter().sum(),
            line,
            amount,
            values,
            line_ids: std::array::from_fn(|row| row as u16 + 1),
            exposures: self.held.map(|held| held.exposure).to_vec(),
        }
    }

    /// Asks as the ledger. Returns the verdict and the compute units of `assess` alone.
    ///
    /// # Errors
    ///
    /// The chain's refusal.
    ///
    /// # Panics
    ///
    /// If there is no verdict.
    pub fn ask(&mut self, args: AssessArgs) -> Result<(Verdict, u64), crate::ChainError> {
        use anchor_lang::AnchorDeserialize;
        let accounts = accounts::Assess { ledger: signer(), book: self.book };
        let question = build(risk_oracle::ID, accounts, instruction::Assess { args });
        let lamports = self.fx.chain.minimum_balance(question.data.len())?;
        let account = Account { lamports, data: question.data.clone(), owner: outer_caller::ID, ..Account::default() };
        self.fx.chain.set_account(&QUESTION, account)?;
        let receipt = self.fx.send(&[whole_budget(), wrap_stored(&question, &QUESTION)], &[])?;
        let units = if super::is_metered() { last_call(&receipt.logs) } else { receipt.compute_units };
        let (_, data) = receipt.return_data.expect("a verdict");
        Ok((Verdict::try_from_slice(&data).expect("a verdict"), units))
    }

    /// Reports every line as it is held.
    ///
    /// # Panics
    ///
    /// If that is refused.
    pub fn report(&mut self) -> (Verdict, u64) {
        self.ask(self.question(NO_ROW, 0)).expect("a report")
    }

    /// Observes the eight feeds.
    ///
    /// # Errors
    ///
    /// The chain's refusal.
    pub fn observe(&mut self) -> Outcome {
        let observe = oracle::observe(&self.book, &self.feeds);
        self.fx.send(&[whole_budget(), observe], &[])
    }

    /// Works `count` scenarios out from row `from` on.
    ///
    /// # Errors
    ///
    /// The chain's refusal.
    pub fn stress(&mut self, from: u8, count: u8) -> Outcome {
        self.fx.send(&[whole_budget(), oracle::stress(&self.book, from, count)], &[])
    }

    /// The book as it stands.
    pub fn state(&self) -> Book {
        self.fx.read(&self.book)
    }

    /// Changes the book as the oracle's own instructions would in time.
    pub fn tell(&mut self, change: impl FnOnce(&mut Book)) {
        tell(&mut self.fx, self.book, change);
    }
}

impl Default for Positions {
    fn default() -> Self {
        Self::new()
    }
}
