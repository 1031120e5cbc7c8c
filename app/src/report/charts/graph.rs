//! The contagion network as a graph: who falls with whom.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::super::palette;
use super::frame::{draw, Failure, FONT, LABEL, WIDTH};
use super::Chart;
use crate::demo::engine::Record;
use crate::demo::world::NetworkState;

const HEIGHT: u32 = 400;
/// The ellipse on which protocols stand.
const CENTRE: (f64, f64) = (WIDTH as f64 / 2.0, HEIGHT as f64 / 2.0);
const RADII: (f64, f64) = (330.0, 140.0);
/// Radius of a protocol.
const NODE: f64 = 22.0;
/// Width of the heaviest edge, and length of an arrow's head.
const HEAVIEST: f64 = 5.0;
const HEAD: f64 = 13.0;
/// Damage of everything, and the weight at which a failure takes all.
const ALL_LOST: f64 = (1u32 << 30) as f64;
const WHOLE_BPS: f64 = 10_000.0;

/// The network on the day of its greatest damage.
pub(super) fn contagion(record: &Record) -> Result<Chart, Failure> {
    let nothing = NetworkState::default();
    let (day, network) = record.risk.worst.as_ref().map_or((String::new(), &nothing), |(date, network)| {
        (format!(" on {date}, the day of the greatest damage of the run"), network)
    });
    let svg = draw(HEIGHT, |area| {
        let places = places(network.protocols.len());
        for (loser, row) in network.edges_bps.iter().enumerate() {
            for (failing, bps) in row.iter().enumerate().filter(|(_, bps)| **bps > 0) {
                let weight = (f64::from(*bps) / WHOLE_BPS).min(1.0);
                let (line, head) = arrow(places[failing], places[loser]);
                let ink = palette::TEXT.color().mix(0.25 + 0.6 * weight);
                let width = (1.0 + (HEAVIEST - 1.0) * weight) as u32;
                area.draw(&PathElement::new(line.to_vec(), ink.stroke_width(width)))?;
                area.draw(&Polygon::new(head.to_vec(), ink.filled()))?;
            }
        }
        let style = (FONT, LABEL).into_font().color(&palette::TEXT.color());
        for (protocol, place) in network.protocols.iter().zip(&places) {
            let damage = f64::from(protocol.damage) / ALL_LOST;
            let (centre, radius) = (pixel(*place), NODE as i32);
            area.draw(&Circle::new(centre, radius, palette::GRID.color().filled()))?;
            // The root tells small damages apart.
            area.draw(&Circle::new(centre, radius, palette::ALARM.color().mix(damage.sqrt().min(1.0)).filled()))?;
            area.draw(&Circle::new(centre, radius, palette::TEXT.color().stroke_width(1)))?;
            let words = format!("{}: {:.1} %", protocol.label, damage * 100.0);
            // Away from the centre, where no arrow ends.
            let (beside, anchor) =
                if place.1 < CENTRE.1 { (-radius - 6, VPos::Bottom) } else { (radius + 6, VPos::Top) };
            let style = style.clone().pos(Pos::new(HPos::Center, anchor));
            area.draw(&Text::new(words, (centre.0, centre.1 + beside), style))?;
        }
        Ok(())
    })?;
    let caption = format!(
        "The network that the book follows{day}. An arrow leads from what may fail to who then loses, and is the wider the \
         more that is; each protocol is the redder the more of it is lost or must be reckoned with, as solved on chain."
    );
    let keys = vec![("damage".to_owned(), palette::ALARM), ("exposure".to_owned(), palette::TEXT)];
    Ok(Chart { title: "Contagion", caption, keys, svg })
}

/// Centres of `count` protocols, clockwise from the top left.
fn places(count: usize) -> Vec<(f64, f64)> {
    let turn = |place: usize| (place as f64 + 0.5) / count as f64 * std::f64::consts::TAU - std::f64::consts::PI;
    (0..count).map(|place| (CENTRE.0 + RADII.0 * turn(place).cos(), CENTRE.1 + RADII.1 * turn(place).sin())).collect()
}

/// Shaft and head of an arrow between two protocols, from rim to rim.
fn arrow(from: (f64, f64), to: (f64, f64)) -> ([Pixel; 2], [Pixel; 3]) {
    let (across, down) = (to.0 - from.0, to.1 - from.1);
    let length = across.hypot(down).max(1.0);
    let (x, y) = (across / length, down / length);
    // There and back lie side by side.
    let aside = (-y * 5.0, x * 5.0);
    let at = |along: f64, beside: f64| {
        pixel((from.0 + x * along + aside.0 - y * beside, from.1 + y * along + aside.1 + x * beside))
    };
    let tip = length - NODE - 2.0;
    (
        [at(NODE + 2.0, 0.0), at(tip - HEAD, 0.0)],
        [at(tip, 0.0), at(tip - HEAD, HEAD / 2.5), at(tip - HEAD, -HEAD / 2.5)],
    )
}

/// Across and down.
type Pixel = (i32, i32);

fn pixel((x, y): (f64, f64)) -> Pixel {
    (x.round() as i32, y.round() as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_stand_apart_and_inside_the_drawing() {
        for count in 1..=16 {
            let places = places(count);
            for (place, (x, y)) in places.iter().enumerate() {
                assert!(
                    *x > NODE
                        && *x < f64::from(WIDTH) - NODE
                        && *y > NODE + 20.0
                        && *y < f64::from(HEIGHT) - NODE - 20.0
                );
                for (other_x, other_y) in places.iter().skip(place + 1) {
                    assert!((x - other_x).hypot(y - other_y) > 2.0 * NODE, "{count}");
                }
            }
        }
    }

    #[test]
    fn an_arrow_ends_at_the_rim() {
        let ([start, neck], head) = arrow((100.0, 100.0), (300.0, 100.0));
        // Five pixels aside; from 24 behind the one centre to 24 before the other.
        assert_eq!((start, neck, head[0]), ((124, 105), (263, 105), (276, 105)));
        let ([back, _], _) = arrow((300.0, 100.0), (100.0, 100.0));
        assert_eq!(back, (276, 95));
    }
}
