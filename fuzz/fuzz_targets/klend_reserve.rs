//! klend's reserve: its fields, its interest and its exchange rate.
#![no_main]

use gimbal_fuzz::{reserves, Input};
use gimbal_venue_wire::{
    field::{Layout, Plain},
    klend::{layout as at, layout::At, Exchange, ReserveMut, ReserveView, FRACTION_ONE},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    let mut account = input.account(&reserves::base());
    let Ok(reserve) = ReserveView::parse(&account) else {
        assert!(account.len() != at::Reserve::LEN || !account.starts_with(&at::Reserve::DISCRIMINATOR));
        return;
    };
    assert!(account.len() == at::Reserve::LEN && account.starts_with(&at::Reserve::DISCRIMINATOR));
    let [amount, slots, ..] = input.numbers;
    for exchange in [reserve.exchange(), reserve.exchange_at(reserve.last_update_slot())].into_iter().flatten() {
        trade(&exchange, amount);
    }
    let slot = reserve.last_update_slot().saturating_add(slots >> 32);
    accrue(&reserve, slot);
    let _ = (reserve.status(), reserve.freely_available(), reserve.supply_rate_down(u128::from(amount) << 60));
    assert!(
        reserve.deposit_withdrawal_cap().interval_length > 0
            || reserve.deposit_withdrawal_cap().room(amount) == u64::MAX
    );

    // What is read and written back is what was there.
    let before = account.clone();
    let (curve, caps) = (reserve.curve(), (reserve.deposit_withdrawal_cap(), reserve.debt_withdrawal_cap()));
    let mut writer = ReserveMut::parse(&mut account).expect("what a view takes, a writer takes");
    rewrite(&mut writer, [at::VERSION, at::LAST_UPDATE_SLOT, at::AVAILABLE_AMOUNT, at::MINT_DECIMALS]);
    rewrite(&mut writer, [at::COLLATERAL_MINT_TOTAL_SUPPLY, at::DEPOSIT_LIMIT, at::QUEUED_COLLATERAL_AMOUNT]);
    rewrite(&mut writer, [at::BORROWED_AMOUNT_SF, at::ACCUMULATED_PROTOCOL_FEES_SF, at::PENDING_REFERRER_FEES_SF]);
    rewrite(&mut writer, [at::LENDING_MARKET, at::LIQUIDITY_MINT, at::LIQUIDITY_SUPPLY_VAULT, at::COLLATERAL_MINT]);
    rewrite(&mut writer, [at::STATUS, at::PROTOCOL_TAKE_RATE_PCT, at::EMERGENCY_MODE]);
    writer.set_curve(&curve);
    writer.set_deposit_withdrawal_cap(&caps.0);
    writer.set_debt_withdrawal_cap(&caps.1);
    assert!(account == before, "what is read and written back is what was there");

    // Interest once booked is not booked again.
    let mut writer = ReserveMut::parse(&mut account).expect("as above");
    if writer.accrue(slot, 0).is_ok() {
        let booked = writer.view().accrue(slot, 0).expect("nothing is left to accrue");
        assert_eq!(booked.growth_sf, FRACTION_ONE);
        assert_eq!(booked.borrowed_amount_sf, writer.view().borrowed_amount_sf());
    }
});

fn rewrite<T: Plain, const N: usize>(writer: &mut ReserveMut, fields: [At<T>; N]) {
    for field in fields {
        let value = writer.get(field);
        writer.set(field, value);
    }
}

/// A depositor never gets more than it gave, and the least of cTokens that pays an amount is the least.
fn trade(exchange: &Exchange, amount: u64) {
    if let Ok(quote) = exchange.deposit(amount) {
        assert!(quote.liquidity <= amount);
        if let Ok(paid) = exchange.redeem(quote.collateral) {
            assert!(paid <= quote.liquidity);
        }
    }
    if let Ok(burnt) = exchange.collateral_for_redemption_up(amount) {
        assert!(exchange.redeem(burnt).is_ok_and(|paid| paid >= amount) || exchange.redeem(burnt).is_err());
        assert!(burnt == 0 || exchange.redeem(burnt - 1).is_ok_and(|paid| paid < amount));
    }
}

/// Interest never takes from the depositors while the protocol keeps at most all of it.
fn accrue(reserve: &ReserveView, slot: u64) {
    if let Ok(accrued) = reserve.accrue(slot, 0) {
        assert!(accrued.growth_sf >= FRACTION_ONE && accrued.borrowed_amount_sf >= reserve.borrowed_amount_sf());
        assert!(accrued.accumulated_protocol_fees_sf >= reserve.accumulated_protocol_fees_sf());
    }
    let (now, then) = (reserve.total_supply_sf(), reserve.total_supply_at(slot));
    if let (Ok(now), Ok(then), true) = (now, then, reserve.protocol_take_rate_pct() <= 100) {
        assert!(then >= now);
    }
}
