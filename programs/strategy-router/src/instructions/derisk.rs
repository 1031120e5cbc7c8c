use anchor_lang::prelude::*;
use risk_oracle::state::{Book, Network};

use crate::{
    error::RouterError,
    events::Derisked,
    instructions::{line_accounts::*, pay::Payment},
    policy::{
        bounty,
        cut::measures,
        derisk::{excess, Signs},
    },
};

/// Accounts of `derisk`.
#[event_cpi]
#[derive(Accounts)]
pub struct Derisk<'info> {
    /// Anybody.
    pub authority: Signer<'info>,
    /// The line and what it needs.
    pub line: LineAccounts<'info>,
    /// The ledger's book, for what regime and contagion call for and for the bounty.
    #[account(constraint = book.key() == line.ledger.load()?.book @ RouterError::ForeignAccount)]
    pub book: Option<AccountLoader<'info, Book>>,
    /// The book's network where it has one, for the bounty: who posts to it gets none.
    pub network: Option<AccountLoader<'info, Network>>,
    /// Where the bounty goes: any account of the base asset, except cash itself. Without it none is paid.
    /// CHECK: the token program checks its mint; never the cash account.
    #[account(mut, constraint = bounty.key() != line.cash.key() @ RouterError::SameAccount)]
    pub bounty: Option<UncheckedAccount<'info>>,
}

impl<'info> Derisk<'info> {
    /// - Only when the line winds down, is over its cap or greatest weight, its token's feed is divergent or off its peg,
    ///   its venue was changed, or it is over what the book's regime or contagion leaves of its caps.
    /// - The excess comes back, or all of it, as far as the venue can pay; the bound from prices always applies.
    /// - What is lost beyond rounding for a mere excess, which anybody can bring about by taking cash out, is charged to the
    ///   loss budget; a swapped line comes down in as many calls as that needs.
    /// - A bounty is paid for what nobody can have brought about himself, within its budgets; for want of one nothing is
    ///   refused.
    pub fn handler(ctx: Context<'info, Self>, id: u16) -> Result<()> {
        let accounts = &ctx.accounts.line;
        let mut line = accounts.open(id, ctx.remaining_accounts, Staleness::Allow)?;
        line.revalue(accounts)?;
        let signs = Signs { feed: line.feeds.token, venue_changed: line.venue_changed };
        let now = line.call.view.now;
        let found = excess(&line.line, &signs, || -> Result<_> {
            let book = ctx.accounts.book.as_ref().map(|book| book.load()).transpose()?;
            measures(&*accounts.ledger.load()?, book.as_deref(), id, now)
        })?;
        let calls = !found.causes.is_empty() && found.amount > 0 && !line.line.is_empty();
        require!(calls, RouterError::NothingToDerisk);
        let before = line.line;
        let amount = match found.causes.are_grave() {
            true => found.amount,
            false => line.affordable(accounts, found.amount)?,
        };
        let outcome = line.recall(accounts, amount)?;
        if !found.causes.are_grave() {
            line.charge(accounts, &outcome)?;
        }
        let earning = bounty::earning(&before, &found, outcome.moved, now)?;
        let bounty = ctx.accounts.reward(earning, now)?;
        emit_cpi!(Derisked {
            ledger: accounts.ledger.key(),
            slot: line.call.view.slot,
            time: now,
            line: id,
            by: ctx.accounts.authority.key(),
            causes: found.causes.0,
            amount: outcome.moved,
            bounty,
            mid: outcome.mid,
        });
        let ledger = accounts.ledger.load()?;
        ledger.invariant()
    }

    /// Pays the bounty for `earning`, base units, and returns it; zero where none is due, or where the accounts do not show
    /// that one is.
    fn reward(&self, earning: u64, now: i64) -> Result<u64> {
        let accounts = &self.line;
        let Some(destination) = &self.bounty else { return Ok(0) };
        let (amount, vault, bump, decimals) = {
            let mut ledger = accounts.ledger.load_mut()?;
            let limits = ledger.limits;
            if earning == 0 || limits.bounty_bps == 0 || !self.is_impartial(limits.epoch, now)? {
                return Ok(0);
            }
            // A grave cause needs no NAV, but its bounty does.
            let Ok(nav) = ledger.nav(now) else { return Ok(0) };
            ledger.epoch.roll(limits.epoch, now, nav.mid);
            let cash = ledger.free_cash();
            let amount = bounty::bounty(&ledger.epoch, &limits, earning, nav.mid, cash)?;
            if amount == 0 {
                return Ok(0);
            }
            ledger.book_bounty(amount)?;
            (amount, ledger.vault, [ledger.bump], ledger.base_decimals)
        };
        let payment = Payment {
            ledger: accounts.ledger.to_account_info(),
            source: accounts.cash.to_account_info(),
            destination: destination.to_account_info(),
            mint: accounts.base_mint.to_account_info(),
            decimals,
            token_program: accounts.base_token_program.key(),
        };
        payment.send(amount, &vault, &bump)?;
        Ok(amount)
    }

    /// Whether it is shown that the signer has posted nothing to the book's network within the last `epoch` seconds. A
    /// ledger without a book, and a book without a network, depend on no posts.
    fn is_impartial(&self, epoch: u32, now: i64) -> Result<bool> {
        let Some(book) = &self.book else { return Ok(false) };
        let pinned = book.load()?.network;
        if pinned == Pubkey::default() {
            return Ok(true);
        }
        let Some(network) = self.network.as_ref().filter(|network| network.key() == pinned) else {
            return Ok(false);
        };
        let since = now.saturating_sub(i64::from(epoch));
        Ok(!network.load()?.posted_since(self.authority.key, since))
    }
}
