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

/// What an asset of the book follows.
pub fn asset(vault: &Pubkey, row: u8, feed: &str) -> String {
    format!("gimbal admin book asset {vault} {row} {feed}")
}

/// How the book's risk engine sees a line.
pub fn model(vault: &Pubkey, line: u16) -> String {
    format!("gimbal admin book model {vault} {line}")
}

/// The limits of the book's risk engine.
pub fn risk_params(vault: &Pubkey) -> String {
    format!("gimbal admin book limits {vault}")
}

/// A stress scenario of the book.
pub fn scenario(vault: &Pubkey, row: u8) -> String {
    format!("gimbal admin book scenario {vault} {row}")
}

/// The network that the book follows.
pub fn follow(vault: &Pubkey, network: &Pubkey) -> String {
    format!("gimbal admin network follow {vault} {network}")
}

/// A network's ages and speeds.
pub fn network_params(network: &Pubkey) -> String {
    format!("gimbal admin network params {network}")
}

/// A network's protocol.
pub fn protocol(network: &Pubkey, row: u8) -> String {
    format!("gimbal admin network protocol {network} {row}")
}

/// The cap of what one protocol loses when another fails.
pub fn edge_cap(network: &Pubkey, loser: u8, fails: u8, cap_bps: u16) -> String {
    format!("gimbal admin network edge-cap {network} {loser} {fails} {cap_bps}")
}

/// A network's poster.
pub fn poster(network: &Pubkey, place: u8, key: &Pubkey) -> String {
    format!("gimbal admin network poster {network} {place} {key}")
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
    /// A contagion network.
    Network(&'a Pubkey),
}

impl Target<'_> {
    /// What it is called.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Vault(_) => "vault",
            Self::Ledger(_) => "ledger",
            Self::Book(_) => "book",
            Self::Feed(_) => "feed",
            Self::Network(_) => "network",
        }
    }

    fn key(&self) -> &Pubkey {
        match self {
            Self::Vault(key) | Self::Ledger(key) | Self::Book(key) | Self::Feed(key) | Self::Network(key) => key,
        }
    }

    fn of(&self) -> &'static str {
        match self {
            Self::Vault(_) | Self::Feed(_) | Self::Network(_) => "",
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

/// The proposed owner's acceptance of a feed or a network.
pub fn accept_alone(key: &Pubkey) -> String {
    format!("gimbal admin role accept-owner {key}")
}

/// What is done once when all is set up, by anybody: the network's damages are taken over, the feeds of the assets are updated
/// and read.
pub fn begin_engine<'a>(vault: &Pubkey, follows: bool, feeds: impl Iterator<Item = &'a Pubkey>) -> Vec<String> {
    let sync = follows.then(|| format!("gimbal admin network sync {vault}"));
    let updates = feeds.map(|feed| format!("gimbal feed update {feed}"));
    let look = [format!("gimbal risk observe {vault}"), format!("gimbal risk show {vault}")];
    sync.into_iter().chain(updates).chain(look).collect()
}
