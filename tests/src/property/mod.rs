//! The stateful property test: random sequences of everything that anybody can do, over the real programs on the
//! embedded chain, with everything that must hold checked after every transaction.
//!
//! | module | subject |
//! |---|---|
//! | [`action`] | what can happen, as plain numbers that are printed, replayed and shrunk |
//! | [`generate`] | random sequences of it |
//! | [`plans`] | the worlds that they begin in |
//! | [`world`] | running an action as transactions |
//! | [`seen`] | the numbers before and after a transaction, from raw accounts |
//! | [`model`] | what must come out, in wide integers |
//! | [`checks`] | what must hold |
//! | [`round_trip`] | two accounts in and out for a profit |
//! | [`leave`] | everybody out, with nobody's help |
//! | [`shrink`], [`run`] | from a failure to a short one; many sequences over all cores |

pub mod action;
pub mod checks;
pub mod generate;
pub mod leave;
pub mod model;
pub mod plans;
pub mod round_trip;
pub mod run;
pub mod seen;
pub mod shrink;
pub mod world;
