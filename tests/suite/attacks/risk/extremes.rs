//! Numbers at the ends of their ranges: no question is answered with an error, no price stops a feed, and caps hold.

use super::Random;
use bytemuck::Zeroable;
use gimbal_tests::Plan;
use risk_oracle::policy::{limits, stress};
use risk_oracle::state::{
    AssetRisk, Book, Exposure, Feed, LineRisk, Sample, Scenario, TailRisk, LINES, NO_RISK, SCENARIOS,
};
use risk_oracle::{AssessArgs, ModelParams, RiskParams, NO_ROW};

impl Random {
    /// A number of any size; two of three are at an end of their range.
    fn wide(&mut self) -> u64 {
        let ends = [0, 1, 2, 10_000, 1 << 56, i64::MAX as u64, i64::MIN as u64, u64::MAX - 1, u64::MAX];
        match self.next() % 3 {
            0 => self.next() >> (self.next() % 64),
            _ => ends[(self.next() % 9) as usize],
        }
    }

    fn any_exposure(&mut self) -> Exposure {
        Exposure {
            delta: self.wide() as i64,
            gamma: self.wide() as i64,
            debt: self.wide(),
            liquidity: self.wide(),
            terms: [(); 4].map(|()| self.wide()),
            carry_bps: self.wide() as i32,
            delta_bps: self.wide() as i32,
            gamma_bps: self.wide() as i32,
            debt_bps: self.wide() as u32,
            liquidation_bps: self.wide() as u16,
            utilisation_bps: self.wide() as u16,
            cost_bps: self.wide() as u16,
            kind: (self.next() % 9) as u16,
        }
    }

    fn tail(&mut self) -> TailRisk {
        TailRisk { quantile_milli: self.wide() as u32, shortfall_milli: self.wide() as u32 }
    }

    /// A book of anything that its own rules allow, and of things that they do not bound.
    fn any_book(&mut self, now: i64) -> Box<Book> {
        let mut book = Box::new(Book::zeroed());
        book.start_engine();
        book.params = match self.next() % 3 {
            0 => RiskParams::CAUTIOUS,
            1 => RiskParams { max_var_bps: 0, max_shortfall_bps: 1, max_stress_bps: 0, ..RiskParams::CAUTIOUS },
            _ => RiskParams {
                horizon_days: 30,
                max_leverage_bps: 10_000,
                max_sample_age: u32::MAX,
                ..RiskParams::CAUTIOUS
            },
        };
        book.lines = [LineRisk::FREE; LINES];
        let lines = (1u16..).zip(book.lines.iter_mut().zip(&mut book.models)).take((self.next() % 17) as usize);
        for (id, (line, model)) in lines {
            let (cap_bps, cap) = ((self.next() % 10_001) as u16, self.wide());
            *line = LineRisk { line_id: id, cap_bps, risks: [NO_RISK; 4], cap, exposure: self.wide() };
            model.asset = if self.next().is_multiple_of(4) { 255 } else { (self.next() % 8) as u8 };
            model.contagion_bps = (self.next() % 10_001) as u16;
            model.depth_mean = self.wide();
            model.exposure = self.any_exposure();
            model.stress_bps = [(); SCENARIOS].map(|()| self.wide() as i32);
            model.stressed = 255;
        }
        for (number, asset) in (1u8..).zip(&mut book.assets) {
            *asset = AssetRisk {
                feed: anchor_lang::prelude::Pubkey::new_from_array([number; 32]),
                variance: self.wide(),
                long_run: self.wide(),
                price: self.wide(),
                publish_time: now - (self.next() % 100) as i64,
                tail_low: self.tail(),
                tail_high: self.tail(),
                confidence_ratio_bps: self.wide() as u32,
                day: self.wide() as u32,
                confidence_bps: self.wide() as u16,
                drawdown_bps: self.wide() as u16,
                move_milli: self.wide() as i16,
                jumps: self.wide() as u8,
                flags: self.wide() as u8,
            };
        }
        for day in 1..=self.next() % 70 {
            let row = [(); 8].map(|()| self.wide() as i16);
            book.returns.append(day as u32, &row, 9_700).expect("a row of any residuals");
        }
        for scenario in &mut book.scenarios {
            let shocks = [(); 8].map(|()| (self.next() % 20_001) as i32 - 10_000);
            *scenario = Scenario { used: 1, shocks_bps: shocks, ..*scenario };
            scenario.label[0] = b'x';
        }
        book
    }
}

/// No numbers, however extreme, make the oracle answer with an error or a panic, or admit what its caps do not.
#[test]
fn every_question_is_answered() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let now = 1_767_225_600;
    for _ in 0..4_000 {
        let mut book = random.any_book(now);
        let held = (random.next() % 17) as usize;
        let mut args = AssessArgs {
            nav: random.wide(),
            line: if random.next().is_multiple_of(4) { NO_ROW } else { (random.next() % 16) as u8 },
            amount: random.wide(),
            values: [0; LINES],
            line_ids: [0; LINES],
            exposures: (0..held).map(|_| random.any_exposure()).collect(),
        };
        for row in 0..held {
            (args.values[row], args.line_ids[row]) = (random.wide(), row as u16 + 1);
        }
        book.observed_at = now;
        for index in 0..SCENARIOS {
            stress::run(&mut book, index, now);
        }
        let verdict = limits::assess(&mut book, &args, now).expect("an answer");
        book.invariant().expect("a book that can be asked again");
        let row = usize::from(args.line);
        if args.line == NO_ROW || verdict.flags != 0 {
            continue;
        }
        let line = book.line(args.line_ids[row]).expect("a known line");
        let after = u128::from(args.values[row]) + u128::from(args.amount);
        assert!(after <= u128::from(line.cap) && after <= u128::from(args.nav) * u128::from(line.cap_bps) / 10_000);
    }
}

/// No history of prices, however extreme, stops a feed, or the book that observes it.
#[test]
fn every_price_is_digested() {
    let mut random = Random(0xD1B5_4A32_D192_ED03);
    for _ in 0..200 {
        let mut feed: Box<Feed> = Box::new(Feed::zeroed());
        feed.set_params(&Plan::default().feed_params, 0);
        feed.engine.start(&ModelParams::DEFAULT);
        let mut asset = AssetRisk::of(anchor_lang::prelude::Pubkey::new_from_array([1; 32]));
        let mut time = 1_767_225_600i64;
        for _ in 0..120 {
            time += match random.next() % 4 {
                0 => 0,
                1 => (random.next() % 60) as i64,
                2 => 86_400,
                _ => (random.next() % 40_000_000) as i64,
            };
            let price = random.wide().max(1);
            let sample = Sample { price, confidence: random.wide(), publish_time: time, posted_slot: 1 };
            feed.take_first(&sample).expect("a sample");
            feed.finish_update(time, 1).expect("a status");
            feed.invariant().expect("a feed that goes on");
            asset.observe(&feed).expect("a snapshot");
        }
    }
}
