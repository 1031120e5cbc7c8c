//! Colours: those of the light page are drawn into the charts, and the dark page maps each to its partner by style
//! rules, so that one SVG serves both.

use plotters::style::RGBColor;

/// One colour in both lights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ink {
    /// On white.
    pub light: (u8, u8, u8),
    /// On near black.
    pub dark: (u8, u8, u8),
}

impl Ink {
    /// The colour to draw with.
    pub fn color(self) -> RGBColor {
        let (red, green, blue) = self.light;
        RGBColor(red, green, blue)
    }

    /// As the chart library writes it into SVG.
    pub fn hex(self) -> String {
        hex(self.light)
    }
}

fn hex((red, green, blue): (u8, u8, u8)) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}

/// Text and axes.
pub const TEXT: Ink = Ink { light: (0x3A, 0x42, 0x50), dark: (0xB9, 0xC2, 0xD0) };
/// Grid lines.
pub const GRID: Ink = Ink { light: (0xE4, 0xE8, 0xEE), dark: (0x2A, 0x31, 0x3C) };
/// The vault.
pub const VAULT: Ink = Ink { light: (0x1D, 0x4E, 0xD8), dark: (0x6E, 0x9B, 0xFF) };
/// Cash.
pub const CASH: Ink = Ink { light: (0x94, 0xA3, 0xB8), dark: (0x64, 0x74, 0x8B) };
/// The lines and venues, in order; further ones start again.
pub const VENUES: [Ink; 3] = [
    Ink { light: (0x0D, 0x94, 0x88), dark: (0x2D, 0xD4, 0xBF) },
    Ink { light: (0xC2, 0x6A, 0x0A), dark: (0xF5, 0xA5, 0x4B) },
    Ink { light: (0x7C, 0x3A, 0xED), dark: (0xA9, 0x84, 0xFB) },
];
/// The queue, and loss.
pub const ALARM: Ink = Ink { light: (0xC8, 0x1E, 0x3A), dark: (0xFF, 0x6B, 0x81) };
/// The illiquid weeks.
pub const DRY: Ink = Ink { light: (0xB4, 0x5A, 0x9C), dark: (0xE0, 0x8F, 0xCB) };

/// The colour of a venue.
pub fn venue(index: usize) -> Ink {
    VENUES[index % VENUES.len()]
}

/// Style rules that turn every light colour of a chart into its dark partner.
pub fn dark_rules() -> String {
    [TEXT, GRID, VAULT, CASH, ALARM, DRY]
        .into_iter()
        .chain(VENUES)
        .map(|ink| {
            let (from, to) = (ink.hex(), hex(ink.dark));
            format!("svg [fill=\"{from}\"]{{fill:{to}}}svg [stroke=\"{from}\"]{{stroke:{to}}}")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_is_its_own() {
        let all: Vec<Ink> = [TEXT, GRID, VAULT, CASH, ALARM, DRY].into_iter().chain(VENUES).collect();
        for (place, one) in all.iter().enumerate() {
            assert!(all.iter().skip(place + 1).all(|other| other.light != one.light), "{}", one.hex());
        }
        assert!(dark_rules().contains("svg [fill=\"#1D4ED8\"]{fill:#6E9BFF}"));
    }
}
