//! Daily prices of BTC, ETH and SOL: read from a file, or generated from a seed.

mod csv;
pub mod day;
mod decimal;
mod generate;
mod rows;

pub use self::csv::{read_csv, PriceFileError};
pub use self::decimal::{parse_price, DecimalError};
pub use self::generate::generate;
pub(crate) use self::rows::{plain, shorten};

use crate::date::Date;

/// USD per whole token × 10^12, the unit of prices in the programs.
pub const PRICE_SCALE: u64 = 1_000_000_000_000;

/// The greatest price that a feed with eight decimals and a `u64` at 10^12 can carry, in whole USD.
pub const MAX_PRICE_USD: u64 = 10_000_000;

/// An asset whose market the demo follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asset {
    /// Bitcoin.
    Btc,
    /// Ether.
    Eth,
    /// Solana's coin.
    Sol,
}

impl Asset {
    /// All of them, in the order of [`Day::bars`].
    pub const ALL: [Self; 3] = [Self::Btc, Self::Eth, Self::Sol];

    /// The ticker as it stands in price files.
    pub fn ticker(self) -> &'static str {
        match self {
            Self::Btc => "BTC",
            Self::Eth => "ETH",
            Self::Sol => "SOL",
        }
    }

    /// Position in [`Day::bars`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// One day of one asset; prices in USD × 10^12.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// First price.
    pub open: u64,
    /// Highest price.
    pub high: u64,
    /// Lowest price.
    pub low: u64,
    /// Last price.
    pub close: u64,
}

impl Bar {
    /// The four prices in the order in which the demo feeds them: the open, the extreme nearer to it, the other one, the close.
    pub fn steps(&self) -> [u64; 4] {
        day::prices(self).map(|(_, price)| price)
    }
}

/// One day of all assets, in the order of [`Asset::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The UTC day.
    pub date: Date,
    /// One bar per asset.
    pub bars: [Bar; 3],
}

/// Prices of the three assets at one moment, USD × 10^12, in the order of [`Asset::ALL`].
pub type Prices = [u64; 3];

impl Day {
    /// The prices at the four moments of the day.
    pub fn steps(&self) -> [Prices; 4] {
        let [btc, eth, sol] = self.bars.map(|bar| bar.steps());
        std::array::from_fn(|step| [btc[step], eth[step], sol[step]])
    }
}

/// Where a price path comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file: its name without folders, and the SHA-256 of its bytes.
    File {
        /// The file's name.
        name: String,
        /// SHA-256 of the bytes read, in hex.
        sha256: String,
    },
    /// Made by the seeded generator: these prices never happened.
    Generated {
        /// The seed.
        seed: u64,
    },
}

/// A gapless run of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricePath {
    /// Where it comes from.
    pub source: Source,
    /// At least one day, each the day after the one before.
    pub days: Vec<Day>,
}
