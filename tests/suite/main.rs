//! One binary for all suites on the embedded chain: linking once is what keeps a cold run short.
//!
//! Every test begins from a [`gimbal_tests::Fixture`]. `GIMBAL_CHAIN=bytecode` runs the same tests on bytecode.

mod attacks;
mod compute;
mod flows;
mod oracle;
mod router;
mod vault;
