//! Which account an event concerns.

use anchor_lang::prelude::Pubkey;

use crate::decode::events::{Event, OracleEvent, RouterEvent, VaultEvent};

/// The vault, the ledger, the book, the feed or the network that the event names first.
pub fn subject(event: &Event) -> Pubkey {
    match event {
        Event::Vault(event) => of_vault(event),
        Event::Router(event) => of_router(event),
        Event::Oracle(event) => of_oracle(event),
    }
}

/// The same field of every variant.
macro_rules! field_of {
    ($event:expr, $enum:ident, $( $field:ident: $($variant:ident)|+ ),+ $(,)?) => {
        match $event { $( $( $enum::$variant(it) => it.$field, )+ )+ }
    };
}

fn of_vault(event: &VaultEvent) -> Pubkey {
    field_of!(event, VaultEvent,
        vault: VaultInitialized | Deposited | Redeemed | RedemptionRequested | TicketFilled | Claimed | TicketCancelled
            | RoleChanged | PauseChanged | FeesCrystallised | FeesCollected | FeesSet | VaultLimitsSet | GateSet
            | LookupTableSet | Admitted | TicketPassed | TicketTransferred | OverdueDemanded | RedeemedInKind
            | ChangeProposed | ChangeVetoed | ChangeApplied,
    )
}

fn of_router(event: &RouterEvent) -> Pubkey {
    field_of!(event, RouterEvent,
        ledger: LedgerInitialized | BookOpened | LimitsSet | StrategyAdded | BoundsSet | StatusSet | VenueApproved
            | StrategyRemoved | Valued | Allocated | Recalled | Rebalanced | Harvested | Derisked | Reported | KeeperChanged
            | KeeperPaid | RoleChanged | PauseChanged | PaidInKind | WithdrawOrderSet | ChangeProposed | ChangeVetoed
            | ChangeApplied,
    )
}

fn of_oracle(event: &OracleEvent) -> Pubkey {
    field_of!(event, OracleEvent,
        feed: FeedRegistered | FeedParamsSet | ModelSet | FeedUpdated | BarClosed | VarianceForecast,
        book: BookCreated | RiskLimitSet | LineRiskSet,
        account: RoleChanged,
        target: ChangeProposed | ChangeVetoed | ChangeApplied,
        network: NetworkCreated | NetworkParamsSet | ProtocolSet | EdgeCapSet | PosterSet | EdgePosted | LossPosted
            | ContagionSolved,
        book: NetworkSet | ContagionSynced | AssetSet | LineModelSet | RiskParamsSet | ScenarioSet | BookObserved
            | RegimeChanged | BookStressed,
    )
}
