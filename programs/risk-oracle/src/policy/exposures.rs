//! What a ledger reports: stored per line, summed per risk and per asset.

use crate::policy::limits::AssessArgs;
use crate::state::{Book, Exposure, NO_LINE};

/// What storing a report found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    /// A line that the book does not know holds value, which no limit sees.
    pub unknown: bool,
}

/// Writes each line's value and exposure and each risk's sum. Sums that leave their width stay at the largest value.
pub fn store(book: &mut Book, args: &AssessArgs) -> Gaps {
    let Book { lines, risks, models, .. } = book;
    lines.iter_mut().for_each(|line| line.exposure = 0);
    risks.iter_mut().for_each(|risk| risk.exposure = 0);

    let mut gaps = Gaps::default();
    let mut reported = 0u16;
    for (row, (line_id, value)) in args.line_ids.iter().zip(args.values).enumerate() {
        if *line_id == NO_LINE && value == 0 {
            continue;
        }
        let Some(at) = lines.iter().position(|line| *line_id != NO_LINE && line.line_id == *line_id) else {
            gaps.unknown |= value > 0;
            continue;
        };
        let (Some(line), Some(model)) = (lines.get_mut(at), models.get_mut(at)) else { continue };
        reported |= 1 << (at & 15);
        line.exposure = line.exposure.saturating_add(value);
        for index in line.risks {
            if let Some(risk) = risks.get_mut(usize::from(index)) {
                risk.exposure = risk.exposure.saturating_add(value);
            }
        }
        let exposure = args.exposures.get(row).copied().unwrap_or(Exposure::none());
        if exposure.kind != model.exposure.kind {
            model.stressed = 0;
        }
        model.exposure = exposure;
    }
    // A line that the ledger no longer has is exposed to nothing.
    for (at, model) in models.iter_mut().enumerate() {
        if (reported >> (at & 15)) & 1 == 0 && model.exposure != Exposure::none() {
            model.exposure = Exposure::none();
            model.stressed = 0;
        }
    }
    gaps
}

/// Sums each asset's Greeks and all debts over the lines, as they were reported last and are seen now. Sums that leave their width
/// stay at the largest value.
pub fn sum(book: &mut Book) {
    let Book { lines, models, assets, figures, .. } = book;
    (figures.deltas, figures.gammas, figures.debt, figures.unmodelled) = Default::default();
    for (line, model) in lines.iter().zip(models.iter()).filter(|(line, _)| line.line_id != NO_LINE) {
        let (exposure, asset) = (&model.exposure, usize::from(model.asset));
        figures.debt = figures.debt.saturating_add(exposure.debt);
        if let (Some(delta), Some(gamma)) = (figures.deltas.get_mut(asset), figures.gammas.get_mut(asset)) {
            *delta = delta.saturating_add(exposure.delta);
            *gamma = gamma.saturating_add(exposure.gamma);
        }
        let forecast = assets.get(asset).is_some_and(|asset| asset.variance != 0);
        if line.exposure > 0 && exposure.is_moved_by_price() && !forecast {
            figures.unmodelled = 1;
        }
    }
}
