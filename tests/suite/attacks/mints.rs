//! Attacks 19 and 20: mints with a hook for somebody else. Each is really made by the Token-2022 program, and tried both
//! as a vault's base asset and as a line's token: there is one list for both, in `gimbal_venue_wire::token`.

use super::*;
use anchor_lang::solana_program::system_instruction;
use anchor_spl::token_2022::{
    self,
    spl_token_2022::{
        extension::{
            confidential_mint_burn, confidential_transfer, confidential_transfer_fee, default_account_state,
            group_member_pointer, group_pointer, interest_bearing_mint, metadata_pointer, pausable, scaled_ui_amount,
            transfer_fee, transfer_hook, ExtensionType,
        },
        instruction as token_instruction,
        state::{AccountState, Mint},
    },
};
use anchor_spl::token_2022_extensions::spl_token_metadata_interface;

const PROGRAM: Pubkey = token_2022::ID;

/// The mint that every test makes.
fn mint_key() -> Keypair {
    gimbal::setup::keys::keypair(9, "extended mint", 0)
}

/// Makes a mint with these extensions, each enabled by its own instruction; lamports for what may be added later.
fn make_mint(fx: &mut Fixture, extensions: &[ExtensionType], enable: &[Instruction]) -> Pubkey {
    let mint = mint_key();
    let space = ExtensionType::try_calculate_account_len::<Mint>(extensions).unwrap();
    let lamports = fx.chain.minimum_balance(space + 1_000).unwrap();
    let (payer, issuer) = (fx.deployment.actors.payer.pubkey(), fx.deployment.actors.issuer.pubkey());
    let key = mint.pubkey();
    let mut instructions = vec![system_instruction::create_account(&payer, &key, lamports, space as u64, &PROGRAM)];
    instructions.extend_from_slice(enable);
    instructions.push(token_instruction::initialize_mint2(&PROGRAM, &key, &issuer, Some(&issuer), 6).unwrap());
    fx.send(&instructions, &[&mint]).unwrap();
    key
}

/// The deployment's owner makes a vault over a mint of Token-2022.
fn vault_over(fx: &mut Fixture, mint: &Pubkey) -> Outcome {
    let (owner, payer) = (fx.deployment.actors.owner.insecure_clone(), fx.deployment.actors.payer.pubkey());
    let (feed, args) = (fx.deployment.vault.base_feed, second_args(fx));
    let make = make_vault(&owner.pubkey(), &payer, mint, &PROGRAM, &feed, args);
    fx.send(&[make], &[&owner])
}

/// The deployment's owner adds a line whose token, or whose receipts, are this mint.
fn line_over(fx: &mut Fixture, mint: &Pubkey, as_receipts: bool) -> Outcome {
    let owner = fx.deployment.actors.owner.insecure_clone();
    let hostile = fx.hostile_reserve(owner.pubkey(), None);
    let mut line = fx.hostile_line(&hostile);
    match as_receipts {
        true => line.position_mint = (*mint, PROGRAM),
        false => line.token_mint = (*mint, PROGRAM),
    }
    fx.router().add_strategy(&owner, &line)
}

/// A mint with these extensions is nothing to put money into, in any of its places.
#[track_caller]
fn refuse(extensions: &[ExtensionType], enable: impl FnOnce(&Pubkey, &Pubkey) -> Vec<Instruction>) {
    let mut fx = Fixture::with_lines(1);
    let enable = enable(&mint_key().pubkey(), &fx.deployment.actors.issuer.pubkey());
    let mint = make_mint(&mut fx, extensions, &enable);
    fx.assert_refused("UnsupportedMintExtension", |fx| vault_over(fx, &mint));
    for as_receipts in [false, true] {
        let mut fx = fx.clone();
        assert_error(line_over(&mut fx, &mint, as_receipts), "UnsupportedMint");
    }
}

fn transfer_fee(mint: &Pubkey, issuer: &Pubkey, bps: u16) -> Instruction {
    let init = transfer_fee::instruction::initialize_transfer_fee_config;
    init(&PROGRAM, mint, Some(issuer), Some(issuer), bps, u64::from(bps)).unwrap()
}

fn confidential(mint: &Pubkey, issuer: &Pubkey) -> Instruction {
    confidential_transfer::instruction::initialize_mint(&PROGRAM, mint, Some(*issuer), true, None).unwrap()
}

/// Attack 19: a deposit over such a mint would be credited more than arrives; a fee of zero can be raised later.
#[test]
fn a_transfer_fee_is_refused_even_at_zero() {
    for bps in [100, 0] {
        refuse(&[ExtensionType::TransferFeeConfig], |mint, issuer| vec![transfer_fee(mint, issuer, bps)]);
    }
}

/// Attack 20: with a hook, and with none yet but an authority that can set one.
#[test]
fn a_transfer_hook_is_refused_even_before_it_is_set() {
    for hook in [Some(hostile_venue::ID), None] {
        refuse(&[ExtensionType::TransferHook], |mint, issuer| {
            vec![transfer_hook::instruction::initialize(&PROGRAM, mint, Some(*issuer), hook).unwrap()]
        });
    }
}

/// Attack 20: somebody may take the vault's tokens.
#[test]
fn a_permanent_delegate_is_refused() {
    refuse(&[ExtensionType::PermanentDelegate], |mint, issuer| {
        vec![token_instruction::initialize_permanent_delegate(&PROGRAM, mint, issuer).unwrap()]
    });
}

/// Attack 20: whose claim account begins frozen is not paid; the state can be changed later.
#[test]
fn a_default_account_state_is_refused_whatever_it_is() {
    for state in [AccountState::Frozen, AccountState::Initialized] {
        refuse(&[ExtensionType::DefaultAccountState], |mint, _| {
            let init = default_account_state::instruction::initialize_default_account_state;
            vec![init(&PROGRAM, mint, &state).unwrap()]
        });
    }
}

/// Nothing could ever be paid.
#[test]
fn a_non_transferable_mint_is_refused() {
    refuse(&[ExtensionType::NonTransferable], |mint, _| {
        vec![token_instruction::initialize_non_transferable_mint(&PROGRAM, mint).unwrap()]
    });
}

/// One key would stop every exit.
#[test]
fn a_pausable_mint_is_refused() {
    refuse(&[ExtensionType::Pausable], |mint, issuer| {
        vec![pausable::instruction::initialize(&PROGRAM, mint, issuer).unwrap()]
    });
}

/// What feeds quote as one token would drift from its units at the issuer's will.
#[test]
fn mints_whose_shown_amounts_move_are_refused() {
    for rate in [500, 0] {
        refuse(&[ExtensionType::InterestBearingConfig], |mint, issuer| {
            vec![interest_bearing_mint::instruction::initialize(&PROGRAM, mint, Some(*issuer), rate).unwrap()]
        });
    }
    for multiplier in [2.0, 1.0] {
        refuse(&[ExtensionType::ScaledUiAmount], |mint, issuer| {
            vec![scaled_ui_amount::instruction::initialize(&PROGRAM, mint, Some(*issuer), multiplier).unwrap()]
        });
    }
}

/// Balances that no program can read.
#[test]
fn confidential_mints_are_refused() {
    refuse(&[ExtensionType::ConfidentialTransferMint], |mint, issuer| vec![confidential(mint, issuer)]);
    let with_fee = [
        ExtensionType::TransferFeeConfig,
        ExtensionType::ConfidentialTransferMint,
        ExtensionType::ConfidentialTransferFeeConfig,
    ];
    refuse(&with_fee, |mint, issuer| {
        let init = confidential_transfer_fee::instruction::initialize_confidential_transfer_fee_config;
        let confidential_fee = init(&PROGRAM, mint, Some(*issuer), &Default::default()).unwrap();
        vec![transfer_fee(mint, issuer, 0), confidential(mint, issuer), confidential_fee]
    });
    refuse(&[ExtensionType::ConfidentialTransferMint, ExtensionType::ConfidentialMintBurn], |mint, issuer| {
        let init = confidential_mint_burn::instruction::initialize_mint;
        vec![confidential(mint, issuer), init(&PROGRAM, mint, &Default::default(), &Default::default()).unwrap()]
    });
}

/// A mint without supply could be closed, and opened again as another.
#[test]
fn a_mint_that_can_be_closed_is_refused() {
    refuse(&[ExtensionType::MintCloseAuthority], |mint, issuer| {
        vec![token_instruction::initialize_mint_close_authority(&PROGRAM, mint, Some(issuer)).unwrap()]
    });
}

/// A forbidden extension among allowed ones is found wherever it stands.
#[test]
fn a_forbidden_extension_does_not_hide_among_allowed_ones() {
    let pointer = |mint: &Pubkey, issuer: &Pubkey| {
        metadata_pointer::instruction::initialize(&PROGRAM, mint, Some(*issuer), Some(*mint)).unwrap()
    };
    let delegate = |mint: &Pubkey, issuer: &Pubkey| {
        token_instruction::initialize_permanent_delegate(&PROGRAM, mint, issuer).unwrap()
    };
    let both = [ExtensionType::MetadataPointer, ExtensionType::PermanentDelegate];
    refuse(&both, |mint, issuer| vec![pointer(mint, issuer), delegate(mint, issuer)]);
    refuse(&both, |mint, issuer| vec![delegate(mint, issuer), pointer(mint, issuer)]);
}

/// The list refuses what can move, change or stop balances, and not Token-2022 itself: metadata and groups say what a
/// token is called and whom it belongs to.
#[test]
fn a_mint_with_metadata_and_group_pointers_is_a_base_asset() {
    let mut fx = Fixture::with_lines(1);
    let issuer = fx.deployment.actors.issuer.insecure_clone();
    let (key, authority) = (mint_key().pubkey(), Some(issuer.pubkey()));
    let extensions = [ExtensionType::MetadataPointer, ExtensionType::GroupPointer, ExtensionType::GroupMemberPointer];
    let enable = [
        metadata_pointer::instruction::initialize(&PROGRAM, &key, authority, Some(key)).unwrap(),
        group_pointer::instruction::initialize(&PROGRAM, &key, authority, Some(key)).unwrap(),
        group_member_pointer::instruction::initialize(&PROGRAM, &key, authority, Some(key)).unwrap(),
    ];
    let mint = make_mint(&mut fx, &extensions, &enable);
    let text = |text: &str| text.to_owned();
    let issuer_key = issuer.pubkey();
    let describe = spl_token_metadata_interface::instruction::initialize(
        &PROGRAM,
        &mint,
        &issuer_key,
        &mint,
        &issuer_key,
        text("Dollar"),
        text("USD"),
        text("https://example.org/usd.json"),
    );
    fx.send(&[describe], &[&issuer]).unwrap();
    let length = fx.chain.require_account(&mint).unwrap().data.len();
    assert!(length > ExtensionType::try_calculate_account_len::<Mint>(&extensions).unwrap(), "metadata is in the mint");
    // As a line's token it passes the list, and is refused for not being the reserve's.
    assert_error(line_over(&mut fx.clone(), &mint, false), "VenueAccountMismatch");
    vault_over(&mut fx, &mint).unwrap();

    // What the list forbids cannot be added once the vault is there.
    let late = [
        token_instruction::initialize_permanent_delegate(&PROGRAM, &mint, &issuer_key).unwrap(),
        transfer_fee(&mint, &issuer_key, 100),
        transfer_hook::instruction::initialize(&PROGRAM, &mint, authority, None).unwrap(),
        pausable::instruction::initialize(&PROGRAM, &mint, &issuer_key).unwrap(),
    ];
    for instruction in late {
        assert!(fx.assert_unchanged(|fx| fx.send(&[instruction], &[&issuer])).is_err());
    }
}
