//! Pyth's receiver: `post_update`, which writes a price that is proved against a verified VAA.

use anchor_lang::{prelude::*, solana_program::entrypoint::ProgramResult, system_program, AccountDeserialize};
use gimbal_venue_wire::pyth::{posting::encoded_vaa, posting::treasury_address, POST_UPDATE};
use pyth_solana_receiver_sdk::{
    config::Config,
    pda::get_config_address,
    price_update::{PriceUpdateV2, VerificationLevel},
    PostUpdateParams,
};
use pythnet_sdk::{
    accumulators::merkle::MerkleRoot,
    hashers::keccak256_160::Keccak160,
    messages::Message,
    wire::{
        from_slice,
        v1::{WormholeMessage, WormholePayload},
    },
};

use crate::{
    vaa::{Vaa, VERSION},
    PythError,
};

/// The program's entry.
///
/// # Errors
///
/// [`PythError`].
pub fn entry<'info>(program: &Pubkey, accounts: &'info [AccountInfo<'info>], data: &[u8]) -> ProgramResult {
    let (discriminator, mut arguments) = data.split_first_chunk::<8>().ok_or(PythError::Malformed)?;
    if *discriminator != POST_UPDATE {
        return Err(PythError::Malformed.into());
    }
    let params = PostUpdateParams::deserialize(&mut arguments).map_err(|_| PythError::Malformed)?;
    let [payer, vaa, config, treasury, price_update, system, write_authority, ..] = accounts else {
        return Err(PythError::Malformed.into());
    };
    if !payer.is_signer || !price_update.is_signer || !write_authority.is_signer {
        return Err(PythError::NotAuthorised.into());
    }
    let known = *config.key == get_config_address()
        && config.owner == program
        && *treasury.key == treasury_address(params.treasury_id)
        && *system.key == system_program::ID;
    if !known {
        return Err(PythError::WrongAccount.into());
    }
    let config = Config::try_deserialize(&mut &config.try_borrow_data()?[..])?;
    let message = proved(&config, vaa, params)?;

    let fee = config.single_update_fee_in_lamports;
    let transfer = system_program::Transfer { from: payer.clone(), to: treasury.clone() };
    system_program::transfer(CpiContext::new(*system.key, transfer), fee)?;

    if price_update.data_is_empty() {
        create(payer, price_update, system, program)?;
    } else {
        let stored = PriceUpdateV2::try_deserialize(&mut &price_update.try_borrow_data()?[..])?;
        if price_update.owner != program || stored.write_authority != *write_authority.key {
            return Err(PythError::NotAuthorised.into());
        }
    }
    let update = PriceUpdateV2 {
        write_authority: *write_authority.key,
        verification_level: VerificationLevel::Full,
        price_message: message,
        posted_slot: Clock::get()?.slot,
    };
    let mut data = price_update.try_borrow_mut_data()?;
    update.try_serialize(&mut &mut data[..])?;
    Ok(())
}

/// Makes the account; it signs for itself. In three steps, since anybody may have sent lamports to its address.
fn create<'info>(
    payer: &AccountInfo<'info>,
    account: &AccountInfo<'info>,
    system: &AccountInfo<'info>,
    owner: &Pubkey,
) -> Result<()> {
    let missing = Rent::get()?.minimum_balance(PriceUpdateV2::LEN).saturating_sub(account.lamports());
    let transfer = system_program::Transfer { from: payer.clone(), to: account.clone() };
    system_program::transfer(CpiContext::new(*system.key, transfer), missing)?;
    let allocate = system_program::Allocate { account_to_allocate: account.clone() };
    system_program::allocate(CpiContext::new(*system.key, allocate), PriceUpdateV2::LEN as u64)?;
    let assign = system_program::Assign { account_to_assign: account.clone() };
    system_program::assign(CpiContext::new(*system.key, assign), owner)
}

/// The price of `params`, once every link from the guardians to it is checked.
fn proved(
    config: &Config,
    account: &AccountInfo<'_>,
    params: PostUpdateParams,
) -> std::result::Result<pythnet_sdk::messages::PriceFeedMessage, ProgramError> {
    let data = account.try_borrow_data()?;
    if *account.owner != config.wormhole || data.len() < encoded_vaa::VAA || data[..8] != encoded_vaa::DISCRIMINATOR {
        return Err(PythError::WrongAccount.into());
    }
    if data[encoded_vaa::STATUS] != encoded_vaa::VERIFIED || data[encoded_vaa::VERSION] != VERSION {
        return Err(PythError::WrongState.into());
    }
    let vaa = Vaa::parse(&data[encoded_vaa::VAA..])?;
    let trusted = |chain, emitter: [u8; 32]| {
        config.valid_data_sources.iter().any(|source| source.chain == chain && source.emitter.to_bytes() == emitter)
    };
    if !trusted(vaa.emitter_chain(), vaa.emitter()) {
        return Err(PythError::WrongSource.into());
    }
    let message = WormholeMessage::try_from_bytes(vaa.payload()).map_err(|_| PythError::Malformed)?;
    let WormholePayload::Merkle(root) = message.payload;
    let update = params.merkle_price_update;
    let bytes: Vec<u8> = update.message.into();
    if !MerkleRoot::<Keccak160>::new(root.root).check(update.proof, &bytes) {
        return Err(PythError::BadProof.into());
    }
    match from_slice::<byteorder::BE, Message>(&bytes) {
        Ok(Message::PriceFeedMessage(price)) => Ok(price),
        _ => Err(PythError::NotAPrice.into()),
    }
}
