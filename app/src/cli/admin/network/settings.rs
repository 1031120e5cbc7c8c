//! What owner, curator and guardian set.

use super::super::super::session::Session;
use super::super::guarded::{self, Guarded};
use super::super::target::{Part, Target};
use super::{read, EdgeCap, Follow, Params, Poster, Protocol, Speeds};
use crate::instructions::network;
use crate::views::units::label_text;
use anchor_lang::prelude::Pubkey;
use anyhow::{anyhow, bail, Context, Result};
use risk_oracle::policy::contagion::loss_now;
use risk_oracle::state::{Network, NetworkParams, Scores};
use risk_oracle::{SetEdgeCapArgs, SetPosterArgs, SetProtocolArgs};

/// Points of risk: 0 to 100, or `unknown`.
pub(super) fn points(text: &str) -> Result<u8, String> {
    match text {
        "unknown" => Ok(Scores::UNKNOWN),
        number => number
            .parse()
            .ok()
            .filter(|points| *points <= Scores::WORST)
            .ok_or_else(|| "give 0 (least risk) to 100 (most), or unknown".to_owned()),
    }
}

/// What is given, over what is in force.
pub(super) fn over(speeds: &Speeds, now: &NetworkParams) -> Result<NetworkParams> {
    let params = NetworkParams {
        max_edge_age: speeds.max_edge_age.unwrap_or(now.max_edge_age),
        min_post_interval: speeds.min_post_interval.unwrap_or(now.min_post_interval),
        max_solution_age: speeds.max_solution_age.unwrap_or(now.max_solution_age),
        edge_fall_bps: speeds.edge_fall_bps.unwrap_or(now.edge_fall_bps),
        loss_fall_bps: speeds.loss_fall_bps.unwrap_or(now.loss_fall_bps),
    };
    params.validate().map_err(|error| anyhow!("{error}; see `gimbal admin network params --help`"))?;
    Ok(params)
}

pub(super) fn params(session: &mut Session, options: &Params) -> Result<()> {
    let now = read(session, &options.network)?.params;
    let params = over(&options.speeds, &now)?;
    if params == now {
        bail!("nothing would change: give other parameters, see `gimbal admin network params --help`");
    }
    let instruction = network::set_network_params(&session.owner_key()?, &options.network, params);
    let (title, target) = ("Set the network's ages and speeds".to_owned(), Target::network(&options.network));
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}

pub(super) fn protocol(session: &mut Session, options: &Protocol) -> Result<()> {
    let state = read(session, &options.network)?;
    let index = options.index;
    let clock = session.chain()?.clock()?.unix_timestamp;
    let known = state.protocol(index).ok();
    let before = known.map_or(Scores::NOTHING_KNOWN, |row| row.scores);
    let label = options.label.or(known.map(|row| row.label));
    let label = label.with_context(|| format!("protocol {index} is new: give its name with --label"))?;
    let args = SetProtocolArgs {
        index,
        label,
        program: options.program.or(known.map(|row| row.program)).unwrap_or_default(),
        scores: Scores {
            audits: options.audits.unwrap_or(before.audits),
            age: options.age.unwrap_or(before.age),
            upgradeability: options.upgradeability.unwrap_or(before.upgradeability),
            incidents: options.incidents.unwrap_or(before.incidents),
            size: options.size.unwrap_or(before.size),
        },
        loss_bps: options.loss_bps.unwrap_or_else(|| known.map_or(0, |row| loss_now(row, &state.params, clock))),
    };
    args.validate(&state).map_err(|error| anyhow!("{error}; see `gimbal admin network protocol --help`"))?;
    let instruction = network::set_protocol(&session.owner_key()?, &options.network, args);
    let title = format!("Score protocol {index} ({})", label_text(&label));
    let target = Target::network(&options.network);
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}

pub(super) fn edge_cap(session: &mut Session, options: &EdgeCap) -> Result<()> {
    let state = read(session, &options.network)?;
    let (protocol, counterparty, cap_bps) = (options.protocol, options.counterparty, options.cap_bps);
    let edge = state.edge(protocol, counterparty).map_err(|error| anyhow!("{error}"))?;
    if edge.cap_bps == cap_bps {
        bail!("the cap is {cap_bps} basis points already: nothing to do");
    }
    let args = SetEdgeCapArgs { protocol, counterparty, cap_bps };
    let instruction = network::set_edge_cap(&session.owner_key()?, &options.network, args);
    let [loser, fails] = [protocol, counterparty].map(|row| named(&state, row));
    let title = format!("Cap what {loser} loses when {fails} fails");
    let target = Target::network(&options.network);
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}

pub(super) fn poster(session: &mut Session, options: &Poster) -> Result<()> {
    let state = read(session, &options.network)?;
    let args = SetPosterArgs { place: options.place, key: options.key };
    args.validate(&state).map_err(|error| anyhow!("{error}"))?;
    let instruction = network::set_poster(&session.owner_key()?, &options.network, args);
    let title = match options.key == Pubkey::default() {
        true => format!("Empty the poster's place {}", options.place),
        false => format!("Name a poster at place {}", options.place),
    };
    let target = Target::network(&options.network);
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}

/// A protocol by its name, or by its row where it has none yet.
pub(super) fn named(state: &Network, row: u8) -> String {
    state.protocol(row).map_or_else(|_| format!("protocol {row}"), |known| label_text(&known.label))
}

pub(super) fn follow(session: &mut Session, options: &Follow) -> Result<()> {
    let key = &options.network;
    if !options.guarded.transaction.sign_only && *key != Pubkey::default() && !read(session, key)?.is_live() {
        bail!("the network {key} is still being set up: its owner ends that with `gimbal admin network solve {key} --first`");
    }
    let target = Target::of_vault(&options.vault, Part::Book);
    let instruction = network::set_network(&session.owner_key()?, &target.key, &options.network);
    let title = match options.network == Pubkey::default() {
        true => "Let the book follow no network".to_owned(),
        false => format!("Let the book follow the network {}", options.network),
    };
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}
