//! What is sound holds, to the unit, and what is no fault is told apart from one.

use super::*;
use anchor_spl::token::{self, spl_token};
use vault::TicketStatus;

#[test]
fn a_vault_with_everything_on_holds() {
    let Busy { fx, .. } = busy();
    let vault = fx.vault_state();
    assert!(vault.fee_shares > 0 && vault.fees.minted > 0 && vault.outflow.used > 0 && vault.speed.price > 0);
    let states: Vec<u8> = (0..5).map(|sequence| fx.ticket(sequence).unwrap().status).collect();
    let expected =
        [TicketStatus::Filled, TicketStatus::Cancelled, TicketStatus::Passed, TicketStatus::Open, TicketStatus::Open];
    assert_eq!(states, expected.map(|status| status as u8));
    assert!(fx.ticket(1).unwrap().claimable > 0);

    let report = report(&fx);
    assert_eq!(broken(&fx), [""; 0], "{}", report.text());
    assert!(report.holds && report.broken == 0);
    // Keys stand for multisigs here; and the queue was told its worth before the last interest.
    assert_eq!(noted(&fx), ["roles.owners", "queue.reserved"]);
    for line in 1..=3 {
        for part in ["low", "mid", "high", "supply", "borrowed", "liquidity"] {
            let check = named(&report, &format!("line.{line}.value.{part}"));
            assert_eq!((check.status, check.residual), (Status::Holds, Some(0)), "compared, not only noted: {check:?}");
        }
    }
    for name in ["vault.0", "vault.1", "ledger.0", "ledger.1", "book.0", "base_feed.0"] {
        for part in ["address", "terms", "hash"] {
            assert_eq!(named(&report, &format!("change.{name}.{part}")).status, Status::Holds);
        }
    }
    assert_eq!(named(&report, "change.vault.1.hash").found, "vetoed");
    assert!(named(&report, "change.ledger.1.hash").expectation.contains("approve_venue"));
}

#[test]
fn the_figures_are_the_ledgers_own() {
    let Busy { fx, .. } = busy();
    let (vault, ledger) = (fx.vault_state(), fx.ledger());
    let nav = ledger.nav(fx.chain.clock().unwrap().unix_timestamp).unwrap();
    let figures = report(&fx).figures;
    let stored = figures.nav_stored.unwrap();
    assert_eq!((stored.low, stored.mid, stored.high), (nav.low.into(), nav.mid.into(), nav.high.into()));
    assert_eq!(figures.nav_recomputed, stored);
    assert_eq!(figures.effective_supply, i128::from(vault.shares) + i128::from(vault.fee_shares));
    assert_eq!(figures.mint_supply, vault.shares);
    assert_eq!(figures.escrowed, i128::from(12_500 * USDC));
    assert_eq!((figures.claims_owed, figures.cash), (vault.claims_owed, ledger.cash_tracked));
    // Ten minutes and some of one per cent a year on 210,000 USDC are a few cents; with the gains' tenth, below a dollar.
    assert!((1..USDC).contains(&figures.fee_shares_due.unwrap()), "{:?}", figures.fee_shares_due);
}

#[test]
fn a_vault_that_nobody_has_used_holds() {
    let fx = Fixture::new();
    assert_eq!(broken(&fx), [""; 0]);
    assert_eq!(report(&fx).tickets, []);
    assert_eq!(noted(&fx), ["roles.owners"]);
}

#[test]
fn values_age_and_are_widened_alike() {
    let Busy { mut fx, .. } = busy();
    fx.warp(599);
    let report = report(&fx);
    assert_eq!(broken(&fx), [""; 0], "{}", report.text());
    assert!(named(&report, "nav.low").residual == Some(0) && named(&report, "nav.high").residual == Some(0));
    let stored = report.figures.nav_stored.unwrap();
    assert!(stored.low < stored.mid && stored.mid < stored.high);
    assert_eq!(report.figures.nav_recomputed, stored, "an untouched venue counts with its valuation's age");

    // Beyond the age that may be priced with nothing is broken: it is for anybody to refresh.
    fx.warp(2);
    assert_eq!(broken(&fx), [""; 0]);
    let expected = ["roles.owners", "nav.fresh", "queue.reserved", "line.1.age", "line.2.age", "line.3.age"];
    assert_eq!(noted(&fx), expected);
}

#[test]
fn a_venue_that_has_moved_is_valued_as_it_is_now() {
    let Busy { mut fx, .. } = busy();
    fx.warp(60);
    fx.lending().refresh(0).unwrap();
    let report = report(&fx);
    assert_eq!(broken(&fx), [""; 0], "{}", report.text());
    let moved = named(&report, "line.1.value.mid");
    assert_eq!(moved.status, Status::Noted);
    assert!(moved.note.unwrap().contains("has moved since"));
    assert!(moved.residual > Some(0), "a minute of interest");
    assert!(report.figures.nav_recomputed.mid > report.figures.nav_stored.unwrap().mid);

    // In the slot of the valuation the order of events is not known, but the reserve's size tells.
    let Busy { mut fx, .. } = busy();
    let compared = |fx: &Fixture| super::report(fx).checks.iter().any(|check| check.name == "line.1.value.supply");
    assert!(compared(&fx));
    fx.lending().borrow(0, 1_000 * USDC).unwrap();
    assert_eq!(broken(&fx), [""; 0]);
    assert!(!compared(&fx));
}

#[test]
fn interest_that_is_not_booked_and_a_haircut_are_recomputed_to_the_unit() {
    let Busy { mut fx, .. } = busy();
    // Everything is lent out: what the venue could not pay now is cut in low.
    fx.lending().borrow(0, u64::MAX).unwrap();
    fx.router().refresh(0).unwrap();
    // And forty seconds of interest are in high and half of it in mid, while the reserve's books stand still.
    fx.warp(40);
    fx.router().refresh(0).unwrap();
    let line = fx.line(0);
    assert_eq!(line.liquidity, 0);
    assert!(line.low + line.low / 200 < line.mid && line.mid < line.high, "{line:?}");
    let report = report(&fx);
    assert_eq!(broken(&fx), [""; 0], "{}", report.text());
    for part in ["low", "mid", "high", "liquidity"] {
        assert_eq!(named(&report, &format!("line.1.value.{part}")).status, Status::Holds);
    }
}

#[test]
fn a_price_that_has_moved_revalues_the_swapped_line_only() {
    let Busy { mut fx, .. } = busy();
    fx.warp(10);
    fx.set_price(Asset::Token, 99_900_000).unwrap();
    let report = report(&fx);
    assert_eq!(broken(&fx), [""; 0], "{}", report.text());
    let moved = named(&report, "line.3.value.mid");
    assert!(moved.status == Status::Noted && moved.residual < Some(0));
    assert_eq!(named(&report, "line.1.value.mid").status, Status::Holds);
}

#[test]
fn gifts_and_burnt_shares_are_notes() {
    let Busy { mut fx, alice, .. } = busy();
    let addresses = fx.deployment.vault.addresses;
    fx.donate(&alice, &addresses.cash, 777).unwrap();
    fx.donate(&alice, &addresses.claims, 5).unwrap();
    let burn =
        spl_token::instruction::burn(&token::ID, &alice.shares, &addresses.share_mint, &alice.pubkey(), &[], 1_000);
    fx.send(&[burn.unwrap()], &[&alice.key]).unwrap();
    let report = report(&fx);
    assert_eq!(broken(&fx), [""; 0], "{}", report.text());
    for (name, residual, word) in [
        ("cash.balance", 777, "sent tokens"),
        ("claims.balance", 5, "sent tokens"),
        ("shares.supply", -1_000, "burnt shares"),
    ] {
        let check = named(&report, name);
        assert_eq!((check.status, check.residual), (Status::Noted, Some(residual)), "{check:?}");
        assert!(check.note.unwrap().contains(word));
    }
    assert_eq!(report.figures.effective_supply - i128::from(report.figures.mint_supply), {
        i128::from(fx.vault_state().fee_shares) + 1_000
    });

    // What was harvested is locked, and counted; the fees that flows left are unlocked by then.
    fx.warp(6 * 3_600);
    assert_eq!(super::report(&fx).figures.locked_gains, 0);
    fx.router().harvest_cash().unwrap();
    assert_eq!(broken(&fx), [""; 0]);
    assert_eq!(super::report(&fx).figures.locked_gains, 777);
    fx.warp(3 * 3_600);
    assert_eq!(super::report(&fx).figures.locked_gains, 389, "half of it, rounded up");
}

#[test]
fn a_vault_that_was_left_in_kind_holds() {
    let Busy { mut fx, alice, bob } = busy();
    fx.warp(6 * DAY);
    fx.vault().redeem_in_kind(&alice, 2).unwrap();
    fx.vault().redeem_in_kind(&bob, 3).unwrap();
    let text = report(&fx).text();
    assert_eq!(broken(&fx), [""; 0], "{text}");
    fx.refresh_all();
    assert_eq!(broken(&fx), [""; 0]);
    // In the very slot of a valuation, too.
    fx.vault().redeem_in_kind(&alice, 4).unwrap();
    let text = report(&fx).text();
    assert_eq!(broken(&fx), [""; 0], "{text}");
    assert_eq!(report(&fx).tickets.iter().map(|ticket| ticket.sequence).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn changes_that_are_over_hold() {
    let Busy { mut fx, .. } = busy();
    let owner = fx.deployment.actors.owner.insecure_clone();
    let fees = FeesArgs { management_bps: 200, ..fx.deployment.plan.fees };
    let set = fx.deployment.vault.set_fees(&owner.pubkey(), fees);
    let queue = fx.vault_queue();
    fx.wait_for(queue, 0);
    let set = gimbal::instructions::changes::presenting(set, &queue.change(0));
    fx.send(&[set], &[&owner]).unwrap();
    let report = report(&fx);
    assert_eq!(broken(&fx), [""; 0], "{}", report.text());
    assert_eq!(named(&report, "change.vault.0.hash").found, "applied");

    fx.pass(14 * DAY);
    assert_eq!(broken(&fx), [""; 0]);
    assert_eq!(named(&super::report(&fx), "change.ledger.0.hash").found, "expired");
}

#[test]
fn a_saved_chain_gives_the_same_report() {
    let Busy { fx, .. } = busy();
    let saved = snapshot(&fx);
    let read = Snapshot::from_json(&saved.to_json().unwrap()).unwrap();
    assert_eq!(read.vault(), Some(key(&fx)));
    let again = verify(&read, &key(&fx), &Options::default()).unwrap();
    assert_eq!(again, report(&fx));
    // Keys and forms of the JSON.
    let json: serde_json::Value = serde_json::from_str(&again.json(true).unwrap()).unwrap();
    assert_eq!(json, serde_json::from_str::<serde_json::Value>(&again.json(false).unwrap()).unwrap());
    assert_eq!((&json["format"], &json["version"], &json["holds"]), (&"gimbal-verify".into(), &1.into(), &true.into()));
    assert_eq!(json["tickets"].as_array().unwrap().len(), 5);
    assert_eq!(json["tickets"][2]["status"], "passed");
    assert_eq!(json["posts"][0]["account"], "vault");
    assert_eq!(json["checks"].as_array().unwrap().len(), again.checks.len());
    assert!(again.json(true).unwrap().lines().count() == 1 && again.json(false).unwrap().lines().count() > 100);
}

#[test]
fn every_name_is_given_once() {
    let Busy { fx, .. } = busy();
    let mut names: Vec<String> = report(&fx).checks.into_iter().map(|check| check.name).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(count > 120, "{count}");
}
