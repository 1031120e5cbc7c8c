//! A network's inputs, each taken as the program takes it.
//!
//! An input's data is made anew from its event, and goes into the hash as the program noted it: an event that says anything
//! else than the instruction did leads to another hash.
//!
//! The ranges of arguments and what holds for posts are checked again. Who may loosen, and whether that has waited, is not:
//! the program told of a change that it spent, and that is believed.

use anchor_lang::{prelude::Pubkey, InstructionData, Result};
use bytemuck::Zeroable;
use gimbal_control::{Role, Roles};
use risk_oracle::events::{ContagionSolved, NetworkCreated, ProtocolSet, RoleChange, RoleChanged};
use risk_oracle::policy::contagion::{check_edge, check_time, loss_now, solve};
use risk_oracle::seeds::find_network;
use risk_oracle::state::{Edge, Network, Poster, ALL_LOST, VERSION};
use risk_oracle::{instruction, OracleError};
use risk_oracle::{CreateNetworkArgs, PostEdgeArgs, PostLossArgs, SetEdgeCapArgs, SetPosterArgs, SetProtocolArgs};

use crate::decode::events::OracleEvent;

/// The network as `create_network` makes it.
pub fn created(event: &NetworkCreated) -> Network {
    let mut network = Network::zeroed();
    network.version = VERSION;
    network.bump = find_network(&event.authority, event.id).1;
    network.id = event.id;
    network.roles.owner = event.authority;
    network.roles.curator = event.curator;
    network.roles.guardian = event.guardian;
    network.authority = event.authority;
    network.params = event.params;
    for row in &mut network.protocols {
        row.damage = ALL_LOST;
    }
    for (index, row) in network.edges.iter_mut().enumerate() {
        for (column, edge) in row.iter_mut().enumerate() {
            *edge = if index == column { Edge::TO_SELF } else { Edge::UNKNOWN };
        }
    }
    let NetworkCreated { id, curator, guardian, params, .. } = *event;
    let data = instruction::CreateNetwork { args: CreateNetworkArgs { id, curator, guardian, params } }.data();
    network.absorb(event.time, &event.authority, &data);
    network
}

/// Takes an input other than the creation; `applied`: whether a change that had waited was spent for it. Whether it was
/// one. What the program's rules would have refused is taken all the same, as far as it has a place, and the rule comes
/// back.
pub fn take(network: &mut Network, event: &OracleEvent, applied: bool) -> (bool, Result<()>) {
    let owner = network.roles.owner;
    let rule = match event {
        OracleEvent::NetworkParamsSet(event) => {
            network.params = event.params;
            network.absorb(event.time, &owner, &instruction::SetNetworkParams { params: event.params }.data());
            event.params.validate()
        }
        OracleEvent::ProtocolSet(event) => set_protocol(network, event, applied),
        OracleEvent::EdgeCapSet(event) => {
            let args =
                SetEdgeCapArgs { protocol: event.protocol, counterparty: event.counterparty, cap_bps: event.cap_bps };
            let edge = network.edge_mut(args.protocol, args.counterparty).map(|edge| edge.cap_bps = args.cap_bps);
            network.absorb(event.time, &event.by, &instruction::SetEdgeCap { args }.data());
            edge.and(may_tighten(&network.roles, &event.by))
        }
        OracleEvent::PosterSet(event) => {
            let args = SetPosterArgs { place: event.place, key: event.key };
            let rule = args.validate(network).and(may_tighten(&network.roles, &event.by));
            if let Some(place) = network.posters.get_mut(usize::from(args.place)).filter(|place| place.key != args.key)
            {
                *place = Poster { key: args.key, posted_at: 0 };
            }
            network.absorb(event.time, &event.by, &instruction::SetPoster { args }.data());
            rule
        }
        OracleEvent::EdgePosted(event) => {
            let (protocol, counterparty) = (event.protocol, event.counterparty);
            let args = PostEdgeArgs { protocol, counterparty, bps: event.bps, observed_at: event.observed_at };
            post(network, event.time, &event.by, &instruction::PostEdge { args }.data(), |network, place| {
                network.protocol(protocol).and(network.protocol(counterparty))?;
                let (params, is_live) = (network.params, network.is_live());
                let edge = network.edge_mut(protocol, counterparty)?;
                let rule = check_edge(edge, args.bps, args.observed_at, &params, is_live, event.time);
                edge.observed_bps = args.bps;
                edge.poster = place;
                edge.posted_at = event.time;
                edge.observed_at = args.observed_at;
                rule
            })
        }
        OracleEvent::LossPosted(event) => {
            let args = PostLossArgs { protocol: event.protocol, bps: event.bps, observed_at: event.observed_at };
            post(network, event.time, &event.by, &instruction::PostLoss { args }.data(), |network, _| {
                let row = network.protocol(args.protocol)?;
                let rule = match args.bps < loss_now(row, &network.params, event.time) {
                    true => Err(OracleError::RatchetOnly.into()),
                    false => check_time(args.observed_at, row.loss_observed_at, &network.params, event.time),
                };
                let row = network.protocols.get_mut(usize::from(args.protocol));
                let row = row.ok_or(OracleError::ProtocolUndefined)?;
                row.loss_bps = args.bps;
                row.loss_at = event.time;
                row.loss_observed_at = args.observed_at;
                rule
            })
        }
        OracleEvent::ContagionSolved(event) => solved(network, event),
        _ => return (false, Ok(())),
    };
    (true, rule.and(network.invariant()))
}

/// Takes a change of a role.
pub fn take_role(roles: &mut Roles, event: &RoleChanged) -> Result<()> {
    let RoleChanged { by, key, .. } = event;
    let taken = match event.change {
        RoleChange::OwnerProposed => roles.propose_owner(by, *key),
        RoleChange::OwnerAccepted => roles.accept_owner(by),
        RoleChange::CuratorSet => roles.set_curator(by, *key),
        RoleChange::GuardianSet => roles.set_guardian(by, *key),
        RoleChange::OwnerRenounced => roles.renounce(by, Role::Owner),
        RoleChange::CuratorRenounced => roles.renounce(by, Role::Curator),
        RoleChange::GuardianRenounced => roles.renounce(by, Role::Guardian),
    };
    Ok(taken.map_err(OracleError::from)?)
}

fn may_tighten(roles: &Roles, by: &Pubkey) -> Result<()> {
    Ok(roles.require_guardian(by).map_err(OracleError::from)?)
}

/// Only a change that has waited, or the owner before the network is live, scores as of now.
fn set_protocol(network: &mut Network, event: &ProtocolSet, applied: bool) -> Result<()> {
    let ProtocolSet { index, label, program, scores, loss_bps, time, by, .. } = *event;
    let args = SetProtocolArgs { index, label, program, scores, loss_bps };
    let rule = args.validate(network).and(may_tighten(&network.roles, &by));
    let is_owner = network.roles.require_owner(&by).is_ok();
    let renews = applied || (is_owner && !network.is_live());
    if let Some(row) = network.protocols.get_mut(usize::from(index)) {
        row.label = label;
        row.program = program;
        row.scores = scores;
        if renews || !row.is_used() {
            row.scored_at = time;
        }
        row.used = 1;
        row.loss_bps = loss_bps;
        row.loss_at = time;
        network.count = network.count.max(index.saturating_add(1));
    }
    network.absorb(time, &by, &instruction::SetProtocol { args }.data());
    rule
}

fn post(
    network: &mut Network,
    now: i64,
    by: &Pubkey,
    data: &[u8],
    write: impl FnOnce(&mut Network, u8) -> Result<()>,
) -> Result<()> {
    let posted = network.poster(by).and_then(|place| {
        let rule = write(network, place);
        network.take_post(place, now, by, data).and(rule)
    });
    if network.poster(by).is_err() {
        network.absorb(now, by, data);
    }
    posted
}

/// The first solution is the owner's; of later ones nobody's signature counts.
fn solved(network: &mut Network, event: &ContagionSolved) -> Result<()> {
    let signer = if network.is_live() { Pubkey::default() } else { network.roles.owner };
    solve(network, event.time);
    network.absorb(event.time, &signer, &instruction::SolveContagion {}.data());
    network.moved = 0;
    network.solved_at = event.time;
    network.solved_slot = event.slot;
    network.solves = network.solves.saturating_add(1);
    Ok(())
}
