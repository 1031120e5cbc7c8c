//! A chain with one feed and one book, and the keys that hold power over them.

use std::sync::OnceLock;

use anchor_lang::{prelude::Pubkey, system_program, AnchorDeserialize, Discriminator};
use gimbal::chain::{Chain, EmbeddedChain, PriceUpdate, Receipt, Sandbox};
use gimbal::instructions::{
    build,
    changes::{presenting, Queue},
    oracle,
};
use gimbal::readers;
use gimbal::setup::keys::keypair;
use gimbal_control::ChangeRecord;
use gimbal_tests::queue::{next_nonce, record};
use gimbal_tests::{assert_error, Keypair, Outcome, Signer};
use risk_oracle::seeds;
use risk_oracle::{
    accounts, instruction, AssessArgs, Book, CreateBookArgs, Feed, FeedParams, RegisterFeedArgs, SetLineRiskArgs,
    SetRiskArgs, Verdict,
};
use solana_instruction::Instruction;

/// Pyth's ids of SOL/USD and of a second source for it.
pub const SOL: [u8; 32] = [0xEF; 32];
pub const SOL_SECOND: [u8; 32] = [0xD0; 32];
/// One dollar in the oracle's unit.
pub const ONE: u64 = 1_000_000_000_000;
/// Seconds of one day.
pub const DAY: u64 = 86_400;
/// One dollar at Pyth's exponent −8.
pub const DOLLAR: i64 = 100_000_000;
/// No risk id in any place.
pub const NO_RISKS: [u8; 4] = [255; 4];

/// One unit for row 0 of a ledger worth 1,000 whose rows hold nothing.
pub fn one_unit() -> AssessArgs {
    AssessArgs { nav: 1_000, line: 0, amount: 1, values: [0; 16], line_ids: [0; 16], exposures: vec![] }
}

/// Keys, a chain, a feed of SOL with a second source, and an empty book.
#[derive(Clone)]
pub struct World {
    pub chain: EmbeddedChain,
    pub feed: Pubkey,
    pub book: Pubkey,
    /// The account that SOL's price is posted in, and the second source's.
    pub posted: Pubkey,
    pub second_posted: Pubkey,
}

/// One of the fixed keys, by its role.
pub fn key(role: &str) -> Keypair {
    keypair(7, role, 0)
}

pub fn pubkey(role: &str) -> Pubkey {
    key(role).pubkey()
}

/// Parameters that the tests' arithmetic is worked out for.
pub fn params() -> FeedParams {
    FeedParams {
        max_age: 60,
        max_future: 10,
        max_confidence_bps: 200,
        wide_confidence_bps: 100,
        max_divergence_bps: 100,
        max_stable_gap_bps: 500,
        peg_band_bps: 50,
        stable_bps_per_hour: 100,
        peg: 0,
    }
}

pub fn registration(feed_id: [u8; 32], second_feed_id: [u8; 32]) -> RegisterFeedArgs {
    RegisterFeedArgs {
        feed_id,
        second_feed_id,
        curator: pubkey("curator"),
        guardian: pubkey("guardian"),
        params: params(),
    }
}

impl World {
    /// Noon of 2026-01-01, UTC. The feed is empty, the book knows nothing.
    pub fn new() -> Self {
        static READY: OnceLock<World> = OnceLock::new();
        READY.get_or_init(Self::build).clone()
    }

    fn build() -> Self {
        let mode = EmbeddedChain::mode_from_environment().expect("native or bytecode");
        let mut chain = EmbeddedChain::new(mode).expect("the programs load");
        chain.svm_mut().set_time(1_767_225_600 + 43_200).expect("noon");
        for role in ["payer", "owner", "curator", "guardian", "stranger", "ledger"] {
            chain.fund(&pubkey(role), 10_000_000_000).expect("lamports");
        }
        let (owner, payer) = (pubkey("owner"), pubkey("payer"));
        let mut world = Self {
            chain,
            feed: oracle::feed_address(&owner, &SOL),
            book: seeds::find_book(&pubkey("ledger")).0,
            posted: pubkey("posted price"),
            second_posted: pubkey("second posted price"),
        };
        let register = oracle::register_feed(&owner, &payer, registration(SOL, SOL_SECOND));
        world.send(&[register], &["owner"]).expect("a feed");
        world.send(&[create_book("ledger", book_roles())], &["ledger"]).expect("a book");
        world
    }

    /// With $150 ± $0.15 from both sources, published now.
    pub fn priced() -> Self {
        let mut world = Self::new();
        let (first, second) = (world.price(150 * DOLLAR), world.second_price(150 * DOLLAR));
        world.post(&first, &second);
        world.send(&[world.update_both()], &[]).expect("a first price");
        world
    }

    pub fn now(&self) -> i64 {
        self.chain.clock().expect("a clock").unix_timestamp
    }

    /// A fully verified price of SOL with a confidence of a thousandth, published now.
    pub fn price(&self, price: i64) -> PriceUpdate {
        let clock = self.chain.clock().expect("a clock");
        PriceUpdate::new(SOL, price, price.unsigned_abs() / 1_000, -8, clock.unix_timestamp, clock.slot)
    }

    pub fn second_price(&self, price: i64) -> PriceUpdate {
        PriceUpdate { feed_id: SOL_SECOND, ..self.price(price) }
    }

    pub fn post(&mut self, first: &PriceUpdate, second: &PriceUpdate) {
        self.chain.set_price(&self.posted, first).expect("a posted price");
        self.chain.set_price(&self.second_posted, second).expect("a posted price");
    }

    pub fn update_first(&self) -> Instruction {
        oracle::update_feed(&self.feed, &self.posted, None)
    }

    pub fn update_both(&self) -> Instruction {
        oracle::update_feed(&self.feed, &self.posted, Some(&self.second_posted))
    }

    pub fn warp(&mut self, seconds: u64) {
        self.chain.warp(seconds).expect("a time that the clock holds");
    }

    /// Sends instructions; the payer pays the fee.
    pub fn send(&mut self, instructions: &[Instruction], signers: &[&str]) -> Outcome {
        let keys: Vec<Keypair> = signers.iter().map(|role| key(role)).collect();
        let keys: Vec<&dyn Signer> = keys.iter().map(|key| key as &dyn Signer).collect();
        self.chain.execute(&key("payer"), instructions, &keys, &[])
    }

    /// Asserts that the instruction is refused by this name and that no byte of any account changes, the fee apart.
    #[track_caller]
    pub fn refuse(&mut self, name: &str, instruction: Instruction, signers: &[&str]) {
        let before = self.accounts_hash();
        let outcome = self.send(&[instruction], signers);
        assert_error(outcome, name);
        assert_eq!(before, self.accounts_hash(), "a refused instruction changed an account");
    }

    pub fn accounts_hash(&self) -> [u8; 32] {
        let payer = pubkey("payer");
        self.chain.svm().accounts_hash(|key, _| *key == payer)
    }

    pub fn feed(&self) -> Feed {
        readers::read(&self.chain, &self.feed).expect("the feed")
    }

    pub fn book(&self) -> Book {
        readers::read(&self.chain, &self.book).expect("the book")
    }

    /// With a price, and a book that has been asked: money may depend on both.
    pub fn live() -> Self {
        let mut world = Self::priced();
        world.assess(one_unit());
        world
    }

    /// Proposes an instruction as the owner, for the feed or the book.
    pub fn propose(&mut self, target: Pubkey, guarded: &Instruction) -> Outcome {
        let queue = Queue::Oracle(target);
        let nonce = next_nonce(&self.chain, &queue);
        let propose = queue.propose(&pubkey("owner"), &pubkey("payer"), nonce, guarded, None);
        self.send(&[propose], &["owner"])
    }

    /// The record of a change.
    pub fn change(&self, target: Pubkey, nonce: u64) -> Box<ChangeRecord> {
        record(&self.chain, &Queue::Oracle(target), nonce)
    }

    /// Proposes an instruction, lets it wait, and returns it presenting its change.
    #[track_caller]
    pub fn waited(&mut self, target: Pubkey, guarded: Instruction) -> Instruction {
        let nonce = next_nonce(&self.chain, &Queue::Oracle(target));
        self.propose(target, &guarded).expect("a proposal");
        self.warp(2 * DAY);
        presenting(guarded, &Queue::Oracle(target).change(nonce))
    }

    /// Asks for a verdict with the ledger's signature.
    #[track_caller]
    pub fn assess(&mut self, args: AssessArgs) -> Verdict {
        let receipt = self.send(&[assess("ledger", self.book, args)], &["ledger"]).expect("a verdict");
        let (program, data) = receipt.return_data.expect("return data");
        assert_eq!(program, risk_oracle::ID);
        assert_eq!(data.len(), 12);
        Verdict::try_from_slice(&data).expect("a verdict")
    }
}

pub fn book_roles() -> CreateBookArgs {
    CreateBookArgs { owner: pubkey("owner"), curator: pubkey("curator"), guardian: pubkey("guardian") }
}

/// `create_book` for a key that stands for a ledger.
pub fn create_book(ledger: &str, args: CreateBookArgs) -> Instruction {
    let ledger = pubkey(ledger);
    let accounts = accounts::CreateBook {
        ledger,
        payer: pubkey("payer"),
        book: seeds::find_book(&ledger).0,
        system_program: system_program::ID,
        event_authority: seeds::event_authority(),
        program: risk_oracle::ID,
    };
    build(risk_oracle::ID, accounts, instruction::CreateBook { args })
}

/// `assess` of a book, signed by whoever claims to be its ledger.
pub fn assess(ledger: &str, book: Pubkey, args: AssessArgs) -> Instruction {
    build(risk_oracle::ID, accounts::Assess { ledger: pubkey(ledger), book }, instruction::Assess { args })
}

pub fn risk(index: u8, label: &str, cap_bps: u16, cap: u64) -> SetRiskArgs {
    let mut bytes = [0; 16];
    bytes[..label.len()].copy_from_slice(label.as_bytes());
    SetRiskArgs { index, label: bytes, cap_bps, cap }
}

pub fn line_risk(line: u16, risks: &[u8], cap_bps: u16, cap: u64) -> SetLineRiskArgs {
    let mut places = NO_RISKS;
    places[..risks.len()].copy_from_slice(risks);
    SetLineRiskArgs { line, risks: places, cap_bps, cap }
}

/// The events of one type that the oracle emitted in a transaction, in order.
pub fn events<E: AnchorDeserialize + Discriminator>(receipt: &Receipt) -> Vec<E> {
    let calls = receipt.inner.iter().filter(|call| call.program == risk_oracle::ID);
    calls
        .filter_map(|call| call.data.strip_prefix(anchor_lang::event::EVENT_IX_TAG_LE))
        .filter_map(|data| data.strip_prefix(E::DISCRIMINATOR))
        .map(|body| E::try_from_slice(body).expect("an event's fields"))
        .collect()
}

/// The one event of its type.
#[track_caller]
pub fn event<E: AnchorDeserialize + Discriminator>(receipt: &Receipt) -> E {
    let mut all = events(receipt);
    assert_eq!(all.len(), 1, "one event of this type");
    all.remove(0)
}
