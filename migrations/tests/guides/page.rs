//! What a page says to type, and what it says comes back.

use std::ops::Range;

/// The comment above a block of README.md that is to be run. In a guide, every block is.
const MARKER: &str = "<!-- runs -->";
const OPEN: &str = "```console";
const CLOSE: &str = "```";

/// Something typed at a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// A command, with the lines that belong to it.
    Command(String),
    /// Ctrl-C in the terminal of the process that was started last and still runs.
    Interrupt,
}

/// One thing typed, and the lines that the page shows below it.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is typed.
    pub typed: Typed,
    /// What the page shows.
    pub shown: Vec<String>,
    /// Which lines of the page those are, counted from 0.
    pub place: Range<usize>,
}

/// The steps of a page, in order; with `marked`, only those of blocks below a marker.
///
/// `$ ` begins a command, `> ` after it continues it, a line that ends in `\` is continued by the next, and `^C` is Ctrl-C.
///
/// # Panics
///
/// If a block is not closed, or shows something before anything is typed.
pub fn steps(page: &str, marked: bool) -> Vec<Step> {
    let lines: Vec<&str> = page.lines().collect();
    let mut steps: Vec<Step> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let runs = lines[at].trim_end() == OPEN && (!marked || (at > 0 && lines[at - 1].trim_end() == MARKER));
        at += 1;
        if !runs {
            continue;
        }
        let first = steps.len();
        while lines.get(at).unwrap_or_else(|| panic!("a block is not closed at the end of the page")).trim_end()
            != CLOSE
        {
            let line = lines[at];
            at += 1;
            if line == "^C" {
                steps.push(Step { typed: Typed::Interrupt, shown: Vec::new(), place: at..at });
            } else if let Some(command) = line.strip_prefix("$ ") {
                let mut command = command.to_owned();
                while command.ends_with('\\') || lines[at] == ">" || lines[at].starts_with("> ") {
                    let more =
                        lines[at].strip_prefix('>').map_or(lines[at], |more| more.strip_prefix(' ').unwrap_or(more));
                    command = format!("{command}\n{more}");
                    at += 1;
                }
                steps.push(Step { typed: Typed::Command(command), shown: Vec::new(), place: at..at });
            } else {
                assert!(steps.len() > first, "line {at} of the page is shown before anything is typed: {line}");
                let step = steps.last_mut().expect("there is one in this block");
                step.shown.push(line.to_owned());
                step.place.end = at;
            }
        }
    }
    steps
}

/// The page with other lines shown, `shown[i]` for step `i`.
pub fn rewritten(page: &str, steps: &[Step], shown: &[Vec<String>]) -> String {
    let mut lines: Vec<String> = page.lines().map(str::to_owned).collect();
    for (step, shown) in steps.iter().zip(shown).rev() {
        lines.splice(step.place.clone(), shown.iter().cloned());
    }
    lines.join("\n") + "\n"
}

#[test]
fn a_page_is_taken_apart_and_put_together() {
    let page = "text\n```console\n$ cat > f <<'END'\n> a\n>\n> END\n$ run \\\n  --here\none\n\ntwo\n```\n```\n$ not this\n```\n```console\n^C\nbye\n```\n";
    let found = steps(page, false);
    let typed: Vec<&Typed> = found.iter().map(|step| &step.typed).collect();
    assert_eq!(
        typed,
        [
            &Typed::Command("cat > f <<'END'\na\n\nEND".to_owned()),
            &Typed::Command("run \\\n  --here".to_owned()),
            &Typed::Interrupt
        ]
    );
    assert_eq!(found[1].shown, ["one", "", "two"]);
    assert_eq!(rewritten(page, &found, &[vec![], found[1].shown.clone(), found[2].shown.clone()]), page);
    let other = rewritten(page, &found, &[vec!["new".to_owned()], vec![], vec!["end".to_owned()]]);
    assert!(other.contains("> END\nnew\n$ run \\\n  --here\n```\n") && other.contains("^C\nend\n```"), "{other}");
    assert!(steps(page, true).is_empty(), "no block is marked");
    assert_eq!(steps("<!-- runs -->\n```console\n$ x\n```\n```console\n$ y\n```\n", true).len(), 1);
}
