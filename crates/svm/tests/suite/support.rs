//! A chain with two probes, a payer and a few accounts.

use {
    crate::probe::{process, OTHER, PROBE},
    anchor_lang::prelude::{pubkey, Pubkey},
    gimbal_svm::{native, EmbeddedChain, Failure, Mode, ProgramSpec, Receipt},
    solana_instruction::{AccountMeta, Instruction},
    solana_keypair::Keypair,
    solana_message::{Message, VersionedMessage},
    solana_signer::Signer,
    solana_transaction::versioned::VersionedTransaction,
};

pub const SYSTEM: Pubkey = pubkey!("11111111111111111111111111111111");
/// An account of the probe.
pub const OWN: Pubkey = Pubkey::new_from_array([0x10; 32]);
/// An account of the other probe.
pub const FOREIGN: Pubkey = Pubkey::new_from_array([0x20; 32]);

/// What the accounts hold before each test, in lamports and bytes.
pub const LAMPORTS: u64 = 10_000_000;
pub const DATA: [u8; 64] = [5; 64];

pub fn probes() -> [ProgramSpec; 2] {
    [
        ProgramSpec { name: "probe", id: PROBE, native: native!(process), upgrade_authority: None },
        ProgramSpec { name: "other-probe", id: OTHER, native: native!(process), upgrade_authority: Some(OWN) },
    ]
}

pub struct Bench {
    pub chain: EmbeddedChain,
    pub payer: Keypair,
}

impl Bench {
    pub fn new() -> Self {
        let mut chain = EmbeddedChain::new(Mode::Native, &probes()).unwrap();
        let payer = key(1);
        chain.airdrop(&payer.pubkey(), 1_000_000_000_000).unwrap();
        for (address, owner) in [(OWN, PROBE), (FOREIGN, OTHER)] {
            let mut account = gimbal_svm::Account::new(LAMPORTS, 0, &owner);
            account.data = DATA.to_vec();
            chain.set_account(address, account).unwrap();
        }
        Self { chain, payer }
    }

    pub fn sign(&self, instructions: &[Instruction], others: &[&Keypair]) -> VersionedTransaction {
        let message =
            Message::new_with_blockhash(instructions, Some(&self.payer.pubkey()), &self.chain.latest_blockhash());
        let signers: Vec<&Keypair> = std::iter::once(&self.payer).chain(others.iter().copied()).collect();
        VersionedTransaction::try_new(VersionedMessage::Legacy(message), &signers).unwrap()
    }

    pub fn send(&mut self, instructions: &[Instruction]) -> Result<Receipt, Failure> {
        let transaction = self.sign(instructions, &[]);
        self.chain.send(transaction)
    }

    /// Sends one deed to the probe.
    pub fn probe(&mut self, data: &[u8], accounts: Vec<AccountMeta>) -> Result<Receipt, Failure> {
        self.send(&[Instruction::new_with_bytes(PROBE, data, accounts)])
    }

    pub fn data(&self, address: &Pubkey) -> Vec<u8> {
        self.chain.account(address).unwrap().data
    }
}

pub fn key(seed: u8) -> Keypair {
    Keypair::new_from_array([seed; 32])
}

/// A writable account that does not sign.
pub fn w(address: Pubkey) -> AccountMeta {
    AccountMeta::new(address, false)
}

/// A read-only account that does not sign.
pub fn r(address: Pubkey) -> AccountMeta {
    AccountMeta::new_readonly(address, false)
}

/// The system program's transfer (2).
pub fn transfer(from: Pubkey, to: Pubkey, lamports: u64) -> Instruction {
    let mut data = 2u32.to_le_bytes().to_vec();
    data.extend_from_slice(&lamports.to_le_bytes());
    Instruction::new_with_bytes(SYSTEM, &data, vec![AccountMeta::new(from, true), w(to)])
}

/// The system program's account creation (0).
pub fn create_account(from: Pubkey, to: Pubkey, lamports: u64, bytes: u64, owner: Pubkey) -> Instruction {
    let mut data = 0u32.to_le_bytes().to_vec();
    data.extend_from_slice(&lamports.to_le_bytes());
    data.extend_from_slice(&bytes.to_le_bytes());
    data.extend_from_slice(owner.as_ref());
    let accounts = vec![AccountMeta::new(from, true), AccountMeta::new(to, true)];
    Instruction::new_with_bytes(SYSTEM, &data, accounts)
}
