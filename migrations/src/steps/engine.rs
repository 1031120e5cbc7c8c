//! The book's risk engine: its assets, how it sees each line, its limits and its scenarios. In this order: a line is moved by
//! an asset that the book knows, and limits that come before the models would only stop new money.

use anchor_lang::prelude::Pubkey;
use gimbal::chain::{Chain, ChainError};
use gimbal::instructions::{changes::Queue, oracle};
use gimbal::readers;
use risk_oracle::state::{LineModel, NO_ASSET, NO_LINE_PROTOCOL};
use risk_oracle::{Book, RiskParams, SetAssetArgs, SetLineModelArgs};
use solana_instruction::Instruction;

use super::{queued::Queued, who, Compare, Made, State, Step};
use crate::remedy;
use crate::setup::{Engine, Setup};

/// The book, once it is there.
pub(super) fn book(setup: &Setup, chain: &dyn Chain) -> Result<Option<Book>, ChainError> {
    readers::read_if_exists(chain, &setup.vault.addresses.book)
}

/// The change that `guarded` is where the book is in use.
pub(super) fn of_book(setup: &Setup, book: &Book, guarded: Instruction) -> Queued {
    Queued { queue: Queue::Oracle(setup.vault.addresses.book), next: book.change_nonce, guarded }
}

/// The transaction of what `waits` where it may not be done at once.
pub(super) fn send(
    setup: &Setup,
    chain: &dyn Chain,
    book: &Book,
    guarded: Instruction,
    waits: bool,
) -> Result<Vec<Vec<Instruction>>, ChainError> {
    Ok(vec![match waits {
        false => vec![guarded],
        true => of_book(setup, book, guarded).transaction(chain, &book.roles.owner, &setup.payer)?,
    }])
}

/// Lets one asset follow its feed.
pub struct Asset<'a> {
    pub setup: &'a Setup,
    pub engine: &'a Engine,
    pub index: u8,
}

impl Asset<'_> {
    fn args(&self) -> SetAssetArgs {
        SetAssetArgs { index: self.index, feed: self.engine.assets[usize::from(self.index)].1 }
    }

    fn instruction(&self, book: &Book) -> Instruction {
        oracle::set_asset(&book.roles.owner, &self.setup.vault.addresses.book, self.args())
    }
}

impl Step for Asset<'_> {
    fn name(&self) -> String {
        format!("asset {}", self.engine.assets[usize::from(self.index)].0)
    }

    fn what(&self) -> String {
        format!("row {} of the book's assets", self.index)
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let Some(book) = book(self.setup, chain)? else { return Ok(State::Missing) };
        let args = self.args();
        let there = book.assets.map(|asset| asset.feed);
        let index = usize::from(self.index);
        if there[index] == Pubkey::default() {
            return match book.is_live() {
                true => of_book(self.setup, &book, self.instruction(&book)).look(chain),
                false => Ok(State::Missing),
            };
        }
        let mut compare = Compare::default();
        let vault = &self.setup.vault.addresses.vault;
        // The last one of the file tells as well what is there beyond it.
        let last = index + 1 == self.engine.assets.len();
        let beyond = there.len() * usize::from(last);
        for (row, is) in (self.index..).zip(&there[index..beyond.max(index + 1)]) {
            let file = if row == self.index { args.feed } else { Pubkey::default() };
            let set = remedy::asset(vault, row, &who(&file));
            compare.field(format!("engine.assets[{row}]"), who(is), who(&file), &set);
        }
        Ok(compare.state())
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        super::owner_of_book(self.setup, chain)
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let book: Book = readers::read(chain, &self.setup.vault.addresses.book)?;
        send(self.setup, chain, &book, self.instruction(&book), book.is_live())
    }

    fn makes(&self) -> Vec<Made> {
        Vec::new()
    }
}

/// Says how the engine sees one line.
pub struct Model<'a> {
    pub setup: &'a Setup,
    pub args: &'a SetLineModelArgs,
    pub name: &'a str,
}

impl Model<'_> {
    fn instruction(&self, book: &Book) -> Instruction {
        oracle::set_line_model(&book.roles.owner, &self.setup.vault.addresses.book, *self.args)
    }

    /// Whether what stands there is new, or lacks only what the file adds.
    fn is_unset(&self, now: &LineModel) -> bool {
        let SetLineModelArgs { asset, protocol, scaled, .. } = *self.args;
        let is_new = (now.asset, now.protocol, now.scaled) == (NO_ASSET, NO_LINE_PROTOCOL, LineModel::NEW.scaled);
        let fits = |is: u8, file: u8, none: u8| is == file || is == none;
        !self.is_set(now)
            && fits(now.asset, asset, NO_ASSET)
            && fits(now.protocol, protocol, NO_LINE_PROTOCOL)
            && (is_new || now.scaled == u8::from(scaled))
    }

    fn is_set(&self, now: &LineModel) -> bool {
        let args = self.args;
        (now.asset, now.protocol, now.scaled) == (args.asset, args.protocol, u8::from(args.scaled))
    }

    /// Whether it must wait in a book that is in use: anything but a first protocol, and being scaled.
    fn waits(&self, book: &Book, now: &LineModel) -> bool {
        book.is_live() && (now.asset != self.args.asset || u8::from(self.args.scaled) < now.scaled)
    }
}

impl Step for Model<'_> {
    fn name(&self) -> String {
        format!("model of line {}", self.args.line)
    }

    fn what(&self) -> String {
        let SetLineModelArgs { asset, protocol, scaled, .. } = *self.args;
        let asset = if asset == NO_ASSET { "no price".to_owned() } else { format!("asset {asset}") };
        let protocol = match protocol {
            NO_LINE_PROTOCOL => String::new(),
            row => format!(", protocol {row}"),
        };
        let scaled = if scaled { ", scaled by the regime" } else { "" };
        format!("moved by {asset}{protocol}{scaled}")
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let Some(book) = book(self.setup, chain)? else { return Ok(State::Missing) };
        let SetLineModelArgs { line, asset, protocol, scaled } = *self.args;
        let Some(now) = book.model(line) else {
            return Ok(match book.is_live() {
                true => State::Waits(format!("the limits of line {line} come first")),
                false => State::Missing,
            });
        };
        if self.is_unset(now) {
            let known = asset == NO_ASSET || book.used_assets().any(|(row, _)| row == usize::from(asset));
            return match (self.waits(&book, now), known) {
                (false, _) => Ok(State::Missing),
                (true, false) => Ok(State::Waits(format!("asset {asset} comes first"))),
                (true, true) => of_book(self.setup, &book, self.instruction(&book)).look(chain),
            };
        }
        let set = remedy::model(&self.setup.vault.addresses.vault, line);
        let prefix = format!("lines.{}", self.name);
        let row = |row: u8| if row == NO_ASSET { "none".to_owned() } else { row.to_string() };
        let mut compare = Compare::default();
        compare.option(&prefix, "asset", row(now.asset), row(asset), &set, "");
        compare.option(&prefix, "protocol", row(now.protocol), row(protocol), &set, "");
        compare.option(&prefix, "scaled", now.scaled == 1, scaled, &set, "");
        Ok(compare.state())
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        super::owner_of_book(self.setup, chain)
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let book: Book = readers::read(chain, &self.setup.vault.addresses.book)?;
        let now = book.model(self.args.line).copied().unwrap_or(LineModel::NEW);
        send(self.setup, chain, &book, self.instruction(&book), self.waits(&book, &now))
    }

    fn makes(&self) -> Vec<Made> {
        Vec::new()
    }
}

/// Sets the limits.
pub struct Limits<'a> {
    pub setup: &'a Setup,
    pub engine: &'a Engine,
}

impl Limits<'_> {
    fn instruction(&self, book: &Book) -> Instruction {
        oracle::set_risk_params(&book.roles.owner, &self.setup.vault.addresses.book, self.engine.params)
    }

    fn waits(&self, book: &Book) -> bool {
        book.is_live() && self.engine.params.loosens(&book.params)
    }

    /// What has to be in a book that is in use before limits of losses: until then they would stop all new money that a price
    /// moves.
    fn comes_first(&self, book: &Book) -> Option<String> {
        let mut assets = (0..).zip(&self.engine.assets);
        if let Some((row, _)) = assets.find(|(row, _): &(usize, _)| !book.assets[*row].is_used()) {
            return Some(format!("asset {row} comes first"));
        }
        let unset = |args: &&SetLineModelArgs| {
            let step = Model { setup: self.setup, args, name: "" };
            book.model(args.line).is_none_or(|now| step.is_unset(now))
        };
        self.engine.models.iter().find(unset).map(|args| format!("the model of line {} comes first", args.line))
    }
}

impl Step for Limits<'_> {
    fn name(&self) -> String {
        "limits of the engine".to_owned()
    }

    fn what(&self) -> String {
        let word = |key: &str| {
            let settings = crate::limits::all();
            settings.iter().find(|setting| setting.key == key).map(|setting| setting.shown(&self.engine.params))
        };
        let of = |name: &str, key: &str| match word(key) {
            Some(bps) if bps != "none" => format!("{name} {bps} bps"),
            _ => format!("{name} unlimited"),
        };
        format!("{}, {}, and the rest of the file", of("VaR", "max_var_bps"), of("stresses", "max_stress_bps"))
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let Some(book) = book(self.setup, chain)? else { return Ok(State::Missing) };
        let file = &self.engine.params;
        if book.params == RiskParams::NONE && *file != RiskParams::NONE {
            if book.is_live() {
                if let Some(first) = self.comes_first(&book) {
                    return Ok(State::Waits(first));
                }
            }
            return match self.waits(&book) {
                true => of_book(self.setup, &book, self.instruction(&book)).look(chain),
                false => Ok(State::Missing),
            };
        }
        let set = remedy::risk_params(&self.setup.vault.addresses.vault);
        let mut compare = Compare::default();
        for setting in crate::limits::all() {
            let (is, file) = (setting.shown(&book.params), setting.shown(file));
            let command = format!("{set} {}", setting.option(&file));
            compare.field(format!("{}.{}", crate::limits::PREFIX, setting.key), is, file, &command);
        }
        Ok(compare.state())
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        super::owner_of_book(self.setup, chain)
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let book: Book = readers::read(chain, &self.setup.vault.addresses.book)?;
        send(self.setup, chain, &book, self.instruction(&book), self.waits(&book))
    }

    fn makes(&self) -> Vec<Made> {
        Vec::new()
    }
}
