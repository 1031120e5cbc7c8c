//! Changes in words.

use super::super::super::session::Session;
use super::super::target::{decimals, Part, Target};
use super::super::{fields, rebuild};
use super::{parse, read, Chosen, List};
use crate::chain::Chain;
use crate::table::{object, pairs, row, words};
use crate::views::change::ChangeView;
use crate::views::units::{span, wait};
use anchor_lang::prelude::Pubkey;
use anyhow::Result;

/// The changes of a target that still have accounts, by number.
fn all(chain: &dyn Chain, target: &Target, now: i64) -> Result<Vec<ChangeView>> {
    let next = target.state(chain)?.next_change();
    let keys: Vec<Pubkey> = (0..next).map(|number| target.queue().change(number)).collect();
    let mut views = Vec::new();
    for (key, account) in keys.iter().zip(chain.get_multiple(&keys)?) {
        if let Some(account) = account.filter(|account| !account.data.is_empty()) {
            let record = parse(key, &account.data)?;
            views.push(ChangeView::new(target.part.name(), &target.queue().program(), key, &record, now));
        }
    }
    Ok(views)
}

/// `change list`.
pub(super) fn list(session: &mut Session, options: &List) -> Result<()> {
    let target = options.target.resolve(session)?;
    let targets = match (target.part, options.target.of, target.vault) {
        (Part::Vault, None, Some(vault)) => {
            [Part::Vault, Part::Ledger, Part::Book].map(|part| Target::of_vault(&vault.vault, part)).to_vec()
        }
        _ => vec![target],
    };
    let chain = session.chain()?;
    let now = chain.clock()?.unix_timestamp;
    let mut views = Vec::new();
    for target in &targets {
        // A vault whose book was never opened has no changes of it.
        if target.part != Part::Book || chain.get_account(&target.key)?.is_some() {
            views.extend(all(chain, target, now)?);
        }
    }
    views.retain(|view| options.all || view.is_pending());
    session.answer(&views, || {
        if views.is_empty() {
            return "No change waits.".to_owned();
        }
        let mut table = words(&["of", "number", "what", "state", "can be applied from", "until"]);
        for view in &views {
            let (ready, expires) = (view.ready.short(), view.expires.short());
            let what = view.what.instruction.to_owned();
            table.add_row([view.of.clone(), view.number.to_string(), what, view.state.to_owned(), ready, expires]);
        }
        table.to_string()
    })
}

/// `change show`.
pub(super) fn show(session: &mut Session, chosen: &Chosen) -> Result<()> {
    let target = chosen.target.resolve(session)?;
    let chain = session.chain()?;
    let (record, now) = (read(chain, &target, chosen.number)?, chain.clock()?.unix_timestamp);
    let (key, program) = (target.queue().change(chosen.number), target.queue().program());
    let view = ChangeView::new(target.part.name(), &program, &key, &record, now);
    let state = target.state(chain)?;
    let base = target.vault.map(|vault| decimals(chain, &vault.vault)).transpose()?;
    let rows = fields::changes(&program, rebuild::in_force(&state, record.data()).as_deref(), record.data(), base);
    let mut value = serde_json::to_value(&view)?;
    value["data"] = hex::encode(record.data()).into();
    value["paid_by"] = record.payer.to_string().into();
    value["fields"] = object(&rows);
    session.answer(&value, || {
        let mut all = vec![
            row("Concerns", target.shown()),
            row("Address", key),
            row("State", state_in_words(&view, now)),
            row("Proposed", &view.proposed.utc),
            row("Can be applied", format!("from {} until {}", view.ready.utc, view.expires.utc)),
            row("Vetoed by", if view.guardian_may_veto { "guardian or owner" } else { "the owner alone" }),
            row("Rent paid by", record.payer),
        ];
        all.extend(rows);
        all.push(row("Data", hex::encode(record.data())));
        format!("Change {}: {}\n{}", view.number, view.what.instruction, pairs(&all))
    })
}

fn state_in_words(view: &ChangeView, now: i64) -> String {
    match view.state {
        "waiting" => format!("waiting, ready in {}", wait(view.ready.unix - now)),
        "ready" => format!("ready, expires in {}", span(view.expires.unix - now)),
        other => other.to_owned(),
    }
}
