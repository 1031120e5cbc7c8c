use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenInterface};
use gimbal_control::Creator;
use risk_oracle::state::Feed;

use crate::{
    adapters::{adapter, Proposal},
    change::{self, Presented},
    error::RouterError,
    events::{ChangeApplied, StrategyAdded},
    instruction,
    policy::bounds::{require_sums, LineParams},
    seeds::{LINE_SEED, POSITION_SEED, TOKEN_SEED},
    state::{Change, Ledger, LineStatus, LineVenue, VenueIdentity, MAX_VENUE_ACCOUNTS},
    venue::{
        accounts::{hash_of_call, split_code},
        guard, tripwire,
    },
};

/// A line to be added.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddStrategyArgs {
    /// The ledger's `next_line_id`; part of the addresses.
    pub id: u16,
    /// Adapter kind: 1 is lending.
    pub adapter: u8,
    /// Whether the base asset is swapped into another token first.
    pub swapped: bool,
    /// Bounds and valuation parameters.
    pub params: LineParams,
    /// sha256 over the keys of all remaining accounts in order: what is added is what was proposed.
    pub accounts_hash: [u8; 32],
}

/// Accounts of `add_strategy`; program, program data, for a swapped line the swap's two, then the list to pin follow.
#[event_cpi]
#[derive(Accounts)]
#[instruction(args: AddStrategyArgs)]
pub struct AddStrategy<'info> {
    /// The ledger's owner.
    pub owner: Signer<'info>,
    /// Pays the rents.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The ledger.
    #[account(mut)]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The line's venue account.
    /// CHECK: its address is checked; it is made here.
    #[account(mut, seeds = [LINE_SEED, ledger.key().as_ref(), &args.id.to_le_bytes()], bump)]
    pub line_venue: UncheckedAccount<'info>,
    /// Account for the receipt tokens, held by the ledger.
    /// CHECK: its address is checked; it is made here.
    #[account(mut, seeds = [POSITION_SEED, ledger.key().as_ref(), &args.id.to_le_bytes()], bump)]
    pub position: UncheckedAccount<'info>,
    /// Mint of the receipt tokens.
    #[account(mint::token_program = position_token_program)]
    pub position_mint: Box<InterfaceAccount<'info, Mint>>,
    /// Token program of the receipt tokens.
    pub position_token_program: Interface<'info, TokenInterface>,
    /// Account for the token of a swapped line, held by the ledger; absent for a same-asset line.
    /// CHECK: its address is checked; it is made here.
    #[account(mut, seeds = [TOKEN_SEED, ledger.key().as_ref(), &args.id.to_le_bytes()], bump)]
    pub token: Option<UncheckedAccount<'info>>,
    /// Mint of the token that the venue holds; the base mint for a same-asset line.
    #[account(mint::token_program = token_program)]
    pub token_mint: Box<InterfaceAccount<'info, Mint>>,
    /// Token program of that mint.
    pub token_program: Interface<'info, TokenInterface>,
    /// Feed of the token of a swapped line.
    pub token_feed: Option<AccountLoader<'info, Feed>>,
    /// Creates the accounts.
    pub system_program: Program<'info, System>,
    /// The change that has waited, where one must have.
    #[account(mut)]
    pub change: Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar, with a change.
    /// CHECK: must be the sysvar.
    pub instructions: Option<UncheckedAccount<'info>>,
}

impl<'info> AddStrategy<'info> {
    fn validate(&self, args: &AddStrategyArgs) -> Result<()> {
        args.params.validate()?;
        let ledger = self.ledger.load()?;
        ledger.roles.require_owner(self.owner.key).map_err(RouterError::from)?;
        ledger.require_idle()?;
        require!(args.id == ledger.next_line_id, RouterError::UnknownLine);
        require!(args.swapped == self.token.is_some(), RouterError::VenueAccountMismatch);
        require!(args.swapped == self.token_feed.is_some(), RouterError::FeedMissing);
        if let Some(feed) = &self.token_feed {
            // Loading checks that the account is a feed of the oracle.
            feed.load()?;
        }
        guard::require_plain_mint(self.token_mint.as_ref().as_ref())?;
        guard::require_plain_mint(self.position_mint.as_ref().as_ref())?;
        Ok(())
    }

    /// - Only the owner, and on a live ledger it must have waited; the line starts active and empty.
    /// - The accounts are those that the arguments name by their hash.
    /// - Every account that the venue's own accounts name is the one in the list.
    /// - What code the venue runs now is what new money is bound to.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: AddStrategyArgs) -> Result<()> {
        let accounts = &ctx.accounts;
        let remaining = ctx.remaining_accounts;
        let supplied = hash_of_call(remaining.iter().map(|account| account.key))?;
        require!(supplied == args.accounts_hash, RouterError::VenueAccountMismatch);
        let adapter = adapter(args.adapter)?;
        let own = adapter.own_accounts(args.swapped);
        let (code, rest) = split_code(remaining)?;
        let venue = tripwire::identity(code.program, code.program_data)?;
        let (swap, pinned) = if args.swapped {
            let (code, rest) = split_code(rest)?;
            (Some(tripwire::identity(code.program, code.program_data)?), rest)
        } else {
            (None, rest)
        };
        require!(pinned.len() <= MAX_VENUE_ACCOUNTS, RouterError::VenueAccountMismatch);
        let is_own = |index: usize, key: &Pubkey| pinned.get(index).is_some_and(|account| account.key == key);
        require!(is_own(own.position, &accounts.position.key()), RouterError::VenueAccountMismatch);
        if let (Some(index), Some(token)) = (own.token, &accounts.token) {
            require!(is_own(index, &token.key()), RouterError::VenueAccountMismatch);
        }
        {
            let ledger = accounts.ledger.load()?;
            adapter.inspect(&Proposal {
                ledger: accounts.ledger.key(),
                base_mint: ledger.base_mint,
                base_token_program: ledger.base_token_program,
                token_mint: accounts.token_mint.key(),
                position_mint: accounts.position_mint.key(),
                program: venue.program,
                swap_program: swap.map(|swap| swap.program),
                pinned,
            })?;
        }
        let clock = Clock::get()?;
        let applied = accounts.spend_change(args, &clock)?;
        accounts.make_token_accounts(args.id, &ctx.bumps)?;
        let accounts_hash = accounts.write_venue(&args, &ctx.bumps, adapter.value_count(), venue, swap, pinned)?;
        accounts.write_line(&args, &ctx.bumps)?;

        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(StrategyAdded {
            ledger: accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            line: args.id,
            adapter: args.adapter,
            swapped: args.swapped,
            program: venue.program,
            accounts_hash,
        });
        Ok(())
    }

    #[inline(never)]
    fn spend_change(&self, args: AddStrategyArgs, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let ledger = self.ledger.load()?;
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let (call, terms) = (instruction::AddStrategy { args }, change::terms_of_new_line(&ledger));
        change::require(ledger.is_live(), &self.ledger.key(), presented, &call, &terms, clock)
    }

    fn funds(&self) -> Creator<'_, 'info> {
        Creator { payer: self.payer.as_ref(), system_program: self.system_program.as_ref() }
    }

    /// Makes the line's token accounts, held by the ledger.
    #[inline(never)]
    fn make_token_accounts(&self, id: u16, bumps: &AddStrategyBumps) -> Result<()> {
        let (ledger, id, funds) = (self.ledger.key(), id.to_le_bytes(), self.funds());
        let bump = [bumps.position];
        let seeds: [&[u8]; 4] = [POSITION_SEED, ledger.as_ref(), &id, &bump];
        funds.token_account(&self.position, &seeds, self.position_mint.as_ref().as_ref(), &ledger)?;
        if let (Some(token), Some(bump)) = (&self.token, bumps.token) {
            let bump = [bump];
            let seeds: [&[u8]; 4] = [TOKEN_SEED, ledger.as_ref(), &id, &bump];
            funds.token_account(token, &seeds, self.token_mint.as_ref().as_ref(), &ledger)?;
        }
        Ok(())
    }

    fn write_venue(
        &self,
        args: &AddStrategyArgs,
        bumps: &AddStrategyBumps,
        value_count: u8,
        identity: VenueIdentity,
        swap: Option<VenueIdentity>,
        pinned: &[AccountInfo],
    ) -> Result<[u8; 32]> {
        let (ledger, funds) = (self.ledger.key(), self.funds());
        let (id, bump) = (args.id.to_le_bytes(), [bumps.line_venue]);
        let seeds: [&[u8]; 4] = [LINE_SEED, ledger.as_ref(), &id, &bump];
        let mut venue = funds.state::<LineVenue>(&self.line_venue, &seeds)?;
        venue.version = LineVenue::VERSION;
        venue.bump = bumps.line_venue;
        venue.account_count = u8::try_from(pinned.len()).map_err(|_| RouterError::VenueAccountMismatch)?;
        venue.value_count = value_count;
        venue.id = args.id;
        venue.adapter = args.adapter;
        venue.swapped = u8::from(args.swapped);
        venue.position_bump = bumps.position;
        venue.token_bump = bumps.token.unwrap_or_default();
        venue.token_decimals = self.token_mint.decimals;
        venue.ledger = ledger;
        venue.venue = identity;
        if let Some(swap) = swap {
            venue.swap = swap;
        }
        venue.token_mint = self.token_mint.key();
        venue.token_feed = self.token_feed.as_ref().map(|feed| feed.key()).unwrap_or_default();
        for (pin, account) in venue.accounts.iter_mut().zip(pinned) {
            *pin = *account.key;
        }
        venue.accounts_hash = LineVenue::hash_of(venue.pinned());
        venue.invariant()?;
        Ok(venue.accounts_hash)
    }

    fn write_line(&self, args: &AddStrategyArgs, bumps: &AddStrategyBumps) -> Result<()> {
        let mut ledger = self.ledger.load_mut()?;
        let row = ledger.lines.iter_mut().find(|line| !line.is_used()).ok_or(RouterError::LedgerFull)?;
        // A row of a removed line holds nothing but history.
        *row = bytemuck::Zeroable::zeroed();
        row.id = args.id;
        row.adapter = args.adapter;
        row.status = LineStatus::Active as u8;
        row.token_decimals = self.token_mint.decimals;
        row.swapped = u8::from(args.swapped);
        row.position_bump = bumps.position;
        row.token_bump = bumps.token.unwrap_or_default();
        args.params.write(row);
        row.invariant()?;
        ledger.line_count = ledger.line_count.saturating_add(1);
        ledger.next_line_id = ledger.next_line_id.checked_add(1).ok_or(RouterError::LedgerFull)?;
        require_sums(&ledger)?;
        ledger.remake_totals()?;
        ledger.invariant()
    }
}
