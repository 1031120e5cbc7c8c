//! A refused bound names the bound and the result; each refusal of a role has its own error.

use anchor_lang::error::{ComparedValues, Error};
use gimbal_control::Refusal;
use vault::error::{require_at_least, require_at_most};
use vault::VaultError;

fn compared(error: Error) -> (String, String) {
    let Error::AnchorError(error) = error else { panic!("not an error of the program: {error}") };
    assert_eq!(error.error_name, "SlippageExceeded");
    assert_eq!(error.error_code_number, 6_002);
    match error.compared_values {
        Some(ComparedValues::Values(values)) => values,
        other => panic!("no values: {other:?}"),
    }
}

#[test]
fn a_refused_bound_names_both_sides() {
    assert!(require_at_least("shares", 100, 100).is_ok());
    assert!(require_at_most("assets", 100, 100).is_ok());
    let below = compared(require_at_least("shares", 99, 100).unwrap_err());
    assert_eq!(below, ("99".to_owned(), "100".to_owned()));
    let above = compared(require_at_most("assets", 101, 100).unwrap_err());
    assert_eq!(above, ("101".to_owned(), "100".to_owned()));
}

#[test]
fn every_refusal_keeps_its_name() {
    for (refusal, error) in [
        (Refusal::NotOwner, VaultError::NotOwner),
        (Refusal::NotCurator, VaultError::NotCurator),
        (Refusal::NotGuardian, VaultError::NotGuardian),
        (Refusal::NotPendingOwner, VaultError::NotPendingOwner),
        (Refusal::RoleRenounced, VaultError::RoleRenounced),
        (Refusal::PauseCoolingDown, VaultError::PauseCoolingDown),
        (Refusal::ZeroKey, VaultError::ZeroKey),
    ] {
        assert_eq!(VaultError::from(refusal), error);
    }
}
