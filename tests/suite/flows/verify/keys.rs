//! Who may replace the programs.

use super::*;

fn with_authority(authority: Option<Pubkey>) -> Fixture {
    let mut fx = Fixture::new();
    fx.chain.svm_mut().upgrade_program(&vault::ID, 5, authority).unwrap();
    fx
}

#[test]
fn a_single_key_over_a_program_fails() {
    let thief = Keypair::new_from_array([3; 32]).pubkey();
    let fx = with_authority(Some(thief));
    assert_eq!(broken(&fx), ["program.vault.upgrade_authority"]);
    let report = report(&fx);
    let check = named(&report, "program.vault.upgrade_authority");
    assert_eq!(check.found, thief.to_string());
    assert!(check.note.unwrap().contains("take everything"));
    assert!(report.text().contains("a SINGLE KEY"));
    let line = &report.programs[0];
    assert_eq!((line.name, line.deployed_slot), ("vault", Some(5)));
    assert_eq!(line.upgrade_authority, Some(thief.to_string()));
    assert!(report.verdict().contains("1 of") && report.verdict().contains("program.vault.upgrade_authority"));
}

#[test]
fn a_localnets_key_is_allowed_by_name_only() {
    let key_of_localnet = Keypair::new_from_array([3; 32]).pubkey();
    let fx = with_authority(Some(key_of_localnet));
    let with = |allowed: Pubkey| {
        let options = Options { allowed_upgrade_keys: vec![allowed] };
        named(&verify(&fx.chain, &key(&fx), &options).unwrap(), "program.vault.upgrade_authority").status
    };
    assert_eq!(with(key_of_localnet), Status::Noted);
    assert_eq!(with(Keypair::new_from_array([4; 32]).pubkey()), Status::Broken);
}

#[test]
fn nobody_and_an_address_of_a_program_pass() {
    let multisig = Pubkey::find_program_address(&[b"multisig"], &outer_caller::ID).0;
    for (authority, kind) in [(None, "nobody, for ever"), (Some(multisig), "an address of a program")] {
        let fx = with_authority(authority);
        assert_eq!(broken(&fx), [""; 0]);
        assert_eq!(report(&fx).programs[0].kind, kind);
    }
}

#[test]
fn a_program_whose_code_cannot_be_read_fails() {
    let mut fx = Fixture::new();
    let data = gimbal_control::program_data::program_data_address(&risk_oracle::ID);
    alter_bytes(&mut fx, &data, |data| data[0] = 9);
    assert_eq!(broken(&fx), ["program.risk-oracle.upgrade_authority"]);
    assert!(report(&fx).programs[2].kind.contains("cannot be read"));
}
