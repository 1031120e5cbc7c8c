//! Typed fields at fixed offsets.
//!
//! A [`Field`] is a constant: where it lies, what it is, and in which account. Building one that
//! would reach beyond its account does not compile, which is why reading one cannot fail.

use core::marker::PhantomData;
use solana_program::pubkey::Pubkey;

/// An account type: how long it is and what it begins with.
pub trait Layout {
    /// Length of the account's data in bytes, discriminator included.
    const LEN: usize;
    /// The eight bytes the account begins with.
    const DISCRIMINATOR: [u8; 8];
}

/// A value stored little-endian in a fixed number of bytes.
pub trait Plain: Sized {
    /// Bytes the value takes.
    const SIZE: usize;
    /// What a reader returns for a slice too short to hold the value.
    const ABSENT: Self;
    /// Reads the value at `offset`, or [`Plain::ABSENT`] beyond the end of `data`.
    fn read(data: &[u8], offset: usize) -> Self;
    /// Writes the value at `offset`; beyond the end of `data` nothing is written.
    fn write(self, data: &mut [u8], offset: usize);
}

fn array_at<const N: usize>(data: &[u8], offset: usize) -> Option<&[u8; N]> {
    data.get(offset..)?.first_chunk::<N>()
}

fn put<const N: usize>(data: &mut [u8], offset: usize, bytes: [u8; N]) {
    if let Some(slot) = data.get_mut(offset..).and_then(|tail| tail.first_chunk_mut::<N>()) {
        *slot = bytes;
    }
}

macro_rules! plain_integers {
    ($($int:ty),+) => {$(
        impl Plain for $int {
            const SIZE: usize = core::mem::size_of::<$int>();
            const ABSENT: Self = 0;

            #[inline(always)]
            fn read(data: &[u8], offset: usize) -> Self {
                array_at(data, offset).map_or(Self::ABSENT, |bytes| <$int>::from_le_bytes(*bytes))
            }

            #[inline(always)]
            fn write(self, data: &mut [u8], offset: usize) {
                put(data, offset, self.to_le_bytes());
            }
        }
    )+};
}

plain_integers!(u8, u16, u32, i32, u64, i64, u128);

impl<const N: usize> Plain for [u8; N] {
    const SIZE: usize = N;
    const ABSENT: Self = [0; N];

    #[inline(always)]
    fn read(data: &[u8], offset: usize) -> Self {
        array_at(data, offset).copied().unwrap_or(Self::ABSENT)
    }

    #[inline(always)]
    fn write(self, data: &mut [u8], offset: usize) {
        put(data, offset, self);
    }
}

impl Plain for Pubkey {
    const SIZE: usize = 32;
    const ABSENT: Self = Pubkey::new_from_array([0; 32]);

    #[inline(always)]
    fn read(data: &[u8], offset: usize) -> Self {
        Pubkey::new_from_array(<[u8; 32]>::read(data, offset))
    }

    #[inline(always)]
    fn write(self, data: &mut [u8], offset: usize) {
        put(data, offset, self.to_bytes());
    }
}

/// A `T` at a fixed offset of the account `L`.
pub struct Field<L, T> {
    offset: usize,
    of: PhantomData<fn() -> (L, T)>,
}

impl<L, T> Clone for Field<L, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L, T> Copy for Field<L, T> {}

impl<L: Layout, T: Plain> Field<L, T> {
    /// The field at `offset`, counted from the start of the account's data, discriminator included.
    ///
    /// In a `const` item a field that reaches beyond the account is a compile-time error.
    pub const fn at(offset: usize) -> Self {
        assert!(offset + T::SIZE <= L::LEN, "the field reaches beyond its account");
        Self { offset, of: PhantomData }
    }

    /// First byte, counted from the start of the account's data.
    pub const fn offset(self) -> usize {
        self.offset
    }

    /// The byte after the last.
    pub const fn end(self) -> usize {
        self.offset + T::SIZE
    }

    #[inline(always)]
    pub(crate) fn read(self, data: &[u8]) -> T {
        T::read(data, self.offset)
    }

    #[inline(always)]
    pub(crate) fn write(self, data: &mut [u8], value: T) {
        value.write(data, self.offset);
    }
}

/// Borrows `data` as the account `L` of `N` bytes after checking length and discriminator.
pub(crate) fn check<L: Layout, const N: usize>(data: &[u8]) -> Result<&[u8; N], crate::WireError> {
    const { assert!(N == L::LEN) };
    let account: &[u8; N] = data.try_into().map_err(|_| crate::WireError::WrongLength)?;
    if <[u8; 8]>::read(account, 0) != L::DISCRIMINATOR {
        return Err(crate::WireError::WrongDiscriminator);
    }
    Ok(account)
}
