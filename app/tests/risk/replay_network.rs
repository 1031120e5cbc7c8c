//! A contagion network derived anew from its history, on an embedded chain.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, EmbeddedChain, Executed, Receipt, Sandbox};
use gimbal::decode::events::OracleEvent;
use gimbal::instructions::changes::{presenting, Queue};
use gimbal::instructions::{network, oracle};
use gimbal::readers;
use gimbal::risk::replay::network::{derive, of_network, NetworkReplay};
use gimbal::risk::replay::{Hole, ReplayError, Step};
use gimbal::setup::keys::keypair;
use risk_oracle::state::{Network, NetworkParams, Scores};
use risk_oracle::{CreateNetworkArgs, PostEdgeArgs, PostLossArgs, SetEdgeCapArgs, SetPosterArgs, SetProtocolArgs};
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_signer::Signer;

const DAY: u64 = 86_400;

/// A network on a chain, and what the chain has told of it.
struct Bench {
    chain: EmbeddedChain,
    owner: Keypair,
    guardian: Keypair,
    poster: Keypair,
    network: Pubkey,
    steps: Vec<Step>,
}

fn label(text: &str) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    bytes
}

pub fn protocol(index: u8, points: u8, loss_bps: u16) -> SetProtocolArgs {
    let scores = Scores { audits: points, age: points, upgradeability: points, incidents: points, size: points };
    SetProtocolArgs {
        index,
        label: label(["lender", "issuer"][usize::from(index)]),
        program: Pubkey::default(),
        scores,
        loss_bps,
    }
}

pub fn cap(protocol: u8, counterparty: u8, cap_bps: u16) -> SetEdgeCapArgs {
    SetEdgeCapArgs { protocol, counterparty, cap_bps }
}

pub fn create(guardian: Pubkey) -> CreateNetworkArgs {
    CreateNetworkArgs { id: 7, curator: Pubkey::default(), guardian, params: NetworkParams::DEFAULT }
}

impl Bench {
    /// Two protocols, of which the second depends on the first, one poster, not live yet.
    fn new() -> Self {
        let mode = EmbeddedChain::mode_from_environment().expect("a mode");
        let mut chain = EmbeddedChain::new(mode).expect("a chain");
        let [owner, guardian, poster] = [0, 1, 2].map(|number| keypair(4, "a network's people", number));
        for one in [&owner, &guardian, &poster] {
            chain.fund(&one.pubkey(), 1_000_000_000_000).expect("lamports");
        }
        let key = owner.pubkey();
        let network = network::network_address(&key, 7);
        let mut bench = Self { chain, owner, guardian, poster, network, steps: Vec::new() };
        bench.owner(network::create_network(&key, &key, create(bench.guardian.pubkey())));
        bench.owner(network::set_protocol(&key, &network, protocol(0, 20, 1_000)));
        bench.owner(network::set_protocol(&key, &network, protocol(1, 40, 0)));
        bench.owner(network::set_edge_cap(&key, &network, cap(1, 0, 4_000)));
        bench.owner(network::set_edge_cap(&key, &network, cap(0, 1, 0)));
        let poster = bench.poster.pubkey();
        bench.owner(network::set_poster(&key, &network, SetPosterArgs { place: 2, key: poster }));
        bench
    }

    fn send(&mut self, signer: &Keypair, instruction: Instruction) {
        let receipt = self.chain.execute(signer, &[instruction], &[], &[]).expect("it runs");
        self.steps.extend(of_network(&self.network, &executed(receipt)));
    }

    fn owner(&mut self, instruction: Instruction) {
        self.send(&self.owner.insecure_clone(), instruction);
    }

    fn solve(&mut self, by_owner: bool) {
        let key = self.owner.pubkey();
        self.owner(network::solve_contagion(&self.network, by_owner.then_some(&key)));
    }

    fn post_edge(&mut self, bps: u16) {
        let args = PostEdgeArgs { protocol: 1, counterparty: 0, bps, observed_at: self.now() };
        self.send(&self.poster.insecure_clone(), network::post_edge(&self.poster.pubkey(), &self.network, args));
    }

    fn post_loss(&mut self, bps: u16) {
        let args = PostLossArgs { protocol: 0, bps, observed_at: self.now() - 5 };
        self.send(&self.poster.insecure_clone(), network::post_loss(&self.poster.pubkey(), &self.network, args));
    }

    /// Everything that can happen to a network, once.
    fn live(&mut self) {
        let (key, network) = (self.owner.pubkey(), self.network);
        self.post_edge(2_500);
        self.solve(true);
        self.chain.warp(DAY).expect("a day passes");
        self.post_loss(3_000);
        self.solve(false);
        let guardian = self.guardian.insecure_clone();
        self.send(&guardian, network::set_protocol(&guardian.pubkey(), &network, protocol(1, 60, 50)));
        self.send(&guardian, network::set_edge_cap(&guardian.pubkey(), &network, cap(1, 0, 5_000)));
        let tighter = NetworkParams { edge_fall_bps: 400, ..NetworkParams::DEFAULT };
        self.owner(network::set_network_params(&key, &network, tighter));
        // Better scores, which have waited: only these are of the day on which they are set.
        let guarded = network::set_protocol(&key, &network, protocol(1, 10, 0));
        let queue = Queue::Oracle(network);
        self.owner(queue.propose(&key, &key, 0, &guarded, []));
        self.chain.warp(2 * DAY + 60).expect("two days pass");
        self.owner(presenting(guarded, &queue.change(0)));
        self.solve(false);
        self.owner(oracle::propose_owner(&key, &network, &guardian.pubkey()));
        self.send(&guardian, oracle::accept_owner(&guardian.pubkey(), &network));
        self.send(
            &guardian,
            network::set_poster(&guardian.pubkey(), &network, SetPosterArgs { place: 2, key: Pubkey::default() }),
        );
    }

    fn now(&self) -> i64 {
        self.chain.clock().expect("a clock").unix_timestamp
    }

    fn stored(&self) -> Network {
        readers::read(&self.chain, &self.network).expect("the network")
    }

    fn against(&self, stored: &Network) -> NetworkReplay {
        derive(&self.network, &self.steps, None, stored).expect("there is a beginning")
    }

    /// Places of the steps of a kind.
    fn places(&self, name: &str) -> Vec<usize> {
        (0..self.steps.len()).filter(|place| self.steps[*place].event.name() == name).collect()
    }
}

fn executed(receipt: Receipt) -> Executed {
    Executed { receipt, time: 0, failed: None, fee_payer: Pubkey::default(), payer_change: 0, tokens: None }
}

#[test]
fn the_whole_account_is_derived_from_its_inputs() {
    let mut bench = Bench::new();
    let report = bench.against(&bench.stored());
    assert_eq!((report.divergences.as_slice(), report.agrees()), ([].as_slice(), true), "a draft");
    bench.live();
    let stored = bench.stored();
    let report = bench.against(&stored);
    assert_eq!((report.divergences.as_slice(), report.holes.as_slice()), ([].as_slice(), [].as_slice()));
    assert!(report.same && report.agrees());
    // Creation, two protocols, two caps, a poster; two posts, three solutions; a protocol, a cap and parameters; the change;
    // the poster's place.
    assert_eq!((report.start, report.inputs, report.solutions), ("creation", 6 + 5 + 3 + 1 + 1, 3));
    assert_eq!(report.inputs_hash, hex::encode(stored.inputs_hash));
    // The history was one in which everything moved.
    assert_eq!((stored.posts, stored.solves, stored.change_nonce, stored.moved), (2, 3, 1, 1));
    assert_eq!(stored.roles.owner, bench.guardian.pubkey());
    assert!(stored.protocols[1].scored_at > stored.protocols[0].scored_at);
}

#[test]
fn a_byte_changed_in_the_account_is_named() {
    let mut bench = Bench::new();
    bench.live();
    let honest = bench.stored();
    let differs = |forge: &dyn Fn(&mut Network)| {
        let mut stored = honest;
        forge(&mut stored);
        let report = bench.against(&stored);
        assert!(!report.same && !report.agrees());
        assert_eq!(report.holes, [], "nothing is missing");
        report.divergences.into_iter().map(|one| (one.transaction, one.what)).collect::<Vec<_>>()
    };
    let one = |what: &str| vec![(None, what.to_owned())];
    assert_eq!(differs(&|network| network.protocols[1].damage -= 1), one("protocol 1's damage"));
    assert_eq!(differs(&|network| network.protocols[0].scored_at += 1), one("protocol 0's scored at"));
    assert_eq!(differs(&|network| network.edges[1][0].observed_bps ^= 1), one("edge from 1 to 0"));
    assert_eq!(differs(&|network| network.edges[15][3]._pad[2] = 1), one("edge from 15 to 3"));
    assert_eq!(differs(&|network| network.in_force[1][0] -= 1), one("edge in force from 1 to 0"));
    assert_eq!(differs(&|network| network.posters[2].posted_at = 1), one("poster 2"));
    assert_eq!(differs(&|network| network.params.max_edge_age += 1), one("params"));
    assert_eq!(differs(&|network| network.roles.curator = Pubkey::new_from_array([1; 32])), one("roles"));
    assert_eq!(differs(&|network| network.inputs_hash[31] ^= 1), one("inputs hash"));
    assert_eq!(differs(&|network| network.solved_slot += 1), one("solved slot"));
    assert_eq!(differs(&|network| network._pad[0] = 1), one("bytes without a name"));
}

#[test]
fn a_missing_transaction_is_named_with_its_neighbours() {
    let mut bench = Bench::new();
    bench.live();
    let stored = bench.stored();
    let without = |bench: &mut Bench, place: usize| {
        let step = bench.steps.remove(place);
        let report = bench.against(&stored);
        bench.steps.insert(place, step);
        assert!(!report.agrees());
        report
    };
    let name = |bench: &Bench, place: usize| Some(bench.steps[place].signature.to_string());
    let solutions = bench.places("ContagionSolved");
    // A post between the first two solutions; then the cap that nothing else would show, before the first.
    let post = bench.places("LossPosted")[0];
    let report = without(&mut bench, post);
    let (after, before) = (name(&bench, solutions[0]), name(&bench, solutions[1]));
    assert_eq!(report.holes, [Hole { after, before: before.clone() }]);
    // What it was is told as well: the damages of that solution, and the posts that the account has counted.
    let named = |what: &str| report.divergences.iter().find(|one| one.what == what);
    assert_eq!(named("damages").expect("they differ").transaction, before);
    let posts = named("posts").expect("they differ");
    assert_eq!((posts.derived.as_str(), posts.stored.as_str()), ("1", "2"));
    let caps = bench.places("EdgeCapSet");
    let report = without(&mut bench, caps[1]);
    let hole = Hole { after: name(&bench, 0), before: name(&bench, solutions[0]) };
    assert_eq!(report.holes, [hole]);
    // A whole solution, with which the account was made live, and the last input behind the last solution.
    let report = without(&mut bench, solutions[0]);
    assert_eq!(report.holes[0], Hole { after: name(&bench, 0), before: name(&bench, solutions[1]) });
    let last = bench.places("PosterSet")[1];
    let report = without(&mut bench, last);
    assert_eq!(report.holes, [Hole { after: name(&bench, solutions[2]), before: None }]);
    assert!(report.divergences.iter().any(|one| one.what == "poster 2"), "{:?}", report.divergences);
}

#[test]
fn an_event_that_tells_something_else_than_was_sent_is_noticed() {
    let mut bench = Bench::new();
    bench.live();
    let stored = bench.stored();
    let place = bench.places("EdgePosted")[0];
    let OracleEvent::EdgePosted(event) = &mut bench.steps[place].event else { panic!("the post of an edge") };
    // Beyond the cap of 40 %, which the program refuses.
    event.bps = 4_001;
    let report = bench.against(&stored);
    let first = &report.divergences[0];
    assert_eq!((first.what.as_str(), first.stored.as_str()), ("EdgePosted", "taken"));
    assert!(first.derived.contains("EdgeAboveCap"), "{first:?}");
    assert_eq!(first.transaction, Some(bench.steps[place].signature.to_string()));
    let solved = bench.steps[bench.places("ContagionSolved")[0]].signature.to_string();
    assert_eq!(report.holes[0].before, Some(solved));
    // Scores that nobody renewed, said to be of now.
    let mut bench = Bench::new();
    bench.live();
    let place = bench.places("ProtocolSet")[2];
    let OracleEvent::ProtocolSet(event) = &mut bench.steps[place].event else { panic!("a protocol") };
    event.scored_at = event.time;
    let report = bench.against(&bench.stored());
    assert_eq!(report.divergences.iter().map(|one| one.what.as_str()).collect::<Vec<_>>(), ["age of the scores"]);
}

#[test]
fn a_history_without_beginning_is_refused_and_saved_accounts_are_one() {
    let mut bench = Bench::new();
    let (saved, slot) = (bench.stored(), bench.chain.clock().expect("a clock").slot);
    bench.chain.advance_slots(1).expect("a slot passes");
    bench.live();
    let stored = bench.stored();
    for steps in [&[][..], &bench.steps[1..]] {
        let error = derive(&bench.network, steps, None, &stored).expect_err("no beginning");
        assert!(matches!(error, ReplayError::NoBeginning(_)) && error.to_string().contains("--snapshot"), "{error}");
    }
    let report = derive(&bench.network, &bench.steps, Some((&saved, slot)), &stored).expect("it begins");
    assert_eq!((report.divergences.as_slice(), report.agrees()), ([].as_slice(), true));
    assert_eq!((report.start, report.inputs), ("snapshot", 10));
    let mut forged = saved;
    forged.edges[1][0].cap_bps = 3_999;
    let report = derive(&bench.network, &bench.steps, Some((&forged, slot)), &stored).expect("it begins");
    // The guardian has set that cap since, and better: the account is the same, and yet the past was another.
    assert!(report.same);
    forged.protocols[0].loss_bps = 10_000;
    let report = derive(&bench.network, &bench.steps, Some((&forged, slot)), &stored).expect("it begins");
    assert!(report.divergences.iter().any(|one| one.what == "damages"), "{:?}", report.divergences);
}
