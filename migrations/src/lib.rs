//! Setting a vault up from one file: feeds, vault, ledger, book, risks, lookup table, lines, keepers, and at last its owner.
//!
//! It looks first, and shows a plan; what is missing it makes, what is there it leaves, what differs it reports. Run again, it
//! does nothing; stopped anywhere, it goes on where it was. Without a cluster it rehearses on the embedded chain, by the very
//! transactions that a cluster would get.
//!
//! | module | subject |
//! |---|---|
//! | [`config`] | the file |
//! | [`limits`] | the settings of the risk engine |
//! | [`keys`] | who signs |
//! | [`cluster`] | which chain it is |
//! | [`rehearsal`] | the embedded chain of a rehearsal |
//! | [`setup`] | the file with every question answered |
//! | [`steps`] | what is made, one step after another |
//! | [`plan`] | what each step finds |
//! | [`run`] | doing what is missing |
//! | [`remedy`] | commands that change what differs |
//! | [`report`] | plan and outcome in words |
//! | [`command`] | the command line |

#![warn(missing_docs)]

pub mod cluster;
pub mod command;
pub mod config;
pub mod keys;
pub mod limits;
pub mod plan;
pub mod rehearsal;
pub mod remedy;
pub mod report;
pub mod run;
pub mod setup;
pub mod steps;
