//! Simulation, review, consent, sending.

use super::super::operation::{Operation, Outcome, TransactionArgs};
use super::super::session::Session;
use super::super::terminal::consent;
use super::balances::{written, Moved};
use super::budget::Budget;
use super::keys::{required, unsigned, Keys};
use super::review::{self, sol};
use crate::chain::Receipt;
use crate::table::{object, pairs, row, Row};
use crate::transaction::{self, compile, MAX_COMPUTE_UNITS};
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Context, Result};
use serde_json::json;
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;

/// A transaction that was simulated, ready to sign.
struct Prepared {
    instructions: Vec<Instruction>,
    budget: Budget,
    signatures: usize,
    receipt: Receipt,
    /// Balances of payer and authority that change.
    balances: Vec<Row>,
}

/// The whole way from an operation to its receipt.
pub(super) fn run(session: &mut Session, args: &TransactionArgs, operation: &Operation) -> Result<Outcome> {
    let payer = session.payer_key()?;
    if !args.dry_run {
        let message = compile(&payer, &operation.instructions, &operation.tables, Default::default())?;
        Keys::gather(session, args, operation)?.require(&message, &operation.authority)?;
    }
    if args.dry_run && !operation.before.is_empty() {
        return look_before(session, args, operation, &payer);
    }
    let cranked = run_before(session, args, operation, &payer)?;
    let people = [payer, operation.authority];
    let prepared = prepare(session, args, &people, &operation.instructions, &operation.tables)?;
    let effects = (operation.effects)(&prepared.receipt);
    let mut rows = review::facts(session, operation, &payer, &prepared.budget, prepared.signatures);
    rows.extend(effects.iter().chain(&prepared.balances).cloned().map(review::simulated));
    if args.dry_run {
        return dry(session, operation, rows, Some(prepared.receipt), effects);
    }
    show(session, args, &operation.title, &rows);
    consent(session.terminal(), &format!("{}?", operation.title), args.yes)?;
    let receipt = send(session, args, operation, &prepared.instructions)?;
    report(session, operation, &receipt, &cranked)?;
    let effects = (operation.effects)(&receipt);
    Ok(Outcome::Sent { receipt, effects })
}

/// Simulates with the most units, unless others are given, and throws the result away.
pub(super) fn look(session: &mut Session, payer: &Pubkey, operation: &Operation, given: &Budget) -> Result<Receipt> {
    let budget = Budget { limit: Some(given.limit.unwrap_or(MAX_COMPUTE_UNITS)), ..*given };
    let blockhash = session.chain()?.latest_blockhash()?;
    let message = compile(payer, &budget.before(&operation.instructions), &operation.tables, blockhash)?;
    Ok(session.chain()?.simulate(&unsigned(message)?)?)
}

/// Sets the budget by a simulation at the largest one. `people`: the fee payer and the authority.
fn prepare(
    session: &mut Session,
    args: &TransactionArgs,
    people: &[Pubkey; 2],
    instructions: &[Instruction],
    tables: &[AddressLookupTableAccount],
) -> Result<Prepared> {
    let [payer, _] = people;
    let given = Budget::given(args);
    let widest = match args.fixed() {
        true => given,
        false => {
            let price = given.price.map_or_else(|| price(session, payer, instructions), Ok)?;
            Budget { limit: Some(given.limit.unwrap_or(MAX_COMPUTE_UNITS)), price: Some(price) }
        }
    };
    let blockhash = match args.blockhash {
        Some(given) => given,
        None => session.chain()?.latest_blockhash()?,
    };
    let all = widest.before(instructions);
    let message = compile(payer, &all, tables, blockhash)?;
    let signatures = required(&message).len();
    solvent(session, payer, widest.network_fee(signatures), given.limit.is_none() && !args.fixed())?;
    let chain = session.chain()?;
    let keys = written(payer, instructions);
    let before = chain.get_multiple(&keys)?;
    let (receipt, after) = chain.simulate_reading(&unsigned(message)?, &keys)?;
    let moved = Moved { keys: &keys, before: &before, after: &after };
    let balances = moved.rows(chain, people, (payer, receipt.fee))?;
    session.tell_more(|| format!("Simulation log:\n  {}", receipt.logs.join("\n  ")));
    let budget = match args.fixed() || given.limit.is_some() {
        true => widest,
        false => Budget { limit: Some(transaction::unit_limit(receipt.compute_units)), ..widest },
    };
    Ok(Prepared { instructions: budget.before(instructions), budget, signatures, receipt, balances })
}

/// Micro-lamports per unit that recent transactions on the same accounts paid.
fn price(session: &mut Session, payer: &Pubkey, instructions: &[Instruction]) -> Result<u64> {
    Ok(session.chain()?.recent_priority_fee(&written(payer, instructions))?)
}

/// Refuses early where the fee payer cannot pay the network. `widest`: the fee is the most that it could be, so that only
/// an empty account is refused.
fn solvent(session: &mut Session, payer: &Pubkey, fee: u64, widest: bool) -> Result<()> {
    let has = session.chain()?.get_account(payer)?.map_or(0, |account| account.lamports);
    let needs = if widest { 1 } else { fee };
    if has < needs {
        bail!(
            "the fee payer {payer} holds {} on {}, and the network's fee is {}: fund it, or give another with --fee-payer",
            sol(has),
            session.config.cluster(),
            if widest { format!("at most {}", sol(fee)) } else { sol(fee) }
        );
    }
    Ok(())
}

/// Sends the cranks, each simulated, after one question.
fn run_before(
    session: &mut Session,
    args: &TransactionArgs,
    operation: &Operation,
    payer: &Pubkey,
) -> Result<Vec<Receipt>> {
    if operation.before.is_empty() {
        return Ok(Vec::new());
    }
    let count = operation.before.len();
    let what = cranks(count);
    if args.fixed() {
        session.tell(&format!(
            "{what} must run before and cannot be signed elsewhere: they are sent by the fee payer now"
        ));
    }
    let rows = [
        row("Cluster", session.config.cluster()),
        row("Fee payer", payer),
        row("Before it", format!("{what}: prices and valuations are brought up to date, nothing of yours moves")),
    ];
    session.tell(&format!("{}\n{}", operation.title, pairs(&rows).trim_end()));
    consent(session.terminal(), &format!("Send {what} now?"), args.yes)?;
    let free = TransactionArgs { compute_unit_price: args.compute_unit_price, ..TransactionArgs::default() };
    let mut receipts = Vec::with_capacity(count);
    for (place, crank) in operation.before.iter().enumerate() {
        let nth = format!("crank transaction {} of {count}", place + 1);
        let prepared = prepare(session, &free, &[*payer; 2], crank, &operation.tables).with_context(|| nth.clone())?;
        let signer = session.fee_payer()?;
        let bar = session.terminal().wait(&format!("sending {nth}"));
        let receipt = session.chain()?.execute(&*signer, &prepared.instructions, &[], &operation.tables);
        bar.finish_and_clear();
        let receipt = receipt.with_context(|| nth.clone())?;
        session.tell(&format!("  {nth}: {}", receipt.signature));
        receipts.push(receipt);
    }
    Ok(receipts)
}

fn cranks(count: usize) -> String {
    match count {
        1 => "1 crank transaction".to_owned(),
        several => format!("{several} crank transactions"),
    }
}

/// A dry run cannot see what comes after the cranks: it looks at the first of them and shows what is computed.
fn look_before(
    session: &mut Session,
    args: &TransactionArgs,
    operation: &Operation,
    payer: &Pubkey,
) -> Result<Outcome> {
    let free = TransactionArgs { compute_unit_price: args.compute_unit_price, ..TransactionArgs::default() };
    if let Some(first) = operation.before.first() {
        prepare(session, &free, &[*payer; 2], first, &operation.tables).context("the first crank transaction")?;
    }
    let message = compile(payer, &operation.instructions, &operation.tables, Default::default())?;
    let mut rows = review::facts(session, operation, payer, &Budget::given(args), required(&message).len());
    rows.push(row("Before it", format!("{}, of which the first was simulated", cranks(operation.before.len()))));
    dry(session, operation, rows, None, Vec::new())
}

fn dry(
    session: &mut Session,
    operation: &Operation,
    rows: Vec<Row>,
    receipt: Option<Receipt>,
    effects: Vec<Row>,
) -> Result<Outcome> {
    let value = json!({
        "title": operation.title,
        "dry_run": true,
        "review": object(&rows),
        "simulated": object(&effects),
        "compute_units": receipt.as_ref().map(|receipt| receipt.compute_units),
    });
    let text = || format!("{}\n{}Dry run: nothing was signed and nothing was sent.\n", operation.title, pairs(&rows));
    session.answer(&value, text)?;
    Ok(Outcome::Simulated { receipt, effects })
}

/// The review goes beside the answer, and not at all where a machine reads and nobody is asked.
fn show(session: &mut Session, args: &TransactionArgs, title: &str, rows: &[Row]) {
    if !(args.yes && session.config.output.is_json()) {
        session.tell(&format!("{title}\n{}", pairs(rows).trim_end()));
    }
}

fn send(
    session: &mut Session,
    args: &TransactionArgs,
    operation: &Operation,
    instructions: &[Instruction],
) -> Result<Receipt> {
    let keys = Keys::gather(session, args, operation)?;
    let bar = session.terminal().wait("sending");
    let payer = session.payer_key()?;
    let payer = keys.find(&payer).context("the fee payer cannot sign: give its keypair or its signature")?;
    let sent = match args.blockhash {
        Some(blockhash) => {
            let message = compile(&payer.pubkey(), instructions, &operation.tables, blockhash)?;
            let signed = transaction::sign(message, &keys.all())?;
            session.chain()?.send(&signed)
        }
        None => session.chain()?.execute(payer, instructions, &keys.all(), &operation.tables),
    };
    bar.finish_and_clear();
    Ok(sent?)
}

fn report(session: &mut Session, operation: &Operation, receipt: &Receipt, cranked: &[Receipt]) -> Result<()> {
    let effects = (operation.effects)(receipt);
    let events: Vec<&str> = receipt.events().iter().map(|event| event.name()).collect();
    session.tell_more(|| format!("Events: {}", events.join(", ")));
    let value = json!({
        "title": operation.title,
        "cluster": session.config.cluster(),
        "vault": operation.vault.map(|vault| vault.to_string()),
        "signature": receipt.signature.to_string(),
        "slot": receipt.slot,
        "fee_lamports": receipt.fee,
        "compute_units": receipt.compute_units,
        "result": object(&effects),
        "events": events,
        "before": cranked.iter().map(|receipt| receipt.signature.to_string()).collect::<Vec<_>>(),
    });
    let text = || {
        let mut rows = effects.clone();
        rows.push(row("Signature", receipt.signature));
        rows.push(row("Slot", receipt.slot));
        format!("{}: done\n{}", operation.title, pairs(&rows))
    };
    session.answer(&value, text)
}
