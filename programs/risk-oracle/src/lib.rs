//! What is safe: prices of assets with everything that must be known before they are trusted, and the limits of what
//! one ledger may be exposed to.
//!
//! FEEDS. A feed follows one Pyth price, optionally a second one, and says what is wrong with it: age, confidence,
//! divergence, a jump away from its slow stable price, a lost peg. It keeps daily bars. Anybody may update it.
//!
//! BOOKS. A book belongs to one ledger. Before the router puts new money into a line it asks `assess`, which answers
//! with the reasons against the move and with the largest move that has none. Taking money out is never asked about.
//!
//! TRUST. There is no admin of the program. A feed's owner is whoever registered it; a vault uses the feeds that its
//! owner pinned. The program calls nobody and holds no money.

#![warn(clippy::arithmetic_side_effects, clippy::integer_division)]
// Anchor's macros make these.
#![allow(clippy::result_large_err, clippy::diverging_sub_expression)]

use anchor_lang::prelude::*;

pub mod change;
pub mod error;
pub mod events;
pub mod instructions;
pub mod policy;
pub mod seeds;
pub mod state;

pub use error::OracleError;
pub use instructions::*;
pub use policy::limits::{AssessArgs, Verdict};
pub use policy::price::RECEIVERS;
pub use state::{
    Action, Bar, Bars, Book, Bounds, Change, Feed, FeedParams, LineRisk, RiskLimit, Status, BARS, LINES, NO_LINE,
    NO_RISK, RISKS, RISKS_PER_LINE,
};

declare_id!("D5uXL15hooNwnkZRyMmRoWnsV1oJcrazoKjEdAeKVHgp");

/// The risk oracle: feeds of prices, and books of limits.
#[program]
pub mod risk_oracle {
    use super::*;

    /// Registers a feed of one asset; the signer becomes its owner.
    ///
    /// - `args`: the Pyth ids of the asset and of an optional second source, curator and guardian, and the parameters.
    pub fn register_feed<'info>(ctx: Context<'info, RegisterFeed<'info>>, args: RegisterFeedArgs) -> Result<()> {
        RegisterFeed::handler(ctx, args)
    }

    /// Sets a feed's parameters within their hard ranges. Owner only; once the feed has a price, what loosens has waited in a
    /// change.
    ///
    /// - `params`: all of them; what should stay must be given again.
    pub fn set_feed_params<'info>(ctx: Context<'info, SetFeedParams<'info>>, params: FeedParams) -> Result<()> {
        SetFeedParams::handler(ctx, params)
    }

    /// Brings a posted Pyth price to a feed, and optionally one of its second source. Anybody may call.
    pub fn update_feed<'info>(ctx: Context<'info, UpdateFeed<'info>>) -> Result<()> {
        UpdateFeed::handler(ctx)
    }

    /// Creates a ledger's book. The ledger signs.
    ///
    /// - `args`: owner, curator and guardian of the book.
    pub fn create_book<'info>(ctx: Context<'info, CreateBook<'info>>, args: CreateBookArgs) -> Result<()> {
        CreateBook::handler(ctx, args)
    }

    /// Defines a risk or sets its caps. Curator and guardian may only lower them; once the book is in use, the owner's
    /// raising has waited in a change.
    ///
    /// - `args`: row of the risk table, label, and caps in basis points of NAV and in base units.
    pub fn set_risk<'info>(ctx: Context<'info, SetRisk<'info>>, args: SetRiskArgs) -> Result<()> {
        SetRisk::handler(ctx, args)
    }

    /// Registers a line's risks or sets its caps. Curator and guardian may only lower caps; once the book is in use, what lets
    /// a line take more has waited in a change.
    ///
    /// - `args`: the ledger's id of the line, its risks, and caps in basis points of NAV and in base units. No risks and
    ///   caps of zero free the line's row.
    pub fn set_line_risk<'info>(ctx: Context<'info, SetLineRisk<'info>>, args: SetLineRiskArgs) -> Result<()> {
        SetLineRisk::handler(ctx, args)
    }

    /// Stores a ledger's exposures and says what one line may take. Never fails on a limit. The ledger signs.
    ///
    /// - `args`: NAV, the row that new money is meant for, how much, and id and value of every row before the move, in
    ///   base units.
    pub fn assess<'info>(ctx: Context<'info, Assess<'info>>, args: AssessArgs) -> Result<Verdict> {
        Assess::handler(ctx, args)
    }

    /// Proposes the next owner of a feed or a book. Owner only.
    ///
    /// - `owner`: the key that may accept; the zero key withdraws a proposal.
    pub fn propose_owner<'info>(ctx: Context<'info, ChangeRole<'info>>, owner: Pubkey) -> Result<()> {
        ChangeRole::propose_owner(ctx, owner)
    }

    /// Accepts the ownership of a feed or a book. The proposed owner signs.
    pub fn accept_owner<'info>(ctx: Context<'info, ChangeRole<'info>>) -> Result<()> {
        ChangeRole::accept_owner(ctx)
    }

    /// Names the curator of a feed or a book. Owner only; on a live account a new one has waited in a change.
    ///
    /// - `curator`: may lower limits; the zero key leaves the post empty.
    pub fn set_curator<'info>(ctx: Context<'info, ChangeRole<'info>>, curator: Pubkey) -> Result<()> {
        ChangeRole::set_curator(ctx, curator)
    }

    /// Names the guardian of a feed or a book. Owner only; on a live account the removal of one in post has waited in a
    /// change.
    ///
    /// - `guardian`: may lower limits; the zero key leaves the post empty.
    pub fn set_guardian<'info>(ctx: Context<'info, ChangeRole<'info>>, guardian: Pubkey) -> Result<()> {
        ChangeRole::set_guardian(ctx, guardian)
    }

    /// Gives a role of a feed or a book up for ever. Who holds it; the owner also the curator's.
    ///
    /// - `role`: 0 owner, 1 curator, 2 guardian.
    pub fn renounce<'info>(ctx: Context<'info, ChangeRole<'info>>, role: u8) -> Result<()> {
        ChangeRole::renounce(ctx, role)
    }

    /// Proposes a change of a feed or a book. Owner only.
    ///
    /// - `data`: the instruction that waits, discriminator and arguments.
    pub fn propose_change<'info>(ctx: Context<'info, ProposeChange<'info>>, data: Vec<u8>) -> Result<()> {
        ProposeChange::handler(ctx, data)
    }

    /// Stops a change for good. Guardian or owner; the owner alone where the guardian itself is to go.
    pub fn veto_change<'info>(ctx: Context<'info, VetoChange<'info>>) -> Result<()> {
        VetoChange::handler(ctx)
    }

    /// Closes a change that was applied or vetoed or has expired. Anybody.
    pub fn close_change<'info>(ctx: Context<'info, CloseChange<'info>>) -> Result<()> {
        CloseChange::handler(ctx)
    }
}
