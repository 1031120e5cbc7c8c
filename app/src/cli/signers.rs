//! Who signs: every signer source that the Solana tools know.

use anchor_lang::prelude::Pubkey;
use anyhow::{anyhow, bail, Context, Result};
use solana_clap_v3_utils::input_parsers::signer::{SignerSource, SignerSourceKind};
use solana_clap_v3_utils::keypair::keypair_from_seed_phrase;
use solana_keypair::{read_keypair, read_keypair_file, Keypair};
use solana_remote_wallet::remote_keypair::generate_remote_keypair;
use solana_remote_wallet::remote_wallet::{maybe_wallet_manager, RemoteWalletManager};
use solana_signer::Signer;
use solana_transaction::Signature;
use std::rc::Rc;

/// What to look at when a hardware wallet does not answer.
const HARDWARE_HINT: &str = "is it plugged in, unlocked, and is its Solana app open?";

/// Where a signature comes from.
#[derive(Clone)]
pub enum Wallet {
    /// From here: a keypair or a hardware wallet.
    Signing(Rc<dyn Signer>),
    /// From elsewhere: only the address is known.
    Address(Pubkey),
}

impl Wallet {
    /// Its address.
    pub fn key(&self) -> Pubkey {
        match self {
            Self::Signing(signer) => signer.pubkey(),
            Self::Address(key) => *key,
        }
    }
}

/// Opens a signer source: reads the file, asks for the seed phrase, finds the hardware wallet. `option` is the argument
/// that named it, `--keypair` or `--fee-payer`.
///
/// # Errors
///
/// A source that is none, or that gives no key.
pub fn open(source: &str, option: &str) -> Result<Wallet> {
    let hint = || format!("give {option} a keypair file, prompt://, usb://ledger, stdin: or an address");
    let parsed = SignerSource::parse(source).map_err(|error| match std::path::Path::new(source).exists() {
        true => anyhow!("cannot use '{source}' as {option}: {error}; {}", hint()),
        false => {
            anyhow!("there is no keypair '{source}': make one with `solana-keygen new -o {source}`, or {}", hint())
        }
    })?;
    let SignerSource { kind, derivation_path, legacy } = parsed;
    let keypair: Keypair = match kind {
        SignerSourceKind::Pubkey(key) => return Ok(Wallet::Address(key)),
        SignerSourceKind::Usb(locator) => {
            let manager =
                hardware_wallets()?.with_context(|| format!("no hardware wallet was found: {HARDWARE_HINT}"))?;
            let (path, name) = (derivation_path.unwrap_or_default(), option.trim_start_matches('-'));
            let keypair = generate_remote_keypair(locator, path, &manager, false, name)
                .map_err(|error| anyhow!("the hardware wallet gave no key: {error}; {HARDWARE_HINT}"))?;
            return Ok(Wallet::Signing(Rc::new(keypair)));
        }
        SignerSourceKind::Filepath(path) => read_keypair_file(&path)
            .map_err(|error| anyhow!("cannot read a keypair from '{path}': {error}; {}", hint()))?,
        SignerSourceKind::Stdin => read_keypair(&mut std::io::stdin())
            .map_err(|error| anyhow!("cannot read a keypair from standard input: {error}; {}", hint()))?,
        SignerSourceKind::Prompt => {
            let name = option.trim_start_matches('-');
            keypair_from_seed_phrase(name, false, true, derivation_path, legacy)
                .map_err(|error| anyhow!("cannot make a key of that seed phrase: {error}; check the words"))?
        }
        SignerSourceKind::Base58Keypair(_) => {
            bail!(
                "a key typed into a command line can be read by others: put it into a file and give {option} its name"
            )
        }
    };
    Ok(Wallet::Signing(Rc::new(keypair)))
}

/// What knows the hardware wallets that are plugged in, none where there are none. Their transport needs libraries of
/// the system, which only builds with the feature `hardware-wallets` ask for.
fn hardware_wallets() -> Result<Option<Rc<RemoteWalletManager>>> {
    if !cfg!(feature = "hardware-wallets") {
        bail!(
            "this build does not speak to hardware wallets: build it with `cargo build --release --features \
             hardware-wallets`, or sign elsewhere with --sign-only"
        );
    }
    maybe_wallet_manager().map_err(|error| anyhow!("cannot look for hardware wallets: {error}; {HARDWARE_HINT}"))
}

/// Reads `PUBKEY=SIGNATURE`, as `--sign-only` prints it.
///
/// # Errors
///
/// If either part is not what it should be.
pub fn presigned(text: &str) -> Result<(Pubkey, Signature), String> {
    let wrong = || "give PUBKEY=SIGNATURE, both in base58, as --sign-only prints it".to_owned();
    let (key, signature) = text.split_once('=').ok_or_else(wrong)?;
    Ok((key.parse().map_err(|_| wrong())?, signature.parse().map_err(|_| wrong())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_presigned_signature_is_a_key_and_a_signature() {
        let keypair = Keypair::new_from_array([7; 32]);
        let signature = keypair.sign_message(b"words");
        let read = presigned(&format!("{}={signature}", keypair.pubkey())).unwrap();
        assert_eq!(read, (keypair.pubkey(), signature));
        for wrong in ["", "=", "a=b", &keypair.pubkey().to_string(), &format!("{signature}={}", keypair.pubkey())] {
            assert!(presigned(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_signs_nothing_and_a_typed_key_is_refused() {
        let keypair = Keypair::new_from_array([7; 32]);
        let address = keypair.pubkey();
        assert!(matches!(open(&address.to_string(), "--keypair"), Ok(Wallet::Address(key)) if key == address));
        let refused = open(&keypair.to_base58_string(), "--keypair").err().unwrap().to_string();
        assert!(refused.contains("can be read by others"), "{refused}");
        let refused = open("/nowhere/id.json", "--keypair").err().unwrap().to_string();
        assert!(
            refused.contains("there is no keypair '/nowhere/id.json'") && refused.contains("solana-keygen"),
            "{refused}"
        );
    }
}
