//! What is written into a column and read from it.
//!
//! Amounts are unsigned 64-bit integers, which neither database has. They are stored as text of twenty digits with leading
//! zeros: exact, the same everywhere, and compared and sorted as the numbers are.

use crate::index::IndexError;

/// Digits of `u64::MAX`.
const DIGITS: usize = 20;

/// One column of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A `BIGINT`.
    Int(i64),
    /// A `TEXT`.
    Text(String),
}

impl Value {
    /// An amount as it is stored.
    pub fn amount(amount: u64) -> Self {
        Self::Text(format!("{amount:0>DIGITS$}"))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u16> for Value {
    fn from(number: u16) -> Self {
        Self::Int(number.into())
    }
}

impl From<u64> for Value {
    fn from(amount: u64) -> Self {
        Self::amount(amount)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T> From<Option<T>> for Value
where
    T: Into<Value>,
{
    fn from(option: Option<T>) -> Self {
        option.map_or(Self::Null, Into::into)
    }
}

/// One row of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub(super) Vec<Value>);

impl Row {
    /// All columns, in the order asked for.
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// The `place`th column as a number.
    ///
    /// # Errors
    ///
    /// [`IndexError::Corrupt`] if it is none.
    pub fn int(&self, place: usize) -> Result<i64, IndexError> {
        match self.0.get(place) {
            Some(Value::Int(number)) => Ok(*number),
            other => Err(unexpected(place, "a number", other)),
        }
    }

    /// The `place`th column as a text.
    ///
    /// # Errors
    ///
    /// [`IndexError::Corrupt`] if it is none.
    pub fn text(&self, place: usize) -> Result<&str, IndexError> {
        match self.0.get(place) {
            Some(Value::Text(text)) => Ok(text),
            other => Err(unexpected(place, "a text", other)),
        }
    }

    /// The `place`th column as an amount.
    ///
    /// # Errors
    ///
    /// [`IndexError::Corrupt`] if it is none.
    pub fn amount(&self, place: usize) -> Result<u64, IndexError> {
        let text = self.text(place)?;
        let digits = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| digits).ok_or_else(|| unexpected(place, "an amount", self.0.get(place)))
    }

    /// The `place`th column as any other type that has a text form.
    ///
    /// # Errors
    ///
    /// [`IndexError::Corrupt`] if it is none.
    pub fn parsed<T: std::str::FromStr>(&self, place: usize) -> Result<T, IndexError> {
        self.text(place)?.parse().map_err(|_| unexpected(place, std::any::type_name::<T>(), self.0.get(place)))
    }

    /// Whether the `place`th column holds nothing.
    pub fn is_null(&self, place: usize) -> bool {
        matches!(self.0.get(place), Some(Value::Null))
    }

    /// As `read`, or none for an empty column.
    ///
    /// # Errors
    ///
    /// Those of `read`.
    pub fn optional<'a, T>(
        &'a self,
        place: usize,
        read: impl FnOnce(&'a Self, usize) -> Result<T, IndexError>,
    ) -> Result<Option<T>, IndexError> {
        if self.is_null(place) {
            return Ok(None);
        }
        read(self, place).map(Some)
    }
}

fn unexpected(place: usize, expected: &str, found: Option<&Value>) -> IndexError {
    IndexError::Corrupt(format!("{found:?} in column {place} instead of {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_and_sort_as_numbers() {
        let all = [0, 9, 10, i64::MAX as u64, i64::MAX as u64 + 1, u64::MAX];
        let stored: Vec<Value> = all.iter().map(|amount| Value::amount(*amount)).collect();
        assert_eq!(stored[5], Value::Text("18446744073709551615".to_owned()));
        assert_eq!(stored[1], Value::Text("00000000000000000009".to_owned()));
        let texts: Vec<&str> =
            stored.iter().map(|value| if let Value::Text(text) = value { text } else { "" }).collect();
        assert!(texts.is_sorted(), "{texts:?}");
        let row = Row(stored.clone());
        for (place, amount) in all.into_iter().enumerate() {
            assert_eq!(row.amount(place).unwrap(), amount);
        }
    }

    #[test]
    fn a_column_of_another_kind_is_named() {
        let row = Row(vec![Value::Null, Value::Int(3), Value::Text("12".to_owned())]);
        assert!(row.int(0).is_err() && row.text(1).is_err() && row.amount(2).is_err() && row.int(9).is_err());
        assert_eq!(row.optional(0, Row::amount).unwrap(), None);
        assert_eq!(row.optional(1, Row::int).unwrap(), Some(3));
        assert_eq!(row.parsed::<u8>(2).unwrap(), 12);
    }
}
