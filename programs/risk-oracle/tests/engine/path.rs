//! A price path of integers, which the reference made in the same way, and what the reference says of it.

use risk_oracle::Bar;

/// Bars of the path.
pub const LENGTH: u32 = 700;

/// 700 bars of pseudo-random prices: sixty quiet days and sixty wild ones in turn, a fall by 30% in bar 150 and a rise by 35%
/// in bar 300, a thin bar of two samples in every 37, a gap of four days after every 53rd.
pub fn path() -> Vec<Bar> {
    let (mut state, mut price, mut day) = (20_260_801u64, 100_000_000_000_000u64, 20_000u32);
    let mut bars = Vec::new();
    for at in 0..LENGTH {
        let widest = if (at / 60) % 2 == 0 { 60 } else { 250 };
        let samples = if at % 37 == 5 { 2 } else { 4 };
        let mut bar: Option<Bar> = None;
        for sample in 0..samples {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            price = price * (10_000 + (state >> 33) % (2 * widest + 1) - widest) / 10_000;
            if sample + 1 == samples {
                price = match at {
                    150 => price * 70 / 100,
                    300 => price * 135 / 100,
                    _ => price,
                };
            }
            match &mut bar {
                Some(bar) => bar.add(price),
                None => bar = Some(Bar::first(day, price)),
            }
        }
        bars.extend(bar);
        day += if at % 53 == 7 { 4 } else { 1 };
    }
    bars
}

/// What the engine holds after a bar.
pub struct At {
    /// Number of the bar, from 0.
    pub bar: usize,
    /// EWMA, GARCH, HAR, range model, mixture, per day.
    pub variances: [f64; 5],
    /// Of squared returns and of range variances.
    pub long_run: [f64; 2],
    /// Of 65,536.
    pub weights: [f64; 4],
    pub scores: [f64; 4],
    /// Quantile and shortfall, thousandths.
    pub low: [f64; 2],
    pub high: [f64; 2],
    pub residual: i16,
    pub jumps: u32,
    /// Days, exceptions, n00, n01, n10, n11.
    pub counts: [u32; 6],
    pub qlike: [f64; 5],
    pub qlike_squared: f64,
    pub quantile_loss: f64,
}

/// In double precision by Python 3 (the recursion written out once more, bar by bar, with `math.log` and `math.exp`).
pub const EXPECTED: [At; 9] = [
    At {
        bar: 0,
        variances: [1.000000000000e-04, 1.000000000000e-04, 5.747781374356e-06, 1.000000000000e-04, 6.701172348102e-05],
        long_run: [1.000000000000e-04, 1.000000000000e-04],
        weights: [3276.800000, 9830.400000, 22937.600000, 29491.200000],
        scores: [0.000000000, 0.000000000, 0.000000000, 0.000000000],
        low: [2600.000000, 3120.000000],
        high: [2600.000000, 3120.000000],
        residual: 0,
        jumps: 0,
        counts: [0, 0, 0, 0, 0, 0],
        qlike: [0.000000000, 0.000000000, 0.000000000, 0.000000000, 0.000000000],
        qlike_squared: 0.000000000,
        quantile_loss: 0.000000000,
    },
    At {
        bar: 1,
        variances: [9.583996368118e-05, 9.133325766913e-05, 3.167353545643e-05, 7.628585789851e-05, 6.793613791413e-05],
        long_run: [6.533303067651e-05, 7.035732237314e-05],
        weights: [3686.468571, 11059.405713, 17611.908578, 33178.217139],
        scores: [0.305728784, 0.305728784, 4.125767035, 0.305728784],
        low: [2596.159681, 3115.121756],
        high: [2594.810379, 3113.772455],
        residual: -676,
        jumps: 0,
        counts: [0, 0, 0, 0, 0, 0],
        qlike: [0.000000000, 0.000000000, 0.000000000, 0.000000000, 0.000000000],
        qlike_squared: 0.000000000,
        quantile_loss: 0.000000000,
    },
    At {
        bar: 2,
        variances: [9.101743614434e-05, 8.161522892693e-05, 2.883966598822e-05, 5.765197021171e-05, 5.546546961480e-05],
        long_run: [4.871018869563e-05, 5.647380350324e-05],
        weights: [3603.025962, 10845.224283, 18165.782729, 32921.967026],
        scores: [0.807746553, 0.774361564, 4.089190870, 0.656331443],
        low: [2592.334661, 3110.262948],
        high: [2589.641434, 3107.569721],
        residual: -477,
        jumps: 0,
        counts: [0, 0, 0, 0, 0, 0],
        qlike: [0.000000000, 0.000000000, 0.000000000, 0.000000000, 0.000000000],
        qlike_squared: 0.000000000,
        quantile_loss: 0.000000000,
    },
    At {
        bar: 30,
        variances: [6.089092100555e-05, 5.026994072285e-05, 1.908970022477e-05, 1.709837510210e-05, 2.178304986685e-05],
        long_run: [5.438490896179e-05, 2.560959139245e-05],
        weights: [1473.650623, 5932.784153, 22939.596093, 35189.969131],
        scores: [20.407465618, 17.466079836, 12.415349453, 10.649528039],
        low: [2599.150943, 3089.716981],
        high: [2638.037736, 3128.603774],
        residual: -1381,
        jumps: 0,
        counts: [1, 0, 0, 0, 0, 0],
        qlike: [1.754188858, 1.556694018, 1.070904924, 0.914960184, 1.076389310],
        qlike_squared: 0.261063203,
        quantile_loss: 0.000065406,
    },
    At {
        bar: 31,
        variances: [5.820615289760e-05, 4.700342345748e-05, 1.430780086872e-05, 1.326842490402e-05, 1.739541813400e-05],
        long_run: [5.318990511526e-05, 2.493171550495e-05],
        weights: [1348.566814, 5510.526956, 23059.491070, 35617.415161],
        scores: [22.011342661, 18.921287088, 13.080093794, 11.245665443],
        low: [2599.124294, 3088.766478],
        high: [2639.231638, 3128.873823],
        residual: -861,
        jumps: 0,
        counts: [2, 0, 1, 0, 0, 0],
        qlike: [3.562140557, 3.186562069, 1.859802759, 1.617592868, 1.971896232],
        qlike_squared: 0.301760984,
        quantile_loss: 0.000146534,
    },
    At {
        bar: 150,
        variances: [1.972634219339e-04, 2.177292318247e-04, 2.075254890612e-02, 1.663842069493e-02, 1.845255916906e-02],
        long_run: [3.604406261005e-04, 4.675335121296e-04],
        weights: [72.259234, 667.839561, 31852.627121, 32943.274085],
        scores: [197.120122074, 185.868366511, 155.693073357, 157.869545115],
        low: [9384.615385, 9784.615385],
        high: [2822.000000, 3222.000000],
        residual: -32000,
        jumps: 2,
        counts: [121, 4, 113, 4, 3, 0],
        qlike: [420.632627230, 433.383056112, 4006.876721220, 1214.710044009, 1736.798021965],
        qlike_squared: 4594.773982655,
        quantile_loss: 0.408368511,
    },
    At {
        bar: 151,
        variances: [1.856189457204e-04, 2.032932431517e-04, 4.185841574025e-03, 9.200598951857e-03, 6.647828268984e-03],
        long_run: [3.580902852602e-04, 4.645143280618e-04],
        weights: [117.185511, 1060.858469, 31247.191972, 33110.764049],
        scores: [197.323347323, 186.278715268, 160.923183288, 162.857038449],
        low: [9419.354839, 9818.740399],
        high: [2823.136713, 3222.522273],
        residual: 13,
        jumps: 2,
        counts: [122, 4, 113, 4, 4, 0],
        qlike: [422.807053700, 435.652088533, 4013.663761884, 1221.276232794, 1743.467648379],
        qlike_squared: 4602.437463382,
        quantile_loss: 0.421134448,
    },
    At {
        bar: 300,
        variances: [1.015724356433e-04, 2.173775351589e-04, 1.421696368210e-02, 1.143438426366e-02, 1.363912022411e-02],
        long_run: [3.575208545527e-04, 4.229052792424e-04],
        weights: [111.872201, 174.949408, 53087.365706, 12161.812686],
        scores: [237.755133739, 244.269859877, 195.590864364, 212.840388957],
        low: [3655.625000, 7551.500000],
        high: [2896.250000, 6819.000000],
        residual: 32000,
        jumps: 4,
        counts: [271, 4, 262, 4, 4, 0],
        qlike: [1097.815640425, 821.453857441, 6196.554911856, 1762.870183749, 3030.163255001],
        qlike_squared: 7675.957162183,
        quantile_loss: 0.580804395,
    },
    At {
        bar: 699,
        variances: [1.050233159510e-03, 1.017385494862e-03, 3.772421199339e-04, 3.250551019449e-04, 3.633833564435e-04],
        long_run: [4.229032970589e-04, 2.806595834138e-04],
        weights: [76.394451, 197.662613, 44448.469409, 20813.473527],
        scores: [108.708931666, 110.188539219, 64.506275769, 74.606719899],
        low: [3144.500000, 3853.700000],
        high: [3047.500000, 6384.700000],
        residual: -3581,
        jumps: 5,
        counts: [670, 14, 644, 12, 11, 2],
        qlike: [1539.434675683, 1256.291427310, 6448.266850160, 2065.506281981, 3284.643069196],
        qlike_squared: 8488.502520234,
        quantile_loss: 0.845476810,
    },
];
