//! What README.md and the guides print is what happens: every command in them is run, in order, and what comes is compared.
//!
//! Each page has a folder, a home, a localnet and ports of its own. `UPDATE_GUIDES=1` writes what comes into the pages: twice
//! run, so that what differs becomes a placeholder, and what still holds stays as it is written.

mod compare;
mod page;
mod process;
mod refresh;
mod stage;

use page::{rewritten, steps, Step, Typed};
use stage::{Ran, Stage};
use std::path::Path;
use std::time::Duration;

/// Between two commands of the second run, as a person or a slower machine takes.
const PAUSE: Duration = Duration::from_millis(700);

/// Runs what is typed in a step.
fn play(stage: &mut Stage, step: &Step) -> Ran {
    match &step.typed {
        Typed::Command(command) => stage.run(command, &step.shown),
        Typed::Interrupt => stage.interrupt(),
    }
}

/// A command that fails has to be shown failing, or its exit code has to be.
fn may_fail(step: &Step, next: Option<&Step>) -> bool {
    let asked = |next: &Step| matches!(&next.typed, Typed::Command(command) if command == "echo $?");
    step.shown.iter().any(|line| line.starts_with("error: ")) || next.is_some_and(asked)
}

fn check(name: &str, path: &str, marked: bool) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let text = std::fs::read_to_string(&path).expect("the page is there");
    let steps = steps(&text, marked);
    assert!(!steps.is_empty(), "{} has no block that runs", path.display());
    if std::env::var_os("UPDATE_GUIDES").is_some() {
        return update(name, &path, &text, &steps);
    }
    let mut stage = Stage::new(name);
    for (place, step) in steps.iter().enumerate() {
        let line = step.place.start;
        let shown = format!("{}:{line}: {:?}", path.display(), step.typed);
        assert!(!compare::says_nothing(&step.shown), "{shown}: nothing certain is shown");
        let ran = play(&mut stage, step);
        let same = match step.typed {
            // What a process printed before it was stopped is not of interest.
            Typed::Interrupt => (0..=ran.lines.len()).any(|from| compare::matches(&step.shown, &ran.lines[from..])),
            Typed::Command(_) => compare::matches(&step.shown, &ran.lines),
        };
        assert!(same, "{shown}\n{}", compare::difference(&step.shown, &ran.lines));
        let fine = ran.code.is_none_or(|code| code == 0) || may_fail(step, steps.get(place + 1));
        assert!(fine, "{shown}: ends with {:?}, and the page does not show it", ran.code);
    }
}

fn update(name: &str, path: &Path, text: &str, steps: &[Step]) {
    let run = |pause: Duration| -> Vec<Vec<String>> {
        let mut stage = Stage::new(name);
        let play = |step| {
            std::thread::sleep(pause);
            play(&mut stage, step).lines
        };
        steps.iter().map(play).collect()
    };
    let (first, second) = (run(Duration::ZERO), run(PAUSE));
    let shown: Vec<_> = steps
        .iter()
        .zip(first.iter().zip(&second))
        .map(|(step, (first, second))| {
            // What a process printed before it was stopped is not of interest.
            let from = match step.typed {
                Typed::Interrupt => step.shown.len(),
                Typed::Command(_) => usize::MAX,
            };
            let end = |lines: &'_ [String]| lines[lines.len().saturating_sub(from)..].to_vec();
            refresh::lines(&step.shown, &end(first), &end(second))
        })
        .collect();
    std::fs::write(path, rewritten(text, steps, &shown)).expect("the page can be written");
}

#[test]
fn readme() {
    check("readme", "README.md", true);
}

#[test]
fn depositor() {
    check("depositor", "docs/guides/depositor.md", false);
}

#[test]
fn curator() {
    check("curator", "docs/guides/curator.md", false);
}

#[test]
fn keeper() {
    check("keeper", "docs/guides/keeper.md", false);
}

#[test]
fn auditor() {
    check("auditor", "docs/guides/auditor.md", false);
}
