//! Stopped at every transaction, before it arrived and after it landed unheard.

use super::support::*;

#[test]
fn stopped_anywhere_it_ends_in_the_same_accounts() {
    let fresh = World::new();
    let config = edited(&[(
        "# final_owner = \"…\"        # a multisig, say: proposed at the end, and has to accept",
        "final_owner = \"final.json\"",
    )]);
    let mut whole = fresh.chain.clone();
    let mut watched = Watched::new(&mut whole);
    migrate(&mut watched, &config, &fresh.files).unwrap();
    let total = watched.sent;
    assert!(total > 20, "{total} transactions");
    let expected = whole.accounts_hash();

    for at in 0..total {
        for how in [Breaks::Before, Breaks::After] {
            let mut chain = fresh.chain.clone();
            let mut watched = Watched { breaks: Some((at, how)), ..Watched::new(&mut chain) };
            let refused = migrate(&mut watched, &config, &fresh.files).unwrap_err();
            let refused = format!("{refused:#}");
            assert!(refused.contains("run it again") && refused.contains("the line went dead"), "{refused}");
            assert_eq!(watched.sent, at + 1);
            let mut again = Watched::new(&mut chain);
            migrate(&mut again, &config, &fresh.files).unwrap();
            let left = match how {
                Breaks::Before => total - at,
                Breaks::After => total - at - 1,
            };
            assert_eq!(again.sent, left, "stopped {how:?} transaction {at}");
            assert_eq!(chain.accounts_hash(), expected, "stopped {how:?} transaction {at}");
        }
    }
}

#[test]
fn stopped_again_and_again_it_arrives() {
    let mut world = World::new();
    let mut runs = 0;
    loop {
        runs += 1;
        let mut watched = Watched { breaks: Some((1, Breaks::Before)), ..Watched::new(&mut world.chain) };
        match migrate(&mut watched, &text(), &world.files) {
            Ok(_) => break,
            Err(_) => assert!(runs < 100, "it stands still"),
        }
    }
    assert!(world.is_complete(&text()));
}
