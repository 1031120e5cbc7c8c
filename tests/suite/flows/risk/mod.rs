//! Whole stretches of time with the risk engine: crashes, a drought, a failure that spreads, a calm year.

mod calm_year;
pub(crate) mod contagion;
mod crashes;
mod drought;
pub(crate) mod paths;
mod real;
pub(crate) mod world;
