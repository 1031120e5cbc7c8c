//! One binary for all suites on the embedded chain: linking once is what keeps a cold run short.
//!
//! Every test begins from a [`gimbal_tests::Fixture`]. `GIMBAL_CHAIN=bytecode` runs the same tests on bytecode.

// Tables of refusals pair an error's name with what brings it about.
#![allow(clippy::type_complexity)]

mod attacks;
mod compute;
mod flows;
mod oracle;
mod router;
mod vault;
