//! The final owner: proposed on every account, and left alone once it has accepted.

use gimbal::chain::{Chain, Sandbox};
use gimbal::instructions::{oracle, router};
use gimbal::readers;
use risk_oracle::{Book, Feed};
use solana_signer::Signer;
use strategy_router::Ledger;
use vault::Vault;

use super::support::*;

fn config() -> String {
    edited(&[(
        "# final_owner = \"…\"        # a multisig, say: proposed at the end, and has to accept",
        "final_owner = \"final.json\"",
    )])
}

#[test]
fn it_is_proposed_everywhere_and_accepts() {
    let mut world = World::new();
    let printed = world.migrate(&config()).unwrap();
    let (setup, next) = (world.setup(&config()), made_up("final.json"));
    assert!(printed.contains(&format!("KEYPAIR_OF_{}", next.pubkey())), "{printed}");
    let addresses = setup.vault.addresses;
    let roles = |world: &World| {
        let mut all = vec![
            readers::read::<Vault>(&world.chain, &addresses.vault).unwrap().roles,
            readers::read::<Ledger>(&world.chain, &addresses.ledger).unwrap().roles,
            readers::read::<Book>(&world.chain, &addresses.book).unwrap().roles,
        ];
        all.extend(setup.feeds.iter().map(|feed| readers::read::<Feed>(&world.chain, &feed.key).unwrap().roles));
        all
    };
    for roles in roles(&world) {
        assert_eq!((roles.owner, roles.pending_owner), (made_up("owner.json").pubkey(), next.pubkey()));
    }
    assert!(world.is_complete(&config()));

    world.chain.fund(&next.pubkey(), SOL).unwrap();
    let mut accept = vec![
        setup.vault.accept_owner(&next.pubkey()),
        router::accept_owner(&next.pubkey(), &addresses.ledger),
        oracle::accept_owner(&next.pubkey(), &addresses.book),
    ];
    accept.extend(setup.feeds.iter().map(|feed| oracle::accept_owner(&next.pubkey(), &feed.key)));
    for instruction in accept {
        world.chain.execute(&next, &[instruction], &[], &[]).unwrap();
    }
    for roles in roles(&world) {
        assert_eq!(roles.owner, next.pubkey());
    }
    let printed = world.migrate(&config()).unwrap();
    assert!(printed.contains("nothing to do: everything is as"), "{printed}");
}

#[test]
fn after_it_accepted_only_it_can_add() {
    let mut world = World::new();
    world.migrate(&config()).unwrap();
    let (setup, next) = (world.setup(&config()), made_up("final.json"));
    world.chain.fund(&next.pubkey(), SOL).unwrap();
    let accept = router::accept_owner(&next.pubkey(), &setup.vault.addresses.ledger);
    world.chain.execute(&next, &[accept], &[], &[]).unwrap();
    let more = config().replace("\"keeper-2.json\"]", "\"keeper-2.json\", \"keeper-3.json\"]");
    let refused = world.migrate(&more).unwrap_err();
    assert!(refused.to_string().contains("one step is blocked"), "{refused}");

    // With its keypair beside the file it goes on.
    let directory = Directory::new();
    let path = directory.0.join("final.json");
    std::fs::write(&path, serde_json::to_string(&next.to_bytes().to_vec()).unwrap()).unwrap();
    let args = migrations::command::Args { keypair: vec![path.display().to_string()], ..unasked() };
    let parsed = migrations::config::Config::parse(&more).unwrap();
    migrations::command::migrate(&mut world.chain, &args, &parsed, &world.files, &mut terminal()).unwrap();
    assert!(world.is_complete(&more));
}

#[test]
fn somebody_else_who_is_proposed_is_told() {
    let mut world = World::new();
    world.migrate(&text()).unwrap();
    let (setup, owner, other) = (world.setup(&text()), made_up("owner.json"), made_up("other").pubkey());
    let propose = setup.vault.propose_owner(&owner.pubkey(), &other);
    world.chain.execute(&owner, &[propose], &[], &[]).unwrap();
    let printed = world.migrate(&config()).unwrap();
    assert!(printed.contains(&format!("{other} proposed")), "{printed}");
    let vault: Vault = readers::read(&world.chain, &setup.vault.addresses.vault).unwrap();
    assert_eq!(vault.roles.pending_owner, other);
    let ledger: Ledger = readers::read(&world.chain, &setup.vault.addresses.ledger).unwrap();
    assert_eq!(ledger.roles.pending_owner, made_up("final.json").pubkey());
}
