use anchor_lang::{prelude::*, InstructionData};

use crate::change::{self, Presented};
use crate::error::OracleError;
use crate::events::{ChangeApplied, ProtocolSet};
use crate::instruction;
use crate::policy::contagion::loss_now;
use crate::state::{Change, Network, Protocol, Scores};

/// A protocol and what is known of it.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetProtocolArgs {
    /// Row of the protocol: a defined one, or the next, up to 15.
    pub index: u8,
    /// Its name, such as "klend-main": 1 to 16 printable ASCII characters, padded with zeros.
    pub label: [u8; 16],
    /// Its program; zero where it is none of this chain.
    pub program: Pubkey,
    /// Points of risk, as of now.
    pub scores: Scores,
    /// Loss that stands from now on, basis points, 0 to 10,000.
    pub loss_bps: u16,
}

impl SetProtocolArgs {
    /// Row, label, scores and loss are within their ranges; rows are defined in order.
    ///
    /// # Errors
    /// [`OracleError::ProtocolOutOfRange`]; as [`Protocol::validate`].
    pub fn validate(&self, network: &Network) -> Result<()> {
        let index = usize::from(self.index);
        let row = network.protocols.get(index).filter(|_| self.index <= network.count);
        self.over(row.ok_or(OracleError::ProtocolOutOfRange)?, 0).validate()
    }

    /// The row that this makes of `row` at `now`, Unix seconds; the scores keep their age.
    fn over(&self, row: &Protocol, now: i64) -> Protocol {
        let Self { label, program, scores, loss_bps, .. } = *self;
        Protocol { label, program, scores, used: 1, loss_bps, loss_at: now, ..*row }
    }

    /// Whether no damage can be smaller by this, as long as the scores keep their age: name and program stay, no score is
    /// better than the stored one, and the loss is no smaller than it stands. An undefined row counts as the worst of all.
    fn tightens(&self, network: &Network, now: i64) -> bool {
        let Ok(row) = network.protocol(self.index) else {
            return self.scores.points() == [Scores::WORST; 5];
        };
        let no_better = self.scores.points().into_iter().zip(row.scores.points()).all(|(next, old)| next >= old);
        row.label == self.label
            && row.program == self.program
            && no_better
            && self.loss_bps >= loss_now(row, &network.params, now)
    }
}

/// Accounts of `set_protocol`.
#[event_cpi]
#[derive(Accounts)]
pub struct SetProtocol<'info> {
    /// The network's owner; its curator or guardian to tighten.
    pub signer: Signer<'info>,
    /// The network.
    #[account(mut)]
    pub network: AccountLoader<'info, Network>,
    /// The change that has waited, where one must have.
    #[account(mut)]
    pub change: Option<AccountLoader<'info, Change>>,
    /// The instructions sysvar, with a change.
    /// CHECK: must be the sysvar.
    pub instructions: Option<UncheckedAccount<'info>>,
}

impl<'info> SetProtocol<'info> {
    fn validate(&self, args: &SetProtocolArgs) -> Result<()> {
        let network = self.network.load()?;
        network.roles.require_guardian(self.signer.key).map_err(OracleError::from)?;
        args.validate(&network)?;
        if network.roles.require_owner(self.signer.key).is_err() {
            let tightens = args.tightens(&network, Clock::get()?.unix_timestamp);
            require!(tightens, OracleError::OnlyOwnerMayLoosen);
        }
        Ok(())
    }

    /// - The owner defines, renames, scores anew and forgives a loss.
    /// - Curator and guardian only worsen scores and raise a loss; the scores keep their age.
    /// - On a live network what could make a damage smaller must have waited. So must a renewal: only with a change are
    ///   scores of now, those that are as they were as well; without one they keep their age.
    #[access_control(ctx.accounts.validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: SetProtocolArgs) -> Result<()> {
        let clock = Clock::get()?;
        let now = clock.unix_timestamp;
        let call = instruction::SetProtocol { args };
        let applied = ctx.accounts.spend_change(&call, &clock)?;
        let mut network = ctx.accounts.network.load_mut()?;
        let is_owner = network.roles.require_owner(ctx.accounts.signer.key).is_ok();
        let renews = applied.is_some() || (is_owner && !network.is_live());
        let count = network.count;
        let row = network.protocols.get_mut(usize::from(args.index)).ok_or(OracleError::ProtocolOutOfRange)?;
        let scored_at = if renews || !row.is_used() { now } else { row.scored_at };
        *row = Protocol { scored_at, ..args.over(row, now) };
        // Index is at most count, which is at most 15 where a row is new.
        network.count = count.max(args.index.saturating_add(1));
        network.absorb(now, ctx.accounts.signer.key, &call.data());
        network.validate()?;
        drop(network);
        if let Some(applied) = applied {
            emit_cpi!(applied);
        }
        emit_cpi!(ProtocolSet {
            network: ctx.accounts.network.key(),
            slot: clock.slot,
            time: now,
            by: ctx.accounts.signer.key(),
            index: args.index,
            label: args.label,
            program: args.program,
            scores: args.scores,
            scored_at,
            loss_bps: args.loss_bps,
        });
        Ok(())
    }

    #[inline(never)]
    fn spend_change(&self, call: &instruction::SetProtocol, clock: &Clock) -> Result<Option<ChangeApplied>> {
        let network = self.network.load()?;
        // Whoever may only tighten renews nothing: a change that he presents is left alone.
        let is_owner = network.roles.require_owner(self.signer.key).is_ok();
        let renews = is_owner && self.change.is_some() && network.protocol(call.args.index).is_ok();
        let waits = network.is_live() && (renews || !call.args.tightens(&network, clock.unix_timestamp));
        let presented = Presented { change: &self.change, instructions: &self.instructions };
        let terms = change::terms_of_protocol(&network, call.args.index);
        change::require(waits, &self.network.key(), presented, call, &terms, clock)
    }
}
