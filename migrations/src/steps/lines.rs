//! The ledger's lines, their limits in the book, and the order in which exits draw on them.

use anchor_lang::{prelude::Pubkey, solana_program::program_pack::Pack};
use anchor_spl::token::spl_token::state as token_state;
use gimbal::chain::{Chain, ChainError};
use gimbal::instructions::{
    changes::Queue,
    oracle,
    router::{self, code_of, NewLine},
};
use gimbal::readers;
use gimbal::setup::venues;
use risk_oracle::{Book, NO_RISK};
use solana_instruction::Instruction;
use strategy_router::{adapters, state::LineVenue, AddStrategyArgs, Ledger, LineParams};

use super::{bounds, compare_numbers, limit, queued::Queued, Compare, Made, State, Step};
use crate::remedy;
use crate::setup::{Line, Setup};

/// Adds one line.
pub struct Add<'a> {
    pub setup: &'a Setup,
    pub line: &'a Line,
}

impl Add<'_> {
    fn compare(&self, chain: &dyn Chain, ledger: &Ledger) -> Result<State, ChainError> {
        let Line { name, addresses, params, reserve, pool, token_feed, .. } = self.line;
        let vault = &self.setup.vault.addresses.vault;
        let key = |field: &str| format!("lines.{name}.{field}");
        let mut compare = Compare::default();
        let venue: LineVenue = readers::read(chain, &addresses.venue)?;
        let pinned = |place: usize| venue.pinned().get(place).copied().unwrap_or_default();
        let fixed = "nothing changes it: add a line at the end of the file, and wind this one down";
        compare.field(key("reserve"), pinned(adapters::lending::at::RESERVE), reserve.reserve, fixed);
        let or_none = |key: Option<Pubkey>| key.map_or("none".to_owned(), |key| key.to_string());
        let swapped = venue.is_swapped();
        let is = swapped.then(|| pinned(adapters::lending::at::POOL));
        compare.field(key("pool"), or_none(is), or_none(pool.map(|pool| pool.pool)), fixed);
        let is = swapped.then_some(venue.token_feed);
        compare.field(key("token_feed"), or_none(is), or_none(*token_feed), fixed);
        let Some(row) = ledger.lines.iter().find(|row| row.id == addresses.id) else { return Ok(compare.state()) };
        let (prefix, set) = (format!("lines.{name}"), remedy::bounds(vault, addresses.id));
        let is = LineParams::of(row);
        compare_numbers!(compare, &prefix, is, params, &set, "", [min_bps, target_bps, max_bps, band_bps]);
        compare_numbers!(compare, &prefix, is, params, &set, "s", [cooldown]);
        compare_numbers!(
            compare,
            &prefix,
            is,
            params,
            &set,
            "",
            [widen_rate, max_slippage_bps, haircut_bps, max_venue_age,]
        );
        let amount = |units| limit(units, self.setup.decimals);
        // The command takes the greatest amount for none.
        let command = format!("{set} --cap {}", gimbal::amount::format(params.cap, self.setup.decimals));
        compare.field(key("cap"), amount(is.cap), amount(params.cap), &command);
        Ok(compare.state())
    }
}

impl Add<'_> {
    /// The line's instruction, and the queue that it waits in where money is in the vault.
    fn queued(&self, chain: &dyn Chain, next: u64) -> Result<Queued, ChainError> {
        let Line { addresses, params, reserve, pool, token_feed, .. } = self.line;
        let line = NewLine {
            args: AddStrategyArgs {
                id: addresses.id,
                adapter: adapters::LENDING,
                swapped: pool.is_some(),
                params: *params,
                accounts_hash: [0; 32],
            },
            position_mint: reserve.collateral,
            token_mint: reserve.liquidity,
            token_feed: *token_feed,
            venue: code_of(chain, &reserve.program)?,
            swap: pool.map(|pool| code_of(chain, &pool.program)).transpose()?,
            pinned: venues::pinned(addresses, reserve, pool.as_ref()),
        };
        let (owner, Setup { payer, vault, .. }) = (self.authority(chain)?, self.setup);
        let ledger = vault.addresses.ledger;
        let guarded = router::add_strategy(&owner, payer, &ledger, &line.sealed());
        Ok(Queued { queue: Queue::Ledger(ledger), next, guarded })
    }
}

impl Step for Add<'_> {
    fn name(&self) -> String {
        format!("line {} {}", self.line.addresses.id, self.line.name)
    }

    fn what(&self) -> String {
        let through = if self.line.pool.is_some() { ", through a swap" } else { "" };
        format!("lends in {}{through}", self.line.reserve.market)
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let id = self.line.addresses.id;
        let Some(ledger) = readers::read_if_exists::<Ledger>(chain, &self.setup.vault.addresses.ledger)? else {
            return Ok(State::Missing);
        };
        if ledger.lines.iter().any(|row| row.is_used() && row.id == id) {
            return self.compare(chain, &ledger);
        }
        if ledger.next_line_id > id {
            return Ok(State::Blocked(format!("line {id} was removed; name this one at the end of the file")));
        }
        if ledger.credited == 0 {
            return Ok(State::Missing);
        }
        match ledger.next_line_id < id {
            true => Ok(State::Waits(format!("line {} comes first", ledger.next_line_id))),
            false => self.queued(chain, ledger.change_nonce)?.look(chain),
        }
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        super::owner_of_ledger(self.setup, chain)
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let ledger: Ledger = readers::read(chain, &self.setup.vault.addresses.ledger)?;
        let queued = self.queued(chain, ledger.change_nonce)?;
        Ok(vec![match ledger.credited {
            0 => vec![queued.guarded],
            _ => queued.transaction(chain, &ledger.roles.owner, &self.setup.payer)?,
        }])
    }

    fn makes(&self) -> Vec<Made> {
        let (name, addresses) = (self.name(), self.line.addresses);
        let made = |what, key, bytes| Made { name: format!("{name}: {what}"), key: Some(key), bytes };
        let mut accounts = vec![
            made("venue accounts", addresses.venue, LineVenue::SPACE),
            made("receipt tokens", addresses.position, token_state::Account::LEN),
        ];
        if self.line.pool.is_some() {
            accounts.push(made("swapped tokens", addresses.token, token_state::Account::LEN));
        }
        accounts
    }
}

/// Registers one line in the book.
pub struct Limit<'a> {
    pub setup: &'a Setup,
    pub line: &'a Line,
}

impl Limit<'_> {
    /// The instruction, and the queue that it waits in where the book is in use.
    fn queued(&self, chain: &dyn Chain, next: u64) -> Result<Queued, ChainError> {
        let (owner, book) = (self.authority(chain)?, self.setup.vault.addresses.book);
        let guarded = oracle::set_line_risk(&owner, &book, self.line.risk);
        Ok(Queued { queue: Queue::Oracle(book), next, guarded })
    }
}

impl Step for Limit<'_> {
    fn name(&self) -> String {
        format!("limits of line {}", self.line.addresses.id)
    }

    fn what(&self) -> String {
        let risk = &self.line.risk;
        format!("risks and caps in the book: {}", bounds(risk.cap_bps, risk.cap, self.setup.decimals))
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let addresses = &self.setup.vault.addresses;
        let Some(book) = readers::read_if_exists::<Book>(chain, &addresses.book)? else { return Ok(State::Missing) };
        let Line { name, risk, .. } = self.line;
        let set = remedy::line_risk(&addresses.vault, risk.line);
        let Some(row) = book.line(risk.line) else {
            return match book.is_live() {
                true => self.queued(chain, book.change_nonce)?.look(chain),
                false => Ok(State::Missing),
            };
        };
        let prefix = format!("lines.{name}");
        let mut compare = Compare::default();
        let rows = |rows: &[u8; 4]| -> String {
            let used: Vec<String> = rows.iter().filter(|row| **row != NO_RISK).map(u8::to_string).collect();
            if used.is_empty() {
                "none".to_owned()
            } else {
                used.join(",")
            }
        };
        let (is, file) = (rows(&row.risks), rows(&risk.risks));
        compare.field(format!("{prefix}.risks"), is, &file, &format!("{set} --risks {file}"));
        compare.field(
            format!("{prefix}.risk_cap_bps"),
            row.cap_bps,
            risk.cap_bps,
            &format!("{set} --cap-bps {}", risk.cap_bps),
        );
        let amount = |units| limit(units, self.setup.decimals);
        let (is, file) = (amount(row.cap), amount(risk.cap));
        compare.field(format!("{prefix}.risk_cap"), is, &file, &format!("{set} --cap {file}"));
        Ok(compare.state())
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        super::owner_of_book(self.setup, chain)
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let book: Book = readers::read(chain, &self.setup.vault.addresses.book)?;
        let queued = self.queued(chain, book.change_nonce)?;
        Ok(vec![match book.is_live() {
            false => vec![queued.guarded],
            true => queued.transaction(chain, &book.roles.owner, &self.setup.payer)?,
        }])
    }

    fn makes(&self) -> Vec<Made> {
        Vec::new()
    }
}

/// Sets the order in which exits draw on lines.
pub struct Order<'a> {
    pub setup: &'a Setup,
}

impl Step for Order<'_> {
    fn name(&self) -> String {
        "withdraw order".to_owned()
    }

    fn what(&self) -> String {
        format!("exits draw on lines {}", numbers(&self.setup.withdraw_order))
    }

    fn look(&self, chain: &dyn Chain) -> Result<State, ChainError> {
        let addresses = &self.setup.vault.addresses;
        let Some(ledger) = readers::read_if_exists::<Ledger>(chain, &addresses.ledger)? else {
            return Ok(State::Missing);
        };
        let order: Vec<u16> = ledger.withdraw_order.into_iter().take_while(|id| *id != 0).collect();
        if order.is_empty() {
            return Ok(State::Missing);
        }
        let mut compare = Compare::default();
        let (is, file) = (numbers(&order), numbers(&self.setup.withdraw_order));
        let set = remedy::withdraw_order(&addresses.vault, &file);
        compare.field("router.withdraw_order", is, file, &set);
        Ok(compare.state())
    }

    fn authority(&self, chain: &dyn Chain) -> Result<Pubkey, ChainError> {
        super::owner_of_ledger(self.setup, chain)
    }

    fn transactions(&self, chain: &dyn Chain) -> Result<Vec<Vec<Instruction>>, ChainError> {
        let owner = self.authority(chain)?;
        let ledger = &self.setup.vault.addresses.ledger;
        Ok(vec![vec![router::set_withdraw_order(&owner, ledger, &self.setup.withdraw_order)]])
    }

    fn makes(&self) -> Vec<Made> {
        Vec::new()
    }
}

fn numbers(ids: &[u16]) -> String {
    ids.iter().map(u16::to_string).collect::<Vec<_>>().join(" ")
}
