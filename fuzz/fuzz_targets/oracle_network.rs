//! A contagion network: solving it keeps its invariant, and no damage is less than what a protocol has by itself.
#![no_main]

use gimbal_fuzz::{base_of, load, Input};
use libfuzzer_sys::fuzz_target;
use risk_oracle::{
    policy::contagion::{initial_up, solve},
    state::{Edge, Network, ALL_LOST},
};

/// A moment, Unix seconds.
const NOW: i64 = 1_800_000_000;

fuzz_target!(|data: &[u8]| {
    let input = Input::new(data);
    let base = base_of::<Network>(|network| {
        network.params = risk_oracle::state::NetworkParams::DEFAULT;
        for (index, row) in network.edges.iter_mut().enumerate() {
            *row = [Edge::UNKNOWN; 16];
            row[index] = Edge::TO_SELF;
        }
    });
    load::<Network>(&input.account(&base), |network| {
        if network.invariant().is_err() {
            assert!(network.validate().is_err(), "settings are the invariant and more");
            return;
        }
        let mut after = Box::new(*network);
        solve(&mut after, NOW);
        assert!(after.invariant().is_ok(), "solving keeps the invariant");
        assert_eq!(after.validate().is_ok(), network.validate().is_ok(), "and touches no setting");
        assert_eq!((after.roles, after.count, after.solves), (network.roles, network.count, network.solves));
        for protocol in after.protocols.iter().take(usize::from(after.count)) {
            let own = initial_up(protocol, &after.params, NOW);
            assert!(own <= protocol.damage && protocol.damage <= ALL_LOST);
        }
    });
});
