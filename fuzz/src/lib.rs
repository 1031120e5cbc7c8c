//! What the targets share: how an input becomes an account, and how an account is decoded as the programs do it.
//!
//! # Inputs
//!
//! An account of several thousand bytes behind a discriminator is nothing that mutations find. So an input is either raw
//! bytes, or *patches* on an account that decodes: a mutation of a few bytes then changes a field anywhere in it. Hence no
//! seeds are needed, and a corpus stays small:
//!
//! ```text
//! mode u8 · four numbers u64 LE, for amounts and times · rest
//! mode 0       the rest is the account
//! mode 1..127  patches: (offset u16 LE · length u8 · bytes)*, offsets taken modulo the account's length
//! mode 128..   the same, then shortened or lengthened by a few bytes
//! ```
//!
//! What an input is too short for is zero.

use anchor_lang::{prelude::*, Owner, ZeroCopy};
use core::mem::size_of;

/// An input, taken apart.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    mode: u8,
    /// Amounts and times for what is done with the account.
    pub numbers: [u64; 4],
    rest: &'a [u8],
}

/// The first `N` bytes, zeros where there are fewer, and what follows.
fn take<const N: usize>(data: &[u8]) -> ([u8; N], &[u8]) {
    let (head, tail) = data.split_at(data.len().min(N));
    let mut bytes = [0; N];
    bytes[..head.len()].copy_from_slice(head);
    (bytes, tail)
}

impl<'a> Input<'a> {
    /// Takes an input apart.
    pub fn new(data: &'a [u8]) -> Self {
        let ([mode], mut rest) = take::<1>(data);
        let numbers = core::array::from_fn(|_| {
            let (number, tail) = take::<8>(rest);
            rest = tail;
            u64::from_le_bytes(number)
        });
        Self { mode, numbers, rest }
    }

    /// A number as a Unix time: of this century, unless its highest bit is set.
    pub fn time(&self, index: usize) -> i64 {
        let number = self.numbers[index];
        if number >> 63 == 1 {
            number as i64
        } else {
            (number % 4_000_000_000) as i64
        }
    }

    /// The bytes to decode: as they are, or `base` with patches.
    pub fn account(&self, base: &[u8]) -> Vec<u8> {
        if self.mode == 0 {
            return self.rest.to_vec();
        }
        let mut account = base.to_vec();
        let mut rest = self.rest;
        while !rest.is_empty() && !account.is_empty() {
            let (offset, tail) = take::<2>(rest);
            let ([length], tail) = take::<1>(tail);
            let (patch, tail) = tail.split_at(tail.len().min(usize::from(length)));
            let start = usize::from(u16::from_le_bytes(offset)) % account.len();
            let end = (start + patch.len()).min(account.len());
            account[start..end].copy_from_slice(&patch[..end - start]);
            rest = tail;
        }
        match self.mode {
            0..=127 => {}
            128..=191 => account.truncate(account.len().saturating_sub(usize::from(self.mode) - 127)),
            192..=255 => account.resize(account.len() + usize::from(self.mode) - 191, 0),
        }
        account
    }
}

/// An account of `T` that decodes: zeros behind the discriminator and the layout version 1, changed by `fill`.
pub fn base_of<T: ZeroCopy>(fill: impl FnOnce(&mut T)) -> Vec<u8> {
    let mut content = T::zeroed();
    bytemuck::bytes_of_mut(&mut content)[0] = 1;
    fill(&mut content);
    [T::DISCRIMINATOR, bytemuck::bytes_of(&content)].concat()
}

/// Runs `check` over the account if it decodes as a `T` the way the programs load it. What decodes must be what lies in
/// the bytes, and nothing else may decode.
pub fn load<T: ZeroCopy + Owner>(account: &[u8], check: impl FnOnce(&T)) {
    let end = T::DISCRIMINATOR.len() + size_of::<T>();
    let begins = account.starts_with(T::DISCRIMINATOR);
    with_loader::<T>(account, &T::owner(), |loader| {
        assert_eq!(loader.is_some(), begins, "an account of the program is known by its discriminator");
        let Some(loader) = loader else { return };
        let content = loader.load();
        assert_eq!(content.is_ok(), account.len() >= end, "and decodes if all of its type is there");
        if let Ok(content) = content {
            assert_eq!(bytemuck::bytes_of(&*content), &account[T::DISCRIMINATOR.len()..end], "to its own bytes");
            check(&content);
        }
    });
    let stranger = Pubkey::new_from_array([8; 32]);
    with_loader::<T>(account, &stranger, |loader| assert!(loader.is_none(), "another program's account never decodes"));
}

fn with_loader<T: ZeroCopy + Owner>(
    account: &[u8],
    owner: &Pubkey,
    run: impl FnOnce(Option<AccountLoader<'static, T>>),
) {
    // The runtime aligns account data to eight bytes.
    let mut aligned = vec![0_u64; account.len().div_ceil(8)];
    let data = &mut bytemuck::cast_slice_mut::<u64, u8>(&mut aligned)[..account.len()];
    data.copy_from_slice(account);
    let (key, mut lamports) = (Pubkey::new_from_array([9; 32]), 1);
    let info = AccountInfo::new(&key, false, true, &mut lamports, data, owner, false);
    // SAFETY: Anchor ties the borrow of an account to the lifetime of its content, which on the chain are the same. Here
    // `info` and all that it borrows outlive `run`, and a loader handed to it is dropped with it.
    let info = unsafe { core::mem::transmute::<&AccountInfo<'_>, &'static AccountInfo<'static>>(&info) };
    run(AccountLoader::try_from(info).ok());
}

/// Reserves that decode.
pub mod reserves {
    use gimbal_venue_wire::{
        field::Layout,
        klend::{layout as at, CurvePoint, ReserveMut},
    };

    /// A lent-out reserve with an ordinary curve.
    pub fn base() -> Vec<u8> {
        let mut data = vec![0; at::Reserve::LEN];
        let mut reserve = ReserveMut::init(&mut data).expect("a reserve's own length");
        reserve.set(at::LAST_UPDATE_SLOT, 1_000);
        reserve.set(at::AVAILABLE_AMOUNT, 1_500_000_000_000);
        reserve.set(at::BORROWED_AMOUNT_SF, 3_500_000_000_000 << 60);
        reserve.set(at::COLLATERAL_MINT_TOTAL_SUPPLY, 4_800_000_000_000);
        reserve.set(at::PROTOCOL_TAKE_RATE_PCT, 10);
        reserve.set(at::DEPOSIT_LIMIT, u64::MAX);
        let corner = |utilization_bps, borrow_rate_bps| CurvePoint { utilization_bps, borrow_rate_bps };
        let mut curve = [corner(10_000, 3_000); at::CURVE_POINTS];
        (curve[0], curve[1], curve[2]) = (corner(0, 50), corner(8_000, 400), corner(9_500, 1_600));
        reserve.set_curve(&curve);
        data
    }
}

/// Accounts of queued changes.
pub mod changes {
    use super::{base_of, load, Input};
    use gimbal_control::{Queued, Refusal, CHANGE_DATA};

    /// The record of whatever decodes reads without a fault, is applied by exactly its own data, and at most once.
    pub fn check<T: Queued + Copy>(input: &Input) {
        let base = base_of::<T>(|change| {
            let record = change.record_mut();
            (record.state, record.guardian_may_veto, record.data_len) = (1, 1, 40);
            (record.proposed_at, record.ready_at, record.expires_at) = (1_000, 173_800, 778_600);
        });
        load::<T>(&input.account(&base), |change| {
            let record = change.record();
            let (length, now) = (usize::from(record.data_len), input.time(0));
            let data = record.data().to_vec();
            assert_eq!(data, record.data.get(..length).unwrap_or_default());
            assert!(data.len() <= CHANGE_DATA);
            let mut copy = *change;
            let applied = copy.record_mut().apply(&record.target, &data, &record.fields_hash, now);
            let in_time = record.state == 1 && now >= record.ready_at && now < record.expires_at;
            assert_eq!(applied.is_ok(), in_time);
            if in_time {
                assert!(!record.is_over(now) && copy.record().is_over(now));
                let again = copy.record_mut().apply(&record.target, &data, &record.fields_hash, now);
                assert_eq!(again, Err(Refusal::ChangeApplied));
            } else {
                assert_eq!(copy.record(), record, "a refusal changes nothing");
            }
            let mut copy = *change;
            let other = [&data[..], &[0]].concat();
            assert_eq!(
                copy.record_mut().apply(&record.target, &other, &record.fields_hash, now),
                Err(Refusal::ChangeMismatch)
            );
        });
    }
}
