//! A depositor's commands as processes against a test cluster: what is printed where, exit codes, and that a refusal sends
//! nothing.

use std::process::{Command, Output};
use std::time::Duration;

use gimbal::chain::Sandbox;
use gimbal::localnet::{Handle, Options, Server};
use gimbal::setup::{tokens, Deployment, Plan};
use serde_json::Value;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::depositor::{text, units};
use crate::process::{refusal, Folder};
use crate::support::{SOL, USDC};

/// A time that no test takes.
const NEVER: Duration = Duration::from_secs(86_400);

/// A test cluster with a deployment on it, and a wallet with 1,000 USDC.
struct Cluster {
    server: Handle,
    deployment: Deployment,
    folder: Folder,
    wallet: Keypair,
}

impl Cluster {
    fn start() -> Self {
        let options = Options { port: 0, volatility: 0, tick: NEVER, ..Options::default() };
        let server = Server::start(options).expect("the cluster starts");
        let wallet = Keypair::new();
        let deployment = {
            let mut node = server.chain();
            let chain = node.chain_mut();
            // Set-up repeats some transactions within a slot.
            chain.svm_mut().set_blockhash_per_transaction(true);
            let plan = Plan { seed: 77, ..Plan::default() };
            let deployment = Deployment::create(chain, plan).expect("a deployment");
            let owner = &deployment.actors.owner;
            let name = deployment.vault.set_lookup_table(&owner.pubkey(), &deployment.table.key);
            gimbal::chain::Chain::execute(chain, owner, &[name], &[], &[]).expect("named");
            chain.fund(&wallet.pubkey(), 10 * SOL).expect("funded");
            tokens::issue(chain, &deployment.actors, &deployment.base, &wallet.pubkey(), 1_000 * USDC).expect("issued");
            chain.svm_mut().set_blockhash_per_transaction(false);
            deployment
        };
        Self { server, deployment, folder: Folder::new("commands"), wallet }
    }

    fn run(&self, words: &[&str]) -> Output {
        let keypair = self.folder.keypair(&self.wallet);
        let config = format!(
            "json_rpc_url: {}\nwebsocket_url: ''\nkeypair_path: {keypair}\naddress_labels: {{}}\ncommitment: confirmed\n",
            self.server.rpc_url
        );
        let config = self.folder.file("config.yml", &config);
        let mut command = Command::new(env!("CARGO_BIN_EXE_gimbal"));
        command.args(["-C", &config]).args(words).output().expect("the binary runs")
    }

    fn json(&self, words: &[&str]) -> Value {
        let output = self.run(&[words, &["--output", "json"]].concat());
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{words:?}: {error}");
        let printed = String::from_utf8(output.stdout).expect("UTF-8");
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{words:?}: {error}: {printed}"))
    }

    /// Runs, expects exit code 1, one line and nothing sent; that line.
    fn refused(&self, words: &[&str]) -> String {
        let before = self.server.chain().chain().accounts_hash();
        let output = self.run(words);
        let error = refusal(&output, 1);
        assert_eq!(self.server.chain().chain().accounts_hash(), before, "{words:?} sent something");
        error
    }
}

#[test]
fn a_depositor_goes_all_the_way_by_the_binary() {
    let cluster = Cluster::start();
    let vault = cluster.deployment.vault.addresses.vault.to_string();
    let owner = cluster.wallet.pubkey().to_string();

    let listed = cluster.json(&["vault", "list"]);
    assert_eq!(text(&listed, "/0/vault"), vault);
    let previewed = cluster.json(&["vault", "preview", &vault, "deposit", "400"]);
    assert_eq!(units(&previewed, "/shares/base_units"), 400 * USDC);
    let deposited = cluster.json(&["vault", "deposit", &vault, "400", "-y"]);
    assert_eq!(text(&deposited, "/result/shares_received"), "400 shares");
    assert_eq!(text(&deposited, "/vault"), vault);

    let requested = cluster.json(&["vault", "request", &vault, "150", "-y"]);
    assert_eq!(text(&requested, "/result/shares_queued"), "150 shares");
    let filled = cluster.json(&["vault", "fulfil", &vault, "-y"]);
    assert_eq!(text(&filled, "/result/ticket_0_paid"), "150 USDC for 150 shares");
    let position = cluster.json(&["position", "show", &owner]);
    assert_eq!(units(&position, "/0/shares/base_units"), 250 * USDC);
    assert_eq!(units(&position, "/0/claimable/base_units"), 150 * USDC);
    cluster.json(&["vault", "claim", &vault, "-y"]);
    let redeemed = cluster.json(&["vault", "redeem", &vault, "max", "-y"]);
    assert_eq!(text(&redeemed, "/result/paid_out"), "250 USDC");
    let shown = cluster.json(&["vault", "show", &vault]);
    assert_eq!((units(&shown, "/supply/base_units"), units(&shown, "/cash/tracked/base_units")), (0, 0));
    assert_eq!(cluster.json(&["position", "show", &owner]), serde_json::json!([]));

    // Tables go to standard output, the review and the question's answer beside it.
    let said = cluster.run(&["vault", "deposit", &vault, "1", "-y"]);
    let (printed, told) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(printed.contains("Deposit 1 USDC: done") && printed.contains("Signature"), "{printed}");
    assert!(told.contains("Bound") && told.contains("at least 0.999 shares"), "{told}");
    cluster.server.stop().expect("stops");
}

#[test]
fn refusals_exit_with_1_and_send_nothing() {
    let cluster = Cluster::start();
    let vault = cluster.deployment.vault.addresses.vault.to_string();
    let other = Keypair::new().pubkey().to_string();
    let deposit = |amount: &str| cluster.refused(&["vault", "deposit", &vault, amount, "-y"]);
    assert!(deposit("1.0000001").contains("shorten it"));
    assert!(deposit("2000").contains("holds 1000 USDC, and this takes 2000 USDC"));
    assert!(cluster.refused(&["vault", "deposit", &other, "1", "-y"]).contains("gimbal vault list"));
    assert!(cluster.refused(&["vault", "redeem", &vault, "1", "-y"]).contains("holds no shares"));
    assert!(cluster.refused(&["vault", "claim", &vault, "-y"]).contains("nothing to claim"));
    assert!(cluster.refused(&["vault", "fulfil", &vault, "-y"]).contains("is empty (NothingToFill)"));
    let bound = cluster.refused(&["vault", "deposit", &vault, "1", "--min-shares", "1.1", "-y"]);
    assert!(bound.contains("SlippageExceeded"), "{bound}");
    assert!(cluster.refused(&["strategy", "show", &vault, "7"]).contains("has no line 7"));
    assert!(cluster.refused(&["feed", "show", &vault]).contains("is not a feed"));
    let feed = cluster.deployment.vault.base_feed.to_string();
    assert!(cluster.refused(&["feed", "update", &feed, "-y"]).contains("has the posted price already"));
    cluster.server.stop().expect("stops");
}

#[test]
fn wrong_words_exit_with_2_and_say_where_to_read_more() {
    let vault = Keypair::new().pubkey().to_string();
    for (words, part) in [
        (vec!["vault"], "`gimbal vault` needs a command"),
        (vec!["vault", "deposit", &vault], "see `gimbal vault deposit --help`"),
        (vec!["vault", "deposit", "nowhere", "1"], "give an address in base58"),
        (vec!["vault", "deposit", &vault, "1", "--slippage-bps", "10001"], "give basis points from 0 to 10000"),
        (vec!["vault", "deposit", &vault, "1", "--slippage-bps", "1", "--min-shares", "1"], "cannot be used with"),
        (vec!["vault", "preview", &vault, "depose", "1"], "did you mean deposit?"),
        (vec!["vault", "fulfil", &vault, "9"], "see `gimbal vault fulfil --help`"),
        (vec!["position"], "`gimbal position` needs a command"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_gimbal")).args(&words).output().expect("the binary runs");
        let error = String::from_utf8(output.stderr).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{words:?}: {error}");
        assert!(error.lines().count() == 1 && error.contains(part), "{words:?}: {error}");
    }
}
