//! The file's mistakes, each in one line that names the key; and keypair files.

use migrations::config::Config;
use migrations::keys::KeyFiles;
use solana_keypair::read_keypair_file;
use solana_signer::Signer;

use super::support::*;

#[test]
fn a_mistake_is_told_with_its_line_and_key() {
    let cases = [
        ("epoch = 86400", "epochs = 86400", "epochs: unknown field `epochs`"),
        ("epoch = 86400", "epoch = \"a day\"", "epoch: invalid type: string \"a day\", expected u32"),
        ("epoch = 86400", "", "missing field `epoch`"),
        ("management_bps = 100", "management_bps = 70000", "management_bps: invalid value"),
        ("policy = \"bands\"", "policy = \"best\"", "policy: unknown variant `best`"),
        ("min_ticket = \"1\"", "min_ticket = 1", "min_ticket: invalid type: integer `1`, expected an amount as text"),
        ("min_ticket = \"1\"", "min_ticket = \"one\"", "min_ticket: 'one' is not an amount"),
        ("owner = \"owner.json\"", "owner = \"me\"", "owner: 'me' is neither an address nor"),
        ("[router]", "[rooter]", "unknown field `rooter`"),
        ("base_feed = \"USDC\"", "base_feed = \"EURC\"", "vault.base_feed: there is no [[feeds]] named 'EURC'"),
        ("token_feed = \"USDT\"\n", "", "lines.usdt.token_feed: a line with a pool needs"),
        ("name = \"usdc-2\"", "name = \"usdc-1\"", "lines: 'usdc-1' is there twice"),
        (
            "withdraw_order = [\"usdc-1\",",
            "withdraw_order = [\"usd\",",
            "router.withdraw_order: there is no [[lines]] named 'usd'",
        ),
        (
            "risks = [\"issuer:Tether\",",
            "risks = [\"issuer:None\",",
            "lines.usdt.risks: there is no [[risks]] named 'issuer:None'",
        ),
        ("params = \"moving\"", "params = \"still\"", "feeds.SOL.params: there is no [feed_params.still]"),
        ("keepers = [", "keepers = [7, ", "keepers: invalid type: integer `7`, expected an address or a keypair file"),
    ];
    for (from, to, expected) in cases {
        let refused = format!("{:#}", Config::parse(&edited(&[(from, to)])).unwrap_err());
        assert!(refused.contains(expected) && !refused.contains('\n'), "{refused}\nexpected {expected}");
    }
    let at_line = format!("{:#}", Config::parse("\n\n[roles]\nowner = 1\n").unwrap_err());
    assert!(at_line.starts_with("line 4, owner: "), "{at_line}");
}

#[test]
fn a_value_out_of_range_is_told_before_anything_is_sent() {
    let cases = [
        ("epoch = 86400", "epoch = 60", "router.epoch: 60 is out of range; give 3600 to 2592000 seconds"),
        ("performance_bps = 1000", "performance_bps = 4000", "vault.fees: "),
        ("recipient = \"fees.json\"", "", "vault.fees: "),
        ("outflow_bps = 2500", "outflow_bps = 10", "vault.limits: "),
        ("target_bps = 1200", "target_bps = 1900", "lines.usdt: "),
        (
            "risk_cap_bps = 2000",
            "risk_cap_bps = 20000",
            "lines.usdt.risk_cap_bps: 20000 basis points are more than all",
        ),
        ("label = \"venue:lending\"", "label = \"venue:lending-and-more\"", "lines.usdc-1.risks: there is no"),
        ("min_ticket = \"1\"", "min_ticket = \"0.0000001\"", "vault.limits.min_ticket: '0.0000001' has 7 digits"),
        ("[feed_params.moving]\nmax_age = 600", "[feed_params.moving]\nmax_age = 0", "feed_params.moving: "),
        ("keeper_pay = \"0.01\"", "keeper_pay = \"unlimited\"", "router.keeper_pay: 'unlimited' is not an amount"),
    ];
    let mut world = World::new();
    for (from, to, expected) in cases {
        let mut watched = Watched::new(&mut world.chain);
        let refused = format!("{:#}", migrate(&mut watched, &edited(&[(from, to)]), &world.files).unwrap_err());
        assert!(refused.contains(expected), "{refused}\nexpected {expected}");
        assert_eq!(watched.sent, 0);
    }
}

#[test]
fn what_the_chain_does_not_have_is_named() {
    let mut world = World::new();
    let genesis = world.genesis.clone();
    let reserve = |place: usize| genesis.markets[place].addresses.reserve.to_string();
    let (first, third, pool) = (reserve(0), reserve(2), genesis.pool.context.pool.to_string());
    let (base, other) = (genesis.base.key.to_string(), made_up("nobody").pubkey().to_string());
    let pooled = format!("pool = \"{pool}\"");
    let cases = [
        (first.as_str(), other.as_str(), "lines.usdc-1.reserve: the account"),
        (first.as_str(), pool.as_str(), "is not a lending reserve"),
        (pooled.as_str(), &format!("pool = \"{first}\""), "lines.usdt.pool"),
        (base.as_str(), other.as_str(), "vault.base_mint: the account"),
        (first.as_str(), third.as_str(), "lines.usdc-1.reserve: it lends"),
    ];
    for (from, to, expected) in cases {
        // An address may stand in two places.
        let config = text().replacen(from, to, 1);
        let mut watched = Watched::new(&mut world.chain);
        let refused = format!("{:#}", migrate(&mut watched, &config, &world.files).unwrap_err());
        assert!(refused.contains(expected), "{refused}\nexpected {expected}");
        assert_eq!(watched.sent, 0);
    }
}

#[test]
fn missing_keypair_files_are_made_and_none_is_overwritten() {
    let directory = Directory::new();
    let config = Config::parse(&text()).unwrap();
    let files = KeyFiles::of(&directory.0);
    let missing = files.address("roles.owner", &config.roles.owner).unwrap_err().to_string();
    assert!(
        missing.starts_with("roles.owner: there is no keypair file") && missing.contains("--create-keys"),
        "{missing}"
    );

    let mine = made_up("mine");
    let own = directory.0.join("owner.json");
    std::fs::write(&own, serde_json::to_string(&mine.to_bytes().to_vec()).unwrap()).unwrap();
    let made = files.create_missing(&config, None).unwrap();
    let names: Vec<_> = made.iter().map(|(path, _)| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["curator.json", "guardian.json", "fees.json", "keeper-1.json", "keeper-2.json"]);
    for (path, key) in &made {
        assert_eq!(read_keypair_file(path).unwrap().pubkey(), *key);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
    assert_eq!(files.address("roles.owner", &config.roles.owner).unwrap(), mine.pubkey());
    assert_eq!(files.create_missing(&config, None).unwrap(), []);
    assert_eq!(read_keypair_file(&own).unwrap().pubkey(), mine.pubkey());
}

#[test]
fn keys_of_a_seed_are_the_same_each_time() {
    let config = Config::parse(&text()).unwrap();
    let keys = |seed: Option<u64>| -> Vec<_> {
        let directory = Directory::new();
        let made = KeyFiles::of(&directory.0).create_missing(&config, seed).unwrap();
        made.into_iter().map(|(_, key)| key).collect()
    };
    assert_eq!(keys(Some(1)), keys(Some(1)));
    // Those of a rehearsal, so that a rehearsal has the addresses of a test cluster.
    assert_eq!(keys(Some(1))[0], made_up("owner.json").pubkey());
    assert_ne!(keys(Some(1)), keys(Some(2)));
    assert_ne!(keys(None), keys(None));
}

#[test]
fn a_file_that_is_no_keypair_is_refused_and_kept() {
    let directory = Directory::new();
    let config = Config::parse(&text()).unwrap();
    let path = directory.0.join("owner.json");
    std::fs::write(&path, "not a key").unwrap();
    for files in [KeyFiles::of(&directory.0), KeyFiles::rehearsed(&directory.0, 1)] {
        files.create_missing(&config, None).unwrap();
        let refused = files.address("roles.owner", &config.roles.owner).unwrap_err().to_string();
        assert!(refused.contains("roles.owner: cannot read a keypair from"), "{refused}");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "not a key");
}
