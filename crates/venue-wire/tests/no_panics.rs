//! No bytes make a reader panic, and no reserve makes the arithmetic panic.

use gimbal_venue_wire::{
    klend::{ReserveMut, ReserveView},
    pyth::PriceUpdate,
    whirlpool::WhirlpoolView,
};
use proptest::prelude::*;

fn read_all(view: &ReserveView, slot: u64, amount: u64) {
    let _ = (view.status(), view.curve(), view.deposit_withdrawal_cap().room(amount));
    let _ = (view.debt_withdrawal_cap().room(slot), view.utilization_down(), view.borrow_rate_down());
    let _ = (view.total_supply_sf(), view.total_supply_at(slot), view.freely_available());
    let _ = view.supply_rate_down(u128::from(amount) << 60);
    for exchange in [view.exchange(), view.exchange_at(slot)].into_iter().flatten() {
        let _ = (exchange.deposit(amount), exchange.redeem(amount));
        let _ = (exchange.collateral_for_redemption_up(amount), exchange.liquidity_for_collateral_up(amount));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_bytes_never_panic(data in proptest::collection::vec(any::<u8>(), 0..9_000)) {
        let _ = WhirlpoolView::parse(&data).map(|pool| pool.sqrt_price());
        let _ = PriceUpdate::parse(&data);
        if let Ok(view) = ReserveView::parse(&data) {
            read_all(&view, 1, 1);
        }
    }

    #[test]
    fn arbitrary_reserves_never_panic(
        seed in proptest::collection::vec(any::<u8>(), 8_624..=8_624),
        zeroed in proptest::collection::vec(any::<bool>(), 8_624 / 16),
        slot in any::<u64>(), amount in any::<u64>(), referral in any::<u16>(),
    ) {
        // Zeroing stretches gives small numbers, which get further into the arithmetic.
        let mut data: Vec<u8> =
            seed.iter().enumerate().map(|(i, byte)| if zeroed[i / 16] { 0 } else { *byte }).collect();
        data[..8].copy_from_slice(&[0x2b, 0xf2, 0xcc, 0xca, 0x1a, 0xf7, 0x3b, 0x7f]);
        read_all(&ReserveView::parse(&data).unwrap(), slot, amount);
        let mut reserve = ReserveMut::parse(&mut data).unwrap();
        let slot = reserve.view().last_update_slot().saturating_add(slot >> 40);
        let _ = reserve.accrue(slot, referral);
        read_all(&reserve.view(), slot, amount);
    }

    #[test]
    fn arbitrary_pools_and_updates_never_panic(mut data in proptest::collection::vec(any::<u8>(), 653..=653)) {
        data[..8].copy_from_slice(&[0x3f, 0x95, 0xd1, 0x0c, 0xe1, 0x80, 0x63, 0x09]);
        prop_assert!(WhirlpoolView::parse(&data).is_ok());
        data.truncate(134);
        data[..8].copy_from_slice(&[0x22, 0xf1, 0x23, 0x63, 0x9d, 0x7e, 0xf4, 0xcd]);
        let _ = PriceUpdate::parse(&data);
    }
}
