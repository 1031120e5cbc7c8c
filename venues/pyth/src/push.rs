//! The push oracle: one account a feed and shard, written through the receiver, moved only forwards in time.

use anchor_lang::{prelude::*, solana_program::entrypoint::ProgramResult};
use gimbal_venue_wire::pyth::{PriceUpdate, POST_UPDATE, PUSH_ORACLE_ID, RECEIVER_ID, UPDATE_PRICE_FEED};
use solana_program::{
    instruction::{AccountMeta, Instruction},
    program::invoke_signed,
};

use crate::PythError;

/// Bytes behind `PostUpdateParams`: shard u16, feed id.
const TAIL: usize = 2 + 32;

/// The program's entry.
///
/// # Errors
///
/// [`PythError`].
pub fn entry<'info>(_: &Pubkey, accounts: &'info [AccountInfo<'info>], data: &[u8]) -> ProgramResult {
    let (discriminator, arguments) = data.split_first_chunk::<8>().ok_or(PythError::Malformed)?;
    let params_len = arguments.len().checked_sub(TAIL).ok_or(PythError::Malformed)?;
    if *discriminator != UPDATE_PRICE_FEED {
        return Err(PythError::Malformed.into());
    }
    let (params, tail) = arguments.split_at(params_len);
    let (shard, feed_id) = tail.split_at(2);
    let [payer, receiver, vaa, config, treasury, price_feed, system, ..] = accounts else {
        return Err(PythError::Malformed.into());
    };
    let (address, bump) = Pubkey::find_program_address(&[shard, feed_id], &PUSH_ORACLE_ID);
    if *price_feed.key != address || *receiver.key != RECEIVER_ID {
        return Err(PythError::WrongAccount.into());
    }
    let before = match price_feed.data_is_empty() {
        true => None,
        false => Some(stored(price_feed)?.publish_time),
    };
    let post = Instruction {
        program_id: RECEIVER_ID,
        accounts: vec![
            AccountMeta::new(*payer.key, true),
            AccountMeta::new_readonly(*vaa.key, false),
            AccountMeta::new_readonly(*config.key, false),
            AccountMeta::new(*treasury.key, false),
            AccountMeta::new(address, true),
            AccountMeta::new_readonly(*system.key, false),
            AccountMeta::new_readonly(address, true),
        ],
        data: [&POST_UPDATE[..], params].concat(),
    };
    invoke_signed(&post, accounts, &[&[shard, feed_id, &[bump]]])?;
    let now = stored(price_feed)?;
    if now.feed_id != *feed_id {
        return Err(PythError::WrongFeed.into());
    }
    match before {
        Some(before) if now.publish_time <= before => Err(PythError::NotNewer.into()),
        _ => Ok(()),
    }
}

fn stored(account: &AccountInfo<'_>) -> std::result::Result<PriceUpdate, ProgramError> {
    let data = account.try_borrow_data()?;
    PriceUpdate::parse(&data).map_err(|_| PythError::WrongAccount.into())
}
