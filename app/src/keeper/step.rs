//! The steps of the loop, in order. Between any two of them the process may die.

/// What was just done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A cycle is in the journal.
    CycleBegun,
    /// Earlier signatures were looked up, spending was counted from the chain.
    Reconciled,
    /// The plan is made.
    Planned,
    /// A transaction was tried out by simulation.
    Simulated,
    /// Its intent is in the journal.
    Intended,
    /// It is signed, in memory only.
    Signed,
    /// Its signature is in the journal.
    Recorded,
    /// It was handed to the nodes.
    Sent,
    /// It was seen to have landed, which is not in the journal yet.
    Seen,
    /// Its outcome is in the journal.
    Settled,
    /// The cycle's end is in the journal.
    CycleEnded,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 11] = [
        Self::CycleBegun,
        Self::Reconciled,
        Self::Planned,
        Self::Simulated,
        Self::Intended,
        Self::Signed,
        Self::Recorded,
        Self::Sent,
        Self::Seen,
        Self::Settled,
        Self::CycleEnded,
    ];

    /// The step's name, such as `recorded`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CycleBegun => "cycle-begun",
            Self::Reconciled => "reconciled",
            Self::Planned => "planned",
            Self::Simulated => "simulated",
            Self::Intended => "intended",
            Self::Signed => "signed",
            Self::Recorded => "recorded",
            Self::Sent => "sent",
            Self::Seen => "seen",
            Self::Settled => "settled",
            Self::CycleEnded => "cycle-ended",
        }
    }
}

/// Is told of every step, before the next one begins.
pub type Observer = Box<dyn FnMut(Step)>;
