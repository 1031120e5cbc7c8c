//! What a verification found: for machines as it is, for people as tables.

mod text;

use serde::Serialize;

use crate::amount::grouped;

/// What the JSON calls itself.
pub const FORMAT: &str = "gimbal-verify";
/// The version of the JSON's layout. Keys are added without a new one.
pub const VERSION: u32 = 1;

/// How one check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As expected.
    Holds,
    /// Not as expected, and not a fault: somebody's gift, a price that has moved since, a key that was allowed.
    Noted,
    /// Something that must be so is not.
    Broken,
}

/// One thing that must be so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// A short name that stays the same from release to release, such as `claims.owed`.
    pub name: String,
    /// What must be so, in words.
    pub expectation: String,
    /// What the accounts that are checked say.
    pub expected: String,
    /// What was counted, summed or derived anew.
    pub found: String,
    /// Found less expected, where both are amounts.
    pub residual: Option<i128>,
    /// How it ended.
    pub status: Status,
    /// What it means and what to do, where it does not simply hold.
    pub note: Option<String>,
}

impl Check {
    /// Two amounts that must be equal.
    pub fn amounts(
        name: impl Into<String>,
        expectation: impl Into<String>,
        expected: impl Into<i128>,
        found: impl Into<i128>,
    ) -> Self {
        let (expected, found) = (expected.into(), found.into());
        Self {
            name: name.into(),
            expectation: expectation.into(),
            expected: signed(expected),
            found: signed(found),
            residual: Some(found - expected),
            status: if found == expected { Status::Holds } else { Status::Broken },
            note: None,
        }
    }

    /// An amount that must not exceed another.
    pub fn at_most(
        name: impl Into<String>,
        expectation: impl Into<String>,
        limit: impl Into<i128>,
        found: impl Into<i128>,
    ) -> Self {
        let (limit, found) = (limit.into(), found.into());
        Self {
            name: name.into(),
            expectation: expectation.into(),
            expected: format!("at most {}", signed(limit)),
            found: signed(found),
            residual: (found > limit).then(|| found - limit),
            status: if found <= limit { Status::Holds } else { Status::Broken },
            note: None,
        }
    }

    /// Two values that must be equal.
    pub fn equal<T: PartialEq + ToString>(
        name: impl Into<String>,
        expectation: impl Into<String>,
        expected: &T,
        found: &T,
    ) -> Self {
        Self::must(name, expectation, expected == found, expected.to_string(), found.to_string())
    }

    /// Something that must be so, with both sides in words.
    pub fn must(
        name: impl Into<String>,
        expectation: impl Into<String>,
        holds: bool,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            expectation: expectation.into(),
            expected: expected.into(),
            found: found.into(),
            residual: None,
            status: if holds { Status::Holds } else { Status::Broken },
            note: None,
        }
    }

    /// A rule that must hold for each of several things; `broken` names those for which it does not.
    pub fn all(name: impl Into<String>, expectation: impl Into<String>, count: usize, broken: &[String]) -> Self {
        let found = if broken.is_empty() { format!("{count} of {count}") } else { broken.join("; ") };
        Self::must(name, expectation, broken.is_empty(), "all of them", found)
    }

    /// Something that could not even be read.
    pub fn unreadable(name: impl Into<String>, expectation: impl Into<String>, why: impl ToString) -> Self {
        Self::must(name, expectation, false, "readable", "unreadable").explained(why.to_string())
    }

    /// Turns a break into a note: what is found is no fault.
    #[must_use]
    pub fn excused(mut self, why: impl Into<String>) -> Self {
        if self.status == Status::Broken {
            self.status = Status::Noted;
            self.note = Some(why.into());
        }
        self
    }

    /// Says what a break means and what to do.
    #[must_use]
    pub fn explained(mut self, why: impl Into<String>) -> Self {
        if self.status == Status::Broken {
            self.note = Some(why.into());
        }
        self
    }
}

/// Who may replace the code of one of the three programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProgramLine {
    /// Its name.
    pub name: &'static str,
    /// Its address.
    pub program: String,
    /// The slot of its last deployment; none where that cannot be read.
    pub deployed_slot: Option<u64>,
    /// Who may replace it; none for nobody, or where that cannot be read.
    pub upgrade_authority: Option<String>,
    /// What kind of authority that is, in words.
    pub kind: String,
}

/// Who may do what with one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PostLine {
    /// vault, ledger, book or a feed.
    pub account: String,
    /// May change everything, slowly; none where nobody can any more.
    pub owner: Option<String>,
    /// Who is proposed as the next owner.
    pub pending_owner: Option<String>,
    /// May shift bounds.
    pub curator: Option<String>,
    /// May reduce risk, at once, and veto.
    pub guardian: Option<String>,
    /// The posts that were given up for ever.
    pub renounced: Vec<&'static str>,
}

/// A net asset value, base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NavFigures {
    /// What leavers are paid from.
    pub low: i128,
    /// What weights are measured against.
    pub mid: i128,
    /// What newcomers pay for.
    pub high: i128,
}

/// What the vault owns and owes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Decimals of the base asset and of the shares.
    pub decimals: u8,
    /// From the ledger's stored valuations, at the clock's time; none while the program itself refuses to price.
    pub nav_stored: Option<NavFigures>,
    /// Why there is none.
    pub nav_refused: Option<String>,
    /// With every line valued anew from its venue's account, at its own age.
    pub nav_recomputed: NavFigures,
    /// Shares that NAV is divided by: tracked, and accrued as fees.
    pub effective_supply: i128,
    /// Shares that the mint says are in issue.
    pub mint_supply: u64,
    /// Shares in the queue and passed.
    pub escrowed: i128,
    /// Fee shares that a crystallisation now would make; none while the program refuses to price.
    pub fee_shares_due: Option<u64>,
    /// Owed to filled tickets, base units.
    pub claims_owed: u64,
    /// Cash as tracked, base units.
    pub cash: u64,
    /// Owed to keepers, base units.
    pub keeper_owed: u64,
    /// Adopted surplus that low does not count yet, base units.
    pub locked_gains: i128,
}

/// One ticket that was not closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketLine {
    /// Its place.
    pub sequence: u64,
    /// Whose it is.
    pub owner: String,
    /// open, filled, cancelled, passed, or the number of no status.
    pub status: String,
    /// Shares not yet paid.
    pub shares_left: u64,
    /// Paid and not yet claimed, base units.
    pub claimable: u64,
    /// When a recall can be forced for it, Unix seconds.
    pub overdue_at: i64,
    /// When its owner can leave in kind, Unix seconds.
    pub in_kind_at: i64,
}

/// All that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// [`FORMAT`].
    pub format: &'static str,
    /// [`VERSION`].
    pub version: u32,
    /// The vault.
    pub vault: String,
    /// The slot of the clock that it was judged by.
    pub slot: u64,
    /// The clock's time, Unix seconds.
    pub unix_time: i64,
    /// Whether nothing is broken.
    pub holds: bool,
    /// How many checks are broken.
    pub broken: usize,
    /// How many are worth a look.
    pub noted: usize,
    /// What the vault owns and owes.
    pub figures: Figures,
    /// The three programs.
    pub programs: Vec<ProgramLine>,
    /// Who may do what.
    pub posts: Vec<PostLine>,
    /// The tickets that were not closed, in order.
    pub tickets: Vec<TicketLine>,
    /// Every check.
    pub checks: Vec<Check>,
}

impl Report {
    /// The checks that ended so.
    pub fn ended(&self, status: Status) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(move |check| check.status == status)
    }

    /// As JSON, indented or on one line, with a newline at the end.
    ///
    /// # Errors
    ///
    /// Never with the fields as they are; the serialiser's type allows for it.
    pub fn json(&self, compact: bool) -> Result<String, serde_json::Error> {
        let text = if compact { serde_json::to_string(self)? } else { serde_json::to_string_pretty(self)? };
        Ok(text + "\n")
    }

    /// One sentence.
    pub fn verdict(&self) -> String {
        let (all, noted) = (self.checks.len(), self.noted);
        match self.broken {
            0 => format!("All {all} checks hold; {noted} with a note."),
            broken => {
                let names: Vec<&str> = self.ended(Status::Broken).map(|check| check.name.as_str()).collect();
                format!("{broken} of {all} checks are broken: {}.", names.join(", "))
            }
        }
    }
}

/// A number of either sign, its digits in groups.
fn signed(number: i128) -> String {
    let digits = grouped(number.unsigned_abs());
    if number < 0 {
        format!("-{digits}")
    } else {
        digits
    }
}
