//! The queue: `request`, `fulfil`, `claim`, `cancel`, `transfer-ticket`, `redeem-in-kind`.

use gimbal::chain::Chain;
use solana_signer::Signer;
use vault::VaultLimitsArgs;

use crate::depositor::{units, DAY};
use crate::support::{Bench, USDC};

/// A vault of 1,000 USDC in cash, all of one wallet.
fn cash_vault(bench: &Bench) -> solana_keypair::Keypair {
    let wallet = bench.rich(1, 1_000);
    bench.run(&wallet, &["vault", "deposit", &bench.vault(), "1000", "-y"]);
    bench.wait(10);
    wallet
}

#[test]
fn a_ticket_is_requested_paid_and_claimed() {
    let bench = Bench::new();
    let (wallet, anybody) = (cash_vault(&bench), bench.wallet(2));
    let vault = bench.vault();
    let said = bench.run(&wallet, &["vault", "request", &vault, "250", "-y"]);
    for part in ["Queue 250 shares", "as ticket 0", "worth 250 USDC now", "whatever it is", "now: there is cash"] {
        assert!(said.told.contains(part), "the review lacks {part}: {}", said.told);
    }
    let ticket = bench.ticket(0);
    assert_eq!((ticket.owner, ticket.shares, ticket.min_assets), (wallet.pubkey(), 250 * USDC, 0));

    let said = bench.run(&anybody, &["vault", "fulfil", &vault, "-y"]);
    assert!(
        said.printed.contains("Ticket 0 paid") && said.printed.contains("250 USDC for 250 shares"),
        "{}",
        said.printed
    );
    assert_eq!(bench.ticket(0).claimable, 250 * USDC);

    let said = bench.run(&wallet, &["vault", "claim", &vault, "-y"]);
    assert!(said.printed.contains("closed, its rent returned"), "{}", said.printed);
    assert_eq!(bench.assets(&wallet.pubkey()), 250 * USDC);
    assert!(bench.chain.get_account(&bench.deployment.vault.ticket(0)).expect("read").is_none());
}

#[test]
fn several_tickets_are_claimed_at_once_or_by_number() {
    let bench = Bench::new();
    let wallet = cash_vault(&bench);
    let vault = bench.vault();
    for _ in 0..3 {
        bench.run(&wallet, &["vault", "request", &vault, "100", "-y"]);
    }
    bench.run(&wallet, &["vault", "fulfil", &vault, "2", "-y"]);
    let error = bench.refused(&wallet, &["vault", "claim", &vault, "2", "-y"]);
    assert!(error.contains("ticket 2 has nothing to claim yet (NothingToClaim)"), "{error}");
    bench.run(&wallet, &["vault", "claim", &vault, "1", "-y"]);
    assert_eq!(bench.assets(&wallet.pubkey()), 100 * USDC);
    bench.run(&wallet, &["vault", "fulfil", &vault, "-y"]);
    let said = bench.run(&wallet, &["vault", "claim", &vault, "-y"]);
    assert!(said.told.contains("Claim 200 USDC") && said.told.contains("0, 2"), "{}", said.told);
    assert_eq!(bench.assets(&wallet.pubkey()), 300 * USDC);
}

#[test]
fn a_claim_makes_the_recipients_account() {
    let bench = Bench::new();
    let (wallet, other) = (cash_vault(&bench), bench.wallet(2));
    let vault = bench.vault();
    bench.run(&wallet, &["vault", "request", &vault, "max", "-y"]);
    bench.run(&wallet, &["vault", "fulfil", &vault, "-y"]);
    let recipient = other.pubkey().to_string();
    bench.run(&wallet, &["vault", "claim", &vault, "--recipient", &recipient, "-y"]);
    assert_eq!((bench.assets(&other.pubkey()), bench.assets(&wallet.pubkey())), (1_000 * USDC, 0));
}

#[test]
fn nothing_to_claim_and_nothing_to_pay_are_told_with_the_next_step() {
    let bench = Bench::new();
    let (wallet, stranger) = (cash_vault(&bench), bench.wallet(2));
    let vault = bench.vault();
    let error = bench.refused(&stranger, &["vault", "claim", &vault, "-y"]);
    assert!(error.contains("nothing to claim") && error.contains("has no tickets"), "{error}");
    let error = bench.refused(&stranger, &["vault", "fulfil", &vault, "-y"]);
    assert!(error.contains("is empty (NothingToFill)"), "{error}");
    bench.run(&wallet, &["vault", "request", &vault, "10", "-y"]);
    let error = bench.refused(&wallet, &["vault", "claim", &vault, "-y"]);
    assert!(error.contains("none was paid yet") && error.contains("gimbal vault fulfil"), "{error}");
    let error = bench.refused(&wallet, &["vault", "claim", &vault, "7", "-y"]);
    assert!(error.contains("ticket 7 of") && error.contains("its tickets are 0"), "{error}");
    let error = bench.refused(&stranger, &["vault", "cancel", &vault, "0", "-y"]);
    assert!(error.contains("is not") && error.contains("it has none"), "{error}");
}

#[test]
fn a_cancelled_ticket_gives_its_shares_back() {
    let bench = Bench::new();
    let wallet = cash_vault(&bench);
    let vault = bench.vault();
    bench.run(&wallet, &["vault", "request", &vault, "400", "-y"]);
    assert_eq!(bench.shares(&wallet.pubkey()), 600 * USDC);
    let said = bench.run(&wallet, &["vault", "cancel", &vault, "0", "-y"]);
    assert!(said.told.contains("400 shares") && said.told.contains("its place in the queue"), "{}", said.told);
    assert_eq!((bench.shares(&wallet.pubkey()), bench.state().queued_shares), (1_000 * USDC, 0));
    let error = bench.refused(&wallet, &["vault", "cancel", &vault, "0", "-y"]);
    assert!(error.contains("it has none"), "a spent ticket is closed: {error}");
}

#[test]
fn a_paid_ticket_cannot_be_cancelled() {
    let bench = Bench::new();
    let wallet = cash_vault(&bench);
    let vault = bench.vault();
    bench.run(&wallet, &["vault", "request", &vault, "400", "-y"]);
    bench.run(&wallet, &["vault", "fulfil", &vault, "-y"]);
    let error = bench.refused(&wallet, &["vault", "cancel", &vault, "0", "-y"]);
    assert!(error.contains("TicketNotOpen") && error.contains("gimbal vault claim"), "{error}");
}

#[test]
fn a_ticket_is_handed_on() {
    let bench = Bench::new();
    let (wallet, buyer) = (cash_vault(&bench), bench.wallet(2));
    let vault = bench.vault();
    bench.run(&wallet, &["vault", "request", &vault, "400", "-y"]);
    let new_owner = buyer.pubkey().to_string();
    let said = bench.run(&wallet, &["vault", "transfer-ticket", &vault, "0", &new_owner, "-y"]);
    assert!(said.told.contains("New owner") && said.told.contains("400 shares waiting"), "{}", said.told);
    assert_eq!(bench.ticket(0).owner, buyer.pubkey());
    bench.run(&buyer, &["vault", "fulfil", &vault, "-y"]);
    bench.run(&buyer, &["vault", "claim", &vault, "-y"]);
    assert_eq!(bench.assets(&buyer.pubkey()), 400 * USDC);
    let own = wallet.pubkey().to_string();
    let error = bench.refused(&wallet, &["vault", "transfer-ticket", &vault, "0", &own, "-y"]);
    assert!(error.contains("a ticket goes to another wallet"), "{error}");
}

#[test]
fn small_and_young_tickets_are_told_what_to_do() {
    let bench = Bench::new();
    let limits = VaultLimitsArgs { min_ticket: 10 * USDC, ticket_min_age: 3_600, ..VaultLimitsArgs::default() };
    bench.set_limits(limits);
    let wallet = cash_vault(&bench);
    let vault = bench.vault();
    let error = bench.refused(&wallet, &["vault", "request", &vault, "9.999999", "-y"]);
    assert!(error.contains("TicketTooSmall") && error.contains("all that the share account holds"), "{error}");
    bench.run(&wallet, &["vault", "request", &vault, "10", "-y"]);
    let error = bench.refused(&wallet, &["vault", "fulfil", &vault, "-y"]);
    assert!(error.contains("ticket 0 is too young to be paid (TicketTooYoung)"), "{error}");
    bench.wait(3_600);
    bench.run(&wallet, &["vault", "fulfil", &vault, "-y"]);
    assert_eq!(bench.ticket(0).claimable, 10 * USDC);
}

#[test]
fn what_cash_lacks_is_recalled_for_the_queue() {
    let bench = Bench::new();
    let wallet = bench.live();
    bench.name_table();
    let vault = bench.vault();
    // 9,000 lie in cash, 1,000 in the first line; all shares queue.
    bench.run(&wallet, &["vault", "request", &vault, "max", "-y"]);
    bench.pass(600);
    let said = bench.run(&wallet, &["vault", "fulfil", &vault, "-y"]);
    assert!(said.told.contains("from line 1"), "{}", said.told);
    assert!(
        said.printed.contains("Recalled from line 1") && said.printed.contains("Ticket 0 paid"),
        "{}",
        said.printed
    );
    let ticket = bench.ticket(0);
    assert!(ticket.claimable >= 9_999_900_000, "{}", ticket.claimable);
}

#[test]
fn without_cash_and_with_dry_venues_the_deadline_is_named() {
    let bench = Bench::new();
    let wallet = bench.live();
    bench.name_table();
    let vault = bench.vault();
    bench.run(&wallet, &["vault", "redeem", &vault, "8999", "-y"]);
    bench.drain(0);
    bench.refresh();
    bench.run(&wallet, &["vault", "request", &vault, "max", "-y"]);
    // What cash is left is paid; then there is none.
    bench.run(&wallet, &["vault", "fulfil", &vault, "-y"]);
    let error = bench.refused(&wallet, &["vault", "fulfil", &vault, "-y"]);
    assert!(error.contains("NothingToFill") && error.contains("its first deadline is"), "{error}");
    // Past the deadline the venue can pay again: cash is demanded and recalled, whatever age the valuations have.
    bench.repay(0, 1_000_000 * USDC);
    bench.wait(8 * DAY);
    let said = bench.run(&wallet, &["vault", "fulfil", &vault, "-y"]);
    assert!(said.printed.contains("Ticket 0 paid"), "{}", said.printed);
}

#[test]
fn in_kind_is_refused_until_its_time_and_then_pays_a_part_of_everything() {
    let bench = Bench::new();
    let wallet = bench.live();
    bench.name_table();
    let vault = bench.vault();
    bench.run(&wallet, &["vault", "request", &vault, "2500", "-y"]);
    let error = bench.refused(&wallet, &["vault", "redeem-in-kind", &vault, "0", "-y"]);
    assert!(error.contains("TooEarlyInKind") && error.contains("in 14 d"), "{error}");

    bench.wait(14 * DAY);
    let receipts = bench.deployment.lines[0].reserve.addresses.collateral_mint;
    let ledger: strategy_router::state::Ledger =
        gimbal::readers::read(&bench.chain, &bench.deployment.vault.addresses.ledger).expect("a ledger");
    let before = bench.assets(&wallet.pubkey());
    let said = bench.run(&wallet, &["vault", "redeem-in-kind", &vault, "0", "-y"]);
    // 2,500 of 10,000 shares: a quarter of 9,000 USDC and of all receipt tokens, rounded down.
    let supply = 10_000 * USDC;
    let quarter = |units: u64| u64::try_from(u128::from(units) * 2_500_000_000 / u128::from(supply)).expect("fits");
    assert_eq!(bench.state().shares, supply - 2_500 * USDC, "the deposits bought a share per unit");
    assert_eq!(bench.assets(&wallet.pubkey()) - before, 2_250 * USDC);
    assert_eq!(bench.units(&wallet.pubkey(), &receipts), quarter(ledger.lines[0].position));
    for part in ["Redeem ticket 0 in kind", "2250 USDC", "Line 1"] {
        assert!(said.told.contains(part), "{part}: {}", said.told);
    }
    assert!(said.printed.contains("Receipt tokens of line 1"), "{}", said.printed);
}

#[test]
fn parts_in_kind_can_be_forgone() {
    let bench = Bench::new();
    let wallet = bench.live();
    bench.name_table();
    let vault = bench.vault();
    bench.run(&wallet, &["vault", "request", &vault, "2500", "-y"]);
    bench.wait(14 * DAY);
    let error = bench.refused(&wallet, &["vault", "redeem-in-kind", &vault, "0", "--forgo", "2", "-y"]);
    assert!(error.contains("line 2 holds nothing to forgo"), "{error}");
    let before = bench.assets(&wallet.pubkey());
    let said = bench.run(&wallet, &["vault", "redeem-in-kind", &vault, "0", "--forgo", "1", "--forgo-cash", "-y"]);
    assert!(said.told.contains("forgone"), "{}", said.told);
    assert_eq!(bench.assets(&wallet.pubkey()), before);
    let receipts = bench.deployment.lines[0].reserve.addresses.collateral_mint;
    assert_eq!(bench.units(&wallet.pubkey(), &receipts), 0);
    assert_eq!(bench.state().queued_shares, 0);
}

#[test]
fn a_request_asks_for_no_fresh_nav() {
    let bench = Bench::new();
    let wallet = bench.live();
    bench.wait(3 * DAY);
    let said = bench.run(&wallet, &["vault", "request", &bench.vault(), "10", "--min-assets", "9.5", "-y"]);
    assert!(said.told.contains("at least 9.5 USDC for all of it, else it is passed"), "{}", said.told);
    let ticket = bench.ticket(0);
    assert_eq!((ticket.shares, ticket.min_assets), (10 * USDC, 9_500_000));
    // Seven days to the first deadline, as long again to the second.
    assert_eq!(ticket.overdue_at - bench.now(), 7 * 86_400);
    let json = bench.run(&wallet, &["vault", "show", &bench.vault(), "--output", "json"]).json();
    assert_eq!(units(&json, "/queue/tickets"), 1);
}
