//! The reference lending markets as a test plays them: what the markets' owner and their borrowers do.

use gimbal::instructions::lending::ReserveContext;
use lending_venue::{ReserveConfig, SetMarketArgs, SimulateBorrowersArgs, WriteOffArgs};
use solana_instruction::Instruction;

use crate::{Fixture, Outcome};

/// Plays the market under a line, named by the line's place in the deployment.
pub struct LendingClient<'a> {
    /// The fixture.
    pub fx: &'a mut Fixture,
}

impl LendingClient<'_> {
    fn reserve(&self, place: usize) -> ReserveContext {
        self.fx.deployment.lines[place].reserve
    }

    fn send(&mut self, instructions: &[Instruction]) -> Outcome {
        let owner = self.fx.deployment.actors.venue_owner.insecure_clone();
        self.fx.send(instructions, &[&owner])
    }

    /// klend's own refresh.
    pub fn refresh(&mut self, place: usize) -> Outcome {
        let reserve = self.reserve(place);
        self.fx.send(&[reserve.refresh()], &[])
    }

    /// Lends to the market's owner; `u64::MAX` lends all there is.
    pub fn borrow(&mut self, place: usize, amount: u64) -> Outcome {
        let reserve = self.reserve(place);
        self.send(&[reserve.refresh(), reserve.borrow(amount)])
    }

    /// Takes back what the owner borrowed.
    pub fn repay(&mut self, place: usize, amount: u64) -> Outcome {
        let reserve = self.reserve(place);
        self.send(&[reserve.refresh(), reserve.repay(amount)])
    }

    /// Makes `amount` of debt bad.
    pub fn write_off(&mut self, place: usize, args: WriteOffArgs) -> Outcome {
        let reserve = self.reserve(place);
        self.send(&[reserve.refresh(), reserve.write_off(args)])
    }

    /// Sets the reserve's configuration.
    pub fn set_config(&mut self, place: usize, config: ReserveConfig) -> Outcome {
        let reserve = self.reserve(place);
        self.send(&[reserve.set_config(config)])
    }

    /// 0 active, 1 obsolete, 2 hidden.
    pub fn set_status(&mut self, place: usize, status: u8) -> Outcome {
        let reserve = self.reserve(place);
        self.send(&[reserve.set_status(status)])
    }

    /// Halts the market, or stops its lending.
    pub fn set_market(&mut self, place: usize, args: SetMarketArgs) -> Outcome {
        let reserve = self.reserve(place);
        self.send(&[gimbal::instructions::lending::set_market(&reserve.owner, &reserve.addresses.market, args)])
    }

    /// Lets every cohort act once.
    pub fn simulate_borrowers(&mut self, place: usize, args: SimulateBorrowersArgs) -> Outcome {
        let reserve = self.reserve(place);
        self.send(&[reserve.refresh(), reserve.simulate_borrowers(args)])
    }
}
