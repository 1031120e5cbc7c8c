//! Compute units as bars.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::super::palette;
use super::super::summary::Summary;
use super::frame::{draw, Failure, FONT, LABEL, WIDTH};
use super::Chart;
use crate::amount::grouped;

/// Horizontal bars: the greatest use behind the middle one.
pub(super) fn compute(summary: &Summary) -> Result<Chart, Failure> {
    const ROW: u32 = 26;
    const LEFT: i32 = 190;
    const RIGHT: i32 = 150;
    let rows: Vec<_> = summary.compute_units.iter().collect();
    let greatest = rows.iter().map(|(_, compute)| compute.max).max().unwrap_or(1).max(1);
    let height = ROW * rows.len().max(1) as u32 + 16;
    let svg = draw(height, |area| {
        let span = f64::from(WIDTH as i32 - LEFT - RIGHT);
        let end = |units: u64| LEFT + (units as f64 / greatest as f64 * span) as i32;
        let ink = palette::TEXT.color();
        let right = (FONT, LABEL).into_font().color(&ink).pos(Pos::new(HPos::Right, VPos::Center));
        let left = (FONT, LABEL).into_font().color(&ink).pos(Pos::new(HPos::Left, VPos::Center));
        for (place, (name, compute)) in rows.iter().enumerate() {
            let middle = 8 + (ROW * place as u32 + ROW / 2) as i32;
            let bar = |units: u64, opacity: f64| {
                Rectangle::new(
                    [(LEFT, middle - 8), (end(units).max(LEFT + 1), middle + 8)],
                    palette::VAULT.color().mix(opacity).filled(),
                )
            };
            area.draw(&bar(compute.max, 0.28))?;
            area.draw(&bar(compute.median, 1.0))?;
            area.draw(&Text::new((*name).clone(), (LEFT - 10, middle), right.clone()))?;
            let units = format!("{} / {}", grouped(u128::from(compute.median)), grouped(u128::from(compute.max)));
            area.draw(&Text::new(units, (end(compute.max) + 10, middle), left.clone()))?;
        }
        Ok(())
    })?;
    let caption = match summary.mode {
        "native" => {
            "Median / maximum per instruction. Native runs are not metered: run with --bytecode for real figures."
        }
        _ => "Median / maximum per instruction, as the bytecode used them.",
    };
    let keys = vec![("median (solid), maximum (pale)".to_owned(), palette::VAULT)];
    Ok(Chart { title: "Compute units", caption: caption.to_owned(), keys, svg })
}
