//! The data of queued instructions: whatever a program takes into its queue re-encodes to the very same bytes, so that the
//! instruction that is executed later is the one that waited.
#![no_main]

use anchor_lang::{prelude::AnchorDeserialize, Discriminator, InstructionData};
use bytemuck::Zeroable;
use gimbal_control::{change::decode, CHANGE_DELAY};
use gimbal_fuzz::Input;
use libfuzzer_sys::fuzz_target;
use risk_oracle::instruction as oracle;
use strategy_router::{instruction as router, Ledger};
use vault::{instruction as of_vault, state::Vault};

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    let discriminators: [&[u8]; 17] = [
        of_vault::SetFees::DISCRIMINATOR,
        of_vault::SetLimits::DISCRIMINATOR,
        of_vault::SetCurator::DISCRIMINATOR,
        of_vault::SetGuardian::DISCRIMINATOR,
        router::SetLimits::DISCRIMINATOR,
        router::AddStrategy::DISCRIMINATOR,
        router::ApproveVenue::DISCRIMINATOR,
        router::SetBounds::DISCRIMINATOR,
        router::SetStatus::DISCRIMINATOR,
        oracle::SetFeedParams::DISCRIMINATOR,
        oracle::SetModel::DISCRIMINATOR,
        oracle::SetRisk::DISCRIMINATOR,
        oracle::SetLineRisk::DISCRIMINATOR,
        oracle::SetAsset::DISCRIMINATOR,
        oracle::SetLineModel::DISCRIMINATOR,
        oracle::SetRiskParams::DISCRIMINATOR,
        oracle::SetScenario::DISCRIMINATOR,
    ];
    let kind = discriminators[input.numbers[0] as usize % discriminators.len()];
    // Arguments of every length up to the longest kind's.
    let call = input.account(&[kind, &vec![0; input.numbers[1] as usize % 120][..]].concat());

    let known = [
        same::<of_vault::SetFees>(&call),
        same::<of_vault::SetLimits>(&call),
        same::<of_vault::SetCurator>(&call),
        same::<of_vault::SetGuardian>(&call),
    ];
    let mut vault = Box::new(Vault::zeroed());
    vault.roles.owner = [1; 32].into();
    if let Ok(terms) = vault::change::terms_of(&call, &vault) {
        assert!(known.contains(&true), "only what decodes whole waits");
        assert!(terms.wait >= CHANGE_DELAY);
    }

    let known = [
        same::<router::SetLimits>(&call),
        same::<router::AddStrategy>(&call),
        same::<router::ApproveVenue>(&call),
        same::<router::SetBounds>(&call),
        same::<router::SetStatus>(&call),
        same::<router::SetCurator>(&call),
        same::<router::SetGuardian>(&call),
    ];
    let mut ledger = Box::new(Ledger::zeroed());
    ledger.roles.owner = [1; 32].into();
    ledger.next_line_id = 2;
    (ledger.lines[0].id, ledger.lines[0].adapter, ledger.lines[0].status) = (1, 1, 1);
    if let Ok(terms) = strategy_router::change::terms_of(&call, &ledger, None) {
        assert!(known.contains(&true) && terms.wait >= CHANGE_DELAY);
    }

    same::<oracle::SetFeedParams>(&call);
    same::<oracle::SetModel>(&call);
    same::<oracle::SetRisk>(&call);
    same::<oracle::SetLineRisk>(&call);
    same::<oracle::SetAsset>(&call);
    same::<oracle::SetLineModel>(&call);
    same::<oracle::SetRiskParams>(&call);
    same::<oracle::SetScenario>(&call);
});

/// Whether the data is instruction `T`; then it re-encodes to the same bytes.
fn same<T: AnchorDeserialize + Discriminator + InstructionData>(data: &[u8]) -> bool {
    match decode::<T>(data) {
        Ok(Some(instruction)) => {
            assert_eq!(instruction.data(), data, "what waits is what is executed");
            true
        }
        Ok(None) => {
            assert!(!data.starts_with(T::DISCRIMINATOR));
            false
        }
        Err(_) => {
            assert!(data.starts_with(T::DISCRIMINATOR));
            false
        }
    }
}
