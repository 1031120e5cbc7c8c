//! A command that is wrong: one line, and where to read more.

use super::families::Arguments;
use super::{output, USAGE};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::CommandFactory;
use std::ffi::OsString;
use std::process::ExitCode;

/// Help and version are answers; anything else is one line.
pub(super) fn refuse(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A closed pipe is the reader's wish.
            let _ = error.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            let command = named(arguments);
            output::complain(&match command.as_str() {
                "gimbal" => "no command is given; run `gimbal demo`, or `gimbal --help` for all commands".to_owned(),
                family => format!("`{family}` needs a command; see `{family} --help`"),
            });
            ExitCode::from(USAGE)
        }
        _ => {
            output::complain(&one_line(error, &named(arguments)));
            ExitCode::from(USAGE)
        }
    }
}

/// The command as far as its words are commands: "gimbal vault deposit".
fn named(arguments: &[OsString]) -> String {
    let mut command = Arguments::command();
    let mut name = "gimbal".to_owned();
    for word in arguments.iter().skip(1).filter_map(|word| word.to_str()) {
        let Some(next) = command.find_subcommand(word).cloned() else {
            continue;
        };
        name = format!("{name} {}", next.get_name());
        command = next;
    }
    name
}

/// The parser's first sentence, what it suggests, and where to read more.
fn one_line(error: &clap::Error, command: &str) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    let mut problem = first.strip_prefix("error: ").unwrap_or(first).trim_end_matches(':').to_owned();
    if error.kind() == ErrorKind::MissingRequiredArgument {
        if let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg) {
            problem = format!("{problem}: {}", missing.join(", "));
        }
    }
    let first = |value: &ContextValue| match value {
        ContextValue::String(one) => Some(one.clone()),
        ContextValue::Strings(several) => several.first().cloned(),
        _ => None,
    };
    if let Some(better) = error.get(ContextKind::SuggestedSubcommand).and_then(first) {
        return format!("{problem}; did you mean {better}? See `{command} {better} --help`");
    }
    let suggested = [ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    match suggested.into_iter().filter_map(|kind| error.get(kind)).find_map(first) {
        Some(better) => format!("{problem}; did you mean {better}? See `{command} --help`"),
        None => format!("{problem}; see `{command} --help`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn line(words: &[&str]) -> String {
        let arguments: Vec<OsString> = words.iter().map(OsString::from).collect();
        one_line(&Arguments::try_parse_from(&arguments).expect_err("wrong"), &named(&arguments))
    }

    #[test]
    fn the_line_says_where_to_read_more() {
        assert!(line(&["gimbal", "-u", "l", "demo", "--dayz", "3"]).ends_with("See `gimbal demo --help`"));
        assert!(line(&["gimbal", "demp"]).ends_with("did you mean demo? See `gimbal demo --help`"));
        assert!(line(&["gimbal", "verify"]).ends_with("see `gimbal verify --help`"));
        assert!(line(&["gimbal", "--frobnicate"]).ends_with("see `gimbal --help`"));
    }
}
