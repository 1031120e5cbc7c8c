//! Fixed targets in bands: a line is brought to its target weight when it has left the band around it.

use gimbal_math::Bps;

use crate::error::RouterError;

/// What the line should be worth: `target_bps` of `nav`, base units, rounded down: dust stays in cash.
///
/// # Errors
/// [`RouterError::MathOverflow`].
pub fn target_down(nav: u64, target_bps: u16) -> Result<u64, RouterError> {
    Ok(Bps(target_bps).of_down(nav)?)
}
