//! The suite on solana-program-test's bank: the same client code against the runtime that validators run, with the
//! programs as built-ins under the strict native runner.

mod chain;
mod flows;
