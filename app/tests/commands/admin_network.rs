//! `gimbal admin network`: from nothing to a vault whose line a failure two hops away caps.

use gimbal::instructions::network::network_address;
use risk_oracle::state::{Book, Network, Scores};
use solana_signer::Signer;

use super::support::Bench;

fn network(bench: &Bench) -> Network {
    let address = network_address(&bench.deployment.actors.owner.pubkey(), 2);
    gimbal::readers::read(&bench.chain, &address).expect("the network")
}

/// A network of three protocols, solved.
fn ready() -> (Bench, String) {
    let bench = Bench::new();
    let owner = &bench.deployment.actors.owner;
    let address = network_address(&owner.pubkey(), 2).to_string();
    let guardian = bench.deployment.actors.guardian.pubkey().to_string();
    let create = ["admin", "network", "create", "--id", "2", "--guardian", &guardian, "--max-edge-age", "2d", "-y"];
    let said = bench.run(owner, &create);
    assert!(said.told.contains(&address), "{}", said.told);
    for (row, name) in ["aggregator", "lender", "coin"].into_iter().enumerate() {
        let row = row.to_string();
        let mut words = vec!["admin", "network", "protocol", &address, &row, "--label", name, "-y"];
        for score in ["--audits", "--age", "--upgradeability", "--incidents", "--size"] {
            words.extend([score, "0"]);
        }
        bench.run(owner, &words);
    }
    for (loser, fails, bps) in
        [("0", "1", "6000"), ("1", "2", "5000"), ("0", "2", "0"), ("1", "0", "0"), ("2", "0", "0"), ("2", "1", "0")]
    {
        bench.run(owner, &["admin", "network", "edge-cap", &address, loser, fails, bps, "-y"]);
    }
    let poster = bench.deployment.actors.keepers[0].pubkey().to_string();
    bench.run(owner, &["admin", "network", "poster", &address, "0", &poster, "-y"]);
    let error = bench.refused(owner, &["admin", "network", "solve", &address, "-y"]);
    assert!(error.contains("still being set up") && error.contains("--first"), "{error}");
    let error = bench.refused(owner, &["admin", "network", "follow", &bench.vault(), &address, "-y"]);
    assert!(error.contains(&format!("gimbal admin network solve {address} --first")), "{error}");
    let said = bench.run(owner, &["admin", "network", "solve", &address, "--first", "-y"]);
    // All scores are 0: nothing is damaged.
    assert!(said.printed.contains("Protocol 2  damage 0%, by itself 0%"), "{}", said.printed);
    (bench, address)
}

#[test]
fn a_network_is_made_scored_and_shown() {
    let (bench, address) = ready();
    let made = network(&bench);
    assert_eq!((made.count, made.solves, made.params.max_edge_age), (3, 1, 2 * 86_400));
    assert_eq!(made.roles.guardian, bench.deployment.actors.guardian.pubkey());
    let owner = &bench.deployment.actors.owner;
    let shown = bench.run(owner, &["admin", "network", "show", &address]).printed;
    for word in ["aggregator", "lender", "coin", "60%", "never"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    let value = bench.run(owner, &["admin", "network", "show", &address, "--output", "json"]).json();
    assert_eq!((value["live"].as_bool(), value["current"].as_bool()), (Some(true), Some(true)));
    assert_eq!(
        (value["protocols"][1]["label"].as_str(), value["edges"][0]["counts_bps"].as_u64()),
        (Some("lender"), Some(6_000))
    );
}

#[test]
fn what_loosens_is_proposed_and_what_tightens_is_at_once() {
    let (bench, address) = ready();
    let (owner, guardian) = (&bench.deployment.actors.owner, &bench.deployment.actors.guardian);
    let said = bench.run(guardian, &["admin", "network", "protocol", &address, "1", "--audits", "unknown", "-y"]);
    assert!(said.told.contains("0 → unknown"), "{}", said.told);
    assert_eq!(network(&bench).protocols[1].scores.audits, Scores::UNKNOWN);
    let error = bench.refused(guardian, &["admin", "network", "edge-cap", &address, "0", "1", "5000", "-y"]);
    assert!(error.contains("OnlyOwnerMayLoosen"), "{error}");

    let said = bench.run(owner, &["admin", "network", "edge-cap", &address, "0", "1", "5000", "-y"]);
    assert!(said.told.contains("60% → 50%") && said.told.contains("must wait"), "{}", said.told);
    assert_eq!((network(&bench).edges[0][1].cap_bps, network(&bench).change_nonce), (6_000, 1));
    let listed = bench.run(owner, &["admin", "change", "list", &address]).printed;
    assert!(listed.contains("set_edge_cap"), "{listed}");
    bench.chain.0.borrow_mut().svm_mut().warp(2 * 86_400).expect("time passes");
    bench.run(owner, &["admin", "change", "apply", &address, "0", "-y"]);
    assert_eq!(network(&bench).edges[0][1].cap_bps, 5_000);
    let error = bench.refused(owner, &["admin", "network", "edge-cap", &address, "0", "1", "5000", "-y"]);
    assert!(error.contains("nothing to do"), "{error}");
    let error = bench.refused(owner, &["admin", "network", "params", &address, "-y"]);
    assert!(error.contains("nothing would change"), "{error}");
    let heir = guardian.pubkey().to_string();
    bench.run(owner, &["admin", "role", "propose-owner", &address, &heir, "-y"]);
    bench.run(guardian, &["admin", "role", "accept-owner", &address, "-y"]);
    assert_eq!(network(&bench).roles.owner, guardian.pubkey());
}

#[test]
fn a_vault_follows_it_and_a_loss_is_taken_over() {
    let (bench, address) = ready();
    let (owner, poster) = (&bench.deployment.actors.owner, &bench.deployment.actors.keepers[0]);
    let vault = bench.vault();
    let error = bench.refused(owner, &["admin", "network", "sync", &vault, "-y"]);
    assert!(error.contains("follows no network"), "{error}");
    bench.run(owner, &["admin", "network", "follow", &vault, &address, "-y"]);
    bench.run(owner, &["admin", "network", "sync", &vault, "-y"]);
    let book =
        || -> Book { gimbal::readers::read(&bench.chain, &bench.deployment.vault.addresses.book).expect("the book") };
    assert_eq!((book().network.to_string(), book().contagion_at > 0), (address.clone(), true));

    bench.run(poster, &["admin", "network", "post-edge", &address, "0", "1", "5900", "-y"]);
    let said = bench.run(poster, &["admin", "network", "post-loss", &address, "2", "10000", "-y"]);
    assert!(said.told.contains("100%"), "{}", said.told);
    // Anybody: the solution comes in front.
    bench.run(owner, &["admin", "book", "model", &vault, "1", "--protocol", "0", "-y"]);
    let said = bench.run(poster, &["admin", "network", "sync", &vault, "-y"]);
    // One less 0.59 · 0.5, whose last digit is rounded up: just below 70.5 %, and what is left is rounded down.
    assert!(said.printed.contains("Line 1 keeps  70.49%"), "{}", said.printed);
    let made = network(&bench);
    // All, a half, and 59 hundredths of that, of 2^30, rounded up.
    assert_eq!(made.protocols.map(|row| row.damage)[..3], [316_753_839, 536_870_912, 1 << 30]);
    assert_eq!((made.solves, book().contagion_at), (2, made.solved_at));
    let error = bench.refused(poster, &["admin", "network", "post-edge", &address, "0", "1", "9000", "-y"]);
    assert!(error.contains("EdgeAboveCap"), "{error}");
}
