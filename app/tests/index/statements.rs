//! Statements against balances, against numbers worked by hand, and against each other.

use anchor_lang::prelude::Pubkey;
use gimbal::index::{follow, Indexer};
use gimbal::statement::{self, csv, reconcile, Period, Statement, COLUMNS};
use vault::FeesArgs;

use crate::scenario::{indexer, Scenario, DAY, PURSE, USDC};

fn indexed(scenario: &Scenario) -> Indexer {
    let mut indexer = indexer();
    follow(&scenario.chain, &mut indexer, &scenario.vault(), 20).expect("followed");
    indexer.sample(&scenario.chain, &scenario.vault()).expect("a price");
    indexer
}

fn of(indexer: &mut Indexer, scenario: &Scenario, person: usize, period: &Period) -> Statement {
    statement::of(indexer.database(), &scenario.vault(), &scenario.key(person), period).expect("a statement")
}

fn close(found: Option<f64>, expected: f64) {
    let found = found.expect("a return");
    assert!((found - expected).abs() < 1e-7, "{found} instead of {expected}");
}

/// Without fees and with all money in cash, every number follows from the deposits by the share formula with a million
/// virtual units on both sides. All of them worked with Python's integers; the money-weighted return by bisection.
///
/// Day 0: Anna pays 1,000 for 1,000 shares; 100 are given to the vault. Day 1: Ben pays 1,100 for ⌊1,100 · 1,001 / 1,101⌋ =
/// 1,000.090826 shares. Day 100: Anna redeems 500 shares, worth ⌊500 · 2,201 / 2,001.090826⌋ = 549.95005. Day 200: 50 more are
/// given. Day 400: 500 shares of 1,500.090826 are worth ⌊500 · 1,701.04995 / 1,501.090826⌋ = 566.604605.
#[test]
fn numbers_worked_by_hand() {
    let mut scenario = Scenario::with_fees(|_| FeesArgs::default());
    scenario.deposit(0, 1_000 * USDC);
    scenario.gain(2, 100 * USDC);
    scenario.wait(DAY);
    scenario.deposit(1, 1_100 * USDC);
    scenario.wait(99 * DAY);
    scenario.redeem(0, 500 * USDC);
    scenario.wait(100 * DAY);
    scenario.gain(2, 50 * USDC);
    scenario.wait(200 * DAY);
    let mut indexer = indexed(&scenario);

    let anna = of(&mut indexer, &scenario, 0, &Period::EVER);
    let begin = anna.flows[0].time.unix;
    let days: Vec<i64> = anna.flows.iter().map(|flow| (flow.time.unix - begin) / DAY as i64).collect();
    assert_eq!((days, anna.to.unix - begin), (vec![0, 100], 400 * DAY as i64));
    assert_eq!((anna.totals.deposited.base_units, anna.totals.redeemed.base_units), (1_000 * USDC, 549_950_050));
    assert_eq!((anna.closing.shares.base_units, anna.closing.value_mid.base_units), (500 * USDC, 566_604_605));
    assert_eq!(anna.closing.value_exit.base_units, 566_604_605, "no fee, and every gain is unlocked");
    // 566.604605 + 549.950050 − 1,000.
    assert_eq!((anna.profit.mid.base_units, anna.profit.exit.base_units), (116_554_655, 116_554_655));
    assert_eq!((anna.realised.base_units, anna.unrealised.base_units), (49_950_050, 66_604_605));
    assert_eq!(
        (anna.lots.len(), anna.lots[0].cost.base_units, anna.lots[0].shares.base_units),
        (1, 500 * USDC, 500 * USDC)
    );
    assert_eq!((anna.disposals[0].cost.base_units, anna.disposals[0].gain.base_units), (500 * USDC, 49_950_050));
    close(anna.returns.time_weighted, 0.133_209_21);
    close(anna.returns.time_weighted_yearly, 0.120_877_011_6);
    close(anna.returns.money_weighted, 0.195_277_662_2);
    close(anna.returns.money_weighted_yearly, 0.176_766_463_6);

    let ben = of(&mut indexer, &scenario, 1, &Period::EVER);
    assert_eq!((ben.closing.shares.base_units, ben.closing.value_mid.base_units), (1_000_090_826, 1_133_312_135));
    close(ben.returns.time_weighted, 0.030_283_759_1);
    close(ben.returns.money_weighted, 0.030_283_759_1);
    close(ben.returns.money_weighted_yearly, 0.027_667_828_6);

    let told = statement::history::history(indexer.database(), &scenario.vault(), Some(3)).unwrap();
    // NAV and shares: 1,700.04995 and 1,500.090826 at the end, 2,200 and 2,000.090826 on day 35, a year before.
    let last = told.days.last().unwrap();
    assert!((last.share_price - 1_700.049_95 / 1_500.090_826).abs() < 1e-9, "{}", last.share_price);
    assert_eq!(told.apy.iter().map(|apy| apy.days).collect::<Vec<_>>(), [1, 7, 30, 90, 365]);
    assert!(told.apy[3].change.abs() < 1e-12, "nothing happened in the last 90 days");
    let year = (1_700.049_95 / 1_500.090_826) / (2_200.0 / 2_000.090_826) - 1.0;
    assert!((told.apy[4].change - year).abs() < 1e-9, "{:?}", told.apy[4]);
}

#[test]
fn statements_agree_with_what_everybody_has() {
    let mut scenario = Scenario::new();
    scenario.live();
    let shares = scenario.shares(1) / 2;
    let waiting = scenario.request(0, 40 * USDC);
    let mut indexer = indexed(&scenario);
    // Given away besides: 90 USDC by the third person.
    let given = [0, 0, 90 * USDC];
    let paid = |statement: &Statement| {
        let totals = &statement.totals;
        totals.redeemed.base_units + totals.claimed.base_units + totals.in_kind_cash.base_units
    };
    for (person, given) in given.into_iter().enumerate() {
        let statement = of(&mut indexer, &scenario, person, &Period::EVER);
        let purse = PURSE - statement.totals.deposited.base_units + paid(&statement) - given;
        assert_eq!(purse, scenario.purse(person), "person {person}");
        assert_eq!(statement.closing.shares.base_units, scenario.shares(person), "person {person}");
        let totals = &statement.totals;
        let value = i128::from(statement.closing.value_mid.base_units) + i128::from(paid(&statement));
        let moved = i128::from(totals.sent.base_units) - i128::from(totals.received.base_units);
        assert_eq!(statement.profit.mid.base_units, value + moved - i128::from(totals.deposited.base_units));
        assert!(statement.closing.value_exit.base_units < statement.closing.value_mid.base_units);
        let lots: u64 = statement.lots.iter().map(|lot| lot.shares.base_units).sum();
        assert_eq!(lots, statement.closing.shares.base_units + statement.closing.escrowed.base_units);
    }
    // 20 basis points of 4,000, of 2,000 and of 500.
    let entry = [0, 1, 2].map(|person| of(&mut indexer, &scenario, person, &Period::EVER).fees.entry.base_units);
    assert_eq!(entry, [8 * USDC, 4 * USDC, USDC]);
    // The ticket that went from the second to the third.
    let (from, to) = (of(&mut indexer, &scenario, 1, &Period::EVER), of(&mut indexer, &scenario, 2, &Period::EVER));
    assert_eq!(from.totals.sent, to.totals.received);
    assert!(from.totals.sent.base_units > 200 * USDC && from.totals.filled.base_units == 0);
    assert_eq!(to.totals.filled, to.totals.claimed);
    let handed = to.flows.iter().find(|flow| flow.kind == "transfer_ticket").expect("a transfer");
    assert_eq!(handed.other, Some(scenario.key(1).to_string()));
    // The first one's new ticket waits.
    let anna = of(&mut indexer, &scenario, 0, &Period::EVER);
    assert_eq!(anna.tickets.len(), 1);
    assert_eq!((anna.tickets[0].sequence, anna.tickets[0].status), (waiting, "open"));
    assert_eq!(anna.tickets[0].shares.base_units, 40 * USDC);
    // Fee shares came to their recipient.
    let vault = scenario.vault();
    let key = solana_signer::Signer::pubkey(&scenario.recipient);
    let recipient = statement::of(indexer.database(), &vault, &key, &Period::EVER).unwrap();
    assert!(recipient.totals.fee_shares.base_units > 0 && recipient.totals.deposited.base_units == 0);

    let checks = reconcile(&scenario.chain, indexer.database(), &vault, true).unwrap();
    assert!(checks.iter().all(|check| check.holds()), "{checks:#?}");
    assert!(checks.len() >= 25);

    // In kind: the cash, and a part of each line's last value.
    let before: strategy_router::state::Ledger =
        gimbal::readers::read(&scenario.chain, &scenario.deployment.vault.addresses.ledger).unwrap();
    assert!(before.totals.mid > 0);
    scenario.leave_in_kind(1, shares);
    follow(&scenario.chain, &mut indexer, &vault, 20).unwrap();
    let left = of(&mut indexer, &scenario, 1, &Period::EVER);
    assert_eq!(PURSE - left.totals.deposited.base_units + paid(&left), scenario.purse(1));
    let flow = left.flows.iter().find(|flow| flow.kind == "redeem_in_kind").expect("an exit in kind");
    let other = left.totals.in_kind_other.base_units;
    assert_eq!(flow.value.base_units, -i128::from(flow.assets.base_units) - i128::from(other));
    let ledger: strategy_router::state::Ledger =
        gimbal::readers::read(&scenario.chain, &scenario.deployment.vault.addresses.ledger).unwrap();
    // The part of all shares that left, of what the lines were worth: to a unit of rounding a line and side.
    let after = ledger.totals.mid;
    let part = u128::from(shares) * u128::from(after + other) / u128::from(shares_before(&scenario, shares));
    assert!(u64::try_from(part).unwrap().abs_diff(other) <= 4, "{part} and {other}");
    let checks = reconcile(&scenario.chain, indexer.database(), &vault, true).unwrap();
    assert!(checks.iter().all(|check| check.holds()), "{checks:#?}");
}

/// All shares, before these were burnt.
fn shares_before(scenario: &Scenario, burnt: u64) -> u64 {
    let vault: vault::state::Vault = gimbal::readers::read(&scenario.chain, &scenario.vault()).unwrap();
    vault.shares + vault.fee_shares + burnt
}

#[test]
fn periods_join_without_a_seam() {
    let mut scenario = Scenario::new();
    scenario.live();
    scenario.wait(3 * DAY);
    let mut indexer = indexed(&scenario);
    let whole = of(&mut indexer, &scenario, 0, &Period::EVER);
    let cut = whole.flows[2].time.unix;
    let first = of(&mut indexer, &scenario, 0, &Period { from: 0, until: cut });
    let second = of(&mut indexer, &scenario, 0, &Period { from: cut, until: i64::MAX });
    assert_eq!(first.closing.value_mid, second.opening.value_mid);
    assert_eq!(first.closing.value_exit, second.opening.value_exit);
    assert_eq!(first.closing.cost, second.opening.cost);
    assert_eq!(first.flows.len() + second.flows.len(), whole.flows.len());
    assert!(
        first.flows.iter().all(|flow| flow.time.unix < cut) && second.flows.iter().all(|flow| flow.time.unix >= cut)
    );
    let sum = |read: fn(&Statement) -> i128| (read(&first) + read(&second), read(&whole));
    for (parts, all) in [
        sum(|it| it.profit.mid.base_units),
        sum(|it| it.profit.exit.base_units),
        sum(|it| it.realised.base_units),
        sum(|it| it.totals.deposited.base_units.into()),
        sum(|it| it.totals.claimed.base_units.into()),
        sum(|it| it.fees.management.base_units.into()),
        sum(|it| it.fees.performance.base_units.into()),
        sum(|it| it.fees.exit.base_units.into()),
    ] {
        assert_eq!(parts, all);
    }
    let [first, second, whole] = [first, second, whole].map(|it| it.returns.time_weighted.expect("a return") + 1.0);
    assert!((first * second - whole).abs() < 1e-9, "{first} · {second} = {whole}");
}

#[test]
fn who_never_had_anything_has_an_empty_statement() {
    let mut scenario = Scenario::new();
    scenario.deposit(0, 100 * USDC);
    let mut indexer = indexed(&scenario);
    let vault = scenario.vault();
    let nobody = statement::of(indexer.database(), &vault, &Pubkey::new_from_array([3; 32]), &Period::EVER).unwrap();
    assert!(nobody.flows.is_empty() && nobody.lots.is_empty() && nobody.tickets.is_empty());
    assert_eq!((nobody.closing.value_mid.base_units, nobody.profit.mid.base_units), (0, 0));
    assert_eq!((nobody.returns.time_weighted, nobody.returns.money_weighted), (None, None));
    assert!(!statement::text(&nobody).is_empty());
    let unknown = statement::of(indexer.database(), &scenario.key(0), &scenario.key(0), &Period::EVER);
    assert!(unknown.unwrap_err().to_string().contains("gimbal history"));
}

#[test]
fn csv_is_one_table_whose_parts_add_up() {
    let mut scenario = Scenario::new();
    scenario.live();
    let mut indexer = indexed(&scenario);
    let all = statement::all(indexer.database(), &scenario.vault(), &Period::EVER).unwrap();
    assert_eq!(all.len(), 4, "three people and the fee recipient");
    let text = csv(&all).unwrap();
    assert!(text.ends_with("\r\n") && text.lines().count() > 40);
    assert_eq!(text.matches("\r\n").count(), text.matches('\n').count());
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), COLUMNS);
    let column = |name: &str| COLUMNS.iter().position(|known| *known == name).unwrap();
    let rows: Vec<::csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    let units = |text: &str| -> i128 {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        sign * i128::from(gimbal::amount::parse(digits, 6).expect("a decimal number"))
    };
    for statement in &all {
        let of = |record: &str, name: &str| -> Vec<i128> {
            let mine =
                rows.iter().filter(|row| row[column("owner")] == statement.owner && row[column("record")] == *record);
            mine.map(|row| units(&row[column(name)])).collect()
        };
        assert_eq!(of("flow", "value").len(), statement.flows.len());
        let brought: i128 = of("flow", "value").iter().sum();
        let (opening, closing) = (of("opening", "value")[0], of("closing", "value")[0]);
        assert_eq!(closing - opening - brought, statement.profit.mid.base_units);
        assert_eq!(of("disposal", "gain").iter().sum::<i128>(), statement.realised.base_units);
        let lots: i128 = of("lot", "shares").iter().sum();
        let [shares, escrowed] =
            [&statement.closing.shares, &statement.closing.escrowed].map(|it| i128::from(it.base_units));
        assert_eq!(lots, shares + escrowed);
        assert_eq!(of("fee", "fee").iter().sum::<i128>(), i128::from(statement.fees.total.base_units));
    }
}
