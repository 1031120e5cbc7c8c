//! Whole stretches of time with the risk engine: crashes, a drought, a failure that spreads, a calm year.

mod calm_year;
mod contagion;
mod crashes;
mod drought;
mod paths;
mod real;
pub(super) mod world;
