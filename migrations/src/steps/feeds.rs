//! The oracle's feeds.

use anchor_lang::prelude::Pubkey;
use gimbal::amount;
use gimbal::chain::{Chain, ChainError};
use gimbal::instructions::oracle;
use gimbal::readers;
use risk_oracle::Feed as FeedAccount;
use solana_instruction::Instruction;

use super::{compare_numbers, Compare, Made, State, Step};
use crate::remedy::{self, Target};
use crate::setup::{Feed, Setup, PRICE_DECIMALS};

/// Registers one feed.
pub struct Register<'a> {
    pub setup: &'a Setup,
    pub feed: &'a Feed,
}

impl Step for Register<'_> {
    fn name(&self) -> String {
        format!("feed {}", self.feed.name)
    }

    fn what(&self) -> String {
        "prices from Pyth, with their bounds".to_owned()
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let Feed { key, args, authority, name } = self.feed;
        let Some(feed) = readers::read_if_exists::<FeedAccount>(chain, key)? else {
            return Ok(match *authority == self.setup.owner {
                true => State::Missing,
                false => State::Blocked(format!("{authority} has not registered it, and only that key can")),
            });
        };
        let mut compare = Compare::default();
        let (prefix, set) = (format!("feeds.{name}"), remedy::feed_params(key));
        let (is, file) = (feed.params(), args.params);
        compare_numbers!(compare, &prefix, is, file, &set, "s", [max_age, max_future]);
        compare_numbers!(
            compare,
            &prefix,
            is,
            file,
            &set,
            "",
            [
                max_confidence_bps,
                wide_confidence_bps,
                max_divergence_bps,
                max_stable_gap_bps,
                peg_band_bps,
                stable_bps_per_hour,
            ]
        );
        let peg = |units| amount::format(units, PRICE_DECIMALS);
        compare.option(&prefix, "peg", peg(is.peg), peg(file.peg), &set, "");
        let second = |id: &[u8; 32]| if *id == [0; 32] { "none".to_owned() } else { hex(id) };
        let (is, file) = (second(&feed.second_feed_id), second(&args.second_feed_id));
        compare.field(format!("{prefix}.second_id"), is, file, "nothing changes it: register another feed");
        if *authority == self.setup.owner {
            compare.roles(Target::Feed(key), &feed.roles, self.setup);
        }
        Ok(compare.state())
    }

    fn authority(&self, _: &dyn Chain) -> Result<Pubkey, ChainError> {
        Ok(self.feed.authority)
    }

    fn transactions(&self, _: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        Ok(vec![vec![oracle::register_feed(&self.feed.authority, &self.setup.payer, self.feed.args)]])
    }

    fn makes(&self) -> Vec<Made> {
        vec![Made { name: self.name(), key: Some(self.feed.key), bytes: FeedAccount::SPACE }]
    }
}

fn hex(id: &[u8; 32]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
