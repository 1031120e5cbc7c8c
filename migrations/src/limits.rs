//! `[engine.limits]`: the settings of a book's risk engine, by the names that the program has for them.
//!
//! `preset` says what to begin from, "none" or "cautious"; every other key replaces one setting of it. Numbers are in the unit
//! that a key ends in, ages seconds. "none" switches a limit or a threshold off.

use anyhow::{anyhow, bail, Result};
use risk_oracle::RiskParams;
use toml::{Table, Value};

/// Where the settings stand in the file.
pub const PREFIX: &str = "engine.limits";
/// The key that says what to begin from.
const PRESET: &str = "preset";
const NONE: &str = "none";

/// What "none" stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Off {
    /// The largest number: of what is at most so large, and of a threshold.
    Largest,
    /// Zero: of what is at least so large.
    Zero,
    /// Nothing: it always counts.
    Never,
}

/// One setting.
pub struct Setting {
    /// Its key, and its name in the program.
    pub key: &'static str,
    off: Off,
    /// Of how many numbers it is one: several are a list.
    count: usize,
    /// The largest number that it holds.
    largest: u32,
    get: fn(&RiskParams) -> Vec<u32>,
    set: fn(&mut RiskParams, &[u32]) -> Option<()>,
}

/// A field of [`RiskParams`]: a number or several.
trait Numbers: Sized {
    const COUNT: usize;
    const LARGEST: u32;

    fn all(&self) -> Vec<u32>;

    /// `None` where there are not as many, or one is too large.
    fn of(numbers: &[u32]) -> Option<Self>;
}

impl Numbers for u16 {
    const COUNT: usize = 1;
    const LARGEST: u32 = 65_535;

    fn all(&self) -> Vec<u32> {
        vec![u32::from(*self)]
    }

    fn of(numbers: &[u32]) -> Option<Self> {
        match numbers {
            [number] => Self::try_from(*number).ok(),
            _ => None,
        }
    }
}

impl Numbers for u32 {
    const COUNT: usize = 1;
    const LARGEST: u32 = u32::MAX;

    fn all(&self) -> Vec<u32> {
        vec![*self]
    }

    fn of(numbers: &[u32]) -> Option<Self> {
        match numbers {
            [number] => Some(*number),
            _ => None,
        }
    }
}

impl<T: Numbers, const N: usize> Numbers for [T; N] {
    const COUNT: usize = N;
    const LARGEST: u32 = T::LARGEST;

    fn all(&self) -> Vec<u32> {
        self.iter().flat_map(Numbers::all).collect()
    }

    fn of(numbers: &[u32]) -> Option<Self> {
        let all: Option<Vec<T>> = numbers.iter().map(|number| T::of(&[*number])).collect();
        all?.try_into().ok()
    }
}

/// A setting of the field `key`; the first function only gives its type.
fn setting<T: Numbers>(
    key: &'static str,
    off: Off,
    _: fn(&RiskParams) -> T,
    get: fn(&RiskParams) -> Vec<u32>,
    set: fn(&mut RiskParams, &[u32]) -> Option<()>,
) -> Setting {
    Setting { key, off, count: T::COUNT, largest: T::LARGEST, get, set }
}

macro_rules! settings {
    ($($key:ident: $off:ident),* $(,)?) => {
        /// Every setting.
        pub fn all() -> Vec<Setting> {
            vec![$(setting(
                stringify!($key),
                Off::$off,
                |params| params.$key,
                |params| params.$key.all(),
                |params, numbers| {
                    params.$key = Numbers::of(numbers)?;
                    Some(())
                },
            )),*]
        }
    };
}

settings! {
    max_var_bps: Largest,
    max_shortfall_bps: Largest,
    max_stress_bps: Largest,
    max_leverage_bps: Largest,
    min_liquidation_sigma_milli: Zero,
    max_concentration_bps: Largest,
    max_exit_days: Largest,
    exit_share_bps: Never,
    max_liquidity_share_bps: Largest,
    max_sample_age: Largest,
    venue_confirm_seconds: Never,
    horizon_days: Never,
    decay_bps: Never,
    margin_floor_bps: Never,
    impact_bps: Never,
    calm_days: Never,
    loosen_bps_per_day: Never,
    scales_bps: Never,
    volatility_bps: Largest,
    confidence_bps: Largest,
    move_milli: Largest,
    drawdown_bps: Largest,
    jumps: Largest,
    utilisation_bps: Largest,
    depth_drop_bps: Largest,
}

impl Setting {
    /// What stands for "none", if anything does.
    fn none(&self) -> Option<u32> {
        match self.off {
            Off::Largest => Some(self.largest),
            Off::Zero => Some(0),
            Off::Never => None,
        }
    }

    /// Its value in words, as the command's option takes them: numbers between commas, or none.
    pub fn shown(&self, params: &RiskParams) -> String {
        let numbers = (self.get)(params);
        let none = |number: &u32| Some(*number) == self.none();
        if numbers.iter().all(none) {
            return NONE.to_owned();
        }
        let shown = numbers.iter().map(|number| if none(number) { NONE.to_owned() } else { number.to_string() });
        shown.collect::<Vec<_>>().join(",")
    }

    /// The option of `gimbal admin book limits` with a value of [`Setting::shown`].
    pub fn option(&self, shown: &str) -> String {
        let name = self.key.trim_end_matches("_seconds").replace('_', "-");
        let unit = match self.key {
            "max_sample_age" | "venue_confirm_seconds" if shown != NONE => "s",
            _ => "",
        };
        format!("--{name} {shown}{unit}")
    }

    /// What the file may say, for who has to mend it.
    fn allowed(&self) -> String {
        let none = if self.none().is_some() { ", or \"none\"" } else { "" };
        match self.count {
            1 => format!("give a whole number up to {}{none}", self.largest),
            several => format!("give {several} whole numbers up to {} in brackets{none}", self.largest),
        }
    }

    /// Puts a value of the file into `params`.
    fn put(&self, value: &Value, params: &mut RiskParams) -> Result<()> {
        let number = |value: &Value| match value {
            Value::Integer(number) => u32::try_from(*number).ok(),
            Value::String(word) if word == NONE => self.none(),
            _ => None,
        };
        let numbers: Option<Vec<u32>> = match value {
            Value::Array(values) if self.count > 1 => values.iter().map(number).collect(),
            value @ Value::String(_) => number(value).map(|none| vec![none; self.count]),
            value => number(value).map(|one| vec![one]),
        };
        let put = numbers.and_then(|numbers| (self.set)(params, &numbers));
        put.ok_or_else(|| anyhow!("{PREFIX}.{}: {}", self.key, self.allowed()))
    }
}

/// The settings of the file.
///
/// # Errors
///
/// What is no setting, no value of it, or out of its range: by its key, with what is allowed.
pub fn read(table: &Table) -> Result<RiskParams> {
    let preset = match table.get(PRESET) {
        None => RiskParams::NONE,
        Some(Value::String(name)) if name == NONE => RiskParams::NONE,
        Some(Value::String(name)) if name == "cautious" => RiskParams::CAUTIOUS,
        Some(_) => bail!("{PREFIX}.{PRESET}: give \"none\" or \"cautious\""),
    };
    let settings = all();
    let mut params = preset;
    for (key, value) in table.iter().filter(|(key, _)| key.as_str() != PRESET) {
        let Some(setting) = settings.iter().find(|setting| setting.key == key) else {
            let known: Vec<&str> = settings.iter().map(|setting| setting.key).collect();
            bail!("{PREFIX}.{key}: there is no such limit; there are {PRESET}, {}", known.join(", "));
        };
        // Alone over the preset, so that a refusal is of this key.
        let mut alone = preset;
        setting.put(value, &mut alone)?;
        alone.validate().map_err(|error| anyhow!("{PREFIX}.{key}: {}", crate::setup::sentence(error)))?;
        setting.put(value, &mut params)?;
    }
    Ok(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<RiskParams> {
        read(&text.parse().unwrap())
    }

    #[test]
    fn every_field_has_a_key() {
        let bytes = |setting: &Setting| setting.count * if setting.largest == u32::MAX { 4 } else { 2 };
        assert_eq!(all().iter().map(bytes).sum::<usize>(), core::mem::size_of::<RiskParams>());
        let mut params = RiskParams::CAUTIOUS;
        for setting in all() {
            let numbers = (1_u32..).take(setting.count).collect::<Vec<_>>();
            (setting.set)(&mut params, &numbers).unwrap();
            assert_eq!((setting.get)(&params), numbers, "{}", setting.key);
        }
    }

    #[test]
    fn keys_go_over_the_preset() {
        assert_eq!(parse("").unwrap(), RiskParams::NONE);
        assert_eq!(parse("preset = \"cautious\"").unwrap(), RiskParams::CAUTIOUS);
        let read = parse(
            "preset = \"cautious\"\nmax_var_bps = 300\nmax_stress_bps = \"none\"\nmin_liquidation_sigma_milli = \"none\"\n\
             scales_bps = [10000, 5000, 2500, 0]\njumps = [1, 2, \"none\"]\nvolatility_bps = \"none\"\nmax_sample_age = 3600",
        );
        let expected = RiskParams {
            max_var_bps: 300,
            max_stress_bps: u16::MAX,
            min_liquidation_sigma_milli: 0,
            scales_bps: [10_000, 5_000, 2_500, 0],
            jumps: [1, 2, u16::MAX],
            volatility_bps: [u32::MAX; 3],
            max_sample_age: 3_600,
            ..RiskParams::CAUTIOUS
        };
        assert_eq!(read.unwrap(), expected);
    }

    #[test]
    fn a_refusal_names_the_key_and_what_is_allowed() {
        let cases = [
            ("max_vra_bps = 1", "engine.limits.max_vra_bps: there is no such limit; there are preset, max_var_bps, "),
            ("preset = \"wild\"", "engine.limits.preset: give \"none\" or \"cautious\""),
            ("max_var_bps = 65536", "engine.limits.max_var_bps: give a whole number up to 65535, or \"none\""),
            ("max_var_bps = \"all\"", "engine.limits.max_var_bps: give a whole number up to 65535, or \"none\""),
            ("max_var_bps = [1]", "engine.limits.max_var_bps: give a whole number"),
            ("max_var_bps = -1", "engine.limits.max_var_bps: give a whole number"),
            ("calm_days = \"none\"", "engine.limits.calm_days: give a whole number up to 65535"),
            ("jumps = [1, 2]", "engine.limits.jumps: give 3 whole numbers up to 65535 in brackets, or \"none\""),
            ("jumps = 1", "engine.limits.jumps: give 3 whole numbers"),
            ("scales_bps = \"none\"", "engine.limits.scales_bps: give 4 whole numbers up to 65535 in brackets"),
            ("horizon_days = 31", "engine.limits.horizon_days: horizon_days must be from 1 to 30"),
            ("max_leverage_bps = 9999", "engine.limits.max_leverage_bps: max_leverage_bps must be at least 10000"),
            ("drawdown_bps = [3, 2, 1]", "engine.limits.drawdown_bps: A signal's thresholds must not be zero"),
        ];
        for (text, expected) in cases {
            let refused = parse(text).unwrap_err().to_string();
            assert!(refused.starts_with(expected), "{refused}\nexpected {expected}");
        }
    }

    #[test]
    fn a_value_is_shown_as_the_command_takes_it() {
        let option = |key: &str, params: &RiskParams| {
            let setting = all().into_iter().find(|setting| setting.key == key).unwrap();
            setting.option(&setting.shown(params))
        };
        let cautious = RiskParams::CAUTIOUS;
        assert_eq!(option("max_var_bps", &cautious), "--max-var-bps 500");
        assert_eq!(option("max_sample_age", &cautious), "--max-sample-age 10800s");
        assert_eq!(option("max_sample_age", &RiskParams::NONE), "--max-sample-age none");
        assert_eq!(option("venue_confirm_seconds", &cautious), "--venue-confirm 600s");
        assert_eq!(option("min_liquidation_sigma_milli", &RiskParams::NONE), "--min-liquidation-sigma-milli none");
        assert_eq!(option("jumps", &RiskParams { jumps: [2, 3, u16::MAX], ..cautious }), "--jumps 2,3,none");
        assert_eq!(option("jumps", &RiskParams::NONE), "--jumps none");
        assert_eq!(option("scales_bps", &cautious), "--scales-bps 10000,7500,5000,2500");
    }
}
