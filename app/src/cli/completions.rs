//! `gimbal completions` and `gimbal help-markdown`: what shells and documents make of the definition of the commands.

use super::families::Arguments;
use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Print a script that completes commands and options in a shell
///
/// Bash: `gimbal completions bash > ~/.local/share/bash-completion/completions/gimbal`. Zsh: into a file `_gimbal` in a
/// folder of $fpath. Fish: `gimbal completions fish > ~/.config/fish/completions/gimbal.fish`.
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// Print the help of all commands as one Markdown page
#[derive(Args, Debug)]
pub struct HelpMarkdown {}

/// The script.
///
/// # Errors
///
/// If standard output cannot be written to.
pub fn completions(options: &Completions) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Arguments::command(), "gimbal", &mut script);
    super::output::print(&String::from_utf8_lossy(&script))
}

/// The page.
///
/// # Errors
///
/// If standard output cannot be written to.
pub fn help_markdown(_: &HelpMarkdown) -> Result<()> {
    super::output::print(&markdown())
}

/// The help of all commands as one Markdown page.
pub fn markdown() -> String {
    let options = clap_markdown::MarkdownOptions::new()
        .title("Commands of gimbal".to_owned())
        .show_footer(false)
        .show_table_of_contents(true);
    let page = clap_markdown::help_markdown_custom::<Arguments>(&options);
    page.trim_end().to_owned() + "\n"
}
