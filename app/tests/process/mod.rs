//! The binary as a process, and a folder of its own for a test. Shared by the tests that run it.
#![allow(dead_code, reason = "each test program uses its own part")]

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of its own for one test, removed at the end.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("gimbal-{name}-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    /// A file with this text; its path.
    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).expect("a temporary file");
        path
    }

    /// The path of a file that need not exist.
    pub fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs the binary to its end.
pub fn gimbal(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gimbal")).args(arguments).output().expect("the binary runs")
}

/// Runs, expects a refusal, and returns its one line.
pub fn refused(arguments: &[&str], code: i32) -> String {
    refusal(&gimbal(arguments), code)
}

/// The one line of a process that ended with `code` and printed nothing else.
#[track_caller]
pub fn refusal(output: &Output, code: i32) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(output.stdout.is_empty(), "it printed {:?}", String::from_utf8_lossy(&output.stdout));
    assert_eq!((error.lines().count(), error.starts_with("error: ")), (1, true), "{error}");
    error.trim_end().to_owned()
}
