//! `gimbal admin book`: what the risk oracle lets a ledger take on.

use super::super::arguments::address;
use super::super::session::Session;
use super::engine::{self, Asset, Model, Scenario};
use super::guarded::{self, Guarded, GuardedArgs};
use super::risk_limits::{self, Limits};
use super::target::{label, read_book};
use crate::amount;
use crate::instructions::oracle;
use crate::table::table;
use crate::views::units::{label_text, percent};
use anchor_lang::prelude::Pubkey;
use anyhow::{bail, Context, Result};
use clap::{Args, Subcommand};
use risk_oracle::state::{NO_LINE, NO_RISK};
use risk_oracle::{SetLineRiskArgs, SetRiskArgs};
use serde_json::json;

/// What the risk oracle lets a ledger take on: risks by name, the lines that carry them, and the settings of its engine
#[derive(Debug, Subcommand)]
pub enum Book {
    /// Show the risks and lines of a vault's book, with their caps and exposures
    Show(Show),
    /// Define a risk or set its caps; the owner signs, or a lesser role that only lowers
    ///
    /// What is not given stays, or is without a cap where the risk is new.
    Risk(Risk),
    /// Register a line's risks or set its caps; the owner signs, or a lesser role that only lowers
    ///
    /// What is not given stays, or is without a cap where the line is new.
    LineRisk(LineRisk),
    /// Name the feed of an asset that the risk engine follows, or free its row; the owner signs
    Asset(Asset),
    /// Say what moves a line: its asset, its protocol, the regime; the owner signs, or a lesser role that only tightens
    ///
    /// What is not given stays.
    Model(Model),
    /// Set the limits of the risk engine; the owner signs, or a lesser role that only tightens
    ///
    /// What is not given stays, or is as the preset has it.
    Limits(Box<Limits>),
    /// Define a stress scenario, change or remove it; the owner signs, or a lesser role that adds one
    ///
    /// What is not given stays. Until `gimbal risk stress` has run, a new or changed scenario stops new money that a price
    /// moves, where the losses of scenarios are limited.
    Scenario(Scenario),
}

/// Options of `book show`.
#[derive(Args, Debug)]
pub struct Show {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
}

/// Options of `book risk`.
#[derive(Args, Debug)]
pub struct Risk {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// Row of the table of risks, 0 to 31
    #[arg(value_name = "INDEX")]
    pub index: u8,
    /// Its name, such as asset:SOL: 1 to 16 printable characters; a new risk needs one
    #[arg(long, value_name = "NAME", value_parser = label)]
    pub label: Option<[u8; 16]>,
    /// Caps.
    #[command(flatten)]
    pub caps: Caps,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Options of `book line-risk`.
#[derive(Args, Debug)]
pub struct LineRisk {
    /// The vault
    #[arg(value_name = "VAULT", value_parser = address)]
    pub vault: Pubkey,
    /// The line's number
    #[arg(value_name = "LINE")]
    pub line: u16,
    /// Rows of the risks that it carries, such as 0,3; at most four, or none
    #[arg(long, value_name = "INDEX,…", value_parser = risks)]
    pub risks: Option<[u8; 4]>,
    /// Caps.
    #[command(flatten)]
    pub caps: Caps,
    /// How it is made.
    #[command(flatten)]
    pub guarded: GuardedArgs,
}

/// Two caps, of which the lower binds.
#[derive(Args, Clone, Debug)]
pub struct Caps {
    /// Cap in basis points of NAV, at most 10,000
    #[arg(long, value_name = "BPS")]
    pub cap_bps: Option<u16>,
    /// Cap in the base asset, or none
    #[arg(long, value_name = "AMOUNT")]
    pub cap: Option<String>,
}

impl Caps {
    fn over(&self, now: (u16, u64), decimals: u8) -> Result<(u16, u64)> {
        let cap = match self.cap.as_deref() {
            Some("none") => u64::MAX,
            Some(text) => amount::parse(text, decimals)?,
            None => now.1,
        };
        Ok((self.cap_bps.unwrap_or(now.0), cap))
    }
}

fn risks(text: &str) -> Result<[u8; 4], String> {
    let wrong = || "give up to four rows of the table of risks, such as 0,3, or none".to_owned();
    let mut risks = [NO_RISK; 4];
    if text == "none" {
        return Ok(risks);
    }
    for (place, part) in text.split(',').enumerate() {
        *risks.get_mut(place).ok_or_else(wrong)? = part.parse().map_err(|_| wrong())?;
    }
    Ok(risks)
}

/// Runs a command of the family.
///
/// # Errors
///
/// Each a sentence with a next step.
pub fn run(session: &mut Session, command: &Book) -> Result<()> {
    match command {
        Book::Show(options) => show(session, options),
        Book::Risk(options) => risk(session, options),
        Book::LineRisk(options) => line_risk(session, options),
        Book::Asset(options) => engine::asset(session, options),
        Book::Model(options) => engine::model(session, options),
        Book::Limits(options) => risk_limits::limits(session, options),
        Book::Scenario(options) => engine::scenario(session, options),
    }
}

fn show(session: &mut Session, options: &Show) -> Result<()> {
    let (target, book, decimals) = read_book(session, &options.vault)?;
    let capped = |cap: u64| if cap == u64::MAX { "none".to_owned() } else { amount::format(cap, decimals) };
    let risks: Vec<_> = book.risks.iter().enumerate().filter(|(_, risk)| risk.used == 1).collect();
    let lines: Vec<_> = book.lines.iter().filter(|line| line.line_id != NO_LINE).collect();
    let carried = |risks: &[u8; 4]| {
        let names = risks.iter().filter(|index| **index != NO_RISK);
        names
            .filter_map(|index| book.risks.get(usize::from(*index)))
            .map(|risk| label_text(&risk.label))
            .collect::<Vec<_>>()
    };
    let value = json!({
        "book": target.key.to_string(),
        "nav": book.nav,
        "assessed_at": book.assessed_at,
        "assessments": book.assessments,
        "refusals": book.refusals,
        "risks": risks.iter().map(|(index, risk)| json!({
            "index": index, "label": label_text(&risk.label), "cap_bps": risk.cap_bps,
            "cap": (risk.cap != u64::MAX).then_some(risk.cap), "exposure": risk.exposure,
        })).collect::<Vec<_>>(),
        "lines": lines.iter().map(|line| json!({
            "line": line.line_id, "risks": carried(&line.risks), "cap_bps": line.cap_bps,
            "cap": (line.cap != u64::MAX).then_some(line.cap), "exposure": line.exposure,
        })).collect::<Vec<_>>(),
    });
    session.answer(&value, || {
        let mut first = table(&["risk", "index", "cap", "of NAV", "exposure"]);
        for (index, risk) in &risks {
            let exposure = amount::format(risk.exposure, decimals);
            first.add_row([
                label_text(&risk.label),
                index.to_string(),
                capped(risk.cap),
                percent(risk.cap_bps),
                exposure,
            ]);
        }
        let mut second = table(&["line", "risks", "cap", "of NAV", "exposure"]);
        for line in &lines {
            let exposure = amount::format(line.exposure, decimals);
            let carried = carried(&line.risks).join(", ");
            second.add_row([line.line_id.to_string(), carried, capped(line.cap), percent(line.cap_bps), exposure]);
        }
        format!(
            "Book {}, asked {} times, {} refused\n\n{first}\n\n{second}",
            target.key, book.assessments, book.refusals
        )
    })
}

fn risk(session: &mut Session, options: &Risk) -> Result<()> {
    let (target, book, decimals) = read_book(session, &options.vault)?;
    let index = options.index;
    let row =
        book.risks.get(usize::from(index)).context("the table of risks has the rows 0 to 31: give one of them")?;
    let (now, known) = match row.used == 1 {
        true => ((row.cap_bps, row.cap), Some(row.label)),
        false => ((10_000, u64::MAX), None),
    };
    let label = options.label.or(known).with_context(|| format!("risk {index} is new: give its name with --label"))?;
    let (cap_bps, cap) = options.caps.over(now, decimals)?;
    if known == Some(label) && (cap_bps, cap) == now {
        bail!("nothing would change: give --label, --cap-bps or --cap");
    }
    let args = SetRiskArgs { index, label, cap_bps, cap };
    args.validate(&book).map_err(|error| anyhow::anyhow!("{error}; see `gimbal admin book risk --help`"))?;
    let instruction = oracle::set_risk(&session.owner_key()?, &target.key, args);
    let title = format!("Set risk {index} ({})", label_text(&label));
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}

fn line_risk(session: &mut Session, options: &LineRisk) -> Result<()> {
    let (target, book, decimals) = read_book(session, &options.vault)?;
    let line = options.line;
    let row = book.line(line);
    let (now, known) = match row {
        Some(row) => ((row.cap_bps, row.cap), Some(row.risks)),
        None => ((10_000, u64::MAX), None),
    };
    let risks = options.risks.or(known).with_context(|| format!("line {line} is new to the book: give --risks"))?;
    let (cap_bps, cap) = options.caps.over(now, decimals)?;
    if known == Some(risks) && (cap_bps, cap) == now {
        bail!("nothing would change: give --risks, --cap-bps or --cap");
    }
    let args = SetLineRiskArgs { line, risks, cap_bps, cap };
    args.validate(&book).map_err(|error| anyhow::anyhow!("{error}; see `gimbal admin book line-risk --help`"))?;
    let instruction = oracle::set_line_risk(&session.owner_key()?, &target.key, args);
    let title = format!("Set what line {line} may carry");
    guarded::run(session, &options.guarded, &Guarded { title, target, instruction }).map(drop)
}
