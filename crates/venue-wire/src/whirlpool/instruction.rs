//! `swap_v2`.

use crate::accounts::{metas, AccountSpec};
use solana_program::{instruction::Instruction, pubkey::Pubkey};

/// Discriminator of `swap_v2`.
pub const SWAP_V2: [u8; 8] = [0x2b, 0x04, 0xed, 0x0b, 0x1a, 0xc9, 0x1e, 0x62];

/// Account order of `swap_v2`.
pub const SWAP_V2_ACCOUNTS: [AccountSpec; 15] = [
    AccountSpec::readonly("token_program_a"),
    AccountSpec::readonly("token_program_b"),
    AccountSpec::readonly("memo_program"),
    AccountSpec::signer("token_authority"),
    AccountSpec::writable("whirlpool"),
    AccountSpec::readonly("token_mint_a"),
    AccountSpec::readonly("token_mint_b"),
    AccountSpec::writable("token_owner_account_a"),
    AccountSpec::writable("token_vault_a"),
    AccountSpec::writable("token_owner_account_b"),
    AccountSpec::writable("token_vault_b"),
    AccountSpec::writable("tick_array0"),
    AccountSpec::writable("tick_array1"),
    AccountSpec::writable("tick_array2"),
    AccountSpec::writable("oracle"),
];

/// The arguments of `swap_v2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwapV2 {
    /// What is given or demanded exactly, smallest units of that token.
    pub amount: u64,
    /// The least output, or the greatest input, the trader accepts.
    pub other_amount_threshold: u64,
    /// √price at which the swap stops, Q64.64; 0: the pool's bound.
    pub sqrt_price_limit: u128,
    /// Whether `amount` is the input.
    pub amount_specified_is_input: bool,
    /// Whether A is given for B.
    pub a_to_b: bool,
}

/// Bytes of `swap_v2`'s data without extra accounts.
pub const SWAP_V2_DATA_LEN: usize = 43;

impl SwapV2 {
    /// The instruction's data, without extra accounts.
    pub fn to_bytes(&self) -> [u8; SWAP_V2_DATA_LEN] {
        use crate::field::Plain;
        let mut data = [0; SWAP_V2_DATA_LEN];
        SWAP_V2.write(&mut data, 0);
        self.amount.write(&mut data, 8);
        self.other_amount_threshold.write(&mut data, 16);
        self.sqrt_price_limit.write(&mut data, 24);
        u8::from(self.amount_specified_is_input).write(&mut data, 40);
        u8::from(self.a_to_b).write(&mut data, 41);
        // Byte 42 stays 0: no extra accounts.
        data
    }
}

/// `swap_v2` over keys in the order of [`SWAP_V2_ACCOUNTS`].
pub fn swap_v2(program_id: &Pubkey, keys: &[Pubkey; 15], swap: &SwapV2) -> Instruction {
    Instruction { program_id: *program_id, accounts: metas(&SWAP_V2_ACCOUNTS, keys), data: swap.to_bytes().to_vec() }
}
