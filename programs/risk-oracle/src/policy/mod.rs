//! Judgements without accounts: what a price must satisfy, how the stable price follows, what a move may add.

pub mod caps;
pub mod contagion;
pub mod exposures;
pub mod frontier;
pub mod inputs;
pub mod limits;
pub mod lines;
pub mod price;
pub mod ratchet;
pub mod regime;
pub mod stable;
pub mod stress;
pub mod tail;
pub mod volatility;
