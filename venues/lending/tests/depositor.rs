//! klend's three instructions on a chain: what they move, and what they refuse.

mod common;

use anchor_lang::prelude::Pubkey;
use common::{code, config, Fixture, SEED, USDC};
use gimbal_svm::PriceUpdate;
use gimbal_venue_wire::klend::{error_code, instruction as klend, layout as at, FRACTION_ONE};
use lending_venue::{Cap, LendingError, ReserveConfig, SetMarketArgs};
use solana_signer::Signer;

#[test]
fn an_empty_market_trades_one_for_one_and_conserves_tokens() {
    let mut f = Fixture::new();
    f.deposit(1_000 * USDC).unwrap();
    assert_eq!(f.balance(&f.alice_ctoken), 1_000 * USDC);
    assert_eq!(f.balance(&f.alice_usdc), 9_000 * USDC);
    assert_eq!(f.balance(&f.reserve.supply_vault), SEED + 1_000 * USDC);
    f.assert_conserved();
    assert!(f.books(|books| books.is_marked_stale()), "a deposit leaves the reserve stale, as klend does");
    f.redeem(400 * USDC).unwrap();
    assert_eq!(f.balance(&f.alice_usdc), 9_400 * USDC);
    assert_eq!(f.books(|books| books.collateral_mint_total_supply()), SEED + 600 * USDC);
    assert_eq!(
        f.chain.mint_supply(&f.reserve.collateral_mint).unwrap(),
        600 * USDC,
        "the seed's cTokens are not minted"
    );
    f.assert_conserved();
}

#[test]
fn accounts_are_klends_in_size_owner_and_discriminator() {
    let f = Fixture::new();
    let account = f.chain.account(&f.reserve.reserve).unwrap();
    assert_eq!(account.data.len(), 8_624);
    assert_eq!(account.data[..8], [0x2b, 0xf2, 0xcc, 0xca, 0x1a, 0xf7, 0x3b, 0x7f]);
    assert_eq!(account.owner, lending_venue::ID);
    f.books(|books| {
        assert_eq!(books.version(), 1);
        assert_eq!(books.liquidity_mint(), f.mint);
        assert_eq!(books.lending_market(), f.reserve.market);
        assert_eq!(books.supply_vault(), f.reserve.supply_vault);
        assert_eq!(books.collateral_mint(), f.reserve.collateral_mint);
        assert_eq!(books.mint_decimals(), 6);
    });
}

#[test]
fn interest_reaches_depositors_through_the_rate() {
    let mut f = Fixture::with_config(ReserveConfig { protocol_take_rate_pct: 10, ..config() });
    f.deposit(10_000 * USDC - SEED).unwrap();
    // 5,000 of 10,000: utilisation 50 %, on the curve 6.25 % a year.
    let loan = f.client.borrow(f.owner_usdc, 5_000 * USDC);
    f.refreshed(loan).unwrap();
    let slot = f.books(|books| books.last_update_slot());
    // klend's year has 63,072,000 slots of half a second.
    f.chain.advance_slots(63_072_000 - (f.chain.slot() - slot)).unwrap();
    let predicted = f.books(|books| books.total_supply_at(slot + 63_072_000)).unwrap();
    let refresh = f.client.refresh(None);
    f.as_owner(&[refresh]).unwrap();
    // r = 0.0625 / 63,072,000 a slot. klend adds r·n = 6.25 % and r²·n(n−1)/2, where r² keeps but one of its
    // 2^-60 steps: 0.1725 %. Of 5,000 that is 321.126; the exponential would give 322.47.
    let (borrowed, supply, fees) = f.books(|books| {
        (books.borrowed_amount_sf() >> 60, books.total_supply_sf().unwrap(), books.accumulated_protocol_fees_sf() >> 60)
    });
    let interest = borrowed as u64 - 5_000 * USDC;
    assert!((321_126_000..321_126_200).contains(&interest), "{interest}");
    assert_eq!(fees as u64, interest / 10);
    assert_eq!(supply, predicted, "the reader foresaw the books exactly");
    // Alice's cTokens are worth more, and what she is paid is what the rate says.
    let before = f.balance(&f.alice_usdc);
    let expected = f.books(|books| books.exchange().unwrap().redeem(1_000 * USDC)).unwrap();
    f.redeem(1_000 * USDC).unwrap();
    let paid = f.balance(&f.alice_usdc) - before;
    assert_eq!(paid, expected);
    // 10,000 + 0.9 × 321.126 for 10,000 cTokens.
    assert!((1_028_901_000..1_028_902_000).contains(&paid), "{paid}");
    f.assert_conserved();
}

#[test]
fn a_deposit_takes_only_what_its_ctokens_are_worth() {
    let mut f = Fixture::new();
    f.deposit(100 * USDC).unwrap();
    // A loan that defaults by half makes a cToken worth less than one unit, a donation by interest more:
    // 100.1 lent in full and written off by half leaves 50.05 for 100.1 cTokens.
    let loan = f.client.borrow(f.owner_usdc, 100 * USDC + SEED);
    f.refreshed(loan).unwrap();
    let loss = f.client.write_off(lending_venue::WriteOffArgs { borrower: 255, amount: 50 * USDC + SEED / 2 });
    f.refreshed(loss).unwrap();
    assert_eq!(f.books(|books| books.total_supply_sf().unwrap() / FRACTION_ONE) as u64, 50 * USDC + SEED / 2);
    let before = f.balance(&f.alice_usdc);
    let minted_before = f.balance(&f.alice_ctoken);
    f.deposit(7).unwrap();
    // Interest of the few slots since is far below a unit: two cTokens a unit.
    let (taken, minted) = (before - f.balance(&f.alice_usdc), f.balance(&f.alice_ctoken) - minted_before);
    assert!((13..=14).contains(&minted), "{minted}");
    assert_eq!(taken, 7);
    f.assert_conserved();
}

#[test]
fn zero_amounts_are_refused() {
    let mut f = Fixture::new();
    assert_eq!(code(f.deposit(0)), Some(error_code::INVALID_AMOUNT));
    assert_eq!(code(f.redeem(0)), Some(error_code::INVALID_AMOUNT));
}

#[test]
fn the_deposit_limit_holds_to_the_unit() {
    let mut f = Fixture::with_config(ReserveConfig { deposit_limit: 500 * USDC, ..config() });
    assert_eq!(code(f.deposit(500 * USDC - SEED + 1)), Some(error_code::DEPOSIT_LIMIT_EXCEEDED));
    f.deposit(500 * USDC - SEED).unwrap();
    assert_eq!(code(f.deposit(1)), Some(error_code::DEPOSIT_LIMIT_EXCEEDED));
}

#[test]
fn an_illiquid_reserve_pays_what_it_has_and_refuses_more() {
    let mut f = Fixture::new();
    f.deposit(1_000 * USDC).unwrap();
    let all = f.client.borrow(f.owner_usdc, u64::MAX);
    f.refreshed(all).unwrap();
    assert_eq!(f.books(|books| books.available_amount()), 0);
    assert_eq!(code(f.redeem(1)), Some(error_code::INSUFFICIENT_LIQUIDITY));
    f.deposit(50 * USDC).unwrap();
    assert_eq!(code(f.redeem(51 * USDC)), Some(error_code::INSUFFICIENT_LIQUIDITY));
    f.redeem(49 * USDC).unwrap();
    f.assert_conserved();
}

#[test]
fn redemptions_beyond_the_available_fail_with_klends_number() {
    let mut f = Fixture::new();
    f.deposit(1_000 * USDC).unwrap();
    let loan = f.client.borrow(f.owner_usdc, 900 * USDC);
    f.refreshed(loan).unwrap();
    let before = f.balance(&f.alice_ctoken);
    assert_eq!(code(f.redeem(200 * USDC)), Some(error_code::INSUFFICIENT_LIQUIDITY));
    assert_eq!(f.balance(&f.alice_ctoken), before, "a refusal burns nothing");
    f.redeem(100 * USDC).unwrap();
    let back = f.client.repay(f.owner_usdc, 900 * USDC);
    f.refreshed(back).unwrap();
    f.redeem(900 * USDC).unwrap();
    f.assert_conserved();
}

#[test]
fn withdrawals_keep_to_the_cap_of_the_interval() {
    let cap = Cap { capacity: 100 * USDC as i64, interval_length: 3_600 };
    let mut f = Fixture::with_config(ReserveConfig { deposit_cap: cap, ..config() });
    f.deposit(1_000 * USDC).unwrap();
    // Deposits of the interval make room: net outflow may reach 100 beyond the 1,000 that came in.
    f.chain.warp(3_600).unwrap();
    f.redeem(60 * USDC).unwrap();
    assert_eq!(code(f.redeem(41 * USDC)), Some(error_code::WITHDRAWAL_CAP_REACHED));
    f.redeem(40 * USDC).unwrap();
    assert_eq!(code(f.redeem(1)), Some(error_code::WITHDRAWAL_CAP_REACHED));
    f.chain.warp(3_600).unwrap();
    f.redeem(100 * USDC).unwrap();
}

#[test]
fn an_obsolete_reserve_takes_nothing_and_still_pays() {
    let mut f = Fixture::new();
    f.deposit(100 * USDC).unwrap();
    let obsolete = f.client.set_status(1);
    f.as_owner(&[obsolete]).unwrap();
    assert_eq!(code(f.deposit(USDC)), Some(error_code::RESERVE_OBSOLETE));
    f.redeem(50 * USDC).unwrap();
    let hidden = f.client.set_status(2);
    f.as_owner(&[hidden]).unwrap();
    f.deposit(USDC).unwrap();
    let unknown = f.client.set_status(3);
    assert_eq!(code(f.as_owner(&[unknown])), Some(error_code::INVALID_CONFIG));
}

#[test]
fn blocked_ctokens_and_emergencies_stop_what_klend_stops() {
    let mut f = Fixture::new();
    f.deposit(100 * USDC).unwrap();
    let blocked = f.client.set_config(ReserveConfig { block_ctoken_usage: true, ..config() });
    f.as_owner(&[blocked]).unwrap();
    assert_eq!(code(f.deposit(USDC)), Some(error_code::CTOKEN_USAGE_BLOCKED));
    f.redeem(USDC).unwrap();
    let halted = f.client.set_config(ReserveConfig { emergency_mode: true, ..config() });
    f.as_owner(&[halted]).unwrap();
    assert_eq!(code(f.redeem(USDC)), Some(error_code::RESERVE_EMERGENCY_MODE));
    let market = f.client.set_market(SetMarketArgs { emergency_mode: true, borrowing_disabled: false });
    f.as_owner(&[market]).unwrap();
    assert_eq!(code(f.redeem(USDC)), Some(error_code::GLOBAL_EMERGENCY_MODE));
    assert_eq!(code(f.deposit(USDC)), Some(error_code::GLOBAL_EMERGENCY_MODE));
}

#[test]
fn every_wrong_account_is_refused() {
    let mut f = Fixture::new();
    f.deposit(100 * USDC).unwrap();
    let good = f.accounts();
    let bob = Pubkey::new_from_array([9; 32]);
    let other_mint = Pubkey::new_from_array([8; 32]);
    let state = gimbal_svm::MintState { mint_authority: None, supply: 0, decimals: 6, freeze_authority: None };
    f.chain.set_mint(other_mint, &state).unwrap();
    let other_tokens = f.chain.credit_tokens(&f.alice.pubkey(), &other_mint, 5).unwrap();
    // Anchor: 2001 has-one, 2006 seeds, 2012 address, 2014 token mint, 3008 program id.
    let deposit_cases = [
        (3, bob, 2006),
        (4, other_mint, 2012),
        (5, f.alice_usdc, 2012),
        (6, other_mint, 2012),
        (7, other_tokens, 2014),
        (8, f.alice_usdc, 2014),
        (9, bob, 3008),
        (11, bob, 2012),
        (7, f.reserve.supply_vault, error_code::INVALID_ACCOUNT_INPUT),
        (8, f.reserve.collateral_supply, error_code::INVALID_ACCOUNT_INPUT),
    ];
    for (index, key, number) in deposit_cases {
        let mut keys = good.deposit();
        keys[index] = key;
        let ix = klend::deposit_reserve_liquidity(&lending_venue::ID, &keys, USDC);
        assert_eq!(code(f.as_alice(&[ix])), Some(number), "deposit, account {index}");
    }
    let redeem_cases = [
        (3, bob, 2006),
        (5, other_mint, 2012),
        (6, f.alice_usdc, 2012),
        (7, f.alice_usdc, 2014),
        (8, other_tokens, 2014),
        (7, f.reserve.collateral_supply, error_code::INVALID_ACCOUNT_INPUT),
        (8, f.reserve.supply_vault, error_code::INVALID_ACCOUNT_INPUT),
    ];
    for (index, key, number) in redeem_cases {
        let mut keys = good.redeem();
        keys[index] = key;
        let ix = klend::redeem_reserve_collateral(&lending_venue::ID, &keys, USDC);
        assert_eq!(code(f.as_alice(&[ix])), Some(number), "redeem, account {index}");
    }
    // A reserve whose bytes are right and whose owner is not this program.
    let copy = f.chain.account(&f.reserve.reserve).unwrap().data;
    f.chain.set_data(bob, anchor_spl::token::ID, copy.clone()).unwrap();
    let mut keys = good.deposit();
    keys[1] = bob;
    let ix = klend::deposit_reserve_liquidity(&lending_venue::ID, &keys, USDC);
    assert_eq!(code(f.as_alice(&[ix])), Some(3007));
    // Another account type of this program.
    keys[1] = f.reserve.borrowers;
    let ix = klend::deposit_reserve_liquidity(&lending_venue::ID, &keys, USDC);
    assert_eq!(code(f.as_alice(&[ix])), Some(3003));
    // A copy owned by this program passes for a reserve, but only the market's vaults can back it.
    let mut forged = copy;
    forged[8] = 2;
    f.chain.set_data(bob, lending_venue::ID, forged).unwrap();
    keys[1] = bob;
    let ix = klend::deposit_reserve_liquidity(&lending_venue::ID, &keys, USDC);
    assert_eq!(code(f.as_alice(&[ix])), Some(error_code::RESERVE_DEPRECATED));
}

#[test]
fn anyone_can_send_tokens_to_the_vault_and_nothing_changes() {
    let mut f = Fixture::new();
    f.deposit(100 * USDC).unwrap();
    let transfer = anchor_spl::token::spl_token::instruction::transfer(
        &anchor_spl::token::ID,
        &f.alice_usdc,
        &f.reserve.supply_vault,
        &f.alice.pubkey(),
        &[],
        5 * USDC,
    )
    .unwrap();
    f.as_alice(&[transfer]).unwrap();
    f.deposit(USDC).unwrap();
    assert_eq!(f.balance(&f.alice_ctoken), 101 * USDC, "the rate is still one");
    f.redeem(101 * USDC).unwrap();
    assert_eq!(f.balance(&f.reserve.supply_vault), SEED + 5 * USDC);
}

#[test]
fn the_configured_pyth_account_sets_price_and_status() {
    let oracle = Pubkey::new_from_array([5; 32]);
    let with_oracle = ReserveConfig { pyth_price: oracle, max_age_price_seconds: 60, ..config() };
    let mut f = Fixture::with_config(with_oracle);
    let now = f.chain.unix_time();
    let update = PriceUpdate::new([3; 32], 99_991_553, 48_451, -8, now - 10, 1);
    f.chain.set_price_update(oracle, &update).unwrap();
    let refresh = f.client.refresh(Some(oracle));
    f.as_owner(std::slice::from_ref(&refresh)).unwrap();
    // 0.99991553 · 2^60, rounded down.
    assert_eq!(f.books(|books| books.market_price_sf()), 1_152_824_117_327_352_835);
    assert_eq!(f.books(|books| books.price_status()), at::PRICE_STATUS_ALL);
    f.chain.warp(60).unwrap();
    f.as_owner(std::slice::from_ref(&refresh)).unwrap();
    assert_eq!(f.books(|books| books.price_status()), 0b0011_1101, "too old a price keeps all flags but age");
    let without = f.client.refresh(None);
    assert_eq!(code(f.as_owner(&[without])), Some(u32::from(LendingError::InvalidPythPriceAccount)));
    // A deposit does not need the price.
    f.deposit(USDC).unwrap();
}
