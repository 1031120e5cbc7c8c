//! The days that a backtest reports on.

use crate::date::Date;

/// The first day of the second half: the default model's parameters were chosen on days before it.
pub const SPLIT: Date = Date(19_358);

/// A run of days, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its name in reports.
    pub name: String,
    /// The first day; none for the first that is there.
    pub from: Option<Date>,
    /// The last day; none for the last that is there.
    pub to: Option<Date>,
}

impl Window {
    /// The windows of a report: where neither end is asked for, all days, those before [`SPLIT`] and those from it on; else
    /// the one that is asked for.
    pub fn choose(from: Option<Date>, to: Option<Date>) -> Vec<Self> {
        let window = |name: String, from, to| Self { name, from, to };
        match (from, to) {
            (None, None) => vec![
                window("all".to_owned(), None, None),
                window(format!("before {SPLIT}"), None, Some(Date(SPLIT.0 - 1))),
                window(format!("from {SPLIT}"), Some(SPLIT), None),
            ],
            (Some(from), None) => vec![window(format!("from {from}"), Some(from), None)],
            (None, Some(to)) => vec![window(format!("to {to}"), None, Some(to))],
            (Some(from), Some(to)) => vec![window(format!("{from} to {to}"), Some(from), Some(to))],
        }
    }

    /// Whether a day lies in it.
    pub fn holds(&self, date: Date) -> bool {
        self.from.is_none_or(|from| date >= from) && self.to.is_none_or(|to| date <= to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_windows_part_at_2023() {
        assert_eq!(Date::parse("2023-01-01"), Some(SPLIT));
        let [all, before, after] = &Window::choose(None, None)[..] else { panic!("three windows") };
        assert_eq!((all.name.as_str(), before.name.as_str()), ("all", "before 2023-01-01"));
        assert_eq!(after.name, "from 2023-01-01");
        for (date, expected) in [("2022-12-31", [true, true, false]), ("2023-01-01", [true, false, true])] {
            let date = Date::parse(date).expect("a day");
            assert_eq!([all, before, after].map(|window| window.holds(date)), expected, "{date}");
        }
    }

    #[test]
    fn one_window_is_as_asked_for_with_both_ends() {
        let [from, to] = ["2024-02-01", "2024-02-29"].map(|text| Date::parse(text).expect("a day"));
        let [window] = &Window::choose(Some(from), Some(to))[..] else { panic!("one window") };
        assert_eq!(window.name, "2024-02-01 to 2024-02-29");
        assert!(window.holds(from) && window.holds(to) && !window.holds(to.next()));
    }
}
