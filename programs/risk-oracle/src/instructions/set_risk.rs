use anchor_lang::prelude::*;

use crate::error::OracleError;
use crate::events::RiskLimitSet;
use crate::policy::limits::CAP_BPS_WHOLE;
use crate::state::{Book, RiskLimit, RISKS};

/// One row of the risk table.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetRiskArgs {
    /// Row of the table, 0 to 31.
    pub index: u8,
    /// Name of the risk, such as "asset:SOL": 1 to 16 printable ASCII characters, padded with zeros.
    pub label: [u8; 16],
    /// Cap in basis points of NAV, 0 to 10,000.
    pub cap_bps: u16,
    /// Cap in base units; `u64::MAX` for none.
    pub cap: u64,
}

/// Accounts of `set_risk`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetRisk<'info> {
    /// The book's owner; its curator or guardian to lower.
    pub signer: Signer<'info>,
    /// The book.
    #[account(mut)]
    pub book: AccountLoader<'info, Book>,
}

impl<'info> SetRisk<'info> {
    fn validate(&self, args: &SetRiskArgs) -> Result<()> {
        let book = self.book.load()?;
        book.roles.require_guardian(self.signer.key).map_err(OracleError::from)?;
        let row = book.risks.get(usize::from(args.index)).ok_or(OracleError::RiskOutOfRange)?;
        require!(is_label(&args.label), OracleError::LabelInvalid);
        require!(args.cap_bps <= CAP_BPS_WHOLE, OracleError::CapBpsOutOfRange);
        if book.roles.require_owner(self.signer.key).is_err() {
            let lowers = row.used == 1 && row.label == args.label && args.cap_bps <= row.cap_bps && args.cap <= row.cap;
            require!(lowers, OracleError::OnlyOwnerMayRaise);
        }
        Ok(())
    }

    /// - The owner defines, renames, raises and lowers.
    /// - Curator and guardian only lower a risk that is defined.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: SetRiskArgs) -> Result<()> {
        let clock = Clock::get()?;
        let mut book = ctx.accounts.book.load_mut()?;
        let row = book.risks.get_mut(usize::from(args.index)).ok_or(OracleError::RiskOutOfRange)?;
        *row = RiskLimit { label: args.label, cap: args.cap, cap_bps: args.cap_bps, used: 1, ..*row };
        let defined = book.risks.iter().filter(|risk| risk.used == 1).count().min(RISKS);
        book.risk_count = u8::try_from(defined).map_err(|_| OracleError::MathOverflow)?;
        book.invariant()?;
        drop(book);
        emit_cpi!(RiskLimitSet {
            book: ctx.accounts.book.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            by: ctx.accounts.signer.key(),
            index: args.index,
            label: args.label,
            cap_bps: args.cap_bps,
            cap: args.cap,
        });
        Ok(())
    }
}

/// Printable ASCII without a gap, at least one character, zeros only at the end.
fn is_label(label: &[u8; 16]) -> bool {
    let length = label.iter().position(|byte| *byte == 0).unwrap_or(label.len());
    let (text, padding) = label.split_at(length);
    !text.is_empty() && text.iter().all(u8::is_ascii_graphic) && padding.iter().all(|byte| *byte == 0)
}
