//! A transaction's events as types.
//!
//! The programs emit by calling themselves (Anchor's `emit_cpi!`): the inner instruction's data is Anchor's event tag,
//! the event's discriminator, then its fields in Borsh. Logs, which nodes truncate, are not looked at.

use anchor_lang::{event::EVENT_IX_TAG_LE, prelude::Pubkey, AnchorDeserialize, Discriminator};
use risk_oracle::events as oracle_events;
use strategy_router::events as router_events;
use vault::events as vault_events;

use crate::chain::{InnerCall, Receipt};

/// Defines an enum of one program's events and its decoder. The program's event types are in scope as `$program`.
macro_rules! program_events {
    ($(#[$doc:meta])* $enum:ident, $program:ident, { $($event:ident),* $(,)? }) => {
        $(#[$doc])*
        pub enum $enum {
            $(
                #[doc = concat!("See `", stringify!($event), "` of the program.")]
                $event($program::$event),
            )*
        }

        impl $enum {
            /// The event's name.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$event(_) => stringify!($event)),* }
            }

            /// Reads discriminator and fields; none for an event of another version of the program.
            fn decode(data: &[u8]) -> Option<Self> {
                $(
                    if let Some(fields) = data.strip_prefix($program::$event::DISCRIMINATOR) {
                        return $program::$event::try_from_slice(fields).ok().map(Self::$event);
                    }
                )*
                None
            }
        }

        impl std::fmt::Debug for $enum {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.name())
            }
        }
    };
}

program_events! {
    /// What the vault reports.
    VaultEvent, vault_events, {
        VaultInitialized, Deposited, Redeemed, RedemptionRequested, TicketFilled, Claimed, TicketCancelled, RoleChanged,
        PauseChanged, FeesCrystallised, FeesCollected, FeesSet, VaultLimitsSet, GateSet, LookupTableSet, Admitted,
        TicketPassed, TicketTransferred, OverdueDemanded, RedeemedInKind, ChangeProposed, ChangeVetoed, ChangeApplied,
    }
}

program_events! {
    /// What the strategy router reports.
    RouterEvent, router_events, {
        LedgerInitialized, BookOpened, LimitsSet, StrategyAdded, BoundsSet, StatusSet, VenueApproved, StrategyRemoved,
        Valued, Allocated, Recalled, Rebalanced, Harvested, Derisked, Reported, KeeperChanged, KeeperPaid, RoleChanged,
        PauseChanged, PaidInKind, WithdrawOrderSet, ChangeProposed, ChangeVetoed, ChangeApplied,
    }
}

program_events! {
    /// What the risk oracle reports.
    OracleEvent, oracle_events, {
        FeedRegistered, FeedParamsSet, ModelSet, FeedUpdated, BarClosed, VarianceForecast, BookCreated, RiskLimitSet,
        LineRiskSet, RoleChanged, AssetSet, LineModelSet, RiskParamsSet, ScenarioSet, BookObserved, RegimeChanged,
        BookStressed,
        ChangeProposed, ChangeVetoed, ChangeApplied,
        NetworkCreated, NetworkParamsSet, ProtocolSet, EdgeCapSet, PosterSet, EdgePosted, LossPosted, ContagionSolved,
        NetworkSet, ContagionSynced,
    }
}

/// Something that one of the programs reports.
#[derive(Debug)]
pub enum Event {
    /// By the vault.
    Vault(VaultEvent),
    /// By the strategy router.
    Router(RouterEvent),
    /// By the risk oracle.
    Oracle(OracleEvent),
}

impl Event {
    /// The event's name, such as `Deposited`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Vault(event) => event.name(),
            Self::Router(event) => event.name(),
            Self::Oracle(event) => event.name(),
        }
    }
}

/// The event that `program` emitted with `data`; none for any other call.
pub fn decode(program: &Pubkey, data: &[u8]) -> Option<Event> {
    let body = data.strip_prefix(EVENT_IX_TAG_LE)?;
    match program {
        id if *id == vault::ID => VaultEvent::decode(body).map(Event::Vault),
        id if *id == strategy_router::ID => RouterEvent::decode(body).map(Event::Router),
        id if *id == risk_oracle::ID => OracleEvent::decode(body).map(Event::Oracle),
        _ => None,
    }
}

/// The events among a transaction's inner calls, in order.
pub fn decode_all(calls: &[InnerCall]) -> Vec<Event> {
    calls.iter().filter_map(|call| decode(&call.program, &call.data)).collect()
}

impl Receipt {
    /// The events that the suite's programs emitted, in order.
    pub fn events(&self) -> Vec<Event> {
        decode_all(&self.inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang::Event as _;

    #[test]
    fn an_emitted_event_is_read_back() {
        let closed = risk_oracle::events::BarClosed {
            feed: Pubkey::new_from_array([3; 32]),
            slot: 7,
            time: 8,
            day: 20_000,
            samples: 4,
            open: 1,
            high: 4,
            low: 1,
            close: 2,
        };
        let data = [EVENT_IX_TAG_LE, &closed.data()].concat();
        let Some(Event::Oracle(OracleEvent::BarClosed(read))) = decode(&risk_oracle::ID, &data) else {
            panic!("the event was not recognised");
        };
        assert_eq!((read.feed, read.day, read.samples, read.close), (closed.feed, 20_000, 4, 2));
        // Another program's call with the same bytes is no event of the oracle.
        assert!(decode(&Pubkey::new_from_array([4; 32]), &data).is_none());
        assert!(decode(&risk_oracle::ID, &data[8..]).is_none());
        assert!(decode(&risk_oracle::ID, &data[..data.len() - 1]).is_none());
    }
}
