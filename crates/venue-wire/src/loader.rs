//! The upgradeable loader's accounts: which code a program id runs, since when, and who may change it.
//!
//! Source: `UpgradeableLoaderState` in `solana-loader-v3-interface`, bincode.

use crate::{field::Plain, WireError};
use solana_program::{pubkey, pubkey::Pubkey};

/// The upgradeable loader (version 3).
pub const UPGRADEABLE_LOADER_ID: Pubkey = pubkey!("BPFLoaderUpgradeab1e11111111111111111111111");

/// Tag of a `Program` account.
pub const PROGRAM_TAG: u32 = 2;
/// Tag of a `ProgramData` account.
pub const PROGRAM_DATA_TAG: u32 = 3;
/// Bytes of a `Program` account.
pub const PROGRAM_LEN: usize = 36;
/// Bytes of a `ProgramData` account before the code.
pub const PROGRAM_DATA_HEADER_LEN: usize = 45;

/// The header of a `ProgramData` account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramDataHeader {
    /// Slot of the last deployment.
    pub slot: u64,
    /// Who may replace the code; `None`: nobody, for ever.
    pub upgrade_authority: Option<Pubkey>,
}

impl ProgramDataHeader {
    /// Reads the header. The caller checks that the loader owns the account.
    pub fn parse(data: &[u8]) -> Result<Self, WireError> {
        if data.len() < PROGRAM_DATA_HEADER_LEN {
            return Err(WireError::WrongLength);
        }
        if u32::read(data, 0) != PROGRAM_DATA_TAG {
            return Err(WireError::WrongDiscriminator);
        }
        let upgrade_authority = match u8::read(data, 12) {
            0 => None,
            1 => Some(Pubkey::read(data, 13)),
            _ => return Err(WireError::UnknownTag),
        };
        Ok(Self { slot: u64::read(data, 4), upgrade_authority })
    }

    /// The header's bytes. Without an authority its 32 bytes are zero.
    pub fn to_bytes(self) -> [u8; PROGRAM_DATA_HEADER_LEN] {
        let mut data = [0; PROGRAM_DATA_HEADER_LEN];
        PROGRAM_DATA_TAG.write(&mut data, 0);
        self.slot.write(&mut data, 4);
        if let Some(authority) = self.upgrade_authority {
            1u8.write(&mut data, 12);
            authority.write(&mut data, 13);
        }
        data
    }
}

/// The ProgramData address a `Program` account names.
pub fn program_data_of(program: &[u8]) -> Result<Pubkey, WireError> {
    if program.len() < PROGRAM_LEN {
        return Err(WireError::WrongLength);
    }
    if u32::read(program, 0) != PROGRAM_TAG {
        return Err(WireError::WrongDiscriminator);
    }
    Ok(Pubkey::read(program, 4))
}

/// The address at which the loader keeps the code of `program_id`.
pub fn program_data_address(program_id: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[program_id.as_ref()], &UPGRADEABLE_LOADER_ID).0
}
