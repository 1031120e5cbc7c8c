//! The dearest input of an instruction, looked for on bytecode.

use gimbal::random::Random;

/// The dearest of some beginnings, varied `steps` times: each variation is taken unless it is cheaper. With its units. The
/// same on every run.
///
/// # Panics
///
/// If there is no beginning.
pub fn dearest<T>(
    beginnings: impl IntoIterator<Item = T>,
    steps: u64,
    vary: impl Fn(&T, &mut Random) -> T,
    mut units: impl FnMut(&T) -> u64,
) -> (T, u64) {
    let mut random = Random::stream(45, "dearest", steps);
    let mut best: Option<(T, u64)> = None;
    let mut take = |best: &mut Option<(T, u64)>, next: T| {
        let units = units(&next);
        if best.as_ref().is_none_or(|(_, most)| units >= *most) {
            *best = Some((next, units));
        }
    };
    for beginning in beginnings {
        take(&mut best, beginning);
    }
    for _ in 0..steps {
        let next = best.as_ref().map(|(found, _)| vary(found, &mut random));
        if let Some(next) = next {
            take(&mut best, next);
        }
    }
    best.expect("a beginning")
}
