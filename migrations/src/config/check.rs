//! What a file can be wrong about in itself: names, and the place of a mistake.

use anyhow::{bail, Context, Result};

use super::Config;

impl Config {
    /// Names are unique, and whatever is named is there.
    pub(super) fn check_names(&self) -> Result<()> {
        unique("feeds", self.feeds.iter().map(|feed| &feed.name))?;
        unique("lines", self.lines.iter().map(|line| &line.name))?;
        unique("risks", self.risks.iter().map(|risk| &risk.label))?;
        self.feed("vault.base_feed", &self.vault.base_feed)?;
        for feed in &self.feeds {
            if !self.feed_params.contains_key(&feed.params) {
                let key = format!("feeds.{}.params", feed.name);
                bail!("{key}: there is no [feed_params.{}] in this file", feed.params);
            }
        }
        for line in &self.lines {
            let key = |name: &str| format!("lines.{}.{name}", line.name);
            match (&line.pool, &line.token_feed) {
                (Some(_), Some(feed)) => drop(self.feed(&key("token_feed"), feed)?),
                (Some(_), None) => {
                    bail!("{}: a line with a pool needs the feed of what it swaps into", key("token_feed"))
                }
                (None, Some(_)) => bail!("{}: only a line with a pool has a token feed; remove it", key("token_feed")),
                (None, None) => {}
            }
            if line.risks.len() > 4 {
                bail!("{}: a line carries at most four risks, not {}", key("risks"), line.risks.len());
            }
            for risk in &line.risks {
                self.risk(&key("risks"), risk)?;
            }
        }
        for name in &self.router.withdraw_order {
            self.line("router.withdraw_order", name)?;
        }
        self.check_engine()
    }

    /// The place of a feed by its name; `key` is who names it.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn feed(&self, key: &str, name: &str) -> Result<usize> {
        find(key, "[[feeds]]", name, self.feeds.iter().map(|feed| &feed.name))
    }

    /// The place of a risk by its label.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn risk(&self, key: &str, label: &str) -> Result<usize> {
        find(key, "[[risks]]", label, self.risks.iter().map(|risk| &risk.label))
    }

    /// The place of a line by its name.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn line(&self, key: &str, name: &str) -> Result<usize> {
        find(key, "[[lines]]", name, self.lines.iter().map(|line| &line.name))
    }
}

pub(super) fn find<'a>(
    key: &str,
    table: &str,
    name: &str,
    mut names: impl Iterator<Item = &'a String>,
) -> Result<usize> {
    names
        .position(|known| known == name)
        .with_context(|| format!("{key}: there is no {table} named '{name}' in this file"))
}

pub(super) fn unique<'a>(table: &str, names: impl Iterator<Item = &'a String>) -> Result<()> {
    let mut seen: Vec<&String> = Vec::new();
    for name in names {
        if seen.contains(&name) {
            bail!("{table}: '{name}' is there twice; rename one");
        }
        seen.push(name);
    }
    Ok(())
}

/// A label that the oracle takes.
pub(super) fn label(key: &str, label: &str) -> Result<()> {
    match (1..=16).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(()),
        false => bail!("{key}: '{label}' is no label: give 1 to 16 printable ASCII characters without spaces"),
    }
}

/// At most so many.
pub(super) fn at_most(key: &str, most: usize, count: usize) -> Result<()> {
    match count <= most {
        true => Ok(()),
        false => bail!("{key}: at most {most}, not {count}"),
    }
}

/// What is wrong, with the line and the key that it is wrong in.
pub(super) fn place(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().lines().next().unwrap_or_default();
    let Some(span) = error.span() else { return message.to_owned() };
    let before = text.get(..span.start).unwrap_or_default();
    let number = before.matches('\n').count() + 1;
    let line = text.lines().nth(number - 1).unwrap_or_default().trim();
    let key = line.split('=').next().unwrap_or_default().trim();
    match key.is_empty() {
        true => format!("line {number}: {message}"),
        false => format!("line {number}, {key}: {message}"),
    }
}
