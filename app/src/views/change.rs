//! Changes that wait, in words.

use anchor_lang::{prelude::Pubkey, AnchorDeserialize, Discriminator};
use bytemuck::pod_read_unaligned;
use gimbal_control::{change::decode, ChangeRecord, ChangeState};
use risk_oracle::instruction as oracle;
use serde::Serialize;
use strategy_router::instruction as router;
use strategy_router::state::Change;
use vault::instruction as vault_instruction;

use super::units::{label_text, When};
use crate::chain::{Chain, ChainError};

/// An instruction that waits, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Described {
    /// Its name, such as `set_fees`; `unknown` for one that no program of the suite lets wait.
    pub instruction: &'static str,
    /// What it sets, by name.
    pub arguments: Vec<(String, String)>,
}

/// One change of a queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeView {
    /// What it changes: `vault`, `ledger`, `book`, or a feed's address.
    pub of: String,
    /// Its number among its target's.
    pub number: u64,
    /// Its address.
    pub address: String,
    /// What it does.
    #[serde(flatten)]
    pub what: Described,
    /// `waiting`, `ready`, `expired`, `applied` or `vetoed`.
    pub state: &'static str,
    /// When it was proposed.
    pub proposed: When,
    /// From when it can be applied.
    pub ready: When,
    /// From when it cannot be applied any more.
    pub expires: When,
    /// Whether the guardian may veto it: not its own removal.
    pub guardian_may_veto: bool,
}

impl ChangeView {
    /// The change at `key` as it stands at `now` (Unix seconds).
    pub fn new(of: &str, program: &Pubkey, key: &Pubkey, record: &ChangeRecord, now: i64) -> Self {
        Self {
            of: of.to_owned(),
            number: record.nonce,
            address: key.to_string(),
            what: describe(program, record.data()),
            state: state(record, now),
            proposed: When::new(record.proposed_at),
            ready: When::new(record.ready_at),
            expires: When::new(record.expires_at),
            guardian_may_veto: record.guardian_may_veto == 1,
        }
    }

    /// Whether something can still come of it.
    pub fn is_pending(&self) -> bool {
        matches!(self.state, "waiting" | "ready")
    }
}

fn state(record: &ChangeRecord, now: i64) -> &'static str {
    if record.state == ChangeState::Applied as u8 {
        "applied"
    } else if record.state == ChangeState::Vetoed as u8 {
        "vetoed"
    } else if now >= record.expires_at {
        "expired"
    } else if now >= record.ready_at {
        "ready"
    } else {
        "waiting"
    }
}

/// The changes of `targets` (a name, the program, the account), in that order and by number, over ones included.
///
/// # Errors
///
/// The chain's; [`ChainError::WrongAccount`] for a change that is cut short.
pub fn read(
    chain: &(impl Chain + ?Sized),
    targets: &[(String, Pubkey, Pubkey)],
    now: i64,
) -> Result<Vec<ChangeView>, ChainError> {
    let head = Change::DISCRIMINATOR.len();
    let mut views = Vec::new();
    let mut programs: Vec<Pubkey> = targets.iter().map(|(_, program, _)| *program).collect();
    programs.sort_unstable();
    programs.dedup();
    for program in programs {
        for (key, account) in chain.program_accounts(&program, Change::DISCRIMINATOR)? {
            let body = account.data.get(head..head + core::mem::size_of::<ChangeRecord>());
            let body = body.ok_or_else(|| ChainError::WrongAccount {
                key,
                expected: "a queued change",
                reason: format!("it holds {} bytes", account.data.len()),
            })?;
            let record: ChangeRecord = pod_read_unaligned(body);
            let place = targets.iter().position(|(_, owner, target)| *owner == program && *target == record.target);
            if let Some(place) = place {
                views.push((place, ChangeView::new(&targets[place].0, &program, &key, &record, now)));
            }
        }
    }
    views.sort_by_key(|(place, view)| (*place, view.number));
    Ok(views.into_iter().map(|(_, view)| view).collect())
}

/// What the data of an instruction of `program` says, where it is one that waits.
pub fn describe(program: &Pubkey, data: &[u8]) -> Described {
    let known = match program {
        id if *id == vault::ID => of_vault(data),
        id if *id == strategy_router::ID => of_router(data),
        id if *id == risk_oracle::ID => of_oracle(data),
        _ => None,
    };
    let bytes = || vec![("data".to_owned(), hex::encode(data))];
    known.unwrap_or_else(|| Described { instruction: "unknown", arguments: bytes() })
}

fn of_vault(data: &[u8]) -> Option<Described> {
    use vault_instruction::{SetFees, SetLimits};
    if let Some(SetFees { fees }) = read_as(data) {
        return Some(words("set_fees", &[("fees", &fees)]));
    }
    if let Some(SetLimits { limits }) = read_as(data) {
        return Some(words("set_limits", &[("limits", &limits)]));
    }
    of_roles(data)
}

fn of_router(data: &[u8]) -> Option<Described> {
    use router::{AddStrategy, ApproveVenue, SetBounds, SetLimits, SetStatus};
    if let Some(SetLimits { limits }) = read_as(data) {
        return Some(words("set_limits", &[("limits", &limits)]));
    }
    if let Some(AddStrategy { args }) = read_as(data) {
        let hash = hex::encode(args.accounts_hash);
        let mut described =
            words("add_strategy", &[("line", &args.id), ("adapter", &args.adapter), ("swapped", &args.swapped)]);
        described.arguments.push(("accounts_hash".to_owned(), hash));
        described.arguments.extend(fields("params", &args.params));
        return Some(described);
    }
    if let Some(SetBounds { line, params }) = read_as(data) {
        return Some(words("set_bounds", &[("line", &line), ("params", &params)]));
    }
    if let Some(SetStatus { line, status }) = read_as(data) {
        return Some(words("set_status", &[("line", &line), ("status", &status)]));
    }
    if let Some(ApproveVenue { line, program_slot, swap_slot }) = read_as(data) {
        let arguments: [(&str, &dyn std::fmt::Debug); 3] =
            [("line", &line), ("program_slot", &program_slot), ("swap_slot", &swap_slot)];
        return Some(words("approve_venue", &arguments));
    }
    of_roles(data)
}

fn of_oracle(data: &[u8]) -> Option<Described> {
    use oracle::{SetFeedParams, SetLineRisk, SetModel, SetRisk};
    if let Some(SetFeedParams { params }) = read_as(data) {
        return Some(words("set_feed_params", &[("params", &params)]));
    }
    if let Some(SetModel { params }) = read_as(data) {
        return Some(words("set_model", &[("params", &params)]));
    }
    if let Some(SetRisk { args }) = read_as(data) {
        let mut described = words("set_risk", &[("index", &args.index)]);
        described.arguments.push(("label".to_owned(), label_text(&args.label)));
        described.arguments.push(("cap_bps".to_owned(), args.cap_bps.to_string()));
        described.arguments.push(("cap".to_owned(), args.cap.to_string()));
        return Some(described);
    }
    if let Some(SetLineRisk { args }) = read_as(data) {
        return Some(words("set_line_risk", &[("args", &args)]));
    }
    of_engine(data).or_else(|| of_network(data)).or_else(|| of_roles(data))
}

fn of_engine(data: &[u8]) -> Option<Described> {
    use oracle::{SetAsset, SetLineModel, SetRiskParams, SetScenario};
    if let Some(SetAsset { args }) = read_as(data) {
        return Some(words("set_asset", &[("index", &args.index), ("feed", &args.feed)]));
    }
    if let Some(SetLineModel { args }) = read_as(data) {
        return Some(words(
            "set_line_model",
            &[("line", &args.line), ("asset", &args.asset), ("protocol_row", &args.protocol), ("scaled", &args.scaled)],
        ));
    }
    if let Some(SetScenario { args }) = read_as(data) {
        let mut described = words("set_scenario", &[("index", &args.index)]);
        described.arguments.push(("label".to_owned(), label_text(&args.scenario.label)));
        described.arguments.push(("shocks_bps".to_owned(), format!("{:?}", args.scenario.shocks_bps)));
        described.arguments.push(("volatility_bps".to_owned(), args.scenario.volatility_bps.to_string()));
        return Some(described);
    }
    let SetRiskParams { params } = read_as(data)?;
    Some(words("set_risk_params", &[("params", &params)]))
}

fn of_network(data: &[u8]) -> Option<Described> {
    use oracle::{SetEdgeCap, SetNetworkParams, SetPoster, SetProtocol};
    if let Some(SetProtocol { args }) = read_as(data) {
        let mut described = words("set_protocol", &[("index", &args.index)]);
        described.arguments.push(("label".to_owned(), label_text(&args.label)));
        described.arguments.push(("program".to_owned(), args.program.to_string()));
        described.arguments.extend(fields("scores", &args.scores));
        described.arguments.push(("loss_bps".to_owned(), args.loss_bps.to_string()));
        return Some(described);
    }
    if let Some(SetEdgeCap { args }) = read_as(data) {
        return Some(words("set_edge_cap", &[("args", &args)]));
    }
    if let Some(SetPoster { args }) = read_as(data) {
        return Some(words("set_poster", &[("args", &args)]));
    }
    if let Some(oracle::SetNetwork { network }) = read_as(data) {
        return Some(words("set_network", &[("network", &network)]));
    }
    let SetNetworkParams { params } = read_as(data)?;
    Some(words("set_network_params", &[("params", &params)]))
}

/// Roles are set by the same bytes in all three programs.
fn of_roles(data: &[u8]) -> Option<Described> {
    use vault_instruction::{SetCurator, SetGuardian};
    if let Some(SetCurator { curator }) = read_as(data) {
        return Some(words("set_curator", &[("curator", &curator)]));
    }
    let SetGuardian { guardian } = read_as(data)?;
    Some(words("set_guardian", &[("guardian", &guardian)]))
}

/// The instruction `T` that `data` is; none for another one, or for one whose arguments do not decode.
fn read_as<T: AnchorDeserialize + Discriminator>(data: &[u8]) -> Option<T> {
    decode(data).ok().flatten()
}

fn words(instruction: &'static str, arguments: &[(&str, &dyn std::fmt::Debug)]) -> Described {
    Described { instruction, arguments: arguments.iter().flat_map(|(name, value)| fields(name, *value)).collect() }
}

/// A struct's fields by name as its derived `Debug` writes them; anything else is one value under its own name.
fn fields(name: &str, value: &(impl std::fmt::Debug + ?Sized)) -> Vec<(String, String)> {
    let text = format!("{value:?}");
    let body = text.split_once(" { ").and_then(|(_, body)| body.strip_suffix(" }"));
    let Some(body) = body else { return vec![(name.to_owned(), text)] };
    let mut fields: Vec<(String, String)> = Vec::new();
    for part in body.split(", ") {
        match part.split_once(": ") {
            Some((field, value)) => fields.push((field.to_owned(), value.to_owned())),
            // The rest of a list whose commas the split has met.
            None => {
                if let Some((_, last)) = fields.last_mut() {
                    last.push_str(", ");
                    last.push_str(part);
                }
            }
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang::InstructionData;

    fn pairs(described: &Described) -> Vec<(&str, &str)> {
        described.arguments.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    #[test]
    fn what_waits_is_told_by_name() {
        let curator = Pubkey::new_from_array([7; 32]);
        let data = vault_instruction::SetCurator { curator }.data();
        let described = describe(&vault::ID, &data);
        assert_eq!(described.instruction, "set_curator");
        assert_eq!(pairs(&described), [("curator", curator.to_string().as_str())]);

        // The same for every program that has roles.
        let of_others = [
            (strategy_router::ID, router::SetCurator { curator }.data()),
            (risk_oracle::ID, oracle::SetCurator { curator }.data()),
        ];
        for (program, data) in of_others {
            assert_eq!(describe(&program, &data), described);
        }

        let fees = vault::FeesArgs { management_bps: 200, exit_bps: 5, ..Default::default() };
        let described = describe(&vault::ID, &vault_instruction::SetFees { fees }.data());
        let none = Pubkey::default().to_string();
        assert_eq!(described.instruction, "set_fees");
        assert_eq!(
            pairs(&described),
            [
                ("recipient", none.as_str()),
                ("management_bps", "200"),
                ("performance_bps", "0"),
                ("entry_bps", "0"),
                ("exit_bps", "5")
            ]
        );
    }

    #[test]
    fn lists_stay_whole_and_what_is_unknown_is_shown_as_bytes() {
        let args = risk_oracle::SetLineRiskArgs { line: 3, risks: [0, 3, 255, 255], cap_bps: 500, cap: 7 };
        let described = describe(&risk_oracle::ID, &oracle::SetLineRisk { args }.data());
        assert_eq!(pairs(&described), [("line", "3"), ("risks", "[0, 3, 255, 255]"), ("cap_bps", "500"), ("cap", "7")]);
        let described = describe(&vault::ID, &[1, 2, 3]);
        assert_eq!((described.instruction, pairs(&described)), ("unknown", vec![("data", "010203")]));
        // The same bytes mean nothing to another program.
        let status = router::SetStatus { line: 2, status: 1 }.data();
        assert_eq!(describe(&strategy_router::ID, &status).instruction, "set_status");
        assert_eq!(describe(&risk_oracle::ID, &status).instruction, "unknown");
    }
}
