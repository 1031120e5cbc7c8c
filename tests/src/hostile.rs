//! A line over the venue that lies and steals.

use anchor_lang::prelude::Pubkey;
use gimbal::{
    instructions::{oracle, router, token},
    pda::LineAddresses,
    setup::{keys::keypair, Line},
};
use gimbal_venue_wire::{
    field::Layout,
    klend::{instruction::INSTRUCTIONS_SYSVAR, layout as at, reserve::CurvePoint, ReserveMut},
};
use hostile_venue::{tricks, Trick};
use risk_oracle::{SetLineRiskArgs, NO_RISK};
use solana_account::Account;
use solana_signer::Signer;
use strategy_router::{adapters, AddStrategyArgs, LineParams};

use crate::{Chain, Fixture, Outcome, Sandbox};

/// What the thief's reserve says that it holds, units: as many receipts, so that one is worth one.
const BOOKED: u64 = 1_000_000_000_000;

/// What stands in a hostile line's pinned list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hostile {
    /// The line's place in the deployment.
    pub place: usize,
    /// The thief's reserve.
    pub reserve: Pubkey,
    /// What stands in the market's place: the key that the tricks favour, or the program that they call.
    pub market: Pubkey,
    /// What stands in the supply account's place.
    pub supply: Pubkey,
    /// The mint of the receipts.
    pub receipts: Pubkey,
}

impl Fixture {
    /// A thief's reserve with its mint and supply account, not yet pinned. `supply` may name an account of somebody
    /// else instead.
    ///
    /// # Panics
    ///
    /// If the chain refuses an account.
    pub fn hostile_reserve(&mut self, market: Pubkey, supply: Option<Pubkey>) -> Hostile {
        let place = self.deployment.lines.len();
        let key = |role| keypair(self.deployment.plan.seed, role, place as u64);
        let (reserve, mint) = (key("hostile reserve").pubkey(), key("hostile receipts"));
        let authority = tricks::authority(&market).0;
        let (payer, base) = (self.deployment.actors.payer.pubkey(), self.deployment.base);
        let lamports = self.chain.minimum_balance(82).expect("a rent");
        let mut make =
            token::create_mint(&payer, &mint.pubkey(), &authority, 6, &anchor_spl::token::ID, lamports).to_vec();
        make.push(token::create_associated(&payer, &authority, &base.key, &base.program));
        self.send(&make, &[&mint]).expect("a mint and a supply account");
        let hostile = Hostile {
            place,
            reserve,
            market,
            supply: supply.unwrap_or(base.account_of(&authority)),
            receipts: mint.pubkey(),
        };
        self.write_reserve(&hostile);
        hostile
    }

    fn write_reserve(&mut self, hostile: &Hostile) {
        let base = self.deployment.base;
        let mut data = vec![0; at::Reserve::LEN];
        let mut reserve = ReserveMut::init(&mut data).expect("a reserve's length");
        reserve.set(at::LAST_UPDATE_SLOT, self.chain.clock().expect("a clock").slot);
        reserve.set(at::LENDING_MARKET, hostile.market);
        reserve.set(at::LIQUIDITY_MINT, base.key);
        reserve.set(at::LIQUIDITY_SUPPLY_VAULT, hostile.supply);
        reserve.set(at::LIQUIDITY_TOKEN_PROGRAM, base.program);
        reserve.set(at::MINT_DECIMALS, u64::from(base.decimals));
        reserve.set(at::AVAILABLE_AMOUNT, BOOKED);
        reserve.set(at::COLLATERAL_MINT, hostile.receipts);
        reserve.set(at::COLLATERAL_MINT_TOTAL_SUPPLY, BOOKED);
        reserve.set(at::DEPOSIT_LIMIT, u64::MAX);
        let mut curve = [CurvePoint { utilization_bps: 10_000, borrow_rate_bps: 100 }; at::CURVE_POINTS];
        curve[0].utilization_bps = 0;
        reserve.set_curve(&curve);
        let account = Account {
            lamports: self.chain.minimum_balance(data.len()).expect("a rent"),
            data,
            owner: hostile_venue::ID,
            ..Account::default()
        };
        self.chain.set_account(&hostile.reserve, account).expect("an account");
    }

    /// The line that pins a thief's reserve: half of NAV, at most 80%.
    pub fn hostile_line(&self, hostile: &Hostile) -> router::NewLine {
        let id = self.ledger().next_line_id;
        let base = self.deployment.base;
        let params = LineParams {
            min_bps: 0,
            target_bps: 5_000,
            max_bps: 8_000,
            band_bps: 100,
            cooldown: 600,
            cap: u64::MAX,
            widen_rate: 0,
            max_slippage_bps: 10,
            haircut_bps: 0,
            max_venue_age: 216_000,
        };
        let position = LineAddresses::of(&self.deployment.vault.addresses.ledger, id).position;
        router::NewLine {
            args: AddStrategyArgs { id, adapter: adapters::LENDING, swapped: false, params, accounts_hash: [0; 32] },
            position_mint: (hostile.receipts, anchor_spl::token::ID),
            token_mint: (base.key, base.program),
            token_feed: None,
            venue: router::code_of(&self.chain, &hostile_venue::ID).expect("the hostile program"),
            swap: None,
            pinned: vec![
                hostile.reserve,
                position,
                hostile.market,
                tricks::authority(&hostile.market).0,
                base.key,
                hostile.supply,
                hostile.receipts,
                anchor_spl::token::ID,
                base.program,
                INSTRUCTIONS_SYSVAR,
            ],
        }
    }

    /// Pins a thief's reserve as the deployment's last line, for which the owner's other targets must leave half of
    /// NAV. Nothing that refreshes lines need refresh this venue.
    ///
    /// # Errors
    ///
    /// The router's refusal.
    pub fn pin_hostile(&mut self, hostile: &Hostile) -> Outcome {
        let line = self.hostile_line(hostile);
        self.pin_line(line)
    }

    /// Pins a line over a thief's reserve.
    ///
    /// # Errors
    ///
    /// The router's refusal.
    pub fn pin_line(&mut self, line: router::NewLine) -> Outcome {
        let owner = self.deployment.actors.owner.insecure_clone();
        let (vault, id) = (self.deployment.vault, line.args.id);
        let receipt = self.router().add_strategy(&owner, &line)?;
        let risks = SetLineRiskArgs { line: id, risks: [NO_RISK; 4], cap_bps: 10_000, cap: u64::MAX };
        self.send(&[oracle::set_line_risk(&owner.pubkey(), &vault.addresses.book, risks)], &[&owner])?;
        let context = router::LineContext::read(&self.chain, &vault.addresses, id)?;
        // Lines are refreshed together with their markets; this one borrows a market that may always be refreshed.
        let reserve = self.deployment.lines.first().expect("another line").reserve;
        self.deployment.lines.push(Line {
            addresses: context.addresses,
            context,
            reserve,
            pool: None,
            token_feed: None,
        });
        Ok(receipt)
    }

    /// Pins a new thief's reserve that favours `market`.
    ///
    /// # Panics
    ///
    /// If anything about it is refused.
    pub fn add_hostile(&mut self, market: Pubkey) -> Hostile {
        let hostile = self.hostile_reserve(market, None);
        self.pin_hostile(&hostile).expect("the owner pins what it likes");
        hostile
    }

    /// What the thief does from now on.
    ///
    /// # Panics
    ///
    /// If the reserve does not exist.
    pub fn set_trick(&mut self, hostile: &Hostile, trick: Trick) {
        let mut account = self.chain.require_account(&hostile.reserve).expect("the reserve");
        *account.data.last_mut().expect("a reserve's bytes") = trick as u8;
        self.chain.set_account(&hostile.reserve, account).expect("an account");
    }
}
