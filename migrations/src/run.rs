//! Doing what is missing, step by step. Each step looks at the chain again before it sends anything, so that a run that was
//! stopped anywhere goes on where it was.

use anyhow::{bail, Context, Result};
use gimbal::bundle::with_budget;
use gimbal::chain::{Chain, ChainError};
use gimbal::readers::{self, LookupTable};
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::Instruction;
use solana_message::AddressLookupTableAccount;
use solana_transaction::Signature;
use vault::Vault;

use crate::cluster::Cluster;
use crate::keys::Signers;
use crate::plan::look;
use crate::setup::Setup;
use crate::steps::{self, State, Step};

/// How many slots what was sent may take until it is seen: nodes behind one address do not move together.
const MOST_SLOTS: usize = 40;

/// A step that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Its name.
    pub name: String,
    /// Its transactions.
    pub signatures: Vec<Signature>,
    /// What the network took, lamports.
    pub fee: u64,
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Steps that were done, in order.
    pub done: Vec<Done>,
}

impl Outcome {
    /// What the network took, lamports.
    pub fn fees(&self) -> u64 {
        self.done.iter().map(|done| done.fee).sum()
    }
}

/// Does every step that is missing, and tells `progress` of each.
///
/// # Errors
///
/// The first step that fails, by name; what was done before stays, and another run goes on from there.
pub fn run<C: Cluster>(
    chain: &mut C,
    setup: &Setup,
    signers: &Signers,
    price: Option<u64>,
    progress: &mut dyn FnMut(&Done),
) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    for step in steps::all(setup) {
        let step = step.as_ref();
        let failed = || format!("{} failed; run it again to go on from here", step.name());
        if look(step, chain, signers).with_context(failed)? != State::Missing {
            continue;
        }
        let done = make(chain, setup, signers, price, step).with_context(failed)?;
        progress(&done);
        outcome.done.push(done);
    }
    Ok(outcome)
}

fn make<C: Cluster>(
    chain: &mut C,
    setup: &Setup,
    signers: &Signers,
    price: Option<u64>,
    step: &dyn Step,
) -> Result<Done> {
    let mut done = Done { name: step.name(), signatures: Vec::new(), fee: 0 };
    for instructions in step.transactions(chain)? {
        let tables = tables(chain, setup)?;
        let all = priced(chain, &instructions, price)?;
        let receipt = chain.execute(signers.payer(), &all, &signers.all(), &tables)?;
        done.signatures.push(receipt.signature);
        done.fee += receipt.fee;
    }
    for _ in 0..MOST_SLOTS {
        match step.look(chain)? {
            State::Missing => chain.next_slot()?,
            _ => return Ok(done),
        }
    }
    bail!("it was sent, and {MOST_SLOTS} slots later the node still does not show it: try another node")
}

/// The vault's lookup table, once all that it holds can be looked up.
fn tables<C: Cluster>(chain: &mut C, setup: &Setup) -> Result<Vec<AddressLookupTableAccount>, ChainError> {
    let Some(vault) = readers::read_if_exists::<Vault>(chain, &setup.vault.addresses.vault)? else {
        return Ok(Vec::new());
    };
    for _ in 0..MOST_SLOTS {
        let Some(table) = LookupTable::read(chain, &vault.lookup_table)? else { return Ok(Vec::new()) };
        if table.usable == table.addresses.len() {
            let table = AddressLookupTableAccount { key: vault.lookup_table, addresses: table.addresses };
            return Ok(vec![table]);
        }
        chain.next_slot()?;
    }
    Err(ChainError::Backend("the lookup table's newest addresses cannot be looked up yet: try again".to_owned()))
}

/// The instructions behind their compute budget, at the price per unit that is asked for or usual.
fn priced(chain: &dyn Chain, instructions: &[Instruction], price: Option<u64>) -> Result<Vec<Instruction>, ChainError> {
    let mut all = with_budget(instructions);
    let price = match price {
        Some(price) => price,
        None => {
            let writable = instructions.iter().flat_map(|instruction| &instruction.accounts);
            let writable: Vec<_> = writable.filter(|meta| meta.is_writable).map(|meta| meta.pubkey).collect();
            chain.recent_priority_fee(&writable)?
        }
    };
    if price > 0 {
        all.insert(0, ComputeBudgetInstruction::set_compute_unit_price(price));
    }
    Ok(all)
}
