//! The whole command line: what every command shares, and the families of commands.

use clap::{Parser, Subcommand};

use super::arguments::Global;
use super::{
    admin, blockhash, completions, demo, feed, history, keeper, localnet, position, risk, statement, strategy, vault,
    verify,
};

/// Gimbal keeps a portfolio level while markets move: an on-chain asset manager for Solana.
#[derive(Debug, Parser)]
#[command(name = "gimbal", version, about, disable_help_subcommand = true)]
pub struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The command families, one line each. What each does is written at its arguments, where its help comes from.
#[allow(missing_docs)]
#[derive(Debug, Subcommand)]
pub enum Command {
    Demo(demo::Demo),
    Localnet(localnet::Localnet),
    Vault(vault::Vault),
    Strategy(strategy::Strategy),
    Feed(feed::Feed),
    Position(position::Position),
    Risk(risk::Risk),
    History(history::History),
    Statement(statement::Statement),
    Admin(admin::Admin),
    Blockhash(blockhash::Blockhash),
    Keeper(keeper::Keeper),
    Verify(verify::Verify),
    Completions(completions::Completions),
    HelpMarkdown(completions::HelpMarkdown),
}

#[cfg(test)]
mod tests {
    use super::super::arguments::Output;
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_every_command_understands_goes_before_or_after_its_name() {
        let vault = "CeLyDKjYAq63rQHb4dSHe8jetCYEgY4xr4MCMBcKjF5Z";
        let before = ["gimbal", "-u", "l", "-k", "id.json", "--output", "json", "verify", vault];
        let after = ["gimbal", "verify", vault, "-u", "l", "-k", "id.json", "--output", "json"];
        for line in [before, after] {
            let global = Arguments::try_parse_from(line).expect("valid").global;
            assert_eq!((global.url, global.keypair.as_deref()), (vec!["l".to_owned()], Some("id.json")));
            assert_eq!((global.output, global.verbose, global.commitment), (Output::Json, false, None));
        }
        let twice = Arguments::try_parse_from(["gimbal", "verify", vault, "-u", "l", "-u", "d"]).expect("valid");
        assert_eq!(twice.global.url, ["l", "d"]);
    }
}
