//! How much of a limit is used, as a bar.

use comfy_table::{Cell, Color};

/// Blocks of a bar that is full.
const BAR: u64 = 10;

/// How much of a limit is used: `████░░░░░░   42%`, full and longer numbers beyond it.
pub fn bar(use_bps: Option<u64>) -> Cell {
    let Some(bps) = use_bps else { return Cell::new("–") };
    // Rounded up: what is used at all shows a block, and only a limit that is reached shows all of them.
    let blocks = match bps {
        10_000.. => BAR,
        bps => (bps * BAR).div_ceil(10_000).min(BAR - 1),
    };
    let bar: String = (0..BAR).map(|block| if block < blocks { '█' } else { '░' }).collect();
    let cell = Cell::new(format!("{bar} {:>4}%", bps.div_ceil(100).min(9_999)));
    // Colours are left out where nobody looks at a terminal.
    match bps {
        10_001.. => cell.fg(Color::Red),
        8_000.. => cell.fg(Color::Yellow),
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_fill_at_the_limit_only() {
        let shown = |bps| bar(bps).content();
        assert_eq!(shown(None), "–");
        assert_eq!(shown(Some(0)), "░░░░░░░░░░    0%");
        assert_eq!(shown(Some(1)), "█░░░░░░░░░    1%");
        assert_eq!(shown(Some(4_200)), "█████░░░░░   42%");
        assert_eq!(shown(Some(9_999)), "█████████░  100%");
        assert_eq!(shown(Some(10_000)), "██████████  100%");
        assert_eq!(shown(Some(25_000)), "██████████  250%");
    }
}
