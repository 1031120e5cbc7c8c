//! Who may do what: owners, curators, guardians, keepers.

use anchor_lang::prelude::Pubkey;
use gimbal::views::Facts;
use risk_oracle::state::Feed;
use solana_signer::Signer;

use crate::support::Bench;

fn facts(bench: &Bench) -> Facts {
    Facts::read(&bench.chain, &bench.deployment.vault.addresses.vault).expect("facts")
}

#[test]
fn ownership_is_handed_over_in_two_steps() {
    let bench = Bench::new();
    let owner = &bench.deployment.actors.owner;
    let (key, next) = (bench.vault(), bench.wallet(2));
    let next_key = next.pubkey();
    let error = bench.refused(&next, &["admin", "role", "accept-owner", &key, "--whole", "-y"]);
    assert!(error.contains("NotPendingOwner"), "{error}");
    bench.run(owner, &["admin", "role", "propose-owner", &key, &next_key.to_string(), "--whole", "-y"]);
    let shown = bench.run(owner, &["admin", "role", "show", &key, "--output", "json"]).json();
    let row = |of: &str| shown.as_array().expect("rows").iter().find(|row| row["of"] == of).expect("a row").clone();
    for of in ["vault", "ledger", "book"] {
        assert_eq!(row(of)["owner"], owner.pubkey().to_string().as_str(), "{of}: nothing has changed yet");
        assert_eq!(row(of)["pending_owner"], next_key.to_string().as_str(), "{of}");
    }
    assert!(row("base feed")["pending_owner"].is_null(), "a feed is handed over by itself");
    bench.run(&next, &["admin", "role", "accept-owner", &key, "--whole", "-y"]);
    let now = facts(&bench);
    let book = now.book.expect("a book").roles.owner;
    assert_eq!((now.vault.roles.owner, now.ledger.roles.owner, book), (next_key, next_key, next_key));

    // A feed by its own address, and a proposal withdrawn.
    let feed = bench.deployment.vault.base_feed;
    bench.run(owner, &["admin", "role", "propose-owner", &feed.to_string(), &next_key.to_string(), "-y"]);
    bench.run(owner, &["admin", "role", "propose-owner", &feed.to_string(), "none", "-y"]);
    let roles = gimbal::readers::read::<Feed>(&bench.chain, &feed).expect("a feed").roles;
    assert_eq!((roles.owner, roles.pending_owner), (owner.pubkey(), Pubkey::default()));
}

#[test]
fn posts_are_named_and_given_up() {
    let bench = Bench::new();
    bench.live();
    let (owner, guardian) = (&bench.deployment.actors.owner, &bench.deployment.actors.guardian);
    let (key, other) = (bench.vault(), bench.wallet(3).pubkey());
    // A new curator of a live vault waits; leaving the post empty does not.
    let said = bench.run(owner, &["admin", "role", "set-curator", &key, &other.to_string(), "--of", "ledger", "-y"]);
    assert!(said.told.contains("must wait"), "{}", said.told);
    bench.run(owner, &["admin", "role", "set-curator", &key, "none", "--of", "ledger", "-y"]);
    assert_eq!(facts(&bench).ledger.roles.curator, Pubkey::default());
    // Nobody takes a guardian away at once, and it cannot veto its own removal.
    let said = bench.run(owner, &["admin", "role", "set-guardian", &key, "none", "-y"]);
    assert!(said.told.contains(&format!("{} → nobody", guardian.pubkey())), "{}", said.told);
    let shown = bench.run(owner, &["admin", "change", "show", &key, "0"]).printed;
    assert!(shown.contains("the owner alone"), "{shown}");
    let error = bench.refused(guardian, &["admin", "change", "veto", &key, "0", "-y"]);
    assert!(error.contains("NotVetoable"), "{error}");

    let error = bench.refused(owner, &["admin", "role", "renounce", &key, "guardian", "-y"]);
    assert!(error.contains("NotGuardian"), "{error}");
    let said = bench.run(guardian, &["admin", "role", "renounce", &key, "guardian", "-y"]);
    assert!(said.told.contains("nobody, for ever"), "{}", said.told);
    let error = bench.refused(guardian, &["admin", "role", "renounce", &key, "guardian", "-y"]);
    assert!(error.contains("was renounced before"), "{error}");
    assert!(facts(&bench).vault.roles.is_renounced(gimbal_control::Role::Guardian));
}

#[test]
fn keepers_come_and_go() {
    let bench = Bench::new();
    let (owner, guardian) = (&bench.deployment.actors.owner, &bench.deployment.actors.guardian);
    let (key, keeper) = (bench.vault(), bench.wallet(6).pubkey().to_string());
    let error = bench.refused(owner, &["admin", "keeper", "activate", &key, &keeper, "-y"]);
    assert!(error.contains("is no keeper of the vault") && error.contains("keeper register"), "{error}");
    let said = bench.run(owner, &["admin", "keeper", "register", &key, &keeper, "-y"]);
    assert!(said.told.contains("Pay of one useful action") && said.told.contains("0.01"), "{}", said.told);
    let error = bench.refused(owner, &["admin", "keeper", "register", &key, &keeper, "-y"]);
    assert!(error.contains("registered and active: nothing to do"), "{error}");
    bench.run(guardian, &["admin", "keeper", "deactivate", &key, &keeper, "-y"]);
    let state = |bench: &Bench| {
        let list = bench.run(owner, &["admin", "keeper", "list", &key, "--output", "json"]).json();
        let all = list.as_array().expect("a list").clone();
        assert_eq!(all.len(), 3, "two of the deployment and this one");
        all.into_iter().find(|one| one["key"] == keeper.as_str()).expect("listed")["active"].as_bool()
    };
    assert_eq!(state(&bench), Some(false));
    let error = bench.refused(guardian, &["admin", "keeper", "activate", &key, &keeper, "-y"]);
    assert!(error.contains("NotOwner"), "{error}");
    bench.run(owner, &["admin", "keeper", "activate", &key, &keeper, "-y"]);
    assert_eq!(state(&bench), Some(true));
    let table = bench.run(owner, &["admin", "keeper", "list", &key]).printed;
    assert!(table.contains(&keeper) && table.contains("never"), "{table}");
}
