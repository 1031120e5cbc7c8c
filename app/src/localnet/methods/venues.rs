//! What happens to the venues: markets run dry, lose money, and fail.

use gimbal_venue_wire::klend::ReserveView;
use lending_venue::{state::Borrowers, SetMarketArgs, WriteOffArgs};
use serde::Deserialize;
use serde_json::{json, Value};
use solana_instruction::Instruction;
use solana_signer::Signer;

use super::Answer;
use crate::chain::Chain;
use crate::instructions::{
    lending::{set_market, ReserveContext},
    token,
};
use crate::localnet::error::RpcError;
use crate::localnet::node::{Node, Refusal};
use crate::localnet::params::Params;
use crate::setup::Asset;

/// Part of a market's money that lies ready after `fill`, per cent: as at the beginning.
const READY: u128 = 30;
/// Bits of a fraction of the lending market's amounts.
const FRACTION_BITS: u32 = 60;

/// What is to happen: `{market, action, amount?}`; the market by number from 1 or by the address of market or reserve, the
/// amount in base units.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    market: Value,
    action: Action,
    amount: Option<Value>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
enum Action {
    /// The owner borrows everything that lies ready.
    Drain,
    /// The owner repays until as much lies ready as at the beginning.
    Fill,
    /// The owner borrows.
    Borrow,
    /// The owner repays; everything where no amount is given.
    Repay,
    /// The owner's debt is given up; everything where no amount is given.
    WriteOff,
    /// The market is halted: nothing goes in or out.
    Fail,
    /// The market goes on.
    Heal,
}

pub fn venue(node: &mut Node, params: &Params) -> Answer {
    let asked: Asked = params.required(0)?;
    let reserve = find(node, &asked.market)?;
    let amount = match &asked.amount {
        None => None,
        Some(Value::String(text)) => Some(text.parse().ok()),
        Some(number) => Some(number.as_u64()),
    };
    let amount = match amount {
        Some(None) => return Err(RpcError::invalid_params("Invalid param: amount is a number of base units")),
        Some(given) => given,
        None => None,
    };
    let owner = reserve.owner;
    let loan = |instruction| vec![reserve.refresh(), instruction];
    let halted = |emergency_mode| {
        let args = SetMarketArgs { emergency_mode, borrowing_disabled: false };
        vec![set_market(&owner, &reserve.addresses.market, args)]
    };
    let (repaid, instructions): (u64, Vec<Instruction>) = match asked.action {
        Action::Drain => (0, loan(reserve.borrow(u64::MAX))),
        Action::Borrow => {
            let amount = amount.ok_or_else(|| RpcError::invalid_params("Invalid param: borrow needs an amount"))?;
            (0, loan(reserve.borrow(amount)))
        }
        Action::Fill => {
            let missing = missing(node, &reserve)?;
            if missing == 0 {
                return told(node, &reserve, None);
            }
            (missing, loan(reserve.repay(missing)))
        }
        Action::Repay => {
            let lent = lent(node, &reserve)?;
            let repaid = amount.unwrap_or(u64::MAX);
            // Interest of this slot on top; what is too much stays with the owner.
            (repaid.min(lent.saturating_add(lent / 100)), loan(reserve.repay(repaid)))
        }
        Action::WriteOff => {
            let args = WriteOffArgs { borrower: Borrowers::OPERATOR, amount: amount.unwrap_or(u64::MAX) };
            (0, loan(reserve.write_off(args)))
        }
        Action::Fail => (0, halted(true)),
        Action::Heal => (0, halted(false)),
    };
    let signature = send(node, &reserve, repaid, instructions)
        .map_err(|error| RpcError::invalid_params(format!("the market refuses: {error}")))?;
    told(node, &reserve, Some(signature))
}

/// What the market is like afterwards, and the transaction that made it so.
fn told(node: &Node, reserve: &ReserveContext, signature: Option<String>) -> Answer {
    Ok(json!({
        "signature": signature,
        "reserve": reserve.addresses.reserve.to_string(),
        "available": read(node, reserve, |view| view.available_amount())?.to_string(),
        "borrowed": lent(node, reserve)?.to_string(),
    }))
}

fn find(node: &Node, named: &Value) -> Result<ReserveContext, RpcError> {
    let markets = &node.genesis().markets;
    let by_number = |number: u64| usize::try_from(number).ok()?.checked_sub(1).and_then(|place| markets.get(place));
    let found = match named {
        Value::Number(number) => number.as_u64().and_then(by_number),
        Value::String(text) => match text.parse::<u64>() {
            Ok(number) => by_number(number),
            Err(_) => markets.iter().find(|reserve| {
                [reserve.addresses.market, reserve.addresses.reserve].iter().any(|key| key.to_string() == *text)
            }),
        },
        _ => None,
    };
    found.copied().ok_or_else(|| {
        RpcError::invalid_params(format!(
            "Invalid param: give market as a number from 1 to {}, or the address of a market or reserve",
            markets.len()
        ))
    })
}

fn read<T>(node: &Node, reserve: &ReserveContext, of: impl Fn(&ReserveView) -> T) -> Result<T, RpcError> {
    let key = reserve.addresses.reserve;
    let account = node.chain.require_account(&key).map_err(|error| RpcError::internal(error.to_string()))?;
    let view = ReserveView::parse(&account.data).map_err(|error| RpcError::internal(error.to_string()))?;
    Ok(of(&view))
}

/// Base units that are lent, rounded up.
fn lent(node: &Node, reserve: &ReserveContext) -> Result<u64, RpcError> {
    let exact = read(node, reserve, |view| view.borrowed_amount_sf())?;
    Ok(u64::try_from(exact.div_ceil(1 << FRACTION_BITS)).unwrap_or(u64::MAX))
}

/// Base units that lie ready less than they should.
fn missing(node: &Node, reserve: &ReserveContext) -> Result<u64, RpcError> {
    let ready = read(node, reserve, |view| view.available_amount())?;
    let all = u128::from(ready) + u128::from(lent(node, reserve)?);
    let wanted = u64::try_from(all * READY / 100).unwrap_or(u64::MAX);
    Ok(wanted.saturating_sub(ready))
}

/// Sends as the markets' owner, who is given what it repays first: whoever repays has earned it elsewhere.
fn send(
    node: &mut Node,
    reserve: &ReserveContext,
    repaid: u64,
    instructions: Vec<Instruction>,
) -> Result<String, Refusal> {
    let actors = node.genesis().actors.clone();
    let mut all = Vec::with_capacity(instructions.len() + 1);
    if repaid > 0 {
        let mint = &reserve.addresses.liquidity_mint;
        let to = reserve.owner_account();
        all.push(token::mint_to(mint, &to, &actors.issuer.pubkey(), repaid, &reserve.token_program));
    }
    all.extend(instructions);
    let landed = node.run(&actors.payer, &all, &[&actors.issuer, &actors.venue_owner])?;
    Ok(landed.signature().to_string())
}

impl Node {
    /// Lets outside traders bring the swap pool to the prices of its two assets, where they have moved.
    ///
    /// # Errors
    ///
    /// The pool refuses.
    pub fn move_pool(&mut self) -> Result<(), Refusal> {
        let context = self.genesis().pool.context;
        let price = |asset: Asset| self.market.price(asset).0.unsigned_abs();
        let wanted = context.sqrt_price(&self.genesis().base.key, price(Asset::Base), price(Asset::Token));
        let now = self.chain.svm().account_data(&context.pool).and_then(|data| {
            gimbal_venue_wire::whirlpool::WhirlpoolView::parse(data).ok().map(|view| view.sqrt_price())
        });
        if now == Some(wanted) {
            return Ok(());
        }
        let actors = self.genesis().actors.clone();
        self.run(&actors.payer, &[context.rebase(wanted)], &[&actors.venue_owner])?;
        Ok(())
    }
}
