//! `network show`.

use super::super::super::session::Session;
use super::super::effects::who;
use super::{read, One};
use crate::table::{pairs, row, table};
use crate::views::units::{damage_bps, label_text, percent, span, When};
use anyhow::Result;
use risk_oracle::policy::contagion::{edge_in_force, loss_now, points_now};
use risk_oracle::state::{Network, UNKNOWN_CAP_BPS};
use serde_json::{json, Value};

pub(super) fn show(session: &mut Session, options: &One) -> Result<()> {
    let state = read(session, &options.network)?;
    let now = session.chain()?.clock()?.unix_timestamp;
    let value = view(&state, &options.network.to_string(), now);
    session.answer(&value, || text(&state, &options.network.to_string(), now))
}

fn view(state: &Network, address: &str, now: i64) -> Value {
    let used = usize::from(state.count);
    let protocols = state.protocols.iter().take(used).enumerate().map(|(index, row)| {
        json!({
            "index": index, "label": label_text(&row.label), "program": row.program.to_string(),
            "scores": row.scores.stored(), "points_now": points_now(row, now), "scored_at": row.scored_at,
            "loss_bps": loss_now(row, &state.params, now), "initial": row.initial, "damage": row.damage,
        })
    });
    let edges = state.edges.iter().take(used).enumerate().flat_map(|(protocol, row)| {
        let columns = row.iter().take(used).enumerate().filter(move |(column, _)| *column != protocol);
        columns.map(move |(counterparty, edge)| {
            json!({
                "protocol": protocol, "counterparty": counterparty, "cap_bps": edge.cap_bps,
                "observed_bps": (edge.posted_at != 0).then_some(edge.observed_bps), "observed_at": edge.observed_at,
                "counts_bps": edge_in_force(edge, &state.params, now),
            })
        })
    });
    json!({
        "network": address, "live": state.is_live(), "current": state.is_current(now),
        "converged": state.converged == 1, "solved_at": state.solved_at, "solves": state.solves,
        "protocols": protocols.collect::<Vec<_>>(), "edges": edges.collect::<Vec<_>>(),
        "posters": state.posters.iter().map(|poster| poster.key.to_string()).collect::<Vec<_>>(),
        "inputs_hash": hex::encode(state.inputs_hash),
    })
}

fn text(state: &Network, address: &str, now: i64) -> String {
    let solved = match (state.is_live(), state.is_current(now)) {
        (false, _) => {
            format!("not solved yet: its owner ends the set-up with `gimbal admin network solve {address} --first`")
        }
        (true, true) => format!("solved {}", When::new(state.solved_at).short()),
        (true, false) => format!(
            "solved {}, and moved or too old since: counts as all lost until `gimbal admin network solve {address}`",
            When::new(state.solved_at).short()
        ),
    };
    let points = "points: audits, age, upgrade, incidents, size";
    let mut protocols = table(&["protocol", "row", points, "loss", "by itself", "damage"]);
    let used = usize::from(state.count);
    for (index, row) in state.protocols.iter().take(used).enumerate() {
        let points = points_now(row, now).map(|points| points.to_string()).join(", ");
        let loss = percent(loss_now(row, &state.params, now));
        let damages = [row.initial, row.damage].map(|damage| percent(damage_bps(damage)));
        protocols.add_row([label_text(&row.label), index.to_string(), points, loss].into_iter().chain(damages));
    }
    let mut edges = table(&["loses", "when this fails", "counts", "cap", "observed"]);
    for (protocol, row) in state.edges.iter().take(used).enumerate() {
        for (counterparty, edge) in row.iter().take(used).enumerate().filter(|(column, _)| *column != protocol) {
            let counts = edge_in_force(edge, &state.params, now);
            if counts == 0 && edge.cap_bps == 0 {
                continue;
            }
            let observed = match edge.posted_at {
                0 => "never".to_owned(),
                _ => format!("{}, {}", percent(edge.observed_bps), When::new(edge.observed_at).short()),
            };
            let names = [protocol, counterparty].map(|index| label_text(&state.protocols[index].label));
            let cap = match edge.cap_bps {
                UNKNOWN_CAP_BPS => "not set".to_owned(),
                cap => percent(cap),
            };
            let numbers = [percent(counts), cap, observed];
            edges.add_row(names.into_iter().chain(numbers));
        }
    }
    let posters = state.posters.iter().map(|poster| who(&poster.key)).collect::<Vec<_>>().join(", ");
    let params = pairs(&[
        row("Edges count for", span(i64::from(state.params.max_edge_age))),
        row("Solutions count for", span(i64::from(state.params.max_solution_age))),
        row("Edges fall by", format!("{} a day", percent(state.params.edge_fall_bps))),
        row("Losses fall by", format!("{} a day", percent(state.params.loss_fall_bps))),
        row("Posters", posters),
    ]);
    format!("Network {address}, {solved}\n\n{protocols}\n\n{edges}\n\n{params}")
}
