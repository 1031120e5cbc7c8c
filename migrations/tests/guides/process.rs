//! A process, and what it has printed so far.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long anything may take before a page is given up.
pub const LIMIT: Duration = Duration::from_secs(120);
/// Between two looks.
pub const POLL: Duration = Duration::from_millis(20);

/// A process with a group of its own, ended with all that it started when it is dropped.
pub struct Process {
    child: Child,
    printed: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Process {
    /// Starts it; what it prints to standard output is kept.
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).process_group(0).spawn().expect("sh is there");
        let printed = Arc::new(Mutex::new(Vec::new()));
        let (into, from) = (printed.clone(), child.stdout.take().expect("it is piped"));
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(from).lines().map_while(Result::ok) {
                into.lock().expect("no other reader panics").push(line);
            }
        });
        Self { child, printed, reader: Some(reader) }
    }

    /// The lines printed so far.
    pub fn lines(&self) -> Vec<String> {
        self.printed.lock().expect("no reader panics").clone()
    }

    /// Whether it has ended.
    pub fn is_over(&mut self) -> bool {
        self.child.try_wait().expect("the process is a child").is_some()
    }

    /// Waits for its end, and for its last line.
    ///
    /// # Panics
    ///
    /// If it does not end.
    pub fn finish(&mut self, what: &str) -> ExitStatus {
        let deadline = Instant::now() + LIMIT;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("the process is a child") {
                break status;
            }
            assert!(Instant::now() < deadline, "{what} does not end; so far it printed:\n{}", self.lines().join("\n"));
            std::thread::sleep(POLL);
        };
        if let Some(reader) = self.reader.take() {
            reader.join().expect("no reader panics");
        }
        status
    }

    /// As Ctrl-C does.
    pub fn interrupt(&self) {
        let sent = self.signal("INT", &self.child.id().to_string());
        assert!(sent, "the process that Ctrl-C is for has ended by itself");
    }

    fn signal(&self, name: &str, to: &str) -> bool {
        Command::new("kill").args(["-s", name, "--", to]).status().is_ok_and(|status| status.success())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.is_over() {
            self.signal("KILL", &format!("-{}", self.child.id()));
            // It was killed; how it ended is of no interest.
            let _ = self.child.wait();
        }
    }
}
