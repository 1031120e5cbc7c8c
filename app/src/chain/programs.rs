//! The programs that an embedded chain carries.

use gimbal_svm::{native, ProgramSpec};

/// The suite's programs and the reference venues, which exist on embedded chains and on localnet only.
pub fn program_specs() -> Vec<ProgramSpec> {
    vec![
        ProgramSpec { name: "vault", id: vault::ID, native: native!(vault::entry), upgrade_authority: None },
        ProgramSpec {
            name: "strategy-router",
            id: strategy_router::ID,
            native: native!(strategy_router::entry),
            upgrade_authority: None,
        },
        ProgramSpec {
            name: "risk-oracle",
            id: risk_oracle::ID,
            native: native!(risk_oracle::entry),
            upgrade_authority: None,
        },
        ProgramSpec {
            name: "lending-venue",
            id: lending_venue::ID,
            native: native!(lending_venue::entry),
            upgrade_authority: None,
        },
        ProgramSpec {
            name: "swap-venue",
            id: swap_venue::ID,
            native: native!(swap_venue::entry),
            upgrade_authority: None,
        },
    ]
}
