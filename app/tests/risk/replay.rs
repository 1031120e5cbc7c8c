//! A feed derived anew from its history, on an embedded chain and over RPC against a test cluster.

use std::process::Command;
use std::time::Duration;

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, EmbeddedChain, Executed, PriceUpdate, Receipt, Sandbox};
use gimbal::decode::events::OracleEvent;
use gimbal::instructions::oracle;
use gimbal::localnet::{Options, Server};
use gimbal::prices::day;
use gimbal::readers;
use gimbal::risk::backtest::Model;
use gimbal::risk::replay::messages::Messages;
use gimbal::risk::replay::{derive, of_feed, Replay, ReplayError, Step};
use gimbal::setup::{feeds, keys::keypair, Asset, Deployment, Plan};
use gimbal_venue_wire::pyth::posting::{put_post_update_params, ProvedPrice};
use gimbal_venue_wire::pyth::{POST_UPDATE, RECEIVER_ID};
use pythnet_sdk::messages::{Message, PriceFeedMessage};
use risk_oracle::state::Feed;
use risk_oracle::{FeedParams, RegisterFeedArgs};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::direct::Direct;
use crate::support::series;

/// A time that no test takes.
const NEVER: Duration = Duration::from_secs(86_400);
const ID: [u8; 32] = [9; 32];

/// A feed on a chain, and what the chain has told of it.
struct Bench {
    chain: EmbeddedChain,
    owner: Keypair,
    feed: Pubkey,
    steps: Vec<Step>,
    /// Messages that were posted with averages of their own, as Pyth posts them.
    posted: Vec<PriceFeedMessage>,
}

impl Bench {
    fn new() -> Self {
        let mode = EmbeddedChain::mode_from_environment().expect("a mode");
        let mut chain = EmbeddedChain::new(mode).expect("a chain");
        let owner = keypair(3, "a feed's owner", 0);
        chain.fund(&owner.pubkey(), 1_000_000_000_000).expect("lamports");
        let params = FeedParams {
            max_age: 3_600,
            max_future: 0,
            max_confidence_bps: 500,
            wide_confidence_bps: 200,
            max_divergence_bps: 200,
            max_stable_gap_bps: 3_000,
            peg_band_bps: 200,
            stable_bps_per_hour: 600,
            peg: 0,
        };
        let args = RegisterFeedArgs {
            feed_id: ID,
            second_feed_id: [0; 32],
            curator: Pubkey::default(),
            guardian: Pubkey::default(),
            params,
        };
        let key = owner.pubkey();
        let feed = oracle::feed_address(&key, &ID);
        let mut bench = Self { chain, owner, feed, steps: Vec::new(), posted: Vec::new() };
        bench.send(oracle::register_feed(&key, &key, args));
        let model = Model::Garch.params(250).expect("a level");
        bench.send(oracle::set_model(&key, &feed, model));
        bench
    }

    fn send(&mut self, instruction: solana_instruction::Instruction) {
        let receipt = self.chain.execute(&self.owner, &[instruction], &[], &[]).expect("it runs");
        self.steps.extend(of_feed(&self.feed, &executed(receipt)));
    }

    /// Brings the days of generated prices. Of every price that `own` picks, the average is its own.
    fn days(&mut self, days: u32, own: impl Fn(u32) -> bool) {
        let made = series("Tin", 8, days);
        let account = feeds::price_account(&ID);
        for (_, bar) in &made.days {
            let midnight = (self.chain.clock().expect("a clock").unix_timestamp / day::SECONDS + 1) * day::SECONDS;
            for (moment, price) in day::prices(bar) {
                let now = self.chain.clock().expect("a clock");
                self.chain.warp((midnight + moment - now.unix_timestamp).unsigned_abs()).expect("time passes");
                let clock = self.chain.clock().expect("a clock");
                let price = i64::try_from(price / 10_000).expect("fits");
                let mut update = PriceUpdate::new(ID, price, 7, -8, clock.unix_timestamp, clock.slot);
                if own(u32::try_from(self.posted.len()).expect("few")) {
                    (update.ema_price, update.prev_publish_time) = (price + 1, clock.unix_timestamp - 3);
                }
                self.posted.push(PriceFeedMessage {
                    feed_id: update.feed_id,
                    price: update.price,
                    conf: update.conf,
                    exponent: update.exponent,
                    publish_time: update.publish_time,
                    prev_publish_time: update.prev_publish_time,
                    ema_price: update.ema_price,
                    ema_conf: update.ema_conf,
                });
                self.chain.set_price(&account, &update).expect("posted");
                self.send(oracle::update_feed(&self.feed, &account, None));
            }
        }
    }

    fn stored(&self) -> Feed {
        readers::read(&self.chain, &self.feed).expect("the feed")
    }

    fn slot(&self) -> u64 {
        self.chain.clock().expect("a clock").slot
    }

    fn derive(&self, messages: &Messages) -> Replay {
        self.against(messages, &self.stored()).expect("the history is whole")
    }

    fn against(&self, messages: &Messages, stored: &Feed) -> Result<Replay, ReplayError> {
        derive(&self.feed, &self.steps, messages, None, (stored, self.slot()))
    }
}

fn executed(receipt: Receipt) -> Executed {
    Executed { receipt, time: 0, failed: None, fee_payer: Pubkey::default(), payer_change: 0, tokens: None }
}

#[test]
fn the_whole_account_is_derived_from_price_messages() {
    let mut bench = Bench::new();
    bench.days(40, |_| false);
    let report = bench.derive(&Messages::default());
    assert_eq!(report.divergences, []);
    assert!(report.same);
    assert_eq!((report.start, report.updates, report.bars), ("registration", 160, 39));
    assert_eq!((report.proven, report.unproven, report.first_unproven), (160, 0, None));
    assert_eq!(report.inputs_hash, hex::encode(bench.stored().inputs_hash));
}

#[test]
fn messages_with_averages_of_their_own_are_taken_from_their_postings() {
    let mut bench = Bench::new();
    bench.days(3, |number| number == 5);
    // Without its posting the sixth update rests on its event; the state is derived all the same.
    let report = bench.derive(&Messages::default());
    assert_eq!((report.proven, report.unproven, report.first_unproven), (11, 1, Some(6)));
    assert!(report.same && report.divergences.is_empty());
    // As the receiver was called with it.
    let mut data = POST_UPDATE.to_vec();
    let message =
        pythnet_sdk::wire::to_vec::<_, byteorder::BE>(&Message::PriceFeedMessage(bench.posted[5])).expect("a message");
    put_post_update_params(&mut data, &ProvedPrice { feed_id: ID, message, proof: vec![[1; 20]; 3] }, 0);
    let call = |program| gimbal::chain::InnerCall {
        outer_index: 0,
        stack_height: 2,
        program,
        accounts: Vec::new(),
        data: data.clone(),
    };
    let mut messages = Messages::default();
    messages.add(&[call(Pubkey::default())]);
    assert_eq!(bench.derive(&messages).unproven, 1, "another program's call posts nothing");
    messages.add(&[call(RECEIVER_ID)]);
    let report = bench.derive(&messages);
    assert_eq!((report.proven, report.unproven, report.same), (12, 0, true));
}

#[test]
fn what_differs_is_named_with_its_update() {
    let mut bench = Bench::new();
    bench.days(35, |_| false);
    let honest = bench.stored();
    let differs = |forge: &dyn Fn(&mut Feed)| {
        let mut stored = honest;
        forge(&mut stored);
        let report = bench.against(&Messages::default(), &stored).expect("the history is whole");
        assert!(!report.same);
        report.divergences.into_iter().map(|one| (one.update, one.what)).collect::<Vec<_>>()
    };
    let one = |what: &str| vec![(140, what.to_owned())];
    assert_eq!(differs(&|feed| feed.engine.variances[4] += 1), one("engine's variances"));
    assert_eq!(differs(&|feed| feed.engine.tested.exceptions += 1), one("engine's tested"));
    assert_eq!(differs(&|feed| feed.stable_price -= 1), one("stable price"));
    assert_eq!(differs(&|feed| feed.bars.closed[3].high += 1), one("bars"));
    assert_eq!(differs(&|feed| feed.inputs_hash[31] ^= 1), one("inputs hash"));
    assert_eq!(differs(&|feed| feed.engine._pad[0] = 1), one("bytes without a name"));
}

#[test]
fn a_history_with_holes_or_without_beginning_is_refused() {
    let mut bench = Bench::new();
    bench.days(3, |_| false);
    let stored = bench.stored();
    let messages = Messages::default();
    let slot = bench.slot();
    let without_start = &bench.steps[1..];
    let error = derive(&bench.feed, without_start, &messages, None, (&stored, slot)).expect_err("no beginning");
    assert!(matches!(error, ReplayError::NoBeginning(_)), "{error}");
    assert!(error.to_string().contains("--snapshot"));
    let error = derive(&bench.feed, &[], &messages, None, (&stored, slot)).expect_err("nothing");
    assert!(matches!(error, ReplayError::NoBeginning(_)), "{error}");
    // The last update is missing.
    let last = bench.steps.pop().expect("a step");
    let error = bench.against(&messages, &stored).expect_err("a hole");
    assert!(matches!(error, ReplayError::Gap { missing: 12, .. }), "{error}");
    bench.steps.push(last);
    // One in between.
    let seventh = |step: &Step| matches!(&step.event, OracleEvent::FeedUpdated(event) if event.updates == 7);
    let place = bench.steps.iter().position(seventh).expect("the seventh");
    bench.steps.remove(place);
    let error = bench.against(&messages, &stored).expect_err("a hole");
    assert!(matches!(error, ReplayError::Gap { missing: 7, .. }), "{error}");
}

#[test]
fn saved_accounts_are_a_beginning() {
    let mut bench = Bench::new();
    bench.days(3, |_| false);
    let (saved, slot) = (bench.stored(), bench.slot());
    bench.days(2, |_| false);
    let stored = bench.stored();
    let from = Some((&saved, slot));
    let report = derive(&bench.feed, &bench.steps, &Messages::default(), from, (&stored, bench.slot())).expect("whole");
    assert_eq!(report.divergences, []);
    assert_eq!((report.start, report.updates, report.proven, report.same), ("snapshot", 8, 8, true));
    // A saved state that was not what it says gives another end.
    let mut forged = saved;
    forged.engine.scores[0] += 1 << 32;
    let from = Some((&forged, slot));
    let report = derive(&bench.feed, &bench.steps, &Messages::default(), from, (&stored, bench.slot())).expect("whole");
    assert!(!report.same && !report.divergences.is_empty());
}

#[test]
fn the_command_derives_a_feed_from_a_cluster() {
    let options = Options { port: 0, volatility: 0, tick: NEVER, slot: NEVER, ..Options::default() };
    let server = Server::start(options).expect("the cluster starts");
    let mut chain = Direct(&server);
    let mut deployment = Deployment::create(&mut chain, Plan { seed: 5, ..Plan::default() }).expect("a deployment");
    for price in [15_100_000_000, 14_700_000_000, 15_300_000_000] {
        chain.warp(86_400).expect("a day passes");
        deployment.set_price(Asset::Sol, price);
        deployment.post_prices(&mut chain).expect("prices");
    }
    let feed = deployment.feeds.get(Asset::Sol).key;
    let stored: Feed = readers::read(&chain, &feed).expect("the feed");
    let run = |key: &str, form: &str| {
        let arguments = ["risk", "replay", key, "-u", &server.rpc_url, "--output", form];
        Command::new(env!("CARGO_BIN_EXE_gimbal")).args(arguments).output().expect("it runs")
    };
    let output = run(&feed.to_string(), "json");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!((&json["same"], &json["start"], &json["unproven"]), (&true.into(), &"registration".into(), &0.into()));
    assert_eq!((&json["updates"], &json["bars"]), (&stored.updates.into(), &3.into()));
    assert_eq!(json["divergences"], serde_json::json!([]));
    let said = String::from_utf8(run(&feed.to_string(), "text").stdout).expect("UTF-8");
    assert!(said.contains("the same, byte by byte") && said.contains("all "), "{said}");
    let vault = deployment.vault.addresses.vault.to_string();
    let output = run(&vault, "text");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), error.lines().count()), (Some(1), 1), "{error}");
    assert!(error.contains("is not a feed") && error.contains("gimbal feed list"), "{error}");
}
