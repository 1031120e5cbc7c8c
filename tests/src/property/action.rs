//! What anybody can do in one step, as plain numbers: a sequence can be printed, replayed from one line of text, and
//! shrunk. Numbers that name somebody or something are taken modulo what there is, so that every sequence can run.

use std::{fmt, str::FromStr};

/// Ten thousandths: the unit of a `part`, taken of what the actor has at that moment.
pub const WHOLE: u64 = 10_000;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $word:literal ($($field:ident),*),)*) => {
        /// One step of a sequence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)]
        pub enum Action {
            $($(#[$doc])* $name { $($field: u64),* },)*
        }

        impl Action {
            /// The word of every kind of action, in the order of the enum.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word of this kind of action.
            pub fn word(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $word,)*
                }
            }

            /// The action's numbers, in order.
            pub fn numbers(&self) -> Vec<u64> {
                match *self {
                    $(Self::$name { $($field),* } => vec![$($field),*],)*
                }
            }

            /// The action of this kind with these numbers; none for an unknown word or another count of numbers.
            pub fn make(word: &str, numbers: &[u64]) -> Option<Self> {
                match word {
                    $($word => {
                        #[allow(unused_mut, unused_variables)]
                        let mut rest = numbers.iter().copied();
                        let made = Self::$name { $($field: rest.next()?),* };
                        rest.next().is_none().then_some(made)
                    })*
                    _ => None,
                }
            }
        }
    };
}

actions! {
    // Holders.
    /// Pays in exactly `assets`.
    Deposit "deposit" (user, assets),
    /// Pays in exactly `assets`, which go on into a line as far as it takes them.
    DepositInto "deposit-into" (user, assets, line),
    /// Buys exactly `shares`.
    Mint "mint" (user, shares),
    /// Takes out a part of what the holder's shares are worth.
    Withdraw "withdraw" (user, part),
    /// Gives a part of the holder's shares.
    Redeem "redeem" (user, part),
    /// Queues a part of the holder's shares; bound 0: at any price, 1: 90 %, 2: all, 3: 110 % of what they are worth now.
    Request "request" (user, part, bound),
    /// Fills up to `count` tickets, called by anybody.
    Fill "fill" (count),
    /// Claims on the holder's ticket with this number among his own.
    Claim "claim" (user, nth),
    /// Takes the holder's ticket with this number among his own out of the queue.
    Cancel "cancel" (user, nth),
    /// Hands the holder's ticket with this number among his own to another one.
    Hand "hand" (user, nth, to),
    /// Takes a part of everything for the holder's ticket with this number; bits of `forgone` name what is left behind.
    InKind "in-kind" (user, nth, forgone),
    /// Gives a part of the holder's shares and draws what cash lacks from a line.
    RedeemRecall "redeem-recall" (user, part, line),
    /// Shows that the holder is on the vault's list.
    Admit "admit" (user),
    /// Sends a part of the holder's shares to another one.
    Give "give" (user, to, part),
    /// Burns a part of the holder's shares at the token program, without the vault.
    Burn "burn" (user, part),
    /// Sends base asset unasked: 0 to cash, 1 to claims, 2 to a reserve's supply account.
    Donate "donate" (user, place, assets),
    /// Sends a part of the holder's shares to the escrow unasked.
    DonateShares "donate-shares" (user, part),
    /// Buys receipt tokens of a line's market and sends them to the line's position unasked.
    DonateReceipts "donate-receipts" (line, tokens),

    // Anybody, keepers.
    /// Posts all prices, updates all feeds, refreshes every market and line.
    Crank "crank" (),
    /// Brings the price that was posted last to its feed.
    Update "update" (asset),
    /// Refreshes one market and its line.
    Refresh "refresh" (line),
    /// Refreshes one line and leaves its market as it is.
    Value "value" (line),
    /// Lets a keeper rebalance a line.
    Rebalance "rebalance" (keeper, line),
    /// Pays a keeper.
    CollectPay "collect-pay" (keeper),
    /// Brings back a part of a line, or of what the queue lacks: 0 by a stranger, else by guardian, curator, owner.
    Recall "recall" (line, part, by),
    /// Reduces a line that must come down, for a bounty: 0 a stranger who shows the book's network, 1 one who does not, 2 who
    /// posts to it.
    Derisk "derisk" (line, by),
    /// Adopts what lies untracked in a line's accounts.
    Harvest "harvest" (line),
    /// Adopts what lies untracked in cash.
    HarvestCash "harvest-cash" (),
    /// Demands cash for an overdue ticket at the head.
    Demand "demand" (),
    /// Charges fees.
    Crystallise "crystallise" (),
    /// Mints accrued fee shares to their recipient.
    CollectFees "collect-fees" (),
    /// Tells the book what lies where.
    Report "report" (),
    /// Has the book look at its feeds.
    Observe "observe" (),
    /// Works out `count` of the book's scenarios.
    Stress "stress" (from, count),
    /// Posts to the book's network: 0 a loss of a protocol, else an edge between two; basis points.
    Post "post" (what, protocol, bps),
    /// Solves the book's network.
    Solve "solve" (),
    /// Has the book take the solution over.
    Sync "sync" (),

    // The world.
    /// Lets seconds pass.
    Warp "warp" (seconds),
    /// Lets slots pass.
    Slots "slots" (slots),
    /// Moves a price: 0 the base asset's, 1 the token's; `bps` of a dollar, 10,000 for par.
    Price "price" (asset, bps),
    /// Moves the swap pool to a price of the token, basis points of par, as outside trades would.
    Pool "pool" (bps),
    /// Lends out a part of what a market has.
    Borrow "borrow" (line, part),
    /// Pays back a part of what the market's owner borrowed.
    Repay "repay" (line, part),
    /// Makes a part of that debt bad.
    WriteOff "write-off" (line, part),
    /// Halts a market or lets it run again.
    Emergency "emergency" (line, on),
    /// Sets how much a market may pay out in a day, units; 0: no limit.
    VenueCap "venue-cap" (line, units),
    /// What a venue that steals does from now on; see the hostile venue's tricks.
    Trick "trick" (number),
    /// Makes a market's program look upgraded.
    Upgrade "upgrade" (slot),

    // Owner, curator, guardian.
    /// Sets a line's weight: 0 by a stranger, 1 guardian, 2 curator, 3 owner.
    Bounds "bounds" (line, target, by),
    /// Sets a line's status.
    Status "status" (line, status, by),
    /// Chooses the policy.
    Policy "policy" (policy, by),
    /// Sets the ledger's limits: valuation age in seconds, least cash in basis points.
    Limits "limits" (age, cash, by),
    /// Approves what a line's venue runs.
    Approve "approve" (line, by),
    /// Lets a keeper act or stops it.
    KeeperActive "keeper-active" (keeper, active, by),
    /// Caps a line in the book, basis points of NAV.
    LineRisk "line-risk" (line, cap, by),
    /// Sets the book's risk limits and thresholds, by the digits of `value`.
    RiskParams "risk-params" (value, by),
    /// Pauses a direction: 0 deposits, 1 instant exits, 2 new money.
    Pause "pause" (direction, by),
    /// Ends a pause.
    Lift "lift" (direction, by),
    /// Sets the order in which exits draw on lines.
    Order "order" (first, by),
    /// Sets fees at once, by the digits of `value`.
    Fees "fees" (value, by),
    /// Sets the vault's limits at once, by the digits of `value`.
    VaultLimits "vault-limits" (value, by),
    /// Sets the vault's list to the first holders; 0 lifts it.
    Gate "gate" (count, by),
    /// Proposes a change of one of several kinds; see the world's module of changes.
    Propose "propose" (kind, value, by),
    /// Applies the proposed change with this number.
    Apply "apply" (nth),
    /// Vetoes the proposed change with this number.
    Veto "veto" (nth, by),
    /// Closes the proposed change with this number.
    CloseChange "close-change" (nth),

    // Hostile.
    /// Tries to take what is another's, in one of several ways.
    Steal "steal" (way, thief, victim),
    /// Sends an honest instruction with one of its accounts replaced.
    Twist "twist" (flow, user, place, other),
    /// Two accounts without shares go round and round on a copy of the world, and must not have gained.
    RoundTrip "round-trip" (seed, slots),

    /// Makes a fault in the middle of the next transaction that succeeds: never drawn, for trying the checks themselves.
    Fault "fault" (number),

    // The end.
    /// Everybody leaves, and nobody helps; see [`leave`](super::leave). 0: all in kind, 1: as cash comes, 2: with a bound.
    Leave "leave" (way),
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())?;
        self.numbers().iter().try_for_each(|number| write!(f, " {number}"))
    }
}

impl FromStr for Action {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let word = words.next().ok_or("an action is empty: write a word and its numbers")?;
        let numbers: Result<Vec<u64>, _> = words.map(str::parse).collect();
        let numbers = numbers.map_err(|error| format!("'{text}': {error}; write whole numbers after the word"))?;
        Self::make(word, &numbers).ok_or_else(|| format!("'{text}' is no action: check the word and count its numbers"))
    }
}

/// A world and what happens in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sequence {
    /// Which world it begins in.
    pub world: u64,
    /// What happens, in order.
    pub actions: Vec<Action>,
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "world {}", self.world)?;
        self.actions.iter().try_for_each(|action| write!(f, "; {action}"))
    }
}

impl FromStr for Sequence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
        let world = parts.next().and_then(|first| first.strip_prefix("world ")?.trim().parse().ok());
        let world = world.ok_or("a sequence begins with 'world' and its number")?;
        Ok(Self { world, actions: parts.map(str::parse).collect::<Result<_, _>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_read_back_as_it_was_written() {
        let actions = vec![
            Action::Deposit { user: 1, assets: 1_000_000 },
            Action::Crank {},
            Action::Twist { flow: 3, user: 0, place: 7, other: 12 },
        ];
        let sequence = Sequence { world: 2, actions };
        assert_eq!(sequence.to_string(), "world 2; deposit 1 1000000; crank; twist 3 0 7 12");
        assert_eq!(sequence.to_string().parse::<Sequence>(), Ok(sequence));
    }

    #[test]
    fn what_is_no_sequence_is_refused() {
        for text in
            ["", "deposit 1 2", "world 1; deposit 1", "world 1; deposit 1 2 3", "world 1; dance", "world 1; warp x"]
        {
            assert!(text.parse::<Sequence>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_word_makes_its_action() {
        for word in Action::WORDS {
            let made = (0..6).filter_map(|count| Action::make(word, &vec![1; count])).collect::<Vec<_>>();
            assert_eq!(made.len(), 1, "{word}");
            assert_eq!(made[0].word(), *word);
        }
    }
}
