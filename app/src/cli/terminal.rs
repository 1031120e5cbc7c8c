//! The person or machine in front of a command: what is printed, and what is asked.

use super::output;
use anyhow::{bail, Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// Where a command prints and asks.
pub trait Terminal {
    /// The answer of the command, on standard output.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    fn print(&mut self, text: &str) -> Result<()>;

    /// News beside the answer, on standard error.
    fn tell(&mut self, text: &str);

    /// A question with yes or no; none where nobody is there to answer.
    ///
    /// # Errors
    ///
    /// If the terminal breaks.
    fn confirm(&mut self, question: &str) -> Result<Option<bool>>;

    /// Says that something takes a while, until the answer is dropped.
    fn wait(&mut self, what: &str) -> ProgressBar {
        let _ = what;
        ProgressBar::hidden()
    }
}

/// The terminal of this process.
#[derive(Debug, Default)]
pub struct Process;

impl Terminal for Process {
    fn print(&mut self, text: &str) -> Result<()> {
        output::print(text)
    }

    fn tell(&mut self, text: &str) {
        // News that nobody reads are no failure.
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    fn confirm(&mut self, question: &str) -> Result<Option<bool>> {
        if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            return Ok(None);
        }
        let asked = dialoguer::Confirm::new().with_prompt(question).default(false).interact_opt();
        match asked {
            Ok(answer) => Ok(Some(answer.unwrap_or(false))),
            Err(error) => Err(error).context("the terminal gave no answer; add -y to go ahead without being asked"),
        }
    }

    fn wait(&mut self, what: &str) -> ProgressBar {
        if !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    }
}

/// A terminal that remembers what was printed and answers by a list: for tests and for programs that embed the commands.
#[derive(Debug, Default)]
pub struct Scripted {
    /// What was printed.
    pub printed: String,
    /// What was told beside it.
    pub told: String,
    /// Answers to come, the next one first; when they run out, nobody is there.
    pub answers: Vec<bool>,
    /// Questions that were asked.
    pub asked: Vec<String>,
}

/// A [`Scripted`] terminal that can be looked at while a session holds it.
pub type Shared = std::rc::Rc<std::cell::RefCell<Scripted>>;

impl Terminal for Shared {
    fn print(&mut self, text: &str) -> Result<()> {
        self.borrow_mut().printed.push_str(text);
        Ok(())
    }

    fn tell(&mut self, text: &str) {
        let mut inner = self.borrow_mut();
        inner.told.push_str(text);
        inner.told.push('\n');
    }

    fn confirm(&mut self, question: &str) -> Result<Option<bool>> {
        let mut inner = self.borrow_mut();
        inner.asked.push(question.to_owned());
        Ok((!inner.answers.is_empty()).then(|| inner.answers.remove(0)))
    }
}

/// Asks before something is signed; returns only if the answer is yes.
///
/// # Errors
///
/// The answer no, and nobody to ask.
pub fn consent(terminal: &mut dyn Terminal, question: &str, yes: bool) -> Result<()> {
    if yes {
        return Ok(());
    }
    match terminal.confirm(question)? {
        Some(true) => Ok(()),
        Some(false) => bail!("you said no; nothing was signed and nothing was sent"),
        None => {
            bail!("nobody is there to confirm, since this is no terminal: add -y to send, or --dry-run to look only")
        }
    }
}
