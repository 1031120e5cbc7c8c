//! The commands that change what is other than the file says. Nothing here changes it by itself; what raises risk in a vault
//! with money in it they propose, and it waits.

use anchor_lang::prelude::Pubkey;

/// A feed's parameters.
pub fn feed_params(feed: &Pubkey) -> String {
    format!("gimbal admin feed params {feed}")
}

/// The vault's fees.
pub fn fees(vault: &Pubkey) -> String {
    format!("gimbal admin fees {vault}")
}

/// The vault's limits.
pub fn vault_limits(vault: &Pubkey) -> String {
    format!("gimbal admin limits vault {vault}")
}

/// The ledger's limits.
pub fn ledger_limits(vault: &Pubkey) -> String {
    format!("gimbal admin limits ledger {vault}")
}

/// The ledger's policy.
pub fn policy(vault: &Pubkey, policy: &str) -> String {
    format!("gimbal admin policy {vault} {policy}")
}

/// A line's bounds.
pub fn bounds(vault: &Pubkey, line: u16) -> String {
    format!("gimbal admin bounds {vault} {line}")
}

/// A risk's name and caps.
pub fn risk(vault: &Pubkey, index: u8) -> String {
    format!("gimbal admin book risk {vault} {index}")
}

/// A line's risks and caps in the book.
pub fn line_risk(vault: &Pubkey, line: u16) -> String {
    format!("gimbal admin book line-risk {vault} {line}")
}

/// The order in which exits draw on lines.
pub fn withdraw_order(vault: &Pubkey, lines: &str) -> String {
    format!("gimbal admin withdraw-order {vault} {lines}")
}

/// A keeper that was stopped.
pub fn activate_keeper(vault: &Pubkey, keeper: &Pubkey) -> String {
    format!("gimbal admin keeper activate {vault} {keeper}")
}

/// Another lookup table.
pub fn lookup_table(vault: &Pubkey) -> String {
    format!("gimbal admin lookup-table set {vault} TABLE")
}

/// Which of a vault's accounts, or which feed, a command about roles means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// The vault itself.
    Vault(&'a Pubkey),
    /// The ledger of a vault.
    Ledger(&'a Pubkey),
    /// The book of a vault's ledger.
    Book(&'a Pubkey),
    /// A feed.
    Feed(&'a Pubkey),
}

impl Target<'_> {
    /// What it is called.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Vault(_) => "vault",
            Self::Ledger(_) => "ledger",
            Self::Book(_) => "book",
            Self::Feed(_) => "feed",
        }
    }

    fn key(&self) -> &Pubkey {
        match self {
            Self::Vault(key) | Self::Ledger(key) | Self::Book(key) | Self::Feed(key) => key,
        }
    }

    fn of(&self) -> &'static str {
        match self {
            Self::Vault(_) | Self::Feed(_) => "",
            Self::Ledger(_) => " --of ledger",
            Self::Book(_) => " --of book",
        }
    }
}

/// A role's holder: `curator` or `guardian`.
pub fn role(role: &str, target: Target<'_>, holder: &Pubkey) -> String {
    let holder = match *holder == Pubkey::default() {
        true => "none".to_owned(),
        false => holder.to_string(),
    };
    format!("gimbal admin role set-{role} {} {holder}{}", target.key(), target.of())
}

/// Another proposed owner.
pub fn propose_owner(target: Target<'_>, next: &Pubkey) -> String {
    format!("gimbal admin role propose-owner {} {next}{}", target.key(), target.of())
}

/// The proposed owner's acceptance of vault, ledger and book.
pub fn accept_whole(vault: &Pubkey) -> String {
    format!("gimbal admin role accept-owner {vault} --whole")
}

/// The proposed owner's acceptance of a feed.
pub fn accept_feed(feed: &Pubkey) -> String {
    format!("gimbal admin role accept-owner {feed}")
}
