//! All statements of a vault together against the chain's own counters, to the unit.
//!
//! The statements are made from events alone, the other side is read from accounts. Where both agree nothing was missed,
//! counted twice, or given to nobody.

use anchor_lang::prelude::Pubkey;
use strategy_router::state::Ledger;
use vault::state::Vault;

use super::maker::Maker;
use super::period::Period;
use super::replay::Replay;
use super::report::Statement;
use crate::chain::Chain;
use crate::identities::{self, Identity, Slack};
use crate::index::{holders, read, watched, Database, IndexError};
use crate::readers;
use crate::views::units::Amount;

/// Compares the statements of all owners over the vault's whole life with the accounts. The index must have recorded
/// everything up to the chain's state. `with_holders` also compares each wallet's shares, for which the chain must list
/// all accounts of the share mint.
///
/// # Errors
///
/// [`IndexError::UnknownVault`], [`IndexError::Sql`], [`IndexError::Chain`]; a residual is not an error.
pub fn reconcile(
    chain: &(impl Chain + ?Sized),
    database: &mut Database,
    key: &Pubkey,
    with_holders: bool,
) -> Result<Vec<Identity>, IndexError> {
    let known = watched(database, key)?.ok_or(IndexError::UnknownVault(*key))?;
    let replay = Replay::run(database, key, &Period::EVER)?;
    let maker = Maker { vault: key, decimals: known.decimals, period: &Period::EVER, replay: &replay };
    let statements: Vec<Statement> = replay.accounts.keys().map(|owner| maker.statement(owner)).collect();
    let vault: Vault = readers::read(chain, key)?;
    let ledger: Ledger = readers::read(chain, &vault.ledger)?;

    let mut identities = of_shares(&statements, &vault);
    identities.extend(of_flows(&statements, &vault, &ledger));
    identities.extend(of_tickets(chain, key, &replay)?);
    identities.extend(of_fees(database, key, &statements, &replay, &vault)?);
    let books = known.books;
    let counters = [
        ("books.cash", "cash by events = cash tracked", ledger.cash_tracked, books.cash),
        ("books.invested", "invested by events = invested", ledger.invested, books.invested),
        ("books.returned", "returned by events = returned", ledger.returned, books.returned),
        ("books.surplus", "surplus adopted by events = surplus adopted", ledger.surplus_adopted, books.surplus),
        ("keepers.owed", "pay promised less pay collected = keeper owed", ledger.keeper_owed, books.keeper_owed),
        ("keepers.paid", "pay collected by events = keeper paid", ledger.keeper_paid, books.keeper_paid),
        ("bounties.paid", "bounties by events = bounties paid", ledger.bounties_paid, books.bounties_paid),
    ];
    identities.extend(counters.map(|(check, name, expected, actual)| Identity::new(check, name, expected, actual)));
    if with_holders {
        identities.push(of_holders(chain, key, &statements)?);
    }
    Ok(identities)
}

fn total(statements: &[Statement], read: impl Fn(&Statement) -> &Amount) -> i128 {
    statements.iter().map(|statement| i128::from(read(statement).base_units)).sum()
}

fn of_shares(statements: &[Statement], vault: &Vault) -> Vec<Identity> {
    let wallets = total(statements, |it| &it.closing.shares);
    let escrowed = total(statements, |it| &it.closing.escrowed);
    let in_escrow = i128::from(vault.queued_shares) + i128::from(vault.passed_shares);
    let lots = statements.iter().flat_map(|it| &it.lots).map(|lot| i128::from(lot.shares.base_units)).sum::<i128>();
    vec![
        Identity::new(
            "statements.shares",
            "shares of all statements, with those in escrow = shares tracked",
            vault.shares,
            wallets + escrowed,
        )
        // Shares that their holder burnt stay counted by the vault; the statement shows them as sent.
        .with(Slack::Burnt),
        Identity::new(
            "statements.escrow",
            "shares in escrow of all statements = queued shares + passed shares",
            in_escrow,
            escrowed,
        ),
        Identity::new("statements.lots", "shares of all lots = shares of all statements", wallets + escrowed, lots),
    ]
}

fn of_flows(statements: &[Statement], vault: &Vault, ledger: &Ledger) -> Vec<Identity> {
    let deposited = total(statements, |it| &it.totals.deposited);
    let redeemed = total(statements, |it| &it.totals.redeemed);
    let filled = total(statements, |it| &it.totals.filled);
    let claimed = total(statements, |it| &it.totals.claimed);
    let in_kind = total(statements, |it| &it.totals.in_kind_cash);
    let claimable = total(statements, |it| &it.closing.claimable);
    let paid = redeemed + filled + in_kind;
    let moved = |kind: &str| {
        let flows = statements.iter().flat_map(|it| &it.flows).filter(|flow| flow.kind == kind);
        flows.map(|flow| i128::from(flow.shares.base_units)).sum::<i128>()
    };
    let realised: i128 = statements.iter().map(|it| it.realised.base_units).sum();
    let cost = total(statements, |it| &it.closing.cost);
    let acquired =
        deposited + total(statements, |it| &it.totals.received) + total(statements, |it| &it.totals.fee_shares);
    let disposed = statements.iter().flat_map(|it| &it.disposals);
    let brought: i128 = disposed.map(|line| i128::from(line.proceeds.base_units)).sum();
    let claims_handed_on = handed_on(statements);
    vec![
        Identity::new("statements.in", "deposits of all statements = assets deposited", vault.deposited, deposited),
        Identity::new("statements.credited", "deposits of all statements = cash credited", ledger.credited, deposited),
        Identity::new(
            "statements.out",
            "paid at once, filled and paid in kind = assets withdrawn",
            vault.withdrawn,
            paid,
        ),
        Identity::new("statements.paid", "paid at once, filled and paid in kind = cash paid", ledger.paid, paid),
        Identity::new("statements.claims", "filled less claimed = claims owed", vault.claims_owed, filled - claimed),
        Identity::new("statements.claimable", "claims of all statements = claims owed", vault.claims_owed, claimable),
        // What a holder burnt was sent to nobody.
        Identity::new("statements.transfers", "shares received = shares sent", moved("sent"), moved("received"))
            .with(Slack::Burnt),
        Identity::new(
            "statements.cost",
            "cost of what came = cost of what is left + proceeds - realised gains",
            acquired - claims_handed_on,
            cost + brought - realised,
        ),
    ]
}

/// Claims that went on with transferred tickets: value that was received, but is no share's cost.
fn handed_on(statements: &[Statement]) -> i128 {
    let tickets = statements.iter().flat_map(|it| &it.flows).filter(|flow| flow.kind == "transfer_ticket");
    tickets.filter(|flow| flow.value.base_units > 0).map(|flow| i128::from(flow.assets.base_units)).sum()
}

fn of_tickets(chain: &(impl Chain + ?Sized), key: &Pubkey, replay: &Replay) -> Result<Vec<Identity>, IndexError> {
    let stored = identities::tickets(chain, key)?;
    let mut different = 0_u64;
    for (address, ticket) in &stored {
        let same = replay.tickets.get(address).is_some_and(|known| {
            (known.owner, known.left, known.claimable) == (ticket.owner, ticket.shares_left, ticket.claimable)
        });
        different += u64::from(!same);
    }
    let open = replay.tickets.iter().filter(|(_, ticket)| ticket.left > 0 || ticket.claimable > 0);
    let gone = open.filter(|(address, _)| !stored.iter().any(|(stored, _)| stored == *address)).count();
    Ok(vec![
        Identity::new("statements.tickets", "tickets that differ from their accounts = 0", 0_u64, different),
        Identity::new("statements.tickets_gone", "tickets that have no account = 0", 0_u64, gone as u64),
    ])
}

fn of_fees(
    database: &mut Database,
    key: &Pubkey,
    statements: &[Statement],
    replay: &Replay,
    vault: &Vault,
) -> Result<Vec<Identity>, IndexError> {
    let charges = read::charges(database, key, i64::MAX)?;
    let flows = read::flows(database, key, i64::MAX)?;
    let made: i128 = charges.iter().map(|charge| i128::from(charge.shares)).sum();
    let collected = flows.iter().filter(|flow| flow.kind == crate::index::rows::FlowKind::Collect);
    let minted: i128 = collected.map(|flow| i128::from(flow.shares)).sum();
    let charged: i128 =
        charges.iter().map(|charge| i128::from(charge.management) + i128::from(charge.performance)).sum();
    let kept: i128 = flows.iter().map(|flow| i128::from(flow.fee)).sum();
    let accrued = &replay.borne_by_accrued;
    let borne = total(statements, |it| &it.fees.management)
        + total(statements, |it| &it.fees.performance)
        + i128::from(accrued.management)
        + i128::from(accrued.performance);
    let kept_of = total(statements, |it| &it.fees.entry) + total(statements, |it| &it.fees.exit);
    Ok(vec![
        Identity::new("fees.made", "fee shares charged by events = fee shares ever made", vault.fee_shares_made, made),
        Identity::new("fees.minted", "fee shares collected by events = fee shares minted", vault.fees.minted, minted),
        Identity::new("fees.accrued", "charged less collected = fee shares accrued", vault.fee_shares, made - minted),
        Identity::new(
            "fees.borne",
            "management and performance fees of all statements and of accrued fee shares = fees charged",
            charged,
            borne,
        ),
        Identity::new("fees.kept", "entry and exit fees of all statements = fees kept by the pool", kept, kept_of),
    ])
}

fn of_holders(chain: &(impl Chain + ?Sized), key: &Pubkey, statements: &[Statement]) -> Result<Identity, IndexError> {
    let held = holders(chain, key)?;
    let told: std::collections::BTreeMap<String, u64> =
        statements.iter().map(|it| (it.owner.clone(), it.closing.shares.base_units)).collect();
    let mut different = told
        .iter()
        .filter(|(owner, shares)| {
            let held = owner.parse().ok().and_then(|owner: Pubkey| held.get(&owner).copied()).unwrap_or(0);
            held != **shares
        })
        .count();
    different += held.keys().filter(|owner| !told.contains_key(&owner.to_string())).count();
    Ok(Identity::new(
        "statements.holders",
        "wallets that hold other shares than their statement says = 0",
        0_u64,
        different as u64,
    ))
}
