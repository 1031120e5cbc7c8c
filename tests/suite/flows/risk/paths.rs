//! Price paths of the scenario tests.
//!
//! The figures are our own, rounded, and carry the shape of what they model: how far prices fell, on which day of the
//! sequence, how wide the days were. They are no market data. A file of real prices can be named instead: see
//! [`super::real`].

use gimbal_tests::Asset;

/// One day of one asset, thousandths of the price that the path begins with. A day opens where the last one closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candle {
    pub low: u64,
    pub high: u64,
    pub close: u64,
}

/// The same days of BTC, ETH and SOL.
pub type Days = Vec<[Candle; 3]>;

/// The assets of a path, in its order.
pub const MARKETS: [Asset; 3] = [Asset::Btc, Asset::Eth, Asset::Sol];

const fn candle(low: u64, high: u64, close: u64) -> Candle {
    Candle { low, high, close }
}

/// `count` ordinary days: closes wander about the beginning, BTC by 2% a day, ETH by 2.5%, SOL by 3%; ranges are once and a
/// half as wide. The pattern of moves has seven days and ends where it began.
pub fn calm(count: usize) -> Days {
    // Percent of the asset's usual move; their sum is zero.
    const MOVES: [i64; 7] = [80, -120, 40, 130, -60, -150, 80];
    let usual = [20, 25, 30];
    let day = |number: usize| {
        let sum: i64 = MOVES.iter().cycle().take(number % 7 + 1).sum();
        let before = sum - MOVES[number % 7];
        usual.map(|usual| {
            let [open, close] = [before, sum].map(|sum| 1_000 + usual * sum / 100);
            let margin = usual / 4;
            let [low, high] = [open.min(close) - margin, open.max(close) + margin];
            candle(low.unsigned_abs(), high.unsigned_abs(), close.unsigned_abs())
        })
    };
    (0..count).map(day).collect()
}

/// Models 9 to 24 May 2021: ten uneasy days with a first fall of an eighth, then one day on which BTC lost a third and
/// ETH half within hours and won part of it back, then a second leg down.
pub fn may_2021() -> Days {
    vec![
        [candle(985, 1_035, 1_015), candle(960, 1_030, 1_005), candle(950, 1_060, 1_010)],
        [candle(935, 1_035, 975), candle(955, 1_075, 1_010), candle(900, 1_080, 960)],
        [candle(950, 990, 985), candle(970, 1_075, 1_070), candle(930, 1_050, 1_040)],
        [candle(820, 1_010, 855), candle(930, 1_120, 970), candle(900, 1_130, 960)],
        [candle(820, 895, 865), candle(880, 1_035, 950), candle(880, 1_050, 1_000)],
        [candle(845, 895, 870), candle(940, 1_065, 1_045), candle(960, 1_080, 1_030)],
        [candle(815, 880, 815), candle(930, 1_060, 935), candle(980, 1_090, 1_010)],
        [candle(765, 865, 810), candle(860, 995, 920), candle(930, 1_070, 1_030)],
        [candle(735, 815, 760), candle(800, 925, 840), candle(950, 1_230, 1_210)],
        [candle(740, 795, 745), candle(830, 910, 865), candle(1_180, 1_360, 1_300)],
        [candle(525, 755, 640), candle(480, 880, 625), candle(600, 1_310, 900)],
        [candle(610, 735, 710), candle(555, 770, 710), candle(760, 1_090, 1_030)],
        [candle(585, 735, 650), candle(540, 755, 625), candle(700, 1_070, 830)],
        [candle(615, 675, 655), candle(555, 640, 590), candle(660, 850, 720)],
        [candle(545, 665, 605), candle(440, 610, 540), candle(470, 740, 560)],
        [candle(600, 695, 675), candle(535, 690, 680), candle(550, 830, 800)],
    ]
}

/// Models 6 to 15 November 2022: an exchange that failed within three days; BTC lost a quarter, ETH a third, SOL, which it
/// held much of, three fifths.
pub fn november_2022() -> Days {
    vec![
        [candle(980, 1_000, 980), candle(960, 1_000, 965), candle(880, 1_000, 905)],
        [candle(960, 990, 965), candle(950, 985, 960), candle(830, 920, 850)],
        [candle(800, 975, 870), candle(765, 970, 815), candle(600, 860, 665)],
        [candle(735, 870, 745), candle(660, 820, 675), candle(345, 680, 385)],
        [candle(735, 845, 825), candle(665, 820, 795), candle(360, 520, 475)],
        [candle(770, 825, 800), candle(765, 795, 790), candle(420, 475, 440)],
        [candle(780, 805, 790), candle(765, 790, 770), candle(395, 440, 405)],
        [candle(765, 795, 770), candle(745, 785, 750), candle(350, 410, 360)],
        [candle(740, 800, 780), candle(715, 760, 760), candle(330, 400, 385)],
        [candle(775, 800, 795), candle(755, 785, 765), candle(375, 400, 390)],
    ]
}
