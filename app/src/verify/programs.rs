//! Who may replace the three programs: whoever can is above everything that the programs promise.

use anchor_lang::prelude::Pubkey;
use gimbal_control::program_data::{named_by, program_data_address, ProgramData, RawAccount, UPGRADEABLE_LOADER_ID};
use solana_account::Account;

use super::report::{Check, ProgramLine};
use super::Facts;
use crate::chain::Chain;

/// The suite's programs.
const PROGRAMS: [(&str, Pubkey); 3] =
    [("vault", vault::ID), ("strategy-router", strategy_router::ID), ("risk-oracle", risk_oracle::ID)];

/// What the accounts say that a program runs, and who may replace it.
pub(super) fn code_of(chain: &impl Chain, program: &Pubkey) -> Result<(Pubkey, ProgramData), String> {
    let read = |key: &Pubkey| -> Result<Account, String> {
        let account = chain.get_account(key).map_err(|error| error.to_string())?;
        account.ok_or_else(|| format!("there is no account at {key}"))
    };
    let account = read(program)?;
    if let Ok(code) = ProgramData::of(&raw(program, &account), &raw(program, &account)) {
        return Ok((*program, code));
    }
    let address = match account.owner == UPGRADEABLE_LOADER_ID {
        true => named_by(&account.data).map_err(|why| why.to_string())?,
        false => program_data_address(program),
    };
    let data = read(&address)?;
    let code = ProgramData::of(&raw(program, &account), &raw(&address, &data)).map_err(|why| why.to_string())?;
    Ok((address, code))
}

fn raw<'a>(key: &'a Pubkey, account: &'a Account) -> RawAccount<'a> {
    RawAccount { key, owner: &account.owner, executable: account.executable, data: &account.data }
}

/// One line for each program, and one check.
pub(super) fn check(facts: &Facts) -> (Vec<ProgramLine>, Vec<Check>) {
    PROGRAMS.iter().map(|(name, program)| judge(facts, name, program)).unzip()
}

fn judge(facts: &Facts, name: &'static str, program: &Pubkey) -> (ProgramLine, Check) {
    let check = format!("program.{name}.upgrade_authority");
    let rule = format!("nobody, or a program such as a timelocked multisig, may replace the {name} program");
    let line = |kind: &str, code: Option<ProgramData>| ProgramLine {
        name,
        program: program.to_string(),
        deployed_slot: code.map(|code| code.slot),
        upgrade_authority: code.and_then(|code| code.upgrade_authority).map(|key| key.to_string()),
        kind: kind.to_owned(),
    };
    let code = match code_of(&facts.chain, program) {
        Ok((_, code)) => code,
        Err(why) => return (line("cannot be read", None), Check::unreadable(check, rule, why)),
    };
    let wanted = "none, or an address of a program";
    let must = |holds, found: String| Check::must(&check, &rule, holds, wanted, found);
    match code.upgrade_authority {
        None => (line("nobody, for ever", Some(code)), must(true, "none".to_owned())),
        Some(key) if !key.is_on_curve() => {
            (line("an address of a program", Some(code)), must(true, key.to_string()))
        }
        Some(key) if facts.options.allowed_upgrade_keys.contains(&key) => (
            line("a single key, allowed", Some(code)),
            must(false, key.to_string()).excused("a single key, which --allow-upgrade-key names: for localnet only"),
        ),
        Some(key) => (
            line("a SINGLE KEY", Some(code)),
            must(false, key.to_string()).explained(
                "whoever holds this one key can replace the program at once and take everything: hand the authority to a \
                 timelocked multisig or give it up; on a localnet name it with --allow-upgrade-key",
            ),
        ),
    }
}
