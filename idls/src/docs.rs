//! What an auditor reading an IDL must find explained.

use anchor_lang_idl::types::{Idl, IdlInstructionAccountItem};

/// Accounts that Anchor's `#[event_cpi]` adds to an instruction; no doc comment can reach them.
const EVENT_CPI_ACCOUNTS: [&str; 2] = ["event_authority", "program"];

/// One line for each instruction, account, argument or error without a description.
pub fn missing(idl: &Idl) -> Vec<String> {
    let mut missing = Vec::new();
    for instruction in &idl.instructions {
        let name = &instruction.name;
        if instruction.docs.is_empty() {
            missing.push(format!("instruction {name} has no documentation"));
        }
        for argument in &instruction.args {
            if argument.docs.is_empty() && !mentioned(&instruction.docs, &argument.name) {
                missing.push(format!("argument {} of {name} has no documentation", argument.name));
            }
        }
        accounts(name, &instruction.accounts, &mut missing);
    }
    for error in &idl.errors {
        if error.msg.as_deref().unwrap_or_default().is_empty() {
            missing.push(format!("error {} has no message", error.name));
        }
    }
    missing
}

/// Anchor drops doc comments on handler arguments, so the instruction's own text must name each one as `` `argument` ``.
fn mentioned(docs: &[String], argument: &str) -> bool {
    let quoted = format!("`{argument}`");
    docs.iter().any(|line| line.contains(&quoted))
}

fn accounts(instruction: &str, items: &[IdlInstructionAccountItem], missing: &mut Vec<String>) {
    for item in items {
        match item {
            IdlInstructionAccountItem::Composite(group) => accounts(instruction, &group.accounts, missing),
            IdlInstructionAccountItem::Single(account) => {
                if account.docs.is_empty() && !EVENT_CPI_ACCOUNTS.contains(&account.name.as_str()) {
                    missing.push(format!("account {} of {instruction} has no documentation", account.name));
                }
            }
        }
    }
}
