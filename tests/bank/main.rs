//! The suite on solana-program-test's bank: the same programs under another machine.
