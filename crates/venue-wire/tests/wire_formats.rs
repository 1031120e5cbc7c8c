//! Pools, price updates and instructions, on real bytes and on bytes written by hand.

mod common;

use common::{key, real_account};
use gimbal_venue_wire::{
    klend::instruction::{self as klend_ix, DepositorAccounts},
    pyth::{self, PriceUpdate},
    whirlpool::{
        self,
        instruction::{swap_v2, SwapV2},
        layout as at, WhirlpoolMut, WhirlpoolView,
    },
    WireError,
};
use solana_program::pubkey::Pubkey;

fn marker(n: u8) -> Pubkey {
    Pubkey::new_from_array([n; 32])
}

#[test]
fn reads_every_field_of_a_real_whirlpool() {
    let Some(account) = real_account("whirlpool-pool.json") else { return };
    assert_eq!(account.owner, whirlpool::PROGRAM_ID);
    let pool = WhirlpoolView::parse(&account.data).expect("a pool");
    assert_eq!(pool.get(at::WHIRLPOOLS_CONFIG), key("FcrweFY1G9HJAHG5inkGB6pKg1HZ6x9UC2WioAfWrGkR"));
    assert_eq!(pool.get(at::BUMP), 254);
    assert_eq!(pool.tick_spacing(), 64);
    assert_eq!(pool.get(at::FEE_TIER_INDEX_SEED), [64, 0]);
    assert_eq!((pool.fee_rate(), pool.protocol_fee_rate()), (2_000, 300));
    assert_eq!(pool.liquidity(), 462_271_585_695_307);
    assert_eq!(pool.sqrt_price(), 58_410_682_143_245_572);
    assert_eq!(pool.tick_current_index(), -115_109);
    assert_eq!(pool.protocol_fees_owed(), (44_782_342_942_237, 447_915_233));
    assert_eq!(pool.token_mint_a(), key("Jd4M8bfJG3sAkd82RsGWyEXoaBXQP7njFzBwEaCTuDa"));
    assert_eq!(pool.token_vault_a(), key("GedZgiHw8dJpR6Fyt1PNgSwYznEyh18qgZvobuxYxMQ3"));
    assert_eq!(pool.get(at::FEE_GROWTH_GLOBAL_A), 58_012_550_787_034_697_697);
    assert_eq!(pool.token_mint_b(), key("BRjpCHtyQLNCo8gqRUr8jtdAj5AjPYQaoqbvcZiHok1k"));
    assert_eq!(pool.token_vault_b(), key("4KDudC7XagDiZZbd9Xzabcy5yZMC8bvz7c8q7Bb9vXTa"));
    assert_eq!(pool.get(at::FEE_GROWTH_GLOBAL_B), 580_254_477_281_516);
    assert_eq!(pool.get(at::REWARD_LAST_UPDATED_TIMESTAMP), 1_748_874_550);
    // The pool's own address follows from its fields: a second proof of their places.
    let seeds: [&[u8]; 5] = [
        b"whirlpool",
        &account.data[8..40],
        &account.data[101..133],
        &account.data[181..213],
        &pool.get(at::FEE_TIER_INDEX_SEED),
    ];
    assert_eq!(Pubkey::find_program_address(&seeds, &whirlpool::PROGRAM_ID), (account.key, 254));
}

#[test]
fn pool_writes_land_where_the_idl_says() {
    let mut data = vec![0u8; 653];
    let mut pool = WhirlpoolMut::init(&mut data).unwrap();
    pool.set(at::FEE_RATE, 0x0102);
    pool.set(at::LIQUIDITY, 0x0304);
    pool.set(at::SQRT_PRICE, 0x0506);
    pool.set(at::TICK_CURRENT_INDEX, -2);
    pool.set(at::TOKEN_MINT_A, marker(1));
    pool.set(at::TOKEN_VAULT_A, marker(2));
    pool.set(at::TOKEN_MINT_B, marker(3));
    pool.set(at::TOKEN_VAULT_B, marker(4));
    assert_eq!(data[..8], [0x3f, 0x95, 0xd1, 0x0c, 0xe1, 0x80, 0x63, 0x09]);
    let liquidity = 8 + 32 + 1 + 2 + 2 + 2 + 2;
    assert_eq!(data[liquidity - 4..liquidity - 2], [2, 1]);
    assert_eq!(data[liquidity..liquidity + 2], [4, 3]);
    assert_eq!(data[liquidity + 16..liquidity + 18], [6, 5]);
    assert_eq!(data[liquidity + 32..liquidity + 36], [0xfe, 0xff, 0xff, 0xff]);
    let mint_a = liquidity + 32 + 4 + 16;
    assert_eq!(data[mint_a..mint_a + 32], [1; 32]);
    assert_eq!(data[mint_a + 32..mint_a + 64], [2; 32]);
    assert_eq!(data[mint_a + 80..mint_a + 112], [3; 32]);
    assert_eq!(data[mint_a + 112..mint_a + 144], [4; 32]);
    assert_eq!(WhirlpoolView::parse(&data[1..]).err(), Some(WireError::WrongLength));
    data[0] ^= 1;
    assert_eq!(WhirlpoolView::parse(&data).err(), Some(WireError::WrongDiscriminator));
}

#[test]
fn reads_real_price_updates_and_writes_them_back_unchanged() {
    // Published 17 October 2024, 03:42 UTC: BTC 67,629.84, ETH 2,638.41, SOL 154.54, USDC 0.9999.
    for (file, price, conf, publish_time, posted_slot) in [
        ("pyth-btc.json", 6_762_983_865_419, 3_003_854_611, 1_729_136_573, 296_061_697),
        ("pyth-eth.json", 263_841_214_254, 140_974_554, 1_729_136_568, 296_061_688),
        ("pyth-sol.json", 15_453_505_538, 18_134_120, 1_729_136_558, 296_061_666),
        ("pyth-usdc.json", 99_991_553, 48_451, 1_729_136_563, 296_061_675),
    ] {
        let Some(account) = real_account(file) else { return };
        assert_eq!(account.owner, pyth::RECEIVER_ID);
        let update = PriceUpdate::parse(&account.data).expect("a price update");
        assert_eq!((update.price, update.conf, update.exponent), (price, conf, -8), "{file}");
        assert_eq!((update.publish_time, update.posted_slot), (publish_time, posted_slot), "{file}");
        assert_eq!(update.write_authority, account.key, "the push oracle's accounts write themselves");
        assert_eq!(pyth::price_feed_address(0, &update.feed_id, &pyth::PUSH_ORACLE_ID), account.key, "{file}");
        assert_eq!(update.to_bytes()[..], account.data[..], "{file}");
    }
}

#[test]
fn a_partially_verified_price_is_refused() {
    let update = PriceUpdate { price: -5, exponent: -8, posted_slot: 9, ..PriceUpdate::default() };
    let mut data = update.to_bytes();
    assert_eq!(PriceUpdate::parse(&data), Ok(update));
    data[40] = 0;
    assert_eq!(PriceUpdate::parse(&data), Err(WireError::UnknownTag));
    assert_eq!(PriceUpdate::parse(&data[..133]), Err(WireError::WrongLength));
}

#[test]
fn klend_instructions_carry_klends_order_and_flags() {
    let accounts = DepositorAccounts {
        owner: marker(1),
        reserve: marker(2),
        lending_market: marker(3),
        lending_market_authority: marker(4),
        liquidity_mint: marker(5),
        liquidity_supply: marker(6),
        collateral_mint: marker(7),
        user_liquidity: marker(8),
        user_collateral: marker(9),
        collateral_token_program: marker(10),
        liquidity_token_program: marker(11),
        oracles: [marker(12), marker(13), marker(14), marker(15)],
    };
    let order = |ix: &solana_program::instruction::Instruction| -> String {
        ix.accounts
            .iter()
            .map(|meta| {
                let flags = match (meta.is_signer, meta.is_writable) {
                    (true, false) => "s",
                    (false, true) => "w",
                    (false, false) => "",
                    (true, true) => "sw",
                };
                let name = if meta.pubkey == klend_ix::INSTRUCTIONS_SYSVAR {
                    "ix".to_owned()
                } else {
                    meta.pubkey.to_bytes()[0].to_string()
                };
                format!("{name}{flags} ")
            })
            .collect()
    };
    let program = marker(99);
    let refresh = klend_ix::refresh_reserve(&program, &accounts.refresh());
    assert_eq!(order(&refresh), "2w 3 12 13 14 15 ");
    assert_eq!(refresh.data, [0x02, 0xda, 0x8a, 0xeb, 0x4f, 0xc9, 0x19, 0x66]);
    let deposit = klend_ix::deposit_reserve_liquidity(&program, &accounts.deposit(), 0x0102);
    assert_eq!(order(&deposit), "1s 2w 3 4 5 6w 7w 8w 9w 10 11 ix ");
    assert_eq!(deposit.data, [0xa9, 0xc9, 0x1e, 0x7e, 0x06, 0xcd, 0x66, 0x44, 2, 1, 0, 0, 0, 0, 0, 0]);
    let redeem = klend_ix::redeem_reserve_collateral(&program, &accounts.redeem(), 0x0304);
    assert_eq!(order(&redeem), "1s 3 2w 4 5 7w 6w 9w 8w 10 11 ix ");
    assert_eq!(redeem.data, [0xea, 0x75, 0xb5, 0x7d, 0xb9, 0x8e, 0xdc, 0x1d, 4, 3, 0, 0, 0, 0, 0, 0]);
    assert!([refresh, deposit, redeem].iter().all(|ix| ix.program_id == program));
}

#[test]
fn swap_v2_carries_whirlpools_order_and_arguments() {
    let keys: [Pubkey; 15] = std::array::from_fn(|i| marker(i as u8 + 1));
    let swap = SwapV2 {
        amount: 1,
        other_amount_threshold: 2,
        sqrt_price_limit: 3,
        amount_specified_is_input: true,
        a_to_b: false,
    };
    let ix = swap_v2(&whirlpool::PROGRAM_ID, &keys, &swap);
    let mut data = vec![0x2b, 0x04, 0xed, 0x0b, 0x1a, 0xc9, 0x1e, 0x62];
    data.extend(1u64.to_le_bytes());
    data.extend(2u64.to_le_bytes());
    data.extend(3u128.to_le_bytes());
    data.extend([1, 0, 0]);
    assert_eq!(ix.data, data);
    let writable: Vec<usize> = (0..15).filter(|i| ix.accounts[*i].is_writable).collect();
    assert_eq!(writable, [4, 7, 8, 9, 10, 11, 12, 13, 14]);
    let signers: Vec<usize> = (0..15).filter(|i| ix.accounts[*i].is_signer).collect();
    assert_eq!(signers, [3]);
}
