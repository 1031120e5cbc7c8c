//! Writing a `Reserve` in place.

use super::{
    accrual::Accrued,
    layout as at,
    layout::At,
    reserve::{CurvePoint, ReserveView, WithdrawalCap},
};
use crate::{
    field::{check, Layout, Plain},
    wide::mul_limbs_sf_down,
    WireError,
};

const LEN: usize = <at::Reserve as Layout>::LEN;

/// A reserve's bytes, checked for length and discriminator, written in place.
///
/// For the reference venue and for tests: nobody but klend writes a real one.
pub struct ReserveMut<'a>(&'a mut [u8; LEN]);

impl<'a> ReserveMut<'a> {
    /// Checks length and discriminator.
    pub fn parse(data: &'a mut [u8]) -> Result<Self, WireError> {
        check::<at::Reserve, LEN>(data)?;
        data.try_into().map(Self).map_err(|_| WireError::WrongLength)
    }

    /// Turns zeroed bytes of the right length into an empty reserve of the current version.
    pub fn init(data: &'a mut [u8]) -> Result<Self, WireError> {
        let account: &mut [u8; LEN] = data.try_into().map_err(|_| WireError::WrongLength)?;
        at::Reserve::DISCRIMINATOR.write(account, 0);
        let mut reserve = Self(account);
        reserve.set(at::VERSION, at::PROGRAM_VERSION);
        reserve.set_cumulative_borrow_rate([super::FRACTION_ONE as u64, 0, 0, 0]);
        Ok(reserve)
    }

    /// Reads through the same bytes.
    pub fn view(&self) -> ReserveView<'_> {
        ReserveView(self.0)
    }

    /// Any field of [`super::layout`].
    #[inline(always)]
    pub fn get<T: Plain>(&self, field: At<T>) -> T {
        field.read(self.0)
    }

    /// Writes any field of [`super::layout`].
    #[inline(always)]
    pub fn set<T: Plain>(&mut self, field: At<T>, value: T) {
        field.write(self.0, value);
    }

    /// Books interest up to `slot`: debt, fees, index and slot. Leaves the stale flag alone.
    pub fn accrue(&mut self, slot: u64, referral_fee_bps: u16) -> Result<Accrued, WireError> {
        let accrued = self.view().accrue(slot, referral_fee_bps)?;
        let index = self.cumulative_borrow_rate();
        let index = mul_limbs_sf_down(index, accrued.growth_sf).ok_or(WireError::AmountOverflow)?;
        self.set_cumulative_borrow_rate(index);
        self.set(at::BORROWED_AMOUNT_SF, accrued.borrowed_amount_sf);
        self.set(at::ACCUMULATED_PROTOCOL_FEES_SF, accrued.accumulated_protocol_fees_sf);
        self.set(at::PENDING_REFERRER_FEES_SF, accrued.pending_referrer_fees_sf);
        self.set(at::LAST_UPDATE_SLOT, slot);
        Ok(accrued)
    }

    fn cumulative_borrow_rate(&self) -> [u64; 4] {
        let bytes = self.get(at::CUMULATIVE_BORROW_RATE_BSF);
        core::array::from_fn(|limb| u64::read(&bytes, limb * 8))
    }

    fn set_cumulative_borrow_rate(&mut self, limbs: [u64; 4]) {
        let mut bytes = [0; 32];
        for (limb, value) in limbs.into_iter().enumerate() {
            value.write(&mut bytes, limb * 8);
        }
        self.set(at::CUMULATIVE_BORROW_RATE_BSF, bytes);
    }

    /// Writes the borrow rate curve.
    pub fn set_curve(&mut self, points: &[CurvePoint; at::CURVE_POINTS]) {
        for (index, point) in points.iter().enumerate() {
            let offset = at::BORROW_RATE_CURVE.offset() + index * 8;
            point.utilization_bps.write(self.0, offset);
            point.borrow_rate_bps.write(self.0, offset + 4);
        }
    }

    /// Writes the cap on depositors' withdrawals.
    pub fn set_deposit_withdrawal_cap(&mut self, cap: &WithdrawalCap) {
        self.set(at::DEPOSIT_CAP_CAPACITY, cap.capacity);
        self.set(at::DEPOSIT_CAP_CURRENT_TOTAL, cap.current_total);
        self.set(at::DEPOSIT_CAP_INTERVAL_START, cap.interval_start);
        self.set(at::DEPOSIT_CAP_INTERVAL_LENGTH, cap.interval_length);
    }

    /// Writes the cap on new loans.
    pub fn set_debt_withdrawal_cap(&mut self, cap: &WithdrawalCap) {
        self.set(at::DEBT_CAP_CAPACITY, cap.capacity);
        self.set(at::DEBT_CAP_CURRENT_TOTAL, cap.current_total);
        self.set(at::DEBT_CAP_INTERVAL_START, cap.interval_start);
        self.set(at::DEBT_CAP_INTERVAL_LENGTH, cap.interval_length);
    }
}
