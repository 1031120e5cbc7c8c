use anchor_lang::prelude::*;
use gimbal_control::Roles;

use crate::error::OracleError;
use crate::events::NetworkCreated;
use crate::instruction;
use crate::seeds::NETWORK_SEED;
use crate::state::{Edge, Network, NetworkParams, Protocol, ALL_LOST, VERSION};

/// What a new network is made with.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateNetworkArgs {
    /// Number among the authority's networks; a seed of the address.
    pub id: u16,
    /// May tighten; zero for none.
    pub curator: Pubkey,
    /// May tighten and veto; zero for none.
    pub guardian: Pubkey,
    /// Ages and speeds.
    pub params: NetworkParams,
}

/// Accounts of `create_network`.
#[event_cpi]
#[derive(Accounts)]
#[instruction(args: CreateNetworkArgs)]
pub struct CreateNetwork<'info> {
    /// Becomes the owner; a seed of the address.
    pub authority: Signer<'info>,
    /// Pays the rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// The new network.
    #[account(
        init,
        payer = payer,
        space = Network::SPACE,
        seeds = [NETWORK_SEED, authority.key().as_ref(), &args.id.to_le_bytes()],
        bump
    )]
    pub network: AccountLoader<'info, Network>,
    /// The System program.
    pub system_program: Program<'info, System>,
}

impl<'info> CreateNetwork<'info> {
    fn validate(args: &CreateNetworkArgs) -> Result<()> {
        args.params.validate()
    }

    /// - Anybody makes networks of his own; books follow the one that their owner pins.
    /// - No protocol is defined, every edge counts as the worst, and nobody may post.
    #[access_control(Self::validate(&args))]
    pub fn handler(ctx: Context<'info, Self>, args: CreateNetworkArgs) -> Result<()> {
        let clock = Clock::get()?;
        let authority = ctx.accounts.authority.key();
        let mut network = ctx.accounts.network.load_init()?;
        network.version = VERSION;
        network.bump = ctx.bumps.network;
        network.id = args.id;
        network.roles = Roles::new(authority, args.curator, args.guardian).map_err(OracleError::from)?;
        network.authority = authority;
        network.params = args.params;
        let Network { protocols, edges, .. } = &mut *network;
        let unsolved = |row: &mut Protocol| row.damage = ALL_LOST;
        protocols.iter_mut().for_each(unsolved);
        for (index, row) in edges.iter_mut().enumerate() {
            for (column, edge) in row.iter_mut().enumerate() {
                *edge = if index == column { Edge::TO_SELF } else { Edge::UNKNOWN };
            }
        }
        let data = anchor_lang::InstructionData::data(&instruction::CreateNetwork { args });
        network.absorb(clock.unix_timestamp, &authority, &data);
        network.validate()?;
        drop(network);
        emit_cpi!(NetworkCreated {
            network: ctx.accounts.network.key(),
            slot: clock.slot,
            time: clock.unix_timestamp,
            authority,
            id: args.id,
            curator: args.curator,
            guardian: args.guardian,
            params: args.params,
        });
        Ok(())
    }
}
