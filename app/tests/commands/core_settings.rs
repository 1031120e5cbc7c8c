//! Settings, signers and errors of every command.

use std::io::Write;
use std::process::{Command, Stdio};

use gimbal::chain::Commitment;
use gimbal::cli::arguments::{Global, Level, Output as Form};
use gimbal::cli::config::Resolved;
use gimbal::setup::keys::keypair;
use solana_signer::Signer;

use crate::process::{refusal, Folder};
use crate::support::Bench;

const VAULT: &str = "CeLyDKjYAq63rQHb4dSHe8jetCYEgY4xr4MCMBcKjF5Z";
const HASH: &str = "EkSnNWid2cvwEVnVx9aBqawnmiCNiDgp3gUdkDPTKN1N";
/// A port that nobody listens on.
const NOBODY: &str = "http://127.0.0.1:9";

/// The binary with a home directory of its own.
fn gimbal(home: &Folder, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gimbal"));
    command.args(words).env("HOME", &home.0).env_remove("XDG_CONFIG_HOME").stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The one line of a command that must fail with nothing printed.
fn refused(home: &Folder, words: &[&str]) -> String {
    let output = gimbal(home, words).output().expect("the binary runs");
    refusal(&output, 1)
}

fn written(home: &Folder, text: &str) -> String {
    home.file("some.yml", text)
}

const FILE: &str = "json_rpc_url: https://api.devnet.solana.com\nwebsocket_url: ''\nkeypair_path: /keys/file.json\naddress_labels: {}\ncommitment: finalized\n";

#[test]
fn arguments_win_over_the_file() {
    let home = Folder::new("commands");
    let config = Some(written(&home, FILE).into());
    let file = Resolved::resolve(&Global { config: config.clone(), ..Global::default() }).expect("a sound file");
    assert_eq!(file.urls, ["https://api.devnet.solana.com"]);
    assert_eq!((file.keypair.as_str(), file.commitment), ("/keys/file.json", Commitment::Finalized));
    assert_eq!((file.fee_payer.as_deref(), file.output, file.file.is_some()), (None, Form::Text, true));
    assert_eq!(file.cluster(), "devnet (https://api.devnet.solana.com)");

    let all = Global {
        config,
        url: vec!["l".to_owned(), "http://10.0.0.1:8899".to_owned()],
        keypair: Some("mine.json".to_owned()),
        fee_payer: Some("theirs.json".to_owned()),
        output: Form::Json,
        verbose: true,
        commitment: Some(Level::Processed),
    };
    let resolved = Resolved::resolve(&all).expect("sound arguments");
    assert_eq!(resolved.urls, ["http://localhost:8899", "http://10.0.0.1:8899"]);
    assert_eq!((resolved.keypair.as_str(), resolved.commitment), ("mine.json", Commitment::Processed));
    assert_eq!((resolved.fee_payer.as_deref(), resolved.output), (Some("theirs.json"), Form::Json));
    assert_eq!(resolved.cluster(), "localnet (http://localhost:8899 and 1 more)");
}

#[test]
fn a_file_that_is_not_understood_is_refused() {
    let home = Folder::new("commands");
    let refuse = |text: &str| {
        let config = Some(written(&home, text).into());
        format!("{:#}", Resolved::resolve(&Global { config, ..Global::default() }).expect_err("refused"))
    };
    assert!(refuse("no: yaml: at: all").contains("cannot understand"));
    assert!(refuse(&FILE.replace("finalized", "maybe")).contains("the commitment 'maybe'"));
    assert!(refuse(&FILE.replace("https://api.devnet.solana.com", "nowhere")).contains("'nowhere' is not the address"));
    let missing = Global { config: Some(home.path("missing.yml").into()), ..Global::default() };
    let error = format!("{:#}", Resolved::resolve(&missing).expect_err("refused"));
    assert!(error.contains("there is no configuration file") && error.contains("leave -C out"), "{error}");
}

#[test]
fn without_any_configuration_it_is_mainnet_and_says_so() {
    let home = Folder::new("commands");
    let guardian = keypair(1, "guardian", 0);
    let file = home.keypair(&guardian);
    let words = ["-k", &file, "admin", "pause", VAULT, "deposits", "--sign-only", "--blockhash", HASH];
    let output = gimbal(&home, &words).output().expect("the binary runs");
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("mainnet-beta (https://api.mainnet-beta.solana.com)"), "{told}");
    assert!(text(&output.stdout).contains(&format!("{}=", guardian.pubkey())));
}

#[test]
fn an_absent_keypair_is_one_line() {
    let home = Folder::new("commands");
    let line = refused(&home, &["admin", "pause", VAULT, "deposits", "-y"]);
    assert!(line.contains("there is no keypair") && line.contains(".config/solana/id.json"), "{line}");
    assert!(line.contains("solana-keygen new"), "{line}");
    let line = refused(&home, &["-k", "nowhere.json", "admin", "pause", VAULT, "deposits", "-y"]);
    assert!(line.contains("there is no keypair 'nowhere.json'"), "{line}");
    let broken = home.file("broken.json", "[1,2,3]");
    let line = refused(&home, &["-k", &broken, "admin", "pause", VAULT, "deposits", "-y"]);
    assert!(line.contains("cannot read a keypair from") && line.contains("give --keypair"), "{line}");
    let file = home.keypair(&keypair(1, "guardian", 0));
    let line =
        refused(&home, &["-k", &file, "--fee-payer", "gone", "-u", NOBODY, "admin", "pause", VAULT, "deposits", "-y"]);
    assert!(line.contains("--fee-payer") || line.contains("gives no answer"), "{line}");
}

#[test]
fn an_unreachable_node_is_one_line() {
    let home = Folder::new("commands");
    let file = home.keypair(&keypair(1, "guardian", 0));
    for words in [
        vec!["-u", NOBODY, "-k", &file, "admin", "pause", VAULT, "deposits", "-y"],
        vec!["-u", NOBODY, "admin", "role", "show", VAULT],
        vec!["-u", NOBODY, "admin", "change", "list", VAULT],
    ] {
        let line = refused(&home, &words);
        assert!(line.contains("http://127.0.0.1:9 gives no answer") && line.contains("check --url"), "{line}");
    }
}

#[test]
fn a_hardware_wallet_is_asked_for_only_where_it_can_be() {
    let home = Folder::new("commands");
    let line = refused(&home, &["-k", "usb://ledger", "admin", "pause", VAULT, "deposits", "-y"]);
    let built = cfg!(feature = "hardware-wallets");
    assert!(line.contains(if built { "hardware wallet" } else { "--features hardware-wallets" }), "{line}");
}

#[test]
fn a_keypair_comes_through_standard_input() {
    let home = Folder::new("commands");
    let guardian = keypair(1, "guardian", 0);
    let file = std::fs::read_to_string(home.keypair(&guardian)).expect("the file");
    for source in ["-", "stdin:"] {
        let words =
            ["-k", source, "-u", NOBODY, "admin", "pause", VAULT, "deposits", "--sign-only", "--blockhash", HASH];
        let mut child = gimbal(&home, &words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        child.stdin.take().expect("piped").write_all(file.as_bytes()).expect("written");
        let output = child.wait_with_output().expect("ends");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains(&format!("{}=", guardian.pubkey())), "{source}");
    }
}

#[test]
fn the_wrong_cluster_is_named() {
    let bench = Bench::new();
    let owner = bench.deployment.actors.owner.insecure_clone();
    let elsewhere = keypair(9, "a vault of another cluster", 0).pubkey().to_string();
    let error = bench.refused(&owner, &["admin", "pause", &elsewhere, "deposits", "-y"]);
    assert!(error.contains(&format!("the account {elsewhere} does not exist")), "{error}");
    assert!(error.contains("(this is localnet (http://127.0.0.1:18900))"), "{error}");
    // An account that is there and is something else.
    let mint = bench.deployment.base.key.to_string();
    let error = bench.refused(&owner, &["admin", "pause", &mint, "deposits", "-y"]);
    assert!(error.contains(&format!("the account {mint} is not Vault")), "{error}");
    let error = bench.refused(&owner, &["admin", "change", "list", &mint]);
    assert!(error.contains("is no vault, ledger, book, feed or network"), "{error}");
}

#[test]
fn usage_errors_name_the_command() {
    let home = Folder::new("commands");
    for (words, part) in [
        (&["admin"][..], "`gimbal admin` needs a command; see `gimbal admin --help`"),
        (&["admin", "chnge"], "did you mean change? See `gimbal admin change --help`"),
        (&["admin", "pause", VAULT, "everything"], "see `gimbal admin pause --help`"),
        (&["admin", "pause", "here", "deposits"], "give an address in base58"),
        (&["admin", "pause", VAULT, "deposits", "--sign-only"], "--blockhash"),
        (&["admin", "pause", VAULT, "deposits", "--dry-run", "-y"], "cannot be used with"),
        (&["admin", "pause", VAULT, "deposits", "--compute-unit-limit", "1400001"], "1400001"),
        (&["admin", "gate", "set", VAULT], "required"),
        (&["admin", "bounds", VAULT, "1", "--cooldown", "1 day"], "give a span of time such as 45s"),
        (&["--output", "yaml", "admin", "role", "show", VAULT], "invalid value 'yaml'"),
    ] {
        let output = gimbal(&home, words).output().expect("the binary runs");
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{words:?}: {error}");
        assert!(output.stdout.is_empty() && error.lines().count() == 1, "{words:?}: {error}");
        assert!(error.contains(part), "{words:?}: {error}");
    }
}

#[test]
fn shells_and_documents_get_the_same_definition() {
    let home = Folder::new("commands");
    for (shell, mark) in [("bash", "_gimbal()"), ("zsh", "#compdef gimbal"), ("fish", "complete -c gimbal")] {
        let output = gimbal(&home, &["completions", shell]).output().expect("the binary runs");
        assert_eq!(output.status.code(), Some(0));
        let script = text(&output.stdout);
        assert!(script.contains(mark) && script.contains("withdraw-order"), "{shell}");
    }
    let output = gimbal(&home, &["help-markdown"]).output().expect("the binary runs");
    let page = text(&output.stdout);
    for command in ["gimbal demo", "gimbal verify", "gimbal admin change apply", "gimbal admin role set-guardian"] {
        assert!(page.contains(&format!("## `{command}`")), "{command}");
    }
}
