//! The options of the family's commands.

use super::super::super::arguments::address;
use super::super::super::operation::TransactionArgs;
use super::super::super::parse::seconds;
use super::super::guarded::{key_or_none, GuardedArgs};
use super::super::target::label;
use super::settings::points;
use anchor_lang::prelude::Pubkey;
use clap::Args;

/// A network.
#[derive(Args, Debug)]
pub struct One {
    /// The network
    #[arg(value_name = "NETWORK", value_parser = address)]
    pub network: Pubkey,
}

/// Ages and speeds; what is not given stays, or is as usual.
#[derive(Args, Clone, Debug)]
pub struct Speeds {
    /// An edge observed longer ago counts as its cap: 1h to 14d
    #[arg(long, value_name = "SPAN", value_parser = seconds)]
    pub max_edge_age: Option<u32>,
    /// Least time before an edge is posted lower: 1s to 1d
    #[arg(long, value_name = "SPAN", value_parser = seconds)]
    pub min_post_interval: Option<u32>,
    /// A solution older than this counts as all lost: 1h to 7d
    #[arg(long, value_name = "SPAN", value_parser = seconds)]
    pub max_solution_age: Option<u32>,
    /// Most that posts lower an edge by in a day, basis points: 1 to 2,500
    #[arg(long, value_name = "BPS")]
    pub edge_fall_bps: Option<u16>,
    /// What a loss falls by in a day by itself, basis points: 1 to 1,000
    #[arg(long, value_name = "BPS")]
    pub loss_fall_bps: Option<u16>,
}

/// Options of `network create`.
#[derive(Args, Debug)]
pub struct Create {
    /// Number among the signer's networks
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub id: u16,
    /// Curator, or none
    #[arg(long, value_name = "KEY", value_parser = key_or_none, default_value = "none")]
    pub curator: Pubkey,
    /// Guardian, or none
    #[arg(long, value_name = "KEY", value_parser = key_or_none, default_value = "none")]
    pub guardian: Pubkey,
    /// Ages and speeds.
    #[command(flatten)]
    pub speeds: Speeds,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Options of `network params`.
#[derive(Args, Debug)]
pub struct Params {
    /// The network
    #[arg(value_name = "NETWORK", value_parser = address)]
    pub network: Pubkey,
    /// Ages and speeds.
    #[command(flatten)]
    pub speeds: Speeds,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Options of `network protocol`.
#[derive(Args, Debug)]
pub struct Protocol {
    /// The network
    #[arg(value_name = "NETWORK", value_parser = address)]
    pub network: Pubkey,
    /// Row of the protocol, 0 to 15
    #[arg(value_name = "ROW")]
    pub index: u8,
    /// Its name, such as klend-main; a new one needs one
    #[arg(long, value_name = "NAME", value_parser = label)]
    pub label: Option<[u8; 16]>,
    /// Its program, or none
    #[arg(long, value_name = "KEY", value_parser = key_or_none)]
    pub program: Option<Pubkey>,
    /// Points of risk for audits: 0 (verified) to 100, or unknown
    #[arg(long, value_name = "POINTS", value_parser = points)]
    pub audits: Option<u8>,
    /// Points of risk for the age of the code in use: 0 (three years) to 100, or unknown
    #[arg(long, value_name = "POINTS", value_parser = points)]
    pub age: Option<u8>,
    /// Points of risk for who can replace the code: 0 (nobody) to 100 (one key), or unknown
    #[arg(long, value_name = "POINTS", value_parser = points)]
    pub upgradeability: Option<u8>,
    /// Points of risk for incidents: 0 (none) to 100, or unknown
    #[arg(long, value_name = "POINTS", value_parser = points)]
    pub incidents: Option<u8>,
    /// Points of risk for size: 0 (a thousand million dollars) to 100, or unknown
    #[arg(long, value_name = "POINTS", value_parser = points)]
    pub size: Option<u8>,
    /// Loss that stands, basis points of depositors' claims [default: the present one]
    #[arg(long, value_name = "BPS")]
    pub loss_bps: Option<u16>,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Options of `network edge-cap`.
#[derive(Args, Debug)]
pub struct EdgeCap {
    /// The network
    #[arg(value_name = "NETWORK", value_parser = address)]
    pub network: Pubkey,
    /// Row of the protocol that loses
    #[arg(value_name = "LOSER")]
    pub protocol: u8,
    /// Row of the protocol that fails
    #[arg(value_name = "FAILS")]
    pub counterparty: u8,
    /// The most of the loser's equity that is lost, basis points; may exceed 10,000
    #[arg(value_name = "BPS")]
    pub cap_bps: u16,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Options of `network poster`.
#[derive(Args, Debug)]
pub struct Poster {
    /// The network
    #[arg(value_name = "NETWORK", value_parser = address)]
    pub network: Pubkey,
    /// The place, 0 to 3
    #[arg(value_name = "PLACE")]
    pub place: u8,
    /// The key, or none
    #[arg(value_name = "KEY", value_parser = key_or_none)]
    pub key: Pubkey,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Options of `network post-edge`.
#[derive(Args, Debug)]
pub struct PostEdge {
    /// The network
    #[arg(value_name = "NETWORK", value_parser = address)]
    pub network: Pubkey,
    /// Row of the protocol that loses
    #[arg(value_name = "LOSER")]
    pub protocol: u8,
    /// Row of the protocol that fails
    #[arg(value_name = "FAILS")]
    pub counterparty: u8,
    /// What of the loser's equity would be lost, basis points
    #[arg(value_name = "BPS")]
    pub bps: u16,
    /// When it was observed, Unix seconds [default: the chain's time]
    #[arg(long, value_name = "SECONDS")]
    pub observed_at: Option<i64>,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Options of `network post-loss`.
#[derive(Args, Debug)]
pub struct PostLoss {
    /// The network
    #[arg(value_name = "NETWORK", value_parser = address)]
    pub network: Pubkey,
    /// Row of the protocol
    #[arg(value_name = "ROW")]
    pub protocol: u8,
    /// What of depositors' claims is lost, basis points
    #[arg(value_name = "BPS")]
    pub bps: u16,
    /// When it was observed, Unix seconds [default: the chain's time]
    #[arg(long, value_name = "SECONDS")]
    pub observed_at: Option<i64>,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Options of `network solve`.
#[derive(Args, Debug)]
pub struct Solve {
    /// The network
    #[arg(value_name = "NETWORK", value_parser = address)]
    pub network: Pubkey,
    /// Sign as the owner, which the first solution needs
    #[arg(long)]
    pub first: bool,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}

/// Options of `network follow`.
#[derive(Args, Debug)]
pub struct Follow {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The network, or none
    #[arg(value_name = "NETWORK", value_parser = key_or_none)]
    pub network: Pubkey,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Options of `network sync`.
#[derive(Args, Debug)]
pub struct Sync {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// How it is signed and sent.
    #[command(flatten)]
    pub transaction: TransactionArgs,
}
