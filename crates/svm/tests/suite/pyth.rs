//! Price updates, read back by Pyth's own SDK.

use {
    crate::support::{Bench, OWN},
    anchor_lang::{prelude::pubkey, AccountDeserialize},
    gimbal_svm::{
        pyth::{price_feed_address, PYTH_RECEIVER, PYTH_RECEIVER_PRO},
        PriceUpdate, Verification,
    },
    pyth_solana_receiver_sdk::price_update::{get_feed_id_from_hex, PriceUpdateV2, VerificationLevel},
};

/// SOL/USD, as Pyth publishes it.
const SOL_USD: &str = "0xef0d8b6fda2ceba41da15d4095d1da392a0d2f8ed0c6c7bc0f4cfac8c280b56d";

fn update() -> PriceUpdate {
    let mut update = PriceUpdate::new(
        get_feed_id_from_hex(SOL_USD).unwrap(),
        14_250_000_000,
        7_125_000,
        -8,
        1_767_225_600,
        518_400_000,
    );
    update.prev_publish_time = 1_767_225_598;
    update.ema_price = 14_100_000_000;
    update.ema_conf = 6_000_000;
    update
}

#[test]
fn the_sdk_reads_what_was_written() {
    let mut bench = Bench::new();
    bench.chain.set_price_update(OWN, &update()).unwrap();
    let account = bench.chain.account(&OWN).unwrap();
    assert_eq!(account.owner, PYTH_RECEIVER);
    assert_eq!(account.data.len(), PriceUpdateV2::LEN);
    // 128 + 134 bytes at 6,960 lamports.
    assert_eq!(account.lamports, 1_823_520);

    let read = PriceUpdateV2::try_deserialize(&mut &account.data[..]).unwrap();
    assert_eq!(read.write_authority, OWN);
    assert_eq!(read.verification_level, VerificationLevel::Full);
    assert_eq!(read.posted_slot, 518_400_000);
    let message = read.price_message;
    assert_eq!(message.feed_id, get_feed_id_from_hex(SOL_USD).unwrap());
    assert_eq!((message.price, message.conf, message.exponent), (14_250_000_000, 7_125_000, -8));
    assert_eq!((message.publish_time, message.prev_publish_time), (1_767_225_600, 1_767_225_598));
    assert_eq!((message.ema_price, message.ema_conf), (14_100_000_000, 6_000_000));
}

/// The places that every mainnet account has with full verification: the level's one byte at 40,
/// the feed at 41, the price at 73, the slot at 125, one zero byte at the end.
#[test]
fn a_full_update_has_mainnets_shape() {
    let data = update().pack(&OWN);
    assert_eq!(data.len(), 134);
    assert_eq!(data[..8], [0x22, 0xf1, 0x23, 0x63, 0x9d, 0x7e, 0xf4, 0xcd]);
    assert_eq!(data[8..40], OWN.to_bytes());
    assert_eq!(data[40], 1);
    assert_eq!(data[41..73], get_feed_id_from_hex(SOL_USD).unwrap());
    assert_eq!(data[73..81], 14_250_000_000i64.to_le_bytes());
    assert_eq!(data[125..133], 518_400_000u64.to_le_bytes());
    assert_eq!(data[133], 0);
}

#[test]
fn a_partial_update_of_the_other_receiver() {
    let mut bench = Bench::new();
    let mut update = update();
    update.receiver = PYTH_RECEIVER_PRO;
    update.verification = Verification::Partial(5);
    update.write_authority = Some(PYTH_RECEIVER);
    bench.chain.set_price_update(OWN, &update).unwrap();
    let account = bench.chain.account(&OWN).unwrap();
    assert_eq!(account.owner, PYTH_RECEIVER_PRO);
    assert_eq!(account.data.len(), 134);
    let read = PriceUpdateV2::try_deserialize(&mut &account.data[..]).unwrap();
    assert_eq!(read.verification_level, VerificationLevel::Partial { num_signatures: 5 });
    assert_eq!(read.write_authority, PYTH_RECEIVER);
    assert_eq!(read.posted_slot, 518_400_000);
}

/// The sponsored SOL/USD account of mainnet, as Pyth documents it.
#[test]
fn a_feeds_address_is_the_push_oracles() {
    let feed = get_feed_id_from_hex(SOL_USD).unwrap();
    assert_eq!(price_feed_address(0, &feed), pubkey!("7UVimffxr9ow1uXYxsr4LHAcV58mLzhmwaeKvJ1pjLiE"));
}
