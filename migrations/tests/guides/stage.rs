//! A folder, two ports and the real programs: where a page's commands run.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::compare::matches;
use super::process::{Process, LIMIT, POLL};

/// After so long without a line, what a process prints at its start is complete.
const SILENCE: Duration = Duration::from_secs(5);
/// The ports that pages name: JSON-RPC, subscriptions, and a keeper's metrics.
const NAMED: [&str; 3] = ["8899", "8900", "9464"];
const SET_UP: &str = "migrations/localnet.toml";

/// What a command printed, and how it ended.
pub struct Ran {
    /// Standard output and error as they came, with the page's own names for ports and folders.
    pub lines: Vec<String>,
    /// Its exit code; `None` for one that still runs.
    pub code: Option<i32>,
}

/// Where commands run. What was started is stopped, and the folder removed, at the end.
pub struct Stage {
    folder: PathBuf,
    ports: [String; 3],
    variables: Vec<(String, String)>,
    /// What goes on while others run, and how many of its lines have been looked at.
    background: Vec<(Process, usize)>,
    last: i32,
}

impl Stage {
    /// An empty home, with the programs and the repository's set-up file where the pages have them.
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("gimbal-guide-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        for below in ["home", "bin", "migrations"] {
            fs::create_dir_all(folder.join(below)).expect("a folder can be made");
        }
        let migrations = Path::new(env!("CARGO_BIN_EXE_migrations"));
        let gimbal = migrations.with_file_name("gimbal");
        assert!(gimbal.exists(), "{} is not built: run `cargo build -p gimbal` first", gimbal.display());
        for program in [migrations, &gimbal] {
            let name = program.file_name().expect("a program has a name");
            std::os::unix::fs::symlink(program, folder.join("bin").join(name)).expect("a link can be made");
        }
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        fs::copy(repository.join(SET_UP), folder.join(SET_UP)).expect("the set-up file is there");
        Self { folder, ports: ports(), variables: Vec::new(), background: Vec::new(), last: 0 }
    }

    /// Runs what a page says to type. A localnet or keeper that goes on is left running once it has printed `shown`.
    pub fn run(&mut self, typed: &str, shown: &[String]) -> Ran {
        let command = self.command(typed);
        if let Some((name, value)) = assignment(&command) {
            let told = self.shell(&format!("printf %s {value}")).output().expect("sh is there");
            assert!(told.status.success(), "{typed}: {}", String::from_utf8_lossy(&told.stderr));
            self.variables.push((name.to_owned(), String::from_utf8(told.stdout).expect("text")));
            return Ran { lines: Vec::new(), code: Some(0) };
        }
        let words: Vec<&str> = command.split_whitespace().collect();
        let stays = match words.as_slice() {
            ["gimbal", "localnet", rest @ ..] => rest.first().is_none_or(|word| word.starts_with("--")),
            ["gimbal", "keeper", "run", ..] => true,
            _ => false,
        };
        if stays {
            return self.start(&format!("exec {command}"), shown);
        }
        let mut process = Process::start(self.joined(&format!("(exit {})\n{command}", self.last)));
        self.last = process.finish(typed).code().unwrap_or(-1);
        let lines = process.lines().iter().map(|line| self.named(line)).collect();
        Ran { lines: trimmed(lines), code: Some(self.last) }
    }

    /// Ctrl-C for what was started last and still runs; what it printed since it was last looked at.
    pub fn interrupt(&mut self) -> Ran {
        let (mut process, seen) = self.background.pop().expect("something runs that Ctrl-C can stop");
        process.interrupt();
        let code = process.finish("what Ctrl-C was for").code();
        let lines = process.lines().iter().skip(seen).map(|line| self.named(line)).collect();
        Ran { lines: trimmed(lines), code }
    }

    fn start(&mut self, command: &str, shown: &[String]) -> Ran {
        let mut process = Process::start(self.joined(command));
        let deadline = Instant::now() + LIMIT;
        let mut news = (0, Instant::now());
        let (lines, seen) = loop {
            let over = process.is_over();
            let lines: Vec<String> = process.lines().iter().map(|line| self.named(line)).collect();
            if let Some(length) = (1..=lines.len()).find(|length| matches(shown, &lines[..*length])) {
                break (lines[..length].to_vec(), length);
            }
            if lines.len() != news.0 {
                news = (lines.len(), Instant::now());
            }
            // Whatever was to come came, and it is something else.
            let silent = !lines.is_empty() && news.1.elapsed() > SILENCE;
            if silent || over || Instant::now() > deadline {
                let length = lines.len();
                break (trimmed(lines), length);
            }
            std::thread::sleep(POLL);
        };
        self.background.push((process, seen));
        Ran { lines, code: None }
    }

    /// A page's command as it runs here.
    fn command(&self, typed: &str) -> String {
        let mut command = typed.replace("cargo run --release -p gimbal -- ", "gimbal ");
        command = command.replace("cargo run --release -p migrations -- ", "migrations ");
        for (named, port) in NAMED.iter().zip(&self.ports) {
            command = command.replace(named, port);
        }
        let rpc = &self.ports[0];
        for option in ["-u l", "--url l", "-u localhost", "--url localhost"] {
            let (flag, _) = option.split_once(' ').expect("two words");
            for after in [" ", "\n", ")"] {
                command =
                    command.replace(&format!("{option}{after}"), &format!("{flag} http://localhost:{rpc}{after}"));
            }
            if let Some(before) = command.strip_suffix(option) {
                command = format!("{before}{flag} http://localhost:{rpc}");
            }
        }
        match command.strip_prefix("gimbal localnet") {
            Some(rest) if rest.is_empty() || rest.starts_with(" --") => format!("gimbal localnet --port {rpc}{rest}"),
            // A wallet's file needs no cluster.
            Some(rest) if !rest.starts_with(" wallet") => format!("gimbal --url http://localhost:{rpc} localnet{rest}"),
            _ => command,
        }
    }

    /// A line as the page would have it.
    fn named(&self, line: &str) -> String {
        let mut line = line.replace(&*self.folder.join("home").to_string_lossy(), "~");
        line = line.replace(&*self.folder.to_string_lossy(), ".");
        for (named, port) in NAMED.iter().zip(&self.ports) {
            line = line.replace(&format!(":{port}"), &format!(":{named}"));
        }
        line.trim_end().to_owned()
    }

    /// Standard error goes where standard output goes, as on a terminal.
    fn joined(&self, script: &str) -> Command {
        self.shell(&format!("exec 2>&1\n{script}"))
    }

    fn shell(&self, script: &str) -> Command {
        let mut shell = Command::new("sh");
        let path = std::env::var("PATH").unwrap_or_default();
        shell.arg("-c").arg(script).current_dir(&self.folder).stdin(Stdio::null());
        shell
            .env("HOME", self.folder.join("home"))
            .env("PATH", format!("{}:{path}", self.folder.join("bin").display()));
        shell.env_remove("XDG_DATA_HOME").env_remove("XDG_CONFIG_HOME").env("TZ", "UTC").env("LC_ALL", "C.UTF-8");
        shell.envs(self.variables.iter().map(|(name, value)| (name, value)));
        shell
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.background.clear();
        // What cannot be removed lies in the system's folder for what is temporary.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Without empty lines at the end, which nobody sees.
fn trimmed(mut lines: Vec<String>) -> Vec<String> {
    lines.truncate(lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1));
    lines
}

/// `NAME=value` alone, which holds for what follows.
fn assignment(command: &str) -> Option<(&str, &str)> {
    let (name, value) = command.split_once('=')?;
    let named = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
    // A value with a space in it is a command's own environment, unless it is the answer of one.
    (named && (value.starts_with("$(") || !value.contains(' '))).then_some((name, value))
}

/// Two free ports in a row, and one more.
fn ports() -> [String; 3] {
    let free = || TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    loop {
        let (rpc, metrics) = (free(), free());
        let (rpc, metrics) = (rpc.local_addr().expect("bound").port(), metrics.local_addr().expect("bound").port());
        let next = rpc.checked_add(1).filter(|next| *next != metrics);
        if let Some(next) = next.filter(|next| TcpListener::bind(("127.0.0.1", *next)).is_ok()) {
            return [rpc, next, metrics].map(|port| port.to_string());
        }
    }
}
