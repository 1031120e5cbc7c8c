//! A world in a few numbers, for testing the loop without a chain: one price of a share, lines that hold their money,
//! venues that pay while they have something.

use crate::demo::population::Depositor;
use crate::demo::world::*;
use crate::prices::Prices;

#[derive(Clone, Debug, Default)]
struct Ticket {
    owner: usize,
    left: u64,
    claimable: u64,
    closed: bool,
}

/// The model. Everything is public to the tests.
#[derive(Debug, Default)]
pub struct Model {
    wallets: Vec<u64>,
    shares: Vec<u64>,
    cash: u64,
    positions: Vec<u64>,
    venues: Vec<(u64, u64)>,
    tickets: Vec<Ticket>,
    head: usize,
    claims: u64,
    refreshed: bool,
    paused: bool,
    given: u64,
    written_off: Vec<u64>,
    /// Losses posted of each venue, basis points.
    pub losses: Vec<u32>,
    /// Transactions that the loop sent, in order.
    pub sent: Vec<String>,
    /// Times and prices.
    pub clock: Vec<(i64, Prices)>,
}

fn done() -> Outcome {
    Outcome::Done(vec![("any", 1_000)])
}

fn refused(name: &str) -> Outcome {
    Outcome::Refused(name.to_owned())
}

impl Model {
    pub fn new(population: &[Depositor]) -> Self {
        Self {
            wallets: population.iter().map(|one| one.endowment).collect(),
            shares: vec![0; population.len()],
            positions: vec![0; 3],
            written_off: vec![0; 3],
            losses: vec![0; 3],
            venues: vec![(50_000_000_000_000, 0); 3],
            ..Self::default()
        }
    }

    fn nav(&self) -> u64 {
        self.cash + self.positions.iter().sum::<u64>()
    }

    fn supply(&self) -> u64 {
        self.shares.iter().sum::<u64>() + self.queued()
    }

    fn queued(&self) -> u64 {
        self.tickets.iter().map(|ticket| ticket.left).sum()
    }

    fn value(&self, shares: u64) -> u64 {
        super::value_down(shares, self.nav(), self.supply())
    }

    fn enter(&mut self, who: usize, assets: u64, shares: u64) -> Outcome {
        if assets > self.wallets[who] {
            return refused("InsufficientFunds");
        }
        self.wallets[who] -= assets;
        self.cash += assets;
        self.shares[who] += shares;
        done()
    }

    fn leave(&mut self, who: usize, assets: u64, shares: u64) -> Outcome {
        if assets > self.cash.saturating_sub(self.value(self.queued())) {
            return refused("InsufficientCash");
        }
        if shares > self.shares[who] {
            return refused("InsufficientFunds");
        }
        self.cash -= assets;
        self.shares[who] -= shares;
        self.wallets[who] += assets;
        done()
    }

    fn recall(&mut self, line: usize, amount: u64) -> Outcome {
        let amount = amount.min(self.positions[line]);
        if amount > self.venues[line].0 {
            return refused("InsufficientLiquidity");
        }
        self.venues[line].0 -= amount;
        self.positions[line] -= amount;
        self.cash += amount;
        done()
    }
}

impl World for Model {
    fn venues(&self) -> Vec<String> {
        (0..3).map(|venue| format!("venue {venue}")).collect()
    }

    fn advance(&mut self, time: i64, prices: &Prices) -> Result<(), Fault> {
        self.refreshed = false;
        self.clock.push((time, *prices));
        Ok(())
    }

    fn market(&mut self, action: MarketAction) -> Result<Outcome, Fault> {
        match action {
            MarketAction::Borrowers => {
                for (available, borrowed) in &mut self.venues {
                    // Everybody wants three quarters of what there is.
                    let supply = *available + *borrowed;
                    *borrowed = supply / 4 * 3;
                    *available = supply - *borrowed;
                }
            }
            MarketAction::Squeeze { venue } => {
                let (available, borrowed) = &mut self.venues[venue];
                *borrowed += std::mem::take(available);
            }
            MarketAction::Relax { .. } => {}
            MarketAction::WriteOff { venue, bps } => {
                let (available, borrowed) = self.venues[venue];
                let amount = super::value_down(borrowed, bps, 10_000);
                let lost = super::value_down(self.positions[venue], amount, available + borrowed);
                self.positions[venue] -= lost;
                self.venues[venue].1 -= amount;
                self.written_off[venue] += amount;
            }
            MarketAction::GiveCash { amount } => self.given += amount,
            MarketAction::GiveReceipts { .. } => {}
        }
        Ok(done())
    }

    fn user(&mut self, who: usize, action: UserAction) -> Result<Outcome, Fault> {
        self.sent.push(action.instruction().to_owned());
        let supply = self.supply();
        let for_assets = |assets: u64, nav: u64| super::value_down(assets, supply, nav);
        Ok(match action {
            UserAction::Deposit { assets, min_shares } | UserAction::DepositAndAllocate { assets, min_shares, .. } => {
                let shares = for_assets(assets, self.nav());
                match () {
                    _ if self.paused => refused("DepositsPaused"),
                    _ if !self.refreshed => refused("StaleNav"),
                    _ if assets == 0 => refused("ZeroAssets"),
                    _ if shares < min_shares => refused("TooFewShares"),
                    _ => self.enter(who, assets, shares),
                }
            }
            UserAction::Mint { shares, max_assets } => {
                let assets = self.value(shares) + 1;
                match () {
                    _ if self.paused => refused("DepositsPaused"),
                    _ if assets > max_assets => refused("TooManyAssets"),
                    _ => self.enter(who, assets, shares),
                }
            }
            UserAction::Withdraw { assets, max_shares } => {
                let shares = for_assets(assets, self.nav()) + 1;
                if shares > max_shares {
                    refused("TooManyShares")
                } else {
                    self.leave(who, assets, shares)
                }
            }
            UserAction::Redeem { shares, min_assets } => {
                let assets = self.value(shares);
                if assets < min_assets {
                    refused("TooFewAssets")
                } else {
                    self.leave(who, assets, shares)
                }
            }
            UserAction::RequestRedeem { shares } => {
                assert!(shares <= self.shares[who]);
                self.shares[who] -= shares;
                self.tickets.push(Ticket { owner: who, left: shares, ..Ticket::default() });
                done()
            }
            UserAction::Claim { ticket } | UserAction::Cancel { ticket } => {
                let cancel = matches!(action, UserAction::Cancel { .. });
                let Some(ticket) = self.tickets.get_mut(ticket as usize) else { return Ok(refused("NoSuchTicket")) };
                if ticket.owner != who {
                    return Ok(refused("NotTicketOwner"));
                }
                if cancel {
                    self.shares[who] += std::mem::take(&mut ticket.left);
                }
                let paid = std::mem::take(&mut ticket.claimable);
                self.claims -= paid;
                self.wallets[who] += paid;
                ticket.closed = ticket.left == 0;
                done()
            }
        })
    }

    fn keeper(&mut self, action: KeeperAction) -> Result<Outcome, Fault> {
        self.sent.push(action.instruction().to_owned());
        Ok(match action {
            KeeperAction::Refresh => {
                self.refreshed = true;
                done()
            }
            KeeperAction::Rebalance(line) => {
                let target = self.nav() * 3 / 10;
                let amount = target.saturating_sub(self.positions[line]).min(self.cash);
                self.cash -= amount;
                self.positions[line] += amount;
                self.venues[line].0 += amount;
                done()
            }
            KeeperAction::Recall { line, amount } => self.recall(line, amount),
            KeeperAction::Derisk(line) => self.recall(line, self.positions[line].min(self.venues[line].0)),
            KeeperAction::FillTickets(count) => {
                for _ in 0..count {
                    while self.tickets.get(self.head).is_some_and(|ticket| ticket.left == 0) {
                        self.head += 1;
                    }
                    let Some(ticket) = self.tickets.get(self.head) else { break };
                    let (shares, supply) = (ticket.left, self.supply());
                    let assets = super::value_down(shares, self.nav(), supply);
                    let (shares, assets) = if assets <= self.cash {
                        (shares, assets)
                    } else {
                        (super::value_down(shares, self.cash, assets), self.cash)
                    };
                    self.cash -= assets;
                    self.claims += assets;
                    let ticket = &mut self.tickets[self.head];
                    ticket.left -= shares;
                    ticket.claimable += assets;
                }
                done()
            }
            KeeperAction::HarvestCash => {
                self.cash += std::mem::take(&mut self.given);
                done()
            }
            KeeperAction::PostLoss { venue, bps } => {
                self.losses[venue] += u32::from(bps);
                done()
            }
            KeeperAction::Harvest(_)
            | KeeperAction::CollectPay
            | KeeperAction::Crystallise
            | KeeperAction::CollectFees
            | KeeperAction::Observe
            | KeeperAction::SolveContagion => done(),
        })
    }

    fn role(&mut self, action: RoleAction) -> Result<Outcome, Fault> {
        self.sent.push(action.instruction().to_owned());
        match action {
            RoleAction::PauseDeposits => self.paused = true,
            RoleAction::LiftDeposits => self.paused = false,
            _ => {}
        }
        Ok(done())
    }

    fn adversaries(&mut self, _next: &Prices) -> Result<Vec<Play>, Fault> {
        // Nothing here can be attacked; a fixed answer shows that the loop asks and adds up.
        let play = |adversary| Play { adversary, attempts: 3, refused: 1, gained: -2, others_lost: 0 };
        Ok(Adversary::ALL.map(play).to_vec())
    }

    fn vault(&self) -> Result<VaultState, Fault> {
        let line = |line: usize| LineState {
            low: self.positions[line],
            mid: self.positions[line],
            high: self.positions[line],
            liquidity: self.venues[line].0,
            target: self.nav() / 10 * 3,
            band: self.nav() / 100,
            endangered: false,
        };
        Ok(VaultState {
            cash: self.cash,
            reserved: self.value(self.queued()),
            nav: [self.nav(); 3],
            shares: self.supply(),
            queued_shares: self.queued(),
            claims_owed: self.claims,
            ticket_head: self.head as u64,
            ticket_tail: self.tickets.len() as u64,
            lines: (0..3).map(line).collect(),
            ..VaultState::default()
        })
    }

    fn venue_states(&self) -> Result<Vec<VenueState>, Fault> {
        let state = |((available, borrowed), written_off): (&(u64, u64), &u64)| VenueState {
            available: *available,
            borrowed: *borrowed,
            written_off: *written_off,
            benchmark: 1_000_000_000_000,
        };
        Ok(self.venues.iter().zip(&self.written_off).map(state).collect())
    }

    fn risk(&self) -> Result<RiskState, Fault> {
        Ok(super::model_risk::risk(&self.clock, &self.positions, &self.losses))
    }

    fn holding(&self, depositor: usize) -> Result<Holding, Fault> {
        let open = self.tickets.iter().enumerate().filter(|(_, ticket)| ticket.owner == depositor && !ticket.closed);
        let tickets = open.map(|(sequence, ticket)| TicketState {
            sequence: sequence as u64,
            shares_left: ticket.left,
            claimable: ticket.claimable,
        });
        Ok(Holding { wallet: self.wallets[depositor], shares: self.shares[depositor], tickets: tickets.collect() })
    }

    fn identities(&self) -> Result<Vec<Identity>, Fault> {
        Ok(vec![Identity {
            name: "claims".to_owned(),
            expected: i128::from(self.claims),
            actual: self.tickets.iter().map(|ticket| i128::from(ticket.claimable)).sum(),
        }])
    }

    fn accounts_hash(&self) -> Result<String, Fault> {
        Ok(format!("{:?} {:?} {}", self.wallets, self.shares, self.cash))
    }
}
