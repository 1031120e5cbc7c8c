//! What is safe: prices of assets with everything that must be known before they are trusted, and the limits of what
//! one ledger may be exposed to.
//!
//! FEEDS. A feed follows one Pyth price, optionally a second one, and says what is wrong with it: age, confidence,
//! divergence, a jump away from its slow stable price, a lost peg. It keeps daily bars. Anybody may update it.
//!
//! BOOKS. A book belongs to one ledger. Before the router puts new money into a line it asks `assess`, which answers
//! with the reasons against the move and with the largest move that has none. Taking money out is never asked about.
//! What the whole may lose is reckoned from the feeds' forecasts, the reported exposures and stress scenarios; a regime
//! and a contagion network scale the caps, down at once and up slowly.
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
pub use policy::limits::{AssessArgs, Verdict, NO_ROW};
pub use policy::price::RECEIVERS;
pub use state::{
    Action, Bar, Bars, Book, Bounds, Change, Exposure, Feed, FeedParams, LineRisk, ModelParams, RiskLimit, Status,
    BARS, LINES, NO_LINE, NO_RISK, RISKS, RISKS_PER_LINE,
};
pub use state::{AssetRisk, LineModel, Regime, RiskParams, Scenario, Signal};
pub use state::{Network, NetworkParams, Protocol, Scores};

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

    /// Sets the coefficients of a feed's volatility models within their hard ranges. Owner only; once the feed has a price,
    /// every refit has waited in a change.
    ///
    /// - `params`: all of them; what should stay must be given again.
    pub fn set_model<'info>(ctx: Context<'info, SetModel<'info>>, params: ModelParams) -> Result<()> {
        SetModel::handler(ctx, params)
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
    /// - `args`: NAV, the row that new money is meant for (255 for a report: nothing is to be moved), how much, and id, value
    ///   and exposure of every row before the move, in base units.
    pub fn assess<'info>(ctx: Context<'info, Assess<'info>>, args: AssessArgs) -> Result<Verdict> {
        Assess::handler(ctx, args)
    }

    /// Names the feed of an asset of a book. Owner only; once the book is in use, it has waited in a change.
    ///
    /// - `args`: row of the asset and its feed; the zero key frees the row.
    pub fn set_asset<'info>(ctx: Context<'info, SetAsset<'info>>, args: SetAssetArgs) -> Result<()> {
        SetAsset::handler(ctx, args)
    }

    /// Says what moves a line: asset, protocol, and whether the regime scales it. Curator and guardian may only tighten;
    /// once the book is in use, the rest has waited in a change.
    ///
    /// - `args`: the ledger's id of the line, row of its asset, row of its protocol, and whether it is scaled.
    pub fn set_line_model<'info>(ctx: Context<'info, SetLineModel<'info>>, args: SetLineModelArgs) -> Result<()> {
        SetLineModel::handler(ctx, args)
    }

    /// Sets a book's limits and coefficients within their hard ranges. Curator and guardian may only tighten; once the book is
    /// in use, what loosens has waited in a change.
    ///
    /// - `params`: all of them; what should stay must be given again.
    pub fn set_risk_params<'info>(ctx: Context<'info, SetRiskParams<'info>>, params: RiskParams) -> Result<()> {
        SetRiskParams::handler(ctx, params)
    }

    /// Defines, changes or frees a stress scenario. Curator and guardian may only add one; once the book is in use, changing
    /// or freeing one has waited in a change.
    ///
    /// - `args`: row, and what happens to every asset's price and to volatility.
    pub fn set_scenario<'info>(ctx: Context<'info, SetScenario<'info>>, args: SetScenarioArgs) -> Result<()> {
        SetScenario::handler(ctx, args)
    }

    /// Reads the feeds of a book's assets, which follow in the order of their rows. Anybody may call.
    pub fn observe<'info>(ctx: Context<'info, Observe<'info>>) -> Result<()> {
        Observe::handler(ctx)
    }

    /// Revalues every line in some of a book's scenarios. Anybody may call.
    ///
    /// - `from`, `count`: rows of the scenarios, as many as fit a transaction.
    pub fn stress<'info>(ctx: Context<'info, Stress<'info>>, from: u8, count: u8) -> Result<()> {
        Stress::handler(ctx, from, count)
    }

    /// Creates a contagion network; the signer becomes its owner.
    ///
    /// - `args`: number among the signer's networks, curator and guardian, ages and speeds.
    pub fn create_network<'info>(ctx: Context<'info, CreateNetwork<'info>>, args: CreateNetworkArgs) -> Result<()> {
        CreateNetwork::handler(ctx, args)
    }

    /// Sets a network's ages and speeds within their hard ranges. Owner only; once the network is live, what loosens has
    /// waited in a change.
    ///
    /// - `params`: all of them; what should stay must be given again.
    pub fn set_network_params<'info>(
        ctx: Context<'info, SetNetworkParams<'info>>,
        params: NetworkParams,
    ) -> Result<()> {
        SetNetworkParams::handler(ctx, params)
    }

    /// Defines a protocol of a network or scores it anew. Curator and guardian may only worsen it; once the network is
    /// live, what could make it look safer has waited in a change.
    ///
    /// - `args`: row, name, program, points of risk, and the loss that stands.
    pub fn set_protocol<'info>(ctx: Context<'info, SetProtocol<'info>>, args: SetProtocolArgs) -> Result<()> {
        SetProtocol::handler(ctx, args)
    }

    /// Caps an edge of a network. Curator and guardian may only raise the cap; once the network is live, lowering it has
    /// waited in a change.
    ///
    /// - `args`: rows of who loses and of who fails, and the cap in basis points of the loser's equity.
    pub fn set_edge_cap<'info>(ctx: Context<'info, SetEdgeCap<'info>>, args: SetEdgeCapArgs) -> Result<()> {
        SetEdgeCap::handler(ctx, args)
    }

    /// Names a poster of a network, or empties its place, which curator and guardian may as well. Once the network is
    /// live, a new poster has waited in a change.
    ///
    /// - `args`: place and key.
    pub fn set_poster<'info>(ctx: Context<'info, SetPoster<'info>>, args: SetPosterArgs) -> Result<()> {
        SetPoster::handler(ctx, args)
    }

    /// Posts an edge that was observed, within the owner's cap. A poster signs.
    ///
    /// - `args`: rows of who loses and of who fails, the lost part of the loser's equity, and when it was observed.
    pub fn post_edge<'info>(ctx: Context<'info, Post<'info>>, args: PostEdgeArgs) -> Result<()> {
        Post::edge(ctx, args)
    }

    /// Posts a loss that was observed; it can only be raised, and falls by itself. A poster signs.
    ///
    /// - `args`: row of the protocol, the lost part of depositors' claims, and when it was observed.
    pub fn post_loss<'info>(ctx: Context<'info, Post<'info>>, args: PostLossArgs) -> Result<()> {
        Post::loss(ctx, args)
    }

    /// Computes every damage of a network anew. Anybody may call; the first time its owner signs.
    pub fn solve_contagion<'info>(ctx: Context<'info, SolveContagion<'info>>) -> Result<()> {
        SolveContagion::handler(ctx)
    }

    /// Names the contagion network that a book follows, or none. Owner only; on a live book another one, or none, has waited
    /// in a change.
    ///
    /// - `network`: the network, which is passed as well; the zero key for none.
    pub fn set_network<'info>(ctx: Context<'info, SetNetwork<'info>>, network: Pubkey) -> Result<()> {
        SetNetwork::handler(ctx, network)
    }

    /// Takes the damages of a book's network over into what the book leaves of each line. Anybody may call.
    pub fn sync_contagion<'info>(ctx: Context<'info, SyncContagion<'info>>) -> Result<()> {
        SyncContagion::handler(ctx)
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
