//! Access to a reserve's bytes in klend's layout, without copying them.

use anchor_lang::prelude::*;
use gimbal_venue_wire::{
    field::Plain,
    klend::{layout::At, ReserveMut, ReserveView},
    WireError,
};

fn refusal(error: WireError) -> Error {
    match error {
        WireError::WrongDiscriminator => ErrorCode::AccountDiscriminatorMismatch.into(),
        _ => ErrorCode::AccountDidNotDeserialize.into(),
    }
}

fn require_owned(account: &AccountInfo) -> Result<()> {
    require_keys_eq!(*account.owner, crate::ID, ErrorCode::AccountOwnedByWrongProgram);
    Ok(())
}

/// Reads a reserve of this program.
pub fn read<T>(account: &AccountInfo, f: impl FnOnce(&ReserveView) -> Result<T>) -> Result<T> {
    require_owned(account)?;
    let data = account.try_borrow_data()?;
    f(&ReserveView::parse(&data).map_err(refusal)?)
}

/// Reads and writes a reserve of this program.
pub fn write<T>(account: &AccountInfo, f: impl FnOnce(&mut ReserveMut) -> Result<T>) -> Result<T> {
    require_owned(account)?;
    let mut data = account.try_borrow_mut_data()?;
    f(&mut ReserveMut::parse(&mut data).map_err(refusal)?)
}

/// One field of a reserve of this program.
pub fn field<T: Plain>(account: &AccountInfo, field: At<T>) -> Result<T> {
    read(account, |reserve| Ok(reserve.get(field)))
}
