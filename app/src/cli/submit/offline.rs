//! Messages that are signed or carried elsewhere: `--sign-only` and `--multisig`.

use super::super::operation::{Operation, Outcome, TransactionArgs};
use super::super::session::Session;
use super::budget::Budget;
use super::keys::{required, unsigned, Keys};
use super::{online, review};
use crate::table::{pairs, Row};
use crate::transaction::compile;
use anyhow::{bail, Context, Result};
use base64::{engine::general_purpose::STANDARD as BASE64, Engine};
use serde::Serialize;
use solana_message::Hash;
use std::fmt::Write as _;

/// What `--sign-only` made: the form and the names of the Solana tools.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Signatures {
    /// The blockhash that was signed.
    pub blockhash: String,
    /// The message in base64, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Signatures, each `PUBKEY=SIGNATURE`.
    pub signers: Vec<String>,
    /// Addresses whose signatures are still missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<String>,
    /// Addresses whose given signatures are not of this message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bad_sig: Vec<String>,
}

impl Signatures {
    fn text(&self) -> String {
        // Writing to a String cannot fail.
        let mut out = String::new();
        let _ = writeln!(out, "\nBlockhash: {}", self.blockhash);
        if let Some(message) = &self.message {
            let _ = writeln!(out, "Transaction Message: {message}");
        }
        for (title, lines) in [
            ("Signers (Pubkey=Signature):", &self.signers),
            ("Absent Signers (Pubkey):", &self.absent),
            ("Bad Signatures (Pubkey):", &self.bad_sig),
        ] {
            if !lines.is_empty() {
                let _ = writeln!(out, "{title}");
            }
            for line in lines {
                let _ = writeln!(out, " {line}");
            }
        }
        out
    }
}

/// Signs with what is here and prints the signatures. Asks the network nothing.
pub(super) fn sign(session: &mut Session, args: &TransactionArgs, operation: &Operation) -> Result<Outcome> {
    let blockhash = args.blockhash.context("--sign-only needs --blockhash HASH")?;
    left_out(session, operation);
    let payer = session.payer_key()?;
    let instructions = Budget::given(args).before(&operation.instructions);
    let message = compile(&payer, &instructions, &operation.tables, blockhash)?;
    unsigned(message.clone())?;
    let keys = Keys::gather(session, args, operation)?;
    let bytes = message.serialize();
    let mut made = Signatures {
        blockhash: blockhash.to_string(),
        message: args.dump_transaction_message.then(|| BASE64.encode(&bytes)),
        signers: Vec::new(),
        absent: Vec::new(),
        bad_sig: Vec::new(),
    };
    let given = |key| args.signer.iter().any(|(signer, _)| signer == key);
    for key in required(&message) {
        match keys.find(key).map(|signer| signer.try_sign_message(&bytes)) {
            Some(Ok(signature)) => made.signers.push(format!("{key}={signature}")),
            Some(Err(_)) if given(key) => made.bad_sig.push(key.to_string()),
            Some(Err(error)) => bail!("{key} did not sign: {error}; nothing was sent, try again"),
            None => made.absent.push(key.to_string()),
        }
    }
    let rows = review::facts(session, operation, &payer, &Budget::given(args), required(&message).len());
    session.tell(&format!("{}\n{}", operation.title, pairs(&rows).trim_end()));
    session.answer(&made, || made.text())?;
    Ok(Outcome::Signed(made))
}

/// Prints the unsigned message in base58. Unless its blockhash is given it is simulated first, as its multisig would run
/// it.
pub(super) fn message(session: &mut Session, args: &TransactionArgs, operation: &Operation) -> Result<Outcome> {
    left_out(session, operation);
    let payer = super::payer(session, args, &operation.authority)?;
    let budget = Budget::given(args);
    let (blockhash, effects): (Hash, Vec<Row>) = match args.blockhash {
        Some(given) => (given, Vec::new()),
        None => {
            let receipt = online::look(session, &payer, operation, &budget)?;
            (session.chain()?.latest_blockhash()?, (operation.effects)(&receipt))
        }
    };
    let message = compile(&payer, &budget.before(&operation.instructions), &operation.tables, blockhash)?;
    unsigned(message.clone())?;
    let signatures = required(&message).len();
    let mut rows = review::facts(session, operation, &payer, &budget, signatures);
    rows.extend(effects.into_iter().map(review::simulated));
    session.tell(&format!("{}\n{}", operation.title, pairs(&rows).trim_end()));
    let text = bs58::encode(message.serialize()).into_string();
    let signers: Vec<String> = required(&message).iter().map(ToString::to_string).collect();
    let value = serde_json::json!({ "message": text, "encoding": "base58", "signers": signers });
    session.answer(&value, || text.clone())?;
    Ok(Outcome::Message(text))
}

/// What is signed elsewhere runs later: cranks of now would be in vain.
fn left_out(session: &mut Session, operation: &Operation) {
    if !operation.before.is_empty() {
        session.tell(
            "the crank transactions that must run before are left out: run `gimbal strategy refresh VAULT --all` right \
             before this is sent",
        );
    }
}
