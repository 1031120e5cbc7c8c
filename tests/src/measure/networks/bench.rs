//! `solve_contagion` over any network.

use anchor_lang::{prelude::Pubkey, Discriminator};
use gimbal::bundle::with_budget;
use gimbal::chain::{Chain, EmbeddedChain, Sandbox};
use gimbal::instructions::network::{create_network, network_address, solve_contagion};
use gimbal::readers;
use gimbal_math::contagion::PROTOCOLS;
use risk_oracle::state::{self, Edge, NetworkParams, Protocol, Scores};
use risk_oracle::CreateNetworkArgs;
use solana_account::Account;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::Network;
use crate::measure::last_instruction;

/// Number of the network.
const ID: u16 = 1;

/// A chain with one network, which its owner has not solved yet.
pub struct Bench {
    chain: EmbeddedChain,
    owner: Keypair,
    key: Pubkey,
    account: Account,
    blank: Box<state::Network>,
}

impl Bench {
    /// Starts the chain, in the mode of the environment.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn start() -> Self {
        let mode = EmbeddedChain::mode_from_environment().expect("the mode's variable is native or bytecode");
        let mut chain = EmbeddedChain::new(mode).expect("the programs load");
        let owner = Keypair::new_from_array([45; 32]);
        chain.fund(&owner.pubkey(), 1_000_000_000_000).expect("lamports");
        let (none, key) = (Pubkey::default(), network_address(&owner.pubkey(), ID));
        let args = CreateNetworkArgs { id: ID, curator: none, guardian: none, params: NetworkParams::DEFAULT };
        let create = create_network(&owner.pubkey(), &owner.pubkey(), args);
        chain.execute(&owner, &[create], &[], &[]).expect("a network");
        let account = chain.require_account(&key).expect("the network");
        let blank = Box::new(readers::read(&chain, &key).expect("the network"));
        Self { chain, owner, key, account, blank }
    }

    /// Compute units of the solution, which is its owner's first: of sixteen scored protocols, every edge observed.
    ///
    /// # Panics
    ///
    /// If it is refused.
    pub fn units(&mut self, network: &Network) -> u64 {
        self.set(network);
        let solve = with_budget(&[solve_contagion(&self.key, Some(&self.owner.pubkey()))]);
        let receipt = self.chain.execute(&self.owner, &solve, &[], &[]).expect("a solution");
        last_instruction(&receipt.logs)
    }

    /// Writes the network as the oracle's own instructions would have left it.
    fn set(&mut self, network: &Network) {
        let now = self.chain.clock().expect("a clock").unix_timestamp;
        let mut state = self.blank.clone();
        state.count = PROTOCOLS as u8;
        for (index, (row, loss)) in state.protocols.iter_mut().zip(network.losses).enumerate() {
            let nothing = Scores { audits: 0, age: 0, upgradeability: 0, incidents: 0, size: 0 };
            let mut label = *b"protocol-\0\0\0\0\0\0\0";
            label[9] = b'a' + index as u8;
            *row = Protocol {
                label,
                program: Pubkey::default(),
                scores: nothing,
                used: 1,
                loss_bps: loss,
                scored_at: now,
                loss_at: now,
                loss_observed_at: now,
                initial: 0,
                damage: row.damage,
            };
        }
        for (i, (row, edges)) in state.edges.iter_mut().zip(&network.edges).enumerate() {
            for (_, (place, bps)) in row.iter_mut().zip(edges).enumerate().filter(|(j, _)| i != *j) {
                let observed =
                    Edge { observed_bps: *bps, poster: 0, posted_at: now, observed_at: now, ..Edge::UNKNOWN };
                *place = observed;
            }
        }
        state.invariant().expect("a network that the oracle could have made");
        let mut account = self.account.clone();
        account.data = [state::Network::DISCRIMINATOR, bytemuck::bytes_of(state.as_ref())].concat();
        self.chain.set_account(&self.key, account).expect("the network");
    }
}
