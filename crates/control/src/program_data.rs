//! Which code a program id runs, since when, and who may replace it.
//!
//! The upgradeable loader (version 3) keeps the code of a program in a ProgramData account; a deployment changes its slot, a
//! change of hands its authority. Code under the two loaders before it can never be replaced: such a program stands for
//! its own ProgramData. Any other loader is refused, since nobody here knows how its programs change.
//!
//! Source of the layouts: `UpgradeableLoaderState` of `solana-loader-v3-interface`, bincode.

use anchor_lang::prelude::*;

/// The upgradeable loader (version 3).
pub const UPGRADEABLE_LOADER_ID: Pubkey = pubkey!("BPFLoaderUpgradeab1e11111111111111111111111");
/// Loaders whose programs can never be replaced.
pub const IMMUTABLE_LOADERS: [Pubkey; 2] =
    [pubkey!("BPFLoader1111111111111111111111111111111111"), pubkey!("BPFLoader2111111111111111111111111111111111")];

/// First four bytes of a Program account.
const PROGRAM_TAG: [u8; 4] = 2u32.to_le_bytes();
/// First four bytes of a ProgramData account.
const PROGRAM_DATA_TAG: [u8; 4] = 3u32.to_le_bytes();

/// Why two accounts do not say which code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeUnknown {
    /// The program is not executable, or the ProgramData account is not its own.
    NotItsOwn,
    /// An account of the loader does not have the loader's layout.
    Malformed,
}

impl core::fmt::Display for CodeUnknown {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            CodeUnknown::NotItsOwn => "the accounts are not a program and its own ProgramData",
            CodeUnknown::Malformed => "an account of the loader does not have the loader's layout",
        })
    }
}

/// An account as it lies on the chain.
#[derive(Clone, Copy, Debug)]
pub struct RawAccount<'a> {
    /// Its address.
    pub key: &'a Pubkey,
    /// The program that owns it.
    pub owner: &'a Pubkey,
    /// Whether the runtime takes it for a program.
    pub executable: bool,
    /// Its bytes.
    pub data: &'a [u8],
}

/// What a ProgramData account says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProgramData {
    /// Slot of the last deployment; 0 for code that was never replaceable.
    pub slot: u64,
    /// Who may replace the code; `None`: nobody, for ever.
    pub upgrade_authority: Option<Pubkey>,
}

impl ProgramData {
    /// Reads the 45 bytes before the code. The caller checks that the loader owns the account.
    ///
    /// # Errors
    /// [`CodeUnknown::Malformed`].
    pub fn parse(data: &[u8]) -> core::result::Result<Self, CodeUnknown> {
        let (tag, rest) = data.split_first_chunk::<4>().ok_or(CodeUnknown::Malformed)?;
        let (slot, rest) = rest.split_first_chunk::<8>().ok_or(CodeUnknown::Malformed)?;
        let ([has_authority], rest) = rest.split_first_chunk::<1>().ok_or(CodeUnknown::Malformed)?;
        // The loader leaves the key's bytes in place when the authority is given up.
        let authority = rest.first_chunk::<32>().ok_or(CodeUnknown::Malformed)?;
        if *tag != PROGRAM_DATA_TAG {
            return Err(CodeUnknown::Malformed);
        }
        let upgrade_authority = match has_authority {
            0 => None,
            1 => Some(Pubkey::new_from_array(*authority)),
            _ => return Err(CodeUnknown::Malformed),
        };
        Ok(Self { slot: u64::from_le_bytes(*slot), upgrade_authority })
    }

    /// What a program runs now. Code under an immutable loader names itself as its ProgramData.
    ///
    /// # Errors
    /// [`CodeUnknown`].
    pub fn of(program: &RawAccount, program_data: &RawAccount) -> core::result::Result<Self, CodeUnknown> {
        if !program.executable {
            return Err(CodeUnknown::NotItsOwn);
        }
        if IMMUTABLE_LOADERS.contains(program.owner) && program_data.key == program.key {
            return Ok(Self::default());
        }
        // A chain that runs programs as host code keeps their ProgramData at the usual address under its own loader.
        // Elsewhere only the upgradeable loader can make an account there, for a program of its own.
        let named = if *program.owner == UPGRADEABLE_LOADER_ID {
            named_by(program.data)?
        } else {
            program_data_address(program.key)
        };
        if named != *program_data.key || *program_data.owner != UPGRADEABLE_LOADER_ID {
            return Err(CodeUnknown::NotItsOwn);
        }
        Self::parse(program_data.data)
    }
}

/// The ProgramData address that a Program account names.
///
/// # Errors
/// [`CodeUnknown::Malformed`].
pub fn named_by(program: &[u8]) -> core::result::Result<Pubkey, CodeUnknown> {
    let (tag, rest) = program.split_first_chunk::<4>().ok_or(CodeUnknown::Malformed)?;
    let address = rest.first_chunk::<32>().ok_or(CodeUnknown::Malformed)?;
    if *tag != PROGRAM_TAG {
        return Err(CodeUnknown::Malformed);
    }
    Ok(Pubkey::new_from_array(*address))
}

/// The address at which the upgradeable loader keeps the code of `program_id`.
pub fn program_data_address(program_id: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[program_id.as_ref()], &UPGRADEABLE_LOADER_ID).0
}
