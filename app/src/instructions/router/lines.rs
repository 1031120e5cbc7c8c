//! Lines: adding, bounding, freezing, approving, removing.

use anchor_lang::{
    prelude::{AccountMeta, Pubkey},
    system_program,
};
use solana_instruction::Instruction;
use strategy_router::{accounts, instruction, venue::accounts::hash_of_call, AddStrategyArgs, LineParams, ID};

use super::{events, CodeSlots, LineContext};
use crate::instructions::{build, build_with};
use crate::pda::LineAddresses;

/// A line to be added.
#[derive(Clone, Debug)]
pub struct NewLine {
    /// Its number, adapter and parameters.
    pub args: AddStrategyArgs,
    /// Mint of the receipt tokens, and its token program.
    pub position_mint: (Pubkey, Pubkey),
    /// Mint of the token that the venue holds, and its token program: the base asset's unless swapped.
    pub token_mint: (Pubkey, Pubkey),
    /// Feed of that token, where the line is swapped.
    pub token_feed: Option<Pubkey>,
    /// The venue's program and its ProgramData.
    pub venue: (Pubkey, Pubkey),
    /// The swap venue's, where the line is swapped.
    pub swap: Option<(Pubkey, Pubkey)>,
    /// The list to be pinned.
    pub pinned: Vec<Pubkey>,
}

impl NewLine {
    /// The remaining accounts: program, program data, for a swapped line the swap's two, then the list.
    fn call_keys(&self) -> Vec<Pubkey> {
        let programs = std::iter::once(self.venue).chain(self.swap).flat_map(|(program, data)| [program, data]);
        programs.chain(self.pinned.iter().copied()).collect()
    }

    /// The line with the hash of its accounts among the arguments, as the router checks it. To be called last.
    pub fn sealed(mut self) -> Self {
        // Longer lists than a ledger takes are refused whatever their hash.
        self.args.accounts_hash = hash_of_call(&self.call_keys()).unwrap_or_default();
        self
    }
}

/// Adds a line, which must be [sealed](NewLine::sealed); the owner and `payer` sign.
pub fn add_strategy(owner: &Pubkey, payer: &Pubkey, ledger: &Pubkey, line: &NewLine) -> Instruction {
    let addresses = LineAddresses::of(ledger, line.args.id);
    let accounts = accounts::AddStrategy {
        owner: *owner,
        payer: *payer,
        ledger: *ledger,
        line_venue: addresses.venue,
        position: addresses.position,
        position_mint: line.position_mint.0,
        position_token_program: line.position_mint.1,
        token: line.args.swapped.then_some(addresses.token),
        token_mint: line.token_mint.0,
        token_program: line.token_mint.1,
        token_feed: line.token_feed,
        system_program: system_program::ID,
        change: None,
        instructions: None,
        event_authority: events(),
        program: ID,
    };
    let remaining = line.call_keys().into_iter().map(|key| AccountMeta::new_readonly(key, false));
    build_with(ID, accounts, instruction::AddStrategy { args: line.args }, remaining)
}

fn settings(authority: &Pubkey, ledger: &Pubkey) -> accounts::LineSettings {
    accounts::LineSettings {
        authority: *authority,
        ledger: *ledger,
        change: None,
        instructions: None,
        event_authority: events(),
        program: ID,
    }
}

/// Sets a line's bounds, within the signer's power.
pub fn set_bounds(authority: &Pubkey, ledger: &Pubkey, id: u16, params: LineParams) -> Instruction {
    build(ID, settings(authority, ledger), instruction::SetBounds { line: id, params })
}

/// 1 active, 2 frozen, 3 winding down; the owner signs, or the guardian for the latter two.
pub fn set_status(authority: &Pubkey, ledger: &Pubkey, id: u16, status: u8) -> Instruction {
    build(ID, settings(authority, ledger), instruction::SetStatus { line: id, status })
}

/// Approves the code that the line's venue runs now, deployed in `slots`; the owner signs.
pub fn approve_venue(owner: &Pubkey, ledger: &Pubkey, line: &LineContext, slots: CodeSlots) -> Instruction {
    let accounts = accounts::ApproveVenue {
        owner: *owner,
        ledger: *ledger,
        line_venue: line.addresses.venue,
        program_account: line.venue.0,
        program_data: line.venue.1,
        swap_program: line.swap.map(|swap| swap.0),
        swap_program_data: line.swap.map(|swap| swap.1),
        change: None,
        instructions: None,
        event_authority: events(),
        program: ID,
    };
    let CodeSlots { program, swap } = slots;
    let arguments = instruction::ApproveVenue { line: line.addresses.id, program_slot: program, swap_slot: swap };
    build(ID, accounts, arguments)
}

/// Removes an empty line; the curator or the owner signs.
pub fn remove_strategy(authority: &Pubkey, ledger: &Pubkey, id: u16, rent_recipient: &Pubkey) -> Instruction {
    let accounts = accounts::RemoveStrategy {
        authority: *authority,
        ledger: *ledger,
        line_venue: LineAddresses::of(ledger, id).venue,
        rent_recipient: *rent_recipient,
        event_authority: events(),
        program: ID,
    };
    build(ID, accounts, instruction::RemoveStrategy { line: id })
}
