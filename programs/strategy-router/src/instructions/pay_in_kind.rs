use anchor_lang::prelude::*;
use anchor_spl::token_interface::{Mint, TokenInterface};
use gimbal_venue_wire::field::Plain;

use crate::{
    error::RouterError,
    events::{PaidInKind, PaidUnits},
    instructions::pay::Payment,
    policy::in_kind::{part_down, require_part, take, Taken},
    seeds::{POSITION_SEED, TOKEN_SEED},
    state::{Ledger, Line, LINES},
    venue::guard,
};

/// Where both token programs keep a mint's decimals.
const MINT_DECIMALS: usize = 44;

/// Accounts of `pay_in_kind`.
///
/// Four remaining accounts follow for every token account of a line that tracks units, by row, a line's receipt tokens
/// before its token: the line's account, its mint, the receiver's account, the token program. With this program in the
/// receiver's place that part is forgone and stays; mint and token program are not looked at then. Alone in the place of
/// all four this program forgoes it too: what is forgone takes no key of the transaction then, and nobody can make a part
/// too large for one by gifts to many accounts.
#[event_cpi]
#[derive(Accounts)]
pub struct PayInKind<'info> {
    /// The vault that burnt the part's shares.
    pub vault: Signer<'info>,
    /// The vault's ledger.
    #[account(
        mut,
        has_one = vault @ RouterError::ForeignAccount,
        has_one = cash @ RouterError::ForeignAccount,
        has_one = base_mint @ RouterError::ForeignAccount,
        has_one = base_token_program @ RouterError::ForeignAccount,
    )]
    pub ledger: AccountLoader<'info, Ledger>,
    /// The ledger's cash account.
    /// CHECK: pinned in the ledger; its bytes are checked before and after.
    #[account(mut)]
    pub cash: UncheckedAccount<'info>,
    /// Any account of the base asset, except cash itself; absent to forgo the part of the cash.
    /// CHECK: the token program checks its mint; never the cash account.
    #[account(mut)]
    pub destination: Option<UncheckedAccount<'info>>,
    /// Mint of the base asset.
    pub base_mint: Box<InterfaceAccount<'info, Mint>>,
    /// Token program of the base mint.
    pub base_token_program: Interface<'info, TokenInterface>,
}

/// A token account of a line that pays.
struct Source {
    seed: &'static [u8],
    id: u16,
    bump: u8,
    tracked: u64,
}

/// How much of everything leaves.
#[derive(Clone, Copy)]
struct Share {
    part: u64,
    whole: u64,
}

impl<'info> PayInKind<'info> {
    fn validate(&self, part: u64, whole: u64) -> Result<()> {
        require_part(part, whole)?;
        self.ledger.load()?.require_idle()
    }

    /// - ⌊part / whole⌋ of the cash that is nobody's pay and of every tracked token leaves, each account by exactly that.
    /// - No venue is called and nothing is valued: no feed, no valuation, no pause and no venue stands in the way.
    /// - A part that cannot be moved can be forgone, so that one frozen account does not hold up the rest.
    /// - Values and locked gains shrink with what they are values of.
    #[access_control(ctx.accounts.validate(part, whole))]
    pub fn handler(ctx: Context<'info, Self>, part: u64, whole: u64) -> Result<()> {
        let accounts = &ctx.accounts;
        let share = Share { part, whole };
        let cash = accounts.pay_cash(share)?;
        let paid = accounts.pay_lines(ctx.remaining_accounts, share)?;
        {
            let mut ledger = accounts.ledger.load_mut()?;
            ledger.gains.scale_up(whole.saturating_sub(part), whole)?;
            ledger.remake_totals()?;
            ledger.invariant()?;
        }
        let clock = Clock::get()?;
        emit_cpi!(PaidInKind {
            ledger: accounts.ledger.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            part,
            whole,
            cash,
            lines: paid,
        });
        Ok(())
    }

    fn pay_cash(&self, share: Share) -> Result<u64> {
        let Some(destination) = &self.destination else {
            return Ok(0);
        };
        require_keys_neq!(destination.key(), self.cash.key(), RouterError::SameAccount);
        let assets = {
            let mut ledger = self.ledger.load_mut()?;
            let assets = part_down(ledger.free_cash(), share.part, share.whole)?;
            ledger.book_payment(assets)?;
            assets
        };
        if assets > 0 {
            let (mint, program) = (self.base_mint.to_account_info(), self.base_token_program.key());
            self.send(&self.cash, mint, self.base_mint.decimals, destination, program, assets)?;
        }
        Ok(assets)
    }

    fn pay_lines(&self, remaining: &'info [AccountInfo<'info>], share: Share) -> Result<Vec<PaidUnits>> {
        let slot = Clock::get()?.slot;
        let mut groups = remaining;
        let mut paid = Vec::with_capacity(LINES);
        for row in 0..LINES {
            let (position, token) = match self.ledger.load()?.lines.get(row) {
                Some(line) if line.is_used() => sources(line),
                _ => continue,
            };
            let id = position.id;
            let position = self.pay_source(&mut groups, &position, share)?;
            let token = self.pay_source(&mut groups, &token, share)?;
            if position.is_none() && token.is_none() {
                continue;
            }
            let mut ledger = self.ledger.load_mut()?;
            let line = ledger.lines.get_mut(row).ok_or(RouterError::UnknownLine)?;
            take(line, position, token)?;
            line.last_action_slot = slot;
            line.invariant()?;
            let units = |taken: Option<Taken>| taken.map_or(0, |taken| taken.units);
            paid.push(PaidUnits { line: id, position: units(position), token: units(token) });
        }
        require!(groups.is_empty(), RouterError::VenueAccountMismatch);
        Ok(paid)
    }

    /// Takes the next group off `groups` and pays the source's part; nothing for a source that tracks nothing.
    #[inline(never)]
    fn pay_source(
        &self,
        groups: &mut &'info [AccountInfo<'info>],
        source: &Source,
        share: Share,
    ) -> Result<Option<Taken>> {
        if source.tracked == 0 {
            return Ok(None);
        }
        let remaining: &'info [AccountInfo<'info>] = groups;
        if let Some((_, rest)) = remaining.split_first().filter(|(first, _)| *first.key == crate::ID) {
            *groups = rest;
            return Ok(Some(Taken::forgone(source.tracked)));
        }
        let [account, mint, receiver, token_program, rest @ ..] = remaining else {
            return err!(RouterError::VenueAccountMismatch);
        };
        *groups = rest;
        let (ledger, id, bump) = (self.ledger.key(), source.id.to_le_bytes(), [source.bump]);
        let own = Pubkey::create_program_address(&[source.seed, ledger.as_ref(), &id, &bump], &crate::ID);
        require!(own == Ok(*account.key), RouterError::VenueAccountMismatch);
        if *receiver.key == crate::ID {
            return Ok(Some(Taken::forgone(source.tracked)));
        }
        require_keys_neq!(*receiver.key, *account.key, RouterError::SameAccount);
        let holding = guard::held_alone(account, &ledger)?;
        require_keys_eq!(*mint.key, holding.mint, RouterError::MintMismatch);
        require_keys_eq!(*token_program.key, *account.owner, RouterError::MintMismatch);
        let taken = Taken::part_down(source.tracked, holding.amount, share.part, share.whole)?;
        if taken.units > 0 {
            let decimals = u8::read(&mint.try_borrow_data()?, MINT_DECIMALS);
            self.send(account, mint.clone(), decimals, receiver, *token_program.key, taken.units)?;
        }
        Ok(Some(taken))
    }

    #[inline(never)]
    fn send(
        &self,
        source: &AccountInfo<'info>,
        mint: AccountInfo<'info>,
        decimals: u8,
        destination: &AccountInfo<'info>,
        token_program: Pubkey,
        amount: u64,
    ) -> Result<()> {
        let (vault, bump) = {
            let ledger = self.ledger.load()?;
            (ledger.vault, [ledger.bump])
        };
        let payment = Payment {
            ledger: self.ledger.to_account_info(),
            source: source.clone(),
            destination: destination.clone(),
            mint,
            decimals,
            token_program,
        };
        payment.send(amount, &vault, &bump)
    }
}

/// A line's token accounts: receipt tokens, token.
fn sources(line: &Line) -> (Source, Source) {
    let source = |seed, bump, tracked| Source { seed, id: line.id, bump, tracked };
    (source(POSITION_SEED, line.position_bump, line.position), source(TOKEN_SEED, line.token_bump, line.in_flight))
}
