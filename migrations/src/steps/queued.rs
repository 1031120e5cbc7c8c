//! What waits before it takes effect: on accounts that somebody's money depends on, a change is proposed first and applied by
//! another run, once its wait is over.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, ChainError};
use gimbal::instructions::changes::{presenting, Queue};
use gimbal::readers;
use gimbal::views::units::When;
use gimbal_control::{ChangeRecord, ChangeState};
use solana_instruction::Instruction;

use super::State;

/// A step's instruction, and the queue that it has to wait in.
pub struct Queued {
    /// The queue.
    pub queue: Queue,
    /// Number of the queue's next change.
    pub next: u64,
    /// What is to take effect.
    pub guarded: Instruction,
}

/// Where the same instruction stands in the queue.
enum Standing {
    /// Nobody has proposed it, or nothing came of it.
    Absent,
    /// As the change of this number it waits until this Unix second.
    Waits(u64, i64),
    /// The change of this number was stopped by its guardian, or withdrawn.
    Vetoed(u64),
    /// The change of this number can be applied.
    Ready(u64),
}

impl Queued {
    /// Missing where the next transaction can be sent: the proposal, or what it asked for.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        Ok(match self.standing(chain)? {
            Standing::Absent | Standing::Ready(_) => State::Missing,
            Standing::Waits(number, until) => State::Waits(format!(
                "change {number} of {}, since money depends on it: run this again from {} on",
                self.queue.target(),
                When::new(until).utc
            )),
            Standing::Vetoed(number) => {
                let target = self.queue.target();
                State::Blocked(format!(
                    "change {number} of {target} was vetoed: to propose it again, first `gimbal admin change close {target} {number}`"
                ))
            }
        })
    }

    /// The proposal, or what was proposed with the change that it spends.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn transaction(
        self,
        chain: &dyn Chain,
        owner: &Pubkey,
        payer: &Pubkey,
    ) -> Result<Vec<Instruction>, ChainError> {
        Ok(vec![match self.standing(chain)? {
            Standing::Ready(number) => presenting(self.guarded, &self.queue.change(number)),
            _ => self.queue.propose(owner, payer, self.next, &self.guarded, []),
        }])
    }

    /// Whether the next transaction is a proposal, which takes the next number.
    ///
    /// # Errors
    ///
    /// The chain's.
    pub fn is_absent(&self, chain: &dyn Chain) -> Result<bool, ChainError> {
        Ok(matches!(self.standing(chain)?, Standing::Absent))
    }

    /// The newest change of the queue with the same data.
    fn standing(&self, chain: &dyn Chain) -> Result<Standing, ChainError> {
        let now = chain.clock()?.unix_timestamp;
        for number in (0..self.next).rev() {
            let Some(record) = self.record(chain, number)? else { continue };
            if record.data() != self.guarded.data {
                continue;
            }
            if record.state == ChangeState::Vetoed as u8 {
                return Ok(Standing::Vetoed(number));
            }
            if record.is_over(now) {
                continue;
            }
            return Ok(match record.ready_at <= now {
                true => Standing::Ready(number),
                false => Standing::Waits(number, record.ready_at),
            });
        }
        Ok(Standing::Absent)
    }

    fn record(&self, chain: &dyn Chain, number: u64) -> Result<Option<ChangeRecord>, ChainError> {
        let key = self.queue.change(number);
        Ok(match self.queue {
            Queue::Vault(_) => {
                readers::read_if_exists::<vault::state::Change>(chain, &key)?.map(|change| change.record)
            }
            Queue::Ledger(_) => {
                readers::read_if_exists::<strategy_router::Change>(chain, &key)?.map(|change| change.record)
            }
            Queue::Oracle(_) => {
                readers::read_if_exists::<risk_oracle::state::Change>(chain, &key)?.map(|change| change.record)
            }
        })
    }
}
