//! Who signs, and who only has an address.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Context, Result};
use gimbal::cli::signers::{self, Wallet};
use gimbal::setup::keys::keypair;
use solana_keypair::{read_keypair_file, write_keypair, Keypair};
use solana_signer::Signer;

use crate::config::{Config, Party};

/// Where the keypair files of a set-up file are.
#[derive(Clone, Debug)]
pub struct KeyFiles {
    directory: PathBuf,
    /// Where set, keys that have no file are made up from this seed: for a rehearsal.
    seed: Option<u64>,
}

impl KeyFiles {
    /// Files in `directory`, all of which must exist.
    pub fn of(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), seed: None }
    }

    /// As [`KeyFiles::of`], and where a file is missing a key that follows from `seed` and its name: for a rehearsal, where
    /// nothing is at stake.
    pub fn rehearsed(directory: &Path, seed: u64) -> Self {
        Self { directory: directory.to_owned(), seed: Some(seed) }
    }

    /// The file of a name.
    fn path(&self, name: &Path) -> PathBuf {
        self.directory.join(name)
    }

    fn keypair(&self, key: &str, name: &Path) -> Result<Keypair> {
        let path = self.path(name);
        if let Some(seed) = self.seed.filter(|_| !path.exists()) {
            return Ok(made_up(seed, name));
        }
        if !path.exists() {
            bail!(
                "{key}: there is no keypair file {}: name the directory with --keys, or make what is missing with --create-keys",
                path.display()
            );
        }
        read_keypair_file(&path)
            .map_err(|error| anyhow::anyhow!("{key}: cannot read a keypair from {}: {error}", path.display()))
    }

    /// The address of a party; `key` is who names it.
    ///
    /// # Errors
    ///
    /// A keypair file that is missing or unreadable.
    pub fn address(&self, key: &str, party: &Party) -> Result<Pubkey> {
        match party {
            Party::Address(address) => Ok(*address),
            Party::File(name) => Ok(self.keypair(key, name)?.pubkey()),
        }
    }

    /// Makes every keypair file that the set-up file names and that is not there, by chance or from a seed; what is there stays
    /// as it is. The files that were made, with their addresses.
    ///
    /// # Errors
    ///
    /// If a file cannot be made.
    pub fn create_missing(&self, config: &Config, seed: Option<u64>) -> Result<Vec<(PathBuf, Pubkey)>> {
        let mut made = Vec::new();
        for (key, party) in config.parties() {
            let Party::File(name) = party else { continue };
            let path = self.path(name);
            let cannot = || format!("{key}: cannot make {}", path.display());
            if let Some(directory) = path.parent() {
                std::fs::create_dir_all(directory).with_context(cannot)?;
            }
            let mut options = OpenOptions::new();
            // Never over one that is there, whoever made it since.
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = match options.open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error).with_context(cannot),
            };
            let keypair = seed.map_or_else(Keypair::new, |seed| made_up(seed, name));
            write_keypair(&keypair, &mut file).map_err(|error| anyhow::anyhow!("{}: {error}", cannot()))?;
            made.push((path, keypair.pubkey()));
        }
        Ok(made)
    }
}

/// The key of a seed and a file's name.
fn made_up(seed: u64, name: &Path) -> Keypair {
    keypair(seed, &name.with_extension("").to_string_lossy(), 0)
}

/// Everybody whose signature is at hand.
pub struct Signers {
    payer: Rc<dyn Signer>,
    all: Vec<Rc<dyn Signer>>,
}

impl Signers {
    /// Owner and payer of the file, where it names keypair files for them, and `further` signer sources. Who pays: the
    /// `fee_payer` given, else the file's payer, else the owner.
    ///
    /// # Errors
    ///
    /// A source that gives no key, and a payer that cannot sign.
    pub fn gather(config: &Config, files: &KeyFiles, further: &[String], fee_payer: Option<&str>) -> Result<Self> {
        let mut all: Vec<Rc<dyn Signer>> = Vec::new();
        let roles = &config.roles;
        for (key, party) in [("roles.owner", Some(&roles.owner)), ("roles.payer", roles.payer.as_ref())] {
            if let Some(Party::File(name)) = party {
                all.push(Rc::new(files.keypair(key, name)?));
            }
        }
        for source in further {
            match signers::open(source, "--keypair")? {
                Wallet::Signing(signer) => all.push(signer),
                Wallet::Address(key) => bail!("{key} is an address, which signs nothing: give --keypair a keypair"),
            }
        }
        let payer = match fee_payer {
            Some(source) => match signers::open(source, "--fee-payer")? {
                Wallet::Signing(signer) => {
                    all.push(signer.clone());
                    signer
                }
                Wallet::Address(key) => bail!("{key} is an address, which signs nothing: give --fee-payer a keypair"),
            },
            None => {
                let (key, party) = match &roles.payer {
                    Some(payer) => ("roles.payer", payer),
                    None => ("roles.owner", &roles.owner),
                };
                let address = files.address(key, party)?;
                let found = all.iter().find(|signer| signer.pubkey() == address).cloned();
                found.with_context(|| format!("{key}: {address} has to sign: give its keypair with --keypair"))?
            }
        };
        Ok(Self { payer, all })
    }

    /// Who pays fees and rent.
    pub fn payer(&self) -> &dyn Signer {
        self.payer.as_ref()
    }

    /// Whether `key` can sign.
    pub fn has(&self, key: &Pubkey) -> bool {
        self.all.iter().any(|signer| signer.pubkey() == *key)
    }

    /// All of them.
    pub fn all(&self) -> Vec<&dyn Signer> {
        self.all.iter().map(Rc::as_ref).collect()
    }
}
