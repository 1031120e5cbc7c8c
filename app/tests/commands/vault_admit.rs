//! `gimbal vault admit`: the list of a gated vault.

use gimbal::gate::List;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::support::{Bench, USDC};

fn gated(bench: &Bench, wallets: &[&Keypair]) -> String {
    let vault = &bench.deployment.vault;
    let list = List::new(&vault.addresses.vault, wallets.iter().map(|wallet| wallet.pubkey()));
    let owner = &bench.deployment.actors.owner;
    bench.execute(owner, &[vault.set_gate(&owner.pubkey(), list.root().expect("a root"))]);
    let lines: Vec<String> = wallets.iter().map(|wallet| format!("{}  # a member", wallet.pubkey())).collect();
    bench.folder.file("list.txt", &format!("# who may pay in\n\n{}\n", lines.join("\n")))
}

#[test]
fn a_wallet_of_the_list_is_admitted_and_pays_in() {
    let bench = Bench::new();
    let (wallet, other, anybody) = (bench.rich(1, 100), bench.wallet(2), bench.wallet(3));
    let list = gated(&bench, &[&wallet, &other]);
    let (vault, member) = (bench.vault(), wallet.pubkey().to_string());
    let said = bench.run(&anybody, &["vault", "admit", &vault, &member, "--list", &list, "-y"]);
    assert!(said.printed.contains("Admitted") && said.printed.contains(&member), "{}", said.printed);
    bench.run(&wallet, &["vault", "deposit", &vault, "100", "-y"]);
    assert_eq!(bench.shares(&wallet.pubkey()), 100 * USDC);
    let error = bench.refused(&anybody, &["vault", "admit", &vault, &member, "--list", &list, "-y"]);
    assert!(error.contains("is admitted already"), "{error}");
}

#[test]
fn lists_and_wallets_that_do_not_fit_are_named() {
    let bench = Bench::new();
    let (wallet, stranger) = (bench.rich(1, 100), bench.wallet(2));
    let (vault, key) = (bench.vault(), wallet.pubkey().to_string());
    let file = bench.folder.file("any.txt", &key);
    let admit = |who: &str, list: &str| bench.refused(&wallet, &["vault", "admit", &vault, who, "--list", list, "-y"]);
    assert!(admit(&key, &file).contains("is open to everybody (GateIsOpen)"));

    let list = gated(&bench, &[&wallet]);
    let error = admit(&stranger.pubkey().to_string(), &list);
    assert!(error.contains("is not on the list") && error.contains("NotAdmitted"), "{error}");
    let other = bench.folder.file("other.txt", &stranger.pubkey().to_string());
    assert!(admit(&key, &other).contains("is not the list in force"));
    let broken = bench.folder.file("broken.txt", &format!("{key}\nnobody\n"));
    assert!(admit(&key, &broken).contains("broken.txt:2: 'nobody' is not an address"));
    let empty = bench.folder.file("empty.txt", "# nobody\n");
    assert!(admit(&key, &empty).contains("names no wallet"));
    assert!(admit(&key, &bench.folder.path("missing.txt")).contains("cannot read the list"));
}
