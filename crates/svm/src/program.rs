//! Programs on the chain: native or bytecode, with the same ProgramData account in both modes.

use {
    crate::{
        chain::EmbeddedChain,
        ids::UPGRADEABLE_LOADER,
        native::{install_syscall_stubs, BuiltinFunctionRegisterer},
        ChainError,
    },
    anchor_lang::prelude::Pubkey,
    solana_account::{Account, ReadableAccount},
    std::path::{Path, PathBuf},
};

/// A program to run on the chain.
#[derive(Clone, Copy, Debug)]
pub struct ProgramSpec {
    /// The crate's name; its bytecode is `<name with - as _>.so`.
    pub name: &'static str,
    /// The program's address.
    pub id: Pubkey,
    /// The program as host code, from [`native!`](crate::native!).
    pub native: BuiltinFunctionRegisterer,
    /// Who may upgrade it, as its ProgramData account says; `None` makes it immutable.
    pub upgrade_authority: Option<Pubkey>,
}

/// How the programs are run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Host code under the strict native runner: nothing to build, nothing metered.
    Native,
    /// Bytecode from shared objects, with the real compute, stack and heap limits.
    Bytecode {
        /// The directory of the shared objects, usually `target/deploy`.
        deploy_dir: PathBuf,
    },
}

impl Mode {
    /// Bytecode if `deploy_dir` holds a shared object of every program, else native.
    pub fn detect(deploy_dir: &Path, programs: &[ProgramSpec]) -> Self {
        let complete = programs.iter().all(|program| bytecode_path(deploy_dir, program.name).is_file());
        if complete {
            Self::Bytecode { deploy_dir: deploy_dir.to_path_buf() }
        } else {
            Self::Native
        }
    }
}

/// The slot that a freshly deployed program's ProgramData account names, in both modes.
pub const DEPLOYMENT_SLOT: u64 = 0;

/// Length of a ProgramData account's header: a `u32` tag, the slot, and the optional upgrade
/// authority, as the upgradeable loader's `UpgradeableLoaderState` is laid out.
pub const PROGRAM_DATA_HEADER_BYTES: usize = 4 + 8 + 1 + 32;

/// The loader's tag of a ProgramData account.
const PROGRAM_DATA_TAG: u32 = 3;

/// The address of a program's ProgramData account.
pub fn program_data_address(program_id: &Pubkey) -> Pubkey {
    Pubkey::find_program_address(&[program_id.as_ref()], &UPGRADEABLE_LOADER).0
}

/// A ProgramData header. An absent authority leaves its 32 bytes zero.
fn program_data_header(slot: u64, upgrade_authority: Option<&Pubkey>) -> [u8; PROGRAM_DATA_HEADER_BYTES] {
    let mut header = [0u8; PROGRAM_DATA_HEADER_BYTES];
    header[..4].copy_from_slice(&PROGRAM_DATA_TAG.to_le_bytes());
    header[4..12].copy_from_slice(&slot.to_le_bytes());
    if let Some(authority) = upgrade_authority {
        header[12] = 1;
        header[13..].copy_from_slice(authority.as_ref());
    }
    header
}

fn bytecode_path(deploy_dir: &Path, name: &str) -> PathBuf {
    deploy_dir.join(format!("{}.so", name.replace('-', "_")))
}

fn read_bytecode(deploy_dir: &Path, name: &'static str) -> Result<Vec<u8>, ChainError> {
    let path = bytecode_path(deploy_dir, name);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(ChainError::MissingBytecode { name, path }),
        Err(source) => Err(ChainError::UnreadableBytecode { path, source }),
    }
}

impl EmbeddedChain {
    /// Puts a program on the chain in the chain's mode.
    ///
    /// # Errors
    /// `DuplicateProgram` for an address in use; in bytecode mode `MissingBytecode`,
    /// `UnreadableBytecode` or `InvalidBytecode`.
    pub fn add_program(&mut self, program: &ProgramSpec) -> Result<(), ChainError> {
        if self.svm.accounts_db().get_account_ref(&program.id).is_some() {
            return Err(ChainError::DuplicateProgram(program.id));
        }
        match self.mode.clone() {
            Mode::Native => self.add_host_program(program),
            Mode::Bytecode { deploy_dir } => {
                let bytecode = read_bytecode(&deploy_dir, program.name)?;
                self.svm
                    .add_program(program.id, &bytecode)
                    .map_err(|error| ChainError::InvalidBytecode { name: program.name, reason: error.to_string() })?;
                self.write_program_data(program, &bytecode)
            }
        }
    }

    /// Puts a program on the chain as host code, whatever the chain's mode: a stand-in for one that is not ours to build.
    ///
    /// # Errors
    /// `DuplicateProgram` for an address in use.
    pub fn add_host_program(&mut self, program: &ProgramSpec) -> Result<(), ChainError> {
        if self.svm.accounts_db().get_account_ref(&program.id).is_some() {
            return Err(ChainError::DuplicateProgram(program.id));
        }
        install_syscall_stubs();
        self.svm.add_builtin(program.id, program.native);
        self.write_program_data(program, &[])
    }

    fn write_program_data(&mut self, program: &ProgramSpec, bytecode: &[u8]) -> Result<(), ChainError> {
        let header = program_data_header(DEPLOYMENT_SLOT, program.upgrade_authority.as_ref());
        let data = [&header[..], bytecode].concat();
        let account = Account {
            lamports: self.rent_exempt_minimum(data.len()),
            data,
            owner: UPGRADEABLE_LOADER,
            executable: false,
            rent_epoch: u64::MAX,
        };
        self.set_account(program_data_address(&program.id), account)
    }

    /// Makes a program look upgraded: its ProgramData account names another slot and authority.
    /// The code stays the same. What watches for venue upgrades sees exactly this.
    ///
    /// # Errors
    /// `NotUpgradeable` if the program has no ProgramData account.
    pub fn upgrade_program(
        &mut self,
        program_id: &Pubkey,
        new_slot: u64,
        upgrade_authority: Option<Pubkey>,
    ) -> Result<(), ChainError> {
        let address = program_data_address(program_id);
        let mut account = self
            .account(&address)
            .filter(|account| account.owner == UPGRADEABLE_LOADER)
            .ok_or(ChainError::NotUpgradeable(*program_id))?;
        let header = program_data_header(new_slot, upgrade_authority.as_ref());
        account
            .data
            .get_mut(..PROGRAM_DATA_HEADER_BYTES)
            .ok_or(ChainError::NotUpgradeable(*program_id))?
            .copy_from_slice(&header);
        self.set_account(address, account)
    }

    /// The slot and upgrade authority that a program's ProgramData account names.
    ///
    /// # Errors
    /// `NotUpgradeable` if the program has no ProgramData account.
    pub fn program_deployment(&self, program_id: &Pubkey) -> Result<(u64, Option<Pubkey>), ChainError> {
        let missing = || ChainError::NotUpgradeable(*program_id);
        let address = program_data_address(program_id);
        let account = self.svm.accounts_db().get_account_ref(&address).ok_or_else(missing)?;
        let header: &[u8; PROGRAM_DATA_HEADER_BYTES] = account.data().first_chunk().ok_or_else(missing)?;
        if account.owner() != &UPGRADEABLE_LOADER || header[..4] != PROGRAM_DATA_TAG.to_le_bytes() {
            return Err(missing());
        }
        let slot = header[4..12].try_into().map_err(|_| missing())?;
        let authority = header[13..].try_into().map_err(|_| missing())?;
        Ok((u64::from_le_bytes(slot), (header[12] == 1).then(|| Pubkey::new_from_array(authority))))
    }
}
