//! `gimbal vault withdraw` and `redeem`: at once from cash, then from a line, then by a ticket.

use gimbal_control::Direction;
use solana_signer::Signer;
use vault::{FeesArgs, VaultLimitsArgs};

use crate::depositor::units;
use crate::support::{Bench, USDC};

#[test]
fn a_redemption_from_cash_pays_what_was_previewed() {
    let bench = Bench::new();
    let wallet = bench.live();
    bench.pass(3_600);
    let (held, before) = (bench.shares(&wallet.pubkey()), bench.assets(&wallet.pubkey()));
    let previewed =
        bench.run(&wallet, &["vault", "preview", &bench.vault(), "redeem", "1000.5", "--output", "json"]).json();
    assert_eq!(units(&previewed, "/shares/base_units"), 1_000_500_000);
    let said = bench.run(&wallet, &["vault", "redeem", &bench.vault(), "1000.5", "-y"]);
    assert_eq!(held - bench.shares(&wallet.pubkey()), 1_000_500_000);
    assert_eq!(bench.assets(&wallet.pubkey()) - before, units(&previewed, "/assets/base_units"));
    for part in ["Redeem 1000.5 shares", "Gives", "at once", "else nothing happens"] {
        assert!(said.told.contains(part), "the review lacks {part}: {}", said.told);
    }
    assert!(said.printed.contains("Paid out"), "{}", said.printed);
}

#[test]
fn a_withdrawal_pays_exactly_what_was_asked_for() {
    let bench = Bench::new();
    let wallet = bench.live();
    bench.pass(3_600);
    let (held, before) = (bench.shares(&wallet.pubkey()), bench.assets(&wallet.pubkey()));
    let previewed =
        bench.run(&wallet, &["vault", "preview", &bench.vault(), "withdraw", "123.456789", "--output", "json"]).json();
    bench.run(&wallet, &["vault", "withdraw", &bench.vault(), "123.456789", "-y"]);
    assert_eq!(bench.assets(&wallet.pubkey()) - before, 123_456_789);
    assert_eq!(held - bench.shares(&wallet.pubkey()), units(&previewed, "/shares/base_units"));
}

#[test]
fn an_exit_fee_is_shown_and_kept() {
    let bench = Bench::new();
    bench.set_fees(FeesArgs { exit_bps: 50, ..FeesArgs::default() });
    let (wallet, other) = (bench.rich(1, 1_000), bench.rich(2, 1_000));
    for who in [&wallet, &other] {
        bench.run(who, &["vault", "deposit", &bench.vault(), "1000", "-y"]);
    }
    bench.wait(10);
    // Half a percent of 200 stays with the other holders.
    let said = bench.run(&wallet, &["vault", "redeem", &bench.vault(), "200", "-y"]);
    assert_eq!(bench.assets(&wallet.pubkey()), 199 * USDC);
    assert!(said.told.contains("1 USDC (0.5%)"), "{}", said.told);
}

#[test]
fn max_leaves_nothing_behind_and_the_recipient_is_paid() {
    let bench = Bench::new();
    let (wallet, other) = (bench.rich(1, 1_000), bench.wallet(2));
    bench.run(&wallet, &["vault", "deposit", &bench.vault(), "1000", "-y"]);
    bench.wait(10);
    let recipient = other.pubkey().to_string();
    let said = bench.run(&wallet, &["vault", "redeem", &bench.vault(), "max", "--recipient", &recipient, "-y"]);
    assert_eq!((bench.shares(&wallet.pubkey()), bench.assets(&wallet.pubkey())), (0, 0));
    assert_eq!(bench.assets(&other.pubkey()), 1_000 * USDC);
    assert!(said.told.contains("New account") && said.told.contains(&recipient), "{}", said.told);
}

#[test]
fn what_cash_lacks_is_recalled_from_the_next_line() {
    let bench = Bench::new();
    let wallet = bench.live();
    bench.name_table();
    bench.pass(600);
    // 9,000 lie in cash and 1,000 in the first line.
    let before = bench.assets(&wallet.pubkey());
    let said = bench.run(&wallet, &["vault", "redeem", &bench.vault(), "9500", "-y"]);
    let paid = bench.assets(&wallet.pubkey()) - before;
    assert!((9_499_990_000..=9_500_100_000).contains(&paid), "{paid}");
    assert_eq!(bench.shares(&wallet.pubkey()), 500 * USDC);
    assert!(said.told.contains("line 1, for what free cash lacks"), "{}", said.told);
    assert!(said.printed.contains("Recalled from line 1"), "{}", said.printed);
}

#[test]
fn what_nobody_can_pay_now_is_queued_unless_refused() {
    let bench = Bench::new();
    let wallet = bench.live();
    bench.name_table();
    bench.drain(0);
    bench.refresh();
    let vault = bench.vault();
    let error = bench.refused(&wallet, &["vault", "redeem", &vault, "9500", "--no-queue", "-y"]);
    assert!(error.contains("can leave at once (InsufficientCash), and --no-queue was given"), "{error}");

    let before = bench.assets(&wallet.pubkey());
    let said = bench.run(&wallet, &["vault", "redeem", &vault, "9500", "-y", "--output", "json"]);
    let queued = bench.state().queued_shares;
    let paid = bench.assets(&wallet.pubkey()) - before;
    // All but a thousandth of the 9,000 in cash leaves at once.
    assert!((8_990 * USDC..9_000 * USDC).contains(&paid), "{paid}");
    assert_eq!(bench.shares(&wallet.pubkey()), 500 * USDC);
    assert!((500 * USDC..=510 * USDC).contains(&queued), "{queued}");
    assert_eq!(bench.ticket(0).shares, queued);
    // A ticket has no bound unless one is given: it would be passed for it.
    assert_eq!(bench.ticket(0).min_assets, 0);
    let events = said.json()["events"].to_string();
    assert!(events.contains("Redeemed") && events.contains("RedemptionRequested"), "{events}");
}

#[test]
fn a_bound_for_all_is_shared_between_what_leaves_and_what_queues() {
    let bench = Bench::new();
    let wallet = bench.live();
    bench.name_table();
    bench.drain(0);
    bench.refresh();
    bench.run(&wallet, &["vault", "redeem", &bench.vault(), "9500", "--min-assets", "9000", "-y"]);
    let ticket = bench.ticket(0);
    // 9,000 for 9,500 shares: 18/19 of a unit for each, rounded up.
    let share = (u128::from(ticket.shares) * 9_000_000_000).div_ceil(9_500_000_000);
    assert_eq!(u128::from(ticket.min_assets), share);
}

#[test]
fn paused_exits_queue_everything() {
    let bench = Bench::new();
    let wallet = bench.live();
    bench.pause(Direction::InstantExits);
    let vault = bench.vault();
    let error = bench.refused(&wallet, &["vault", "withdraw", &vault, "100", "-y"]);
    assert!(error.contains("InstantExitsPaused") && error.contains("gimbal vault request"), "{error}");
    let error = bench.refused(&wallet, &["vault", "redeem", &vault, "100", "--no-queue", "-y"]);
    assert!(error.contains("only 0 of 100 shares can leave at once (InstantExitsPaused)"), "{error}");
    let said = bench.run(&wallet, &["vault", "redeem", &vault, "100", "-y"]);
    assert_eq!(bench.ticket(0).shares, 100 * USDC);
    assert!(said.told.contains("Queued") && said.told.contains("Overdue from"), "{}", said.told);
}

#[test]
fn the_daily_limit_lets_a_part_leave() {
    let bench = Bench::new();
    bench.set_limits(VaultLimitsArgs { outflow_bps: 1_000, ..VaultLimitsArgs::default() });
    let wallet = bench.rich(1, 1_000);
    bench.run(&wallet, &["vault", "deposit", &bench.vault(), "1000", "-y"]);
    // The credit that the deposit left fades within a day.
    bench.pass(2 * 86_400);
    let vault = bench.vault();
    let error = bench.refused(&wallet, &["vault", "withdraw", &vault, "100.01", "-y"]);
    assert!(error.contains("OutflowLimitReached"), "{error}");
    // A tenth of 1,000 shares a day.
    bench.run(&wallet, &["vault", "redeem", &vault, "300", "-y"]);
    assert_eq!(bench.assets(&wallet.pubkey()), 100 * USDC);
    assert_eq!(bench.ticket(0).shares, 200 * USDC);
}

#[test]
fn bounds_hold_before_anything_is_signed() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 1_000);
    let vault = bench.vault();
    bench.run(&wallet, &["vault", "deposit", &vault, "1000", "-y"]);
    bench.wait(10);
    let error = bench.refused(&wallet, &["vault", "redeem", &vault, "100", "--min-assets", "100.000001", "-y"]);
    assert!(error.contains("comes to 100 USDC now") && error.contains("SlippageExceeded"), "{error}");
    let error = bench.refused(&wallet, &["vault", "withdraw", &vault, "100", "--max-shares", "99.999999", "-y"]);
    assert!(error.contains("--max-shares") && error.contains("SlippageExceeded"), "{error}");
    bench.run(&wallet, &["vault", "redeem", &vault, "100", "--min-assets", "100", "-y"]);
    bench.run(&wallet, &["vault", "withdraw", &vault, "100", "--max-shares", "100", "-y"]);
    assert_eq!((bench.shares(&wallet.pubkey()), bench.assets(&wallet.pubkey())), (800 * USDC, 200 * USDC));
}

#[test]
fn more_than_there_is_is_refused() {
    let bench = Bench::new();
    let (wallet, stranger) = (bench.rich(1, 1_000), bench.wallet(2));
    let vault = bench.vault();
    bench.run(&wallet, &["vault", "deposit", &vault, "1000", "-y"]);
    bench.wait(10);
    let error = bench.refused(&wallet, &["vault", "redeem", &vault, "1000.000001", "-y"]);
    assert!(error.contains("holds 1000 shares, fewer than 1000.000001"), "{error}");
    let error = bench.refused(&wallet, &["vault", "redeem", &vault, "1.0000001", "-y"]);
    assert!(error.contains("7 digits after the point"), "{error}");
    let error = bench.refused(&stranger, &["vault", "redeem", &vault, "max", "-y"]);
    assert!(error.contains("holds no shares of") && error.contains("gimbal position show"), "{error}");
    let other = bench.rich(3, 1_000);
    bench.run(&other, &["vault", "deposit", &vault, "1000", "-y"]);
    bench.wait(10);
    let error = bench.refused(&wallet, &["vault", "withdraw", &vault, "1000.000001", "-y"]);
    assert!(error.contains("holds 1000 shares, worth 1000 USDC, and this takes"), "{error}");
}

#[test]
fn shares_in_tickets_are_not_among_max() {
    let bench = Bench::new();
    let wallet = bench.rich(1, 1_000);
    let vault = bench.vault();
    bench.run(&wallet, &["vault", "deposit", &vault, "1000", "-y"]);
    bench.run(&wallet, &["vault", "request", &vault, "400", "-y"]);
    bench.wait(10);
    bench.run(&wallet, &["vault", "redeem", &vault, "max", "-y"]);
    assert_eq!((bench.shares(&wallet.pubkey()), bench.assets(&wallet.pubkey())), (0, 600 * USDC));
    assert_eq!(bench.state().queued_shares, 400 * USDC);
}

#[test]
fn what_is_old_is_refreshed_before_leaving() {
    let bench = Bench::new();
    let wallet = bench.live();
    bench.wait(1_200);
    // The base feed is as old; an exit from a same-asset line does not ask for it.
    let previewed =
        bench.run(&wallet, &["vault", "preview", &bench.vault(), "redeem", "10", "--output", "json"]).json();
    assert_eq!(previewed["refreshes"], serde_json::json!(["line 1"]));
    let before = bench.assets(&wallet.pubkey());
    bench.run(&wallet, &["vault", "redeem", &bench.vault(), "10", "-y"]);
    assert_eq!(bench.assets(&wallet.pubkey()) - before, units(&previewed, "/assets/base_units"));
}
