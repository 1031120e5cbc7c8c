//! Writing to the terminal, and the report's place in the file system.

use super::arguments::Output;
use crate::report::GENERATOR;
use anyhow::{bail, Context, Result};
use serde::Serialize;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The page's name in the report folder.
const PAGE: &str = "index.html";

/// One line on standard error.
pub fn complain(message: &str) {
    let line: String =
        message.split(['\n', '\r']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    // If even this cannot be written, the exit code still tells.
    let _ = writeln!(std::io::stderr(), "error: {line}");
}

/// Prints a report. A reader who closes the pipe early has read enough.
pub fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to standard output; redirect it to a place with room"),
    }
}

/// One object for machines, on one line or on several.
///
/// # Errors
///
/// If a value has no form in JSON.
pub fn json(value: &(impl Serialize + ?Sized), format: Output) -> Result<String> {
    let text = match format {
        Output::JsonCompact => serde_json::to_string(value),
        Output::Json | Output::Text => serde_json::to_string_pretty(value),
    };
    Ok(text.context("cannot write the answer as JSON")? + "\n")
}

/// While it lives, nothing that this process prints to standard output is seen.
///
/// Programs that run as host code print their log to standard output, since the crate that they log with does so off
/// the chain. The report must be all that is printed.
pub struct Silence {
    #[cfg(unix)]
    saved: std::os::fd::OwnedFd,
}

impl Silence {
    /// Turns standard output off.
    #[cfg(unix)]
    pub fn begin() -> Result<Self> {
        use std::os::fd::AsFd;
        let off = || -> std::io::Result<Self> {
            let mut out = std::io::stdout().lock();
            out.flush()?;
            let saved = out.as_fd().try_clone_to_owned()?;
            rustix::stdio::dup2_stdout(std::fs::File::create("/dev/null")?)?;
            Ok(Self { saved })
        };
        off().context("cannot set standard output aside; make sure that it is open")
    }

    /// The real standard output, for what is to be seen all the same.
    #[cfg(unix)]
    pub fn aside(&self) -> Result<Box<dyn Write + Send>> {
        let saved = self.saved.try_clone().context("cannot write to standard output beside the programs' logs")?;
        Ok(Box::new(std::fs::File::from(saved)))
    }

    /// Nothing was set aside.
    #[cfg(not(unix))]
    pub fn aside(&self) -> Result<Box<dyn Write + Send>> {
        Ok(Box::new(std::io::stdout()))
    }

    /// Where file descriptors are unknown, log lines are seen.
    #[cfg(not(unix))]
    pub fn begin() -> Result<Self> {
        Ok(Self {})
    }
}

#[cfg(unix)]
impl Drop for Silence {
    fn drop(&mut self) {
        let _ = std::io::stdout().lock().flush();
        // Fails only for a bad descriptor, and this one is owned.
        let _ = rustix::stdio::dup2_stdout(&self.saved);
    }
}

/// A folder that can take the report, checked before the run and written after it.
#[derive(Debug)]
pub struct ReportFolder {
    folder: PathBuf,
}

impl ReportFolder {
    /// Checks without making anything: the folder, or the nearest one above it, must exist and be writable, and a
    /// page that is already there must be ours.
    pub fn check(folder: &Path) -> Result<Self> {
        let shown = folder.display();
        if folder.exists() && !folder.is_dir() {
            bail!("{shown} is not a folder; give --report a folder, or a name that does not exist yet");
        }
        let existing = folder.ancestors().find(|above| above.as_os_str().is_empty() || above.exists());
        let existing = match existing {
            Some(above) if !above.as_os_str().is_empty() => above,
            _ => Path::new("."),
        };
        let data = std::fs::metadata(existing)
            .with_context(|| format!("cannot look at {}; give --report another folder", existing.display()))?;
        if !data.is_dir() {
            bail!("{} is not a folder; give --report another place", existing.display());
        }
        if data.permissions().readonly() {
            bail!("{} cannot be written to; give --report another folder", existing.display());
        }
        let page = folder.join(PAGE);
        if page.exists() {
            let foreign = !std::fs::read_to_string(&page).is_ok_and(|text| text.contains(GENERATOR));
            if foreign {
                bail!("{} is not a report of gimbal; move it away or give --report another folder", page.display());
            }
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// Writes the page: complete under another name first, then renamed, so that no half page is ever seen.
    pub fn write(&self, page: &str) -> Result<PathBuf> {
        let shown = self.folder.display();
        std::fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make the folder {shown}; give --report another one"))?;
        let draft = self.folder.join(format!(".{PAGE}.{}", std::process::id()));
        let target = self.folder.join(PAGE);
        let written = std::fs::write(&draft, page).and_then(|()| std::fs::rename(&draft, &target));
        if written.is_err() {
            // The draft is of no use to anybody; failing to remove it changes nothing about the answer.
            let _ = std::fs::remove_file(&draft);
        }
        written.with_context(|| format!("cannot write the report into {shown}; give --report another folder"))?;
        Ok(target)
    }
}
