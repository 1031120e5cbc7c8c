use anchor_lang::prelude::*;

use crate::error::OracleError;
use crate::events::LineRiskSet;
use crate::policy::limits::CAP_BPS_WHOLE;
use crate::state::{Book, LineRisk, NO_LINE, NO_RISK, RISKS_PER_LINE};

/// What a line is exposed to, and its caps.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetLineRiskArgs {
    /// The ledger's id of the line, from 1.
    pub line: u16,
    /// Rows of the risk table; 255 for none.
    pub risks: [u8; RISKS_PER_LINE],
    /// Cap in basis points of NAV, 0 to 10,000.
    pub cap_bps: u16,
    /// Cap in base units; `u64::MAX` for none.
    pub cap: u64,
}

impl SetLineRiskArgs {
    /// Whether this frees the line's row: no risks, no money.
    fn frees(&self) -> bool {
        self.risks == [NO_RISK; RISKS_PER_LINE] && self.cap_bps == 0 && self.cap == 0
    }
}

/// Accounts of `set_line_risk`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetLineRisk<'info> {
    /// The book's owner; its curator or guardian to lower caps.
    pub signer: Signer<'info>,
    /// The book.
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
}

impl<'info> SetLineRisk<'info> {
    fn validate(&self, args: &SetLineRiskArgs) -> Result<()> {
        let book = self.book.load()?;
        book.roles.require_guardian(self.signer.key).map_err(OracleError::from)?;
        require!(args.line != NO_LINE, OracleError::ZeroLineId);
        require!(args.cap_bps <= CAP_BPS_WHOLE, OracleError::CapBpsOutOfRange);
        let mut seen = [NO_RISK; RISKS_PER_LINE];
        for (place, index) in seen.iter_mut().zip(args.risks) {
            *place = index;
            if index != NO_RISK {
                let risk = book.risks.get(usize::from(index)).ok_or(OracleError::RiskOutOfRange)?;
                require!(risk.used == 1, OracleError::RiskUndefined);
            }
        }
        seen.sort_unstable();
        let repeated = seen.windows(2).any(|pair| matches!(pair, [a, b] if a == b && *a != NO_RISK));
        require!(!repeated, OracleError::RiskRepeated);
        if book.roles.require_owner(self.signer.key).is_err() {
            let lowers = book
                .line(args.line)
                .is_some_and(|line| line.risks == args.risks && args.cap_bps <= line.cap_bps && args.cap <= line.cap);
            require!(lowers, OracleError::OnlyOwnerMayRaise);
        }
        Ok(())
    }

    /// - The owner registers a line, changes its risks and caps, and frees its row by no risks and caps of zero.
    /// - Curator and guardian only lower the caps of a line that the book knows.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: SetLineRiskArgs) -> Result<()> {
        let clock = Clock::get()?;
        let mut book = ctx.accounts.book.load_mut()?;
        let at = book
            .lines
            .iter()
            .position(|line| line.line_id == args.line)
            .or_else(|| book.lines.iter().position(|line| line.line_id == NO_LINE))
            .ok_or(OracleError::LineTableFull)?;
        let row = book.lines.get_mut(at).ok_or(OracleError::LineTableFull)?;
        *row = if args.frees() {
            LineRisk::FREE
        } else {
            LineRisk {
                line_id: args.line,
                cap_bps: args.cap_bps,
                risks: args.risks,
                cap: args.cap,
                // Of the same line, or zero in a free row.
                exposure: row.exposure,
            }
        };
        book.invariant()?;
        drop(book);
        emit_cpi!(LineRiskSet {
            book: ctx.accounts.book.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            by: ctx.accounts.signer.key(),
            line: args.line,
            risks: args.risks,
            cap_bps: args.cap_bps,
            cap: args.cap,
        });
        Ok(())
    }
}
