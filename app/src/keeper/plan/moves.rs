//! Money that has to move: what derisks, and what the policy asks for. Both rules are the router's own.

use anchor_lang::error::Error as AnchorError;
use gimbal_control::Direction;
use risk_oracle::policy::limits::assess;
use risk_oracle::state::Action as Use;
use strategy_router::adapters::Quote;
use strategy_router::policy::{
    bands, bounty,
    cut::measures,
    derisk::{excess, Causes, Reduction, Signs},
    due::{due, Due},
    loss,
    step::Move,
};
use strategy_router::state::{Ledger, Line, LineStatus};
use strategy_router::{risk, RouterError};

use super::round::{Draft, Round};
use crate::keeper::action::{ActionKind, Urgency};
use crate::keeper::sentence;
use crate::keeper::watch::LineSite;

/// A line is cut to its cap once it is above by one part in so many: interest carries a full line over it all the time.
const LEAST_EXCESS: u64 = 1_000;

/// A line with its value of now.
struct Candidate<'a> {
    line: &'a LineSite,
    quote: Quote,
    ledger: Box<Ledger>,
    row: Line,
}

impl<'a> Round<'a> {
    /// Plans to take down what anybody may take down.
    pub fn plan_derisks(&mut self) {
        for line in self.lines() {
            let Some(row) = self.row(line).filter(|row| !row.is_empty()) else { continue };
            let id = Some(row.id);
            match self.derisk(line, &row) {
                Ok(Some((draft, ledger))) => {
                    let amount = draft.amount;
                    if let Some(key) = self.propose(draft) {
                        self.moved(line, ledger, i128::from(amount));
                        self.cash_from.push(key);
                    }
                }
                Ok(None) => (),
                Err(reason) => self.skip(ActionKind::Derisk, id, reason),
            }
        }
    }

    fn derisk(&self, line: &'a LineSite, row: &Line) -> Result<Option<(Draft, Box<Ledger>)>, String> {
        let signs = Signs { feed: self.valuer().flags(line).0, venue_changed: self.ground.world.venue_changed(line) };
        let quote = match self.quote(line) {
            Ok(quote) => quote,
            // A line that nobody can value is no reason by itself.
            Err(_) if row.status == LineStatus::Active as u8 && !signs.venue_changed => return Ok(None),
            Err(reason) => return Err(reason),
        };
        let (mut ledger, row) = self.valued(line, &quote)?;
        let now = self.now();
        let found = excess::<AnchorError>(&row, &signs, || measures(&ledger, self.book(), row.id, now));
        let Ok(found) = found else { return Ok(None) };
        let Reduction { causes, amount, .. } = found;
        if causes.is_empty() || amount == 0 {
            return Ok(None);
        }
        // A keeper's rebalance brings it back in pieces that no sandwich profits from.
        if causes == Causes(Causes::WINDING_DOWN) && line.is_swapped() && self.is_keeper() {
            return Ok(None);
        }
        let amount = amount.min(row.mid).min(quote.liquidity);
        if amount == 0 {
            return Err("its venue can pay nothing now".to_owned());
        }
        if causes == Causes(Causes::OVER_CAP) && amount < row.cap / LEAST_EXCESS {
            return Err(format!("it is over its cap by {amount} base units only"));
        }
        if let Some(reason) = self.just_moved(line) {
            return Err(reason);
        }
        if !causes.are_grave() {
            self.charge_stranger(line, &mut ledger, amount)?;
        }
        let pay = self.bounty(&mut ledger, &row, &found, amount);
        let safety = causes.0 & (Causes::FEED | Causes::VENUE_CHANGED | Causes::REGIME | Causes::CONTAGION) != 0;
        let urgency = if safety { Urgency::Urgent } else { Urgency::Soon };
        let draft = Draft {
            amount,
            pay,
            worth: (!causes.are_grave()).then_some(amount),
            needs: self.feed_updates(line),
            ..Draft::new(ActionKind::Derisk, urgency, words(causes)).of_line(row.id)
        };
        Ok(Some((draft, ledger)))
    }

    /// The bounty that the move is expected to bring, base units, and counts it. Who posts to the book's network gets none,
    /// and what a network knows is not read here: with one, none is expected.
    fn bounty(&self, ledger: &mut Ledger, row: &Line, found: &Reduction, amount: u64) -> u64 {
        if !self.watched.site.has_pay_account || self.book().is_none_or(|book| book.follows_network()) {
            return 0;
        }
        let (now, limits) = (self.now(), ledger.limits);
        let Ok(nav) = ledger.nav(now).map(|nav| nav.mid) else { return 0 };
        ledger.epoch.roll(limits.epoch, now, nav);
        let cash = ledger.free_cash().saturating_add(amount);
        let expected = bounty::earning(row, found, amount, now)
            .and_then(|earning| bounty::bounty(&ledger.epoch, &limits, earning, nav, cash));
        let bounty = expected.unwrap_or(0);
        ledger.epoch.pay_used = ledger.epoch.pay_used.saturating_add(bounty);
        ledger.epoch.bounty_used = ledger.epoch.bounty_used.saturating_add(bounty);
        bounty
    }

    /// Whether what a stranger's move is expected to lose still fits the ledger's budget, and charges it.
    pub fn charge_stranger(&self, line: &LineSite, ledger: &mut Ledger, amount: u64) -> Result<(), String> {
        let expected = self.valuer().pool(ledger, line)?.map_or(0, |pool| pool.loss_out(amount));
        if expected <= loss::DUST {
            return Ok(());
        }
        let (now, limits) = (self.now(), ledger.limits);
        let nav = ledger.nav(now).map_err(|error| sentence(&error))?.mid;
        ledger.epoch.roll(limits.epoch, now, nav);
        loss::charge_ledger(&mut ledger.epoch, &limits, expected, nav).map_err(|error| name(&error))
    }

    /// Plans every move that the policy asks for: what brings cash first, since the others spend it.
    pub fn plan_rebalances(&mut self) {
        if !self.is_keeper() {
            return;
        }
        let unmoved = |line: &&LineSite| self.row(line).is_some_and(|row| !self.moved.contains(&row.id));
        let mut lines: Vec<&LineSite> = self.lines().filter(unmoved).collect();
        // Where cash is short any line may give: those furthest above their weight first, pools last.
        let nav = self.ledger.nav(self.now()).map_or(0, |nav| nav.mid);
        lines.sort_by_key(|line| {
            let above = self.row(line).map_or(0, |row| {
                i128::from(row.mid) - i128::from(bands::target_down(nav, row.target_bps).unwrap_or(0))
            });
            (line.is_swapped(), std::cmp::Reverse(above))
        });
        let mut later = Vec::new();
        for line in lines {
            match self.candidate(line) {
                Ok(candidate) => match due(&candidate.ledger, self.book(), &candidate.row, self.now()) {
                    Ok(Due { step: Move::Recall(_), .. }) => self.plan_rebalance(line),
                    _ => later.push(line),
                },
                Err(reason) => self.skip(ActionKind::Rebalance, Some(line.context.addresses.id), reason),
            }
        }
        later.into_iter().for_each(|line| self.plan_rebalance(line));
    }

    fn candidate(&self, line: &'a LineSite) -> Result<Candidate<'a>, String> {
        let quote = self.quote(line)?;
        let (ledger, row) = self.valued(line, &quote)?;
        Ok(Candidate { line, quote, ledger, row })
    }

    fn plan_rebalance(&mut self, line: &'a LineSite) {
        let id = Some(line.context.addresses.id);
        let planned = self.candidate(line).and_then(|candidate| {
            match due(&candidate.ledger, self.book(), &candidate.row, self.now()) {
                Ok(due) => self.rebalance(candidate, &due).map(Some),
                Err(error) if is_quiet(&error) => Ok(None),
                Err(error) => Err(sentence(&error)),
            }
        });
        match planned {
            Ok(Some((draft, ledger, cash))) => {
                let pay = draft.pay;
                if let Some(key) = self.propose(draft) {
                    self.moved(line, ledger, cash);
                    self.settled(line, pay);
                    if cash > 0 {
                        self.cash_from.push(key);
                    }
                }
            }
            Ok(None) => (),
            Err(reason) => self.skip(ActionKind::Rebalance, id, reason),
        }
    }

    /// The move as it would be cut, with the ledger and the keeper charged what it is expected to lose.
    fn rebalance(&self, candidate: Candidate<'a>, due: &Due) -> Result<(Draft, Box<Ledger>, i128), String> {
        let Candidate { line, quote, mut ledger, row } = candidate;
        if let Some(reason) = self.just_moved(line) {
            return Err(reason);
        }
        let pool = self.valuer().pool(&ledger, line)?;
        let calm = pool.map_or(u64::MAX, |pool| pool.calm());
        let (amount, cash) = match due.step {
            Move::Deploy(amount) => {
                let amount = self.admitted(line, &ledger, &row, amount.min(quote.room).min(calm), due.nav)?;
                (amount, -i128::from(amount))
            }
            Move::Recall(amount) => {
                let amount = amount.min(quote.liquidity).min(calm);
                if amount == 0 {
                    return Err("its venue can pay nothing now".to_owned());
                }
                (amount, i128::from(amount))
            }
        };
        let (limits, now) = (ledger.limits, self.now());
        ledger.epoch.roll(limits.epoch, now, due.nav);
        if !due.for_cash || line.is_swapped() {
            let mut keeper = self.keeper.ok_or("the key is no keeper here")?;
            let expected = pool.map_or(0, |pool| if cash < 0 { pool.loss_in(amount) } else { pool.loss_out(amount) });
            loss::charge_both(&mut ledger.epoch, &mut keeper, &limits, expected, due.nav)
                .map_err(|error| name(&error))?;
        }
        let pay = match due.cooled {
            true => loss::pay(&ledger.epoch, &limits, due.nav).map_err(|error| name(&error))?,
            false => 0,
        };
        let mut needs = self.feed_updates(line);
        needs.extend(self.refreshes());
        if cash < 0 {
            needs.extend(self.cash_from.iter().copied());
        }
        let (urgency, reason) = match (due.step, due.for_cash) {
            (_, true) => (Urgency::Soon, format!("cash is short: {amount} base units come back")),
            (Move::Recall(_), _) => (Urgency::Routine, format!("it is above its band: {amount} base units come back")),
            (Move::Deploy(_), _) => (Urgency::Routine, format!("it is below its band: {amount} base units go in")),
        };
        let draft = Draft { pay, needs, ..Draft::new(ActionKind::Rebalance, urgency, reason).of_line(row.id) };
        Ok((draft, ledger, cash))
    }

    /// What of `amount` may go into the line, by what `rebalance` asks of new money.
    fn admitted(&self, line: &LineSite, ledger: &Ledger, row: &Line, amount: u64, nav: u64) -> Result<u64, String> {
        let refused = |error: RouterError| Err(name(&error));
        if row.status != LineStatus::Active as u8 {
            return refused(RouterError::LineFrozen);
        }
        if self.ground.world.venue_changed(line) {
            return refused(RouterError::VenueChanged);
        }
        if ledger.pauses.is_paused(Direction::NewMoney, self.now()) {
            return refused(RouterError::NewMoneyPaused);
        }
        self.valuer().flags(line).1.require(Use::RaiseRisk).map_err(|error| sentence(&error))?;
        if amount == 0 {
            return refused(RouterError::VenueClosed);
        }
        let Some(book) = &self.watched.book else { return refused(RouterError::BookNotOpened) };
        let args = risk::question(ledger, risk::Ask::NewMoney { id: row.id, amount }, nav)
            .map_err(|error| sentence(&error))?;
        let verdict = assess(&mut book.clone(), &args, self.now()).map_err(|error| sentence(&error))?;
        match risk::room(&verdict, amount) {
            0 => refused(RouterError::RiskLimit),
            room => Ok(room),
        }
    }

    /// Counts a planned rebalance's pay and starts its line's cooldown.
    fn settled(&mut self, line: &LineSite, pay: u64) {
        let now = self.now();
        self.ledger.epoch.pay_used = self.ledger.epoch.pay_used.saturating_add(pay);
        self.ledger.keeper_owed = self.ledger.keeper_owed.saturating_add(pay);
        if let Ok(row) = self.ledger.line_mut(line.context.addresses.id) {
            row.last_action_at = now;
        }
    }
}

/// Whether the answer only says that there is nothing to do.
fn is_quiet(error: &AnchorError) -> bool {
    let code = match error {
        AnchorError::AnchorError(error) => error.error_code_number,
        AnchorError::ProgramError(_) => return false,
    };
    [RouterError::InsideBand, RouterError::CoolingDown].into_iter().any(|quiet| code == u32::from(quiet))
}

/// A router's error as it names and words it itself.
fn name(error: &RouterError) -> String {
    sentence(&AnchorError::from(*error))
}

/// The causes of a reduction.
fn words(causes: Causes) -> String {
    const WORDS: [(u8, &str); 7] = [
        (Causes::WINDING_DOWN, "it winds down"),
        (Causes::OVER_MAX, "it is over its greatest weight"),
        (Causes::OVER_CAP, "it is over its cap"),
        (Causes::FEED, "its token's feed is divergent or off its peg"),
        (Causes::VENUE_CHANGED, "its venue runs other code than approved"),
        (Causes::REGIME, "it is over what the regime leaves of its caps"),
        (Causes::CONTAGION, "it is over what contagion leaves of its caps"),
    ];
    let named: Vec<&str> = WORDS.iter().filter(|(bit, _)| causes.0 & bit != 0).map(|(_, words)| *words).collect();
    named.join(", ")
}
