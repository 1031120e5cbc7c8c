//! A book's inputs: the instructions that ran on it, found among all that a transaction ran.

use anchor_lang::event::EVENT_IX_TAG_LE;
use anchor_lang::{prelude::Pubkey, AnchorDeserialize, Discriminator};
use risk_oracle::instruction;
use solana_transaction::Signature;

use crate::chain::Executed;
use crate::decode::events::{decode, Event, OracleEvent};
use crate::risk::replay::Place;

/// Defines the instructions that write a book, each with the place of the book among its accounts.
macro_rules! calls {
    ($($call:ident $name:literal $place:literal),* $(,)?) => {
        /// An instruction of the risk oracle that writes a book, with its arguments.
        pub enum Call {
            $(
                #[doc = concat!("`", $name, "`.")]
                $call(instruction::$call),
            )*
            /// One that this version does not know.
            Unknown,
        }

        impl Call {
            /// The instruction's name.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$call(_) => $name,)*
                    Self::Unknown => "unknown",
                }
            }

            /// Reads discriminator and arguments as the program does, which does not look at what stands behind them; and the
            /// place of the book among the accounts.
            fn read(data: &[u8]) -> Option<(Self, usize)> {
                $(
                    if let Some(mut arguments) = data.strip_prefix(instruction::$call::DISCRIMINATOR) {
                        let call = instruction::$call::deserialize(&mut arguments).ok()?;
                        return Some((Self::$call(call), $place));
                    }
                )*
                None
            }
        }
    };
}

calls! {
    CreateBook "create_book" 2,
    SetRisk "set_risk" 1,
    SetLineRisk "set_line_risk" 1,
    SetAsset "set_asset" 1,
    SetLineModel "set_line_model" 1,
    SetRiskParams "set_risk_params" 1,
    SetScenario "set_scenario" 1,
    SetNetwork "set_network" 1,
    Assess "assess" 1,
    Observe "observe" 0,
    Stress "stress" 0,
    SyncContagion "sync_contagion" 0,
    ProposeOwner "propose_owner" 1,
    AcceptOwner "accept_owner" 1,
    SetCurator "set_curator" 1,
    SetGuardian "set_guardian" 1,
    Renounce "renounce" 1,
    ProposeChange "propose_change" 2,
}

/// An instruction that ran on a book.
pub struct Input {
    /// The transaction.
    pub signature: Signature,
    /// Its slot.
    pub slot: u64,
    /// The clock's Unix second, which nodes tell as the block's time.
    pub time: i64,
    /// Where in the transaction.
    pub place: Place,
    /// Its accounts.
    pub accounts: Vec<Pubkey>,
    /// What it was.
    pub call: Call,
    /// What the program told of it.
    pub told: Vec<OracleEvent>,
    /// What it returned, where the transaction tells that.
    pub returned: Option<Vec<u8>>,
}

impl Input {
    /// An account; the zero key where there are fewer.
    pub fn account(&self, place: usize) -> Pubkey {
        self.accounts.get(place).copied().unwrap_or_default()
    }

    /// Whether a change that had waited was spent for it.
    pub fn spent_change(&self, book: &Pubkey) -> bool {
        self.told.iter().any(|event| matches!(event, OracleEvent::ChangeApplied(event) if event.target == *book))
    }
}

/// The inputs of the book at `key` in a transaction, in the order in which they ran.
pub fn of_book(key: &Pubkey, executed: &Executed) -> Vec<Input> {
    let receipt = &executed.receipt;
    let own = receipt.own.iter().enumerate().map(|(outer, call)| {
        let place = Place { outer, inner: 0 };
        (place, &call.program, &call.accounts, &call.data)
    });
    let inner = receipt.inner.iter().zip(1..).map(|(call, inner)| {
        let place = Place { outer: call.outer_index, inner };
        (place, &call.program, &call.accounts, &call.data)
    });
    let mut calls: Vec<_> = own.chain(inner).collect();
    calls.sort_by_key(|(place, ..)| *place);
    // What a transaction returns is of its last call: each one begins without.
    let last = calls.last().map(|(place, ..)| *place);
    let returned = receipt.return_data.as_ref().filter(|(program, _)| *program == risk_oracle::ID);
    let mut inputs: Vec<Input> = Vec::new();
    let mut open = false;
    for (place, program, accounts, data) in calls {
        if *program != risk_oracle::ID {
            continue;
        }
        if data.starts_with(EVENT_IX_TAG_LE) {
            let told = inputs.last_mut().filter(|_| open);
            if let (Some(input), Some(Event::Oracle(event))) = (told, decode(program, data)) {
                input.told.push(event);
            }
            continue;
        }
        let call = read(key, accounts, data);
        open = call.is_some();
        inputs.extend(call.map(|call| Input {
            signature: receipt.signature,
            slot: receipt.slot,
            time: executed.time,
            place,
            accounts: accounts.clone(),
            call,
            told: Vec::new(),
            returned: returned.filter(|_| last == Some(place)).map(|(_, data)| data.clone()),
        }));
    }
    inputs
}

/// The instruction as one that writes the book; none for one of another account, or one that only reads the book.
fn read(key: &Pubkey, accounts: &[Pubkey], data: &[u8]) -> Option<Call> {
    match Call::read(data) {
        Some((call, place)) => (accounts.get(place) == Some(key)).then_some(call),
        None if data.starts_with(instruction::VetoChange::DISCRIMINATOR) => None,
        None => accounts.contains(key).then_some(Call::Unknown),
    }
}
