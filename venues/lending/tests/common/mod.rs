//! One market with a USDC reserve, its owner, and a depositor with money.
#![allow(dead_code)]

use anchor_lang::prelude::Pubkey;
use gimbal_svm::{native, EmbeddedChain, Failure, MintState, Mode, ProgramSpec, Receipt};
use gimbal_venue_wire::klend::{instruction as klend, instruction::DepositorAccounts, ReserveView};
use lending_venue::{
    client::{self, OwnerClient},
    seeds::{find_market, ReserveAddresses},
    state::Borrowers,
    InitMarketArgs, InitReserveArgs, ReserveConfig,
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_message::{v0, VersionedMessage};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

pub const USDC: u64 = 1_000_000;
/// The first deposit, which nobody can redeem.
pub const SEED: u64 = 100_000;

pub struct Fixture {
    pub chain: EmbeddedChain,
    pub owner: Keypair,
    pub alice: Keypair,
    pub mint: Pubkey,
    pub reserve: ReserveAddresses,
    pub client: OwnerClient,
    pub owner_usdc: Pubkey,
    pub alice_usdc: Pubkey,
    pub alice_ctoken: Pubkey,
}

/// 10 % at 80 % utilisation, 50 % at 100 %.
pub fn config() -> ReserveConfig {
    ReserveConfig::open(&[(0, 0), (8_000, 1_000), (10_000, 5_000)])
}

/// Native, or with `GIMBAL_CHAIN=bytecode` the shared object in `GIMBAL_DEPLOY_DIR`, else in `target/deploy`.
fn mode() -> Mode {
    match std::env::var("GIMBAL_CHAIN").as_deref() {
        Ok("bytecode") => {
            let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/deploy");
            Mode::Bytecode { deploy_dir: std::env::var("GIMBAL_DEPLOY_DIR").unwrap_or(default.into()).into() }
        }
        _ => Mode::Native,
    }
}

impl Fixture {
    pub fn new() -> Self {
        Self::with_config(config())
    }

    /// Alice holds 10,000 USDC, the owner 1,000,000.
    pub fn with_config(config: ReserveConfig) -> Self {
        let program = ProgramSpec {
            name: "lending-venue",
            id: lending_venue::ID,
            native: native!(lending_venue::entry),
            upgrade_authority: None,
        };
        let mut chain = EmbeddedChain::new(mode(), &[program]).expect("a chain");
        let (owner, alice) = (Keypair::new_from_array([1; 32]), Keypair::new_from_array([2; 32]));
        let mint = Pubkey::new_from_array([7; 32]);
        let state = MintState { mint_authority: None, supply: 0, decimals: 6, freeze_authority: None };
        chain.set_mint(mint, &state).expect("a mint");
        for key in [owner.pubkey(), alice.pubkey()] {
            chain.airdrop(&key, 10_000_000_000).expect("lamports");
        }
        let owner_usdc = chain.credit_tokens(&owner.pubkey(), &mint, 1_000_000 * USDC).expect("tokens");
        let alice_usdc = chain.credit_tokens(&alice.pubkey(), &mint, 10_000 * USDC).expect("tokens");
        let market = find_market(&owner.pubkey(), 0);
        let reserve = ReserveAddresses::find(&market, &mint);
        let client = OwnerClient::new(owner.pubkey(), &market, &mint);
        let mut fixture = Self {
            chain,
            owner,
            alice,
            mint,
            reserve,
            client,
            owner_usdc,
            alice_usdc,
            alice_ctoken: Pubkey::default(),
        };
        let args = InitMarketArgs { index: 0, referral_fee_bps: 0 };
        fixture.as_owner(&[client::init_market(fixture.owner.pubkey(), args)]).expect("a market");
        fixture
            .as_owner(&[client.init_reserve(owner_usdc, InitReserveArgs { initial_deposit: SEED, config })])
            .expect("a reserve");
        fixture.as_owner(&[client.init_borrowers()]).expect("borrowers");
        let alice = fixture.alice.pubkey();
        fixture.alice_ctoken =
            fixture.chain.credit_tokens(&alice, &reserve.collateral_mint, 0).expect("a cToken account");
        fixture
    }

    pub fn send(&mut self, signer: &Keypair, instructions: &[Instruction]) -> Result<Receipt, Box<Failure>> {
        let hash = self.chain.latest_blockhash();
        let message = v0::Message::try_compile(&signer.pubkey(), instructions, &[], hash).expect("a message");
        let transaction = VersionedTransaction::try_new(VersionedMessage::V0(message), &[signer]).expect("a signature");
        let result = self.chain.send(transaction).map_err(Box::new);
        if let Ok(receipt) = &result {
            println!("{} compute units", receipt.compute_units);
        }
        result
    }

    pub fn as_owner(&mut self, instructions: &[Instruction]) -> Result<Receipt, Box<Failure>> {
        let owner = self.owner.insecure_clone();
        self.send(&owner, instructions)
    }

    pub fn as_alice(&mut self, instructions: &[Instruction]) -> Result<Receipt, Box<Failure>> {
        let alice = self.alice.insecure_clone();
        self.send(&alice, instructions)
    }

    /// The owner's instruction behind a refresh.
    pub fn refreshed(&mut self, instruction: Instruction) -> Result<Receipt, Box<Failure>> {
        self.as_owner(&[self.client.refresh(None), instruction])
    }

    pub fn accounts(&self) -> DepositorAccounts {
        let program = anchor_spl::token::ID;
        self.reserve.depositor(self.alice.pubkey(), self.alice_usdc, self.alice_ctoken, program, None)
    }

    pub fn deposit(&mut self, amount: u64) -> Result<Receipt, Box<Failure>> {
        let keys = self.accounts().deposit();
        self.as_alice(&[klend::deposit_reserve_liquidity(&lending_venue::ID, &keys, amount)])
    }

    pub fn redeem(&mut self, amount: u64) -> Result<Receipt, Box<Failure>> {
        let keys = self.accounts().redeem();
        self.as_alice(&[klend::redeem_reserve_collateral(&lending_venue::ID, &keys, amount)])
    }

    pub fn books<T>(&self, f: impl FnOnce(&ReserveView) -> T) -> T {
        let data = self.chain.account_data(&self.reserve.reserve).expect("a reserve");
        f(&ReserveView::parse(data).expect("klend's layout"))
    }

    pub fn borrowers(&self) -> Borrowers {
        let data = self.chain.account_data(&self.reserve.borrowers).expect("borrowers");
        assert_eq!(data.len(), Borrowers::SPACE);
        *bytemuck::from_bytes(&data[8..])
    }

    pub fn balance(&self, account: &Pubkey) -> u64 {
        self.chain.token_balance(account).expect("a token account")
    }

    /// The vault holds what the books call available, to the unit.
    pub fn assert_conserved(&self) {
        assert_eq!(self.balance(&self.reserve.supply_vault), self.books(|books| books.available_amount()));
    }
}

/// The failure's error number.
pub fn code(result: Result<Receipt, Box<Failure>>) -> Option<u32> {
    result.expect_err("a refusal").custom_code()
}
