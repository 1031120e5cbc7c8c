//! The core bridge's encoded VAAs: created, written in parts, verified, closed.

use anchor_lang::{prelude::*, solana_program::entrypoint::ProgramResult};
use gimbal_venue_wire::pyth::posting::{
    encoded_vaa, guardian_set_address, CLOSE_ENCODED_VAA, INIT_ENCODED_VAA, VERIFY_ENCODED_VAA, WORMHOLE_ID,
    WRITE_ENCODED_VAA,
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
pub fn entry<'info>(_: &Pubkey, accounts: &'info [AccountInfo<'info>], data: &[u8]) -> ProgramResult {
    let (discriminator, arguments) = data.split_first_chunk::<8>().ok_or(PythError::Malformed)?;
    match *discriminator {
        INIT_ENCODED_VAA => init(accounts),
        WRITE_ENCODED_VAA => write(accounts, arguments),
        VERIFY_ENCODED_VAA => verify(accounts),
        CLOSE_ENCODED_VAA => close(accounts),
        _ => Err(PythError::Malformed.into()),
    }
}

fn init(accounts: &[AccountInfo<'_>]) -> ProgramResult {
    let [authority, account, ..] = accounts else { return Err(PythError::Malformed.into()) };
    require_signer(authority)?;
    let mut data = owned(account)?.try_borrow_mut_data()?;
    let length = data.len().checked_sub(encoded_vaa::VAA).ok_or(PythError::Malformed)?;
    if data.iter().any(|byte| *byte != 0) {
        return Err(PythError::WrongState.into());
    }
    let length = u32::try_from(length).map_err(|_| PythError::Malformed)?;
    data[..8].copy_from_slice(&encoded_vaa::DISCRIMINATOR);
    data[encoded_vaa::STATUS] = encoded_vaa::WRITING;
    data[encoded_vaa::WRITE_AUTHORITY..encoded_vaa::VERSION].copy_from_slice(authority.key.as_ref());
    data[encoded_vaa::LENGTH..encoded_vaa::VAA].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

fn write(accounts: &[AccountInfo<'_>], arguments: &[u8]) -> ProgramResult {
    let [authority, account, ..] = accounts else { return Err(PythError::Malformed.into()) };
    let (index, part) = arguments.split_first_chunk::<4>().ok_or(PythError::Malformed)?;
    let (length, part) = part.split_first_chunk::<4>().ok_or(PythError::Malformed)?;
    let number = |bytes: &[u8; 4]| usize::try_from(u32::from_le_bytes(*bytes)).map_err(|_| PythError::Malformed);
    if number(length)? != part.len() {
        return Err(PythError::Malformed.into());
    }
    let mut data = draft(authority, account)?;
    let place = number(index)?
        .checked_add(encoded_vaa::VAA)
        .and_then(|start| start.checked_add(part.len()).map(|end| start..end))
        .ok_or(PythError::Malformed)?;
    data.get_mut(place).ok_or(PythError::Malformed)?.copy_from_slice(part);
    Ok(())
}

fn verify(accounts: &[AccountInfo<'_>]) -> ProgramResult {
    let [authority, account, guardian_set, ..] = accounts else { return Err(PythError::Malformed.into()) };
    let mut data = draft(authority, account)?;
    {
        let vaa = Vaa::parse(&data[encoded_vaa::VAA..])?;
        if *guardian_set.key != guardian_set_address(vaa.guardian_set) || *guardian_set.owner != WORMHOLE_ID {
            return Err(PythError::WrongGuardianSet.into());
        }
        let set = GuardianSet::parse(&guardian_set.try_borrow_data()?)?;
        let now = Clock::get()?.unix_timestamp;
        let expired = set.expiration_time != 0 && i64::from(set.expiration_time) < now;
        if set.index != vaa.guardian_set || expired {
            return Err(PythError::WrongGuardianSet.into());
        }
        vaa.verify(&set.keys)?;
    }
    data[encoded_vaa::STATUS] = encoded_vaa::VERIFIED;
    data[encoded_vaa::VERSION] = VERSION;
    Ok(())
}

fn close(accounts: &[AccountInfo<'_>]) -> ProgramResult {
    let [authority, account, ..] = accounts else { return Err(PythError::Malformed.into()) };
    require_signer(authority)?;
    {
        let data = owned(account)?.try_borrow_data()?;
        require_authority(authority, &data)?;
    }
    let rent = account.lamports();
    **account.try_borrow_mut_lamports()? = 0;
    let sum = authority.lamports().checked_add(rent).ok_or(PythError::Malformed)?;
    **authority.try_borrow_mut_lamports()? = sum;
    account.resize(0)?;
    account.assign(&anchor_lang::system_program::ID);
    Ok(())
}

/// An account that is being written, by its authority.
fn draft<'a>(
    authority: &AccountInfo<'_>,
    account: &'a AccountInfo<'_>,
) -> std::result::Result<std::cell::RefMut<'a, [u8]>, ProgramError> {
    require_signer(authority)?;
    let data = std::cell::RefMut::map(owned(account)?.try_borrow_mut_data()?, |data| &mut **data);
    require_authority(authority, &data)?;
    if data[encoded_vaa::STATUS] != encoded_vaa::WRITING {
        return Err(PythError::WrongState.into());
    }
    Ok(data)
}

fn require_authority(authority: &AccountInfo<'_>, data: &[u8]) -> ProgramResult {
    if data.len() < encoded_vaa::VAA || data[..8] != encoded_vaa::DISCRIMINATOR {
        return Err(PythError::WrongAccount.into());
    }
    if data[encoded_vaa::WRITE_AUTHORITY..encoded_vaa::VERSION] != authority.key.to_bytes() {
        return Err(PythError::NotAuthorised.into());
    }
    Ok(())
}

fn require_signer(authority: &AccountInfo<'_>) -> ProgramResult {
    match authority.is_signer {
        true => Ok(()),
        false => Err(PythError::NotAuthorised.into()),
    }
}

fn owned<'a, 'info>(account: &'a AccountInfo<'info>) -> std::result::Result<&'a AccountInfo<'info>, PythError> {
    match *account.owner == WORMHOLE_ID {
        true => Ok(account),
        false => Err(PythError::WrongAccount),
    }
}

/// Whose signatures count. The bridge's account is this in Borsh, without a discriminator.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Debug, PartialEq, Eq)]
pub struct GuardianSet {
    /// Its number.
    pub index: u32,
    /// The guardians' names.
    pub keys: Vec<[u8; 20]>,
    /// Unix seconds.
    pub creation_time: u32,
    /// Unix seconds; 0 for the set in force.
    pub expiration_time: u32,
}

impl GuardianSet {
    fn parse(mut data: &[u8]) -> std::result::Result<Self, PythError> {
        Self::deserialize(&mut data).map_err(|_| PythError::WrongGuardianSet)
    }
}
