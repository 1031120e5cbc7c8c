//! Judgements without accounts: what a price must satisfy, how the stable price follows, what a move may add.

pub mod limits;
pub mod price;
pub mod stable;
