//! A Whirlpools pool: every field read and written back, and from nothing.
#![no_main]

use gimbal_fuzz::Input;
use gimbal_venue_wire::{
    field::{Layout, Plain},
    whirlpool::{layout as at, layout::At, Whirlpool, WhirlpoolMut, WhirlpoolView},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut base = vec![0; Whirlpool::LEN];
    WhirlpoolMut::init(&mut base).expect("the pool's own length");
    let account = Input::new(data).account(&base);
    let is_pool = account.len() == Whirlpool::LEN && account.starts_with(&Whirlpool::DISCRIMINATOR);
    let Ok(pool) = WhirlpoolView::parse(&account) else {
        assert!(!is_pool);
        return;
    };
    assert!(is_pool);
    assert_eq!((pool.sqrt_price(), pool.liquidity()), (pool.get(at::SQRT_PRICE), pool.get(at::LIQUIDITY)));

    // Written into an empty pool, the fields are all there is before the rewards.
    let mut copy = vec![0; Whirlpool::LEN];
    copy[at::REWARD_INFOS..].copy_from_slice(&account[at::REWARD_INFOS..]);
    let mut writer = WhirlpoolMut::init(&mut copy).expect("the pool's own length");
    carry(&pool, &mut writer, [at::WHIRLPOOLS_CONFIG, at::TOKEN_MINT_A, at::TOKEN_VAULT_A, at::TOKEN_MINT_B]);
    carry(&pool, &mut writer, [at::TOKEN_VAULT_B]);
    carry(&pool, &mut writer, [at::BUMP]);
    carry(&pool, &mut writer, [at::FEE_TIER_INDEX_SEED]);
    carry(&pool, &mut writer, [at::TICK_SPACING, at::FEE_RATE, at::PROTOCOL_FEE_RATE]);
    carry(&pool, &mut writer, [at::LIQUIDITY, at::SQRT_PRICE, at::FEE_GROWTH_GLOBAL_A, at::FEE_GROWTH_GLOBAL_B]);
    carry(&pool, &mut writer, [at::TICK_CURRENT_INDEX]);
    carry(&pool, &mut writer, [at::PROTOCOL_FEE_OWED_A, at::PROTOCOL_FEE_OWED_B, at::REWARD_LAST_UPDATED_TIMESTAMP]);
    assert!(copy == account, "no byte of a pool is lost or moved");
});

fn carry<T: Plain, const N: usize>(from: &WhirlpoolView, to: &mut WhirlpoolMut, fields: [At<T>; N]) {
    for field in fields {
        to.set(field, from.get(field));
    }
}
