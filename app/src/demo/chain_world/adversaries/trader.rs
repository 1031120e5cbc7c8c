//! Somebody from outside with money, who can deposit, redeem, and trade in the pool.

use anchor_lang::prelude::Pubkey;
use gimbal_venue_wire::whirlpool::{
    instruction::{swap_v2, SwapV2},
    MEMO_PROGRAM_ID,
};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::super::{ChainWorld, LAMPORTS};
use crate::chain::{Chain, ChainError, Sandbox};
use crate::demo::world::Outcome;
use crate::readers;
use crate::setup::{keys::keypair, tokens};

/// An outsider.
pub(super) struct Trader {
    pub(super) key: Keypair,
    base: Pubkey,
    token: Pubkey,
    shares: Pubkey,
}

impl ChainWorld {
    /// A new outsider with so many base units.
    pub(super) fn trader(&mut self, name: &str, base_units: u64) -> Result<Trader, ChainError> {
        let key = keypair(self.deployment.plan.seed, name, 0);
        let owner = key.pubkey();
        self.chain.fund(&owner, LAMPORTS)?;
        let Self { chain, deployment, .. } = self;
        let base = tokens::issue(chain, &deployment.actors, &deployment.base, &owner, base_units)?;
        let token = tokens::issue(chain, &deployment.actors, &deployment.token, &owner, 1)?;
        let create = deployment.vault.create_share_account(&deployment.actors.payer.pubkey(), &owner);
        chain.execute(&deployment.actors.payer, &[create], &[], &[])?;
        Ok(Trader { shares: deployment.vault.share_account(&owner), key, base, token })
    }

    pub(super) fn cash_of(&self, trader: &Trader) -> Result<u64, ChainError> {
        readers::balance(&self.chain, &trader.base)
    }

    pub(super) fn shares_of(&self, trader: &Trader) -> Result<u64, ChainError> {
        readers::balance(&self.chain, &trader.shares)
    }

    /// Pays `assets` in, whatever comes for it.
    pub(super) fn enter(&mut self, trader: &Trader, assets: u64) -> Result<Outcome, ChainError> {
        let deposit = self.deployment.vault.deposit(&trader.key.pubkey(), assets, 1);
        self.send(&trader.key, &[], vec![("deposit", deposit)])
    }

    /// Takes everything out, at whatever price.
    pub(super) fn leave(&mut self, trader: &Trader) -> Result<Outcome, ChainError> {
        let shares = self.shares_of(trader)?;
        let redeem = self.deployment.vault.redeem(&trader.key.pubkey(), shares, 1);
        self.send(&trader.key, &[], vec![("redeem", redeem)])
    }

    /// Base asset → token in the pool, or back with all tokens; returns what came.
    pub(super) fn trade(&mut self, trader: &Trader, base_in: Option<u64>) -> Result<Option<u64>, ChainError> {
        let received = if base_in.is_some() { trader.token } else { trader.base };
        let before = readers::balance(&self.chain, &received)?;
        let amount = match base_in {
            Some(amount) => amount,
            // One unit stays where it was.
            None => readers::balance(&self.chain, &trader.token)?.saturating_sub(1),
        };
        let Some(swap) = self.swap(trader, amount, base_in.is_some()) else { return Ok(None) };
        let outcome = self.send(&trader.key, &[], vec![("swap_v2", swap)])?;
        if !outcome.is_done() {
            return Ok(None);
        }
        Ok(Some(readers::balance(&self.chain, &received)?.saturating_sub(before)))
    }

    fn swap(&self, trader: &Trader, amount: u64, gives_base: bool) -> Option<Instruction> {
        let pool = self.deployment.lines.iter().find_map(|line| line.pool)?;
        let (base, token) = (&self.deployment.base, &self.deployment.token);
        let base_is_a = pool.context.mints[0] == base.key;
        let ours = [(base.program, base.key, trader.base), (token.program, token.key, trader.token)];
        let [a, b] = if base_is_a { ours } else { [ours[1], ours[0]] };
        let [vault_a, vault_b] = pool.context.vaults();
        let [first, second, third] = pool.tick_arrays;
        let keys = [
            a.0,
            b.0,
            MEMO_PROGRAM_ID,
            trader.key.pubkey(),
            pool.context.pool,
            a.1,
            b.1,
            a.2,
            vault_a,
            b.2,
            vault_b,
            first,
            second,
            third,
            pool.context.oracle(),
        ];
        let order = SwapV2 {
            amount,
            other_amount_threshold: 1,
            sqrt_price_limit: 0,
            amount_specified_is_input: true,
            a_to_b: base_is_a == gives_base,
        };
        Some(swap_v2(&pool.program, &keys, &order))
    }
}
